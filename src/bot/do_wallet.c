/* /wallet and /explain: a member's money, always in private. Not for: counting; the ledger has
 * added it up and checked the sum. */
#include "base/clock.h"
#include "base/conf.h"
#include "bot/do.h"
#include "db/stmt.h"
#include "ledger/account.h"
#include "ledger/purse.h"
#include "ledger/why.h"

enum { REASONS_SHOWN = 10 };

/* Oneself, or whom an auditor names. */
static enum err
whose(struct bot *b, struct member *ret)
{
    struct str id = bot_text(b, "user");

    *ret = b->member;
    if (!id.n || str_eq(id, b->ask->user.id))
        return OK;
    if (!(b->rights & RIGHT_AUDITOR))
        return ctx_fail(b->ctx, E_DENIED,
                        "everybody sees their own wallet only: leave the option user out");
    return bot_user(b, "user", ret);
}

/* The next race whose shares become available. */
static enum err
next_clearing(struct bot *b, int64_t member)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(b->ctx, SQL_do_wallet_next);

    stmt_i64(&s, ":member", member);
    enum err e = stmt_one(&s);
    if (e)
        return e == E_NOTFOUND ? OK : e;
    message_line(b->m, "%.*s from race %lld become available %.*s.",
                 STR_ARG(message_money(b->ctx, stmt_col_i64(&s, "cents"))),
                 (long long)stmt_col_i64(&s, "race_id"),
                 STR_ARG(message_time(b->ctx, stmt_col_i64(&s, "at"), 'f')));
    return OK;
}

/* The next day's tips that do. */
static enum err
next_tips(struct bot *b, int64_t member)
{
    struct statement_accounts a;
    struct purse_tips tips[1];
    size_t n = 0;
    enum err e;

    if ((e = statement_accounts(b->ctx, member, &a)) ||
        (e = purse_tips(b->ctx, member, &a, 1, tips, &n)) || !n)
        return e;
    message_line(b->m, "%.*s of tips become available %.*s.",
                 STR_ARG(message_money(b->ctx, tips[0].amount)),
                 STR_ARG(message_time(b->ctx, tips[0].clear_at, 'f')));
    return OK;
}

static void
amount(struct bot *b, const char *name, int64_t cents)
{
    message_field(b->m, name, true, "%.*s", STR_ARG(message_money(b->ctx, cents)));
}

enum err
do_wallet_show(struct bot *b)
{
    struct account_wallet w;
    struct member m;
    struct purse_totals sum;
    enum err e;

    if ((e = whose(b, &m)) || (e = account_wallet(b->ctx, m.id, &w)) ||
        (e = purse_totals(b->ctx, m.id, &sum)))
        return e;
    bool own = m.id == b->member.id;
    if (own)
        message_embed(b->m, MESSAGE_MONEY, "Your wallet");
    else
        message_embed(b->m, MESSAGE_MONEY, "Wallet of %.*s",
                      STR_ARG(message_name(b->ctx, m.name)));
    amount(b, "Balance", w.pending + w.available);
    amount(b, "Pending", w.pending);
    amount(b, "Available", w.available);
    amount(b, "Held", w.held);
    amount(b, "Lifetime", sum.earned);
    amount(b, "Paid out", sum.paid_out);
    if (w.owed)
        amount(b, "Owed after refunds", w.owed);
    if ((e = next_clearing(b, m.id)) || (e = next_tips(b, m.id)))
        return e;
    message_footer(b->m, "Payouts from %.*s",
                   STR_ARG(message_money(b->ctx, b->ctx->conf->payout.min)));
    if (own) {
        message_button(b->m, MESSAGE_PLAIN, "Explain", "explain");
        message_link(b->m, "Statement", "/wallet/statement");
        message_link(b->m, "Cash out", "/wallet/payout");
        return OK;
    }
    return bot_log(b, str_of(arena_printf(b->ctx->arena, "member:%lld", (long long)m.id)),
                   STR(""));
}

/* "2026-05-03" is that day's end, so that the day itself counts. */
static enum err
read_at(struct bot *b, int64_t *ret)
{
    struct str text = str_trim(bot_text(b, "at"));
    int64_t now = ctx_now(b->ctx);

    *ret = now;
    if (!text.n)
        return OK;
    if (clock_parse(text, ret))
        return ctx_fail(b->ctx, E_INVALID,
                        "write the time like 2026-05-03 or 2026-05-03 18:00, in UTC");
    if (*ret > now)
        return ctx_fail(b->ctx, E_INVALID, "choose a moment that is over");
    if (text.n == sizeof "2026-05-03" - 1)
        *ret += 24 * 3600 * 1000 - 1;
    if (*ret > now)
        *ret = now;
    return OK;
}

static int64_t
size_of(const struct why_group *r)
{
    return r->amount < 0 ? -r->amount : r->amount;
}

/* The largest first; equal ones as they came. */
static void
sort(struct why_group *r, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct why_group one = r[i];
        size_t k = i;

        for (; k > 0 && size_of(&r[k - 1]) < size_of(&one); k--)
            r[k] = r[k - 1];
        r[k] = one;
    }
}

static void
reason_line(struct bot *b, int64_t cents, const char *what)
{
    message_line(b->m, "**%s%.*s**  %s", cents > 0 ? "+" : "",
                 STR_ARG(message_money(b->ctx, cents)), what);
}

/* "shares, race 12" */
static const char *
reason_words(struct ctx *ctx, const struct why_group *r)
{
    struct str rest = r->ref, kind;

    if (!str_split(&rest, ':', &kind) || !kind.n || !rest.n)
        return str_text(ctx->arena, r->what);
    return arena_printf(ctx->arena, "%.*s, %.*s %.*s", STR_ARG(r->what), STR_ARG(kind),
                        STR_ARG(rest));
}

enum err
do_wallet_explain(struct bot *b)
{
    struct why w;
    int64_t at, rest = 0;
    char text[CLOCK_TEXT];
    enum err e;

    if ((e = read_at(b, &at)) || (e = why_read(b->ctx, b->member.id, at, &w)))
        return e;
    sort(w.group, w.n);
    message_embed(b->m, MESSAGE_MONEY, "Why your balance is %.*s",
                  STR_ARG(message_money(b->ctx, w.pending + w.available)));
    message_line(b->m, "%.*s you had %.*s pending and %.*s available%s",
                 STR_ARG(message_time(b->ctx, at, 'f')),
                 STR_ARG(message_money(b->ctx, w.pending)),
                 STR_ARG(message_money(b->ctx, w.available)), w.n ? ", because:" : ".");
    for (size_t i = 0; i < w.n; i++) {
        if (i < REASONS_SHOWN)
            reason_line(b, w.group[i].amount, reason_words(b->ctx, &w.group[i]));
        else
            rest += w.group[i].amount;
    }
    if (w.n > REASONS_SHOWN)
        reason_line(
            b, rest,
            arena_printf(b->ctx->arena, "%zu smaller reasons together", w.n - REASONS_SHOWN));
    if (w.owed)
        message_line(b->m, "Besides, %.*s are owed after refunds.",
                     STR_ARG(message_money(b->ctx, w.owed)));
    message_footer(b->m, "The lines add up to the cent. Journal entry %lld",
                   (long long)w.head_seq);
    message_link(b->m, "All lines", "/wallet/explain?at=%s", clock_rfc3339(at, text));
    message_link(b->m, "Statement", "/wallet/statement");
    message_link(b->m, "Cash out", "/wallet/payout");
    return OK;
}
