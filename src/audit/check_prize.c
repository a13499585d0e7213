/* Prizes of seasons: paid in exactly, kept apart, paid out by the frozen table. Not for: who
 * won (the table is not recomputed here). */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

enum { TIES = 64, PLACES = 8 };

static void
differ(struct audit *a, const char *what)
{
    audit_differ(a, 27, "journal", a->entry.seq, "%s", what);
}

/* The place in an escrow line's item of this season; 0: another one. */
static int64_t
place_in(const struct audit_line *l, int64_t season)
{
    char head[64];
    struct text rest = {l->item, strlen(l->item)};
    int64_t place = 0;

    snprintf(head, sizeof head, "season:%" PRId64 ":", season);
    return text_id_after(rest, head, &place) && place <= PLACES ? place : 0;
}

/* ESCROW_DEPOSIT: the provider's money for one prize, exactly its amount. */
void
check_prize_deposit(struct audit *a, int64_t season)
{
    const struct audit_entry *e = &a->entry;
    int64_t place = e->n_lines == 2 ? place_in(&e->line[1], season) : 0;

    if (!e->whole)
        return;
    if (e->n_lines != 2 || strncmp(e->line[0].code, "A:processor:", 12) != 0 ||
        strcmp(e->line[1].code, "L:prize_escrow") != 0 || e->line[0].amount <= 0 || place == 0)
        differ(a, "is not money of a provider for one prize");
    else if (row_one(a, "SELECT amount FROM season_prize WHERE season_id = ?1 AND place = ?2",
                     season, place, 0, -1) != e->line[0].amount)
        differ(a, "pays in another sum than was promised");
}

/* The prizes that were paid out to this rank, off what is wanted; their sum. */
static wide
award_prizes(struct audit *a, int64_t season, int64_t rank, int64_t n)
{
    wide sum = 0;

    for (size_t i = 0; i < a->entry.n_lines; i++) {
        const struct audit_line *l = &a->entry.line[i];
        int64_t place;

        if (strcmp(l->code, "L:prize_escrow") != 0)
            continue;
        place = place_in(l, season);
        if (place < rank || place >= rank + n ||
            row_one(a,
                    "SELECT amount FROM season_prize WHERE season_id = ?1 AND place = ?2 AND "
                    "paid_seq = ?3",
                    season, place, a->entry.seq, -1) != l->amount)
            differ(a, "pays out a prize that is not this rank's");
        want_add(a, l->code, l->item, l->amount);
        sum += l->amount;
    }
    return sum;
}

/* ESCROW_AWARD: the prizes of the places that a rank stands for, in equal parts. */
void
check_prize_award(struct audit *a, int64_t season)
{
    struct text rest = a->entry.meta, line;
    int64_t of = 0, rank = 0, amount = 0, member[TIES], who, paid, n = 0, at = 0;
    sqlite3_stmt *st;
    wide sum;

    if (!text_line(&rest, &line) || !text_head(line, "award") ||
        !text_number(line, "season", &of) || !text_number(line, "rank", &rank) ||
        !text_number(line, "amount", &amount) || of != season || rank < 1 || rank > PLACES) {
        audit_differ(a, 13, "journal", a->entry.seq, "meta of the award cannot be read");
        return;
    }
    st = row_query(a, "SELECT member_id FROM season_row WHERE season_id = ?1 AND rank = ?2 "
                      "ORDER BY member_id");
    sqlite3_bind_int64(st, 1, season);
    sqlite3_bind_int64(st, 2, rank);
    while (n < TIES && row_next(a, st))
        member[n++] = row_int(a, st, 0);
    row_done(a, st);
    want_clear(a);
    sum = award_prizes(a, season, rank, n);
    if (sum != amount || n == 0)
        differ(a, "pays out another sum than it says, or to nobody");
    for (int64_t i = 0; i < n; i++)
        want_id(a, "L:wallet:", member[i], "", -(wide)(amount / n + (i < amount % n ? 1 : 0)));
    for (; text_line(&rest, &line); at++)
        if (at >= n || !text_head(line, "prize") || !text_number(line, "member", &who) ||
            !text_number(line, "paid", &paid) || who != member[at] ||
            paid != amount / n + (at < amount % n ? 1 : 0)) {
            differ(a, "the parts of the prize do not recompute");
            break;
        }
    if (at != n && rest.n == 0)
        differ(a, "somebody of this rank is missing");
    want_compare(a, &a->entry, 27);
}

static int64_t
held(struct audit *a, int64_t season, int64_t place)
{
    sqlite3_stmt *st = row_query(a, "SELECT i.bal FROM item_balance i JOIN account a ON a.id = "
                                    "i.account_id WHERE a.code = 'L:prize_escrow' AND i.item "
                                    "= 'season:' || ?1 || ':' || ?2");
    int64_t bal = 0;

    sqlite3_bind_int64(st, 1, season);
    sqlite3_bind_int64(st, 2, place);
    if (row_next(a, st))
        bal = row_int(a, st, 0);
    row_done(a, st);
    return bal;
}

/* What each prize says of its money, and what is left in escrow. */
void
check_prize(struct audit *a)
{
    sqlite3_stmt *st = row_query(
        a, "SELECT z.season_id, z.place, z.amount, z.funded_seq, z.paid_seq, "
           "(SELECT f.kind = 'ESCROW_DEPOSIT' AND f.ref = 'season:' || z.season_id AND NOT "
           "EXISTS (SELECT 1 FROM journal x WHERE x.reverses = f.seq) FROM journal f WHERE "
           "f.seq = z.funded_seq), (SELECT p.kind = 'ESCROW_AWARD' AND p.ref = 'season:' || "
           "z.season_id FROM journal p WHERE p.seq = z.paid_seq) FROM season_prize z");
    int64_t open = 0;

    while (row_next(a, st)) {
        int64_t season = row_int(a, st, 0), place = row_int(a, st, 1);
        int64_t amount = row_int(a, st, 2), funded = row_int_or(a, st, 3, 0);
        int64_t paid = row_int_or(a, st, 4, 0), is = held(a, season, place);
        int64_t should = funded != 0 && paid == 0 ? -amount : 0;

        if (row_bad(a, "prize of season", season))
            continue;
        if ((funded != 0 && row_int_or(a, st, 5, 0) != 1) ||
            (paid != 0 && row_int_or(a, st, 6, 0) != 1) || (paid != 0 && funded == 0))
            audit_differ(a, 27, "season", season,
                         "the prize for place %" PRId64 " names entries that are not its",
                         place);
        if (is != should)
            audit_differ(a, 27, "season", season,
                         "the escrow of place %" PRId64 " holds %" PRId64 ", not %" PRId64,
                         place, -is, -should);
        open += is;
    }
    row_done(a, st);
    if (open != row_one(a,
                        "SELECT coalesce(sum(b.bal), 0) FROM balance b JOIN account a ON a.id "
                        "= b.account_id WHERE a.code = 'L:prize_escrow'",
                        0, 0, 0, 0))
        audit_differ(a, 27, "escrow", 0, "holds money for no prize");
}
