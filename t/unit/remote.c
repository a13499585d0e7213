/* What an answer of a provider means: the same for all of them. */
#include "provider/remote.h"

#include "base/ctx.h"
#include "lib/tap.h"

static struct ctx ctx;
static const int64_t NOW = INT64_C(1777662131000); /* 1 May 2026 19:02:11 */

static int64_t
now_ms(void *arg)
{
    (void)arg;
    return NOW;
}

static void
zeros(void *arg, void *p, size_t n)
{
    (void)arg;
    memset(p, 0, n);
}

static const struct world world = {.now_ms = now_ms, .tick_ms = now_ms, .random = zeros};

static struct remote_answer
read_it(bool money, enum err e, int64_t status, const char *body, const char *after)
{
    const struct remote_ask ask = {.http = {.want = {"X-Other", "retry-after"}},
                                   .money = money};
    const struct httpc_answer a = {
        .status = status, .body = str_of(body), .header = {STR(""), str_of(after)}
    };
    struct remote_answer r;

    remote_read(&ctx, &ask, e, e ? NULL : &a, &r);
    return r;
}

static void
test_statuses(void)
{
    static const struct {
        int64_t status;
        const char *body, *after;
        enum remote_how plain, money;
    } row[] = {
        {200, "{}",    NULL, REMOTE_DONE,    REMOTE_DONE   },
        {201, "{}",    NULL, REMOTE_DONE,    REMOTE_DONE   },
        {204, "",      NULL, REMOTE_DONE,    REMOTE_DONE   },
        {200, "<html", NULL, REMOTE_WAIT,    REMOTE_UNKNOWN},
        {200, "{\"a",  NULL, REMOTE_WAIT,    REMOTE_UNKNOWN},
        {302, "",      NULL, REMOTE_WAIT,    REMOTE_UNKNOWN},
        {100, "",      NULL, REMOTE_WAIT,    REMOTE_UNKNOWN},
        {400, "{}",    NULL, REMOTE_REFUSED, REMOTE_REFUSED},
        {401, "",      NULL, REMOTE_REFUSED, REMOTE_REFUSED},
        {403, "<html", NULL, REMOTE_WAIT,    REMOTE_UNKNOWN},
        {404, "{}",    NULL, REMOTE_REFUSED, REMOTE_REFUSED},
        {408, "",      NULL, REMOTE_WAIT,    REMOTE_WAIT   },
        {409, "{}",    NULL, REMOTE_WAIT,    REMOTE_UNKNOWN},
        {429, "",      NULL, REMOTE_WAIT,    REMOTE_WAIT   },
        {429, "<html", "3",  REMOTE_WAIT,    REMOTE_WAIT   },
        {500, "{}",    NULL, REMOTE_WAIT,    REMOTE_UNKNOWN},
        {502, "<html", NULL, REMOTE_WAIT,    REMOTE_UNKNOWN},
        {503, "",      NULL, REMOTE_WAIT,    REMOTE_UNKNOWN},
        {503, "",      "7",  REMOTE_WAIT,    REMOTE_WAIT   },
        {504, "",      "7",  REMOTE_WAIT,    REMOTE_UNKNOWN},
    };

    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        const char *what = arena_printf(ctx.arena, "%d '%s'", (int)row[i].status, row[i].body);

        is_int(read_it(false, OK, row[i].status, row[i].body, row[i].after).how, row[i].plain,
               what);
        is_int(read_it(true, OK, row[i].status, row[i].body, row[i].after).how, row[i].money,
               arena_printf(ctx.arena, "%s, of money", what));
    }
}

static void
test_failures(void)
{
    struct remote_answer r;

    (void)!ctx_fail(&ctx, E_REMOTE, "no connection");
    r = read_it(true, E_REMOTE, 0, NULL, NULL);
    ok(r.how == REMOTE_WAIT && r.status == 0 && str_eq_text(r.why, "no connection") && !r.body,
       "what was never sent can be sent again");
    ok(ctx.fail == OK, "the failure is read, and gone");
    is_int(read_it(true, E_UNCERTAIN, 0, NULL, NULL).how, REMOTE_UNKNOWN,
           "a lost answer about money says nothing");
    is_int(read_it(false, E_UNCERTAIN, 0, NULL, NULL).how, REMOTE_WAIT,
           "a lost answer to a question: it is asked again");
    is_int(read_it(true, E_INTERNAL, 0, NULL, NULL).how, REMOTE_REFUSED,
           "what could not be sent will not be next time");
    r = read_it(true, OK, 200, "{\"id\":\"tr_1\"}", NULL);
    ok(r.why.n == 0 && r.why.p && str_eq_text(json_str(json_get(r.body, "id")), "tr_1"),
       "what happened tells what");
    r = read_it(false, OK, 503, "{}", "7");
    ok(r.wait_ms == 7000 && r.why.n > 0, "a pause says for how long, and why");
    is_int(read_it(false, OK, 429, "", NULL).wait_ms, 0, "or it does not");
}

static void
test_waits(void)
{
    static const struct {
        const char *text;
        int64_t ms;
    } row[] = {
        {"120",                             120000  },
        {"0",                               0       },
        {"86400",                           86400000},
        {"99999999",                        86400000},
        {"-1",                              0       },
        {"1.5",                             0       },
        {"soon",                            0       },
        {"",                                0       },
        {"Fri, 01 May 2026 19:03:11 GMT",   60000   },
        {"Fri, 01 May 2026 19:02:11 GMT",   0       },
        {"Fri, 01 May 2026 19:01:11 GMT",   0       },
        {"Sun, 10 May 2026 19:01:11 GMT",   86400000},
        {"Fri, 01 Foo 2026 19:03:11 GMT",   0       },
        {"Fri, 01 May 2026 19:03:11 CET",   0       },
        {"Fri, 01 May 2026 19:03:11 GMT x", 0       },
        {"Fri, 32 May 2026 19:03:11 GMT",   0       },
        {"Fri,  1 May 2026 19:03:11 GMT",   0       },
    };

    for (size_t i = 0; i < ARRAY_SIZE(row); i++)
        is_int(remote_wait(&ctx, str_of(row[i].text)), row[i].ms, row[i].text);
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(16 << 20);

    ctx_init(&ctx, a, &world);
    test_statuses();
    test_failures();
    test_waits();
    return done();
}
