/* Copies of the ledger: made, listed, opened again, tried; and what a restored one still waits
 * for. Not for: the work itself (upkeep/), the daily check (ctl_upkeep.c). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rank.h"
#include "db/db.h"
#include "main/ctl_upkeep.h"
#include "main/start.h"
#include "upkeep/backup.h"
#include "upkeep/drill.h"
#include "upkeep/finding.h"
#include "upkeep/probe.h"
#include "upkeep/restore.h"
#include "upkeep/untold.h"

enum { FINDINGS_MAX = 500 };

/* "12.3 MB" */
static const char *
size_of(struct ctl *c, int64_t bytes)
{
    return bytes < 100000
               ? arena_printf(c->ctx->arena, "%lld kB", (long long)((bytes + 999) / 1000))
               : arena_printf(c->ctx->arena, "%lld.%lld MB", (long long)(bytes / 1000000),
                              (long long)(bytes / 100000 % 10));
}

static const char *
dir_of(struct ctl *c)
{
    return str_text(c->ctx->arena, c->conf->backup.dir);
}

/* What earlier runs could not tell comes first: an older run must not look newer. */
static enum err
tell_all(struct ctl *c, const struct upkeep *u)
{
    struct untold *old;
    size_t n;
    enum err e = untold_list(c->ctx, dir_of(c), &old, &n);

    if (e) {
        ctx_clear(c->ctx);
        return ctl_upkeep_report(c, u);
    }
    for (size_t i = 0; i < n; i++) {
        if ((e = ctl_upkeep_report(c, &old[i].run)) && e != E_INVALID)
            return e;
        ctx_clear(c->ctx);
        untold_drop(&old[i]);
    }
    return ctl_upkeep_report(c, u);
}

/* The vault may be away; then the next run tells of this one. */
static void
tell(struct ctl *c, struct upkeep *u)
{
    u->ended_at = ctx_now(c->ctx);
    if (u->ended_at < u->began_at)
        u->ended_at = u->began_at; /* the clock was set back */
    if (tell_all(c, u) == OK)
        return;
    ctl_say(c, "the vault was not told, the next run does it: %.*s", STR_ARG(ctx_why(c->ctx)));
    ctx_clear(c->ctx);
    if (untold_keep(c->ctx, dir_of(c), u)) {
        ctl_say(c, "that could not be kept: %.*s", STR_ARG(ctx_why(c->ctx)));
        ctx_clear(c->ctx);
    }
}

/* It did not take place: the vault hears why, and whoever called it too. */
static enum err
tell_failed(struct ctl *c, struct upkeep *u, enum err e)
{
    struct str why = str_dup(c->ctx->arena, ctx_why(c->ctx));

    ctx_clear(c->ctx);
    u->words = why.n ? why : STR("it did not work");
    tell(c, u);
    return ctx_fail(c->ctx, e, "%.*s", STR_ARG(why));
}

static enum err
copy_to(struct ctl *c, const char *file)
{
    enum err e = ctl_open(c);

    if (e || (e = db_copy(c->ctx, file)))
        return e;
    ctl_say(c, "copied to %s", file);
    db_close(c->ctx->db);
    c->ctx->db = NULL;
    if ((e = ctl_money_verify(c)))
        ctx_note(c->ctx, "the copy cannot be verified");
    return e;
}

static struct str
words_of(struct ctl *c, const struct backup *b, int64_t took_ms)
{
    const char *text;

    if (b->flaw.n)
        text = arena_printf(c->ctx->arena, "the copy %s is not right: %.*s", b->name,
                            STR_ARG(b->flaw));
    else if (b->hook.n)
        text = arena_printf(c->ctx->arena, "the copy %s was made, but the hook failed: %.*s",
                            b->name, STR_ARG(b->hook));
    else
        text = arena_printf(c->ctx->arena, "%s: entry %lld, %s, %lld.%lld s, %s", b->name,
                            (long long)b->seq, size_of(c, b->bytes),
                            (long long)(took_ms / 1000), (long long)(took_ms / 100 % 10),
                            str_eq_text(b->checked, "whole") ? "checked as a whole"
                                                             : "checked since the copy before");
    return str_of(text);
}

enum err
ctl_backup_make(struct ctl *c)
{
    struct upkeep u = {.kind = STR("backup"), .began_at = ctx_now(c->ctx), .head = STR("")};
    int64_t tick = c->ctx->world->tick_ms(c->ctx->world->arg);
    struct backup b;
    enum err e;

    rank_take(RANK_BEHIND);
    if (c->n)
        return copy_to(c, c->arg[0]);
    e = backup_run(c->ctx, c->process, &b);
    if (e == E_BUSY)
        return e; /* another one is at it, or the vault just starts */
    if (e)
        return tell_failed(c, &u, e);
    u.good = !b.flaw.n && !b.hook.n;
    u.words = words_of(c, &b, c->ctx->world->tick_ms(c->ctx->world->arg) - tick);
    u.seq = b.seq;
    u.head = b.head;
    u.bytes = b.bytes;
    view_textz(c->out, "name", b.name);
    view_flag(c->out, "good", u.good);
    view_text(c->out, "words", u.words);
    view_i64(c->out, "seq", b.seq);
    view_text(c->out, "head", b.head);
    view_i64(c->out, "bytes", b.bytes);
    view_i64(c->out, "size", b.size);
    view_i64(c->out, "gone", (int64_t)b.n_gone);
    ctl_say(c, "%.*s", STR_ARG(u.words));
    if (b.n_gone)
        ctl_say(c, "%lld older copies were sorted out", (long long)b.n_gone);
    c->code = !u.good;
    tell(c, &u);
    return OK;
}

/* Id of the ledger in use; "" when it cannot be read now. */
static struct str
own_ledger(struct ctl *c)
{
    struct probe p = {.ledger = STR("")};

    if (ctl_open(c) == OK && probe_read(c->ctx, &p))
        p.ledger = STR("");
    ctx_clear(c->ctx);
    return p.ledger;
}

static const char *
state_of(const struct copyset_one *one, struct str ledger)
{
    if (!one->label.there)
        return "no label";
    if (ledger.n && !str_eq(one->label.ledger, ledger))
        return "another ledger";
    return one->label.flaw.n ? "flawed" : "good";
}

enum err
ctl_backup_list(struct ctl *c)
{
    struct str ledger = own_ledger(c);
    struct copyset_one *list;
    size_t n;
    enum err e = copyset_list(c->ctx, dir_of(c), &list, &n);

    ctl_list(c);
    for (size_t i = 0; !e && i < n; i++) {
        const struct copyset_one *one = &list[i];
        struct view *v = view_add(ctl_list(c));

        view_textz(v, "name", one->name);
        view_textz(v, "at", ctl_when(c, one->at));
        view_i64(v, "seq", one->seq);
        view_i64(v, "bytes", one->bytes);
        view_textz(v, "state", state_of(one, ledger));
        view_text(v, "checked", one->label.checked);
        view_text(v, "head", one->label.head);
        view_text(v, "flaw", one->label.flaw);
        ctl_say(c, "%s  %10s  entry %-9lld %-14s %s%s%.*s", ctl_when(c, one->at),
                size_of(c, one->bytes), (long long)one->seq, state_of(one, ledger), one->name,
                one->label.flaw.n ? "  " : "", STR_ARG(one->label.flaw));
    }
    if (!e && n == 0)
        ctl_say(c, "there is no copy in %s yet", dir_of(c));
    return e;
}

/* What is named here, else what the service manager gives, else what the settings name. */
static const char *
identity(struct ctl *c)
{
    const char *named = ctl_option(c, "identity"), *given = getenv("CREDENTIALS_DIRECTORY");

    if (named)
        return named;
    if (given) {
        const char *file = arena_printf(c->ctx->arena, "%s/backup.identity", given);

        if (access(file, R_OK) == 0)
            return file;
    }
    return str_text(c->ctx->arena, c->conf->backup.identity_file);
}

static enum err
auditor(struct ctl *c, const char **ret)
{
    *ret = start_sibling(c->ctx, "cozykart-audit");
    return *ret ? OK : ctx_fail(c->ctx, E_NOTFOUND, "cannot find cozykart-audit");
}

static void
say_restored(struct ctl *c, const struct restore_ask *a, const struct restore_done *d)
{
    const struct examine_seen *s = &d->seen;

    view_i64(c->out, "seq", s->seq);
    view_text(c->out, "head", s->head);
    view_i64(c->out, "entries", s->entries);
    view_textz(c->out, "copy_at", ctl_when(c, s->copy_at));
    view_flag(c->out, "placed", !a->look);
    view_flag(c->out, "labelled", d->labelled);
    view_flag(c->out, "defaults", c->bare);
    view_text(c->out, "mode", s->mode);
    if (c->bare)
        ctl_say(c,
                "there is no %s: the default of every setting is used; mode = %.*s, as in "
                "the copy",
                c->conf->file, STR_ARG(s->mode));
    if (d->labelled)
        ctl_say(c, "%s: made %s, ends with entry %lld; its books hold, cozykart-audit agrees",
                a->file, ctl_when(c, s->copy_at), (long long)s->seq);
    else
        ctl_say(c,
                "%s: ends with entry %lld%s%s; its books hold, cozykart-audit agrees; no label "
                "stood beside it, so its checksum and when it was made are not known",
                a->file, (long long)s->seq, s->copy_at ? " of " : "", ctl_when(c, s->copy_at));
    if (s->from != s->to)
        ctl_say(c, "schema %lld became %lld", (long long)s->from, (long long)s->to);
    if (a->look) {
        ctl_say(c, "this copy can be restored; nothing was changed");
        return;
    }
    if (d->aside) {
        view_textz(c->out, "aside", d->aside);
        ctl_say(c, "the ledger that was there is %s now", d->aside);
    }
    ctl_say(c,
            "it is %s now, in quarantine: payouts and refunds wait until what happened after "
            "%s was looked at",
            a->ledger, ctl_when(c, s->copy_at));
    if (c->bare)
        ctl_say(c, "next: cozykart setup --mode %.*s, then cozykart quarantine",
                STR_ARG(s->mode));
    else
        ctl_say(c, "next: cozykart setup --batch starts the house, then cozykart quarantine");
}

enum err
ctl_backup_restore(struct ctl *c)
{
    struct restore_ask a = {.file = c->arg[0],
                            .ledger = str_text(c->process, c->conf->path.ledger),
                            .identity = identity(c),
                            .replace = ctl_flag(c, "replace"),
                            .older = ctl_flag(c, "force-older"),
                            .flawed = ctl_flag(c, "flawed"),
                            .look = ctl_flag(c, "check")};
    struct restore_done done;
    enum err e = auditor(c, &a.audit);

    if (e || (e = restore_run(c->ctx, &a, &done)))
        return e;
    say_restored(c, &a, &done);
    return OK;
}

enum err
ctl_backup_drill(struct ctl *c)
{
    struct upkeep u = {.kind = STR("drill"), .began_at = ctx_now(c->ctx), .head = STR("")};
    const char *audit;
    struct drill d;
    enum err e = auditor(c, &audit);

    if (e)
        return e;
    rank_take(RANK_LAST);
    e = drill_run(c->ctx, audit, identity(c), &d);
    if (e == E_BUSY)
        return e;
    if (e)
        return tell_failed(c, &u, e);
    u.good = d.good;
    u.bytes = d.bytes;
    u.seq = d.seen.seq;
    u.head = d.seen.head.p ? d.seen.head : STR("");
    u.words = d.good ? str_of(arena_printf(
                           c->ctx->arena, "%s opens: %s, %lld entries, %lld.%lld s", d.name,
                           size_of(c, d.seen.size), (long long)d.seen.entries,
                           (long long)(d.took_ms / 1000), (long long)(d.took_ms / 100 % 10)))
                     : d.why;
    view_textz(c->out, "name", d.name ? d.name : "");
    view_flag(c->out, "good", d.good);
    view_text(c->out, "words", u.words);
    view_i64(c->out, "seq", u.seq);
    view_i64(c->out, "size", d.seen.size);
    view_i64(c->out, "entries", d.seen.entries);
    view_i64(c->out, "took_ms", d.took_ms);
    ctl_say(c, "%.*s", STR_ARG(u.words));
    c->code = !d.good;
    tell(c, &u);
    return OK;
}

enum err
ctl_backup_quarantine(struct ctl *c)
{
    struct quarantine q;
    struct finding *list;
    struct view *rows;
    size_t n, blocking = 0;
    bool open;
    enum err e = ctl_open(c);

    if (e || (e = quarantine_open(c->ctx, &open, &q)))
        return e;
    view_flag(c->out, "open", open);
    if (!open) {
        ctl_say(c, "the ledger is not in quarantine");
        return OK;
    }
    if ((e = finding_list(c->ctx, &q, FINDINGS_MAX, &list, &n)))
        return e;
    view_textz(c->out, "began", ctl_when(c, q.began_at));
    view_textz(c->out, "copy_at", ctl_when(c, q.copy_at));
    view_i64(c->out, "seq", q.seq);
    view_text(c->out, "reason", q.reason);
    rows = view_list(c->out, "findings");
    ctl_say(c, "in quarantine since %s: %.*s", ctl_when(c, q.began_at), STR_ARG(q.reason));
    ctl_say(c,
            "what happened after %s (entry %lld) is not in this ledger but where a provider "
            "tells it again",
            ctl_when(c, q.copy_at), (long long)q.seq);
    for (size_t i = 0; i < n; i++) {
        struct view *v = view_add(rows);

        blocking += list[i].blocks;
        view_text(v, "thing", list[i].thing);
        view_text(v, "words", list[i].words);
        view_flag(v, "blocks", list[i].blocks);
        ctl_say(c, "%s  %.*s", list[i].blocks ? "first" : "look ", STR_ARG(list[i].words));
    }
    if (blocking)
        ctl_say(c, "%lld of these come first; those that are tried by themselves need minutes",
                (long long)blocking);
    else
        ctl_say(c, "nothing stands against it: cozykart quarantine end --reason TEXT");
    c->code = blocking > 0;
    return OK;
}

enum err
ctl_backup_release(struct ctl *c)
{
    struct msg m, answer;
    enum err e;

    if (!ctl_option(c, "reason"))
        return ctx_fail(c->ctx, E_INVALID, "say why it ends: --reason TEXT");
    msg_init(&m, STR("quarantine.end"));
    ctl_put_text(c, &m, "reason", "reason");
    ctl_put_text(c, &m, "despite", "despite");
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    ctl_say(c, "the quarantine has ended: payouts and refunds go on");
    return OK;
}
