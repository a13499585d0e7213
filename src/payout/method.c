/* Rows of destinations: set, confirmed, replaced. See method.h. */
#include "payout/method.h"

#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/alert.h"
#include "queue/outbox.h"
#include "queue/tell.h"

enum { KINDS_MAX = 5, MAIL_MAX = 127, ID_MAX = 64, HOUR_MS = 3600 * 1000, WHY_BYTES = 300 };

static const struct str kinds[KINDS_MAX] = {STR_INIT("gift_card"), STR_INIT("store_credit"),
                                            STR_INIT("stripe"), STR_INIT("paypal"),
                                            STR_INIT("whop")};

static bool
is_word(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
              (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_'))
            return false;
    return s.n > 0;
}

/* One @, something on both sides, a dot in the host; no blanks, quotes or other surprises. */
static bool
is_mail(struct str s)
{
    size_t at = str_find(s, STR("@"), 0), dot;
    struct str host;

    if (s.n > MAIL_MAX || at == SIZE_MAX || at < 1 || at > 64)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (i != at && !(is_word(str_sub(s, i, 1)) || s.p[i] == '.' || s.p[i] == '-' ||
                         (i < at && strchr("+!#$%&'*/=?^`{|}~", s.p[i]) != NULL)))
            return false;
    host = str_sub(s, at + 1, s.n);
    dot = str_find(host, STR("."), 0);
    return s.p[0] != '.' && s.p[at - 1] != '.' && str_find(s, STR(".."), 0) == SIZE_MAX &&
           dot != SIZE_MAX && dot > 0 && host.p[0] != '-' &&
           is_word(str_sub(host, host.n - 1, 1));
}

static bool
fits(struct str kind, struct str to)
{
    if (str_eq_text(kind, "paypal"))
        return is_mail(to);
    if (str_eq_text(kind, "whop"))
        return to.n <= ID_MAX && str_starts(to, STR("user_")) && is_word(str_sub(to, 5, to.n));
    return to.n == 0;
}

bool
method_is_manual(struct str kind)
{
    return str_eq_text(kind, "gift_card") || str_eq_text(kind, "store_credit");
}

struct str
method_name(struct str kind)
{
    static const struct str names[KINDS_MAX] = {STR_INIT("Gift card"), STR_INIT("Store credit"),
                                                STR_INIT("Stripe"), STR_INIT("PayPal"),
                                                STR_INIT("Whop")};

    for (size_t i = 0; i < KINDS_MAX; i++)
        if (str_eq(kinds[i], kind))
            return names[i];
    return kind;
}

struct str
method_words(struct ctx *ctx, struct str kind, struct str to)
{
    size_t at = str_find(to, STR("@"), 0);

    if (!to.n)
        return STR("");
    if (str_eq_text(kind, "paypal") && at != SIZE_MAX)
        return str_of(arena_printf(ctx->arena, "%.*s…%.*s%.*s", 1, to.p, at > 2 ? 1 : 0,
                                   to.p + at - 1, STR_ARG(str_sub(to, at, to.n))));
    return str_of(
        arena_printf(ctx->arena, "…%.*s", STR_ARG(str_sub(to, to.n > 4 ? to.n - 4 : 0, 4))));
}

/* Offered by the settings, and set up: a provider's own settings say whether it is. */
static bool
is_set_up(const struct conf *c, struct str kind)
{
    return method_is_manual(kind) ||
           (str_eq_text(kind, "stripe") && c->stripe.api_key_file.n) ||
           (str_eq_text(kind, "paypal") && c->paypal.client_id.n) ||
           (str_eq_text(kind, "whop") && c->whop.account.n);
}

static bool
is_offered(const struct conf *c, struct str kind)
{
    struct str rest = c->payout.methods, one;

    while (str_split(&rest, ',', &one))
        if (str_eq(str_trim(one), kind))
            return true;
    return false;
}

static struct str
why_not(struct ctx *ctx, const struct method *m)
{
    char at[CLOCK_TEXT];

    if (!is_offered(ctx->conf, m->kind))
        return STR("it is not offered here");
    if (!is_set_up(ctx->conf, m->kind))
        return STR("it is not set up here");
    if (!m->id)
        return STR("");
    if (str_eq_text(m->state, "off"))
        return STR("it was replaced or taken off: add it again");
    if (str_eq_text(m->state, "new"))
        return STR("confirm it first, by the button of the message about it");
    if (str_eq_text(m->state, "open"))
        return m->why.n ? m->why : STR("its set-up is not finished");
    if (m->ready_at > ctx_now(ctx))
        return str_of(arena_printf(ctx->arena, "it can be used from %s UTC on",
                                   clock_human(m->ready_at, at)));
    return STR("");
}

static struct method
read_row(struct ctx *ctx, struct stmt *s)
{
    struct method m = {
        .id = stmt_col_i64(s, "id"),
        .member_id = stmt_col_i64(s, "member_id"),
        .kind = stmt_col_str(s, "kind"),
        .to = stmt_col_str(s, "dest"),
        .state = stmt_col_str(s, "state"),
        .why = stmt_col_str(s, "why"),
        .url = stmt_col_str(s, "url"),
        .added_at = stmt_col_i64(s, "added_at"),
        .ready_at = stmt_col_i64(s, "ready_at"),
    };

    m.words = method_words(ctx, m.kind, m.to);
    m.why = why_not(ctx, &m);
    return m;
}

static enum err
live(struct ctx *ctx, int64_t member_id, struct str kind, struct method *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_method_live);
    enum err e;

    stmt_i64(&s, ":member", member_id);
    stmt_str(&s, ":kind", kind);
    if (!(e = stmt_one(&s)))
        *ret = read_row(ctx, &s);
    return e;
}

enum err
method_list(struct ctx *ctx, int64_t member_id, struct method **ret, size_t *ret_n)
{
    struct method *list = ARENA_ARRAY(ctx->arena, KINDS_MAX, struct method);
    size_t n = 0;

    for (size_t i = 0; i < KINDS_MAX; i++) {
        enum err e;

        if (!is_offered(ctx->conf, kinds[i]))
            continue;
        list[n] = (struct method){.member_id = member_id,
                                  .kind = kinds[i],
                                  .to = STR(""),
                                  .words = STR(""),
                                  .state = STR(""),
                                  .url = STR("")};
        list[n].why = why_not(ctx, &list[n]);
        e = live(ctx, member_id, kinds[i], &list[n]);
        if (e && e != E_NOTFOUND)
            return e;
        n++;
    }
    *ret = list;
    *ret_n = n;
    return OK;
}

enum err
method_get(struct ctx *ctx, int64_t id, struct method *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_method_row);
    enum err e;

    stmt_i64(&s, ":id", id);
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no payout method %lld", (long long)id);
    if (!e)
        *ret = read_row(ctx, &s);
    return e;
}

/* A member's own, or it is not there. */
static enum err
own(struct ctx *ctx, int64_t id, int64_t member_id, struct method *ret)
{
    enum err e = method_get(ctx, id, ret);

    if (!e && ret->member_id != member_id)
        return ctx_fail(ctx, E_NOTFOUND, "there is no payout method %lld", (long long)id);
    return e;
}

static enum err
not_busy(struct ctx *ctx, const struct method *m)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_method_busy);
    enum err e;

    stmt_i64(&s, ":id", m->id);
    if ((e = stmt_one(&s)))
        return e;
    return stmt_col_i64(&s, "n") == 0
               ? OK
               : ctx_fail(ctx, E_CONFLICT,
                          "a payout by %.*s is on its way: wait until it has ended",
                          STR_ARG(method_name(m->kind)));
}

/* What failed by it needs nobody any more. */
static enum err
turn_off(struct ctx *ctx, struct tx *tx, int64_t id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_method_off);
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_method_failed);
    enum err e;

    stmt_i64(&q, ":id", id);
    while ((e = stmt_row(&q)) == OK)
        if ((e = alert_resolve(ctx, tx, STR("payout_failed"),
                               str_of(arena_printf(ctx->arena, "payout:%lld",
                                                   (long long)stmt_col_i64(&q, "id"))))))
            return e;
    stmt_i64(&s, ":id", id);
    return e == E_NOTFOUND ? stmt_run(&s) : e;
}

/* The job makes the account when there is none, and asks for a fresh link. */
static enum err
ask_account(struct ctx *ctx, struct tx *tx, int64_t id)
{
    struct str payload = str_of(arena_printf(ctx->arena, "%lld", (long long)id));
    int64_t now = ctx_now(ctx);
    bool waits;
    enum err e = outbox_is_due(ctx, STR("account"), payload, &waits);

    if (e || waits)
        return e;
    return outbox_add(
        ctx, tx, STR("account"),
        str_of(arena_printf(ctx->arena, "method:%lld:%lld", (long long)id, (long long)now)),
        payload, now);
}

static enum err
add(struct ctx *ctx, int64_t member_id, struct str kind, struct str to, int64_t *ret_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_method_add);
    bool manual = method_is_manual(kind);
    int64_t now = ctx_now(ctx);
    enum err e;

    stmt_i64(&s, ":member", member_id);
    stmt_str(&s, ":kind", kind);
    stmt_str(&s, ":dest", to);
    stmt_str(&s, ":state", manual ? STR("ready") : STR("new"));
    stmt_i64(&s, ":now", now);
    if (manual)
        stmt_i64(&s, ":confirmed", now);
    else
        stmt_null(&s, ":confirmed");
    stmt_i64(&s, ":ready", manual ? now : now + ctx->conf->payout.wait_h * HOUR_MS);
    if (!(e = stmt_one(&s)))
        *ret_id = stmt_col_i64(&s, "id");
    return e;
}

static enum err
may_be(struct ctx *ctx, struct str kind, struct str to)
{
    bool known = false;

    for (size_t i = 0; i < KINDS_MAX; i++)
        known = known || str_eq(kinds[i], kind);
    if (!known || !is_offered(ctx->conf, kind))
        return ctx_fail(ctx, E_INVALID, "there is no such payout method here");
    if (!is_set_up(ctx->conf, kind))
        return ctx_fail(ctx, E_INVALID, "%.*s is not set up here", STR_ARG(method_name(kind)));
    if (fits(kind, to))
        return OK;
    if (str_eq_text(kind, "paypal"))
        return ctx_fail(ctx, E_INVALID, "PayPal needs the mail address of your account there");
    if (str_eq_text(kind, "whop"))
        return ctx_fail(ctx, E_INVALID, "Whop needs your user id, which begins with user_");
    return ctx_fail(ctx, E_INVALID, "%.*s needs no destination", STR_ARG(method_name(kind)));
}

/* Off, and its old address hears of it where it is one that mail reaches: who took over a
 * session reads the direct messages, perhaps, but not that mailbox. */
static enum err
replace(struct ctx *ctx, struct tx *tx, const struct method *old)
{
    enum err e = not_busy(ctx, old);

    if (e || (e = turn_off(ctx, tx, old->id)) || !ctx->conf || !ctx->conf->alert.to.n ||
        !str_has(old->to, '@') || str_eq_text(old->state, "new"))
        return e;
    struct str id = str_of(arena_printf(ctx->arena, "%lld", (long long)old->id));

    return outbox_add(ctx, tx, STR("mail.old"), id, id, ctx_now(ctx));
}

enum err
method_set(struct ctx *ctx, struct tx *tx, int64_t member_id, struct str kind, struct str to,
           int64_t *ret_id)
{
    struct method old;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = may_be(ctx, kind, to)))
        return e;
    e = live(ctx, member_id, kind, &old);
    if (e && e != E_NOTFOUND)
        return e;
    /* The same once more does not begin the waiting time again; Stripe's link is made anew. */
    if (!e && (str_eq_text(kind, "stripe") || str_eq(old.to, to))) {
        *ret_id = old.id;
        return str_eq_text(old.state, "open") ? ask_account(ctx, tx, old.id) : OK;
    }
    if (!e && (e = replace(ctx, tx, &old)))
        return e;
    if ((e = add(ctx, member_id, kind, to, ret_id)) || method_is_manual(kind))
        return e;
    return tell_add(ctx, tx, "member.method",
                    str_of(arena_printf(ctx->arena, "method:%lld", (long long)*ret_id)), 0);
}

enum err
method_usual(struct ctx *ctx, struct tx *tx, int64_t member_id, struct str kind,
             int64_t *ret_id)
{
    struct method m;
    enum err e;

    if (method_is_manual(kind))
        return method_set(ctx, tx, member_id, kind, STR(""), ret_id);
    e = live(ctx, member_id, kind, &m);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_CONFLICT, "add %.*s on your payout page first",
                        STR_ARG(method_name(kind)));
    if (!e)
        *ret_id = m.id;
    return e;
}

enum err
method_confirm(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id)
{
    struct method m;
    bool stripe;
    enum err e = own(ctx, id, member_id, &m);

    if (e)
        return e;
    if (str_eq_text(m.state, "off"))
        return ctx_fail(ctx, E_CONFLICT, "it was replaced or taken off meanwhile");
    if (!str_eq_text(m.state, "new"))
        return OK;
    stripe = str_eq_text(m.kind, "stripe");
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_method_said_yes);
    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":state", stripe ? STR("open") : STR("ready"));
    stmt_i64(&s, ":now", ctx_now(ctx));
    if ((e = stmt_run(&s)))
        return e;
    return stripe ? ask_account(ctx, tx, id) : OK;
}

enum err
method_drop(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id)
{
    struct method m;
    enum err e = own(ctx, id, member_id, &m);

    BUG_IF(!tx->open);
    if (e || str_eq_text(m.state, "off"))
        return e;
    return replace(ctx, tx, &m);
}

enum err
method_account(struct ctx *ctx, struct tx *tx, int64_t id, struct str account, struct str url,
               bool ready, struct str why)
{
    struct method m;
    enum err e = method_get(ctx, id, &m);

    BUG_IF(!tx->open);
    if (e)
        return e;
    if (!str_eq_text(m.kind, "stripe"))
        return ctx_fail(ctx, E_INVALID, "payout method %lld has no account", (long long)id);
    if (account.n &&
        (account.n > ID_MAX || !str_starts(account, STR("acct_")) || !is_word(account)))
        return ctx_fail(ctx, E_INVALID, "that is no account of Stripe");
    if (account.n && m.to.n && !str_eq(account, m.to))
        return ctx_fail(ctx, E_CONFLICT, "payout method %lld has another account",
                        (long long)id);
    /* What was replaced, or waits for its owner's yes, is not revived by a provider. */
    if (!str_eq_text(m.state, "open") && !str_eq_text(m.state, "ready"))
        return OK;
    if (!account.n)
        account = m.to;
    if (ready && !account.n)
        return ctx_fail(ctx, E_INVALID, "an account that is ready has a name");
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_method_told);
    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":state", ready ? STR("ready") : STR("open"));
    stmt_str(&s, ":dest", account);
    stmt_str(&s, ":url", ready || !url.n ? STR("") : url);
    stmt_str(&s, ":why", ready ? STR("") : str_sub(why, 0, WHY_BYTES));
    return stmt_run(&s);
}

enum err
method_find(struct ctx *ctx, struct str kind, struct str to, struct method *ret)
{
    int64_t id;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_method_by_dest);
        enum err e;

        stmt_str(&s, ":kind", kind);
        stmt_str(&s, ":dest", to);
        e = stmt_one(&s);
        if (e == E_NOTFOUND)
            return ctx_fail(ctx, E_NOTFOUND, "nobody is paid there");
        if (e)
            return e;
        id = stmt_col_i64(&s, "id");
    }
    return method_get(ctx, id, ret);
}
