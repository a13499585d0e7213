/* Texts, ids, amounts, times and race codes out of JSON. See field.h. */
#include "provider/field.h"

#include "base/clock.h"
#include "base/money.h"

bool
field_is_made_of(struct str s, size_t max, const char *besides)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            !str_has(str_of(besides), c))
            return false;
    }
    return s.n > 0 && s.n <= max;
}

const struct json *
field_list(const struct json *o, const char *name)
{
    const struct json *v = json_get(o, name);

    return v && json_type(v) == JSON_ARRAY ? v : NULL;
}

struct str
field_text(const struct json *v, size_t max)
{
    struct str s = json_str(v);

    return s.n <= max && str_is_text(s, "") ? s : STR("");
}

static bool
digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

struct str
field_id(const struct json *v)
{
    struct str s = json_number(v);

    if (s.n)
        return digits(s) && s.n <= FIELD_ID_MAX ? s : STR("");
    return field_text(v, FIELD_ID_MAX);
}

struct str
field_currency(struct ctx *ctx, const struct json *v)
{
    return str_upper(ctx->arena, field_text(v, 10));
}

int64_t
field_money(const struct json *v, struct str currency)
{
    struct str s = json_number(v).n ? json_number(v) : json_str(v);
    size_t point = str_find(s, STR("."), 0);
    struct money m;

    /* "25.000" and the "300.00" of a currency without places are whole amounts; what has no
     * digit behind the point stays wrong. */
    if (point != SIZE_MAX && point + 1 < s.n && digits(str_sub(s, point + 1, s.n))) {
        while (s.p[s.n - 1] == '0')
            s.n--;
        s.n -= s.n == point + 1;
    }
    return money_parse(s, currency, &m) == OK && m.minor >= 0 ? m.minor : -1;
}

int64_t
field_time(const struct json *v)
{
    int64_t ms;

    return clock_parse(json_str(v), &ms) == OK ? ms : -1;
}

struct str
field_title(const struct json *v)
{
    struct str s = json_str(v);

    return str_is_text(s, "") && str_length(s) <= FIELD_TITLE_MAX ? s : STR("");
}

struct str
field_race(struct str text)
{
    int64_t n;

    text = str_trim(text);
    bool word = str_ieq(str_sub(text, 0, 4), STR("race"));
    if (word)
        text = str_sub(text, 4, text.n);
    if (text.n && (text.p[0] == '#' || (word && (text.p[0] == '-' || text.p[0] == ' '))))
        text = str_sub(text, 1, text.n);
    return text.n <= FIELD_TAG_MAX && str_i64(text, 1, INT64_MAX, &n) ? text : STR("");
}

int64_t
field_meta_amount(const struct json *meta, const char *name)
{
    struct str s = json_str(json_get(meta, name));
    int64_t n = 0;

    if (!s.n)
        return 0;
    return str_i64(s, 0, MINOR_MAX, &n) ? n : -1;
}

void
field_meta_items(struct ctx *ctx, const struct json *meta, struct fact *f)
{
    struct str list = json_str(json_get(meta, "ck_items")), one;

    if (!list.n)
        return;
    f->items = ARENA_ARRAY(ctx->arena, FACT_ITEMS_MAX, struct fact_item);
    while (f->n_items < FACT_ITEMS_MAX && str_split(&list, ',', &one)) {
        struct fact_item *it = &f->items[f->n_items++];
        struct str quantity = STR_NULL;

        if (!str_split(&one, ':', &it->sku) || !str_split(&one, ':', &quantity) ||
            it->sku.n > FIELD_SKU_MAX || !str_is_text(it->sku, "") ||
            !str_i64(quantity, 1, 10000, &it->quantity) ||
            !str_i64(one, 0, MINOR_MAX, &it->price))
            *it = (struct fact_item){.quantity = 0};
    }
    f->items[0].title = field_title(json_get(meta, "ck_title"));
}
