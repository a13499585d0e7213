/* Runs of what looks after the ledger file: told to the vault, listed. Not for: copies and
 * drills (ctl_backup.c). */
#include "main/ctl_upkeep.h"

#include "call/call.h"

enum { WORDS_BYTES = 500, LIST_MAX = 1000 };

/* What a program said, as one line that fits: the vault takes nothing else. */
static struct str
one_line(struct arena *a, struct str words)
{
    struct str s = str_sub(words, 0, WORDS_BYTES);
    char *p = str_text(a, s);

    while (s.n && s.n < words.n && ((unsigned char)words.p[s.n] & 0xc0) == 0x80)
        s.n--;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
            p[i] = ' ';
    s.p = p;
    return str_is_text(s, "") ? s : STR("it said what cannot be read");
}

enum err
ctl_upkeep_report(struct ctl *c, const struct upkeep *u)
{
    struct msg m, answer;
    struct call line;
    enum err e;

    msg_init(&m, STR("upkeep.report"));
    msg_add_str(&m, "kind", u->kind);
    msg_add_str(&m, "words", one_line(c->ctx->arena, u->words));
    msg_add_i64(&m, "began", u->began_at);
    msg_add_i64(&m, "ended", u->ended_at);
    msg_add_i64(&m, "good", u->good);
    msg_add_i64(&m, "seq", u->seq);
    msg_add_str(&m, "head", u->head.p ? u->head : STR(""));
    msg_add_i64(&m, "bytes", u->bytes);
    msg_add_str(&m, "trace", str_of(c->ctx->trace));
    call_init(&line, arena_printf(c->ctx->arena, "%.*s/vault-upkeep.sock",
                                  STR_ARG(c->conf->path.run)));
    e = call_ask(c->ctx, &line, &m, &answer);
    call_done(&line);
    return e;
}

enum err
ctl_upkeep_list(struct ctl *c)
{
    struct upkeep *u = NULL;
    int64_t most;
    size_t n = 0;
    enum err e;

    ctl_list(c);
    if ((e = ctl_number(c, "limit", 1, LIST_MAX, 50, &most)) || (e = ctl_open(c)) ||
        (e = upkeep_list(c->ctx, (size_t)most, &u, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *v = view_add(ctl_list(c));

        view_text(v, "kind", u[i].kind);
        view_flag(v, "good", u[i].good);
        view_textz(v, "began", ctl_when(c, u[i].began_at));
        view_textz(v, "ended", ctl_when(c, u[i].ended_at));
        view_text(v, "words", u[i].words);
        view_i64(v, "seq", u[i].seq);
        view_text(v, "head", u[i].head);
        view_i64(v, "bytes", u[i].bytes);
        ctl_say(c, "%s  %-7.*s %s  %.*s", ctl_when(c, u[i].ended_at), STR_ARG(u[i].kind),
                u[i].good ? "good" : "BAD ", STR_ARG(u[i].words));
    }
    if (n == 0)
        ctl_say(c, "nothing has run yet");
    return OK;
}
