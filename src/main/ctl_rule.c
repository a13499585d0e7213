/* Split rules by version. Not for: applying them (race/sale.h). */
#include "main/ctl.h"
#include "race/product.h"

enum err
ctl_rule_add(struct ctl *c)
{
    struct msg m, answer;
    enum err e;

    msg_init(&m, STR("rule.add"));
    msg_add_str(&m, "name", str_of(c->arg[0]));
    ctl_put_text(c, &m, "basis", "basis");
    ctl_put_text(c, &m, "share", "share");
    ctl_put_text(c, &m, "weights", "weights");
    ctl_put_text(c, &m, "weights-by", "weights_by");
    ctl_put_text(c, &m, "overlap", "overlap");
    if (ctl_flag(c, "no-floor-guard"))
        msg_add_i64(&m, "floor_guard", 0);
    if ((e = ctl_put_number(c, &m, "pool-bps", "pool_bps", 9000)) ||
        (e = ctl_put_number(c, &m, "bonus-bps", "bonus_bps", 5000)) ||
        (e = ctl_put_number(c, &m, "grace-s", "grace_s", 600)) ||
        (e = ctl_put_number(c, &m, "clear-h", "clear_h", 720)) ||
        (e = ctl_put_number(c, &m, "fee-bps", "fee_bps", 10000)) ||
        (e = ctl_put_number(c, &m, "fee-fixed", "fee_fixed", 100000)) ||
        (e = ctl_ask(c, &m, &answer)))
        return e;
    view_i64(c->out, "rule", msg_opt_i64(&answer, "rule", 0));
    ctl_say(c, "rule %s has a new version; races opened from now on can use it", c->arg[0]);
    return OK;
}

static void
fill(struct ctl *c, struct view *v, const struct race_rule *r)
{
    view_text(v, "name", r->name);
    view_i64(v, "version", r->version);
    view_text(v, "words", race_rule_words(c->ctx, r));
    view_text(v, "basis", r->basis);
    view_i64(v, "pool_bps", r->pool_bps);
    view_flag(v, "floor_guard", r->floor_guard);
    view_text(v, "share", r->share);
    view_text(v, "weights_by", r->weights_by);
    view_i64(v, "bonus_bps", r->bonus_bps);
    view_i64(v, "grace_s", r->grace_s);
    view_text(v, "overlap", r->overlap);
    view_i64(v, "clear_h", r->clear_h);
    view_i64(v, "fee_bps", r->fee_bps);
    view_i64(v, "fee_fixed", r->fee_fixed);
    ctl_say(c, "%.*s, version %lld: %.*s", STR_ARG(r->name), (long long)r->version,
            STR_ARG(race_rule_words(c->ctx, r)));
}

enum err
ctl_rule_list(struct ctl *c)
{
    struct view *list = ctl_list(c);
    struct race_rule *r;
    size_t n;
    enum err e;

    if ((e = ctl_open(c)) || (e = product_rule_list(c->ctx, &r, &n)))
        return e;
    for (size_t i = 0; i < n; i++)
        fill(c, view_add(list), &r[i]);
    return OK;
}

enum err
ctl_rule_show(struct ctl *c)
{
    struct race_rule r;
    enum err e;

    if ((e = ctl_open(c)) || (e = product_rule_find(c->ctx, str_of(c->arg[0]), &r)))
        return e;
    fill(c, c->out, &r);
    return OK;
}
