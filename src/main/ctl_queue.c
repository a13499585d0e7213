/* Notices, jobs, alerts: what waits, and trying it again. */
#include "main/ctl.h"
#include "queue/alert.h"
#include "queue/inbox.h"
#include "queue/outbox.h"

enum { PAGE = 200, LIMIT_MAX = 10000 };

static void
fill_notice(struct ctl *c, struct view *v, const struct inbox_notice *n)
{
    view_i64(v, "id", n->id);
    view_text(v, "provider", n->provider);
    view_text(v, "key", n->key);
    view_text(v, "type", n->type);
    view_textz(v, "received_at", ctl_when(c, n->received_at));
    view_text(v, "state", n->state);
    view_text(v, "reason", n->reason);
    view_text(v, "ref", n->ref);
    view_i64(v, "tries", n->tries);
}

enum err
ctl_queue_inbox_list(struct ctl *c)
{
    const char *state = ctl_option(c, "state");
    struct view *list = ctl_list(c);
    struct inbox_notice *n;
    int64_t before = 0, limit, left;
    size_t got = 0;
    enum err e;

    if ((e = ctl_number(c, "limit", 1, 10000000, 100, &limit)) || (e = ctl_open(c)))
        return e;
    for (left = limit; left > 0; left -= (int64_t)got) {
        size_t want = left < PAGE ? (size_t)left : PAGE;

        e = inbox_list(c->ctx, str_of(state ? state : ""), before, want, &n, &got);
        for (size_t i = 0; e == OK && i < got; i++) {
            fill_notice(c, view_add(list), &n[i]);
            ctl_say(c, "%6lld  %s  %-9.*s %-32.*s %.*s %.*s", (long long)n[i].id,
                    ctl_when(c, n[i].received_at), STR_ARG(n[i].state), STR_ARG(n[i].type),
                    STR_ARG(n[i].ref), STR_ARG(n[i].reason));
            before = n[i].id;
        }
        if (e != OK || got < want)
            break;
    }
    return e;
}

enum err
ctl_queue_inbox_show(struct ctl *c)
{
    struct inbox_notice n;
    int64_t id;
    enum err e;

    if ((e = ctl_arg_number(c, 0, "notice", &id)) || (e = ctl_open(c)) ||
        (e = inbox_get(c->ctx, id, &n)))
        return e;
    fill_notice(c, c->out, &n);
    view_text(c->out, "body", n.body);
    view_text(c->out, "about", n.about);
    if (n.redacted_at)
        view_textz(c->out, "redacted_at", ctl_when(c, n.redacted_at));
    ctl_say(c, "notice %lld: %.*s %.*s, %.*s", (long long)n.id, STR_ARG(n.provider),
            STR_ARG(n.type), STR_ARG(n.state));
    ctl_say(c, "received %s, tries %lld, %.*s %.*s", ctl_when(c, n.received_at),
            (long long)n.tries, STR_ARG(n.ref), STR_ARG(n.reason));
    if (n.redacted_at)
        ctl_say(c, "its buyer was taken out of it at %s", ctl_when(c, n.redacted_at));
    ctl_say(c, "%.*s", STR_ARG(n.body));
    return OK;
}

enum err
ctl_queue_inbox_replay(struct ctl *c)
{
    struct msg m, answer;
    int64_t id = 0;
    enum err e;

    if ((c->n == 1) == ctl_flag(c, "due"))
        return ctx_fail(c->ctx, E_INVALID, "either the number of a notice, or --due");
    if (c->n && (e = ctl_arg_number(c, 0, "notice", &id)))
        return e;
    msg_init(&m, STR("inbox.replay"));
    msg_add_i64(&m, "id", id);
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    view_i64(c->out, "done", msg_opt_i64(&answer, "done", 0));
    view_i64(c->out, "failed", msg_opt_i64(&answer, "failed", 0));
    ctl_say(c, "%lld applied, %lld not", (long long)msg_opt_i64(&answer, "done", 0),
            (long long)msg_opt_i64(&answer, "failed", 0));
    c->code = msg_opt_i64(&answer, "failed", 0) != 0;
    return OK;
}

enum err
ctl_queue_jobs_list(struct ctl *c)
{
    const char *state = ctl_option(c, "state");
    struct view *list = ctl_list(c);
    struct outbox_job *j;
    int64_t limit;
    size_t n;
    enum err e;

    if ((e = ctl_number(c, "limit", 1, LIMIT_MAX, PAGE, &limit)) || (e = ctl_open(c)) ||
        (e = outbox_list(c->ctx, str_of(state ? state : ""), (size_t)limit, &j, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *v = view_add(list);

        view_i64(v, "id", j[i].id);
        view_text(v, "kind", j[i].kind);
        view_text(v, "key", j[i].key);
        view_text(v, "state", j[i].state);
        view_textz(v, "due_at", ctl_when(c, j[i].due_at));
        view_i64(v, "tries", j[i].tries);
        view_text(v, "error", j[i].last_error);
        ctl_say(c, "%6lld  %-7.*s %-16.*s %-24.*s tries %lld  %.*s", (long long)j[i].id,
                STR_ARG(j[i].state), STR_ARG(j[i].kind), STR_ARG(j[i].key),
                (long long)j[i].tries, STR_ARG(j[i].last_error));
    }
    return OK;
}

enum err
ctl_queue_jobs_retry(struct ctl *c)
{
    struct msg m, answer;
    int64_t id;
    enum err e = ctl_arg_number(c, 0, "job", &id);

    if (e != OK)
        return e;
    msg_init(&m, STR("job.retry"));
    msg_add_i64(&m, "id", id);
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    ctl_say(c, "job %lld is due again", (long long)id);
    return OK;
}

/* The kind is the name of its section in the manual. */
static void
say_alert(struct ctl *c, const struct alert *a)
{
    const char *often =
        a->times > 1 ? arena_printf(c->ctx->arena, ", %lld times", (long long)a->times) : "";

    ctl_say(c, "%-7.*s %s  %.*s: %.*s (%.*s%s)", STR_ARG(a->severity),
            ctl_when(c, a->raised_at), STR_ARG(a->kind), STR_ARG(a->text), STR_ARG(a->key),
            often);
}

enum err
ctl_queue_alerts(struct ctl *c)
{
    struct view *list = ctl_list(c);
    struct alert *a;
    size_t n;
    enum err e;

    if ((e = ctl_open(c)) || (e = alert_list(c->ctx, PAGE, &a, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *v = view_add(list);

        view_text(v, "kind", a[i].kind);
        view_text(v, "key", a[i].key);
        view_text(v, "severity", a[i].severity);
        view_text(v, "who", a[i].who);
        view_text(v, "text", a[i].text);
        view_textz(v, "raised_at", ctl_when(c, a[i].raised_at));
        view_i64(v, "times", a[i].times);
        say_alert(c, &a[i]);
    }
    return OK;
}

enum err
ctl_queue_refunded(struct ctl *c)
{
    const char *reason = ctl_option(c, "reason");
    struct msg m, answer;
    int64_t amount;
    enum err e = ctl_amount(c, c->arg[2], &amount);

    if (e)
        return e;
    if (!reason)
        return ctx_fail(c->ctx, E_INVALID, "--reason TEXT is needed");
    msg_init(&m, STR("refund.told"));
    msg_add_str(&m, "provider", str_of(c->arg[0]));
    msg_add_str(&m, "payment", str_of(c->arg[1]));
    msg_add_i64(&m, "amount", amount);
    msg_add_str(&m, "reason", str_of(reason));
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    struct str ref = msg_opt(&answer, "ref");
    view_text(c->out, "ref", ref);
    ctl_say(c, "%s of %.*s went back", ctl_show(c, amount), STR_ARG(ref));
    return OK;
}
