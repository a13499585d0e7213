/* The seal's key, the days that are sealed, and what a member kept against the ledger as it is
 * now. Not for: sealing (the vault does it). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypt.h"
#include "base/enc.h"
#include "db/db.h"
#include "ledger/seal.h"
#include "ledger/witness.h"
#include "main/ctl_check.h"

enum { SEED = 32, LIST_MAX = 1000, KEEP_MAX = 36600 /* a hundred years */ };

static enum err
write_key(struct ctl *c, const char *path, struct str text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good;

    if (fd < 0)
        return ctx_fail(c->ctx, E_CONFLICT, "cannot make %s: %s", path, strerror(errno));
    good = write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    if (good)
        return OK;
    unlink(path);
    return ctx_fail(c->ctx, E_FULL, "cannot write %s", path);
}

enum err
ctl_seal_key(struct ctl *c)
{
    unsigned char seed[SEED], key[32];
    struct str hex;
    enum err e;

    c->ctx->world->random(c->ctx->world->arg, seed, sizeof(seed));
    hex = enc_hex(c->ctx->arena, seed, sizeof(seed));
    if ((e = write_key(c, c->arg[0],
                       str_of(arena_printf(c->ctx->arena, "%.*s\n", STR_ARG(hex))))))
        return e;
    crypt_ed25519_public((struct str){.p = (const char *)seed, .n = SEED}, key);
    hex = enc_hex(c->ctx->arena, key, sizeof(key));
    view_textz(c->out, "file", c->arg[0]);
    view_text(c->out, "public_key", hex);
    ctl_say(c, "made %s; name it in seal.key_file, and keep a copy where the house is not",
            c->arg[0]);
    ctl_say(c, "public key: %.*s", STR_ARG(hex));
    return OK;
}

void
ctl_seal_check(struct ctl *c)
{
    unsigned char seed[SEED];
    struct str line;
    size_t n = 0;
    enum err e;

    ctx_clear(c->ctx);
    e = conf_secret(c->ctx, c->ctx->arena, "seal.key", c->conf->books.key_file, &line, 1, &n);
    if (e == OK && n == 0) {
        ctl_say(c, "--   seal.key_file is not set: days are not sealed until it is");
        return;
    }
    if (e == OK && !enc_unhex(line, seed, SEED))
        e = ctx_fail(c->ctx, E_INVALID,
                     "it does not hold 64 hex signs; make one with cozykart "
                     "seal key FILE");
    if (!e || !check_unseen(c, "seal.key_file"))
        ctl_judge(c, "seal.key_file", e == OK, str_text(c->ctx->arena, ctx_why(c->ctx)));
}

enum err
ctl_seal_list(struct ctl *c)
{
    struct seal *s = NULL;
    size_t n = 0;
    enum err e;

    ctl_list(c);
    if ((e = ctl_open(c)) || (e = seal_list(c->ctx, LIST_MAX, &s, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *v = view_add(ctl_list(c));

        view_text(v, "day", s[i].day);
        view_i64(v, "first", s[i].first_seq);
        view_i64(v, "last", s[i].last_seq);
        view_text(v, "head_hash", s[i].head_sha);
        view_text(v, "trial_hash", s[i].trial_sha);
        view_text(v, "key", s[i].public_key);
        view_text(v, "signature", s[i].signature);
        view_textz(v, "at", ctl_when(c, s[i].at));
        ctl_say(c, "%.*s  entries %lld to %lld  %.*s", STR_ARG(s[i].day),
                (long long)s[i].first_seq, (long long)s[i].last_seq, STR_ARG(s[i].head_sha));
    }
    if (n == 0)
        ctl_say(c, "no day is sealed yet");
    return OK;
}

struct kept {
    struct ctl *c;
    struct view *list;
};

static void
told(void *arg, bool stands, struct str what, struct str why)
{
    const struct kept *k = arg;
    struct ctl *c = k->c;
    struct view *v = view_add(k->list);

    view_text(v, "what", str_dup(c->ctx->arena, what));
    view_flag(v, "stands", stands);
    view_text(v, "why", str_dup(c->ctx->arena, why));
    ctl_say(c, "%s  %.*s%s%.*s", stands ? "stands" : "FALLS ", STR_ARG(what),
            stands ? "" : ": ", STR_ARG(why));
}

static enum err
read_file(struct ctl *c, const char *path, struct str *ret)
{
    char *p = arena_alloc(c->ctx->arena, WITNESS_BYTES_MAX + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t n = 0;
    ssize_t got = -1;

    while (fd >= 0 && n <= WITNESS_BYTES_MAX &&
           (got = read(fd, p + n, WITNESS_BYTES_MAX + 1 - n)) > 0)
        n += (size_t)got;
    if (fd >= 0)
        close(fd);
    *ret = (struct str){.p = p, .n = n};
    return got < 0 ? ctx_fail(c->ctx, E_NOTFOUND, "cannot read %s: %s", path, strerror(errno))
                   : OK;
}

enum err
ctl_seal_against(struct ctl *c)
{
    const char *path = ctl_option(c, "against");
    struct witness_sum sum = {0};
    struct kept k = {.c = c};
    struct str bytes;
    enum err e;

    if (!path)
        return OK;
    k.list = view_list(c->out, "kept");
    if ((e = read_file(c, path, &bytes)) || (e = witness_check(c->ctx, bytes, told, &k, &sum)))
        return e;
    view_i64(c->out, "stand", sum.stand);
    view_i64(c->out, "fall", sum.fall);
    ctl_say(c, "of what was kept %lld stand, %lld fall", (long long)sum.stand,
            (long long)sum.fall);
    if (sum.fall)
        c->code = 1;
    return OK;
}

/* Whole or not at all: a machine that dies leaves no half seal under its name. */
static enum err
write_seal(struct ctl *c, int dir, const char *name, struct str text)
{
    const char *half = arena_printf(c->ctx->arena, ".%s.new", name);
    int fd = openat(dir, half, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
    bool good = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0;
    int why = errno;

    if (fd >= 0 && close(fd) != 0)
        good = false;
    if (good && renameat(dir, half, dir, name) == 0 && fsync(dir) == 0)
        return OK;
    why = good ? errno : why;
    (void)unlinkat(dir, half, 0);
    return ctx_fail(c->ctx, why == ENOSPC ? E_FULL : E_DENIED, "cannot write %s: %s", name,
                    strerror(why));
}

/* A seal never changes: another text under its day is a ledger, or a file, that was altered. */
static enum err
keep_one(struct ctl *c, const char *folder, int dir, const struct seal *s, int64_t *kept)
{
    const char *name = arena_printf(c->ctx->arena, "seal-%.*s.txt", STR_ARG(s->day));
    struct str text = seal_file(c->ctx->arena, s), there;
    enum err e;

    if (faccessat(dir, name, F_OK, 0) != 0) {
        if (!(e = write_seal(c, dir, name, text)))
            ++*kept;
        return e;
    }
    if ((e = read_file(c, arena_printf(c->ctx->arena, "%s/%s", folder, name), &there)))
        return e;
    if (!str_eq(there, text))
        ctl_judge(c, name, false,
                  "the ledger has another seal for this day now; cozykart verify --against it "
                  "says what falls");
    return OK;
}

/* Days that were kept once and that the ledger does not have. */
static void
tell_lost(struct ctl *c, int dir, const struct seal *s, size_t n)
{
    DIR *d = fdopendir(dup(dir));

    for (const struct dirent *at; d && (at = readdir(d));) {
        struct str name = str_of(at->d_name), day = str_sub(name, 5, 10);
        bool known =
            name.n != 19 || !str_starts(name, STR("seal-")) || !str_ends(name, STR(".txt"));

        for (size_t i = 0; i < n && !known; i++)
            known = str_eq(s[i].day, day);
        if (!known)
            ctl_judge(c, str_text(c->ctx->arena, name), false,
                      "the ledger does not know this sealed day; it may be an older copy");
    }
    if (d)
        closedir(d);
}

enum err
ctl_seal_keep(struct ctl *c)
{
    const char *folder = c->n ? c->arg[0] : str_text(c->ctx->arena, c->conf->books.keep_dir);
    struct seal *s = NULL;
    int64_t kept = 0;
    size_t n = 0;
    int dir;
    enum err e;

    if ((e = ctl_open(c)) || (e = seal_list(c->ctx, KEEP_MAX, &s, &n)))
        return e;
    (void)mkdir(folder, 0750);
    dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return ctx_fail(c->ctx, errno == ENOENT ? E_NOTFOUND : E_DENIED, "cannot open %s: %s",
                        folder, strerror(errno));
    for (size_t i = n; !e && i > 0; i--)
        e = keep_one(c, folder, dir, &s[i - 1], &kept);
    if (!e)
        tell_lost(c, dir, s, n);
    close(dir);
    view_textz(c->out, "folder", folder);
    view_i64(c->out, "sealed", (int64_t)n);
    view_i64(c->out, "written", kept);
    ctl_say(c, "%zu sealed days, %lld of them new in %s", n, (long long)kept, folder);
    return e;
}
