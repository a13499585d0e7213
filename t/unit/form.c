/* Declared fields: what passes, what does not, and what is said about it. */
#include "http/form.h"

#include "lib/tap.h"

static struct ctx ctx;

/* By hand: clang-format 14 aligns named members of different rows badly. */
/* clang-format off */
static const struct form_field fields[] = {
    {.name = "race_id", .kind = FORM_ID},
    {.name = "place", .kind = FORM_I64, .lo = 1, .hi = 8},
    {.name = "amount", .kind = FORM_MONEY, .lo = 100, .hi = 100000},
    {.name = "at", .kind = FORM_TIME},
    {.name = "kind", .kind = FORM_WORD, .words = "pot grid ticker all"},
    {.name = "name", .kind = FORM_LINE, .need = true, .lo = 2, .hi = 10},
    {.name = "why", .kind = FORM_AREA},
    {.name = "token", .kind = FORM_TOKEN},
    {.name = "yes", .kind = FORM_FLAG}
};
/* clang-format on */

static enum err
body(const char *text, struct form *f)
{
    struct req r = {.body = str_of(text)};

    ctx_clear(&ctx);
    return form_body(&ctx, &r, fields, ARRAY_SIZE(fields), f);
}

static void
wrong(const char *text, const char *why)
{
    struct form f;
    enum err e = body(text, &f);

    ok(e == E_INVALID && str_eq(ctx_why(&ctx), str_of(why)), "%s", why);
    if (!str_eq(ctx_why(&ctx), str_of(why)))
        printf("# %s: %d %s\n", text, (int)e, ctx.fail_text);
}

static void
test_good(void)
{
    struct form f;

    is_int(body("race_id=128&place=3&amount=25.00&at=2026-05-01T19:02:11Z&kind=grid&name=+Nova+"
                "&why=a%0D%0Ab&token=a-_9&yes=1&form_token=x",
                &f),
           OK, "all kinds of fields are read");
    is_int(form_i64(&f, "race_id", 0), 128, "an id");
    is_int(form_i64(&f, "place", 0), 3, "a number");
    is_int(form_i64(&f, "amount", 0), 2500, "an amount in minor units");
    is_int(form_i64(&f, "at", 0), INT64_C(1777662131000), "a time in milliseconds");
    is_str(form_text(&f, "kind"), STR("grid"), "a word");
    is_str(form_text(&f, "name"), STR("Nova"), "a line without blanks at its ends");
    is_str(form_text(&f, "why"), STR("a\nb"), "an area with plain line ends");
    is_str(form_text(&f, "token"), STR("a-_9"), "a token");
    ok(form_flag(&f, "yes"), "a flag");
    is_int(body("name=Nova&place=", &f), OK, "what is not needed may be empty");
    ok(!form_has(&f, "place") && form_i64(&f, "place", 7) == 7, "and counts as absent");
    ok(!form_flag(&f, "yes"), "an absent flag is off");
}

static void
test_wrong(void)
{
    wrong("place=1", "name: is missing");
    wrong("name=++", "name: is missing");
    wrong("name=x", "name: is too short: at least 2 signs");
    wrong("name=01234567890", "name: is too long: at most 10 bytes");
    wrong("name=a%0Ab", "name: must be one line");
    wrong("name=Nova&place=9", "place: must be from 1 to 8");
    wrong("name=Nova&place=1x", "place: is not a whole number");
    wrong("name=Nova&place=%2B1", "place: is not a whole number");
    wrong("name=Nova&race_id=0", "race_id: must be from 1 to 9007199254740991");
    wrong("name=Nova&amount=25,00", "amount: is not an amount like 25.00");
    wrong("name=Nova&amount=1e3", "amount: is not an amount like 25.00");
    wrong("name=Nova&amount=0.50", "amount: must be from $1.00 to $1,000.00");
    wrong("name=Nova&at=yesterday", "at: is not a time like 2026-05-01 19:02");
    wrong("name=Nova&kind=po", "kind: must be one of: pot grid ticker all");
    wrong("name=Nova&token=a%20b", "token: may only have letters, digits, - and _");
    wrong("name=Nova&yes=maybe", "yes: must be 1 when it is there");
    wrong("name=Nova&nmae=x", "unknown field nmae");
    wrong("name=Nova&name=Rook", "name: given twice");
    wrong("name=%zz", "a field is not encoded properly");
    wrong("name=%00", "a field is not encoded properly");
    wrong("name=%ff%fe", "a field is not proper text");
}

static void
test_query(void)
{
    struct req r = {.query = STR("name=Nova&utm_source=x&place=2")};
    struct form f;

    is_int(form_query(&ctx, &r, fields, ARRAY_SIZE(fields), &f), OK,
           "a query may hold fields that nobody knows");
    is_int(form_i64(&f, "place", 0), 2, "those that we know are read");
    struct buf b = buf_new(ctx.arena, 4096);

    for (int i = 0; i < 65; i++)
        buf_printf(&b, "a%d=1&", i);
    r.query = buf_str(&b);
    is_int(form_query(&ctx, &r, fields, ARRAY_SIZE(fields), &f), E_LIMIT,
           "too many fields are refused");
}

static void
test_view_peek(void)
{
    struct form f;
    struct view *v = view_new(ctx.arena);
    struct str s = STR("");

    ok(body("name=Nova&place=99", &f) == E_INVALID, "a wrong form");
    form_view(&f, v);
    const struct view *o = view_get(v, STR("place"));

    is_str(view_str(view_get(o, STR("text"))), STR("99"), "keeps what was typed");
    ok(view_truthy(view_get(o, STR("wrong"))), "and marks the field");
    ok(!form_has(&f, "place"), "which the handler does not see");
    ok(form_peek(&ctx, STR("a=1&b=%41"), "b", &s), "one field before declarations");
    is_str(s, STR("A"), "is decoded");
    ok(!form_peek(&ctx, STR("a=1&a=2"), "a", &s), "not when it stands twice");
    ok(!form_peek(&ctx, STR("b=1"), "a", &s), "not when it is absent");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(8 << 20);

    ctx_init(&ctx, a, world_real());
    test_good();
    test_wrong();
    test_query();
    test_view_peek();
    return done();
}
