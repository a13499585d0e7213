/* First the bytes, then the pages, then the books. See examine.h. */
#include "upkeep/examine.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "db/db.h"
#include "db/migrate.h"
#include "db/sound.h"
#include "upkeep/copyset.h"
#include "upkeep/probe.h"
#include "upkeep/workroom.h"

enum { UNPACK_MS = 60 * 60 * 1000, AUDIT_MS = 3600 * 1000, KEY_MS = 60 * 1000, LIFE = 1 << 30 };

void
examine_remove(struct ctx *ctx, const char *path)
{
    static const char *const tails[] = {"", "-wal", "-shm", "-journal", ".lock"};

    for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
        (void)unlink(arena_printf(ctx->arena, "%s%s", path, tails[i]));
}

static enum err
check_sum(struct ctx *ctx, const char *file, const struct label *l)
{
    struct str sum;
    int64_t bytes;
    enum err e;

    if (!l->there)
        return OK;
    if ((e = label_sum(ctx, file, &sum, &bytes)))
        return e;
    return str_eq(sum, l->sha256)
               ? OK
               : ctx_fail(ctx, E_CONFLICT,
                          "%s is not what it was when it was made: its checksum differs from "
                          "the one in %s.txt; take another copy",
                          file, file);
}

/* A secret key in a file gets a keyring of its own for as long as this takes. */
static enum err
gpg_home(struct ctx *ctx, const struct examine *x, const char **ret)
{
    const char *home = arena_printf(ctx->arena, "%s/gnupg", x->work);
    const struct child_ask import = {
        .chain = {{"gpg",
                   {"--batch", "--quiet", "--no-tty", "--homedir", home, "--import",
                    x->identity}}},
        .time_ms = KEY_MS,
        .env = CHILD_ENV_USER,
    };

    *ret = x->gnupg;
    if (!*x->identity)
        return OK;
    *ret = home;
    if (mkdir(home, 0700) != 0 && errno != EEXIST)
        return ctx_fail(ctx, E_INTERNAL, "cannot make %s: %s", home, strerror(errno));
    return child_pour(ctx, &import, -1, -1, NULL);
}

/* Its agent would stay behind. */
static void
gpg_end(struct ctx *ctx, const char *home)
{
    const struct child_ask end = {
        .chain = {{"gpgconf", {"--homedir", home, "--kill", "gpg-agent"}}},
        .time_ms = KEY_MS,
        .env = CHILD_ENV_USER,
    };

    if (child_pour(ctx, &end, -1, -1, NULL))
        ctx_clear(ctx);
}

/* Its own complaint names neither the option nor the setting. */
static enum err
check_key(struct ctx *ctx, const struct examine *x, const char *file)
{
    struct str name = str_of(file);
    bool age = str_ends(name, STR(".age"));

    if (!age && !str_ends(name, STR(".gpg")))
        return OK;
    if (age && !*x->identity)
        return ctx_fail(ctx, E_INVALID,
                        "the copy is encrypted and its secret key is missing: give it with "
                        "--identity FILE, or set backup.identity_file");
    if (*x->identity && access(x->identity, R_OK) != 0)
        return ctx_fail(ctx, errno == ENOENT ? E_NOTFOUND : E_DENIED,
                        "the copy is encrypted and its secret key cannot be read (%s): give it "
                        "with --identity FILE, or set backup.identity_file; %s",
                        strerror(errno), x->identity);
    return OK;
}

/* The programs it goes through, by the end of its name. */
static enum err
openers(struct ctx *ctx, const struct examine *x, const char *file, struct child_program *chain,
        size_t *ret_n, const char **ret_home)
{
    struct str name = str_of(file);
    enum err e = OK;

    *ret_n = 0;
    *ret_home = NULL;
    if ((e = check_key(ctx, x, file)))
        return e;
    if (str_ends(name, STR(".age"))) {
        chain[(*ret_n)++] = (struct child_program){
            "age", {"-d", "-i", x->identity}
        };
    } else if (str_ends(name, STR(".gpg"))) {
        if ((e = gpg_home(ctx, x, ret_home)))
            return e;
        chain[(*ret_n)++] = *ret_home ? (struct child_program){"gpg",
                                                      {"--batch", "--quiet", "--no-tty",
                                                       "--homedir", *ret_home, "--decrypt"}}
                                      : (struct child_program){
                                            "gpg", {"--quiet", "--decrypt"}
                                        };
    }
    if (*ret_n)
        name = str_sub(name, 0, name.n - 4);
    chain[(*ret_n)++] = str_ends(name, STR(".gz")) ? (struct child_program){"gzip", {"-dc"}}
                                                   : (struct child_program){"cat", {NULL}};
    return OK;
}

/* From file through the programs to path. */
static enum err
pour(struct ctx *ctx, const struct child_ask *ask, const char *file, const char *path)
{
    int in = open(file, O_RDONLY | O_CLOEXEC), why = errno, out;
    enum err e = workroom_make(ctx, path, &out);

    if (e == OK && in < 0)
        e = ctx_fail(ctx, E_INTERNAL, "%s: %s", file, strerror(why));
    if (e == OK)
        e = child_pour(ctx, ask, in, out, NULL);
    if (in >= 0)
        close(in);
    return workroom_finish(ctx, path, &out, e);
}

static enum err
run_through(struct ctx *ctx, const struct examine *x, const char *file, const char *path)
{
    struct child_ask ask = {.time_ms = UNPACK_MS, .env = CHILD_ENV_USER};
    const char *home = NULL;
    size_t n;
    enum err e = openers(ctx, x, file, ask.chain, &n, &home);

    if (e)
        return e;
    e = pour(ctx, &ask, file, path);
    if (home && *x->identity)
        gpg_end(ctx, home);
    if (e == E_INTERNAL && n > 1 && !*x->identity) {
        ctx_note(ctx, "the copy is encrypted and no key of this user opens it: give its secret "
                      "key with --identity FILE, or set backup.identity_file");
        e = E_INVALID;
    } else if (e == E_INTERNAL) {
        ctx_note(ctx, "%s cannot be opened", file);
        e = E_CONFLICT;
    }
    return e;
}

/* A ledger as a snapshot of its disk has it comes with its WAL. */
static enum err
check_kind(struct ctx *ctx, const char *file, const char *path)
{
    const struct child_ask as_it_is = {
        .chain = {{"cat", {NULL}}},
        .time_ms = UNPACK_MS,
        .env = CHILD_ENV_USER,
    };
    const char *wal = arena_printf(ctx->arena, "%s-wal", file);
    enum sound_kind kind = SOUND_NONE;
    enum err e = sound_file(ctx, path, &kind);

    if (e || kind == SOUND_COPY)
        return e;
    if (kind == SOUND_NONE)
        return ctx_fail(ctx, E_CONFLICT, "%s is no copy of a ledger", file);
    if (access(wal, R_OK) == 0)
        return pour(ctx, &as_it_is, wal, arena_printf(ctx->arena, "%s-wal", path));
    return ctx_fail(
        ctx, E_CONFLICT,
        "%s was copied from a ledger in use with cp or the like: its newest entries "
        "are missing and it may be torn. Take a copy that cozykart backup made; one out of a "
        "snapshot of the disk needs its -wal file beside it",
        file);
}

enum err
examine_unpack(struct ctx *ctx, const struct examine *x, const char *file, const char *path,
               struct label *ret)
{
    struct stat st;
    enum err e;

    label_read(ctx, file, ret);
    if (stat(file, &st) != 0)
        return ctx_fail(ctx, errno == ENOENT ? E_NOTFOUND : E_DENIED, "%s: %s", file,
                        strerror(errno));
    if (!S_ISREG(st.st_mode))
        return ctx_fail(ctx, E_INVALID, "%s is not a file", file);
    if ((e = check_sum(ctx, file, ret)) ||
        (e = workroom_check(ctx, x->work, ret->there ? ret->size : (int64_t)st.st_size)) ||
        (e = run_through(ctx, x, file, path)))
        return e;
    return check_kind(ctx, file, path);
}

static enum err
says(struct ctx *ctx, const struct label *l, const struct probe *p)
{
    if (!l->there ||
        (str_eq(l->ledger, p->ledger) && l->seq == p->seq && str_eq(l->head, p->head)))
        return OK;
    return ctx_fail(ctx, E_CONFLICT,
                    "its label speaks of entry %lld and another hash than the file has, which "
                    "ends with entry %lld: they do not belong together",
                    (long long)l->seq, (long long)p->seq);
}

/* Pages, stamps, schema; on a connection that may write. */
static enum err
open_first(struct ctx *ctx, const struct label *l, struct examine_seen *ret)
{
    struct str why;
    struct probe p;
    int64_t left = 0;
    enum err e = sound_check(ctx, true, &why);

    if (e)
        return e;
    if (why.n)
        return ctx_fail(ctx, E_CONFLICT, "the copy is damaged: %.*s; take another one",
                        STR_ARG(why));
    if ((e = probe_read(ctx, &p)) || (e = says(ctx, l, &p)))
        return e;
    ret->ledger = p.ledger;
    ret->mode = p.mode;
    ret->seq = p.seq;
    ret->head = p.head;
    ret->at = p.at;
    ret->copy_at = l->there ? l->made_at : p.at;
    if ((e = migrate_run(ctx, NULL, NULL, &ret->from, &ret->to)) ||
        (e = db_checkpoint(ctx, &left)))
        return e;
    return left ? ctx_fail(ctx, E_INTERNAL, "its WAL did not empty") : OK;
}

static enum err
books(struct ctx *ctx, struct examine_seen *ret)
{
    struct str why;
    enum err e;

    sound_unhurried(ctx);
    if ((e = probe_whole(ctx, &ret->entries, &why)))
        return e;
    return why.n ? ctx_fail(ctx, E_CONFLICT, "the books of the copy do not hold: %.*s",
                            STR_ARG(why))
                 : OK;
}

/* What SQLite cannot read is the copy's fault. */
static enum err
broken(struct ctx *ctx, enum err e)
{
    const char *why;

    if (e != E_INTERNAL)
        return e;
    why = str_text(ctx->arena, ctx_why(ctx));
    ctx_clear(ctx);
    return ctx_fail(ctx, E_CONFLICT, "the copy is damaged: %s; take another one", why);
}

static enum err
with(struct ctx *ctx, const char *path, enum db_role role, const struct label *l,
     struct examine_seen *ret)
{
    struct arena *life CLEANUP(arena_freep) = arena_new(LIFE);
    struct db *db, *before = ctx->db;
    enum err e = db_open(ctx, life, path, role, &db);

    if (e)
        return broken(ctx, e);
    e = role == DB_MIGRATE ? open_first(ctx, l, ret) : books(ctx, ret);
    db_close(db);
    ctx->db = before;
    return broken(ctx, e);
}

static enum err
audit(struct ctx *ctx, const struct examine *x, const char *path)
{
    const struct child_ask ask = {
        .chain = {{x->audit, {path}}},
        .time_ms = AUDIT_MS,
        .env = CHILD_ENV_USER,
    };
    struct child_end end;
    enum err e = child_pour(ctx, &ask, -1, -1, &end);

    if (e || end.code == 0)
        return e;
    return ctx_fail(ctx, E_CONFLICT,
                    "cozykart-audit does not agree with the books of the copy (%d): unpack it "
                    "and run cozykart-audit on it by hand",
                    end.code);
}

enum err
examine_run(struct ctx *ctx, const struct examine *x, const char *path, const struct label *l,
            struct examine_seen *ret)
{
    struct stat st;
    enum err e;

    *ret = (struct examine_seen){0};
    if ((e = with(ctx, path, DB_MIGRATE, l, ret)) || (e = with(ctx, path, DB_READER, l, ret)) ||
        (e = audit(ctx, x, path)))
        return e;
    ret->size = stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
    return OK;
}
