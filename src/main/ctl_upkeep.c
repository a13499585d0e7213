/* Runs of what looks after the ledger file: told to the vault, listed. Not for: copies and
 * drills (ctl_backup.c). */
#include "main/ctl_upkeep.h"

#include <stdlib.h>

#include "base/child.h"
#include "base/json.h"
#include "base/rank.h"
#include "call/call.h"
#include "db/db.h"
#include "ledger/verify.h"
#include "main/start.h"

enum { WORDS_BYTES = 500, LIST_MAX = 1000, AUDIT_MS = 60 * 60 * 1000, SAID_MAX = 1024 * 1024 };
enum { REPORT_MS = 5000 /* a vault that starts again takes less */ };
/* Ends of cozykart-audit. */
enum { AUDIT_CLEAN = 0, AUDIT_DIFFERS = 1 };

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
    line.timeout_ms = REPORT_MS;
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

/* The first difference stands in the report, all of them in what people read. */
struct finding {
    struct ctl *c;
    struct verify_first first;
};

static void
hear(void *arg, const char *check, struct str thing, struct str what)
{
    struct finding *f = arg;

    ctl_say(f->c, "%s %.*s: %.*s", check, STR_ARG(thing), STR_ARG(what));
    verify_first(&f->first, check, thing, what);
}

static struct str
counted(struct ctl *c, int64_t found, struct str first)
{
    return str_of(arena_printf(c->ctx->arena, "%lld %s, the first: %.*s", (long long)found,
                               found == 1 ? "difference" : "differences", STR_ARG(first)));
}

static struct str
not_seen(struct ctl *c)
{
    return str_of(
        arena_printf(c->ctx->arena, "could not look: %.*s", STR_ARG(ctx_why(c->ctx))));
}

static void
verify(struct ctl *c, struct upkeep *u)
{
    struct finding f = {
        .c = c, .first = {.arena = c->ctx->arena, .words = STR("")}
    };
    struct verify_sum sum = {0};

    if (ctl_open(c) || verify_run(c->ctx, hear, &f, &sum)) {
        u->words = not_seen(c);
    } else {
        u->good = sum.found == 0;
        u->seq = sum.head_seq;
        u->head = sum.head_sha;
        u->words =
            u->good
                ? str_of(arena_printf(
                      c->ctx->arena,
                      "nothing differs; entries: %lld, postings: %lld, splits: %lld",
                      (long long)sum.entries, (long long)sum.postings, (long long)sum.splits))
                : counted(c, sum.found, f.first.words);
    }
    if (c->ctx->db)
        db_close(c->ctx->db);
    c->ctx->db = NULL;
    ctx_clear(c->ctx);
}

/* Its lines as JSON: differences, then a line of sums. */
static void
read_audit(struct ctl *c, struct str said, struct upkeep *u)
{
    struct finding f = {
        .c = c, .first = {.arena = c->ctx->arena, .words = STR("")}
    };
    struct str line;
    int64_t found = 0, n = 0;

    while (str_split(&said, '\n', &line)) {
        const struct json *j = NULL;

        if (!line.n || json_parse(c->ctx, line, &j))
            continue;
        if (json_i64(json_get(j, "differences"), &n)) {
            found = n;
            (void)json_i64(json_get(j, "entries"), &u->seq);
            continue;
        }
        hear(&f, str_text(c->ctx->arena, json_str(json_get(j, "check"))),
             json_str(json_get(j, "thing")), json_str(json_get(j, "what")));
    }
    u->words = u->good ? str_of(arena_printf(c->ctx->arena, "nothing differs; entries: %lld",
                                             (long long)u->seq))
                       : counted(c, found, f.first.words);
}

/* Another program than the one that wrote the ledger. */
static void
audit(struct ctl *c, struct upkeep *u)
{
    const char *program = start_sibling(c->ctx, "cozykart-audit"),
               *ledger = str_text(c->ctx->arena, c->conf->path.ledger);
    const struct child_ask ask = {
        .chain = {{program, {"--json", ledger}}},
        .time_ms = AUDIT_MS,
    };
    struct child_end end;
    struct str said;
    enum err e = program ? child_talk(c->ctx, &ask, STR(""), SAID_MAX, &said, &end)
                         : ctx_fail(c->ctx, E_NOTFOUND, "cannot find cozykart-audit");

    if (!e && end.code != AUDIT_CLEAN && end.code != AUDIT_DIFFERS)
        e = ctx_fail(c->ctx, E_INTERNAL,
                     "cozykart-audit ended before it had looked; run it by hand on %s", ledger);
    if (e) {
        u->words = not_seen(c);
    } else {
        u->good = end.code == AUDIT_CLEAN;
        read_audit(c, said, u);
    }
    ctx_clear(c->ctx);
}

static enum err
look(struct ctl *c, const char *kind, const char *what,
     void (*fn)(struct ctl *c, struct upkeep *u))
{
    struct upkeep u = {.kind = str_of(kind), .began_at = ctx_now(c->ctx), .head = STR("")};

    fn(c, &u);
    u.ended_at = ctx_now(c->ctx);
    if (u.ended_at < u.began_at)
        u.ended_at = u.began_at; /* the clock was set back */
    ctl_judge(c, what, u.good, str_text(c->ctx->arena, u.words));
    if (u.good)
        ctl_say(c, "    %.*s", STR_ARG(u.words));
    return ctl_upkeep_report(c, &u);
}

/* A difference ends with 1 also where the vault cannot be told of it. */
enum err
ctl_upkeep_check(struct ctl *c)
{
    enum err e, other;

    rank_take(RANK_BEHIND);
    e = look(c, "verify", "the books hold", verify);
    if (e)
        ctl_say(c, "the vault was not told: %.*s", STR_ARG(ctx_why(c->ctx)));
    if ((other = look(c, "audit", "a second opinion says so too", audit)))
        e = other;
    return c->code ? OK : e;
}
