/* Messages: there and back, and no byte of a foreign one is trusted. */
#include "call/msg.h"

#include "lib/tap.h"

static struct ctx ctx;

static struct str
sample(struct msg *m)
{
    struct str bytes = STR_NULL;

    msg_init(m, STR("race.open"));
    msg_add_i64(m, "number", 128);
    msg_add_i64(m, "least", INT64_MIN);
    msg_add_i64(m, "most", INT64_MAX);
    msg_add_str(m, "title", STR("Night \xc3\xa9 Circuit"));
    msg_add_str(m, "body", (struct str){.p = "a\0b", .n = 3});
    msg_add_str(m, "empty", STR_NULL);
    is_int(msg_encode(&ctx, m, &bytes), OK, "a message is written");
    return bytes;
}

static void
test_round_trip(void)
{
    struct msg m, r;
    struct str bytes = sample(&m), s = STR_NULL, again = STR_NULL;
    int64_t v = 0;

    is_int(msg_decode(&ctx, bytes, &r), OK, "and read");
    is_str(r.name, STR("race.open"), "with its name");
    is_int((int64_t)r.n, 6, "and its fields");
    is_int(msg_i64(&ctx, &r, "number", 1, 200, &v), OK, "a number");
    is_int(v, 128, "is the same");
    is_int(msg_i64(&ctx, &r, "least", INT64_MIN, INT64_MAX, &v), OK, "the least number");
    ok(v == INT64_MIN, "is the same");
    is_int(msg_i64(&ctx, &r, "most", INT64_MIN, INT64_MAX, &v), OK, "the greatest number");
    ok(v == INT64_MAX, "is the same");
    is_int(msg_text(&ctx, &r, "title", 1, 40, &s), OK, "a text");
    is_str(s, STR("Night \xc3\xa9 Circuit"), "is the same");
    is_int(msg_bytes(&ctx, &r, "body", 3, &s), OK, "bytes with NUL");
    is_str(s, ((struct str){.p = "a\0b", .n = 3}), "are the same");
    is_int(msg_text(&ctx, &r, "empty", 0, 3, &s), OK, "an empty text");
    is_int((int64_t)s.n, 0, "is empty");
    is_int(msg_encode(&ctx, &r, &again), OK, "what was read is written");
    is_str(again, bytes, "as it was");
}

static void
test_checks(void)
{
    struct msg m;
    struct str s = STR("untouched");
    int64_t v = 77;

    (void)sample(&m);
    is_int(msg_i64(&ctx, &m, "none", 0, 9, &v), E_INVALID, "an absent number");
    ok(str_find(ctx_why(&ctx), STR("none"), 0) != SIZE_MAX, "is named");
    is_int(msg_i64(&ctx, &m, "title", 0, 9, &v), E_INVALID, "a text is no number");
    is_int(msg_i64(&ctx, &m, "number", 0, 127, &v), E_INVALID, "a number above its range");
    is_int(msg_i64(&ctx, &m, "number", 129, 200, &v), E_INVALID, "a number below its range");
    is_int(v, 77, "the result stays untouched");
    is_int(msg_text(&ctx, &m, "number", 0, 9, &s), E_INVALID, "a number is no text");
    is_int(msg_text(&ctx, &m, "title", 0, 5, &s), E_INVALID, "a text too long");
    is_int(msg_text(&ctx, &m, "empty", 1, 5, &s), E_INVALID, "a text too short");
    is_int(msg_text(&ctx, &m, "body", 0, 5, &s), E_INVALID, "a text with control signs");
    is_int(msg_bytes(&ctx, &m, "body", 2, &s), E_INVALID, "too many bytes");
    is_str(s, STR("untouched"), "the result stays untouched");
    ok(msg_has(&m, "empty") && !msg_has(&m, "none"), "what is there can be asked");
    is_str(msg_opt(&m, "title"), STR("Night \xc3\xa9 Circuit"), "an optional text");
    is_str(msg_opt(&m, "none"), STR(""), "is empty when absent");
    is_int(msg_opt_i64(&m, "number", 5), 128, "an optional number");
    is_int(msg_opt_i64(&m, "none", 5), 5, "has its default");
}

/* Every prefix must be refused; each lies in memory of its own, so that a sanitizer sees a step
 * beyond its end. */
static void
test_truncated(struct str bytes)
{
    struct msg r;
    int64_t taken = 0;

    for (size_t n = 0; n < bytes.n; n++) {
        char *p = malloc(n ? n : 1);

        memcpy(p, bytes.p, n);
        taken += msg_decode(&ctx, (struct str){.p = p, .n = n}, &r) == OK;
        free(p);
    }
    is_int(taken, 0, "no cut message is taken");
    {
        char *p = malloc(bytes.n + 1);

        memcpy(p, bytes.p, bytes.n);
        p[bytes.n] = 0;
        is_int(msg_decode(&ctx, (struct str){.p = p, .n = bytes.n + 1}, &r), E_INVALID,
               "nor one with a byte more");
        free(p);
    }
}

static uint64_t
next(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

/* A changed message is refused, or is written again as exactly the bytes it was read from:
 * there is one spelling of each message. */
static void
test_mutated(struct str bytes)
{
    uint64_t x = 88172645463325252U;
    int64_t taken = 0, odd = 0;

    for (int round = 0; round < 20000; round++) {
        char *p = malloc(bytes.n);
        struct arena_mark mark = arena_mark(ctx.arena);
        struct str changed = {.p = p, .n = bytes.n}, again;
        struct msg r;

        memcpy(p, bytes.p, bytes.n);
        for (uint64_t i = next(&x) % 4 + 1; i > 0; i--)
            p[next(&x) % bytes.n] = (char)next(&x);
        if (msg_decode(&ctx, changed, &r) == OK) {
            taken++;
            odd += msg_encode(&ctx, &r, &again) != OK || !str_eq(again, changed);
        }
        arena_release(ctx.arena, mark);
        free(p);
    }
    ok(taken > 0 && taken < 20000, "of 20000 changed messages some are still messages");
    is_int(odd, 0, "and none of these is read as something else");
}

static void
refuse(const char *p, size_t n, const char *name)
{
    struct msg r;

    is_int(msg_decode(&ctx, (struct str){.p = p, .n = n}, &r), E_INVALID, name);
}

#define REFUSE(lit, name) refuse(lit, sizeof(lit) - 1, name)

static void
test_vectors(void)
{
    struct msg r;

    is_int(msg_decode(&ctx, STR("CKM\1\2ok\0\0"), &r), OK, "the smallest message");
    is_int(msg_decode(&ctx, STR("CKM\1\2ok\1\0i\1n\2\1\0\0\0\0\0\0"), &r), OK, "with a number");
    is_int(msg_opt_i64(&r, "n", 0), 258, "in little-endian");
    REFUSE("CKM\2\2ok\0\0", "another version");
    REFUSE("XKM\1\2ok\0\0", "another beginning");
    REFUSE("CKM\1\0\0\0", "no name");
    REFUSE("CKM\1\2o \0\0", "a blank in the name");
    REFUSE("CKM\1\2ok\1\0x\1n\0\0\0\0\0\0\0\0", "an unknown type");
    REFUSE("CKM\1\2ok\2\0s\1n\0\0\0\0s\1n\0\0\0\0", "a field that stands twice");
    REFUSE("CKM\1\2ok\101\0", "65 fields");
    REFUSE("CKM\1\2ok\1\0s\1n\377\377\377\377", "a length of four gigabytes");
}

static void
test_limits(void)
{
    static char big[MSG_SIZE_MAX];
    struct msg m;
    struct str bytes = STR_NULL;
    char name[] = "f00";

    msg_init(&m, STR("full"));
    for (int i = 0; i < MSG_FIELDS_MAX; i++) {
        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        msg_add_i64(&m, arena_text(ctx.arena, name, 3), i);
    }
    is_int(msg_encode(&ctx, &m, &bytes), OK, "64 fields are written");
    is_int(msg_decode(&ctx, bytes, &m), OK, "and read");
    is_int((int64_t)m.n, 64, "all of them");
    msg_init(&m, STR("big"));
    msg_add_str(&m, "b", (struct str){.p = big, .n = sizeof big});
    is_int(msg_encode(&ctx, &m, &bytes), E_LIMIT, "a message that is too long is not written");
    m.f[0].s.n -= 64;
    is_int(msg_encode(&ctx, &m, &bytes), OK, "one that just fits is");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 << 20);
    struct msg m;
    struct str bytes;

    ctx_init(&ctx, a, world_real());
    test_round_trip();
    test_checks();
    bytes = sample(&m);
    test_truncated(bytes);
    test_mutated(bytes);
    test_vectors();
    test_limits();
    return done();
}
