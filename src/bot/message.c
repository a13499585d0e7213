/* Messages within Discord's limits. See message.h. */
#include "bot/message.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/conf.h"
#include "base/money.h"
#include "base/point.h"

enum {
    EMBEDS_MAX = 10,
    FIELDS_MAX = 25,
    BUTTONS_MAX = 25,
    ROW_MAX = 5,
    ROWS_MAX = 5,
    CHOICES_MAX = 25,
    PINGS_MAX = 10,
    PICTURES_MAX = 4,
    CONTENT_MAX = 2000,
    TITLE_MAX = 256,
    TEXT_MAX = 4096,
    NAME_MAX_SIGNS = 256,
    VALUE_MAX = 1024,
    FOOTER_MAX = 2048,
    TOTAL_MAX = 6000,
    LABEL_MAX = 80,
    ID_MAX = 100,
    URL_MAX = 512,
    ALT_MAX = 1024,
    HINT_MAX = 150,
    PERSON_MAX = 32,
    WHY_MAX = 300,
    FORMAT_BYTES = 16 * 1024,
    JSON_BYTES = 64 * 1024
};

/* Every sign that begins markdown, a mention or a link. */
#define ESCAPED "\\*_~`|>#-[]()<@:!+="

struct field {
    struct str name, value;
    bool beside;
};

struct embed {
    int64_t colour;
    struct str title, footer, picture;
    struct buf text;
    size_t n;
    struct field field[FIELDS_MAX];
};

struct button {
    enum message_style style; /* 0: a link */
    struct str label, target;
};

struct choice {
    struct str label, value;
};

struct message {
    struct ctx *ctx;
    struct str content;
    size_t n_embeds, n_buttons, n_choices, n_pings, n_pictures;
    struct embed embed[EMBEDS_MAX];
    struct button button[BUTTONS_MAX];
    struct str select, hint; /* custom_id; empty: no select */
    struct choice choice[CHOICES_MAX];
    struct str ping[PINGS_MAX];
    struct message_picture picture[PICTURES_MAX];
};

/* At most max code points, the last one "…" when something had to go. */
static struct str
cut(struct ctx *ctx, struct str s, size_t max)
{
    size_t at = 0, n = 0, keep = 0;

    while (at < s.n) {
        if (n == max - 1)
            keep = at;
        if (n == max)
            return str_of(arena_printf(ctx->arena, "%.*s…", STR_ARG(str_sub(s, 0, keep))));
        (void)point_next(s, &at);
        n++;
    }
    return s;
}

static struct str vformat(struct ctx *ctx, size_t max, const char *fmt, va_list ap)
    PRINTF_LIKE(3, 0);

static struct str
vformat(struct ctx *ctx, size_t max, const char *fmt, va_list ap)
{
    char *text = arena_alloc(ctx->arena, FORMAT_BYTES);
    int n = vsnprintf(text, FORMAT_BYTES, fmt, ap);

    BUG_IF(n < 0);
    struct str s = {.p = text, .n = n < FORMAT_BYTES ? (size_t)n : FORMAT_BYTES - 1};
    /* A cut through the middle of a sign would be no text any more. */
    while (s.n && !str_is_utf8(s))
        s.n--;
    return cut(ctx, s, max);
}

/* The formatted text of a function's last arguments, cut to max, into into. */
#define FORMAT(into, max)                                                                      \
    do {                                                                                       \
        va_list ap;                                                                            \
        va_start(ap, fmt);                                                                     \
        (into) = vformat(m->ctx, (max), fmt, ap);                                              \
        va_end(ap);                                                                            \
    } while (0)

/* Where markdown is not read, message_text's escapes would be seen. */
static struct str
plain(struct ctx *ctx, struct str s)
{
    struct buf b = buf_new(ctx->arena, s.n + 1);

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n && str_has(STR(ESCAPED), s.p[i + 1]))
            i++;
        buf_add_char(&b, s.p[i]);
    }
    return buf_str(&b);
}

struct message *
message_new(struct ctx *ctx)
{
    struct message *m = ARENA_NEW(ctx->arena, struct message);

    m->ctx = ctx;
    m->content = STR("");
    m->select = STR("");
    return m;
}

void
message_content(struct message *m, const char *fmt, ...)
{
    FORMAT(m->content, CONTENT_MAX);
}

void
message_embed(struct message *m, enum message_colour colour, const char *fmt, ...)
{
    struct str title;

    FORMAT(title, TITLE_MAX);
    if (m->n_embeds == EMBEDS_MAX)
        return;
    m->embed[m->n_embeds++] = (struct embed){
        .colour = colour,
        .title = title,
        .footer = STR(""),
        .picture = STR(""),
        .text = buf_new(m->ctx->arena, FORMAT_BYTES),
    };
}

static struct embed *
last(struct message *m)
{
    if (m->n_embeds == 0)
        message_embed(m, MESSAGE_RACE, "%s", "");
    return &m->embed[m->n_embeds - 1];
}

void
message_line(struct message *m, const char *fmt, ...)
{
    struct embed *e = last(m);
    struct str line;

    FORMAT(line, TEXT_MAX);
    if (e->text.n)
        buf_add_char(&e->text, '\n');
    buf_add(&e->text, line);
}

void
message_field(struct message *m, const char *name, bool beside, const char *fmt, ...)
{
    struct embed *e = last(m);
    struct str value;

    FORMAT(value, VALUE_MAX);
    if (e->n == FIELDS_MAX || !value.n)
        return;
    e->field[e->n++] = (struct field){
        .name = cut(m->ctx, str_dup(m->ctx->arena, str_of(name)), NAME_MAX_SIGNS),
        .value = value,
        .beside = beside,
    };
}

void
message_footer(struct message *m, const char *fmt, ...)
{
    struct str footer;

    FORMAT(footer, FOOTER_MAX);
    last(m)->footer = plain(m->ctx, footer);
}

void
message_picture(struct message *m, const char *kind, struct str key, const char *fmt, ...)
{
    struct str alt;

    FORMAT(alt, ALT_MAX);
    if (m->n_pictures == PICTURES_MAX)
        return;
    struct message_picture *p = &m->picture[m->n_pictures++];
    *p = (struct message_picture){.kind = str_of(kind), .key = key, .alt = plain(m->ctx, alt)};
    p->file = str_of(arena_printf(m->ctx->arena, "%s-%.*s.png", kind, STR_ARG(key)));
    last(m)->picture = p->file;
}

static void
add_button(struct message *m, struct button b)
{
    if (m->n_buttons < BUTTONS_MAX)
        m->button[m->n_buttons++] = b;
}

void
message_button(struct message *m, enum message_style style, const char *label, const char *fmt,
               ...)
{
    struct str id;

    FORMAT(id, ID_MAX);
    add_button(m, (struct button){.style = style,
                                  .label = cut(m->ctx, plain(m->ctx, str_of(label)), LABEL_MAX),
                                  .target = id});
}

void
message_link(struct message *m, const char *label, const char *fmt, ...)
{
    struct str path, site = m->ctx->conf ? m->ctx->conf->site.url : STR("");

    FORMAT(path, URL_MAX - 100);
    add_button(m,
               (struct button){.label = cut(m->ctx, plain(m->ctx, str_of(label)), LABEL_MAX),
                               .target = str_of(arena_printf(m->ctx->arena, "%.*s%.*s",
                                                             STR_ARG(site), STR_ARG(path)))});
}

void
message_select(struct message *m, const char *hint, const char *fmt, ...)
{
    FORMAT(m->select, ID_MAX);
    m->hint = cut(m->ctx, str_of(hint), HINT_MAX);
}

void
message_choice(struct message *m, const char *label, const char *fmt, ...)
{
    struct str value;

    FORMAT(value, ID_MAX);
    if (m->n_choices < CHOICES_MAX)
        m->choice[m->n_choices++] = (struct choice){
            .label = cut(m->ctx, plain(m->ctx, str_of(label)), ID_MAX), .value = value};
}

void
message_ping(struct message *m, struct str subject)
{
    if (m->n_pings < PINGS_MAX)
        m->ping[m->n_pings++] = subject;
}

size_t
message_pictures(const struct message *m, const struct message_picture **ret)
{
    *ret = m->picture;
    return m->n_pictures;
}

static void
add_text(struct buf *b, const char *name, struct str s)
{
    buf_printf(b, ",\"%s\":", name);
    buf_add_json(b, s);
}

/* All embeds of a message together hold at most TOTAL_MAX signs: what comes late is cut. */
static struct str
spend(struct ctx *ctx, struct str s, size_t *left)
{
    struct str got = *left < 2 ? STR("") : cut(ctx, s, *left);
    size_t n = str_length(got);

    *left -= n < *left ? n : *left;
    return got;
}

static void
add_embed(struct ctx *ctx, struct buf *b, const struct embed *e, size_t *left)
{
    struct str title = spend(ctx, e->title, left);
    struct str footer = spend(ctx, e->footer, left);
    struct str text = spend(ctx, cut(ctx, buf_str(&e->text), TEXT_MAX), left);
    size_t n = 0;

    buf_printf(b, "{\"color\":%lld", (long long)e->colour);
    if (title.n)
        add_text(b, "title", title);
    if (text.n)
        add_text(b, "description", text);
    buf_add_text(b, ",\"fields\":[");
    for (size_t i = 0; i < e->n; i++) {
        struct str name = spend(ctx, e->field[i].name, left);
        struct str value = spend(ctx, e->field[i].value, left);

        if (!name.n || !value.n)
            continue;
        buf_add_text(b, n++ ? ",{\"name\":" : "{\"name\":");
        buf_add_json(b, name);
        add_text(b, "value", value);
        buf_printf(b, ",\"inline\":%s}", e->field[i].beside ? "true" : "false");
    }
    buf_add_char(b, ']');
    if (footer.n) {
        buf_add_text(b, ",\"footer\":{\"text\":");
        buf_add_json(b, footer);
        buf_add_char(b, '}');
    }
    if (e->picture.n) {
        buf_add_text(b, ",\"image\":{\"url\":");
        buf_add_json(
            b, str_of(arena_printf(ctx->arena, "attachment://%.*s", STR_ARG(e->picture))));
        buf_add_char(b, '}');
    }
    buf_add_char(b, '}');
}

static void
add_select(struct buf *b, const struct message *m)
{
    buf_add_text(b, "{\"type\":1,\"components\":[{\"type\":3");
    add_text(b, "custom_id", m->select);
    if (m->hint.n)
        add_text(b, "placeholder", m->hint);
    buf_add_text(b, ",\"options\":[");
    for (size_t i = 0; i < m->n_choices; i++) {
        buf_add_text(b, i ? ",{\"label\":" : "{\"label\":");
        buf_add_json(b, m->choice[i].label);
        add_text(b, "value", m->choice[i].value);
        buf_add_char(b, '}');
    }
    buf_add_text(b, "]}]}");
}

static void
add_components(struct buf *b, const struct message *m)
{
    size_t rows = 0;

    buf_add_text(b, ",\"components\":[");
    if (m->select.n && m->n_choices) {
        add_select(b, m);
        rows++;
    }
    for (size_t i = 0; i < m->n_buttons && rows < ROWS_MAX; rows++) {
        buf_add_text(b,
                     rows ? ",{\"type\":1,\"components\":[" : "{\"type\":1,\"components\":[");
        for (size_t k = 0; k < ROW_MAX && i < m->n_buttons; k++, i++) {
            const struct button *one = &m->button[i];

            buf_printf(b, "%s{\"type\":2,\"style\":%d", k ? "," : "",
                       one->style ? (int)one->style : 5);
            add_text(b, "label", one->label);
            add_text(b, one->style ? "custom_id" : "url", one->target);
            buf_add_char(b, '}');
        }
        buf_add_text(b, "]}");
    }
    buf_add_char(b, ']');
}

static void
add_attachments(struct buf *b, const struct message *m)
{
    if (!m->n_pictures)
        return;
    buf_add_text(b, ",\"attachments\":[");
    for (size_t i = 0; i < m->n_pictures; i++) {
        buf_printf(b, "%s{\"id\":\"%zu\"", i ? "," : "", i);
        add_text(b, "filename", m->picture[i].file);
        add_text(b, "description", m->picture[i].alt);
        buf_add_char(b, '}');
    }
    buf_add_char(b, ']');
}

struct str
message_json(struct ctx *ctx, const struct message *m, int64_t flags, struct str nonce)
{
    struct buf b = buf_new(ctx->arena, JSON_BYTES);
    size_t left = TOTAL_MAX;

    buf_add_text(&b, "{\"content\":");
    buf_add_json(&b, m->content);
    buf_add_text(&b, ",\"embeds\":[");
    for (size_t i = 0; i < m->n_embeds; i++) {
        if (i)
            buf_add_char(&b, ',');
        add_embed(ctx, &b, &m->embed[i], &left);
    }
    buf_add_char(&b, ']');
    add_components(&b, m);
    add_attachments(&b, m);
    buf_add_text(&b, ",\"allowed_mentions\":{\"parse\":[]");
    if (m->n_pings) {
        buf_add_text(&b, ",\"users\":[");
        for (size_t i = 0; i < m->n_pings; i++) {
            if (i)
                buf_add_char(&b, ',');
            buf_add_json(&b, m->ping[i]);
        }
        buf_add_char(&b, ']');
    }
    buf_add_char(&b, '}');
    if (flags)
        buf_printf(&b, ",\"flags\":%lld", (long long)flags);
    if (nonce.n) {
        add_text(&b, "nonce", nonce);
        buf_add_text(&b, ",\"enforce_nonce\":true");
    }
    buf_add_char(&b, '}');
    BUG_IF(buf_err(&b) != OK);
    return buf_str(&b);
}

struct str
message_text(struct ctx *ctx, struct str text, size_t max)
{
    struct str clean = point_clean(ctx->arena, text, max);
    struct buf b = buf_new(ctx->arena, 2 * clean.n + 8);

    for (size_t i = 0; i < clean.n; i++) {
        if (str_has(STR(ESCAPED), clean.p[i]) && (clean.p[i] != '-' || i == 0) &&
            (clean.p[i] != '+' || i == 0))
            buf_add_char(&b, '\\');
        buf_add_char(&b, clean.p[i]);
    }
    return buf_str(&b);
}

struct str
message_name(struct ctx *ctx, struct str name)
{
    struct str s = message_text(ctx, name, PERSON_MAX);

    return s.n ? s : STR("somebody");
}

struct str
message_time(struct ctx *ctx, int64_t ms, char how)
{
    return str_of(arena_printf(ctx->arena, "<t:%lld:%c>", (long long)(ms / 1000), how));
}

struct str
message_money(struct ctx *ctx, int64_t minor)
{
    char text[MONEY_TEXT];
    struct money m;
    struct str ccy =
        ctx->conf && ctx->conf->money.currency.n ? ctx->conf->money.currency : STR("USD");

    if (money_make(minor, ccy, &m) != OK)
        return STR("an amount");
    return str_dup(ctx->arena, str_of(money_show(m, text)));
}

struct message *
message_problem(struct ctx *ctx, struct str why)
{
    struct str text = message_text(ctx, why, WHY_MAX);
    char *p = arena_text(ctx->arena, text.p, text.n);
    const char *end = text.n && str_has(STR(".?"), text.p[text.n - 1]) ? "" : ".";
    struct message *m = message_new(ctx);

    if (p[0] >= 'a' && p[0] <= 'z')
        p[0] = (char)(p[0] - 'a' + 'A');
    message_embed(m, MESSAGE_PROBLEM, "%s", "");
    message_line(m, "%s%s", p, end);
    return m;
}
