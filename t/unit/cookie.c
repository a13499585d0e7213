/* Cookies: what is read, what is written. */
#include "http/cookie.h"

#include "base/conf.h"
#include "lib/tap.h"

static void
test_find(void)
{
    is_str(cookie_find(STR("a=1; ck=abc; b=2"), STR("ck")), STR("abc"), "a cookie is found");
    is_str(cookie_find(STR("ck=abc"), STR("ck")), STR("abc"), "alone as well");
    is_str(cookie_find(STR("ck="), STR("ck")), STR(""), "an empty one is empty");
    is_str(cookie_find(STR(""), STR("ck")), STR(""), "no header, no cookie");
    is_str(cookie_find(STR("xck=1; ck2=2"), STR("ck")), STR(""), "names must be whole");
    is_str(cookie_find(STR("CK=1"), STR("ck")), STR(""), "names have a case");
    is_str(cookie_find(STR("ck=1; ck=2"), STR("ck")), STR(""), "two of a name count as none");
    is_str(cookie_find(STR("ck=a\"b"), STR("ck")), STR(""), "a quote is refused");
    is_str(cookie_find(STR("ck=a b"), STR("ck")), STR(""), "a blank is refused");
    is_str(cookie_find(STR("other; ck=ok;"), STR("ck")), STR("ok"),
           "strange neighbours do no harm");
    is_str(cookie_find(STR("ck=a=b"), STR("ck")), STR("a=b"),
           "a value may hold an equals sign");
}

static void
test_write(struct arena *a)
{
    struct conf conf = {.web.secure_cookies = true};
    struct ctx ctx;
    struct res res;

    ctx_init(&ctx, a, world_real());
    ctx.conf = &conf;
    res_init(&res, &ctx);
    is_int(cookie_set_session(&res, STR("abc-_9"), 3600), OK, "a token is taken");
    is_str(res_get(&res, "set-cookie"),
           STR("__Host-ck=abc-_9; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600; Secure"),
           "over TLS the name binds it to the host");
    conf.web.secure_cookies = false;
    res_init(&res, &ctx);
    is_int(cookie_set_session(&res, STR("abc"), 60), OK, "a token is taken without TLS");
    is_str(res_get(&res, "Set-Cookie"),
           STR("ck=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"),
           "the plain name without TLS");
    res_init(&res, &ctx);
    is_int(cookie_end_session(&res), OK, "a session is ended");
    is_str(res_get(&res, "Set-Cookie"), STR("ck=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
           "by an age of zero");
    is_int(cookie_set_session(&res, STR("a;b"), 60), E_INVALID, "a semicolon is refused");
    is_int(cookie_set_session(&res, STR("a\r\nX: y"), 60), E_INVALID, "a line end is refused");
    is_int(cookie_set_session(&res, STR(""), 60), E_INVALID, "an empty token is refused");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(1 << 20);

    test_find();
    test_write(a);
    return done();
}
