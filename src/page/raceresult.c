/* The result of a race as its page shows it. Not for: who may report what, and when a result is
 * final; race/ and league/ have decided that. */
#include "page/raceresult.h"

#include "draw/ink.h"
#include "league/result.h"
#include "page/person.h"
#include "race/dispute.h"
#include "race/report.h"
#include "user/identity.h"

enum { RACERESULT_REPORTS = 100, RACERESULT_DISPUTES = 32, RACERESULT_NOTES = 200 };

struct outcome {
    const struct race *r;
    unsigned contested;
    bool final;
    size_t n;
    struct result_row *row; /* after FINAL */
};

static int64_t
rank(const struct race_seat *s)
{
    return s->dnf ? 200 + s->no : s->place ? s->place : 100 + s->no;
}

/* "rounds 1–2", "round 3" */
static struct str
stint_words(struct ctx *ctx, const struct race *r, const struct race_seat *s, int64_t i)
{
    int64_t from = s->stint[i].from_round > 0 ? s->stint[i].from_round : 1;
    int64_t to = i + 1 < s->n_stints ? s->stint[i + 1].from_round - 1 : r->rounds;

    if (s->n_stints < 2)
        return STR("");
    return to > from ? layout_printf(ctx, "rounds %lld–%lld", (long long)from, (long long)to)
                     : layout_printf(ctx, "round %lld", (long long)from);
}

static enum err
add_drivers(struct ctx *ctx, struct view *v, const struct outcome *o, const struct race_seat *s)
{
    struct view *list = view_list(v, "drivers");
    enum err e = OK;

    for (int64_t i = 0; e == OK && i < s->n_stints; i++) {
        struct view *d = view_add(list);
        struct identity_privacy privacy;
        int64_t id = s->stint[i].member_id, points = 0;
        bool some = false;

        e = identity_privacy_get(ctx, id, &privacy);
        if (e != OK)
            return e;
        for (size_t k = 0; k < o->n; k++)
            if (o->row[k].seat_no == s->no && o->row[k].member_id == id && o->row[k].start) {
                points = o->row[k].points;
                some = true;
            }
        view_text(d, "name", s->stint[i].name);
        if (privacy.hidden)
            view_flag(d, "profile_url", false);
        else
            view_url(d, "profile_url", person_path(ctx, id, s->stint[i].name));
        view_text(d, "rounds", stint_words(ctx, o->r, s, i));
        view_text(d, "points", some ? layout_printf(ctx, "%lld", (long long)points) : STR(""));
        view_flag(d, "substituted", o->final && !some);
    }
    return e;
}

static struct str
bonus_words(struct ctx *ctx, const struct race *r, const struct race_seat *s)
{
    struct str waiting = layout_house(ctx, r->waiting);

    if (!str_eq_text(r->rule.share, "winner_bonus") || s->place != 1 || s->dnf)
        return STR("");
    if (r->state == RACE_SETTLED)
        return STR("won the bonus");
    return r->waiting ? layout_printf(ctx, "bonus of %.*s goes here when the race settles",
                                      STR_ARG(waiting))
                      : STR("");
}

static enum err
add_row(struct ctx *ctx, struct view *v, const struct outcome *o, const struct race_seat *s,
        int64_t leftovers)
{
    bool contested = o->contested & 1U << (s->no - 1);
    int64_t points = 0;

    view_i64(v, "no", s->no);
    view_textz(v, "place_words",
               s->dnf || s->place ? ink_place(s->dnf ? 0 : s->place) : "open");
    view_flag(v, "podium", s->place >= 1 && s->place <= 3 && !s->dnf && !contested);
    view_i64(v, "place", s->dnf ? 0 : s->place);
    view_flag(v, "contested", contested);
    for (size_t k = 0; k < o->n; k++)
        points += o->row[k].seat_no == s->no ? o->row[k].points : 0;
    view_i64(v, "points", points);
    view_text(v, "bonus_words", bonus_words(ctx, o->r, s));
    layout_money(ctx, v, "share", s->share);
    view_i64(v, "leftovers", leftovers);
    return add_drivers(ctx, v, o, s);
}

static enum err
add_rows(struct ctx *ctx, struct view *v, const struct outcome *o, const int64_t *leftovers)
{
    struct view *list = view_list(v, "results");
    const struct race *r = o->r;
    bool used[RACE_SEATS_MAX] = {false}, any = false;
    int64_t sum = 0;
    enum err e = OK;

    for (size_t k = 0; e == OK && k < r->n_seats; k++) {
        size_t best = 0;

        for (size_t i = 0; i < r->n_seats; i++)
            if (used[best] || (!used[i] && rank(&r->seat[i]) < rank(&r->seat[best])))
                best = i;
        const struct race_seat *s = &r->seat[best];

        used[best] = true;
        any |= s->place || s->dnf;
        sum += s->share;
        e = add_row(ctx, view_add(list), o, s, leftovers[s->no - 1]);
    }
    view_flag(v, "no_result", !any);
    view_flag(v, "has_points", o->n > 0 && o->row[0].season_id > 0);
    layout_money(ctx, v, "shares_sum", sum);
    struct str shares = layout_house(ctx, sum), waiting = layout_house(ctx, r->waiting);

    view_text(v, "shares_words",
              r->waiting
                  ? layout_printf(ctx, "%.*s in shares, %.*s decided by the result",
                                  STR_ARG(shares), STR_ARG(waiting))
                  : layout_printf(ctx, "%.*s in shares: exactly the pot", STR_ARG(shares)));
    return e;
}

static enum err
add_reports(struct ctx *ctx, struct view *v, const struct race *r)
{
    static const struct {
        const char *source, *words;
    } BY[] = {
        {"driver", "the driver"                       },
        {"host",   "the host"                         },
        {"staff",  "staff"                            },
        {"clock",  "nobody: time was up"              },
        {"fix",    "staff, after the result was final"}
    };
    struct view *list = view_list(v, "reports");
    struct report_row *row;
    size_t n;
    enum err e = report_list(ctx, r->id, RACERESULT_REPORTS, &row, &n);

    if (e != OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *p = view_add(list);

        view_i64(p, "seat", row[i].seat_no);
        view_textz(p, "place_words", ink_place(row[i].place));
        layout_time(p, "at", row[i].at);
        view_text(p, "by", row[i].source);
        for (size_t k = 0; k < ARRAY_SIZE(BY); k++)
            if (str_eq_text(row[i].source, BY[k].source))
                view_textz(p, "by", BY[k].words);
        view_text(p, "note", row[i].note);
    }
    view_flag(v, "has_reports", n > 0);
    view_text(v, "reports_words", layout_printf(ctx, "%zu report%s", n, n == 1 ? "" : "s"));
    return OK;
}

static enum err
add_disputes(struct ctx *ctx, struct view *v, const struct race *r)
{
    struct view *list = view_list(v, "disputes");
    struct dispute *d;
    bool open = false;
    size_t n;
    enum err e = dispute_list(ctx, r->id, RACERESULT_DISPUTES, &d, &n);

    if (e != OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *p = view_add(list);
        bool mine = str_eq_text(d[i].state, "OPEN");

        open |= mine;
        view_i64(p, "number", d[i].id);
        view_text(p, "name", d[i].member_name);
        view_text(p, "reason", d[i].reason);
        view_text(p, "state", mine ? STR("under review") : str_lower(ctx->arena, d[i].state));
        view_text(p, "answer", d[i].answer);
        layout_time(p, "opened_at", d[i].opened_at);
        layout_time(p, "closed_at", d[i].closed_at);
    }
    view_flag(v, "has_disputes", n > 0);
    view_flag(v, "under_review", open);
    return OK;
}

static enum err
add_fixes(struct ctx *ctx, struct view *v, const struct outcome *o)
{
    struct view *list = view_list(v, "fixes");
    struct season_note *note = NULL;
    size_t n = 0;
    enum err e = OK;

    if (o->n > 0 && o->row[0].season_id)
        e = season_notes(ctx, o->row[0].season_id, RACERESULT_NOTES, &note, &n);
    for (size_t i = 0; e == OK && i < n; i++) {
        if (note[i].race_id != o->r->id)
            continue;
        struct view *p = view_add(list);

        layout_time(p, "at", note[i].at);
        view_text(p, "text", note[i].text);
    }
    view_flag(v, "has_fixes", view_count(list) > 0);
    return e;
}

static enum err
add_waits(struct ctx *ctx, struct view *v, const struct outcome *o)
{
    struct report_wait w = {.kind = REPORT_NOTHING};
    enum err e = o->r->state == RACE_FINISHED ? report_waits(ctx, o->r, &w) : OK;

    if (e != OK)
        return e;
    view_text(v, "waits_words", w.kind == REPORT_NOTHING ? STR("") : w.words);
    view_flag(v, "any_contested", o->contested != 0);
    return OK;
}

enum err
raceresult_add(struct ctx *ctx, struct view *v, const struct race *r, const int64_t *leftovers)
{
    struct outcome o = {.r = r, .final = r->state == RACE_FINAL || r->state == RACE_SETTLED};
    enum err e = result_of(ctx, r->id, &o.row, &o.n);

    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        o.n = 0;
        o.final = false;
        e = OK;
    }
    if (r->state == RACE_FINISHED)
        o.contested = report_contested(r);
    if (e == OK)
        e = add_rows(ctx, v, &o, leftovers);
    if (e == OK)
        e = add_reports(ctx, v, r);
    if (e == OK)
        e = add_disputes(ctx, v, r);
    if (e == OK)
        e = add_fixes(ctx, v, &o);
    return e == OK ? add_waits(ctx, v, &o) : e;
}
