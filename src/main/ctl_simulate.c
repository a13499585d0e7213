/* What an order of a given time, a tip or the bytes of a notice would give: the domain's own
 * plan, printed instead of booked. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "dj/tip.h"
#include "main/ctl.h"
#include "provider/registry.h"
#include "race/sale.h"

enum { NOTICE_MAX = 1024 * 1024 };

static void
show_race(struct ctl *c, const struct sale_plan_race *r, struct view *v)
{
    struct view *seats = view_list(v, "seats");

    view_i64(v, "race", r->race_id);
    view_i64(v, "pool", r->pool);
    view_i64(v, "bonus", r->bonus);
    ctl_say(c, "  race %lld: pool %s%s%s", (long long)r->race_id, ctl_show(c, r->pool),
            r->bonus ? ", of it waiting for the result " : "",
            r->bonus ? ctl_show(c, r->bonus) : "");
    for (size_t i = 0; i < r->n_seats; i++) {
        struct view *seat = view_add(seats);

        view_i64(seat, "seat", r->seat[i].no);
        view_i64(seat, "member", r->seat[i].member_id);
        view_i64(seat, "share", r->seat[i].paid);
        ctl_say(c, "    seat %lld  %10s  member %lld", (long long)r->seat[i].no,
                ctl_show(c, r->seat[i].paid), (long long)r->seat[i].member_id);
    }
}

static void
show_plan(struct ctl *c, const struct sale_plan *p)
{
    struct view *races = view_list(c->out, "races");

    view_text(c->out, "reason", p->reason);
    view_text(c->out, "words", p->words);
    view_i64(c->out, "basis", p->basis);
    view_i64(c->out, "cost", p->cost);
    view_i64(c->out, "pool", p->pool);
    view_i64(c->out, "house", p->house);
    ctl_say(c, "%.*s: %.*s", STR_ARG(p->reason), STR_ARG(p->words));
    ctl_say(c, "  pool %s, house %s, cost %s%s", ctl_show(c, p->pool), ctl_show(c, p->house),
            ctl_show(c, p->cost), p->cost_known ? "" : " (unknown)");
    if (p->uncapped != p->pool)
        ctl_say(c, "  pool capped by cost: %s would have been more", ctl_show(c, p->uncapped));
    for (size_t i = 0; i < p->n_races; i++)
        show_race(c, &p->race[i], view_add(races));
}

static enum err
order(struct ctl *c)
{
    const char *at = ctl_option(c, "at"), *gross = ctl_option(c, "gross");
    const char *tag = ctl_option(c, "tag"), *sku = ctl_option(c, "sku");
    struct fact_item item = {
        .sku = str_of(sku ? sku : ""), .title = STR("order"), .quantity = 1};
    struct fact f = {.kind = FACT_SALE, .provider = STR("simulate"), .type = STR("order")};
    struct sale_plan *plan = ARENA_NEW(c->ctx->arena, struct sale_plan);
    enum err e;

    if (!at || !gross)
        return ctx_fail(c->ctx, E_INVALID, "--at TIME and --gross AMOUNT are needed");
    if ((e = ctl_time(c, at, &f.at_ms)) || (e = ctl_amount(c, gross, &f.amount)))
        return e;
    f.payment = f.object = STR("simulate");
    f.currency = c->conf->money.currency;
    f.tag = str_of(tag ? tag : "");
    item.price = f.amount;
    f.items = &item;
    f.n_items = 1;
    if ((e = ctl_open(c)) || (e = sale_plan(c->ctx, &f, plan)))
        return e;
    show_plan(c, plan);
    return OK;
}

static void
show_tip(struct ctl *c, int64_t amount)
{
    int64_t fee, dj;

    tip_cut(c->ctx, amount, &fee, &dj);
    view_i64(c->out, "amount", amount);
    view_i64(c->out, "fee", fee);
    view_i64(c->out, "dj", dj);
    ctl_say(c, "a tip of %s: the DJ gets %s, the house %s", ctl_show(c, amount),
            ctl_show(c, dj), ctl_show(c, fee));
}

static enum err
tip(struct ctl *c, const char *text)
{
    int64_t amount;
    enum err e = ctl_amount(c, text, &amount);

    if (!e)
        show_tip(c, amount);
    return e;
}

static enum err
read_file(struct ctl *c, const char *name, struct str *ret)
{
    char *p = arena_alloc(c->ctx->arena, NOTICE_MAX + 1);
    size_t n = 0;
    ssize_t got = 0;
    int fd = open(name, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return ctx_fail(c->ctx, E_NOTFOUND, "%s: %s", name, strerror(errno));
    while (n <= NOTICE_MAX && (got = read(fd, p + n, NOTICE_MAX + 1 - n)) > 0)
        n += (size_t)got;
    close(fd);
    if (got < 0 || n > NOTICE_MAX)
        return ctx_fail(c->ctx, E_INVALID, "%s cannot be read, or is over 1 MiB", name);
    *ret = (struct str){.p = p, .n = n};
    return OK;
}

static enum err
show_fact(struct ctl *c, const struct fact *f)
{
    struct sale_plan *plan = ARENA_NEW(c->ctx->arena, struct sale_plan);
    enum err e;

    if (f->kind == FACT_SALE) {
        if ((e = sale_plan(c->ctx, f, plan)))
            return e;
        show_plan(c, plan);
    } else if (f->kind == FACT_TIP) {
        show_tip(c, f->amount);
    } else {
        ctl_say(c, "tells of %.*s %.*s: %s", STR_ARG(f->payment), STR_ARG(f->object),
                f->amount ? ctl_show(c, f->amount) : "no amount");
    }
    return OK;
}

/* The bytes as they would come, but for the signature. */
static enum err
notice(struct ctl *c, const char *file)
{
    const char *from = ctl_option(c, "from"), *topic = ctl_option(c, "topic");
    const struct provider *p = registry_find(str_of(from));
    struct provider_notice n = {.key = STR("simulate"), .type = str_of(topic ? topic : "-")};
    struct provider_parsed parsed;
    enum err e;

    if (!p)
        return ctx_fail(c->ctx, E_INVALID, "--from names no provider we know");
    if ((e = read_file(c, file, &n.body)) || (e = p->parse(c->ctx, &n, &parsed)) ||
        (e = ctl_open(c)))
        return e;
    view_text(c->out, "type", parsed.type);
    view_i64(c->out, "facts", (int64_t)parsed.n);
    if (!parsed.n)
        ctl_say(c, "%.*s: nothing in it that we act on", STR_ARG(parsed.type));
    for (size_t i = 0; !e && i < parsed.n; i++)
        e = show_fact(c, &parsed.fact[i]);
    return e;
}

enum err
ctl_simulate_run(struct ctl *c)
{
    const char *file = ctl_option(c, "notice"), *amount = ctl_option(c, "tip");

    return file ? notice(c, file) : amount ? tip(c, amount) : order(c);
}
