/* Hands each journal entry to the check of its kind, and keeps what later entries need: the
 * money that waits in each race's pool. Not for: arithmetic of a kind. */
#include "audit.h"

#include <stdlib.h>
#include <string.h>

static void
pool_keep(struct audit *a)
{
    const struct audit_entry *e = &a->entry;

    for (size_t i = 0; i < e->n_lines; i++) {
        const struct audit_line *l = &e->line[i];
        const struct audit_map_slot *slot;
        int64_t race, waits;

        if (strcmp(l->code, "L:pool") != 0)
            continue;
        if (!text_id_after((struct text){l->item, strlen(l->item)}, "race:", &race)) {
            audit_differ(a, 22, "journal", e->seq, "has a pool line without a race");
            continue;
        }
        slot = map_get(&a->pool, race, 0);
        if (__builtin_sub_overflow(slot != NULL ? slot->x : 0, l->amount, &waits))
            waits = 0;
        map_set(&a->pool, race, 0, waits, 0);
    }
}

/* RECOVER: a wallet pays what its member owes of one sale, or of a race's fix. */
static void
check_recover(struct audit *a)
{
    struct audit_entry *e = &a->entry;
    int64_t member = 0, cents = 0;
    char item[64];
    int64_t id;

    if (!text_id_after(e->ref, "sale:", &id) && !text_id_after(e->ref, "race:", &id) &&
        !text_id_after(e->ref, "tip:", &id))
        audit_differ(a, 20, "journal", e->seq, "recovers for nothing");
    for (size_t i = 0; i < e->n_lines; i++)
        if (text_id_after((struct text){e->line[i].code, strlen(e->line[i].code)},
                          "L:wallet:", &member))
            cents = e->line[i].amount;
    if (cents <= 0)
        audit_differ(a, 20, "journal", e->seq, "recovers nothing from a wallet");
    snprintf(item, sizeof item, "%.*s", (int)(e->ref.n & 0x3f), e->ref.p);
    want_clear(a);
    want_id(a, "L:wallet:", member, "", cents);
    want_id(a, "A:clawback:", member, item, -(wide)cents);
    want_compare(a, e, 20);
}

/* WRITEOFF: the house bears what a member owed of one sale, tip or race's fix. */
static void
check_writeoff(struct audit *a)
{
    struct audit_entry *e = &a->entry;
    int64_t member = 0, cents = 0, id;
    char item[64], key[128];
    struct text rest;

    if (!text_id_after(e->ref, "sale:", &id) && !text_id_after(e->ref, "race:", &id) &&
        !text_id_after(e->ref, "tip:", &id))
        audit_differ(a, 20, "journal", e->seq, "writes off nothing that is known");
    for (size_t i = 0; i < e->n_lines; i++)
        if (text_id_after((struct text){e->line[i].code, strlen(e->line[i].code)},
                          "A:clawback:", &member))
            cents = -e->line[i].amount;
    if (cents <= 0)
        audit_differ(a, 20, "journal", e->seq, "writes nothing off");
    snprintf(item, sizeof item, "%.*s", (int)(e->ref.n & 0x3f), e->ref.p);
    snprintf(key, sizeof key, "writeoff:%lld:%s", (long long)member, item);
    if (!text_is(e->scope, "writeoff") || !text_after(e->key, key, &rest))
        audit_differ(a, 20, "journal", e->seq, "has another key than what it writes off");
    want_clear(a);
    want_add(a, "E:clawback_writeoff", "", cents);
    want_id(a, "A:clawback:", member, item, -(wide)cents);
    want_compare(a, e, 20);
}

static void
check_dispute_open(struct audit *a)
{
    struct audit_entry *e = &a->entry;

    if (e->whole &&
        (e->n_lines != 2 || strncmp(e->line[0].code, "A:dispute:", 10) != 0 ||
         strncmp(e->line[1].code, "A:processor:", 12) != 0 || e->line[0].amount <= 0 ||
         strcmp(e->line[0].code + 10, e->line[1].code + 12) != 0))
        audit_differ(a, 20, "journal", e->seq,
                     "does not move money from the processor into a dispute");
}

static void
check_dispute_fee(struct audit *a)
{
    struct audit_entry *e = &a->entry;
    int64_t cost = 0, paid = 0;

    for (size_t i = 0; i < e->n_lines; i++)
        if (strcmp(e->line[i].code, "E:dispute_fees") == 0)
            cost = e->line[i].amount;
        else if (strncmp(e->line[i].code, "A:processor:", 12) == 0)
            paid = e->line[i].amount;
    if (e->whole && (e->n_lines != 2 || cost <= 0 || paid >= 0))
        audit_differ(a, 20, "journal", e->seq, "is not a fee that the processor took");
}

static bool
is_sale(struct text kind)
{
    return text_is(kind, "SALE_OPEN") || text_is(kind, "SALE_POOL") ||
           text_is(kind, "SALE_CLOSED");
}

static bool
is_payout(struct text kind)
{
    struct text rest;

    return text_after(kind, "PAYOUT", &rest);
}

static void
check_kind(struct audit *a)
{
    struct audit_entry *e = &a->entry;
    struct text kind = e->kind;
    int64_t sale = 0, race = 0, season = 0, payout = 0;

    text_id_after(e->ref, "season:", &season);
    text_id_after(e->ref, "payout:", &payout);
    text_id_after(e->ref, "sale:", &sale);
    text_id_after(e->ref, "race:", &race);
    if (e->reverses != 0)
        check_mirror(a);
    else if (is_sale(kind))
        check_split(a, sale);
    else if (text_is(kind, "RACE_SETTLE"))
        check_settle(a, race);
    else if (text_is(kind, "RACE_FIX"))
        check_fix(a, race);
    else if (text_is(kind, "RACE_VOID") || text_is(kind, "RACE_RECUT") ||
             text_is(kind, "TAG_OUT"))
        check_void(a, race);
    else if (text_is(kind, "TAG_IN"))
        check_tag(a, sale);
    else if (text_is(kind, "REFUND") || text_is(kind, "DISPUTE_LOST") ||
             text_is(kind, "DISPUTE_FREEZE") || text_is(kind, "DISPUTE_THAW"))
        check_refund(a, sale);
    else if (text_is(kind, "ESCROW_AWARD"))
        check_prize_award(a, season);
    else if (check_tip_kind(a))
        check_tip_entry(a);
    else if (e->meta.n > 0)
        audit_differ(a, 13, "journal", e->seq, "has meta, which its kind has not");
    else if (text_is(kind, "RECOVER"))
        check_recover(a);
    else if (text_is(kind, "ESCROW_DEPOSIT"))
        check_prize_deposit(a, season);
    else if (is_payout(kind))
        check_payout_entry(a, payout);
    else if (text_is(kind, "WRITEOFF"))
        check_writeoff(a);
    else if (text_is(kind, "DISPUTE_OPEN"))
        check_dispute_open(a);
    else if (text_is(kind, "DISPUTE_FEE"))
        check_dispute_fee(a);
}

void
check_entry(struct audit *a)
{
    struct audit_entry *e = &a->entry;
    int64_t id;

    if ((text_id_after(e->ref, "sale:", &id) &&
         row_one(a, "SELECT 1 FROM sale WHERE id = ?1", id, 0, 0, 0) == 0) ||
        (text_id_after(e->ref, "tip:", &id) &&
         row_one(a, "SELECT 1 FROM tip WHERE id = ?1", id, 0, 0, 0) == 0) ||
        (text_id_after(e->ref, "season:", &id) &&
         row_one(a, "SELECT 1 FROM season WHERE id = ?1", id, 0, 0, 0) == 0) ||
        (text_id_after(e->ref, "race:", &id) &&
         row_one(a, "SELECT 1 FROM race WHERE id = ?1", id, 0, 0, 0) == 0))
        audit_differ(a, 22, "journal", e->seq, "is about %.*s, which is not there",
                     (int)(e->ref.n & 0x3f), e->ref.p);
    if (text_id_after(e->policy, "rule:", &id) &&
        row_one(a, "SELECT 1 FROM rule WHERE id = ?1", id, 0, 0, 0) == 0)
        audit_differ(a, 22, "journal", e->seq, "follows a rule that is not there");
    if (!e->whole)
        audit_differ(a, 25, "journal", e->seq, "has more or longer lines than can be judged");
    check_kind(a);
    check_fee(a);
    pool_keep(a);
}

/* Each seat of a sale has its share row, each race its line of the pot; a row too many is seen
 * by the count. */
void
check_entry_end(struct audit *a)
{
    int64_t shares =
        row_one(a,
                "SELECT count(*) FROM share s JOIN journal j ON j.seq = s.seq "
                "WHERE j.kind IN ('SALE_OPEN', 'SALE_POOL', 'SALE_CLOSED', 'TAG_IN')",
                0, 0, 0, 0);
    int64_t pots =
        row_one(a,
                "SELECT count(*) FROM pot_line p JOIN journal j ON j.seq = p.seq "
                "WHERE j.kind IN ('SALE_OPEN', 'SALE_POOL', 'SALE_CLOSED', 'TAG_IN')",
                0, 0, 0, 0);

    if (shares != a->seat_lines)
        audit_differ(a, 14, "share", 0, "has %lld rows for %lld seats of sales",
                     (long long)shares, (long long)a->seat_lines);
    if (pots != a->race_lines)
        audit_differ(a, 14, "pot_line", 0, "has %lld rows for %lld races of sales",
                     (long long)pots, (long long)a->race_lines);
}
