/* Lines of a wallet as rows of a page. See walletrows.h. */
#include "page/walletrows.h"

#include "db/db.h"
#include "db/stmt.h"
#include "ledger/kind.h"
#include "user/member.h"
#include "user/right.h"

enum err
walletrows_whose(struct ctx *ctx, const struct req *req, int64_t asked, struct walletrows *ret)
{
    struct member m;
    enum err e;

    *ret = (struct walletrows){
        .member = req->session.user_id, .name = req->session.name, .own = true};
    if (!asked || asked == req->session.user_id)
        return OK;
    if ((e = right_need(ctx, req->session.user_id, RIGHT_AUDITOR)) ||
        (e = member_get(ctx, asked, &m)))
        return e;
    *ret = (struct walletrows){.member = m.id,
                               .name = m.name,
                               .with = layout_printf(ctx, "member=%lld&", (long long)m.id)};
    return OK;
}

struct view *
walletrows_view(struct ctx *ctx, const struct req *req, const struct walletrows *w,
                const char *here)
{
    static const char *const TABS[] = {"wallet", "statement", "explain", "payout", "methods"};
    struct view *v = layout_view(ctx, req, "wallet");

    view_text(v, "member", w->name);
    view_flag(v, "own", w->own);
    view_i64(v, "member_id", w->member);
    view_text(v, "with", w->with);
    for (size_t i = 0; i < ARRAY_SIZE(TABS); i++)
        view_flag(v, arena_printf(ctx->arena, "in_%s", TABS[i]),
                  str_eq_text(str_of(here), TABS[i]));
    return v;
}

enum err
walletrows_show(struct ctx *ctx, const struct req *req, struct res *res,
                const struct form_field *fields, size_t n, const char *here,
                enum err (*fill)(struct ctx *ctx, struct view *v, const struct walletrows *w,
                                 const struct form *f))
{
    struct view *v = NULL;
    struct str wrong = STR("");
    struct walletrows w;
    struct form f;
    enum err e;

    if (form_query(ctx, req, fields, n, &f) != OK) {
        wrong = str_dup(ctx->arena, ctx_why(ctx));
        ctx_clear(ctx);
    }
    if ((e = db_snapshot_begin(ctx)))
        return e;
    if (!(e = walletrows_whose(ctx, req, form_i64(&f, "member", 0), &w))) {
        v = walletrows_view(ctx, req, &w, here);
        view_text(v, "wrong", wrong);
        e = fill(ctx, v, &w, &f);
    }
    db_snapshot_end(ctx);
    return e ? e : res_page(res, req, arena_printf(ctx->arena, "wallet/%s", here), v);
}

struct str
walletrows_race(struct ctx *ctx, int64_t id, struct str name)
{
    struct str number = layout_printf(ctx, "Race %lld", (long long)id);

    return str_eq(name, number) || !name.n
               ? number
               : layout_printf(ctx, "%.*s, %.*s", STR_ARG(number), STR_ARG(name));
}

struct str
walletrows_thing(struct ctx *ctx, struct str ref, struct str *ret_url)
{
    struct str rest = ref, kind;
    int64_t id = 0;

    *ret_url = STR("");
    if (!str_split(&rest, ':', &kind) || !str_i64(rest, 1, MINOR_MAX, &id))
        return ref;
    if (str_eq_text(kind, "race"))
        *ret_url = layout_printf(ctx, "/race/%lld", (long long)id);
    else if (str_eq_text(kind, "payout"))
        *ret_url = layout_printf(ctx, "/wallet/payout/%lld", (long long)id);
    else if (str_eq_text(kind, "tip"))
        *ret_url = STR("/me/dj");
    return layout_printf(ctx, "%.*s %lld", STR_ARG(kind), (long long)id);
}

/* "share of a sale: Hoodie, race 128" */
static enum err
shared(struct ctx *ctx, int64_t member, int64_t seq, struct str *words, struct str *ret_url,
       bool *ret_found)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_page_race_of_entry);

    stmt_i64(&q, ":seq", seq);
    stmt_i64(&q, ":member", member);
    enum err e = stmt_one(&q);

    *ret_found = e == OK;
    if (e)
        return e == E_NOTFOUND ? OK : e;
    long long race = (long long)stmt_col_i64(&q, "race_id");
    struct str title = stmt_col_str(&q, "title");

    *words = layout_printf(ctx, "%.*s: %.*s, race %lld", STR_ARG(*words), STR_ARG(title), race);
    *ret_url = layout_printf(ctx, "/race/%lld#sale-%lld", race, (long long)seq);
    return OK;
}

enum err
walletrows_what(struct ctx *ctx, int64_t member, int64_t seq, struct str kind, struct str ref,
                struct str *ret_words, struct str *ret_url)
{
    struct str words = kind_words(ctx->arena, kind), thing;
    bool found;
    enum err e = shared(ctx, member, seq, &words, ret_url, &found);

    if (!e && !found) {
        thing = walletrows_thing(ctx, ref, ret_url);
        if (thing.n)
            words = layout_printf(ctx, "%.*s: %.*s", STR_ARG(words), STR_ARG(thing));
    }
    *ret_words = words;
    return e;
}

static enum err
add_line(struct ctx *ctx, struct view *v, const struct walletrows *w,
         const struct statement_line *l)
{
    struct str words, url;
    enum err e = walletrows_what(ctx, w->member, l->seq, l->kind, l->ref, &words, &url);

    if (e)
        return e;
    layout_time(v, "at", l->at);
    view_text(v, "what", words);
    if (url.n)
        view_url(v, "url", url);
    else
        view_flag(v, "url", false);
    view_text(v, "kind", l->kind);
    view_text(v, "ref", l->ref);
    view_text(v, "account", l->account);
    view_i64(v, "amount", l->amount);
    view_text(v, "amount_text", layout_delta(ctx, l->amount));
    view_textz(v, "amount_class", l->amount < 0 ? "down" : "gold");
    layout_money(ctx, v, "after", l->after);
    view_i64(v, "seq", l->seq);
    view_url(v, "entry_url", layout_printf(ctx, "/wallet/entry/%lld", (long long)l->seq));
    layout_hash(v, l->sha);
    return OK;
}

enum err
walletrows_add(struct ctx *ctx, struct view *v, const struct walletrows *w,
               const struct statement_line *line, size_t n)
{
    struct view *list = view_list(v, "lines");
    enum err e = OK;

    view_flag(v, "has_lines", n > 0);
    for (size_t i = 0; e == OK && i < n; i++)
        e = add_line(ctx, view_add(list), w, &line[i]);
    return e;
}
