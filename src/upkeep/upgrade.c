/* LEDGER.before-SCHEMA-TIME is the ledger as it was before an upgrade to that schema. Not for:
 * the steps themselves (db/migrate.c). */
#include "upkeep/upgrade.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/room.h"
#include "db/db.h"
#include "db/migrate.h"
#include "db/twin.h"
#include "db/tx.h"
#include "upkeep/probe.h"
#include "upkeep/upkeep.h"

enum {
    NAMES_MAX = 256,
    SAME_SECOND_MAX = 1000,
    STEPS_BYTES = 8 * ROOM_MB /* for the steps, besides the copy */
};

struct names {
    const char *name[NAMES_MAX];
    size_t n;
};

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
folder_close(DIR **d)
{
    if (*d)
        closedir(*d);
}

/* "0016-…": what other commands keep beside the ledger has a word there. */
static bool
is_ours(const char *rest)
{
    size_t n = strspn(rest, "0123456789");

    return n == 4 && rest[n] == '-';
}

/* What upgrades left beside the ledger, by name: the oldest first. start ends before the
 * number. */
static enum err
names_read(struct ctx *ctx, const char *folder, const char *start, struct names *ret)
{
    DIR *d CLEANUP(folder_close) = opendir(folder);

    ret->n = 0;
    if (!d)
        return ctx_fail(ctx, E_DENIED, "cannot look into %s: %s", folder, strerror(errno));
    for (const struct dirent *f = readdir(d); f && ret->n < NAMES_MAX; f = readdir(d))
        if (strncmp(f->d_name, start, strlen(start)) == 0 && is_ours(f->d_name + strlen(start)))
            ret->name[ret->n++] = arena_text(ctx->arena, f->d_name, strlen(f->d_name));
    qsort(ret->name, ret->n, sizeof ret->name[0], by_name);
    return OK;
}

/* A name that nobody has: an upgrade may be repeated within its second. */
static const char *
name_of(struct ctx *ctx, const char *path)
{
    char stamp[CLOCK_TEXT];
    const char *stem =
        arena_printf(ctx->arena, "%s.before-%04lld-%s", path, (long long)migrate_newest(),
                     clock_stamp(ctx_now(ctx), stamp));
    const char *name = stem;

    for (int i = 2; access(name, F_OK) == 0 && i < SAME_SECOND_MAX; i++)
        name = arena_printf(ctx->arena, "%s-%03d", stem, i);
    return name;
}

static enum err
check_room(struct ctx *ctx, const char *folder, int64_t bytes)
{
    int64_t need = bytes + bytes / 4 + STEPS_BYTES;
    struct room room;

    if (!room_look(folder, &room))
        return ctx_fail(ctx, E_INTERNAL, "cannot see how much room %s has: %s", folder,
                        strerror(errno));
    if (room.bytes < need)
        return ctx_fail(ctx, E_FULL,
                        "no room for the copy that is kept before an upgrade: %s has %lld MB "
                        "left and %lld MB are needed; make room, then run this again",
                        folder, (long long)(room.bytes / ROOM_MB),
                        (long long)((need + ROOM_MB - 1) / ROOM_MB));
    return OK;
}

/* Of a run that died while it copied: nobody else copies under the lock. */
static enum err
sweep_halves(struct ctx *ctx, const char *path, const char *folder)
{
    struct names *all = ARENA_NEW(ctx->arena, struct names);
    enum err e =
        names_read(ctx, folder, arena_printf(ctx->arena, "%s.before-", path_base(path)), all);

    for (size_t i = 0; e == OK && i < all->n; i++)
        if (strstr(all->name[i], ".new"))
            (void)unlink(arena_printf(ctx->arena, "%s/%s", folder, all->name[i]));
    return e;
}

static enum err
copy(struct ctx *ctx, const char *path, struct upgrade *u)
{
    const char *folder = path_folder(ctx->arena, path);
    struct stat st;
    int64_t bytes = 0;
    enum err e;

    if ((e = sweep_halves(ctx, path, folder)) || (e = twin_bytes(ctx, &bytes)) ||
        (e = check_room(ctx, folder, bytes)))
        return e;
    u->copy = name_of(ctx, path);
    if ((e = db_copy(ctx, u->copy)))
        return e;
    if ((e = twin_check(ctx, u->copy))) {
        (void)unlink(u->copy);
        return e;
    }
    if (stat(u->copy, &st) != 0)
        return ctx_fail(ctx, E_INTERNAL, "%s: %s", u->copy, strerror(errno));
    u->bytes = (int64_t)st.st_size;
    return OK;
}

/* All of this upgrade stay, also those of tries that died; of earlier ones the newest. */
static enum err
prune(struct ctx *ctx, const char *path, struct upgrade *u)
{
    const char *folder = path_folder(ctx->arena, path);
    const char *start = arena_printf(ctx->arena, "%s.before-", path_base(path));
    const char *own = arena_printf(ctx->arena, "%s%04lld-", start, (long long)u->to);
    struct names *all = ARENA_NEW(ctx->arena, struct names);
    enum err e = names_read(ctx, folder, start, all);
    size_t earlier = 0, gone = 0;

    if (e)
        return e;
    for (size_t i = 0; i < all->n; i++)
        earlier += strncmp(all->name[i], own, strlen(own)) != 0;
    u->kept = ARENA_ARRAY(ctx->arena, all->n, const char *);
    for (size_t i = 0; i < all->n; i++) {
        const char *name = arena_printf(ctx->arena, "%s/%s", folder, all->name[i]);

        if (strncmp(all->name[i], own, strlen(own)) != 0 && gone + UPGRADE_KEPT < earlier) {
            gone++;
            u->n_gone += unlink(name) == 0;
        } else if (strcmp(name, u->copy) != 0) {
            u->kept[u->n_kept++] = name;
        }
    }
    return OK;
}

/* The run's own row, in the transaction of the last step. */
struct note {
    const struct upgrade *u;
    int64_t began_at;
};

static enum err
write_down(struct ctx *ctx, struct tx *tx, void *arg, int64_t from, int64_t to)
{
    const struct note *n = arg;
    struct upkeep u = {.kind = STR("upgrade"),
                       .began_at = n->began_at,
                       .ended_at = ctx_now(ctx),
                       .good = true,
                       .bytes = n->u->bytes};
    struct probe p = {.head = STR("")};
    enum err e = probe_head(ctx, &p);

    if (e)
        return e;
    u.seq = p.seq;
    u.head = p.head;
    u.words = str_of(arena_printf(ctx->arena, "schema %lld became %lld; the state before is %s",
                                  (long long)from, (long long)to, path_base(n->u->copy)));
    return upkeep_add(ctx, tx, &u);
}

enum err
upgrade_run(struct ctx *ctx, const char *path, struct upgrade *ret)
{
    struct note note = {.u = ret, .began_at = ctx_now(ctx)};
    enum err e;

    *ret = (struct upgrade){.to = migrate_newest()};
    if ((e = twin_schema(ctx, &ret->from)))
        return e;
    if (ret->from < ret->to && (e = copy(ctx, path, ret)))
        return e;
    if ((e = migrate_run(ctx, write_down, &note, &ret->from, &ret->to)))
        return e;
    return ret->copy ? prune(ctx, path, ret) : OK;
}
