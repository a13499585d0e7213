/* Cookie headers: any bytes. */
#include "http/cookie.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct str v = cookie_find((struct str){(const char *)p, n}, STR("ck"));

    BUG_IF(str_has(v, ';') || str_has(v, ' ') || str_has(v, '"') || str_has(v, '\n'));
    return 0;
}
