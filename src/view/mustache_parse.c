/* From text to chunks. Three steps: cut into tokens, look at lines (a tag that stands alone
 * takes its whole line away; a block's content loses its own indentation), copy what is left
 * into chunks. Not for: rendering. */
#include "view/mustache_parse.h"

#include <string.h>

enum { TOKENS_MAX = 20000, DELIM_MAX = 8 };

/* kind is the tag's sign; '\0' for text, 'v' for a variable, '&' for an unescaped one. */
struct token {
    char kind;
    bool drop; /* stands on a line that disappears */
    bool alone;
    int line;     /* in the source, from 1 */
    size_t row;   /* index of its row: the tokens between two line ends */
    size_t mate;  /* opening tag: its closing one, and the other way round */
    struct str s; /* text or name */
    struct str indent;
};

/* The tokens up to and with a text that ends in LF. */
struct row {
    size_t from, to;
    bool alone;      /* only blanks and tags that may take the line away */
    struct str lead; /* blanks at its beginning */
};

struct parser {
    struct ctx *ctx;
    struct str name;
    struct str text;
    size_t at;
    int line;
    char open[DELIM_MAX + 1], close[DELIM_MAX + 1];
    struct token *t;
    size_t n, size;
    struct row *rows;
    size_t n_rows;
    size_t nest[MUSTACHE_NEST_MAX];
    size_t depth;
};

static enum err
parse_fail(struct parser *p, const char *why)
{
    return ctx_fail(p->ctx, E_INVALID, "%.*s:%d: %s", STR_ARG(p->name), p->line, why);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool
is_space(char c)
{
    return is_blank(c) || c == '\n' || c == '\r';
}

static size_t
blanks(struct str s)
{
    size_t n = 0;

    while (n < s.n && is_blank(s.p[n]))
        n++;
    return n;
}

static enum err
token_add(struct parser *p, char kind, struct str s)
{
    if (p->n == TOKENS_MAX)
        return parse_fail(p, "too many tags and lines");
    if (p->n == p->size) {
        size_t size = p->size == 0 ? 64 : p->size * 2;
        struct token *t = ARENA_ARRAY(p->ctx->arena, size, struct token);

        if (p->n != 0)
            memcpy(t, p->t, p->n * sizeof(*t));
        p->t = t;
        p->size = size;
    }
    p->t[p->n++] = (struct token){.kind = kind, .s = s, .line = p->line, .mate = SIZE_MAX};
    return OK;
}

/* Text up to end, one token a line. */
static enum err
take_text(struct parser *p, size_t end)
{
    while (p->at < end) {
        const char *from = p->text.p + p->at;
        const char *lf = memchr(from, '\n', end - p->at);
        size_t n = lf == NULL ? end - p->at : (size_t)(lf - from) + 1;
        enum err e = token_add(p, '\0', (struct str){from, n});

        if (e != OK)
            return e;
        p->at += n;
        p->line += lf != NULL;
    }
    return OK;
}

/* "<% %>" between two equals signs. */
static enum err
take_delims(struct parser *p, struct str s)
{
    size_t mid = 0, second;

    if (s.n == 0 || s.p[s.n - 1] != '=')
        return parse_fail(p, "delimiter tag without its second equals sign");
    s = str_trim((struct str){s.p, s.n - 1});
    while (mid < s.n && !is_space(s.p[mid]))
        mid++;
    second = mid;
    while (second < s.n && is_space(s.p[second]))
        second++;
    size_t n = s.n - second;

    if (mid == 0 || n == 0 || mid > DELIM_MAX || n > DELIM_MAX)
        return parse_fail(p, "delimiters are two words of 1 to 8 signs");
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '=' || (i > second && is_space(s.p[i])))
            return parse_fail(p, "delimiters are two words without equals sign");
    memcpy(p->open, s.p, mid);
    p->open[mid] = '\0';
    memcpy(p->close, s.p + second, n);
    p->close[n] = '\0';
    return token_add(p, '=', STR_NULL);
}

static enum err
check_name(struct parser *p, struct str name)
{
    if (name.n == 0)
        return parse_fail(p, "tag without a name");
    if (name.n > MUSTACHE_NAME_MAX)
        return parse_fail(p, "name longer than 64 bytes");
    for (size_t i = 0; i < name.n; i++)
        if (is_space(name.p[i]) || name.p[i] == '\0')
            return parse_fail(p, "blank inside a name");
    if (str_eq_text(name, "."))
        return OK;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '.' && (i == 0 || i + 1 == name.n || name.p[i + 1] == '.'))
            return parse_fail(p, "empty part in a dotted name");
    return OK;
}

static enum err
take_open(struct parser *p, char kind, struct str name)
{
    if (p->depth == MUSTACHE_NEST_MAX)
        return parse_fail(p, "sections nested deeper than 16");
    p->nest[p->depth++] = p->n;
    return token_add(p, kind, name);
}

static enum err
take_close(struct parser *p, struct str name)
{
    if (p->depth == 0)
        return parse_fail(p, "closing tag without an opening one");
    size_t open = p->nest[--p->depth];

    if (!str_eq(p->t[open].s, name))
        return parse_fail(p, "closing tag does not fit the opening one");
    enum err e = token_add(p, '/', name);

    if (e == OK) {
        p->t[open].mate = p->n - 1;
        p->t[p->n - 1].mate = open;
    }
    return e;
}

/* One tag; inside is what stands between the delimiters. */
static enum err
take_tag(struct parser *p, struct str inside, bool triple)
{
    inside = triple ? inside : str_trim(inside);
    if (inside.n == 0)
        return parse_fail(p, "empty tag");
    char kind = triple ? '&' : inside.p[0];

    if (kind == '!')
        return token_add(p, '!', STR_NULL);
    if (kind == '=')
        return take_delims(p, str_sub(inside, 1, SIZE_MAX));
    bool sign = !triple && strchr("#^/><$&", kind) != NULL;
    struct str name = str_trim(sign ? str_sub(inside, 1, SIZE_MAX) : inside);
    enum err e = check_name(p, name);

    if (e != OK)
        return e;
    if (kind == '/')
        return take_close(p, name);
    if (sign && kind != '&' && kind != '>')
        return take_open(p, kind, name);
    return token_add(p, sign || triple ? kind : 'v', name);
}

static enum err
tokenise(struct parser *p)
{
    while (p->at < p->text.n) {
        size_t start = str_find(p->text, str_of(p->open), p->at);
        enum err e = take_text(p, start == SIZE_MAX ? p->text.n : start);

        if (e != OK)
            return e;
        if (start == SIZE_MAX)
            break;
        size_t from = start + strlen(p->open);
        bool triple = strcmp(p->open, "{{") == 0 && from < p->text.n && p->text.p[from] == '{';
        struct str close = triple ? STR("}}}") : str_dup(p->ctx->arena, str_of(p->close));

        from += triple;
        size_t end = str_find(p->text, close, from);

        if (end == SIZE_MAX)
            return parse_fail(p, "tag is not closed");
        e = take_tag(p, str_sub(p->text, from, end - from), triple);
        if (e != OK)
            return e;
        for (size_t i = from; i < end; i++)
            p->line += p->text.p[i] == '\n';
        p->at = end + close.n;
    }
    if (p->depth != 0) {
        p->line = p->t[p->nest[p->depth - 1]].line;
        return parse_fail(p, "section is not closed");
    }
    return OK;
}

static bool
of_inheritance(const struct parser *p, const struct token *t)
{
    char kind = t->kind == '/' ? p->t[t->mate].kind : t->kind;

    return kind == '<' || kind == '$';
}

/* A line may vanish when it holds one tag, or several of parents and blocks, and only blanks.
 */
static bool
row_alone(const struct parser *p, const struct row *r)
{
    size_t tags = 0, family = 0;

    for (size_t i = r->from; i < r->to; i++) {
        const struct token *t = &p->t[i];

        if (t->kind == '\0') {
            if (str_trim(t->s).n != 0)
                return false;
            continue;
        }
        if (t->kind == 'v' || t->kind == '&')
            return false;
        tags++;
        family += of_inheritance(p, t);
    }
    return tags == 1 || (tags > 1 && family == tags);
}

static void
rows_find(struct parser *p)
{
    p->rows = ARENA_ARRAY(p->ctx->arena, p->n + 1, struct row);
    for (size_t i = 0; i < p->n;) {
        struct row *r = &p->rows[p->n_rows];

        r->from = i;
        for (bool end = false; i < p->n && !end; i++) {
            struct str s = p->t[i].s;

            p->t[i].row = p->n_rows;
            end = p->t[i].kind == '\0' && s.p[s.n - 1] == '\n';
        }
        r->to = i;
        r->alone = row_alone(p, r);
        if (p->t[r->from].kind == '\0')
            r->lead = str_sub(p->t[r->from].s, 0, blanks(p->t[r->from].s));
        p->n_rows++;
    }
}

/* The last tag of a row, or SIZE_MAX. */
static size_t
row_last_tag(const struct parser *p, const struct row *r)
{
    for (size_t i = r->to; i > r->from; i--)
        if (p->t[i - 1].kind != '\0')
            return i - 1;
    return SIZE_MAX;
}

/* Takes cut's length, or as much of it as there is, off the beginning of a row. */
static void
row_dedent(struct parser *p, struct row *r, struct str cut)
{
    size_t n = 0;

    while (n < r->lead.n && n < cut.n && r->lead.p[n] == cut.p[n])
        n++;
    if (n == 0)
        return;
    r->lead = str_sub(r->lead, n, SIZE_MAX);
    p->t[r->from].s = str_sub(p->t[r->from].s, n, SIZE_MAX);
}

/* A block whose content begins on a line of its own: the first line's indentation is taken off
 * all lines and given back where the block, or what replaces it, is printed. */
static void
block_dedent(struct parser *p, struct token *open)
{
    size_t last = p->t[open->mate].row;
    struct str cut = p->rows[open->row].lead;

    for (size_t i = open->row + 1; i <= last; i++) {
        struct row *r = &p->rows[i];
        const struct token *t = &p->t[r->from];
        bool text = t->kind == '\0';

        if (text && str_trim(t->s).n == 0 && r->to - r->from == 1)
            continue; /* an empty line says nothing about indentation */
        size_t tag = r->from + (text && r->lead.n == t->s.n);

        if (tag == open->mate)
            break; /* no content */
        cut = r->lead;
        break;
    }
    open->indent = cut;
    for (size_t i = open->row + 1; i <= last; i++)
        row_dedent(p, &p->rows[i], cut);
}

static void
blocks_dedent(struct parser *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct token *t = &p->t[i];
        struct row *r = &p->rows[t->row];

        if (t->kind != '$' || !r->alone)
            continue;
        if (row_last_tag(p, r) == i) {
            t->alone = true;
            block_dedent(p, t);
        } else if (p->t[t->mate].row == t->row) {
            t->alone = true;
            t->indent = r->lead;
        }
    }
}

/* Lines of lonely tags vanish. Where a block is opened and closed on such a line the line end
 * stays: it follows the content. */
static void
rows_drop(struct parser *p)
{
    for (size_t k = 0; k < p->n_rows; k++) {
        struct row *r = &p->rows[k];

        if (!r->alone)
            continue;
        size_t last = row_last_tag(p, r);
        const struct token *tag = &p->t[last];
        bool keep = tag->kind == '/' && p->t[tag->mate].kind == '$' && p->t[tag->mate].row == k;
        bool given = false;

        for (size_t i = r->from; i < r->to; i++) {
            struct token *t = &p->t[i];

            t->drop = t->kind == '\0' && !(keep && i > last);
            if (!given && (t->kind == '>' || t->kind == '<')) {
                t->indent = r->lead;
                t->alone = true;
                given = true;
            }
        }
    }
}

static enum mustache_kind
chunk_kind(char kind)
{
    switch (kind) {
    case 'v':
        return MUSTACHE_VAR;
    case '&':
        return MUSTACHE_RAW;
    case '#':
        return MUSTACHE_SECTION;
    case '^':
        return MUSTACHE_INVERT;
    case '>':
        return MUSTACHE_PARTIAL;
    case '<':
        return MUSTACHE_PARENT;
    case '$':
        return MUSTACHE_BLOCK;
    default:
        return MUSTACHE_TEXT;
    }
}

static void
chunks_make(struct parser *p, struct arena *process, struct mustache *m)
{
    size_t *open = ARENA_ARRAY(p->ctx->arena, p->n + 1, size_t);

    m->c = ARENA_ARRAY(process, p->n + 1, struct mustache_chunk);
    for (size_t i = 0; i < p->n; i++) {
        const struct token *t = &p->t[i];
        struct mustache_chunk *before = m->n == 0 ? NULL : &m->c[m->n - 1];

        if (t->drop || t->kind == '!' || t->kind == '=' || (t->kind == '\0' && t->s.n == 0))
            continue;
        if (t->kind == '/') {
            m->c[open[t->mate]].end = m->n;
            continue;
        }
        if (t->kind == '\0' && before != NULL && before->kind == MUSTACHE_TEXT && i > 0 &&
            p->t[i - 1].kind == '\0' && before->s.p + before->s.n == t->s.p) {
            before->s.n += t->s.n;
            continue;
        }
        size_t dot = str_eq_text(t->s, ".") ? SIZE_MAX : str_find(t->s, STR("."), 0);

        open[i] = m->n;
        m->c[m->n] = (struct mustache_chunk){.kind = chunk_kind(t->kind),
                                             .alone = t->alone,
                                             .line = t->line,
                                             .end = m->n + 1,
                                             .head = dot == SIZE_MAX ? t->s.n : dot,
                                             .s = t->s,
                                             .indent = t->indent};
        m->n++;
    }
}

enum err
mustache_parse(struct ctx *ctx, struct arena *process, struct str name, struct str text,
               const struct mustache **ret)
{
    struct parser p = {.ctx = ctx, .name = name, .line = 1, .open = "{{", .close = "}}"};

    p.text = str_dup(process, text);
    enum err e = tokenise(&p);

    if (e != OK)
        return e;
    rows_find(&p);
    blocks_dedent(&p);
    rows_drop(&p);
    struct mustache *m = ARENA_NEW(process, struct mustache);

    m->name = str_dup(process, name);
    chunks_make(&p, process, m);
    *ret = m;
    return OK;
}
