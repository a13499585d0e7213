/* One table of HTTP statuses for all providers; whoever is in doubt about money says so. See
 * remote.h. */
#include "provider/remote.h"

#include "base/clock.h"
#include "base/ctx.h"

enum { SECOND_MS = 1000, DAY_S = 86400, DATE_PARTS = 6 };

/* "Fri, 01 May 2026 19:02:11 GMT" */
static bool
http_date(struct ctx *ctx, struct str text, int64_t *ret_ms)
{
    static const char *const month[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct str part[DATE_PARTS], one;
    size_t n = 0, m = 0;

    while (n < DATE_PARTS && str_split(&text, ' ', &one))
        part[n++] = one;
    if (n < DATE_PARTS || text.n || !str_eq_text(part[5], "GMT"))
        return false;
    while (m < ARRAY_SIZE(month) && !str_eq_text(part[2], month[m]))
        m++;
    if (m == ARRAY_SIZE(month))
        return false;
    return clock_parse(
               str_of(arena_printf(ctx->arena, "%.*s-%02zu-%.*sT%.*sZ", STR_ARG(part[3]), m + 1,
                                   STR_ARG(part[1]), STR_ARG(part[4]))),
               ret_ms) == OK;
}

int64_t
remote_wait(struct ctx *ctx, struct str retry_after)
{
    int64_t s = 0, at = 0;

    if (str_i64(retry_after, 0, INT32_MAX, &s))
        return (s > DAY_S ? DAY_S : s) * SECOND_MS;
    if (!http_date(ctx, retry_after, &at) || at <= ctx_now(ctx))
        return 0;
    at -= ctx_now(ctx);
    return at > DAY_S * SECOND_MS ? DAY_S * SECOND_MS : at;
}

static struct str
header_of(const struct remote_ask *ask, const struct httpc_answer *a, struct str name)
{
    for (size_t i = 0; i < HTTPC_WANT_MAX && ask->http.want[i]; i++)
        if (str_ieq(str_of(ask->http.want[i]), name))
            return a->header[i];
    return STR_NULL;
}

/* What nobody can know happened when money was moved, and did no harm otherwise. */
static enum remote_how
in_doubt(const struct remote_ask *ask)
{
    return ask->money ? REMOTE_UNKNOWN : REMOTE_WAIT;
}

static enum remote_how
how_of(const struct remote_ask *ask, int64_t status, bool says_when)
{
    if (status >= 200 && status < 300)
        return REMOTE_DONE;
    if (status == 408 || status == 429 || (status == 503 && says_when))
        return REMOTE_WAIT;
    if (status >= 400 && status < 500 && status != 409)
        return REMOTE_REFUSED;
    return in_doubt(ask);
}

/* No answer at all. */
static void
read_none(struct ctx *ctx, const struct remote_ask *ask, enum err e, struct remote_answer *ret)
{
    ret->how = e == E_REMOTE      ? REMOTE_WAIT
               : e == E_UNCERTAIN ? in_doubt(ask)
                                  : REMOTE_REFUSED; /* our own mistake: it was never sent */
    ret->why = str_dup(ctx->arena, ctx_why(ctx));
    ctx_clear(ctx);
}

void
remote_read(struct ctx *ctx, const struct remote_ask *ask, enum err e,
            const struct httpc_answer *answer, struct remote_answer *ret)
{
    struct str after;

    *ret = (struct remote_answer){.code = STR(""), .why = STR("")};
    if (e) {
        read_none(ctx, ask, e, ret);
        return;
    }
    after = header_of(ask, answer, STR("Retry-After"));
    ret->status = answer->status;
    ret->how = how_of(ask, answer->status, after.n > 0);
    if (ret->how != REMOTE_DONE) {
        ret->wait_ms = remote_wait(ctx, after);
        ret->why =
            str_of(arena_printf(ctx->arena, "it answered %lld", (long long)answer->status));
    }
    if (answer->body.n && json_parse(ctx, answer->body, &ret->body) != OK) {
        ctx_clear(ctx);
        ret->body = NULL;
        /* A page of somebody in between: it says nothing about what we asked. */
        if (ret->how == REMOTE_DONE || ret->how == REMOTE_REFUSED) {
            ret->how = in_doubt(ask);
            ret->why = str_of(arena_printf(ctx->arena, "it answered %lld with what is no JSON",
                                           (long long)answer->status));
        }
    }
}
