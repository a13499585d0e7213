/* The tree of a page: what it holds, and as JSON. */
#include "view/view.h"

#include "lib/tap.h"

static struct str
json_of(struct arena *a, const struct view *v)
{
    struct buf b = buf_new(a, 65536);

    view_json(&b, v);
    return buf_str(&b);
}

static void
test_members(struct arena *a)
{
    struct view *v = view_new(a);

    view_textz(v, "name", "Nova");
    view_textz(v, "name", "Rook");
    is_str(view_str(view_get(v, STR("name"))), STR("Rook"), "the last value of a name counts");
    ok(view_get(v, STR("nam")) == NULL, "a name that was not set is absent");
    view_flag(v, "name", true);
    ok(view_type(view_get(v, STR("name"))) == VIEW_FLAG, "a name may change its type");
    view_i64(v, "n", -5);
    is_str(view_str(view_get(v, STR("n"))), STR("-5"), "an integer is text for templates");
    ok(view_get(view_get(v, STR("n")), STR("x")) == NULL, "texts have no members");
    view_url(v, "href", STR("/race/7"));
    is_str(view_str(view_get(v, STR("href"))), STR("/race/7"), "an address is a text");
}

static void
test_truth(struct arena *a)
{
    struct view *v = view_new(a);
    struct view *l = view_list(v, "l");

    view_text(v, "e", STR(""));
    view_flag(v, "f", false);
    view_i64(v, "zero", 0);
    ok(!view_truthy(view_get(v, STR("e"))), "the empty text is false");
    ok(!view_truthy(view_get(v, STR("f"))), "a flag is what it says");
    ok(view_truthy(view_get(v, STR("zero"))), "zero is a text like others");
    ok(!view_truthy(l), "the empty list is false");
    view_add_text(l, STR("x"));
    ok(view_truthy(l) && view_count(l) == 1, "a list with an item is true");
    is_str(view_str(view_item(l, 0)), STR("x"), "an item is found by number");
    ok(view_item(l, 1) == NULL && view_next(view_item(l, 0)) == NULL,
       "there is nothing behind it");
}

static void
test_json(struct arena *a)
{
    struct view *v = view_new(a);

    view_textz(v, "t", "a \"b\" </script>");
    view_flag(v, "f", true);
    view_i64(v, "n", 42);
    view_raw(v, "svg", STR("<svg/>"));
    struct view *l = view_list(v, "l");

    view_i64(view_add(l), "i", 1);
    view_add_text(l, STR("z"));
    struct str s = json_of(a, v);

    ok(str_find(s, STR("\"f\":true,\"n\":42,\"l\":[{\"i\":1},\"z\"]"), 0) != SIZE_MAX,
       "JSON has flags, numbers and lists in order");
    ok(str_find(s, STR("svg"), 0) == SIZE_MAX, "markup is left out of JSON");
    ok(!str_has(s, '<') && !str_has(s, '>'), "JSON may stand in HTML");
    is_str(json_of(a, view_new(a)), STR("{}"), "an empty object is an empty object");
}

static void
test_money_time(struct arena *a)
{
    struct view *v = view_new(a);
    struct money m = {.minor = -500, .ccy = "USD"};

    view_money(v, "m", m);
    const struct view *o = view_get(v, STR("m"));

    is_str(view_str(view_get(o, STR("text"))), STR("\u2212$5.00"),
           "money is written for people");
    ok(view_truthy(view_get(o, STR("negative"))), "money says when it is negative");
    is_str(view_str(view_get(o, STR("minor"))), STR("-500"), "money has its minor units");
    view_time(v, "at", 0);
    is_str(view_str(view_get(view_get(v, STR("at")), STR("iso"))), STR("1970-01-01T00:00:00Z"),
           "a time has its machine form");
    view_time(v, "at", -1);
    ok(!view_truthy(view_get(v, STR("at"))), "no time is false");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(1 << 20);

    test_members(a);
    test_truth(a);
    test_json(a);
    test_money_time(a);
    return done();
}
