/* Names and ages. See copyset.h. */
#include "upkeep/copyset.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define STEM "cozykart-"

static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

static const char *const tails[] = {
    [COPYSET_PLAIN] = ".db.gz",
    [COPYSET_AGE] = ".db.gz.age",
    [COPYSET_GPG] = ".db.gz.gpg",
};

const char *
copyset_name(struct arena *a, int64_t at, int64_t seq, enum copyset_seal seal)
{
    char stamp[CLOCK_TEXT];

    return arena_printf(a, STEM "%s-%lld%s", clock_stamp(at, stamp), (long long)seq,
                        tails[seal]);
}

/* "20261121T190500Z" */
static bool
read_time(const char *p, int64_t *ret)
{
    static const char form[] = "dddddddd?dddddd?";
    char text[CLOCK_TEXT];

    for (size_t i = 0; form[i]; i++)
        if (form[i] == 'd' ? p[i] < '0' || p[i] > '9' : p[i] != (i == 8 ? 'T' : 'Z'))
            return false;
    snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", p, p + 4, p + 6, p + 9,
             p + 11, p + 13);
    return clock_parse(str_of(text), ret) == OK;
}

bool
copyset_parse(const char *name, struct copyset_one *ret)
{
    enum { STEM_N = sizeof STEM - 1, TIME_N = 16 };
    const char *number, *tail;

    *ret = (struct copyset_one){.name = name};
    if (strncmp(name, STEM, STEM_N) != 0 || strlen(name) < STEM_N + TIME_N + 2 ||
        !read_time(name + STEM_N, &ret->at) || name[STEM_N + TIME_N] != '-')
        return false;
    number = name + STEM_N + TIME_N + 1;
    tail = strchr(number, '.');
    if (!tail || (number[0] == '0' && tail > number + 1) ||
        !str_i64((struct str){.p = number, .n = (size_t)(tail - number)}, 0, INT64_MAX,
                 &ret->seq))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
        if (strcmp(tail, tails[i]) == 0) {
            ret->seal = (enum copyset_seal)i;
            return true;
        }
    return false;
}

enum copyset_seal
copyset_sealing(struct str word)
{
    return str_eq_text(word, "age")   ? COPYSET_AGE
           : str_eq_text(word, "gpg") ? COPYSET_GPG
                                      : COPYSET_PLAIN;
}

static int
newest_first(const void *a, const void *b)
{
    const struct copyset_one *x = a, *y = b;

    if (x->at != y->at)
        return x->at > y->at ? -1 : 1;
    if (x->seq != y->seq)
        return x->seq > y->seq ? -1 : 1;
    if (x->put_at != y->put_at)
        return x->put_at > y->put_at ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void
folder_close(DIR **d)
{
    if (*d)
        closedir(*d);
}

enum err
copyset_list(struct ctx *ctx, const char *dir, struct copyset_one **ret, size_t *ret_n)
{
    DIR *d CLEANUP(folder_close) = opendir(dir);
    struct copyset_one one;
    struct stat st;

    *ret_n = 0;
    if (!d)
        return ctx_fail(ctx, errno == ENOENT ? E_NOTFOUND : E_DENIED,
                        errno == ENOENT ? "there is no folder %s for copies (backup.dir)"
                                        : "this user may not look into %s (backup.dir)",
                        dir);
    *ret = ARENA_ARRAY(ctx->arena, COPYSET_MAX, struct copyset_one);
    for (const struct dirent *f = readdir(d); f && *ret_n < COPYSET_MAX; f = readdir(d)) {
        if (!copyset_parse(f->d_name, &one) ||
            fstatat(dirfd(d), f->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
            continue;
        one.name = arena_text(ctx->arena, f->d_name, strlen(f->d_name));
        one.bytes = (int64_t)st.st_size;
        one.put_at =
            (int64_t)st.st_mtim.tv_sec * INT64_C(1000000000) + (int64_t)st.st_mtim.tv_nsec;
        label_read(ctx, arena_printf(ctx->arena, "%s/%s", dir, one.name), &one.label);
        (*ret)[(*ret_n)++] = one;
    }
    qsort(*ret, *ret_n, sizeof **ret, newest_first);
    return OK;
}

static bool
is_of(const struct copyset_one *one, struct str ledger)
{
    return one->label.there && str_eq(one->label.ledger, ledger);
}

bool
copyset_is_good(const struct copyset_one *one, struct str ledger)
{
    return is_of(one, ledger) && one->label.flaw.n == 0;
}

const struct copyset_one *
copyset_last(const struct copyset_one *list, size_t n, struct str ledger)
{
    for (size_t i = 0; i < n; i++)
        if (copyset_is_good(&list[i], ledger))
            return &list[i];
    return NULL;
}

void
copyset_gone(const struct copyset_one *list, size_t n, const struct copyset_rule *r,
             bool *ret_gone)
{
    int64_t good = 0, flawed = 0, day = INT64_MAX, today = r->now / DAY_MS;

    for (size_t i = 0; i < n; i++) {
        const struct copyset_one *one = &list[i];
        int64_t its = one->at / DAY_MS;

        ret_gone[i] = false;
        if (!is_of(one, r->ledger))
            continue;
        if (one->label.flaw.n) {
            ret_gone[i] = ++flawed > r->keep;
            continue;
        }
        /* The list goes backwards: the first of a day that is met is its last. */
        ret_gone[i] =
            ++good > r->keep && good > 1 && !(its < day && its >= today - r->keep_days);
        day = its;
    }
}
