/* Takes urlencoded text apart and checks each field against its declaration. Not for: JSON. */
#include "http/form.h"

#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/enc.h"
#include "http/csrf.h"

struct pair {
    struct str name, value;
};

/* The pairs of "a=1&b=2", decoded. Empty pieces ("a=1&&b=2") are skipped. */
static enum err
pairs_read(struct ctx *ctx, struct str text, struct pair p[FORM_PAIRS_MAX], size_t *ret_n)
{
    struct str piece;
    size_t n = 0;

    while (str_split(&text, '&', &piece)) {
        if (piece.n == 0)
            continue;
        if (n == FORM_PAIRS_MAX)
            return ctx_fail(ctx, E_LIMIT, "more than %d fields", FORM_PAIRS_MAX);
        size_t eq = str_find(piece, STR("="), 0);
        struct str name = str_sub(piece, 0, eq);
        struct str value = eq == SIZE_MAX ? STR("") : str_sub(piece, eq + 1, SIZE_MAX);

        if (enc_unpercent(ctx->arena, name, true, &p[n].name) != OK ||
            enc_unpercent(ctx->arena, value, true, &p[n].value) != OK)
            return ctx_fail(ctx, E_INVALID, "a field is not encoded properly");
        if (!str_is_text(p[n].name, "") || !str_is_text(p[n].value, "\r\n\t"))
            return ctx_fail(ctx, E_INVALID, "a field is not proper text");
        n++;
    }
    *ret_n = n;
    return OK;
}

static size_t
field_at(const struct form_field *fields, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_text(name, fields[i].name))
            return i;
    return SIZE_MAX;
}

static struct str
area_text(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        bool cr = s.p[i] == '\r';

        if (cr && i + 1 < s.n && s.p[i + 1] == '\n')
            continue;
        p[n++] = cr ? '\n' : s.p[i];
    }
    return (struct str){p, n};
}

static bool
is_word(const char *words, struct str s)
{
    struct str rest = str_of(words), word;

    while (str_split(&rest, ' ', &word))
        if (word.n != 0 && str_eq(word, s))
            return true;
    return false;
}

static bool
is_token(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    return true;
}

static void
check_number(struct ctx *ctx, const struct form_field *f, struct form_value *v)
{
    int64_t lo = f->kind == FORM_ID ? 1 : f->lo;
    int64_t hi = f->kind == FORM_ID || f->hi == 0 ? MINOR_MAX : f->hi;

    if (!str_i64(v->text, -MINOR_MAX, MINOR_MAX, &v->i))
        v->why = STR("is not a whole number");
    else if (v->i < lo || v->i > hi)
        v->why = str_of(arena_printf(ctx->arena, "must be from %lld to %lld", (long long)lo,
                                     (long long)hi));
}

static void
check_money(struct ctx *ctx, const struct form_field *f, struct form_value *v)
{
    struct str ccy = ctx->conf == NULL ? STR("USD") : ctx->conf->money.currency;
    char lo_text[MONEY_TEXT], hi_text[MONEY_TEXT];
    struct money m, lo, hi;
    enum err e = money_parse(v->text, ccy, &m);

    if (e != OK) {
        v->why = STR("is not an amount like 25.00");
        return;
    }
    v->i = m.minor;
    int64_t top = f->hi == 0 ? MINOR_MAX : f->hi;

    if (m.minor >= f->lo && m.minor <= top)
        return;
    v->why = STR("is out of range");
    if (money_make(f->lo, ccy, &lo) == OK && money_make(top, ccy, &hi) == OK)
        v->why = str_of(arena_printf(ctx->arena, "must be from %s to %s",
                                     money_show(lo, lo_text), money_show(hi, hi_text)));
}

static void
check_length(struct ctx *ctx, const struct form_field *f, struct form_value *v, int64_t most)
{
    int64_t n = (int64_t)v->text.n, hi = f->hi == 0 ? most : f->hi;

    if (n < f->lo)
        v->why = str_of(
            arena_printf(ctx->arena, "is too short: at least %lld signs", (long long)f->lo));
    else if (n > hi)
        v->why =
            str_of(arena_printf(ctx->arena, "is too long: at most %lld bytes", (long long)hi));
}

static void
check_text(struct ctx *ctx, const struct form_field *f, struct form_value *v)
{
    if (f->kind == FORM_AREA) {
        v->text = area_text(ctx->arena, v->text);
        check_length(ctx, f, v, 4000);
    } else if (f->kind == FORM_TOKEN) {
        check_length(ctx, f, v, 128);
        if (!is_token(v->text))
            v->why = STR("may only have letters, digits, - and _");
    } else {
        check_length(ctx, f, v, 200);
        if (!str_is_text(v->text, ""))
            v->why = STR("must be one line");
    }
}

static void
field_check(struct ctx *ctx, const struct form_field *f, struct form_value *v)
{
    switch (f->kind) {
    case FORM_ID:
    case FORM_I64:
        check_number(ctx, f, v);
        break;
    case FORM_MONEY:
        check_money(ctx, f, v);
        break;
    case FORM_TIME:
        if (clock_parse(v->text, &v->i) != OK)
            v->why = STR("is not a time like 2026-05-01 19:02");
        break;
    case FORM_WORD:
        if (!is_word(f->words, v->text))
            v->why = str_of(arena_printf(ctx->arena, "must be one of: %s", f->words));
        break;
    case FORM_FLAG:
        v->i = str_eq_text(v->text, "1") || str_eq_text(v->text, "on") ||
               str_eq_text(v->text, "true");
        if (v->i == 0)
            v->why = STR("must be 1 when it is there");
        break;
    case FORM_LINE:
    case FORM_AREA:
    case FORM_TOKEN:
    default:
        check_text(ctx, f, v);
    }
}

static enum err
form_read(struct ctx *ctx, struct str text, bool strict, struct form *f)
{
    struct pair p[FORM_PAIRS_MAX];
    size_t n = 0;
    enum err e = pairs_read(ctx, text, p, &n);

    for (size_t i = 0; i < n && e == OK; i++) {
        size_t at = field_at(f->fields, f->n, p[i].name);

        if (at == SIZE_MAX) {
            if (strict && !str_eq_text(p[i].name, CSRF_FIELD))
                e = ctx_fail(ctx, E_INVALID, "unknown field %.*s",
                             STR_ARG(str_sub(p[i].name, 0, 40)));
            continue;
        }
        if (f->v[at].present)
            e = ctx_fail(ctx, E_INVALID, "%s: given twice", f->fields[at].name);
        f->v[at] = (struct form_value){.present = true, .text = p[i].value};
    }
    for (size_t i = 0; i < f->n; i++) {
        struct form_value *v = &f->v[i];

        if (f->fields[i].kind != FORM_AREA)
            v->text = str_trim(v->text);
        v->present = v->present && v->text.n != 0;
        if (v->present)
            field_check(ctx, &f->fields[i], v);
        else if (f->fields[i].need)
            v->why = STR("is missing");
        if (e == OK && v->why.n != 0)
            e = ctx_fail(ctx, E_INVALID, "%s: %.*s", f->fields[i].name, STR_ARG(v->why));
    }
    return e;
}

static void
form_start(struct form *f, const struct form_field *fields, size_t n)
{
    BUG_IF(n > FORM_FIELDS_MAX);
    memset(f, 0, sizeof(*f));
    f->fields = fields;
    f->n = n;
}

enum err
form_query(struct ctx *ctx, const struct req *req, const struct form_field *fields, size_t n,
           struct form *ret)
{
    form_start(ret, fields, n);
    return form_read(ctx, req->query, false, ret);
}

enum err
form_body(struct ctx *ctx, const struct req *req, const struct form_field *fields, size_t n,
          struct form *ret)
{
    form_start(ret, fields, n);
    return form_read(ctx, req->body, true, ret);
}

static const struct form_value *
value_get(const struct form *f, const char *name)
{
    size_t at = field_at(f->fields, f->n, str_of(name));

    BUG_IF(at == SIZE_MAX);
    return &f->v[at];
}

/* A wrong value counts as absent for the handler; its text is for the page only. */
static bool
value_good(const struct form_value *v)
{
    return v->present && v->why.n == 0;
}

bool
form_has(const struct form *f, const char *name)
{
    return value_good(value_get(f, name));
}

struct str
form_text(const struct form *f, const char *name)
{
    const struct form_value *v = value_get(f, name);

    return value_good(v) ? v->text : STR("");
}

int64_t
form_i64(const struct form *f, const char *name, int64_t otherwise)
{
    const struct form_value *v = value_get(f, name);

    return value_good(v) ? v->i : otherwise;
}

bool
form_flag(const struct form *f, const char *name)
{
    return form_i64(f, name, 0) != 0;
}

void
form_view(const struct form *f, struct view *v)
{
    for (size_t i = 0; i < f->n; i++) {
        struct view *o = view_object(v, f->fields[i].name);

        view_text(o, "text", f->v[i].text);
        view_text(o, "why", f->v[i].why);
        view_flag(o, "wrong", f->v[i].why.n != 0);
    }
}

bool
form_peek(struct ctx *ctx, struct str encoded, const char *name, struct str *ret)
{
    struct pair p[FORM_PAIRS_MAX];
    struct str found = STR_NULL;
    size_t n = 0, times = 0;

    if (pairs_read(ctx, encoded, p, &n) != OK) {
        ctx_clear(ctx);
        return false;
    }
    for (size_t i = 0; i < n; i++)
        if (str_eq_text(p[i].name, name)) {
            found = p[i].value;
            times++;
        }
    if (times == 1)
        *ret = found;
    return times == 1;
}
