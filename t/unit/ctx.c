/* What a call carries: the trace id and the last failure. */
#include "base/ctx.h"

#include "lib/tap.h"

static int64_t
noon(void *arg)
{
    (void)arg;
    return 12345;
}

static void
counted(void *arg, void *p, size_t n)
{
    unsigned char *next = arg;

    memset(p, (*next)++, n);
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(1 << 20);
    unsigned char next = 1;
    struct world w = {.now_ms = noon, .random = counted, .arg = &next};
    struct ctx c;
    char long_text[400];
    enum err e = OK;

    ctx_init(&c, a, &w);
    is_str(str_of(c.trace), STR("01010101010101010101010101010101"),
           "a fresh trace id of 32 signs");
    is_int(ctx_now(&c), 12345, "the time is the world's");
    is_str(ctx_why(&c), STR(""), "no failure yet");

    ctx_trace(&c, STR("Abc-09"));
    is_str(str_of(c.trace), STR("Abc-09"), "takes another trace id");
    ctx_trace(&c, STR(""));
    ctx_trace(&c, STR("a b"));
    ctx_trace(&c, STR("a\n"));
    ctx_trace(&c, STR("123456789012345678901234567890123"));
    is_str(str_of(c.trace), STR("Abc-09"), "keeps it when the other is not one");
    ctx_trace(&c, STR("12345678901234567890123456789012"));
    is_str(str_of(c.trace), STR("12345678901234567890123456789012"), "32 signs are the most");

    ctx_note(&c, "seat %d", 3);
    is_str(ctx_why(&c), STR(""), "a note without a failure says nothing");
    e = ctx_fail(&c, E_FUNDS, "wallet %d short", 5);
    is_int(e, E_FUNDS, "the code is given back");
    is_int(c.fail, E_FUNDS, "and kept");
    ok(c.fail_line > 0 && str_ends(str_of(c.fail_file), STR("ctx.c")), "with its place");
    is_str(ctx_why(&c), STR("wallet 5 short"), "and its text");
    ctx_note(&c, "seat %d", 3);
    is_str(ctx_why(&c), STR("seat 3: wallet 5 short"), "a note stands in front");
    e = ctx_fail(&c, E_LIMIT, "again: %s", c.fail_text);
    is_str(ctx_why(&c), STR("again: seat 3: wallet 5 short"), "a text may quote the last one");
    e = ctx_fail(&c, E_INVALID, "a\r\nb\x1b[0m");
    is_str(ctx_why(&c), STR("a  b [0m"), "control signs become blanks: one line");
    e = ctx_fail(&c, E_INVALID, "bad %s", "\xff\xfe");
    ok(str_is_text(ctx_why(&c), ""), "what is quoted may be no text, the message is");

    memset(long_text, 'x', sizeof long_text);
    for (size_t i = 0; i + 3 < sizeof long_text; i += 3)
        memcpy(long_text + i, "€", 3);
    long_text[sizeof long_text - 1] = '\0';
    for (int pad = 0; pad < 3; pad++) {
        e = ctx_fail(&c, E_INVALID, "%.*s%s", pad, "ab", long_text);
        ok(str_is_text(ctx_why(&c), "") && ctx_why(&c).n > 250 &&
               str_ends(ctx_why(&c), STR("€")),
           "long text is cut between signs (%d)", pad);
    }
    ctx_note(&c, "%s", long_text);
    ok(ctx_why(&c).n < sizeof c.fail_text, "a long note is cut");
    ctx_clear(&c);
    ok(c.fail == OK && ctx_why(&c).n == 0, "clearing forgets it");
    return done();
}
