/* Balances, statements, reasons, verification. Reading only. */
#include <unistd.h>

#include "db/db.h"
#include "db/sound.h"
#include "ledger/account.h"
#include "ledger/statement.h"
#include "ledger/verify.h"
#include "ledger/why.h"
#include "main/ctl.h"
#include "user/member.h"

static enum err
find(struct ctl *c, struct member *m)
{
    enum err e = ctl_open(c);

    if (e == OK)
        e = member_find(c->ctx, str_of(c->arg[0]), m);
    if (e != OK)
        return e;
    view_i64(c->out, "member", m->id);
    view_text(c->out, "name", m->name);
    view_text(c->out, "currency", c->conf->money.currency);
    return OK;
}

enum err
ctl_money_balance(struct ctl *c)
{
    struct account_wallet w;
    struct member m;
    enum err e = find(c, &m);

    if (e || (e = account_wallet(c->ctx, m.id, &w)))
        return e;
    view_i64(c->out, "pending", w.pending);
    view_i64(c->out, "available", w.available);
    view_i64(c->out, "held", w.held);
    view_i64(c->out, "owed", w.owed);
    ctl_say(c, "%.*s: %s", STR_ARG(m.name), ctl_show(c, w.pending + w.available));
    ctl_say(c, "  pending    %12s", ctl_show(c, w.pending));
    ctl_say(c, "  available  %12s", ctl_show(c, w.available));
    if (w.held)
        ctl_say(c, "  held       %12s", ctl_show(c, w.held));
    if (w.owed)
        ctl_say(c, "  owed back  %12s", ctl_show(c, w.owed));
    return OK;
}

static void
say_line(struct ctl *c, struct view *list, const struct statement_line *l)
{
    struct view *v = view_add(list);

    view_i64(v, "seq", l->seq);
    view_textz(v, "at", ctl_when(c, l->at));
    view_text(v, "kind", l->kind);
    view_text(v, "ref", l->ref);
    view_text(v, "account", l->account);
    view_i64(v, "amount", l->amount);
    view_i64(v, "after", l->after);
    view_text(v, "hash", l->sha);
    ctl_say(c, "%s  %-12.*s %-10.*s %-9.*s %10s %10s  #%lld %.8s", ctl_when(c, l->at),
            STR_ARG(l->kind), STR_ARG(l->ref), STR_ARG(l->account), ctl_show(c, l->amount),
            ctl_show(c, l->after), (long long)l->seq, l->sha.n >= 8 ? l->sha.p : "");
}

enum err
ctl_money_statement(struct ctl *c)
{
    const char *from_text = ctl_option(c, "from"), *to_text = ctl_option(c, "to");
    struct statement_filter f = {0};
    int64_t limit;
    struct statement_page p;
    struct member m;
    struct view *list;
    enum err e = find(c, &m);

    if (e || (e = ctl_number(c, "limit", 1, STATEMENT_MAX, 100, &limit)) ||
        (from_text && (e = ctl_time(c, from_text, &f.from))) ||
        (to_text && (e = ctl_time(c, to_text, &f.to))) ||
        (e = statement_page(c->ctx, m.id, &f, (size_t)limit, &p)))
        return e;
    view_i64(c->out, "opening", p.opening);
    view_i64(c->out, "closing", p.closing);
    list = view_list(c->out, "lines");
    ctl_say(c, "%.*s: closing balance %s", STR_ARG(m.name), ctl_show(c, p.closing));
    for (size_t i = 0; i < p.n; i++)
        say_line(c, list, &p.line[i]);
    ctl_say(c, "opening balance %s%s", ctl_show(c, p.opening),
            p.older_than ? " (older lines exist)" : "");
    return OK;
}

enum err
ctl_money_explain(struct ctl *c)
{
    const char *when = ctl_option(c, "at");
    struct why *w = ARENA_NEW(c->ctx->arena, struct why);
    struct member m;
    struct view *list;
    int64_t at;
    enum err e = find(c, &m);

    if (e || (e = ctl_time(c, when ? when : "now", &at)) || (e = why_read(c->ctx, m.id, at, w)))
        return e;
    view_textz(c->out, "at", ctl_when(c, at));
    view_i64(c->out, "pending", w->pending);
    view_i64(c->out, "available", w->available);
    view_i64(c->out, "owed", w->owed);
    list = view_list(c->out, "reasons");
    ctl_say(c, "On %s %.*s had %s because:", ctl_when(c, at), STR_ARG(m.name),
            ctl_show(c, w->pending + w->available));
    for (size_t i = 0; i < w->n; i++) {
        const struct why_group *r = &w->group[i];
        struct view *v = view_add(list);

        view_text(v, "ref", r->ref);
        view_text(v, "what", r->what);
        view_i64(v, "amount", r->amount);
        view_i64(v, "lines", r->lines);
        view_i64(v, "first_seq", r->first_seq);
        view_i64(v, "last_seq", r->last_seq);
        ctl_say(c, "  %12s  %.*s, %.*s (%lld lines, #%lld to #%lld)", ctl_show(c, r->amount),
                STR_ARG(r->ref), STR_ARG(r->what), (long long)r->lines, (long long)r->first_seq,
                (long long)r->last_seq);
    }
    if (w->owed)
        ctl_say(c, "  owed back: %s", ctl_show(c, w->owed));
    view_i64(c->out, "head_seq", w->head_seq);
    view_text(c->out, "head_hash", w->head_sha);
    ctl_say(c, "proof: journal entry %lld, hash %.*s", (long long)w->head_seq,
            STR_ARG(w->head_sha));
    return OK;
}

struct finds {
    struct ctl *c;
    struct view *list;
};

static void
found(void *arg, const char *check, struct str thing, struct str what)
{
    const struct finds *f = arg;
    struct ctl *c = f->c;
    struct view *v = view_add(f->list);

    /* The words are the caller's: they are gone after this call. */
    view_textz(v, "check", str_text(c->ctx->arena, str_of(check)));
    view_text(v, "thing", str_dup(c->ctx->arena, thing));
    view_text(v, "what", str_dup(c->ctx->arena, what));
    ctl_say(c, "%s %.*s: %.*s", check, STR_ARG(thing), STR_ARG(what));
}

/* Every check on ctx->db and what it finds; the exit code is 1 for a difference. */
static enum err
verify(struct ctl *c)
{
    struct finds f = {.c = c, .list = view_list(c->out, "differences")};
    struct verify_sum sum = {0};
    enum err e = verify_run(c->ctx, found, &f, &sum);

    if (e != OK)
        return e;
    view_i64(c->out, "entries", sum.entries);
    view_i64(c->out, "postings", sum.postings);
    view_i64(c->out, "splits", sum.splits);
    view_i64(c->out, "found", sum.found);
    view_i64(c->out, "head_seq", sum.head_seq);
    view_text(c->out, "head_hash", sum.head_sha);
    ctl_say(c, "verified %lld entries, %lld postings, %lld splits: %lld %s; head #%lld %.*s",
            (long long)sum.entries, (long long)sum.postings, (long long)sum.splits,
            (long long)sum.found, sum.found == 1 ? "difference" : "differences",
            (long long)sum.head_seq, STR_ARG(sum.head_sha));
    c->code = sum.found != 0;
    return OK;
}

/* A copy at rest has no WAL, and a reader makes none: opened once as its owner it gets one. */
static enum err
wake(struct ctl *c, const char *file)
{
    struct db *db;
    enum err e = db_open(c->ctx, c->process, file, DB_MIGRATE, &db);

    if (e == OK) {
        db_close(db);
        c->ctx->db = NULL;
    }
    return e;
}

/* A copy is left as it was found: one file. */
static enum err
verify_copy(struct ctl *c, const char *file)
{
    static const char *const beside[] = {"-wal", "-shm", ".lock"};
    const char *wal = arena_printf(c->ctx->arena, "%s-wal", file);
    enum sound_kind kind = SOUND_NONE;
    struct db *db;
    enum err e = sound_file(c->ctx, file, &kind);
    bool slept = kind != SOUND_COPY && access(wal, F_OK) != 0;

    if (e == OK && slept)
        e = wake(c, file);
    if (e || (e = kind == SOUND_COPY ? db_open_copy(c->ctx, c->process, file, &db)
                                     : db_open(c->ctx, c->process, file, DB_READER, &db)))
        return e;
    e = verify(c);
    if (!e)
        e = ctl_seal_against(c);
    db_close(db);
    c->ctx->db = NULL;
    for (size_t i = 0; slept && i < ARRAY_SIZE(beside); i++)
        unlink(arena_printf(c->ctx->arena, "%s%s", file, beside[i]));
    return e;
}

enum err
ctl_money_verify(struct ctl *c)
{
    enum err e;

    if (c->n)
        return verify_copy(c, c->arg[0]);
    if ((e = ctl_open(c)) || (e = verify(c)))
        return e;
    return ctl_seal_against(c);
}
