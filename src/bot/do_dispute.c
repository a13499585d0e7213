/* Disputes from Discord: opened and withdrawn by drivers, decided by staff. Not for: their
 * rules (race/dispute.h). */
#include "bot/do.h"
#include "bot/told.h"
#include "bot/words.h"
#include "race/dispute.h"

enum { REASON_SIGNS = 500, ANSWER_MIN = 10 };

static struct str
object_of(struct bot *b, int64_t id)
{
    return str_of(arena_printf(b->ctx->arena, "dispute:%lld", (long long)id));
}

enum err
do_dispute_open(struct bot *b)
{
    struct race r;
    int64_t id;
    enum err e;

    if ((e = bot_race(b, 1U << RACE_FINISHED, &r)) ||
        (e = dispute_open(b->ctx, b->tx, r.id, b->member.id, bot_text(b, "reason"), &id)) ||
        (e = bot_log(b, object_of(b, id), words_race(b->ctx, r.id))))
        return e;
    message_embed(b->m, MESSAGE_RACE, "Dispute %lld, race %lld", (long long)id,
                  (long long)r.id);
    message_line(b->m, "It is open. The result is under review and does not become final until "
                       "staff has decided; you will read the answer and its reason.");
    message_button(b->m, MESSAGE_PLAIN, "Withdraw", "withdraw:%lld", (long long)id);
    message_link(b->m, "Details", "/race/%lld", (long long)r.id);
    return OK;
}

enum err
do_dispute_withdraw(struct bot *b)
{
    enum err e;

    if ((e = dispute_withdraw(b->ctx, b->tx, b->arg[0], b->member.id)) ||
        (e = bot_log(b, object_of(b, b->arg[0]), STR(""))))
        return e;
    message_embed(b->m, MESSAGE_RACE, "Dispute %lld", (long long)b->arg[0]);
    message_line(b->m, "Withdrawn. The time to the final result begins anew.");
    return OK;
}

/* The form asks for the reason that both sides read. */
static enum err
ask_why(struct bot *b, bool upheld)
{
    struct dispute d;
    enum err e = dispute_get(b->ctx, b->arg[0], &d);

    if (e)
        return e;
    if (!str_eq_text(d.state, "OPEN"))
        return ctx_fail(b->ctx, E_CONFLICT, "dispute %lld is closed already: %.*s",
                        (long long)d.id, STR_ARG(str_lower(b->ctx->arena, d.state)));
    bot_modal(b, upheld ? "Uphold the dispute" : "Reject the dispute",
              upheld ? "upheld:%lld" : "rejected:%lld", (long long)d.id);
    bot_input(b, "answer", "Why? Both sides read it", true, true, ANSWER_MIN, REASON_SIGNS);
    return OK;
}

enum err
do_dispute_uphold(struct bot *b)
{
    return ask_why(b, true);
}

enum err
do_dispute_reject(struct bot *b)
{
    return ask_why(b, false);
}

static enum err
close_it(struct bot *b, bool upheld)
{
    struct str answer = bot_text(b, "answer");
    struct dispute d;
    enum err e;

    if ((e = dispute_close(b->ctx, b->tx, b->arg[0], upheld, answer, b->member.id, b->actor)) ||
        (e = dispute_get(b->ctx, b->arg[0], &d)) ||
        (e = told_here(b, "dispute.closed", object_of(b, d.id))) ||
        (e = bot_log(b, object_of(b, d.id), d.state)))
        return e;
    message_embed(b->m, upheld ? MESSAGE_GOOD : MESSAGE_RACE, "Dispute %lld, race %lld: %s",
                  (long long)d.id, (long long)d.race_id, upheld ? "upheld" : "rejected");
    message_line(b->m, "%.*s: %.*s", STR_ARG(message_name(b->ctx, d.member_name)),
                 STR_ARG(message_text(b->ctx, d.reason, REASON_SIGNS)));
    message_line(b->m, "Answer: %.*s", STR_ARG(message_text(b->ctx, d.answer, REASON_SIGNS)));
    if (upheld)
        message_line(b->m,
                     "Now set the places with /result; the time to the final result begins "
                     "anew.");
    message_link(b->m, "Details", "/race/%lld", (long long)d.race_id);
    return OK;
}

enum err
do_dispute_upheld(struct bot *b)
{
    return close_it(b, true);
}

enum err
do_dispute_rejected(struct bot *b)
{
    return close_it(b, false);
}
