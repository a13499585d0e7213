/* What each seat of a settled race has by place, entry by entry. See verify_fix.h. */
#include "ledger/verify_fix.h"

#include <stdio.h>
#include <string.h>

#include "ledger/meta.h"
#include "ledger/split.h"

enum { MOVES = 5 * SPLIT_MAX };

struct stake {
    int64_t cents;
};

struct moves {
    size_t n;
    struct {
        int64_t member, cents;
    } one[MOVES];
};

static struct stake *
stake_of(struct verify_split *v, int64_t race, int64_t seat)
{
    return verify_table_get(&v->stakes, race, seat, STR_NULL);
}

void
verify_fix_keep(struct verify_split *v, struct str meta, int sign)
{
    int64_t race = 0, seat, cents;
    struct meta m;

    while (meta_next(&meta, &m)) {
        if (str_eq_text(m.tag, "settle") && !meta_i64(&m, "race", &race))
            race = 0;
        if (str_eq_text(m.tag, "place") && meta_i64(&m, "seat", &seat) &&
            meta_i64(&m, "paid", &cents))
            stake_of(v, race, seat)->cents += sign * cents;
        if (!str_eq_text(m.tag, "part") || !str_starts(meta_str(&m, "of"), STR("place:")) ||
            !meta_i64(&m, "back", &cents))
            continue;
        if (meta_i64(&m, "race", &race) && meta_i64(&m, "seat", &seat))
            stake_of(v, race, seat)->cents -= sign * cents;
        else
            v->vague = true;
    }
}

static void
wrong(struct verify_split *v, const struct hash_entry *e, const char *what)
{
    verify_report_no(v->r, "I21", "entry", e->seq, "%s", what);
}

static void
move(struct moves *w, int64_t member, int64_t cents)
{
    size_t i = 0;

    while (i < w->n && w->one[i].member != member)
        i++;
    if (i == MOVES)
        return;
    if (i == w->n) {
        w->one[i].member = member;
        w->one[w->n++].cents = 0;
    }
    w->one[i].cents += cents;
}

/* The place lines; false when one is not whole. Drivers stand for their seat where it has
 * several. */
static bool
read_places(struct verify_split *v, const struct hash_entry *e, int64_t race, int64_t *ret_had,
            struct moves *w)
{
    int64_t weight[SPLIT_MAX], paid[SPLIT_MAX], want[SPLIT_MAX], seat, member, had;
    struct str text = e->meta, again;
    bool good = true;
    size_t n = 0;
    struct meta m, k;

    *ret_had = 0;
    while (good && meta_next(&text, &m)) {
        bool alone = true;
        int64_t other;

        if (!str_eq_text(m.tag, "place"))
            continue;
        if (n == SPLIT_MAX || !meta_i64(&m, "seat", &seat) ||
            !meta_i64(&m, "member", &member) || !meta_i64(&m, "weight", &weight[n]) ||
            !meta_i64(&m, "had", &had) || !meta_i64(&m, "paid", &paid[n]))
            return false;
        if (had != stake_of(v, race, seat)->cents && !v->vague)
            wrong(v, e, "a seat had another sum than settlements and refunds left it");
        stake_of(v, race, seat)->cents = paid[n];
        *ret_had += had;
        for (again = e->meta; meta_next(&again, &k);)
            alone = alone && !(str_eq_text(k.tag, "stint") && meta_i64(&k, "seat", &other) &&
                               other == seat);
        if (alone)
            move(w, member, paid[n] - had);
        n++;
    }
    if (split_largest(*ret_had, weight, n, want) != OK ||
        memcmp(want, paid, n * sizeof(want[0])) != 0)
        wrong(v, e, "the places recompute to other amounts");
    return n > 0;
}

/* The stints of a seat together get what its place money changed by. */
static bool
read_stints(struct verify_split *v, const struct hash_entry *e, struct moves *w)
{
    struct str text = e->meta, again;
    int64_t seat, other, member, had, paid, sum;
    struct meta m, k;

    while (meta_next(&text, &m)) {
        if (!str_eq_text(m.tag, "stint"))
            continue;
        if (!meta_i64(&m, "seat", &seat) || !meta_i64(&m, "member", &member) ||
            !meta_i64(&m, "had", &had) || !meta_i64(&m, "paid", &paid))
            return false;
        move(w, member, paid - had);
        sum = 0;
        for (again = e->meta; meta_next(&again, &k);) {
            bool place = str_eq_text(k.tag, "place");

            if ((place || str_eq_text(k.tag, "stint")) && meta_i64(&k, "seat", &other) &&
                other == seat && meta_i64(&k, "had", &had) && meta_i64(&k, "paid", &paid))
                sum += place ? paid - had : had - paid;
        }
        if (sum != 0)
            wrong(v, e, "the stints do not make up their seat");
    }
    return true;
}

static void
check_lines(struct verify_split *v, const struct hash_entry *e, int64_t race, int64_t moved,
            const struct moves *w)
{
    int64_t sum = 0, lack = 0, cents;
    struct str text = e->meta;
    struct meta m;
    char item[40];

    snprintf(item, sizeof(item), "race:%lld", (long long)race);
    for (size_t i = 0; i < w->n; i++) {
        char wallet[40], owed[40];
        int64_t got = 0;

        snprintf(wallet, sizeof(wallet), "L:wallet:%lld", (long long)w->one[i].member);
        snprintf(owed, sizeof(owed), "A:clawback:%lld", (long long)w->one[i].member);
        for (size_t k = 0; k < e->n; k++)
            if (str_eq_text(e->line[k].code, wallet) ||
                (str_eq_text(e->line[k].code, owed) && str_eq_text(e->line[k].item, item)))
                got -= e->line[k].amount;
        if (got != w->one[i].cents)
            verify_report_no(v->r, "I21", "entry", e->seq, "member %lld got %lld, not %lld",
                             (long long)w->one[i].member, (long long)got,
                             (long long)w->one[i].cents);
        sum += w->one[i].cents > 0 ? w->one[i].cents : 0;
    }
    while (meta_next(&text, &m))
        if (str_eq_text(m.tag, "short") && meta_i64(&m, "cents", &cents))
            lack += cents;
    for (size_t k = 0; k < e->n; k++) {
        bool owed = str_starts(e->line[k].code, STR("A:clawback:"));

        lack -= owed ? e->line[k].amount : 0;
        if (!owed && !str_starts(e->line[k].code, STR("L:wallet:")))
            wrong(v, e, "a fix moved something else than wallets");
    }
    if (lack != 0)
        wrong(v, e, "what is owed is not what was short");
    if (sum != moved)
        wrong(v, e, "another sum changed hands");
}

void
verify_fix_entry(struct verify_split *v, const struct hash_entry *e)
{
    struct moves *w = ARENA_NEW(v->r->ctx->arena, struct moves);
    int64_t race, money, moved, had;
    struct str text = e->meta;
    struct meta m;
    char ref[40];

    if (!meta_next(&text, &m) || !str_eq_text(m.tag, "fix") || !meta_i64(&m, "race", &race) ||
        !meta_i64(&m, "money", &money) || !meta_i64(&m, "moved", &moved) ||
        !read_places(v, e, race, &had, w) || !read_stints(v, e, w)) {
        verify_report_no(v->r, "I13", "entry", e->seq, "meta of the fix is not whole");
        return;
    }
    snprintf(ref, sizeof(ref), "race:%lld", (long long)race);
    if (!str_eq_text(e->ref, ref))
        wrong(v, e, "is about another race than it says");
    if (had != money)
        wrong(v, e, "divides another sum than the places had");
    check_lines(v, e, race, moved, w);
}
