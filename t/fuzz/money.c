/* Any text as an amount. What is taken must read back the same from its machine form. */
#include "base/money.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static const char *const ccy[] = {"USD", "JPY", "KWD", "QQQ"};
    struct str text = {.p = (const char *)p, .n = n};

    for (size_t i = 0; i < ARRAY_SIZE(ccy); i++) {
        struct money m = {.minor = 42, .ccy = "EUR"};
        struct money back = m;
        char out[MONEY_TEXT];

        if (money_parse(text, str_of(ccy[i]), &m) != OK) {
            BUG_IF(m.minor != 42);
            continue;
        }
        BUG_IF(m.minor < -MINOR_MAX || m.minor > MINOR_MAX);
        BUG_IF(money_parse(str_of(money_plain(m, out)), str_of(ccy[i]), &back) != OK);
        BUG_IF(back.minor != m.minor);
        BUG_IF(!str_is_utf8(str_of(money_show(m, out))));
    }
    return 0;
}
