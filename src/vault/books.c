/* Lines come as text, one a line, words with single blanks between; "-" stands for nothing. */
#include "vault/books.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/enc.h"
#include "base/money.h"
#include "ledger/account.h"
#include "ledger/funds.h"
#include "ledger/theirs.h"
#include "queue/alert.h"

enum {
    LINES_BYTES = 256 * 1024,
    WORD_MAX = 160,
    DIFFER_BYTES = 64 * 1024,
    WHY_BYTES = 1000,
    UNREAD_MS = 60 * 60 * 1000
};

static const char *const providers[] = {"stripe", "paypal", "whop", "shopify"};

static enum err
provider_of(struct ctx *ctx, const struct msg *in, struct str *ret)
{
    enum err e = msg_text(ctx, in, "provider", 1, 40, ret);

    if (e)
        return e;
    for (size_t i = 0; i < ARRAY_SIZE(providers); i++)
        if (str_eq_text(*ret, providers[i]))
            return OK;
    return ctx_fail(ctx, E_NOTFOUND, "there is no provider %.*s", STR_ARG(*ret));
}

static bool
word(struct str *rest, struct str *ret)
{
    if (!str_split(rest, ' ', ret) || !ret->n || ret->n > WORD_MAX || !str_is_text(*ret, ""))
        return false;
    if (str_eq_text(*ret, "-"))
        *ret = STR("");
    return true;
}

static bool
number(struct str *rest, int64_t *ret)
{
    struct str w;

    return word(rest, &w) && str_i64(w, -MINOR_MAX, MINOR_MAX, ret);
}

/* object kind source currency amount fee at ours */
static bool
read_line(struct str text, struct theirs_line *l)
{
    int64_t ours = 0;

    *l = (struct theirs_line){0};
    if (!word(&text, &l->object) || !l->object.n || str_starts(l->object, STR("ours:")) ||
        !word(&text, &l->kind) || !word(&text, &l->source) || !word(&text, &l->currency) ||
        !number(&text, &l->amount) || !number(&text, &l->fee) || !number(&text, &l->at) ||
        !number(&text, &ours))
        return false;
    l->ours = ours != 0;
    return text.n == 0;
}

enum err
books_lines(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct buf differ = buf_new(ctx->arena, DIFFER_BYTES);
    struct str provider, lines, one;
    struct theirs_line l;
    enum err e;

    (void)who;
    if ((e = provider_of(ctx, in, &provider)) ||
        (e = msg_bytes(ctx, in, "lines", LINES_BYTES, &lines)))
        return e;
    while (str_split(&lines, '\n', &one)) {
        if (!one.n)
            continue;
        if (!read_line(one, &l))
            return ctx_fail(ctx, E_INVALID, "that is no line of a provider");
        if ((e = theirs_take(ctx, tx, provider, &l)))
            return e;
        if (!str_eq_text(l.verdict, "expected") && !str_eq_text(l.verdict, "other") &&
            !str_eq_text(l.verdict, "open")) {
            buf_add(&differ, l.source);
            buf_add_char(&differ, ' ');
        }
    }
    msg_add_str(out, "differ", buf_str(&differ));
    return buf_err(&differ);
}

enum err
books_unlisted(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
               const struct msg *in, struct msg *out)
{
    struct str provider, lines, one, ref, source, currency;
    int64_t at = 0;
    enum err e;

    (void)who;
    (void)out;
    if ((e = provider_of(ctx, in, &provider)) ||
        (e = msg_bytes(ctx, in, "lines", LINES_BYTES, &lines)))
        return e;
    while (str_split(&lines, '\n', &one)) {
        if (!one.n)
            continue;
        if (!word(&one, &ref) || !ref.n || !word(&one, &source) || !word(&one, &currency) ||
            !number(&one, &at))
            return ctx_fail(ctx, E_INVALID, "that is no thing of ours");
        if ((e = theirs_unlisted(ctx, tx, provider, ref, source, currency, at)))
            return e;
    }
    return OK;
}

static const char *
show(struct ctx *ctx, int64_t minor)
{
    char *text = arena_alloc(ctx->arena, MONEY_TEXT);
    struct money m;

    return money_make(minor, account_house_currency(ctx), &m) ? "?" : money_show(m, text);
}

static enum err
tell_lines(struct ctx *ctx, struct tx *tx, struct str provider)
{
    struct theirs_line l;
    int64_t n;
    enum err e = theirs_count(ctx, provider, &n, &l);

    if (e)
        return e;
    if (!n)
        return alert_resolve(ctx, tx, STR("provider_difference"), provider);
    return alert_raise(
        ctx, tx, STR("provider_difference"), provider, "error", "us",
        str_of(arena_printf(ctx->arena,
                            "%lld lines of %.*s and of the books differ, as %.*s (%.*s%s%.*s); "
                            "compare them at /ops/ledger",
                            (long long)n, STR_ARG(provider), STR_ARG(l.object),
                            STR_ARG(l.verdict), l.ref.n ? ", " : "", STR_ARG(l.ref))));
}

/* Told when two readings in a row find it: money may move while one is made. */
static enum err
tell_holds(struct ctx *ctx, struct tx *tx, const struct theirs_state *s, int64_t before)
{
    if (!s->off || !s->says)
        return alert_resolve(ctx, tx, STR("provider_holds"), s->provider);
    if (!before)
        return OK;
    return alert_raise(
        ctx, tx, STR("provider_holds"), s->provider, "error", "us",
        str_of(arena_printf(ctx->arena,
                            "%.*s holds %s, the books say %s, and nothing explains %s of it; "
                            "compare the lists at /ops/ledger",
                            STR_ARG(s->provider), show(ctx, s->holds), show(ctx, s->ours),
                            show(ctx, s->off))));
}

enum err
books_read(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
           struct msg *out)
{
    struct theirs_state now = {.says = msg_has(in, "holds")}, was = {0};
    int64_t explained;
    enum err e;

    (void)who;
    (void)out;
    if ((e = provider_of(ctx, in, &now.provider)) ||
        (e = msg_text(ctx, in, "cursor", 0, WORD_MAX, &now.cursor)) ||
        (e = msg_i64(ctx, in, "ours", -MINOR_MAX, MINOR_MAX, &now.ours)) ||
        (e = msg_i64(ctx, in, "explained", -MINOR_MAX, MINOR_MAX, &explained)) ||
        (now.says && (e = msg_i64(ctx, in, "holds", -MINOR_MAX, MINOR_MAX, &now.holds))))
        return e;
    e = theirs_state(ctx, now.provider, &was);
    if ((e && e != E_NOTFOUND) || (e = theirs_again(ctx, tx, now.provider)) ||
        (e = theirs_read(ctx, tx, &now, explained)) ||
        (e = theirs_state(ctx, now.provider, &now)) ||
        (e = tell_lines(ctx, tx, now.provider)) || (e = tell_holds(ctx, tx, &now, was.off)))
        return e;
    return alert_resolve(ctx, tx, STR("provider_unread"), now.provider);
}

enum err
books_failed(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct theirs_state s = {0};
    struct str provider, why;
    char span[CLOCK_TEXT];
    enum err e;

    (void)who;
    (void)out;
    if ((e = provider_of(ctx, in, &provider)) ||
        (e = msg_text(ctx, in, "why", 0, WHY_BYTES, &why)) ||
        (e = theirs_failed(ctx, tx, provider, why)) || (e = theirs_state(ctx, provider, &s)))
        return e;
    if (s.at && ctx_now(ctx) - s.at < UNREAD_MS)
        return OK;
    return alert_raise(
        ctx, tx, STR("provider_unread"), provider, "warning", "us",
        str_of(arena_printf(ctx->arena, "the list of %.*s could not be read%s%s: %.*s",
                            STR_ARG(provider), s.at ? " since " : " yet",
                            s.at ? clock_span(ctx_now(ctx) - s.at, span) : "", STR_ARG(why))));
}

enum err
books_checked(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct funds_ran r = {0};
    unsigned char sha[32];
    struct str hex;
    enum err e;

    (void)who;
    (void)out;
    if ((e = msg_text(ctx, in, "name", 1, 20, &r.name)) ||
        (e = msg_i64(ctx, in, "seq", 0, INT64_MAX, &r.seq)) ||
        (e = msg_text(ctx, in, "sha", 64, 64, &hex)) ||
        (e = msg_i64(ctx, in, "found", 0, INT64_MAX, &r.found)) ||
        (e = msg_text(ctx, in, "why", 0, WHY_BYTES, &r.why)))
        return e;
    if (!enc_unhex(hex, sha, sizeof sha))
        return ctx_fail(ctx, E_INVALID, "that is no hash");
    if ((e = funds_ran_keep(ctx, tx, &r,
                            (struct str){.p = (const char *)sha, .n = sizeof sha})))
        return e;
    if (!r.found) {
        /* "house": as the alert was called before the checks had names. */
        e = alert_resolve(ctx, tx, STR("books_differ"), STR("house"));
        return e ? e : alert_resolve(ctx, tx, STR("books_differ"), r.name);
    }
    return alert_raise(ctx, tx, STR("books_differ"), r.name, "error", "us",
                       str_of(arena_printf(ctx->arena,
                                           "the books do not hold: %.*s; run "
                                           "cozykart verify and stop payouts",
                                           STR_ARG(r.why))));
}
