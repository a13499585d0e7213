/* Any bytes as an answer of those who pay for us: nothing but the proof is one. */
#include "provider/payer.h"

#include "base/arena.h"
#include "base/conf.h"
#include "base/ctx.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
judge(const struct pay_answer *a, const struct pay_order *o, bool looked)
{
    BUG_IF(a->what == PAY_PAID && !a->ref.n);
    BUG_IF(a->what == PAY_ABSENT && (!looked || o->ref.n));
    BUG_IF(a->what == PAY_FAILED && !a->why.n);
    BUG_IF(a->fee < -1 || a->wait_ms < 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static const struct {
        const struct payer *payer;
        const char *to, *ref;
    } all[] = {
        {&payer_stripe, "acct_1A",          "tr_9"         },
        {&payer_paypal, "nova@example.org", "5UXD2E8A7EBQJ"},
        {&payer_whop,   "user_1",           "ctt_9"        },
    };
    static const int status[] = {200, 201, 400, 404, 409, 422, 500};
    static struct arena *a;
    struct payer_way way = {
        .base = STR("https://x"), .token = STR("sk_test_1"), .account = STR("")};
    struct ctx ctx;

    if (n < 2)
        return 0;
    if (!a)
        a = arena_new(64 << 20);
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    for (size_t i = 0; i < 2 * ARRAY_SIZE(all); i++) {
        const struct payer *y = all[i / 2].payer;
        struct httpc_answer got = {
            .status = status[p[0] % ARRAY_SIZE(status)],
            .body = {.p = (const char *)p + 1, .n = n - 1}
        };
        struct pay_order o = {.id = 7,
                              .key = STR("ck-payout-7"),
                              .to = str_of(all[i / 2].to),
                              .amount = 5005,
                              .currency = "USD",
                              .ref = str_of(i % 2 ? all[i / 2].ref : "")};
        struct remote_ask ask;
        struct pay_answer r;

        way.account = y == &payer_whop ? STR("biz_1") : STR("");
        if (i % 2 || y != &payer_paypal) {
            BUG_IF(y->look(&ctx, &way, &o, &ask));
            y->seen(&ctx, &o, &ask, OK, &got, &r);
            judge(&r, &o, true);
        }
        ctx.conf = &(const struct conf){.site = {.name = STR_INIT("x")}};
        BUG_IF(y->send(&ctx, &way, &o, &ask));
        y->sent(&ctx, &o, &ask, OK, &got, &r);
        judge(&r, &o, false);
    }
    return 0;
}
