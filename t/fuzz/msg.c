/* Reading of messages between processes: any bytes. What is taken must be written back the
 * same. */
#include "call/msg.h"
#include "call/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena *a;
    struct str bytes = {.p = (const char *)p, .n = n}, again, whole;
    struct call_in in = {0};
    struct ctx ctx;
    struct msg m;
    int64_t v;

    if (!a)
        a = arena_new(64 << 20);
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    if (msg_decode(&ctx, bytes, &m) == OK) {
        BUG_IF(msg_encode(&ctx, &m, &again) != OK || !str_eq(again, bytes));
        for (size_t i = 0; i < m.n; i++) {
            char *name = str_text(a, m.f[i].name);
            struct str s = msg_opt(&m, name);

            BUG_IF(!msg_has(&m, name));
            if (msg_text(&ctx, &m, name, 0, MSG_SIZE_MAX, &s) != OK &&
                msg_i64(&ctx, &m, name, 0, INT64_MAX, &v) != OK)
                continue;
        }
    }
    /* The same bytes as three packets. */
    for (size_t third = n / 3, at = 0; third && at + third <= n; at += third)
        if (call_in_add(&in, a, str_sub(bytes, at, third), &whole) == OK && whole.p)
            BUG_IF(whole.n > MSG_SIZE_MAX);
    return 0;
}
