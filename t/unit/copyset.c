/* Names of copies and which of them are kept; what their labels say. */
#include "upkeep/copyset.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "lib/place.h"
#include "lib/tap.h"

static struct ctx ctx;

static void
names(void)
{
    static const char *const wrong[] = {"",
                                        "cozykart",
                                        "cozykart-20261121T190500Z-12.db",
                                        "cozykart-20261121T190500Z-12.db.gz.new",
                                        "cozykart-20261121T190500Z-12.db.gz.txt",
                                        "cozykart-20261121T190500Z-012.db.gz",
                                        "cozykart-20261121T190500Z--1.db.gz",
                                        "cozykart-20261121T190500Z-.db.gz",
                                        "cozykart-20261121T190500-12.db.gz",
                                        "cozykart-20261131T190500Z-12.db.gz",
                                        "cozykart-2026112aT190500Z-12.db.gz",
                                        "Cozykart-20261121T190500Z-12.db.gz",
                                        ".cozykart-20261121T190500Z-12.db.gz",
                                        "cozykart-20261121T190500Z-99999999999999999999.db.gz"};
    const int64_t at = INT64_C(1795287900000);
    struct copyset_one one;

    is_str(str_of(copyset_name(ctx.arena, at, 12, COPYSET_PLAIN)),
           STR("cozykart-20261121T190500Z-12.db.gz"), "a plain name");
    is_str(str_of(copyset_name(ctx.arena, at, 0, COPYSET_AGE)),
           STR("cozykart-20261121T190500Z-0.db.gz.age"), "an encrypted one");
    for (int i = COPYSET_PLAIN; i <= COPYSET_GPG; i++) {
        const char *name = copyset_name(ctx.arena, at, 1234567, (enum copyset_seal)i);

        ok(copyset_parse(name, &one) && one.at == at && one.seq == 1234567 &&
               one.seal == (enum copyset_seal)i,
           "%s is read back", name);
    }
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
        ok(!copyset_parse(wrong[i], &one), "'%s' is none of ours", wrong[i]);
    ok(copyset_sealing(STR("age")) == COPYSET_AGE &&
           copyset_sealing(STR("gpg")) == COPYSET_GPG &&
           copyset_sealing(STR("none")) == COPYSET_PLAIN,
       "words of the setting");
}

/* One sign a copy, newest first: hours before now and what it is (g good, f flawed, o another
 * ledger's, u without a label). Gives a sign for each: k kept, - gone. */
static const char *
kept(const char *const *spec, size_t n, int64_t keep, int64_t keep_days)
{
    const struct copyset_rule r = {.ledger = STR("L"),
                                   .now = INT64_C(1795287900000), /* 19:05 */
                                   .keep = keep,
                                   .keep_days = keep_days};
    struct copyset_one *list = ARENA_ARRAY(ctx.arena, n, struct copyset_one);
    bool *gone = ARENA_ARRAY(ctx.arena, n, bool);
    char *out = arena_alloc(ctx.arena, n + 1);

    for (size_t i = 0; i < n; i++) {
        int64_t hours = 0;

        (void)!str_i64(str_of(spec[i] + 1), 0, 100000, &hours);
        list[i].at = r.now - hours * 3600 * 1000;
        list[i].label.there = spec[i][0] != 'u';
        list[i].label.ledger = spec[i][0] == 'o' ? STR("other") : STR("L");
        list[i].label.flaw = spec[i][0] == 'f' ? STR("torn") : STR("");
    }
    copyset_gone(list, n, &r, gone);
    for (size_t i = 0; i < n; i++)
        out[i] = gone[i] ? '-' : 'k';
    return out;
}

static void
retention(void)
{
    /* 19:05 of one day; 20 hours before is the day before. */
    /* By hand: clang-format 14 aligns these rows beyond the limit. */
    /* clang-format off */
    static const struct {
        int64_t keep, keep_days;
        const char *spec[12];
        const char *want, *what;
    } row[] = {
        {2, 0, {"g0", "g1", "g2", "g3"}, "kk--", "the newest two"},
        {1, 0, {"g500"}, "k", "the only one, however old"},
        {1, 0, {"g500", "g501"}, "k-", "one of two old ones"},
        {1, 30, {"g0", "g1", "g20", "g21", "g44", "g45"}, "k-k-k-", "the last of each day too"},
        {1, 1, {"g0", "g20", "g44", "g68"}, "kk--", "for so many days"},
        {2, 30, {"g0", "g1", "g2", "g20", "g800"}, "kk-k-", "not for ever"},
        {1, 0, {"f0", "g1", "g2"}, "kk-", "a flawed one does not count"},
        {1, 0, {"f0", "f1", "f2", "g3"}, "k--k", "nor do many"},
        {1, 0, {"o0", "g1", "o2", "g3", "u4", "o900", "u901"}, "kkk-kkk",
         "others' and those without a label stay"},
        {48, 30, {"g0", "g1", "g2"}, "kkk", "few copies all stay"},
        {1, 400, {"g0", "g24", "g48", "g72"}, "kkkk", "a copy a day for a year"},
        {1, 0, {NULL}, "", "none"},
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        size_t n = 0;

        while (n < ARRAY_SIZE(row[i].spec) && row[i].spec[n])
            n++;
        is_str(str_of(kept(row[i].spec, n, row[i].keep, row[i].keep_days)), str_of(row[i].want),
               row[i].what);
    }
}

static void
put(const char *name, struct str text)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || write(fd, text.p, text.n) != (ssize_t)text.n)
        ok(false, "cannot write %s", name);
    if (fd >= 0)
        close(fd);
}

static void
labels(void)
{
    struct label l = {.there = true,
                      .ledger = STR("0123456789abcdef0123456789abcdef"),
                      .mode = STR("live"),
                      .program = STR("1.2.3"),
                      .checked = STR("whole"),
                      .flaw = STR(""),
                      .seq = 12,
                      .schema = 16,
                      .made_at = INT64_C(1795287900000),
                      .size = 4096},
                 got;
    struct copyset_one *list;
    const char *name = "cozykart-20261121T190500Z-12.db.gz";
    const char *file = place(name), *beside = place("cozykart-20261121T190500Z-12.db.gz.txt");
    struct str text, sum;
    bool cut_taken = false;
    int64_t bytes;
    size_t n;

    put(file, STR("abc"));
    is_int(label_sum(&ctx, file, &sum, &bytes), OK, "a checksum");
    is_str(sum, STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
           "of its bytes");
    is_int(bytes, 3, "and their number");
    label_read(&ctx, file, &got);
    ok(!got.there, "there is no label yet");
    l.sha256 = l.head = sum;
    text = label_text(&ctx, &l, name);
    put(beside, text);
    label_read(&ctx, file, &got);
    ok(got.there && str_eq(got.ledger, l.ledger) && str_eq(got.mode, l.mode) &&
           str_eq(got.head, l.head) && str_eq(got.sha256, l.sha256) && got.seq == 12 &&
           got.schema == 16 && got.made_at == l.made_at && got.size == 4096 &&
           got.flaw.n == 0 && str_eq(got.checked, l.checked) && str_eq(got.program, l.program),
       "what was written is read");
    for (size_t cut = 0; cut < text.n && !cut_taken; cut++) {
        put(beside, str_sub(text, 0, cut));
        label_read(&ctx, file, &got);
        cut_taken = got.there;
    }
    ok(!cut_taken, "a label that was cut anywhere is none");
    l.flaw = STR("its books do not hold: I3 account 7");
    put(beside, label_text(&ctx, &l, name));
    put(place("notes.txt"), STR("mine"));
    put(place("cozykart-20261121T190500Z-12.db"), STR("mine"));
    is_int(copyset_list(&ctx, place_dir, &list, &n), OK, "the folder");
    ok(n == 1 && strcmp(list[0].name, name) == 0 && list[0].bytes == 3 &&
           str_eq(list[0].label.flaw, l.flaw) && !copyset_is_good(&list[0], l.ledger) &&
           !copyset_last(list, n, l.ledger),
       "has one copy, and that is flawed");
    l.flaw = STR("");
    put(beside, label_text(&ctx, &l, name));
    is_int(copyset_list(&ctx, place_dir, &list, &n), OK, "again");
    ok(copyset_last(list, n, l.ledger) == &list[0] && !copyset_last(list, n, STR("another")),
       "now it is good, for its own ledger");
    is_int(copyset_list(&ctx, place("nowhere"), &list, &n), E_NOTFOUND, "no folder");
}

/* Written within one second, with another key each: the later one is the newer. */
static void
one_second(void)
{
    static const char *const file[] = {"cozykart-20261122T190500Z-7.db.gz",
                                       "cozykart-20261122T190500Z-7.db.gz.age",
                                       "cozykart-20261122T190500Z-7.db.gz.gpg"};
    struct copyset_one *list;
    size_t n;

    for (size_t last = 0; last < ARRAY_SIZE(file); last++) {
        for (size_t i = 0; i < ARRAY_SIZE(file); i++) {
            const struct timespec at = {.tv_sec = 1795374300,
                                        .tv_nsec = i == last ? 900 : (long)i + 1};
            const struct timespec both[] = {at, at};

            put(place(file[i]), STR("abc"));
            if (utimensat(AT_FDCWD, place(file[i]), both, 0) != 0)
                ok(false, "cannot set the time of %s", file[i]);
        }
        is_int(copyset_list(&ctx, place_dir, &list, &n), OK, "the folder");
        is_str(str_of(list[0].name), str_of(file[last]), "the newest of one second");
    }
}

int
main(void)
{
    ctx_init(&ctx, arena_new((size_t)1 << 30), world_real());
    place_make();
    names();
    retention();
    labels();
    one_second();
    arena_free(ctx.arena);
    return place_done();
}
