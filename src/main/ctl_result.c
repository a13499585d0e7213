/* Disputes and corrections from the command line. Not for: reports (ctl_race.c), their rules
 * (race/dispute.h, league/fix.h). */
#include <string.h>

#include "main/ctl.h"
#include "race/dispute.h"

enum { DISPUTES_MAX = 1000, NUMBERS = 10 };

static enum err
need(struct ctl *c, struct msg *m, const char *option, const char *field)
{
    if (!ctl_option(c, option))
        return ctx_fail(c->ctx, E_INVALID, "--%s is missing", option);
    msg_add_str(m, field, str_of(ctl_option(c, option)));
    return OK;
}

enum err
ctl_result_dispute(struct ctl *c)
{
    struct msg m, answer;
    int64_t race, id;
    enum err e = ctl_arg_number(c, 0, "race", &race);

    if (e != OK)
        return e;
    msg_init(&m, STR("race.dispute"));
    msg_add_i64(&m, "race", race);
    msg_add_str(&m, "member", str_of(c->arg[1]));
    if ((e = need(c, &m, "reason", "reason")) || (e = ctl_ask(c, &m, &answer)))
        return e;
    id = msg_opt_i64(&answer, "dispute", 0);
    view_i64(c->out, "dispute", id);
    ctl_say(c, "dispute %lld is open: race %lld is under review", (long long)id,
            (long long)race);
    return OK;
}

enum err
ctl_result_decide(struct ctl *c)
{
    bool upheld = ctl_flag(c, "uphold"), rejected = ctl_flag(c, "reject");
    bool withdrawn = ctl_flag(c, "withdraw");
    struct msg m, answer;
    int64_t id;
    enum err e = ctl_arg_number(c, 0, "dispute", &id);

    if (e != OK)
        return e;
    if (upheld + rejected + withdrawn != 1)
        return ctx_fail(c->ctx, E_INVALID, "say --uphold, --reject or --withdraw");
    msg_init(&m, withdrawn ? STR("race.withdraw") : STR("race.decide"));
    msg_add_i64(&m, "dispute", id);
    if (!withdrawn) {
        msg_add_i64(&m, "upheld", upheld);
        if ((e = need(c, &m, "reason", "answer")))
            return e;
    }
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    ctl_say(c, "dispute %lld: %s", (long long)id,
            upheld     ? "upheld; set the places with race result"
            : rejected ? "rejected"
                       : "withdrawn");
    return OK;
}

enum err
ctl_result_disputes(struct ctl *c)
{
    struct view *list = ctl_list(c);
    struct dispute *d;
    int64_t race = 0;
    size_t n;
    enum err e = c->n ? ctl_arg_number(c, 0, "race", &race) : OK;

    if (e || (e = ctl_open(c)) || (e = dispute_list(c->ctx, race, DISPUTES_MAX, &d, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *v = view_add(list);

        view_i64(v, "dispute", d[i].id);
        view_i64(v, "race", d[i].race_id);
        view_i64(v, "member", d[i].member_id);
        view_text(v, "name", d[i].member_name);
        view_text(v, "state", d[i].state);
        view_textz(v, "opened_at", ctl_when(c, d[i].opened_at));
        view_textz(v, "closed_at", ctl_when(c, d[i].closed_at));
        view_text(v, "reason", d[i].reason);
        view_text(v, "answer", d[i].answer);
        ctl_say(c, "%4lld  race %lld  %-9.*s  %.*s: %.*s%s%.*s", (long long)d[i].id,
                (long long)d[i].race_id, STR_ARG(d[i].state), STR_ARG(d[i].member_name),
                STR_ARG(d[i].reason), d[i].answer.n ? " | " : "", STR_ARG(d[i].answer));
    }
    return OK;
}

static const char *
place_text(struct ctl *c, int64_t place)
{
    return place < 0    ? "-"
           : place == 0 ? "DNF"
                        : arena_printf(c->ctx->arena, "%lld", (long long)place);
}

static void
show_side(struct view *v, const char *name, const int64_t n[4], struct str trophies)
{
    struct view *side = view_object(v, name);

    view_i64(side, "place", n[0]);
    view_i64(side, "points", n[1]);
    view_i64(side, "rank", n[2]);
    view_i64(side, "cents", n[3]);
    view_text(side, "trophies", trophies);
}

/* "member seat" and both sides "place points rank cents", then trophies and the name. */
static enum err
show_row(struct ctl *c, struct view *list, struct str line)
{
    struct str numbers, one, trophies[2];
    int64_t n[NUMBERS];
    struct view *v = view_add(list);

    if (!str_split(&line, '\t', &numbers) || !str_split(&line, '\t', &trophies[0]) ||
        !str_split(&line, '\t', &trophies[1]))
        return ctx_fail(c->ctx, E_INTERNAL, "the vault's answer cannot be read");
    for (size_t i = 0; i < NUMBERS; i++)
        if (!str_split(&numbers, ' ', &one) || !str_i64(one, INT64_MIN, INT64_MAX, &n[i]))
            return ctx_fail(c->ctx, E_INTERNAL, "the vault's answer cannot be read");
    view_i64(v, "member", n[0]);
    view_i64(v, "seat", n[1]);
    view_text(v, "name", line);
    show_side(v, "before", n + 2, trophies[0]);
    show_side(v, "after", n + 6, trophies[1]);
    ctl_say(c, "  %-20.*s place %s to %s, points %lld to %lld, rank %lld to %lld, %s to %s",
            STR_ARG(line), place_text(c, n[2]), place_text(c, n[6]), (long long)n[3],
            (long long)n[7], (long long)n[4], (long long)n[8], ctl_show(c, n[5]),
            ctl_show(c, n[9]));
    return OK;
}

enum err
ctl_result_fix(struct ctl *c)
{
    const char *hash = ctl_option(c, "apply");
    struct msg m, answer;
    struct str rows, line;
    int64_t race;
    enum err e = ctl_arg_number(c, 0, "race", &race);

    if (e != OK)
        return e;
    msg_init(&m, STR("race.fix"));
    msg_add_i64(&m, "race", race);
    if ((e = need(c, &m, "places", "places")) || (e = need(c, &m, "reason", "reason")))
        return e;
    if (hash)
        msg_add_str(&m, "hash", str_of(hash));
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    rows = msg_opt(&answer, "rows");
    view_text(c->out, "hash", msg_opt(&answer, "hash"));
    view_flag(c->out, "applied", hash != NULL);
    view_i64(c->out, "moved", msg_opt_i64(&answer, "moved", 0));
    ctl_say(c, "race %lld: %s", (long long)race,
            hash ? "corrected" : "what would change; nothing is saved yet");
    struct view *list = view_list(c->out, "rows");
    while (rows.n && str_split(&rows, '\n', &line))
        if (line.n && (e = show_row(c, list, line)))
            return e;
    ctl_say(c, "  %s changes hands", ctl_show(c, msg_opt_i64(&answer, "moved", 0)));
    if (!hash)
        ctl_say(c, "apply it with the same words and --apply %.*s",
                STR_ARG(msg_opt(&answer, "hash")));
    return OK;
}
