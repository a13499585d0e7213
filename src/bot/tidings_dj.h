/* What Discord reads about DJs: the queue as a card, a tip and a song for their DJ. Not for:
 * commands (do_dj.c). */
#pragma once

#include "bot/message.h"

/* desk: with the DJ's buttons. */
enum err tidings_dj_queue(struct ctx *ctx, int64_t dj_id, bool desk,
                          struct message *m) MUST_USE;
/* Of that tip; *ret_dj is who is told. E_NOTFOUND: it is nobody's. */
enum err tidings_dj_tip(struct ctx *ctx, int64_t tip_id, int64_t *ret_dj,
                        struct message *m) MUST_USE;
/* A song that was not played in time. E_NOTFOUND: it is settled by now. */
enum err tidings_dj_song(struct ctx *ctx, int64_t song_id, int64_t *ret_dj,
                         struct message *m) MUST_USE;
/* "Tip DJ", when one is on air. */
enum err tidings_dj_button(struct ctx *ctx, struct message *m) MUST_USE;
