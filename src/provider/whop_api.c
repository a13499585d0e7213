/* See whop_api.h. */
#include "provider/whop_api.h"

#include <string.h>

#include "base/ctx.h"
#include "provider/field.h"

enum { ASK_MS = 20000, ANSWER_MAX = 1024 * 1024, ID_MAX = 80, TOKEN_MAX = 500 };

#define API_DATE "2026-07-20"

/* Order of http.want. */
enum { WANT_RETRY };

bool
whop_api_is_id(struct str id, const char *begins)
{
    return field_is_made_of(id, ID_MAX, "_-") && str_starts(id, str_of(begins)) &&
           id.n > strlen(begins);
}

enum err
whop_api_begin(struct ctx *ctx, const struct payer_way *way, enum httpc_method method,
               const char *path, struct remote_ask *ret)
{
    if (!field_is_made_of(way->token, TOKEN_MAX, "_-.") ||
        !whop_api_is_id(way->account, "biz_"))
        return ctx_fail(ctx, E_INVALID, "Whop's API key or account cannot be right");
    *ret = (struct remote_ask){
        .http = {.method = method,
                 .base = way->base,
                 .url = arena_printf(ctx->arena, "%.*s%s", STR_ARG(way->base), path),
                 .want = {[WANT_RETRY] = "Retry-After"},
                 .timeout_ms = ASK_MS,
                 .answer_max = ANSWER_MAX}
    };
    ret->http.header[0] =
        arena_printf(ctx->arena, "Authorization: Bearer %.*s", STR_ARG(way->token));
    ret->http.header[1] = "Api-Version-Date: " API_DATE;
    ret->http.header[2] = "Accept: application/json";
    return OK;
}

enum err
whop_api_balance(struct ctx *ctx, const struct payer_way *way, struct remote_ask *ret)
{
    return whop_api_begin(
        ctx, way, HTTPC_GET,
        arena_printf(ctx->arena, "/ledger_accounts/%.*s", STR_ARG(way->account)), ret);
}

bool
whop_api_has(struct ctx *ctx, const struct json *body, struct str currency, bool all,
             int64_t *ret)
{
    static const char *const parts[] = {"balance", "pending_balance", "reserve_balance"};
    const struct json *list = json_get(body, "balances");
    struct money m;

    *ret = 0;
    if (json_type(list) != JSON_ARRAY)
        return false;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *one = json_item(list, i);

        if (!str_eq(field_currency(ctx, json_get(one, "currency")), currency))
            continue;
        for (size_t k = 0; k < (all ? ARRAY_SIZE(parts) : 1); k++)
            if (money_parse(json_number(json_get(one, parts[k])), currency, &m) ||
                __builtin_add_overflow(*ret, m.minor, ret))
                return false;
    }
    return true;
}
