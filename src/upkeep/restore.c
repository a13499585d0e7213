/* Under the ledger's lock from the first look to the last rename. See restore.h. */
#include "upkeep/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/path.h"
#include "db/db.h"
#include "db/lock.h"
#include "db/tx.h"
#include "upkeep/copyset.h"
#include "upkeep/probe.h"
#include "upkeep/quarantine.h"
#include "upkeep/upkeep.h"
#include "upkeep/workroom.h"

enum { LIFE = 256 << 20 };

struct run {
    const struct restore_ask *a;
    const char *made; /* the copy on its way, beside the ledger */
    const char *folder, *base;
    struct label label;
    struct restore_done *ret;
    int64_t began_at;
};

static bool
there_is(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

static enum err
check_place(struct ctx *ctx, const struct run *r)
{
    const struct restore_ask *a = r->a;

    if (access(a->file, R_OK) != 0)
        return ctx_fail(ctx, errno == ENOENT ? E_NOTFOUND : E_DENIED, "%s: %s", a->file,
                        strerror(errno));
    if (access(r->folder, F_OK) != 0)
        return ctx_fail(ctx, E_NOTFOUND,
                        "there is no folder %s: install the package, or name another place in "
                        "path.ledger",
                        r->folder);
    if (!a->look && !a->replace && there_is(a->ledger))
        return ctx_fail(
            ctx, E_CONFLICT,
            "there is a ledger at %s already; with --replace it is kept aside under "
            "another name",
            a->ledger);
    return OK;
}

/* Newer good copies of the same ledger beside it. */
static enum err
check_newest(struct ctx *ctx, const struct run *r)
{
    const struct copyset_one *last;
    struct copyset_one *list, self;
    size_t n;
    enum err e;

    if (r->a->older || r->a->look || !r->label.there || !copyset_parse(r->base, &self))
        return OK;
    if ((e = copyset_list(ctx, path_folder(ctx->arena, r->a->file), &list, &n)))
        return e;
    last = copyset_last(list, n, r->label.ledger);
    if (!last || strcmp(last->name, r->base) == 0 || last->at <= self.at)
        return OK;
    return ctx_fail(
        ctx, E_CONFLICT,
        "%s is newer: restore that one, or say --force-older when this one is meant",
        last->name);
}

static enum err
check_flaw(struct ctx *ctx, const struct run *r)
{
    if (r->a->flawed || !r->label.flaw.n)
        return OK;
    return ctx_fail(ctx, E_CONFLICT,
                    "this copy was not right when it was made (%.*s): take another one, or say "
                    "--flawed",
                    STR_ARG(str_sub(r->label.flaw, 0, 120)));
}

/* What the ledger in place has beyond the copy; one that cannot be read has nothing. */
static enum err
check_present(struct ctx *ctx, const struct run *r)
{
    struct arena *life CLEANUP(arena_freep) = arena_new(LIFE);
    struct probe p = {0};
    struct db *db;

    if (r->a->older || r->a->look || !there_is(r->a->ledger))
        return OK;
    if (db_open(ctx, life, r->a->ledger, DB_READER, &db)) {
        ctx_clear(ctx);
        return OK;
    }
    if (probe_read(ctx, &p))
        ctx_clear(ctx);
    db_close(db);
    ctx->db = NULL;
    if (!str_eq(p.ledger, r->ret->seen.ledger) || p.seq <= r->ret->seen.seq)
        return OK;
    return ctx_fail(ctx, E_CONFLICT,
                    "the ledger in place can be read and has %lld entries more than the copy; "
                    "say --force-older to go back all the same",
                    (long long)(p.seq - r->ret->seen.seq));
}

static enum err
mark(struct ctx *ctx, struct run *r, struct tx *tx)
{
    const struct examine_seen *seen = &r->ret->seen;
    struct str from = str_of(arena_printf(ctx->arena, "restored from %s", r->base));
    struct upkeep u = {.kind = STR("restore"),
                       .began_at = r->began_at,
                       .ended_at = ctx_now(ctx),
                       .good = true,
                       .words = str_sub(from, 0, 400),
                       .seq = seen->seq,
                       .head = seen->head,
                       .bytes = seen->size};
    enum err e;

    if (u.ended_at < u.began_at)
        u.ended_at = u.began_at;
    if ((e = quarantine_begin(ctx, tx, seen->copy_at, seen->seq, u.words)))
        return e;
    return upkeep_add(ctx, tx, &u);
}

/* Nobody ever opens it without its quarantine. */
static enum err
close_off(struct ctx *ctx, struct run *r)
{
    struct arena *life CLEANUP(arena_freep) = arena_new(LIFE);
    struct db *db;
    struct tx tx;
    int64_t left = 0;
    enum err e = db_open(ctx, life, r->made, DB_MIGRATE, &db);

    if (e)
        return e;
    if ((e = tx_begin(ctx, &tx)) == OK) {
        if ((e = mark(ctx, r, &tx)))
            tx_rollback(&tx);
        else
            e = tx_commit(&tx);
    }
    if (e == OK && (e = db_checkpoint(ctx, &left)) == OK && left)
        e = ctx_fail(ctx, E_INTERNAL, "the WAL of the copy did not empty");
    db_close(db);
    ctx->db = NULL;
    return e;
}

/* The vault's user writes, the group reads. */
static enum err
hand_over(struct ctx *ctx, const struct run *r)
{
    int fd = open(r->made, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;
    enum err e = OK;

    if (fd < 0 || fchmod(fd, 0640) != 0 || stat(r->folder, &st) != 0 ||
        (geteuid() == 0 && fchown(fd, st.st_uid, st.st_gid) != 0) || fsync(fd) != 0)
        e = ctx_fail(ctx, E_INTERNAL, "%s: %s", r->made, strerror(errno));
    if (fd >= 0)
        close(fd);
    return e;
}

static const char *const tails[] = {"", "-wal", "-shm", "-journal"};

static bool
is_taken(struct ctx *ctx, const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
        if (there_is(arena_printf(ctx->arena, "%s%s", name, tails[i])))
            return true;
    return false;
}

/* "LEDGER.before-restore-20261121T190512Z"; a run that died may have one of this second. */
static const char *
aside_name(struct ctx *ctx, const struct run *r)
{
    char stamp[CLOCK_TEXT];
    const char *stem = arena_printf(ctx->arena, "%s.before-restore-%s", r->a->ledger,
                                    clock_stamp(ctx_now(ctx), stamp));
    const char *name = stem;

    for (int i = 2; is_taken(ctx, name); i++)
        name = arena_printf(ctx->arena, "%s-%d", stem, i);
    return name;
}

/* Each file gets its second name first; then the ledger goes before its WAL does, so that it
 * never stands there without. A WAL that nobody belongs to would be read into the new ledger.
 */
static enum err
set_aside(struct ctx *ctx, struct run *r)
{
    const char *aside = aside_name(ctx, r), *old;
    enum err e;

    for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
        old = arena_printf(ctx->arena, "%s%s", r->a->ledger, tails[i]);
        if (!there_is(old))
            continue;
        if (link(old, arena_printf(ctx->arena, "%s%s", aside, tails[i])) != 0)
            return ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_INTERNAL,
                            "cannot keep %s aside: %s", old, strerror(errno));
        r->ret->aside = aside;
    }
    if ((e = workroom_sync(ctx, r->folder)))
        return e;
    for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
        old = arena_printf(ctx->arena, "%s%s", r->a->ledger, tails[i]);
        if (unlink(old) != 0 && errno != ENOENT)
            return ctx_fail(ctx, E_INTERNAL, "cannot remove %s: %s", old, strerror(errno));
        if (i == 0 && (e = workroom_sync(ctx, r->folder)))
            return e;
    }
    return workroom_sync(ctx, r->folder);
}

static enum err
put_in_place(struct ctx *ctx, struct run *r)
{
    enum err e = set_aside(ctx, r);

    if (e)
        return e;
    /* All of it stands in the file itself; see close_off. */
    (void)unlink(arena_printf(ctx->arena, "%s-wal", r->made));
    (void)unlink(arena_printf(ctx->arena, "%s-shm", r->made));
    if (renameat2(AT_FDCWD, r->made, AT_FDCWD, r->a->ledger, RENAME_NOREPLACE) != 0)
        return ctx_fail(ctx, E_INTERNAL, "%s: %s", r->a->ledger, strerror(errno));
    return workroom_sync(ctx, r->folder);
}

static enum err
steps(struct ctx *ctx, struct run *r)
{
    struct examine x = {.identity = r->a->identity, .work = r->folder, .audit = r->a->audit};
    enum err e;

    if ((e = check_place(ctx, r)))
        return e;
    label_read(ctx, r->a->file, &r->label);
    if ((e = check_newest(ctx, r)) || (e = check_flaw(ctx, r)) ||
        (e = examine_unpack(ctx, &x, r->a->file, r->made, &r->label)) ||
        (e = examine_run(ctx, &x, r->made, &r->label, &r->ret->seen)))
        return e;
    r->ret->labelled = r->label.there;
    if (r->a->look)
        return OK;
    if ((e = check_present(ctx, r)) || (e = close_off(ctx, r)) || (e = hand_over(ctx, r)))
        return e;
    return put_in_place(ctx, r);
}

enum err
restore_run(struct ctx *ctx, const struct restore_ask *a, struct restore_done *ret)
{
    struct run r = {.a = a, .ret = ret, .began_at = ctx_now(ctx)};
    int lock = -1;
    enum err e;

    *ret = (struct restore_done){0};
    r.made = arena_printf(ctx->arena, "%s.%s", a->ledger, a->look ? "looked-at" : "restored");
    r.folder = path_folder(ctx->arena, a->ledger);
    r.base = path_base(a->file);
    /* A look disturbs nobody: its own lock is that of the file it makes. */
    if (!a->look && (e = lock_take(ctx, a->ledger, &lock)))
        return e;
    examine_remove(ctx, r.made);
    e = steps(ctx, &r);
    examine_remove(ctx, r.made);
    lock_give(&lock);
    return e;
}
