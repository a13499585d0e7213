/* Form tokens and origins. */
#include "http/csrf.h"

#include "lib/tap.h"

static struct ctx ctx;

static enum err
origin_try(const char *site, const char *origin, bool strict)
{
    struct req_param p[2];
    struct req r = {.params = p};

    if (site != NULL)
        p[r.n_params++] = (struct req_param){STR("HTTP_SEC_FETCH_SITE"), str_of(site)};
    if (origin != NULL)
        p[r.n_params++] = (struct req_param){STR("HTTP_ORIGIN"), str_of(origin)};
    return csrf_origin(&ctx, &r, STR("https://kart.example"), strict);
}

static void
test_token(void)
{
    struct req_session s = {.token = STR("session-one")}, other = {.token = STR("session-two")};
    struct req_session nobody = {.user_id = 0};
    struct str t = csrf_token(&ctx, &s, STR("/race/7/join"));
    struct str t2 = csrf_token(&ctx, &s, STR("/race/7/join")), nonce = STR(""),
               nonce2 = STR("");

    ok(csrf_check(&s, STR("/race/7/join"), t, &nonce), "a token is taken back");
    is_int((int64_t)nonce.n, 22, "its one-time key is told");
    ok(csrf_check(&s, STR("/race/7/join"), t2, &nonce2) && !str_eq(nonce, nonce2),
       "each form has a key of its own");
    ok(!csrf_check(&s, STR("/race/8/join"), t, &nonce), "not for another path");
    ok(!csrf_check(&other, STR("/race/7/join"), t, &nonce), "not for another session");
    ok(!csrf_check(&nobody, STR("/race/7/join"), t, &nonce), "not without a session");
    ok(!csrf_check(&s, STR("/race/7/join"), STR(""), &nonce), "the empty token is refused");
    ok(!csrf_check(&s, STR("/race/7/join"), str_sub(t, 0, t.n - 1), &nonce),
       "a shortened token is refused");
    size_t wrong = 0;

    for (size_t i = 0; i < t.n; i++) {
        char *p = str_text(ctx.arena, t);

        p[i] = p[i] == 'A' ? 'B' : 'A';
        wrong += csrf_check(&s, STR("/race/7/join"), (struct str){p, t.n}, &nonce);
    }
    is_int((int64_t)wrong, 0, "no sign of it may change");
    is_str(csrf_token(&ctx, &nobody, STR("/")), STR(""), "without a session there is no token");
}

static void
test_origin(void)
{
    is_int(origin_try("same-origin", NULL, true), OK, "our own page may send");
    is_int(origin_try(NULL, "https://kart.example", true), OK, "also an older browser");
    is_int(origin_try("cross-site", NULL, false), E_DENIED, "another site may not");
    is_int(origin_try("same-site", NULL, false), E_DENIED, "a neighbour host may not");
    is_int(origin_try("none", NULL, false), E_DENIED, "an address typed in is no form");
    is_int(origin_try(NULL, "https://evil.example", false), E_DENIED, "nor another origin");
    is_int(origin_try(NULL, "null", false), E_DENIED, "nor the null origin");
    is_int(origin_try("same-origin", "https://evil.example", false), E_DENIED,
           "both must agree");
    is_int(origin_try(NULL, "http://kart.example", false), E_DENIED, "the scheme counts");
    is_int(origin_try(NULL, NULL, false), OK, "silence is enough where a token is checked");
    is_int(origin_try(NULL, NULL, true), E_DENIED, "and not enough where none is");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(1 << 20);

    ctx_init(&ctx, a, world_real());
    test_token();
    test_origin();
    return done();
}
