/* A message with its pictures drawn, ready to be sent; and what stands already. Not for: where
 * it goes (herald.h, follow.h). */
#pragma once

#include "bot/message.h"
#include "job/kinds.h"

struct parcel {
    struct discord_api_body body;
    struct str sha; /* of all that can be seen, hex */
    struct discord_api_file file[DISCORD_API_FILES_MAX];
};

/* nonce: empty, or what makes a repeat the same message. A picture that cannot be drawn fails
 * the whole. */
enum err parcel_pack(struct ctx *ctx, const struct message *m, struct str nonce,
                     struct parcel *ret) MUST_USE;
/* Its sha alone, without drawing PNGs. */
enum err parcel_sha(struct ctx *ctx, const struct message *m, struct str *ret) MUST_USE;

/* A message of ours that stands somewhere. */
struct parcel_post {
    struct str channel, message, sha;
};
/* E_NOTFOUND: none. */
enum err parcel_find(struct ctx *ctx, struct str topic, struct str object,
                     struct parcel_post *ret) MUST_USE;
/* Tells the vault; message empty: it is gone. */
enum err parcel_posted(struct ctx *ctx, const struct kinds_tools *tools, struct str topic,
                       struct str object, const struct parcel_post *p) MUST_USE;

/* Asks, and judges for a job: E_REMOTE with job->until, or OK with answer->how DONE or NEVER.
 */
enum err parcel_send(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job,
                     const struct discord_api_ask *ask,
                     struct discord_api_answer *ret) MUST_USE;
/* What was refused for ever: the job is dead at once, with Discord's words. */
enum err parcel_refused(struct ctx *ctx, struct kinds_job *job,
                        const struct discord_api_answer *a) MUST_USE;
