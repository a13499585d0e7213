/* Values that every page shows: names of static files, who is logged in, where we are. Also the
 * small texts that many pages share: amounts, differences, hashes, badges. Not for: one page's
 * own data. */
#pragma once

#include "http/res.h"

struct layout; /* read once a process; kept in site->page */

/* Reads share/static/assets (written when the program was built). Without that file plain names
 * are used. E_INVALID when it is malformed. */
enum err layout_load(struct ctx *ctx, struct arena *process, const char *share,
                     struct layout **ret) MUST_USE;

/* A view with the names of layout.mustache. here: "home", "races", "standings", "status" or "".
 * Never fails: what cannot be read is left out. */
struct view *layout_view(struct ctx *ctx, const struct req *req, const char *here);
/* Makes the page follow a channel; race 0: none yet. home: a new race takes its place. */
void layout_live(struct view *v, struct str channel, int64_t seq, int64_t race, bool home);

/* A form of the console: action and its token, for who has one of these roles; else action is a
 * flag that is false. */
void layout_form(struct ctx *ctx, struct view *v, const struct req *req, unsigned need,
                 struct str path);

/* What other sites show when somebody shares this page: title, one sentence, the card of that
 * kind and key (draw/draw.h). path: the page's own address. */
void layout_share(struct ctx *ctx, struct view *v, const char *kind, struct str key,
                  struct str title, struct str words, struct str path);

/* An amount in the installation's currency. */
void layout_money(struct ctx *ctx, struct view *v, const char *name, int64_t minor);
/* An amount in any currency, as text. */
struct str layout_amount(struct ctx *ctx, int64_t minor, struct str currency);
struct str layout_house(struct ctx *ctx, int64_t minor); /* in ours */
/* "+$5.00", "−$5.00" */
struct str layout_delta(struct ctx *ctx, int64_t minor);
/* sha: the hash and its first 8 signs as sha and sha_short. */
void layout_hash(struct view *v, struct str sha);
/* A time, or flag false when ms is 0. */
void layout_time(struct view *v, const char *name, int64_t ms);
/* Shape and word of a state: kind is live, wait, done, fund, void or rest. */
void layout_badge(struct view *v, const char *kind, struct str word);
struct str layout_printf(struct ctx *ctx, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct str layout_currency(const struct ctx *ctx);
struct str layout_site(const struct ctx *ctx); /* what the header says */
