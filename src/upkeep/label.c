/* Written once, never changed. See label.h. */
#include "upkeep/label.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypt.h"
#include "base/enc.h"

enum { TEXT_MAX = 4096, PIECE = 256 * 1024 };

#define FIRST_LINE "cozykart: copy of a ledger"
/* A label that was cut must not lose its flaw. */
#define LAST_LINE  "end: of label\n"

struct str
label_text(struct ctx *ctx, const struct label *l, const char *name)
{
    struct buf b = buf_new(ctx->arena, TEXT_MAX);
    char made[CLOCK_TEXT];

    buf_printf(&b, FIRST_LINE "\nfile: %s\nsha256: %.*s\nledger: %.*s\nmode: %.*s\n", name,
               STR_ARG(l->sha256), STR_ARG(l->ledger), STR_ARG(l->mode));
    buf_printf(&b, "seq: %lld\nhead: %.*s\nschema: %lld\nprogram: %.*s\nmade: %s\n",
               (long long)l->seq, STR_ARG(l->head), (long long)l->schema, STR_ARG(l->program),
               clock_rfc3339(l->made_at, made));
    buf_printf(&b, "checked: %.*s\nsize: %lld\n", STR_ARG(l->checked), (long long)l->size);
    if (l->flaw.n)
        buf_printf(&b, "flaw: %.*s\n", STR_ARG(l->flaw));
    buf_add_text(&b, LAST_LINE);
    return buf_str(&b);
}

static bool
read_text(struct ctx *ctx, const char *file, struct str *ret)
{
    const char *name = arena_printf(ctx->arena, "%s.txt", file);
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    char *text = arena_alloc(ctx->arena, TEXT_MAX);
    ssize_t n = fd < 0 ? -1 : read(fd, text, TEXT_MAX);

    if (fd >= 0)
        close(fd);
    if (n <= 0 || n == TEXT_MAX)
        return false;
    *ret = (struct str){.p = text, .n = (size_t)n};
    return true;
}

static bool
is_hash(struct str s)
{
    unsigned char b[32];

    return enc_unhex(s, b, sizeof b);
}

static void
take(struct label *l, struct str key, struct str value)
{
    const struct {
        const char *key;
        struct str *text;
        int64_t *number;
    } known[] = {
        {"ledger",  &l->ledger,  NULL      },
        {"mode",    &l->mode,    NULL      },
        {"head",    &l->head,    NULL      },
        {"program", &l->program, NULL      },
        {"checked", &l->checked, NULL      },
        {"sha256",  &l->sha256,  NULL      },
        {"flaw",    &l->flaw,    NULL      },
        {"seq",     NULL,        &l->seq   },
        {"schema",  NULL,        &l->schema},
        {"size",    NULL,        &l->size  },
    };

    if (str_eq_text(key, "made"))
        (void)!clock_parse(value, &l->made_at);
    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (str_eq_text(key, known[i].key)) {
            if (known[i].text)
                *known[i].text = value;
            else if (!str_i64(value, 0, INT64_MAX, known[i].number))
                *known[i].number = -1;
        }
}

void
label_read(struct ctx *ctx, const char *file, struct label *ret)
{
    struct str text, line, key;

    *ret = (struct label){.seq = -1, .schema = -1, .size = -1, .made_at = -1};
    if (!read_text(ctx, file, &text) || !str_is_text(text, "\n") ||
        !str_ends(text, STR(LAST_LINE)) || !str_split(&text, '\n', &line) ||
        !str_eq_text(line, FIRST_LINE))
        return;
    while (str_split(&text, '\n', &line))
        if (str_split(&line, ':', &key))
            take(ret, str_trim(key), str_trim(line));
    ret->there = ret->ledger.n && ret->seq >= 0 && ret->schema > 0 && ret->size > 0 &&
                 ret->made_at >= 0 && is_hash(ret->sha256) &&
                 (ret->seq == 0 || is_hash(ret->head));
}

enum err
label_sum(struct ctx *ctx, const char *file, struct str *ret, int64_t *ret_bytes)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    char *piece = arena_alloc(ctx->arena, PIECE);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    struct crypt_hash *h;
    struct sha256 sum;
    ssize_t n = -1;

    if (fd < 0)
        return ctx_fail(ctx, errno == ENOENT ? E_NOTFOUND : E_DENIED, "%s: %s", file,
                        strerror(errno));
    h = crypt_hash_new();
    crypt_hash_start(h);
    for (*ret_bytes = 0; (n = read(fd, piece, PIECE)) > 0; *ret_bytes += n)
        crypt_hash_add(h, piece, (size_t)n);
    sum = crypt_hash_end(h);
    crypt_hash_free(h);
    close(fd);
    arena_release(ctx->arena, mark);
    if (n < 0)
        return ctx_fail(ctx, E_INTERNAL, "%s cannot be read: %s", file, strerror(errno));
    *ret = enc_hex(ctx->arena, sum.b, sizeof sum.b);
    return OK;
}
