/* Line by line. See edit.h. */
#include "setup/edit.h"

#include "base/buf.h"

enum { TEXT_MAX = 1024 * 1024 };

/* Is it "key = …"? */
static bool
names(struct str line, const char *key, struct str *ret)
{
    size_t eq = str_find(line, STR("="), 0);

    if (eq == SIZE_MAX || !str_eq_text(str_trim(str_sub(line, 0, eq)), key))
        return false;
    *ret = str_trim(str_sub(line, eq + 1, line.n));
    return true;
}

/* Is it "# key = …"? */
static bool
is_comment_of(struct str line, const char *key)
{
    struct str value;

    line = str_trim(line);
    if (!line.n || line.p[0] != '#')
        return false;
    return names(str_sub(line, 1, line.n), key, &value);
}

bool
edit_get(struct str text, const char *key, struct str *ret)
{
    struct str line;

    while (str_split(&text, '\n', &line)) {
        line = str_trim(line);
        if (line.n && line.p[0] != '#' && names(line, key, ret))
            return true;
    }
    return false;
}

static void
add_line(struct buf *b, const char *key, struct str value)
{
    if (value.n)
        buf_printf(b, "%s = %.*s\n", key, STR_ARG(value));
}

struct str
edit_set(struct ctx *ctx, struct str text, const char *key, struct str value)
{
    struct buf b = buf_new(ctx->arena, TEXT_MAX);
    struct str was, line, rest = text;
    bool stands = edit_get(text, key, &was), done = false;

    if (stands ? str_eq(was, value) : !value.n)
        return text;
    while (str_split(&rest, '\n', &line)) {
        struct str trimmed = str_trim(line), ignored;
        bool is_it = trimmed.n && trimmed.p[0] != '#' && names(trimmed, key, &ignored);

        if (stands && is_it && !done) {
            add_line(&b, key, value);
            done = true;
            continue;
        }
        /* The bytes behind the last line end are no line. */
        if (!line.n && !rest.n && (!text.n || text.p[text.n - 1] == '\n') && !rest.p)
            break;
        buf_add(&b, line);
        buf_add_char(&b, '\n');
        if (!stands && !done && is_comment_of(line, key)) {
            add_line(&b, key, value);
            done = true;
        }
    }
    if (!done)
        add_line(&b, key, value);
    BUG_IF(buf_err(&b) != OK);
    return buf_str(&b);
}
