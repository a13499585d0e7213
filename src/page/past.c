/* From rows to days and words. Not for: how it looks (pastview.c). */
#include "page/past.h"

#include <stdlib.h>

#include "base/conf.h"
#include "db/stmt.h"
#include "upkeep/outage.h"

enum { DAY_MS = PAST_DAY_S * 1000, ALONG_MAX = PAST_EVENTS + 3 };

const char *const past_word[] = {"unknown", "fine", "trouble", "planned", "away"};

/* Kinds of alerts that are told to everybody: which part they are about, how bad it is for that
 * part, and a sentence without names, numbers or causes that could help somebody. By hand:
 * clang-format 14 aligns these rows beyond the limit. */
/* clang-format off */
static const struct {
    const char *kind;
    int part; /* PAST_OWN: the provider that its key names */
    enum past_level level;
    const char *words;
} kinds[] = {
    {"audit_failed", PAST_LEDGER, PAST_TROUBLE,
     "The second opinion found a difference in the books, or could not look."},
    {"backup_failed", -1, PAST_FINE, "A copy of the ledger could not be made."},
    {"backup_old", -1, PAST_FINE, "There was no new copy of the ledger for a while."},
    {"books_differ", PAST_LEDGER, PAST_TROUBLE, "A check of the books found a difference."},
    {"checkout", PAST_OWN, PAST_TROUBLE, "Payment pages could not be opened."},
    {"discord_down", -1, PAST_FINE, "Discord could not be reached."},
    {"disk", PAST_VAULT, PAST_TROUBLE, "Space for the ledger ran low."},
    {"drill_failed", -1, PAST_FINE,
     "A copy of the ledger could not be restored in the daily drill."},
    {"endpoint_closed", PAST_OWN, PAST_TROUBLE,
     "Notices could not be checked and were refused; they are sent again."},
    {"inbox_failed", -1, PAST_FINE, "A notice could not be applied at once; it is kept."},
    {"job_dead", PAST_JOBS, PAST_TROUBLE,
     "Work that leaves the house did not succeed by itself."},
    {"live_mute", PAST_LIVE, PAST_AWAY,
     "Live updates did not reach browsers; pages showed the right state when loaded again."},
    {"payout_contradiction", -1, PAST_FINE, "A payout needed a person."},
    {"payout_lacks", -1, PAST_FINE,
     "Payouts waited until the house had put money into its account at the provider."},
    {"payout_unknown", -1, PAST_FINE, "A payout needed a person."},
    {"payout_waits", -1, PAST_FINE, "A payout needed a person."},
    {"provider_difference", PAST_OWN, PAST_TROUBLE,
     "The books and the provider's list did not agree."},
    {"provider_holds", PAST_OWN, PAST_TROUBLE,
     "The books and the provider's balance did not agree."},
    {"quarantine", -1, PAST_FINE,
     "The ledger was restored from a copy; payouts wait until somebody has looked."},
    {"race_stuck", -1, PAST_FINE, "A race did not go on by itself."},
    {"refund_failed", -1, PAST_FINE, "A refund needed a person."},
    {"restore_failed", -1, PAST_FINE, "A copy of the ledger could not be restored."},
    {"result_stuck", -1, PAST_FINE, "A result did not become final by itself."},
    {"seal_key", PAST_LEDGER, PAST_TROUBLE, "Days could not be sealed."},
    {"shop_closed", PAST_OWN, PAST_TROUBLE,
     "The shop ended its connection with this house."},
    {"upgrade_failed", -1, PAST_FINE,
     "An upgrade of the ledger did not succeed; nothing changed."},
    {"verify_failed", PAST_LEDGER, PAST_TROUBLE,
     "The daily check found a difference in the books, or could not look."},
};
static const struct {
    const char *part;
    int first, second; /* whom it takes along; -1: nobody */
    const char *words, *planned;
} parts[] = {
    {"vault", PAST_VAULT, -1, "Sales and commands were not taken; shops send their notices again.",
     "Stopped in order: sales and commands were not taken, shops send their notices again."},
    {"web", PAST_SITE, PAST_OVERLAYS, "Pages could not be reached.",
     "Stopped in order: pages could not be reached."},
    {"jobs", PAST_JOBS, PAST_LIVE, "Messages and live updates came late.",
     "Stopped in order: messages and live updates came late."},
};
/* clang-format on */

static int
place_of(struct str provider)
{
    for (size_t i = 0; registry_name(i).n; i++)
        if (str_eq(provider, registry_name(i)))
            return PAST_OWN + (int)i;
    return -1;
}

static struct past_event
event_of(struct str kind, struct str key, int64_t began, int64_t ended)
{
    struct past_event ev = {.began_at = began,
                            .ended_at = ended,
                            .words = "Something needed a person.",
                            .part = -1,
                            .level = PAST_FINE};

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (str_eq_text(kind, kinds[i].kind)) {
            ev.words = kinds[i].words;
            ev.part = kinds[i].part == PAST_OWN ? place_of(key) : kinds[i].part;
            ev.level = kinds[i].level;
        }
    return ev;
}

static void
add(struct past *p, struct past_event ev)
{
    if (p->n < PAST_EVENTS)
        p->event[p->n++] = ev;
    else
        p->more = true;
}

static enum err
read_alerts(struct ctx *ctx, struct past *p, enum sql id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, id);
    enum err e;

    if (id == SQL_past_gone)
        stmt_i64(&s, ":since", p->from);
    stmt_i64(&s, ":max", PAST_EVENTS);
    while ((e = stmt_row(&s)) == OK)
        add(p, event_of(stmt_col_str(&s, "kind"), stmt_col_str(&s, "key"),
                        stmt_col_i64(&s, "raised_at"),
                        id == SQL_past_gone ? stmt_col_i64(&s, "resolved_at") : 0));
    return e == E_NOTFOUND ? OK : e;
}

/* Those that take another part along are told once and count for both. */
static enum err
read_outages(struct ctx *ctx, struct past *p, struct past_event *along, size_t *n_along)
{
    struct outage *o = NULL;
    size_t n = 0;
    enum err e = outage_list(ctx, p->from, PAST_EVENTS, &o, &n);

    for (size_t i = 0; !e && i < n; i++)
        for (size_t j = 0; j < ARRAY_SIZE(parts); j++) {
            struct past_event ev = {.began_at = o[i].began_at,
                                    .ended_at = o[i].ended_at,
                                    .words = o[i].planned ? parts[j].planned : parts[j].words,
                                    .part = parts[j].first,
                                    .level = o[i].planned ? PAST_PLANNED : PAST_AWAY};

            if (!str_eq_text(o[i].part, parts[j].part))
                continue;
            add(p, ev);
            ev.part = parts[j].second;
            if (ev.part >= 0)
                along[(*n_along)++] = ev;
        }
    return e;
}

static int
by_time(const void *a, const void *b)
{
    const struct past_event *x = a, *y = b;

    return x->began_at < y->began_at ? -1 : x->began_at > y->began_at;
}

/* Days of the part that it touches; what was counted up to covered is not counted again. */
static void
mark(struct past *p, const struct past_event *ev, int64_t now, int64_t *covered)
{
    int64_t end = ev->ended_at ? ev->ended_at : now, from = ev->began_at;

    if (from < p->from)
        from = p->from;
    for (int64_t d = (from - p->from) / DAY_MS; d < PAST_DAYS; d++) {
        int64_t first = p->from + d * DAY_MS, last = first + DAY_MS, begin = from;

        if (end < first || (end == first && from < first))
            break;
        if (p->day[ev->part][d].worst < ev->level)
            p->day[ev->part][d].worst = ev->level;
        if (ev->level < PAST_PLANNED)
            continue;
        begin = begin > first ? begin : first;
        begin = begin > *covered ? begin : *covered;
        last = last < end ? last : end;
        if (last > begin)
            p->day[ev->part][d].away_s += (last - begin) / 1000;
    }
    if (ev->level >= PAST_PLANNED && end > *covered)
        *covered = end;
}

/* In the order of time, so that what overlaps is counted once. */
static void
mark_all(struct past *p, const struct past_event *along, size_t n_along, struct past_event *all,
         int64_t now)
{
    int64_t covered[PAST_PARTS] = {0};
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++)
        all[n++] = p->event[i];
    for (size_t i = 0; i < n_along; i++)
        all[n++] = along[i];
    qsort(all, n, sizeof *all, by_time);
    for (size_t i = 0; i < n; i++)
        if (all[i].part >= 0)
            mark(p, &all[i], now, &covered[all[i].part]);
    /* Newest first, for people. */
    qsort(p->event, p->n, sizeof *p->event, by_time);
    for (size_t i = 0; i < p->n / 2; i++) {
        struct past_event ev = p->event[i];

        p->event[i] = p->event[p->n - 1 - i];
        p->event[p->n - 1 - i] = ev;
    }
}

/* What began and has not ended. While the vault is away the others cannot give a sign. */
static enum err
read_now(struct ctx *ctx, struct past *p, struct past_event *along, size_t *n_along)
{
    for (size_t j = 0; j < ARRAY_SIZE(parts); j++) {
        struct past_event ev = {.part = parts[j].first};
        struct outage_now now;
        enum err e = outage_now(ctx, str_of(parts[j].part), &now);

        if (e == E_NOTFOUND || (!e && !now.away_ms))
            continue;
        if (e)
            return e;
        ev.began_at = ctx_now(ctx) - now.away_ms;
        ev.level = now.planned ? PAST_PLANNED : PAST_AWAY;
        ev.words = now.planned ? parts[j].planned : parts[j].words;
        add(p, ev);
        ev.part = parts[j].second;
        if (ev.part >= 0)
            along[(*n_along)++] = ev;
        if (j == 0)
            break;
    }
    return OK;
}

/* Before the first sign of life nobody looked. */
static enum err
begin(struct ctx *ctx, struct past *p)
{
    struct outage_now vault = {.since = ctx_now(ctx)};
    int64_t day = ctx_now(ctx) / DAY_MS;
    enum err e = outage_now(ctx, STR("vault"), &vault);

    if (e && e != E_NOTFOUND)
        return e;
    p->from = day >= PAST_DAYS ? (day - (PAST_DAYS - 1)) * DAY_MS : 0;
    p->since = vault.since > p->from ? vault.since : p->from;
    for (size_t part = 0; part < PAST_PARTS; part++)
        for (int64_t d = 0; d < PAST_DAYS; d++)
            p->day[part][d].worst =
                p->from + (d + 1) * DAY_MS > p->since ? PAST_FINE : PAST_UNKNOWN;
    return OK;
}

enum err
past_look(struct ctx *ctx, struct past **ret)
{
    struct past *p = *ret = ARENA_NEW(ctx->arena, struct past);
    struct past_event *along = ARENA_ARRAY(ctx->arena, ALONG_MAX, struct past_event),
                      *all =
                          ARENA_ARRAY(ctx->arena, PAST_EVENTS + ALONG_MAX, struct past_event);
    size_t n_along = 0;
    enum err e;

    p->event = ARENA_ARRAY(ctx->arena, PAST_EVENTS, struct past_event);
    if ((e = begin(ctx, p)) || (e = read_now(ctx, p, along, &n_along)) ||
        (e = read_outages(ctx, p, along, &n_along)) ||
        (e = read_alerts(ctx, p, SQL_past_open)) || (e = read_alerts(ctx, p, SQL_past_gone)))
        return e;
    mark_all(p, along, n_along, all, ctx_now(ctx));
    return OK;
}

int64_t
past_seen_s(const struct past *p, int64_t now)
{
    return now > p->since ? (now - p->since) / 1000 : 0;
}

int64_t
past_away_s(const struct past *p, size_t part)
{
    int64_t sum = 0;

    for (size_t d = 0; d < PAST_DAYS; d++)
        sum += p->day[part][d].away_s;
    return sum;
}

int64_t
past_uptime(const struct past *p, size_t part, int64_t now)
{
    int64_t seen = past_seen_s(p, now), away = past_away_s(p, part);

    if (seen <= 0)
        return 10000;
    return away >= seen ? 0 : (seen - away) * 10000 / seen;
}
