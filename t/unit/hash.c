/* The chain's bytes against frozen vectors; with a path as argument it only leaves a ledger
 * there, for another program to rebuild. */
#include "ledger/hash.h"

#include <stdlib.h>

#include "base/enc.h"
#include "lib/fix.h"
#include "lib/place.h"

static struct arena *a;

/* Undoes \n, \t and \\ in a copy. */
static struct str
plain(struct str s)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (c == '\\' && i + 1 < s.n) {
            c = s.p[++i];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        out[n++] = c;
    }
    return (struct str){.p = out, .n = n};
}

static struct str
field(struct str *row)
{
    struct str f = STR("");

    str_split(row, '\t', &f);
    return plain(f);
}

static int64_t
number(struct str *row)
{
    struct str f = field(row);
    int64_t v = 0;

    if (f.n && !str_i64(f, -MINOR_MAX, MINOR_MAX, &v))
        ok(false, "a number: %.*s", STR_ARG(f));
    return v;
}

static struct str
bytes32(struct str *row)
{
    char *out = arena_alloc(a, 32);

    if (!enc_unhex(field(row), out, 32))
        ok(false, "32 bytes in hex");
    return (struct str){.p = out, .n = 32};
}

static struct str
read_vectors(void)
{
    const char *src = getenv("SRCDIR");
    FILE *f = fopen(arena_printf(a, "%s/t/data/golden-journal.txt", src ? src : "."), "r");
    char *text = arena_alloc(a, 65536);
    size_t n = f ? fread(text, 1, 65536, f) : 0;

    if (f)
        fclose(f);
    return (struct str){.p = text, .n = n};
}

static void
judge(struct hash_entry *e, struct hash_line *line, struct str want)
{
    struct sha256 sha;

    hash_sort(line, e->n);
    e->line = line;
    sha = hash_make(e);
    ok(memcmp(sha.b, want.p, 32) == 0, "golden entry %lld", (long long)e->seq);
}

static void
vectors(void)
{
    static struct hash_line line[256];
    struct hash_entry e = {0};
    struct str text = read_vectors(), row, want = STR_NULL;
    int entries = 0;

    while (str_split(&text, '\n', &row)) {
        struct str tag = field(&row);

        if (str_eq_text(tag, "entry")) {
            if (entries++)
                judge(&e, line, want);
            e = (struct hash_entry){.seq = number(&row)};
            e.kind = field(&row);
            e.scope = field(&row);
            e.key = field(&row);
            e.request = bytes32(&row);
            e.effective_at = number(&row);
            e.recorded_at = number(&row);
            e.ref = field(&row);
            e.reverses = number(&row);
            e.policy = field(&row);
            e.actor = field(&row);
            e.meta = field(&row);
            e.n_lines = number(&row);
            e.prev = bytes32(&row);
            want = bytes32(&row);
        } else if (str_eq_text(tag, "line") && e.n < ARRAY_SIZE(line)) {
            struct hash_line *l = &line[e.n++];

            *l = (struct hash_line){.code = field(&row)};
            l->item = field(&row);
            l->amount = number(&row);
            memcpy(l->currency, field(&row).p, 3);
            l->ver = number(&row);
            l->after = number(&row);
        }
    }
    judge(&e, line, want);
    is_int(entries, 4, "four of them");
}

int
main(int argc, char **argv)
{
    struct journal_done d;

    if (argc > 1) {
        fix_open(argv[1]);
        fix_race(1, 8, NULL, 1000);
        for (int i = 0; i < 20; i++)
            fix_sale(i % 4 ? 1 : 0, 2500 + i, 900);
        fix_refund(3, 700, true);
        fix_settle(1);
        fix_refund(4, 9999, false);
        fix_post("K", "\xc3\xa4 key", NULL, "", "A:bank 5;L:pool -3 race:9;L:pool -2 race:10",
                 &d);
        fix_close();
        return 0;
    }
    a = arena_new(16 << 20);
    vectors();
    arena_free(a);
    return done();
}
