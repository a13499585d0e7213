/* One table of kinds, one of groups. Not for: amounts. */
#include "ledger/kind.h"

/* By hand: clang-format 14 aligns the columns beyond the limit. */
/* clang-format off */
static const struct {
    const char *kind, *words, *in, *out;
} kinds[] = {
    {"SALE_OPEN", "share of a sale", "shares", "shares"},
    {"SALE_POOL", "share of a sale", "shares", "shares"},
    {"SALE_CLOSED", "sale outside every race", "shares", "shares"},
    {"REFUND", "refund of a sale", "refunds owed back instead", "refunds"},
    {"REFUND_FAILED", "refund that failed", "refunds that failed", "refunds that failed"},
    {"DISPUTE_OPEN", "payment disputed", "held in a dispute owed back", "held in a dispute"},
    {"DISPUTE_FREEZE", "held in a dispute", "held in a dispute owed back", "held in a dispute"},
    {"DISPUTE_WON", "dispute won", "given back after a dispute", "dispute"},
    {"DISPUTE_THAW", "dispute ended", "given back after a dispute", "dispute"},
    {"DISPUTE_LOST", "dispute lost", "disputes owed back or held", "lost disputes"},
    {"DISPUTE_FEE", "fee of a dispute", "fee of a dispute", "fee of a dispute"},
    {"RACE_SETTLE", "race settled", "money for the result", "to other drivers of the seat"},
    {"RACE_VOID", "race void", "the race was called void", "the race was called void"},
    {"RACE_FIX", "result corrected", "the result was corrected", "the result was corrected"},
    {"RACE_RECUT", "after the race's end", "ordered after the race's end",
     "ordered after the race's end"},
    {"TAG_OUT", "counted for another race", "counted for another race",
     "counted for another race"},
    {"TAG_IN", "shares of a late tag", "shares of a late tag", "shares of a late tag"},
    {"ESCROW_DEPOSIT", "season prize paid in", "season prize", "season prize"},
    {"ESCROW_BACK", "season prize taken back", "season prize", "season prize"},
    {"ESCROW_AWARD", "season prize", "a prize of the season", "a prize of the season"},
    {"RECOVER", "paid back what was owed", "recovery taken back", "paid back what was owed"},
    {"RECOVER_BACK", "recovery taken back", "recovery taken back", "paid back what was owed"},
    {"WRITEOFF", "debt written off", "debt written off", "debt written off"},
    {"WRITEOFF_BACK", "debt owed again", "debt owed again", "debt owed again"},
    {"TIP", "tip", "tips", "tips given back"},
    {"TIP_RELEASE", "tip cleared", "tips cleared", "tips cleared"},
    {"TIP_REFUND", "tip given back", "tips given back owed instead", "tips given back"},
    {"TIP_AGAIN", "tip came again", "tips that came again", "tips that came again"},
    {"TIP_DISPUTE", "tip disputed", "held in a dispute owed back", "held in a dispute"},
    {"TIP_FREEZE", "tip held in a dispute", "held in a dispute owed back", "held in a dispute"},
    {"TIP_WON", "dispute of a tip won", "given back after a dispute", "dispute"},
    {"TIP_LOST", "dispute of a tip lost", "disputes owed back or held", "lost disputes"},
    {"PAYOUT_HOLD", "payout asked for", "payout", "payout"},
    {"PAYOUT_CANCELLED", "payout cancelled", "payout cancelled", "payout"},
    {"PAYOUT_SENT", "payout sent", "payout", "payout"},
    {"PAYOUT_SETTLED", "payout arrived", "payout", "payout"},
    {"PAYOUT_FAILED", "payout came back", "payout that came back", "payout"},
    {"PAYOUT_RETURNED", "payout came back", "payout that came back", "payout"},
    {"PAYOUT_FEE", "fee of a payout", "fee of a payout", "fee of a payout"},
    {"PROC_FEE", "fee of the processor", "fee of the processor", "fee of the processor"},
    {"ADJUST", "correction", "correction", "correction"},
};

const struct kind_group kind_groups[] = {
    {"sale", "Sales", ",SALE_OPEN,SALE_POOL,SALE_CLOSED,"},
    {"race", "Results of races", ",RACE_SETTLE,RACE_VOID,RACE_FIX,RACE_RECUT,TAG_OUT,TAG_IN,"},
    {"refund", "Refunds and disputes",
     ",REFUND,REFUND_FAILED,DISPUTE_OPEN,DISPUTE_FREEZE,DISPUTE_WON,DISPUTE_THAW,DISPUTE_LOST,"
     "DISPUTE_FEE,RECOVER,RECOVER_BACK,WRITEOFF,WRITEOFF_BACK,"},
    {"tip", "Tips",
     ",TIP,TIP_RELEASE,TIP_REFUND,TIP_AGAIN,TIP_DISPUTE,TIP_FREEZE,TIP_WON,TIP_LOST,"},
    {"prize", "Prizes", ",ESCROW_DEPOSIT,ESCROW_BACK,ESCROW_AWARD,"},
    {"payout", "Payouts",
     ",PAYOUT_HOLD,PAYOUT_CANCELLED,PAYOUT_SENT,PAYOUT_SETTLED,PAYOUT_FAILED,PAYOUT_RETURNED,"
     "PAYOUT_FEE,"},
    {"other", "Corrections", ",ADJUST,PROC_FEE,"},
};
const size_t kind_groups_count = ARRAY_SIZE(kind_groups);
/* clang-format on */

struct str
kind_words(struct arena *a, struct str kind)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (str_eq_text(kind, kinds[i].kind))
            return str_of(kinds[i].words);

    struct str low = str_lower(a, kind);
    char *p = arena_text(a, low.p, low.n);

    for (char *c = p; *c; c++)
        if (*c == '_')
            *c = ' ';
    return str_of(p);
}

const char *
kind_effect(struct str kind, int64_t amount)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (str_eq_text(kind, kinds[i].kind))
            return amount > 0 ? kinds[i].in : kinds[i].out;
    return amount > 0 ? "other credits" : "other debits";
}

struct str
kind_of_group(struct str word)
{
    for (size_t i = 0; i < kind_groups_count; i++)
        if (str_eq_text(word, kind_groups[i].word))
            return str_of(kind_groups[i].kinds);
    return STR("");
}
