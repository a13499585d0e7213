/* One entry of the journal for whom it concerns, and a member's receipt: numbers and hashes to
 * keep, which cozykart verify --against holds against the ledger (sql/FORMAT.md section 9). Not
 * for: sums (explainpage.c). */
#include <stdio.h>

#include "base/clock.h"
#include "base/enc.h"
#include "db/db.h"
#include "db/stmt.h"
#include "ledger/leaf.h"
#include "ledger/seal.h"
#include "page/routes.h"
#include "page/walletrows.h"
#include "user/right.h"

enum { RECEIPT_LINES = 1000, RECEIPT_SEALS = 400 };

static bool
reads_all(const struct req *req)
{
    return (req->session.roles & RIGHT_AUDITOR) != 0;
}

static enum err
add_postings(struct ctx *ctx, struct view *v, int64_t seq, int64_t member, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_statement_postings);
    struct view *list = view_list(v, "postings");
    enum err e;

    stmt_i64(&s, ":seq", seq);
    stmt_i64(&s, ":member", member);
    while ((e = stmt_row(&s)) == OK) {
        struct view *p = view_add(list);
        int64_t amount = stmt_col_i64(&s, "amount");
        struct str currency = stmt_col_str(&s, "currency");

        view_text(p, "code", stmt_col_str(&s, "code"));
        view_text(p, "item", stmt_col_str(&s, "item"));
        view_text(p, "debit", amount > 0 ? layout_amount(ctx, amount, currency) : STR(""));
        view_text(p, "credit", amount < 0 ? layout_amount(ctx, -amount, currency) : STR(""));
    }
    *ret_n = view_count(list);
    return e == E_NOTFOUND ? OK : e;
}

static enum err
add_seal_of(struct ctx *ctx, struct view *v, int64_t seq)
{
    struct seal s;
    enum err e = seal_of(ctx, seq, &s);

    view_flag(v, "seal", false);
    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        return OK;
    }
    if (e)
        return e;
    struct view *o = view_object(v, "seal");

    view_text(o, "day", s.day);
    view_text(o, "head", s.head_sha);
    view_text(o, "signature", s.signature);
    view_text(o, "key", s.public_key);
    view_flag(o, "listed", s.list_sha.n > 0);
    return OK;
}

/* What finds it in the day's public list; empty before there is one. */
static enum err
salt_of(struct ctx *ctx, int64_t seq, struct str *ret)
{
    struct str secret;
    enum err e = leaf_secret(ctx, &secret);

    *ret = e ? STR("") : leaf_salt(ctx->arena, secret, seq);
    if (e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    return OK;
}

static enum err
add_head(struct ctx *ctx, struct view *v, int64_t seq, int64_t member)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_statement_entry);
    struct str words, url, sha, prev, salt;
    enum err e;

    stmt_i64(&s, ":seq", seq);
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? ctx_fail(ctx, E_NOTFOUND, "there is no such entry") : e;
    struct str kind = stmt_col_str(&s, "kind"), ref = stmt_col_str(&s, "ref");

    if ((e = walletrows_what(ctx, member, seq, kind, ref, &words, &url)) ||
        (e = salt_of(ctx, seq, &salt)))
        return e;
    sha = stmt_col_blob(&s, "sha");
    prev = stmt_col_blob(&s, "prev_sha");
    view_i64(v, "seq", seq);
    view_text(v, "kind", kind);
    view_text(v, "words", words);
    view_text(v, "ref", ref);
    if (url.n)
        view_url(v, "url", url);
    else
        view_flag(v, "url", false);
    layout_time(v, "at", stmt_col_i64(&s, "recorded_at"));
    layout_time(v, "effective", stmt_col_i64(&s, "effective_at"));
    view_i64(v, "n_lines", stmt_col_i64(&s, "n_lines"));
    view_text(v, "sha", enc_hex(ctx->arena, sha.p, sha.n));
    view_text(v, "salt", salt);
    view_text(v, "prev", enc_hex(ctx->arena, prev.p, prev.n));
    if (stmt_col_null(&s, "reverses"))
        view_flag(v, "reverses", false);
    else
        view_i64(v, "reverses", stmt_col_i64(&s, "reverses"));
    return OK;
}

/* Whose line it is not gets the same answer as for an entry that is not there. */
static enum err
read_entry(struct ctx *ctx, struct view *v, const struct req *req, int64_t seq)
{
    size_t n = 0;
    enum err e = add_postings(ctx, v, seq, reads_all(req) ? 0 : req->session.user_id, &n);

    if (!e && n == 0)
        return ctx_fail(ctx, E_NOTFOUND, "there is no entry %lld with a line of yours",
                        (long long)seq);
    view_flag(v, "all", reads_all(req));
    if (e || (e = add_head(ctx, v, seq, req->session.user_id)))
        return e;
    return add_seal_of(ctx, v, seq);
}

enum err
entrypage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct walletrows w;
    enum err e = db_snapshot_begin(ctx);
    struct view *v = NULL;

    if (e)
        return e;
    if (!(e = walletrows_whose(ctx, req, 0, &w))) {
        v = walletrows_view(ctx, req, &w, "");
        e = read_entry(ctx, v, req, req_id(req, "id"));
    }
    db_snapshot_end(ctx);
    return e ? e : res_page(res, req, "wallet/entry", v);
}

/* Lines of one entry: one for each account. */
static void
add_receipt_line(struct view *entry, const struct statement_line *line, size_t n)
{
    static const char *const ACCOUNTS[] = {"pending", "available", "owed"};
    struct view *list = view_list(entry, "lines");

    for (size_t a = 0; a < ARRAY_SIZE(ACCOUNTS); a++) {
        int64_t sum = 0;
        bool any = false;

        for (size_t i = 0; i < n; i++)
            if (str_eq_text(line[i].account, ACCOUNTS[a])) {
                sum += line[i].amount;
                any = true;
            }
        if (!any)
            continue;
        struct view *l = view_add(list);

        view_textz(l, "account", ACCOUNTS[a]);
        view_i64(l, "amount", sum);
    }
}

/* Oldest first; and the seals of their days. */
static enum err
add_entries(struct ctx *ctx, struct view *v, const struct statement_page *p)
{
    struct view *list = view_list(v, "entries"), *seals = NULL;
    struct seal s = {0};
    struct str secret;
    size_t n_seals = 0;

    if (leaf_secret(ctx, &secret)) {
        secret = STR("");
        ctx_clear(ctx);
    }

    for (size_t i = p->n; i > 0;) {
        size_t first = i - 1;
        const struct statement_line *l = &p->line[first];

        while (first > 0 && p->line[first - 1].seq == l->seq)
            first--;
        struct view *entry = view_add(list);

        view_i64(entry, "number", l->seq);
        view_text(entry, "hash", l->sha);
        if (secret.n)
            view_text(entry, "salt", leaf_salt(ctx->arena, secret, l->seq));
        view_i64(entry, "recorded_at", l->at);
        view_text(entry, "kind", l->kind);
        view_text(entry, "ref", l->ref);
        add_receipt_line(entry, &p->line[first], i - first);
        i = first;
        if (l->seq <= s.last_seq || n_seals == RECEIPT_SEALS)
            continue;
        enum err e = seal_of(ctx, l->seq, &s);

        if (e && e != E_NOTFOUND)
            return e;
        if (e) {
            ctx_clear(ctx);
            n_seals = RECEIPT_SEALS; /* later days have none either */
            continue;
        }
        if (!seals)
            seals = view_list(v, "seals");
        view_add_text(seals, seal_file(ctx->arena, &s));
        n_seals++;
    }
    return OK;
}

static enum err
add_balance(struct ctx *ctx, struct view *v, int64_t member, int64_t at)
{
    struct view *b = view_object(v, "balance");
    struct statement_accounts a;
    struct statement_sum sum;
    struct str sha;
    int64_t end, when;
    enum err e;

    if ((e = statement_accounts(ctx, member, &a)) || (e = statement_seq(ctx, at, &end)) ||
        (e = statement_before(ctx, &a, end, &sum)) ||
        (e = statement_stamp(ctx, end - 1, &when, &sha)))
        return e;
    view_i64(b, "number", end - 1);
    view_text(b, "hash", sha);
    view_i64(b, "pending", sum.pending);
    view_i64(b, "available", sum.available);
    view_i64(b, "owed", sum.owed);
    return OK;
}

static enum err
read_receipt(struct ctx *ctx, struct view *v, int64_t member, int64_t at)
{
    const struct statement_filter until = {.to = at};
    struct statement_page p;
    struct str ledger, mode;
    enum err e;

    if ((e = statement_page(ctx, member, &until, RECEIPT_LINES, &p)) ||
        (e = db_stamp(ctx, "ledger_id", &ledger)) || (e = db_stamp(ctx, "mode", &mode)))
        return e;
    if (p.n == 0)
        return ctx_fail(ctx, E_NOTFOUND, "this wallet has no line up to then");
    view_textz(v, "format", "cozykart receipt 1");
    view_text(v, "ledger", ledger);
    view_text(v, "mode", mode);
    view_i64(v, "member", member);
    view_text(v, "currency", layout_currency(ctx));
    view_i64(v, "made_at", ctx_now(ctx));
    if ((e = add_entries(ctx, v, &p)))
        return e;
    return add_balance(ctx, v, member, at);
}

enum err
entrypage_receipt(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "at",     .kind = FORM_TIME},
        {.name = "member", .kind = FORM_ID  }
    };
    struct view *v = view_new(ctx->arena);
    struct walletrows w;
    struct form f;
    char name[64], day[CLOCK_TEXT];
    enum err e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e || (e = db_snapshot_begin(ctx)))
        return e;
    int64_t at = form_i64(&f, "at", ctx_now(ctx));

    if (!(e = walletrows_whose(ctx, req, form_i64(&f, "member", 0), &w)))
        e = read_receipt(ctx, v, w.member, at);
    db_snapshot_end(ctx);
    if (e || (e = res_json(res, v)))
        return e;
    snprintf(name, sizeof(name), "attachment; filename=\"receipt-%s.json\"",
             clock_date(at, day));
    return res_header(res, "Content-Disposition", str_of(name));
}
