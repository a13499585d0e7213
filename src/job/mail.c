/* One letter for all alerts that are new. Told twice when we die between its sending and the
 * vault: better than never. See mail.h. */
#include "job/mail.h"

#include "base/buf.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/conf.h"
#include "payout/method.h"
#include "provider/smtpc.h"
#include "queue/alert.h"

enum { ALERTS_MAX = 50, LETTER_MAX = 64 * 1024, SEND_MS = 30 * 1000, SAID_MAX = 4096 };

/* Who must act, in words. */
static const char *
acts(struct str who)
{
    return str_eq_text(who, "provider") ? "the provider"
           : str_eq_text(who, "user")   ? "whoever runs the house"
                                        : "whoever looks after the program";
}

/* Subjects are made of our own words; what others wrote stands in the body alone. */
static struct str
letter(struct ctx *ctx, const struct alert *a, size_t n)
{
    const struct conf *c = ctx->conf;
    struct str from = c->alert.from.n ? c->alert.from : c->alert.to;
    struct buf b = buf_new(ctx->arena, LETTER_MAX);
    char at[CLOCK_TEXT];

    buf_printf(&b,
               "From: %.*s\nTo: %.*s\nSubject: [cozykart] %zu alert%s: %.*s%s\n"
               "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
               "Content-Type: text/plain; charset=utf-8\n"
               "Content-Transfer-Encoding: 8bit\n\n",
               STR_ARG(from), STR_ARG(c->alert.to), n, n > 1 ? "s" : "", STR_ARG(a[0].kind),
               n > 1 ? " and more" : "");
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s  %.*s (%.*s)\n%.*s\nWho acts: %s. Since %s.\n\n",
                   str_eq_text(a[i].severity, "error") ? "ERROR" : "Warning",
                   STR_ARG(a[i].kind), STR_ARG(a[i].key), STR_ARG(a[i].text), acts(a[i].who),
                   clock_rfc3339(a[i].raised_at, at));
    buf_printf(&b, "All of them, and how each stands now: %.*s/ops/alerts\n",
               STR_ARG(c->site.url));
    return buf_err(&b) ? STR("") : buf_str(&b);
}

static enum err
mailed(struct ctx *ctx, const struct kinds_tools *tools, int64_t id)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);

    msg_init(m, STR("alert.mailed"));
    msg_add_i64(m, "id", id);
    return call_ask(ctx, tools->vault, m, answer);
}

/* Hands it to a mail server. */
static enum err
post_smtp(struct ctx *ctx, struct kinds_job *job, struct str to, struct str text)
{
    const struct conf *c = ctx->conf;
    struct smtpc_letter l = {
        .url = c->alert.smtp,
        .user = c->alert.user,
        .from = c->alert.from.n ? c->alert.from : c->alert.to,
        .to = to,
        .text = text,
        .timeout_ms = SEND_MS,
    };
    size_t n = 0;
    enum err e = OK;

    if (c->alert.user.n)
        e = conf_secret(ctx, ctx->arena, "mail.password_file", c->alert.password_file,
                        &l.password, 1, &n);
    if (!e)
        e = smtpc_send(ctx, &l);
    job->never = e == E_INVALID;
    return e;
}

/* Or to sendmail. */
static enum err
post(struct ctx *ctx, struct kinds_job *job, struct str to, struct str text)
{
    const struct child_ask ask = {
        .chain = {{str_text(ctx->arena, ctx->conf->alert.sendmail), {"-t", "-i"}}},
        .time_ms = SEND_MS,
    };
    struct child_end end;
    struct str said;

    if (!text.n)
        return ctx_fail(ctx, E_INTERNAL, "the letter is too long");
    if (ctx->conf->alert.smtp.n)
        return post_smtp(ctx, job, to, text);
    enum err e = child_talk(ctx, &ask, text, SAID_MAX, &said, &end);

    job->never = e == E_NOTFOUND;
    if (!e && end.code != 0)
        e = ctx_fail(ctx, E_REMOTE, "%s did not take the letter", end.name);
    return e;
}

enum err
mail_alerts(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct alert *a;
    size_t n = 0;
    enum err e = alert_unmailed(ctx, ALERTS_MAX, &a, &n);

    if (e || !n || !ctx->conf->alert.to.n)
        return e;
    e = post(ctx, job, ctx->conf->alert.to, letter(ctx, a, n));
    for (size_t i = 0; !e && i < n; i++)
        e = mailed(ctx, tools, a[i].id);
    return e;
}

enum err
mail_old(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    const struct conf *c = ctx->conf;
    struct str from = c->alert.from.n ? c->alert.from : c->alert.to;
    struct buf b = buf_new(ctx->arena, LETTER_MAX);
    struct method m;
    int64_t id = 0;
    enum err e;

    (void)tools;
    if (!str_i64(job->payload, 1, INT64_MAX, &id))
        return ctx_fail(ctx, E_INTERNAL, "that is no number of a payout method");
    /* An address is one word that was checked when it was given (method_set). */
    if ((e = method_get(ctx, id, &m)) || !from.n || !str_has(m.to, '@') ||
        !str_is_text(m.to, ""))
        return e;
    buf_printf(&b,
               "From: %.*s\nTo: %.*s\nSubject: Your payout address was changed\n"
               "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
               "Content-Type: text/plain; charset=utf-8\n"
               "Content-Transfer-Encoding: 8bit\n\n"
               "Payouts of your wallet at %.*s go to this address no more: it was replaced or\n"
               "taken off. A new one can be used %lld hours after it was confirmed.\n\n"
               "If that was not you: end all sessions at %.*s/me/sessions and tell the people\n"
               "of the house.\n",
               STR_ARG(from), STR_ARG(m.to), STR_ARG(c->site.name), (long long)c->payout.wait_h,
               STR_ARG(c->site.url));
    return post(ctx, job, m.to, buf_err(&b) ? STR("") : buf_str(&b));
}
