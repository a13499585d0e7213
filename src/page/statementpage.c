/* The lines of a wallet, by date, kind and race, and where to download them. Not for: what a
 * line means (ledger/kind.h). */
#include "base/buf.h"
#include "base/clock.h"
#include "db/db.h"
#include "ledger/kind.h"
#include "page/routes.h"
#include "page/walletrows.h"

enum { STATEMENT_PAGE = 50, DAY_END = 24 * 3600 * 1000 - 1 };

static const struct form_field FILTER[] = {
    {.name = "before", .kind = FORM_ID  },
    {.name = "from",   .kind = FORM_TIME},
    {.name = "to",     .kind = FORM_TIME},
    {.name = "kind",   .kind = FORM_WORD, .words = KIND_GROUP_WORDS},
    {.name = "race",                .kind = FORM_ID                   },
    {.name = "member",                .kind = FORM_ID}
};

/* "from=2026-05-01&kind=sale&": only what was asked for; all of it is of our own making. */
static struct str
query_of(struct ctx *ctx, const struct form *f, const struct walletrows *w)
{
    struct buf b = buf_new(ctx->arena, 512);
    char day[CLOCK_TEXT];

    buf_add(&b, w->with);
    if (form_has(f, "from"))
        buf_printf(&b, "from=%s&", clock_date(form_i64(f, "from", 0), day));
    if (form_has(f, "to"))
        buf_printf(&b, "to=%s&", clock_date(form_i64(f, "to", 0), day));
    if (form_has(f, "kind"))
        buf_printf(&b, "kind=%.*s&", STR_ARG(form_text(f, "kind")));
    if (form_has(f, "race"))
        buf_printf(&b, "race=%lld&", (long long)form_i64(f, "race", 0));
    return buf_str(&b);
}

static void
add_form(struct ctx *ctx, struct view *v, const struct form *f)
{
    struct view *list = view_list(v, "kinds");
    char day[CLOCK_TEXT];

    view_text(v, "from_text",
              form_has(f, "from")
                  ? str_dup(ctx->arena, str_of(clock_date(form_i64(f, "from", 0), day)))
                  : STR(""));
    view_text(v, "to_text",
              form_has(f, "to")
                  ? str_dup(ctx->arena, str_of(clock_date(form_i64(f, "to", 0), day)))
                  : STR(""));
    view_text(v, "race_text", form_text(f, "race"));
    for (size_t i = 0; i < kind_groups_count; i++) {
        struct view *k = view_add(list);

        view_textz(k, "word", kind_groups[i].word);
        view_textz(k, "words", kind_groups[i].words);
        view_flag(k, "chosen", str_eq_text(form_text(f, "kind"), kind_groups[i].word));
    }
}

static void
add_links(struct ctx *ctx, struct view *v, const struct form *f, const struct walletrows *w,
          int64_t older)
{
    static const char *const FORMATS[] = {"csv", "hledger", "beancount"};
    struct str q = query_of(ctx, f, w);

    for (size_t i = 0; i < ARRAY_SIZE(FORMATS); i++)
        view_url(v, arena_printf(ctx->arena, "%s_url", FORMATS[i]),
                 layout_printf(ctx, "/wallet/export.%s?%.*s", FORMATS[i], STR_ARG(q)));
    view_flag(v, "older_url", false);
    view_flag(v, "newest_url", false);
    if (older)
        view_url(v, "older_url",
                 layout_printf(ctx, "/wallet/statement?%.*sbefore=%lld", STR_ARG(q),
                               (long long)older));
    if (form_i64(f, "before", 0))
        view_url(v, "newest_url", layout_printf(ctx, "/wallet/statement?%.*s", STR_ARG(q)));
}

/* What is wrong stands beside the form, and is no filter. */
static enum err
read_statement(struct ctx *ctx, struct view *v, const struct walletrows *w,
               const struct form *f)
{
    struct statement_page p;
    int64_t to = form_i64(f, "to", 0);
    struct statement_filter filter = {.before = form_i64(f, "before", 0),
                                      .from = form_i64(f, "from", 0),
                                      .to = to ? to + DAY_END
                                               : 0, /* a day stands for its whole length */
                                      .kinds = kind_of_group(form_text(f, "kind")),
                                      .race = form_i64(f, "race", 0)};
    enum err e = statement_page(ctx, w->member, &filter, STATEMENT_PAGE, &p);

    if (e != OK)
        return e;
    layout_money(ctx, v, "opening", p.opening);
    layout_money(ctx, v, "closing", p.closing);
    view_flag(v, "part", filter.kinds.n || filter.race);
    add_form(ctx, v, f);
    add_links(ctx, v, f, w, p.older_than);
    return walletrows_add(ctx, v, w, p.line, p.n);
}

enum err
statementpage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    return walletrows_show(ctx, req, res, FILTER, ARRAY_SIZE(FILTER), "statement",
                           read_statement);
}
