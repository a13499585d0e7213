/* Money that goes back: refunds, lost and frozen disputes, void races and mirrors, against what
 * is left of each part of the sale. Not for: what the sale gave (check_split.c). */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

enum { PARTS = 256 };

static struct refund {
    int64_t sale, amount, before, gross, races, last_race;
    bool lost_goods;
    size_t n;
    struct part {
        char name[AUDIT_WORD_MAX];
        int64_t left, back, shortfall;
        int64_t race, seat; /* of money by place; 0: an older line, which does not say */
    } part[PARTS], wanted[PARTS];
    size_t n_wanted, n_by;
    struct by { /* one of several drivers of a seat, whose part stands before */
        size_t part;
        int64_t race, seat, member, back, shortfall;
    } by[PARTS];
    size_t n_held;
    struct {
        int64_t member;
        wide cents;
    } held[PARTS];
} the;

static void
differ(struct audit *a, const char *what)
{
    audit_differ(a, 20, "journal", a->entry.seq, "%s", what);
}

static struct part *
wanted_of(const char *name)
{
    for (size_t i = 0; i < the.n_wanted; i++)
        if (strcmp(the.wanted[i].name, name) == 0)
            return &the.wanted[i];
    if (the.n_wanted == PARTS)
        return &the.wanted[0];
    the.wanted[the.n_wanted] = (struct part){.left = 0};
    snprintf(the.wanted[the.n_wanted].name, AUDIT_WORD_MAX, "%s", name);
    return &the.wanted[the.n_wanted++];
}

/* The entry whose places have what waited of a sale: the last fix, else the first settlement
 * after it; 0: none. */
static int64_t
divided_by(struct audit *a, int64_t race, int64_t booked)
{
    return row_one(
        a,
        "SELECT coalesce((SELECT max(seq) FROM temp.place WHERE race = ?1 AND fix = 1 "
        "AND seq > ?2), (SELECT min(seq) FROM temp.place WHERE race = ?1 AND seq > "
        "?2), 0)",
        race, booked, 0, 0);
}

/* Waiting money of a settled race has become the places' wallets': a part for each. */
static void
wanted_places(struct audit *a, int64_t race, int64_t booked, int64_t left)
{
    sqlite3_stmt *st = row_query(a, "SELECT member, paid, seat, weight FROM temp.place WHERE "
                                    "race = ?1 AND seq = ?2 ORDER BY pos");
    int64_t member[16], paid[16], seat[16], weight[16], cut[16];
    wide sum = 0;
    size_t n = 0;

    sqlite3_bind_int64(st, 1, race);
    sqlite3_bind_int64(st, 2, divided_by(a, race, booked));
    while (n < 16 && row_next(a, st)) {
        member[n] = row_int(a, st, 0);
        paid[n] = row_int(a, st, 1);
        seat[n] = row_int(a, st, 2);
        weight[n] = row_int(a, st, 3);
        sum += paid[n++];
    }
    row_done(a, st);
    if (n == 0 || !want_cut(left, sum != 0 ? paid : weight, n, cut)) {
        char name[64];

        snprintf(name, sizeof name, "pool:%" PRId64, race);
        wanted_of(name)->left += left;
        return;
    }
    for (size_t i = 0; i < n && the.n_wanted < PARTS; i++) {
        struct part *p = &the.wanted[the.n_wanted++];

        *p = (struct part){.left = cut[i], .race = race, .seat = seat[i]};
        snprintf(p->name, sizeof p->name, "place:%" PRId64, member[i]);
    }
}

static void
wanted_load(struct audit *a, int64_t sale)
{
    sqlite3_stmt *st =
        row_query(a, "SELECT name, rest, race FROM temp.part WHERE sale = ?1 ORDER BY pos");
    int64_t booked = row_one(a, "SELECT seq FROM sale WHERE id = ?1", sale, 0, 0, 0);

    the.n_wanted = 0;
    the.races = the.last_race = 0;
    sqlite3_bind_int64(st, 1, sale);
    while (row_next(a, st)) {
        struct text name = row_text(a, st, 0);
        int64_t rest = row_int(a, st, 1), race = row_int(a, st, 2);

        if (race != 0 && race != the.last_race) {
            the.races++;
            the.last_race = race;
        }
        if (strncmp(name.p, "pool:", 5) == 0)
            wanted_places(a, race, booked, rest);
        else
            wanted_of(name.p)->left += rest;
    }
    row_done(a, st);
}

static bool
by_parse(struct text line)
{
    struct by *b = &the.by[the.n_by];

    if (the.n == 0 || the.n_by == PARTS)
        return false;
    b->part = the.n - 1;
    the.n_by++;
    return text_number(line, "race", &b->race) && text_number(line, "seat", &b->seat) &&
           text_number(line, "member", &b->member) && text_number(line, "back", &b->back) &&
           text_number(line, "short", &b->shortfall);
}

static bool
meta_parse(struct text meta)
{
    struct text line, of;

    the.n = the.n_by = 0;
    the.lost_goods = false;
    if (!text_line(&meta, &line) || !text_head(line, "refund") ||
        !text_number(line, "sale", &the.sale) || !text_number(line, "amount", &the.amount) ||
        !text_number(line, "before", &the.before) || !text_number(line, "gross", &the.gross))
        return false;
    while (text_line(&meta, &line)) {
        struct part *p = &the.part[the.n];
        int64_t lost;

        if (text_head(line, "by")) {
            if (!by_parse(line))
                return false;
            continue;
        }
        if (the.n == PARTS || !text_head(line, "part") || !text_value(line, "of", &of) ||
            of.n >= sizeof p->name || !text_number(line, "left", &p->left) ||
            !text_number(line, "back", &p->back))
            return false;
        p->shortfall = p->race = p->seat = 0;
        text_number(line, "short", &p->shortfall);
        text_number(line, "race", &p->race);
        text_number(line, "seat", &p->seat);
        snprintf(p->name, sizeof p->name, "%.*s", (int)of.n, of.p);
        the.lost_goods |= text_number(line, "lost", &lost) && lost == 1;
        the.n++;
    }
    return meta.n == 0;
}

/* The parts' left from the sale and all that came back before; back by largest fraction. */
static void
check_parts(struct audit *a)
{
    int64_t weight[PARTS], cut[PARTS];
    size_t at = 0;
    wide left = 0;

    for (size_t i = 0; i < the.n_wanted; i++) {
        if (the.wanted[i].left == 0)
            continue;
        if (at == the.n || strcmp(the.part[at].name, the.wanted[i].name) != 0 ||
            the.part[at].left != the.wanted[i].left ||
            (the.part[at].race != 0 && (the.part[at].race != the.wanted[i].race ||
                                        the.part[at].seat != the.wanted[i].seat))) {
            differ(a, "what is left of the sale is not as the refund says");
            return;
        }
        the.part[at].race = the.wanted[i].race;
        the.part[at++].seat = the.wanted[i].seat;
    }
    if (at != the.n)
        differ(a, "takes back from a part the sale has not");
    for (size_t i = 0; i < the.n; i++) {
        weight[i] = the.part[i].left;
        left += weight[i];
    }
    if (left != (wide)the.gross - the.before)
        differ(a, "the parts do not sum to what may still go back");
    if (left == the.amount)
        memcpy(cut, weight, sizeof cut);
    else if (!want_cut(the.amount, weight, the.n, cut)) {
        differ(a, "the amount cannot be spread");
        return;
    }
    for (size_t i = 0; i < the.n; i++)
        if (cut[i] != the.part[i].back || the.part[i].shortfall < 0 ||
            the.part[i].shortfall > (the.part[i].back > 0 ? the.part[i].back : 0)) {
            differ(a, "what comes back from each part does not recompute");
            return;
        }
}

static int64_t
member_of(const char *name, const char *prefix)
{
    int64_t member = 0;

    text_id_after((struct text){name, strlen(name)}, prefix, &member);
    return member;
}

/* Takes the entry's lines off what is wanted, the roads of a wallet taken together. */
static void
take_lines(struct audit *a, int64_t sale, int64_t race)
{
    bool settled =
        race != 0 && (map_get(&a->settled, race, 0) != NULL ||
                      row_one(a, "SELECT clear_h FROM race WHERE id = ?1", race, 0, 0, 1) == 0);
    char item[64], hold[160];

    snprintf(item, sizeof item, "sale:%" PRId64, sale);
    for (size_t i = 0; i < a->entry.n_lines; i++) {
        const struct audit_line *l = &a->entry.line[i];
        const char *colon = strrchr(l->item, ':');

        if (strncmp(l->code, "L:wallet_pending:", 17) == 0) {
            if (settled)
                differ(a, "takes from pending what was settled");
            want_add(a, l->code + 17, "wallet", -(wide)l->amount);
        } else if (strncmp(l->code, "L:wallet:", 9) == 0) {
            want_add(a, l->code + 9, "wallet", -(wide)l->amount);
        } else if (strcmp(l->code, "L:dispute_hold") == 0) {
            snprintf(hold, sizeof hold, "%s", colon != NULL ? colon + 1 : "?");
            want_add(a, hold, "wallet", -(wide)l->amount);
        } else if (strncmp(l->code, "A:clawback:", 11) == 0) {
            want_add(a, l->code + 11, strcmp(l->item, item) == 0 ? "short" : l->item,
                     -(wide)l->amount);
        } else if (strncmp(l->code, "A:processor:", 12) == 0 ||
                   strncmp(l->code, "A:dispute:", 10) == 0) {
            want_add(a, l->code[2] == 'd' ? "dispute" : "processor", "", -(wide)l->amount);
        } else {
            want_add(a, l->code, l->item, -(wide)l->amount);
        }
    }
}

/* What a dispute's hold gave for this member, at most so much; each cent once. */
static int64_t
hold_take(int64_t member, int64_t most)
{
    for (size_t i = 0; i < the.n_held; i++)
        if (the.held[i].member == member && most > 0 && the.held[i].cents > 0) {
            int64_t take = the.held[i].cents < most ? (int64_t)the.held[i].cents : most;

            the.held[i].cents -= take;
            return take;
        }
    return 0;
}

static void
hold_load(const struct audit_entry *e)
{
    the.n_held = 0;
    for (size_t i = 0; i < e->n_lines; i++) {
        const char *colon = strrchr(e->line[i].item, ':');
        int64_t member;
        size_t k = 0;

        if (strcmp(e->line[i].code, "L:dispute_hold") != 0 || colon == NULL ||
            !text_int((struct text){colon + 1, strlen(colon + 1)}, &member))
            continue;
        while (k < the.n_held && the.held[k].member != member)
            k++;
        if (k == PARTS)
            return;
        if (k == the.n_held) {
            the.held[k].member = member;
            the.held[the.n_held++].cents = 0;
        }
        the.held[k].cents += e->line[i].amount;
    }
}

/* A seat's part against the drivers who gave it: holds first, the rest as the settlement cut.
 */
static void
check_by(struct audit *a, size_t part, const struct by *by, size_t n)
{
    bool place = strncmp(the.part[part].name, "place:", 6) == 0;
    sqlite3_stmt *st =
        place ? row_query(a, "SELECT member, paid, race, seat FROM temp.cut WHERE race = ?1 "
                             "AND seat = ?2 AND seq = ?3 ORDER BY pos")
              : row_query(a, "SELECT t.member, t.paid, t.race, t.seat FROM temp.part p "
                             "JOIN temp.cut t ON t.race = p.race AND t.seat = p.seat "
                             "JOIN sale s ON s.id = p.sale WHERE p.sale = ?1 AND p.name = ?2 "
                             "AND t.fix = 0 AND t.seq > s.seq ORDER BY p.pos, t.pos");
    int64_t paid[8], cut[8], held[8] = {0}, rest = the.part[part].back, lack = 0;
    bool good = true;
    size_t count = 0;
    wide sum = 0;

    if (place) {
        int64_t booked = row_one(a, "SELECT seq FROM sale WHERE id = ?1", the.sale, 0, 0, 0);

        sqlite3_bind_int64(st, 1, the.part[part].race);
        sqlite3_bind_int64(st, 2, the.part[part].seat);
        sqlite3_bind_int64(st, 3, divided_by(a, the.part[part].race, booked));
    } else {
        sqlite3_bind_int64(st, 1, the.sale);
        sqlite3_bind_text(st, 2, the.part[part].name, -1, SQLITE_STATIC);
    }
    while (count < 8 && row_next(a, st)) {
        if (count < n)
            good &= by[count].member == row_int(a, st, 0) &&
                    by[count].race == row_int(a, st, 2) && by[count].seat == row_int(a, st, 3);
        paid[count] = row_int(a, st, 1);
        sum += paid[count++];
    }
    row_done(a, st);
    for (size_t i = 0; i < n && i < 8; i++) {
        held[i] = hold_take(by[i].member, rest);
        rest -= held[i];
        lack += by[i].shortfall;
    }
    if (n == 0) {
        hold_take(member_of(the.part[part].name, place ? "place:" : "wallet:"), rest);
        if (sum != 0)
            differ(a, "a seat of several drivers is not taken back from them");
        return;
    }
    if (n != count || !good || !want_cut(rest, paid, n, cut)) {
        differ(a, "the drivers of a seat are not the settlement's");
        return;
    }
    for (size_t i = 0; i < n; i++)
        good &= by[i].back == held[i] + cut[i] && by[i].shortfall >= 0 &&
                by[i].shortfall <= by[i].back;
    if (!good || lack != the.part[part].shortfall)
        differ(a, "what comes back from a seat's drivers does not recompute");
}

/* Lines of a seat's drivers; how many there are. */
static size_t
by_want(struct audit *a, size_t part)
{
    size_t from = 0, n = 0;
    char who[64];

    while (from < the.n_by && the.by[from].part != part)
        from++;
    while (from + n < the.n_by && the.by[from + n].part == part)
        n++;
    if (member_of(the.part[part].name, "wallet:") + member_of(the.part[part].name, "place:"))
        check_by(a, part, &the.by[from], n);
    else if (n > 0)
        differ(a, "has drivers for a part that is no seat's");
    for (size_t i = from; i < from + n; i++) {
        snprintf(who, sizeof who, "%" PRId64, the.by[i].member);
        want_add(a, who, "wallet", (wide)the.by[i].back - the.by[i].shortfall);
        want_add(a, who, "short", the.by[i].shortfall);
    }
    return n;
}

static void
check_lines(struct audit *a)
{
    char item[64], who[64];

    hold_load(&a->entry);
    want_clear(a);
    want_add(a, text_is(a->entry.kind, "DISPUTE_LOST") ? "dispute" : "processor", "",
             -(wide)the.amount);
    for (size_t i = 0; i < the.n; i++) {
        const struct part *p = &the.part[i];
        int64_t member = member_of(p->name, "wallet:"), race = member_of(p->name, "pool:");

        member = member != 0 ? member : member_of(p->name, "place:");
        snprintf(who, sizeof who, "%" PRId64, member);
        if (member != 0 && by_want(a, i) > 0)
            continue;
        if (member != 0) {
            want_add(a, who, "wallet", (wide)p->back - p->shortfall);
            want_add(a, who, "short", p->shortfall);
        } else if (race != 0) {
            snprintf(item, sizeof item, "race:%" PRId64, race);
            want_add(a, "L:pool", item, p->back);
        } else {
            want_add(a,
                     strcmp(p->name, "mfg") == 0
                         ? the.lost_goods ? "E:goods_lost" : "L:mfg_payable"
                     : strcmp(p->name, "tax") == 0 ? "L:sales_tax"
                                                   : "I:house:merch",
                     "", p->back);
        }
    }
    if (!a->entry.whole)
        return;
    take_lines(a, the.sale, the.races == 1 ? the.last_race : 0);
    want_check(a, a->entry.seq, 20);
}

/* Lowers (or, mirrored, raises) what is left of the sale's parts. */
void
check_refund_move(struct audit *a, int64_t sale, const char *name, int64_t cents)
{
    sqlite3_stmt *st =
        row_query(a, "SELECT pos, rest, race FROM temp.part WHERE sale = ?1 AND "
                     "(name = ?2 OR (?3 AND substr(name, 1, 5) = 'pool:')) ORDER BY pos");
    sqlite3_stmt *set =
        row_query(a, "UPDATE temp.part SET rest = rest - ?3 WHERE sale = ?1 AND pos = ?2");
    int64_t pos[PARTS], rest[PARTS];
    size_t n = 0;

    sqlite3_bind_int64(st, 1, sale);
    sqlite3_bind_text(st, 2, name, -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 3, strncmp(name, "place:", 6) == 0);
    while (n < PARTS && row_next(a, st)) {
        pos[n] = row_int(a, st, 0);
        rest[n++] = row_int(a, st, 1);
    }
    row_done(a, st);
    for (size_t i = 0; i < n && cents != 0; i++) {
        int64_t take = i + 1 == n || cents < 0 || cents < rest[i] ? cents : rest[i];

        sqlite3_reset(set);
        sqlite3_bind_int64(set, 1, sale);
        sqlite3_bind_int64(set, 2, pos[i]);
        sqlite3_bind_int64(set, 3, take);
        row_next(a, set);
        cents -= take;
    }
    row_done(a, set);
}

static void
back_move(struct audit *a, int64_t sale, int64_t cents)
{
    sqlite3_stmt *st =
        row_query(a, "INSERT INTO temp.back (sale, cents) VALUES (?1, ?2) "
                     "ON CONFLICT (sale) DO UPDATE SET cents = cents + excluded.cents");

    sqlite3_bind_int64(st, 1, sale);
    sqlite3_bind_int64(st, 2, cents);
    row_next(a, st);
    row_done(a, st);
}

/* What the places and the drivers of a settled race hold falls by it. */
static void
stakes_apply(struct audit *a, int sign)
{
    for (size_t i = 0; i < the.n; i++) {
        const struct part *p = &the.part[i];
        size_t n = 0;

        for (size_t k = 0; k < the.n_by; k++)
            if (the.by[k].part == i)
                check_stake_add(a, the.by[k].race, the.by[k].seat, (int64_t)++n,
                                -sign * (the.by[k].back > INT64_MIN ? the.by[k].back : 0));
        if (p->race == 0 || p->back == INT64_MIN)
            continue;
        check_stake_add(a, p->race, p->seat, 0, -sign * p->back);
        if (n == 0)
            check_stake_add(a, p->race, p->seat, check_stake_last(a, p->race, p->seat),
                            -sign * p->back);
    }
}

static void
refund_apply(struct audit *a, int sign)
{
    stakes_apply(a, sign);
    for (size_t i = 0; i < the.n; i++) {
        int64_t back = the.part[i].back > INT64_MIN ? sign * the.part[i].back : 0;
        char name[64];

        snprintf(name, sizeof name, "pool:%" PRId64, the.part[i].race);
        check_refund_move(a, the.sale, the.part[i].race != 0 ? name : the.part[i].name, back);
    }
    back_move(a, the.sale, the.amount > INT64_MIN ? sign * the.amount : 0);
}

void
check_refund(struct audit *a, int64_t sale)
{
    wide shares = 0, pots = 0;

    if (!check_refund_parts(a, sale))
        return;
    wanted_load(a, sale);
    if (text_is(a->entry.kind, "DISPUTE_FREEZE") || text_is(a->entry.kind, "DISPUTE_THAW")) {
        if (a->entry.meta.n > 0)
            audit_differ(a, 13, "journal", a->entry.seq, "has meta, which its kind has not");
        check_freeze(a);
        return;
    }
    if (!meta_parse(a->entry.meta) || the.sale != sale) {
        audit_differ(a, 13, "journal", a->entry.seq, "meta of the refund cannot be read");
        return;
    }
    if (the.gross != row_one(a, "SELECT amount FROM sale WHERE id = ?1", sale, 0, 0, 0) ||
        the.before !=
            row_one(a, "SELECT cents FROM temp.back WHERE sale = ?1", sale, 0, 0, 0) ||
        the.amount <= 0 || the.before < 0 || (wide)the.before + the.amount > the.gross)
        differ(a, "amount, before or gross are not the sale's");
    check_parts(a);
    check_lines(a);
    for (size_t i = 0; i < the.n; i++) {
        bool shared = strncmp(the.part[i].name, "wallet:", 7) == 0;

        shares += shared ? the.part[i].back : 0;
        pots += shared || member_of(the.part[i].name, "place:") +
                                  member_of(the.part[i].name, "pool:") !=
                              0
                    ? the.part[i].back
                    : 0;
    }
    check_pots(a, sale, shares, pots);
    refund_apply(a, 1);
}

void
check_mirror(struct audit *a)
{
    sqlite3_stmt *keep = NULL;

    if (a->entry.meta.n > 0)
        audit_differ(a, 13, "journal", a->entry.seq, "has meta, which a mirror has not");
    if (a->entry.reverses >= a->entry.seq ||
        !check_chain_load(a, a->entry.reverses, &a->other, &keep)) {
        row_done(a, keep);
        differ(a, "mirrors an entry that is not there");
        return;
    }
    want_clear(a);
    for (size_t i = 0; i < a->other.n_lines; i++)
        want_add(a, a->other.line[i].code, a->other.line[i].item,
                 -(wide)a->other.line[i].amount);
    if (a->other.whole)
        want_compare(a, &a->entry, 20);
    if ((text_is(a->other.kind, "REFUND") || text_is(a->other.kind, "DISPUTE_LOST")) &&
        meta_parse(a->other.meta))
        refund_apply(a, -1);
    row_done(a, keep);
}
