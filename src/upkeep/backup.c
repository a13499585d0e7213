/* Working files stand in a folder of their own inside backup.dir. See backup.h. */
#include "upkeep/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/conf.h"
#include "db/db.h"
#include "db/migrate.h"
#include "db/sound.h"
#include "upkeep/probe.h"
#include "upkeep/quarantine.h"
#include "upkeep/workroom.h"

enum { PACK_MS = 30 * 60 * 1000 };

static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

struct run {
    struct arena *life;
    const char *dir, *tmp; /* backup.dir; the folder for working files in it */
    const char *raw, *packed;
    struct db *ledger;
    struct copyset_one *list;
    size_t n;
    const struct copyset_one *last; /* newest good one before this, of this ledger */
    struct label label;
    struct backup *ret;
};

static const char *
under(struct ctx *ctx, const char *dir, const char *name)
{
    return arena_printf(ctx->arena, "%s/%s", dir, name);
}

/* Is what the last good copy ended with in this one? "": yes. */
static enum err
goes_on(struct ctx *ctx, const struct run *r, struct str *ret_why)
{
    struct str hash = STR("");
    enum err e = OK;

    *ret_why = STR("");
    if (r->last->label.seq == 0)
        return OK;
    e = probe_hash(ctx, r->last->label.seq, &hash);
    if (e && e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    if (!str_eq(hash, r->last->label.head))
        *ret_why = str_of(arena_printf(
            ctx->arena,
            "the ledger %s entry %lld that the copy %s has: an older or another ledger stands "
            "in its place. If this one is right, move the copies from then on elsewhere; if "
            "not, restore",
            e == E_NOTFOUND ? "does not have" : "has another", (long long)r->last->label.seq,
            r->last->name));
    return OK;
}

/* The copy is ctx->db. */
static enum err
check_open(struct ctx *ctx, struct run *r, bool whole)
{
    struct probe p;
    struct str why = STR("");
    int64_t entries;
    enum err e;

    sound_unhurried(ctx);
    if ((e = sound_check(ctx, whole, &why)) || why.n || (e = probe_read(ctx, &p)))
        goto out;
    r->label.ledger = p.ledger;
    r->label.mode = p.mode;
    r->label.seq = p.seq;
    r->label.head = p.head;
    if (r->last && !whole && ((e = goes_on(ctx, r, &why)) || why.n))
        goto out;
    e = whole ? probe_whole(ctx, &entries, &why)
              : probe_since(ctx, r->last->label.seq, r->last->label.head, &why);
out:
    r->label.flaw = why;
    return e;
}

/* Once a day where no drill can open what is encrypted here. After a restore the chain need not
 * go on. */
static enum err
is_whole_due(struct ctx *ctx, const struct run *r, bool *ret, bool *ret_restored)
{
    const struct conf *c = ctx->conf;
    bool closed = copyset_sealing(c->backup.encrypt) && !c->backup.identity_file.n;
    int64_t since;
    enum err e = quarantine_since(ctx, &since);

    *ret_restored = !r->last || since > r->last->at;
    *ret = *ret_restored || (closed && r->last->at / DAY_MS != ctx_now(ctx) / DAY_MS);
    return e;
}

/* One that was looked at as a whole goes on from the one before as the others do. */
static enum err
check_also(struct ctx *ctx, struct run *r, bool restored)
{
    return restored || r->label.flaw.n ? OK : goes_on(ctx, r, &r->label.flaw);
}

static enum err
check_copy(struct ctx *ctx, struct run *r)
{
    bool whole, restored;
    struct str hash = STR("");
    struct db *copy;
    enum err e = is_whole_due(ctx, r, &whole, &restored);

    if (e || (e = db_open_copy(ctx, r->life, r->raw, &copy)))
        return e;
    r->label.checked = whole ? STR("whole") : STR("chain");
    e = check_open(ctx, r, whole);
    if (!e && whole)
        e = check_also(ctx, r, restored);
    db_close(copy);
    ctx->db = r->ledger;
    if (e || r->label.flaw.n || r->label.seq == 0)
        return e;
    if ((e = probe_hash(ctx, r->label.seq, &hash)) && e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    if (!str_eq(hash, r->label.head))
        r->label.flaw = STR("its last entry is not the ledger's entry of that number");
    return OK;
}

/* The program that encrypts; none where copies are plain. */
static struct child_program
sealing(struct ctx *ctx, const struct run *r)
{
    const char *to = str_text(ctx->arena, ctx->conf->backup.recipient);

    switch (copyset_sealing(ctx->conf->backup.encrypt)) {
    case COPYSET_AGE:
        return (struct child_program){
            "age", {"-r", to}
        };
    case COPYSET_GPG:
        return (struct child_program){
            "gpg",
            {"--batch", "--quiet", "--no-tty", "--homedir", under(ctx, r->dir, ".gnupg"),
              "--trust-model", "always", "--compress-algo", "none", "--recipient", to,
              "--encrypt"}
        };
    case COPYSET_PLAIN:
        break;
    }
    return (struct child_program){0};
}

static enum err
pack(struct ctx *ctx, struct run *r)
{
    const struct child_ask ask = {
        .chain = {{"gzip", {"-c", "-3"}}, sealing(ctx, r)},
        .time_ms = PACK_MS,
        .env = CHILD_ENV_USER,
    };
    int64_t bytes = 0;
    int in, out, why;
    enum err e;

    if (copyset_sealing(ctx->conf->backup.encrypt) && !ctx->conf->backup.recipient.n)
        return ctx_fail(ctx, E_INVALID,
                        "backup.encrypt is set and backup.recipient is not: name the key that "
                        "copies are encrypted to");
    in = open(r->raw, O_RDONLY | O_CLOEXEC);
    why = errno;
    e = workroom_make(ctx, r->packed, &out);
    if (e == OK && in < 0)
        e = ctx_fail(ctx, E_INTERNAL, "%s: %s", r->raw, strerror(why));
    if (e == OK)
        e = child_pour(ctx, &ask, in, out, NULL);
    if (in >= 0)
        close(in);
    if ((e = workroom_finish(ctx, r->packed, &out, e)) ||
        (e = label_sum(ctx, r->packed, &r->label.sha256, &bytes)))
        return e;
    r->ret->bytes = bytes;
    (void)unlink(r->raw);
    return OK;
}

static enum err
write_label(struct ctx *ctx, const struct run *r, const char *path, const char *name)
{
    struct str text = label_text(ctx, &r->label, name);
    int fd;
    enum err e = workroom_make(ctx, path, &fd);

    if (e == OK && write(fd, text.p, text.n) != (ssize_t)text.n)
        e = ctx_fail(ctx, E_FULL, "no room on the disk for %s", path);
    return workroom_finish(ctx, path, &fd, e);
}

/* The label first: a copy never stands without it. */
static enum err
publish(struct ctx *ctx, struct run *r)
{
    enum copyset_seal seal = copyset_sealing(ctx->conf->backup.encrypt);
    const char *label = under(ctx, r->tmp, "label"), *name, *path;
    int64_t at = r->label.made_at;
    enum err e;

    do {
        name = copyset_name(ctx->arena, at, r->label.seq, seal);
        path = under(ctx, r->dir, name);
        at += 1000;
    } while (access(path, F_OK) == 0);
    if ((e = write_label(ctx, r, label, name)))
        return e;
    if (rename(label, arena_printf(ctx->arena, "%s.txt", path)) != 0 ||
        renameat2(AT_FDCWD, r->packed, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
        return ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_INTERNAL, "%s: %s", path,
                        strerror(errno));
    r->ret->name = name;
    return workroom_sync(ctx, r->dir);
}

/* The copy before its text: a text alone is swept, a copy without its text is nobody's. */
static void
drop(struct ctx *ctx, const struct run *r, const char *name)
{
    const char *path = under(ctx, r->dir, name);

    if (unlink(path) == 0)
        (void)unlink(arena_printf(ctx->arena, "%s.txt", path));
}

/* Labels whose copy never came, or is gone. */
static void
sweep_labels(struct ctx *ctx, const struct run *r)
{
    DIR *d = opendir(r->dir);
    struct copyset_one one;

    for (const struct dirent *f = d ? readdir(d) : NULL; f; f = readdir(d)) {
        size_t n = strlen(f->d_name);
        const char *name =
            n > 4 ? arena_text(ctx->arena, f->d_name, n - 4) : arena_text(ctx->arena, "", 0);

        if (n > 4 && strcmp(f->d_name + n - 4, ".txt") == 0 && copyset_parse(name, &one) &&
            access(under(ctx, r->dir, name), F_OK) != 0 && errno == ENOENT)
            (void)unlink(under(ctx, r->dir, f->d_name));
    }
    if (d)
        closedir(d);
}

/* Nothing goes while the newest is flawed: it may be the older ones that are wanted. */
static enum err
sort_out(struct ctx *ctx, struct run *r)
{
    const struct copyset_rule rule = {.ledger = r->label.ledger,
                                      .now = ctx_now(ctx),
                                      .keep = ctx->conf->backup.keep,
                                      .keep_days = ctx->conf->backup.keep_days};
    bool *gone;
    enum err e = copyset_list(ctx, r->dir, &r->list, &r->n);

    if (e || r->label.flaw.n)
        return e;
    gone = ARENA_ARRAY(ctx->arena, r->n + 1, bool);
    copyset_gone(r->list, r->n, &rule, gone);
    for (size_t i = 0; i < r->n; i++)
        if (gone[i]) {
            drop(ctx, r, r->list[i].name);
            r->ret->n_gone++;
        }
    return OK;
}

/* The copy stays whatever the hook does. */
static void
call_hook(struct ctx *ctx, struct run *r)
{
    const char *program = str_text(ctx->arena, ctx->conf->backup.hook);
    const struct child_ask ask = {
        .chain = {{program, {under(ctx, r->dir, r->ret->name)}}},
        .time_ms = ctx->conf->backup.hook_s * 1000,
        .env = CHILD_ENV_USER,
    };

    r->ret->hook = STR("");
    if (!*program)
        return;
    if (child_pour(ctx, &ask, -1, -1, NULL))
        r->ret->hook = str_dup(ctx->arena, ctx_why(ctx));
    ctx_clear(ctx);
}

static enum err
take_copy(struct ctx *ctx, struct run *r)
{
    struct stat st;
    enum err e;

    if (stat(str_text(ctx->arena, ctx->conf->path.ledger), &st) == 0 &&
        (e = workroom_check(ctx, r->dir, (int64_t)st.st_size + (int64_t)st.st_size / 2)))
        return e;
    if ((e = db_copy(ctx, r->raw)))
        return e;
    if (stat(r->raw, &st) != 0)
        return ctx_fail(ctx, E_INTERNAL, "%s: %s", r->raw, strerror(errno));
    r->label.size = (int64_t)st.st_size;
    return OK;
}

static enum err
steps(struct ctx *ctx, struct run *r)
{
    struct probe before;
    enum err e;

    sweep_labels(ctx, r);
    if ((e = probe_read(ctx, &before)) || (e = copyset_list(ctx, r->dir, &r->list, &r->n)))
        return e;
    r->last = copyset_last(r->list, r->n, before.ledger);
    r->label = (struct label){.made_at = ctx_now(ctx),
                              .schema = migrate_newest(),
                              .program = STR(PACKAGE_VERSION),
                              .flaw = STR(""),
                              .ledger = before.ledger,
                              .mode = before.mode,
                              .head = STR("")};
    if ((e = take_copy(ctx, r)) || (e = check_copy(ctx, r)) || (e = pack(ctx, r)) ||
        (e = publish(ctx, r)))
        return e;
    r->ret->seq = r->label.seq;
    r->ret->head = r->label.head;
    r->ret->size = r->label.size;
    r->ret->checked = r->label.checked;
    r->ret->flaw = r->label.flaw;
    if ((e = sort_out(ctx, r)))
        return e;
    call_hook(ctx, r);
    return OK;
}

enum err
backup_run(struct ctx *ctx, struct arena *life, struct backup *ret)
{
    struct run r = {.life = life, .ret = ret};
    int lock;
    enum err e;

    *ret = (struct backup){.head = STR(""), .flaw = STR(""), .hook = STR("")};
    if ((e = workroom_enter(ctx, "tmp", &r.tmp, &lock)))
        return e;
    r.dir = str_text(ctx->arena, ctx->conf->backup.dir);
    r.raw = under(ctx, r.tmp, "ledger.db");
    r.packed = under(ctx, r.tmp, "packed");
    e = db_open(ctx, life, str_text(ctx->arena, ctx->conf->path.ledger), DB_READER, &r.ledger);
    if (e == OK) {
        e = steps(ctx, &r);
        db_close(r.ledger);
        ctx->db = NULL;
    }
    workroom_leave(r.tmp, &lock);
    return e;
}
