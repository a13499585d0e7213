/* Who a member is elsewhere, and what members decide about themselves. Not for: logins
 * (session.h, login.h). */
#pragma once

#include "user/member.h"

struct identity {
    struct str provider, subject; /* "discord", decimal id */
    struct str name;              /* as last seen there: any text */
    struct str avatar;            /* hash there, or empty */
    struct str avatar_sha;        /* our cleaned copy: media/avatar/<sha>.png, or empty */
};

/* E_NOTFOUND: nobody of ours. */
enum err identity_find(struct ctx *ctx, struct str provider, struct str subject,
                       struct member *ret) MUST_USE;
/* The member behind that subject, made when there is none: the name is cleaned to what
 * member_add takes (tricky signs dropped, 32 signs, "Racer" when nothing is left) and made
 * unique ("Nova 2"). A change of name there changes nothing here, but
 * for who was made without one (role grant discord:…); a changed avatar is noted and fetched by
 * the job "avatar". E_DENIED: the member is blocked. */
enum err identity_member(struct ctx *ctx, struct tx *tx, const struct identity *who,
                         struct member *ret) MUST_USE;
/* E_NOTFOUND: that member never came from there. */
enum err identity_of(struct ctx *ctx, struct str provider, int64_t member_id,
                     struct identity *ret) MUST_USE;
/* Our copy of the picture is ready. */
enum err identity_avatar(struct ctx *ctx, struct tx *tx, struct str provider,
                         struct str subject, struct str sha) MUST_USE;

struct identity_privacy {
    bool hidden;         /* "Racer 41" on every public surface */
    struct str earnings; /* public, members, hidden: sums over races */
    struct str payout;   /* a gift card is told in public: amount, line, hidden; "": as it is */
};
enum err identity_privacy_get(struct ctx *ctx, int64_t member_id,
                              struct identity_privacy *ret) MUST_USE;
enum err identity_privacy_set(struct ctx *ctx, struct tx *tx, int64_t member_id,
                              const struct identity_privacy *p) MUST_USE;
/* May viewer (member id, 0: a visitor) see what that member earned over races? Always one's
 * own; auditors everything. */
enum err identity_earnings_seen(struct ctx *ctx, int64_t member_id, int64_t viewer,
                                bool *ret) MUST_USE;

/* When the member accepted the rules, ms; 0: not yet. */
enum err identity_rules_at(struct ctx *ctx, int64_t member_id, int64_t *ret) MUST_USE;
enum err identity_rules_accept(struct ctx *ctx, struct tx *tx, int64_t member_id) MUST_USE;

/* what: reminder, result, dispute, trophy, payout, tip. Default on. */
enum err identity_notify_get(struct ctx *ctx, int64_t member_id, struct str what,
                             bool *ret) MUST_USE;
enum err identity_notify_set(struct ctx *ctx, struct tx *tx, int64_t member_id, struct str what,
                             bool on) MUST_USE;
