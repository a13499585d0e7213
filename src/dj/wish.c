/* Limits of tips and songs, in words. See wish.h. */
#include "dj/wish.h"

#include "base/conf.h"
#include "base/point.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "dj/dj.h"
#include "dj/filter.h"
#include "ledger/account.h"

enum { LINK_BYTES = 200, FAN_BYTES = 100 };

static const char *
shown(struct ctx *ctx, int64_t minor)
{
    struct money m;
    char text[MONEY_TEXT];

    if (money_make(minor, account_house_currency(ctx), &m))
        return "";
    return arena_printf(ctx->arena, "%s", money_show(m, text));
}

static enum err
check_amount(struct ctx *ctx, const struct dj *d, int64_t amount)
{
    int64_t max = ctx->conf ? ctx->conf->tip.max : 50000;

    if (amount < d->min)
        return ctx_fail(ctx, E_INVALID, "DJ %.*s takes tips from %s", STR_ARG(d->name),
                        shown(ctx, d->min));
    if (amount > max)
        return ctx_fail(ctx, E_INVALID, "a tip is at most %s", shown(ctx, max));
    return OK;
}

static enum err
check_text(struct ctx *ctx, struct str text, size_t max, const char *what)
{
    if (!str_is_text(text, ""))
        return ctx_fail(ctx, E_INVALID, "%s is one line of text", what);
    for (size_t at = 0; at < text.n;)
        if (point_is_tricky(point_next(text, &at)))
            return ctx_fail(ctx, E_INVALID, "%s must not contain invisible signs", what);
    if (str_length(text) > max)
        return ctx_fail(ctx, E_INVALID, "%s has at most %zu signs", what, max);
    return OK;
}

static enum err
check_link(struct ctx *ctx, struct str link)
{
    if (!link.n)
        return OK;
    for (size_t i = 0; i < link.n; i++)
        if (link.p[i] <= ' ' || link.p[i] > '~' || link.p[i] == '"' || link.p[i] == '<' ||
            link.p[i] == '>' || link.p[i] == '\\')
            return ctx_fail(ctx, E_INVALID, "a link is written without blanks or quotes");
    if (link.n > LINK_BYTES)
        return ctx_fail(ctx, E_INVALID, "a link has at most %d signs", LINK_BYTES);
    if (!str_starts(link, STR("https://")) || link.n < sizeof("https://a.b") - 1)
        return ctx_fail(ctx, E_INVALID, "a link begins with https://");
    return OK;
}

/* Songs of that DJ that wait, of anybody or of one fan. */
static enum err
count_open(struct ctx *ctx, int64_t dj_id, struct str fan, int64_t *ret_all, int64_t *ret_fan)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_wish_open);

    stmt_i64(&s, ":dj", dj_id);
    stmt_str(&s, ":fan", fan);
    enum err e = stmt_one(&s);
    if (!e) {
        *ret_all = stmt_col_i64(&s, "n");
        *ret_fan = stmt_col_i64(&s, "of_fan");
    }
    return e;
}

static enum err
check_song(struct ctx *ctx, const struct dj *d, const struct tip_new *n)
{
    int64_t all, fan;
    enum err e;

    if (d->paused)
        return ctx_fail(ctx, E_CONFLICT,
                        "DJ %.*s takes no songs at the moment; a tip without a song is welcome",
                        STR_ARG(d->name));
    if ((e = count_open(ctx, d->member_id, n->fan, &all, &fan)))
        return e;
    if (all >= d->max_open)
        return ctx_fail(ctx, E_LIMIT,
                        "the queue is full: %lld songs wait. Try again when one was played",
                        (long long)all);
    if (fan >= d->max_per_fan)
        return ctx_fail(ctx, E_LIMIT,
                        "%lld of your songs wait already. Try again when one was played",
                        (long long)fan);
    return OK;
}

struct field {
    const char *name, *what;
    struct str text;
    size_t max;
    bool filtered;
};

static enum err
check_fields(struct ctx *ctx, const struct dj *d, const struct tip_new *n,
             const char **ret_field)
{
    const struct field fields[] = {
        {"from",    "a name",    n->from,    TIP_NAME_MAX,    true },
        {"message", "a message", n->message, TIP_MESSAGE_MAX, false},
        {"title",   "a title",   n->title,   TIP_TITLE_MAX,   true },
        {"artist",  "an artist", n->artist,  TIP_TITLE_MAX,   true },
    };
    struct str house = filter_house(ctx);
    enum err e;

    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        const struct field *f = &fields[i];

        *ret_field = f->name;
        if ((e = check_text(ctx, f->text, f->max, f->what)))
            return e;
        if (f->filtered && (filter_hits(ctx->arena, house, f->text) ||
                            filter_hits(ctx->arena, d->banned, f->text)))
            return ctx_fail(ctx, E_INVALID, "%s with that word is not taken here", f->what);
    }
    *ret_field = "link";
    return check_link(ctx, n->link);
}

enum err
wish_check(struct ctx *ctx, const struct tip_new *n, const char **ret_field)
{
    struct dj d;
    enum err e;

    *ret_field = "dj";
    if ((e = dj_get(ctx, n->dj_id, &d)))
        return e;
    *ret_field = "amount";
    if ((e = check_amount(ctx, &d, n->amount)) || (e = check_fields(ctx, &d, n, ret_field)))
        return e;
    if (n->fan.n > FAN_BYTES)
        return ctx_fail(ctx, E_INVALID, "the fan is not known");
    *ret_field = "title";
    if (!n->title.n && (n->artist.n || n->link.n))
        return ctx_fail(ctx, E_INVALID, "name the song, or leave artist and link empty");
    return n->title.n ? check_song(ctx, &d, n) : OK;
}

enum err
wish_add(struct ctx *ctx, struct tx *tx, const struct tip_new *n, int64_t checkout_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_wish_add);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":checkout", checkout_id);
    stmt_i64(&s, ":dj", n->dj_id);
    stmt_str(&s, ":fan", n->fan);
    stmt_str(&s, ":name", n->from);
    stmt_str(&s, ":message", n->message);
    stmt_str(&s, ":title", n->title);
    stmt_str(&s, ":artist", n->artist);
    stmt_str(&s, ":link", n->link);
    stmt_i64(&s, ":at", ctx_now(ctx));
    return stmt_run(&s);
}

enum err
wish_get(struct ctx *ctx, int64_t checkout_id, struct wish *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_wish_get);

    stmt_i64(&s, ":checkout", checkout_id);
    enum err e = stmt_one(&s);
    if (e)
        return e;
    *ret = (struct wish){
        .dj_id = stmt_col_i64(&s, "dj_id"),
        .fan = stmt_col_str(&s, "fan"),
        .from = stmt_col_str(&s, "name"),
        .message = stmt_col_str(&s, "message"),
        .title = stmt_col_str(&s, "title"),
        .artist = stmt_col_str(&s, "artist"),
        .link = stmt_col_str(&s, "link"),
    };
    return OK;
}
