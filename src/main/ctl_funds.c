/* What the house owes and has, and how its books compare with the providers'. Reading only. */
#include "db/db.h"
#include "ledger/funds.h"
#include "main/ctl.h"

enum { LINES_MAX = 50 };

static void
say_sum(struct ctl *c, struct view *v, const char *key, const char *words, int64_t minor)
{
    view_i64(v, key, minor);
    ctl_say(c, "  %-34s %14s", words, ctl_show(c, minor));
}

static enum err
say_lines(struct ctl *c, struct view *v, struct str provider)
{
    struct view *list = view_list(v, "lines");
    struct theirs_line *l;
    size_t n;
    enum err e = theirs_list(c->ctx, provider, LINES_MAX, &l, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct view *one = view_add(list);

        view_text(one, "object", l[i].object);
        view_text(one, "kind", l[i].kind);
        view_text(one, "source", l[i].source);
        view_text(one, "currency", l[i].currency);
        view_i64(one, "amount", l[i].amount);
        view_i64(one, "fee", l[i].fee);
        view_textz(one, "at", ctl_when(c, l[i].at));
        view_text(one, "verdict", l[i].verdict);
        view_text(one, "ref", l[i].ref);
        ctl_say(c, "    %-14.*s %-9s %12s  %.*s%s%.*s", STR_ARG(l[i].verdict),
                str_text(c->ctx->arena, l[i].kind), ctl_show(c, l[i].amount),
                STR_ARG(l[i].object), l[i].ref.n ? " = " : "", STR_ARG(l[i].ref));
    }
    return e;
}

static enum err
say_provider(struct ctl *c, struct view *list, const struct funds_provider *p)
{
    struct view *v = view_add(list);

    view_text(v, "name", p->name);
    view_i64(v, "ours", p->ours);
    view_flag(v, "read", p->read);
    view_textz(v, "read_at", ctl_when(c, p->state.at));
    view_text(v, "why", p->state.why);
    view_flag(v, "says", p->state.says);
    view_i64(v, "holds", p->state.holds);
    view_i64(v, "base", p->state.base);
    view_i64(v, "off", p->state.off);
    ctl_say(c, "%.*s: by our books %s, %s%s%s", STR_ARG(p->name), ctl_show(c, p->ours),
            p->state.says ? "by theirs " : "theirs is not told",
            p->state.says ? ctl_show(c, p->state.holds) : "",
            p->read ? arena_printf(c->ctx->arena, ", read %s", ctl_when(c, p->state.at)) : "");
    if (p->state.base)
        ctl_say(c, "    %s of it was there before the house", ctl_show(c, p->state.base));
    if (p->state.off)
        ctl_say(c, "    nothing explains %s", ctl_show(c, p->state.off));
    if (p->state.why.n)
        ctl_say(c, "    cannot be read: %.*s", STR_ARG(p->state.why));
    return say_lines(c, v, p->name);
}

static enum err
say_checks(struct ctl *c)
{
    struct funds_check check[FUNDS_CHECKS_MAX];
    struct view *list = view_list(c->out, "checks");
    size_t n;
    enum err e = funds_checks(c->ctx, check, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct view *v = view_add(list);

        view_textz(v, "check", check[i].name);
        view_textz(v, "words", check[i].words);
        view_flag(v, "holds", check[i].holds);
        view_flag(v, "hard", check[i].hard);
        view_i64(v, "off", check[i].off);
        ctl_say(c, "%s %-4s %s%s%s",
                check[i].holds  ? "ok "
                : check[i].hard ? "BAD"
                                : "-- ",
                check[i].name, check[i].words, check[i].holds ? "" : ": ",
                check[i].holds ? "" : ctl_show(c, check[i].off));
        if (!check[i].holds && check[i].hard)
            c->code = 1;
    }
    return e;
}

static enum err
say_all(struct ctl *c)
{
    struct funds *f = ARENA_NEW(c->ctx->arena, struct funds);
    struct view *list = view_list(c->out, "providers");
    enum err e = funds_get(c->ctx, f);

    if (e)
        return e;
    ctl_say(c, "owed to members");
    say_sum(c, c->out, "pending", "wallets, not payable yet", f->pending);
    say_sum(c, c->out, "available", "wallets, payable", f->available);
    say_sum(c, c->out, "payouts", "payouts on their way", f->payouts);
    say_sum(c, c->out, "pools", "waiting for results", f->pools);
    say_sum(c, c->out, "prizes", "prizes paid in", f->prizes);
    say_sum(c, c->out, "disputed", "held in disputes", f->disputed);
    say_sum(c, c->out, "credit", "store credit", f->credit);
    say_sum(c, c->out, "members", "together", f->members);
    ctl_say(c, "owed to others");
    say_sum(c, c->out, "maker", "maker", f->maker);
    say_sum(c, c->out, "tax", "tax", f->tax);
    say_sum(c, c->out, "unmatched", "not matched", f->unmatched);
    say_sum(c, c->out, "owed", "all that is owed", f->owed);
    ctl_say(c, "held by our books");
    say_sum(c, c->out, "processors", "by providers", f->processors);
    say_sum(c, c->out, "disputes", "kept back in disputes", f->disputes);
    say_sum(c, c->out, "bank", "bank", f->bank);
    say_sum(c, c->out, "held", "together", f->held);
    view_i64(c->out, "told", f->told);
    view_i64(c->out, "receivable", f->receivable);
    view_i64(c->out, "house", f->house);
    for (size_t i = 0; !e && i < f->n_providers; i++)
        e = say_provider(c, list, &f->provider[i]);
    return e ? e : say_checks(c);
}

enum err
ctl_funds_show(struct ctl *c)
{
    enum err e = ctl_open(c);

    if (e || (e = db_snapshot_begin(c->ctx)))
        return e;
    e = say_all(c);
    db_snapshot_end(c->ctx);
    return e;
}
