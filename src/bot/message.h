/* A message as Discord takes it: text, embeds, buttons, selects, pictures; within the limits of
 * its API, whatever is put in. Not for: what to say (cards.h, the handlers), sending.
 *
 * Names and other texts of people go through message_name or message_text: they lose markdown,
 * mentions, tricky signs and stacked marks, so that they cannot change how the rest looks. */
#pragma once

#include "base/buf.h"
#include "base/ctx.h"

enum message_colour {
    MESSAGE_RACE = 0x4FD8EB,
    MESSAGE_MONEY = 0xFFC94D,
    MESSAGE_GOOD = 0x8BE36B,
    MESSAGE_PROBLEM = 0xFF8A9A
};

enum message_style { MESSAGE_PRIMARY = 1, MESSAGE_PLAIN, MESSAGE_GREEN, MESSAGE_RED };

struct message; /* lives in ctx->arena */

struct message *message_new(struct ctx *ctx);
/* Why something was refused, any text, as one sentence with a capital and a full stop. */
struct message *message_problem(struct ctx *ctx, struct str why);
/* Plain text over the embeds; at most 2000 signs, cut with "…". */
void message_content(struct message *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Begins an embed; what follows goes into it. At most 10. */
void message_embed(struct message *m, enum message_colour colour, const char *title_fmt, ...)
    PRINTF_LIKE(3, 4);
void message_line(struct message *m, const char *fmt, ...) PRINTF_LIKE(2, 3); /* of its text */
void message_field(struct message *m, const char *name, bool beside, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
void message_footer(struct message *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Shows a file of ours in the embed and attaches it: kind "race", key "128" are those of
 * draw_card; alt is read to those who do not see it, at most 1024 signs. Whoever sends the
 * message draws and uploads it (draw_png). An interaction's first answer cannot carry one:
 * bot_defer first. */
void message_picture(struct message *m, const char *kind, struct str key, const char *alt_fmt,
                     ...) PRINTF_LIKE(4, 5);
/* Buttons: rows of five are made by themselves, at most 25. custom_id "join:128". */
void message_button(struct message *m, enum message_style style, const char *label,
                    const char *id_fmt, ...) PRINTF_LIKE(4, 5);
/* A link button to a path of ours ("/race/128"). */
void message_link(struct message *m, const char *label, const char *path_fmt, ...)
    PRINTF_LIKE(3, 4);
/* A select of one value; then its options, at most 25. */
void message_select(struct message *m, const char *hint, const char *id_fmt, ...)
    PRINTF_LIKE(3, 4);
void message_choice(struct message *m, const char *label, const char *value_fmt, ...)
    PRINTF_LIKE(3, 4);
/* Who is really pinged; nobody else ever is. The text must hold "<@subject>" as well. */
void message_ping(struct message *m, struct str subject);

/* The pictures of the message, for whoever sends it. */
struct message_picture {
    struct str kind, key, alt, file; /* file: "race-128.png", as the JSON refers to it */
};
size_t message_pictures(const struct message *m, const struct message_picture **ret);
/* The JSON object of the message: content, embeds, components, attachments,
 * allowed_mentions (always there). flags: 64 for private. nonce: empty, or at most 25 signs
 * (then enforce_nonce goes with it). */
struct str message_json(struct ctx *ctx, const struct message *m, int64_t flags,
                        struct str nonce);

/* A person's name for a message: tricky signs dropped, at most 2 marks on one letter, markdown
 * escaped, at most 32 signs, never empty. */
struct str message_name(struct ctx *ctx, struct str name);
/* The same for longer texts (a reason), at most max signs. */
struct str message_text(struct ctx *ctx, struct str text, size_t max);
/* "<t:1730000000:t>" (t short time, f full, R relative): Discord shows it in each reader's
 * zone.
 */
struct str message_time(struct ctx *ctx, int64_t ms, char how);
/* "$1,234.50" in the house's currency. */
struct str message_money(struct ctx *ctx, int64_t minor);
