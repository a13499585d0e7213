/* See drill.h. */
#include "upkeep/drill.h"

#include <string.h>

#include "base/conf.h"
#include "db/db.h"
#include "upkeep/copyset.h"
#include "upkeep/probe.h"
#include "upkeep/workroom.h"

enum { LIFE = 256 << 20 };

/* The ledger in use, when it can be read; what it has as that entry. */
static enum err
ask_ledger(struct ctx *ctx, struct str *ret_id, int64_t seq, struct str *ret_hash)
{
    struct arena *life CLEANUP(arena_freep) = arena_new(LIFE);
    struct probe p;
    struct db *db;
    enum err e =
        db_open(ctx, life, str_text(ctx->arena, ctx->conf->path.ledger), DB_READER, &db);

    if (e)
        return e;
    if ((e = probe_read(ctx, &p)) == OK)
        *ret_id = p.ledger;
    if (e == OK && seq > 0)
        e = probe_hash(ctx, seq, ret_hash);
    db_close(db);
    ctx->db = NULL;
    return e;
}

/* The newest good copy: of this ledger, or where it cannot be read of any. */
static const struct copyset_one *
choose(struct ctx *ctx, const struct copyset_one *list, size_t n)
{
    struct str id = STR(""), none;

    if (ask_ledger(ctx, &id, 0, &none)) {
        ctx_clear(ctx);
        id = n && list[0].label.there ? list[0].label.ledger : STR("");
    }
    return copyset_last(list, n, id);
}

static enum err
fails(struct ctx *ctx, struct drill *d, enum err e)
{
    /* No room and the like are the machine's fault, not the copy's. */
    if (e == E_FULL || e == E_DENIED || e == E_BUSY)
        return e;
    d->good = false;
    d->why = str_dup(ctx->arena, ctx_why(ctx));
    ctx_clear(ctx);
    return OK;
}

static enum err
compare(struct ctx *ctx, struct drill *d)
{
    struct str hash = STR(""), id;
    enum err e;

    if (d->seen.seq == 0)
        return OK;
    e = ask_ledger(ctx, &id, d->seen.seq, &hash);
    if (e && e != E_NOTFOUND) {
        ctx_clear(ctx);
        return OK; /* the ledger is away: nothing to compare with */
    }
    return str_eq(hash, d->seen.head)
               ? OK
               : ctx_fail(ctx, E_CONFLICT,
                          "the ledger in use has another entry %lld than the copy: one of both "
                          "is not what it should be",
                          (long long)d->seen.seq);
}

static enum err
not_opened(struct ctx *ctx, struct drill *d, const char *file)
{
    struct label l;
    struct str sum;
    int64_t bytes;
    enum err e;

    label_read(ctx, file, &l);
    if ((e = label_sum(ctx, file, &sum, &bytes)))
        return e;
    return ctx_fail(
        ctx, E_CONFLICT,
        "%s is encrypted and backup.identity_file is not set, so it was not opened; "
        "its checksum is %s. Where the key is, run cozykart restore FILE --check",
        d->name, l.there && str_eq(sum, l.sha256) ? "right" : "wrong");
}

static enum err
steps(struct ctx *ctx, const char *dir, struct examine x, struct drill *d)
{
    const char *made = arena_printf(ctx->arena, "%s/ledger.db", x.work);
    const struct copyset_one *one;
    struct copyset_one *list;
    const char *file;
    struct label l;
    size_t n;
    enum err e = copyset_list(ctx, dir, &list, &n);

    if (e)
        return e;
    if (!(one = choose(ctx, list, n))) {
        d->why = STR("there is no good copy yet; cozykart backup makes one");
        return OK;
    }
    d->name = one->name;
    d->bytes = one->bytes;
    file = arena_printf(ctx->arena, "%s/%s", dir, one->name);
    if (one->seal != COPYSET_PLAIN && !*x.identity)
        return not_opened(ctx, d, file);
    if ((e = examine_unpack(ctx, &x, file, made, &l)) ||
        (e = examine_run(ctx, &x, made, &l, &d->seen)))
        return e;
    d->good = true;
    return compare(ctx, d);
}

enum err
drill_run(struct ctx *ctx, const char *audit, const char *identity, struct drill *ret)
{
    const char *dir = str_text(ctx->arena, ctx->conf->backup.dir);
    int64_t tick = ctx->world->tick_ms(ctx->world->arg);
    const char *work;
    int lock;
    enum err e;

    *ret = (struct drill){.why = STR("")};
    if ((e = workroom_enter(ctx, "drill", &work, &lock)))
        return e;
    e = steps(ctx, dir,
              (struct examine){.identity = identity,
                               .gnupg = arena_printf(ctx->arena, "%s/.gnupg", dir),
                               .work = work,
                               .audit = audit},
              ret);
    if (e)
        e = fails(ctx, ret, e);
    workroom_leave(work, &lock);
    ret->took_ms = ctx->world->tick_ms(ctx->world->arg) - tick;
    return e;
}
