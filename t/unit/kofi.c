/* Ko-fi's two secrets, and its form posts as facts. */
#include "provider/kofi.h"

#include "base/enc.h"
#include "lib/facts.h"

#define TOKEN "8da1f6e1-0000-4000-8000-1f2e3d4c5b6a"

static const char *const cases[] = {
    "commission",
    "donation",
    "donation-private",
    "donation-private-dj",
    "donation-odd",
    "no-message",
    "no-type",
    "shop-order",
    "shop-order-plain",
    "subscription",
    "test",
    "unknown",
    "yen",
    "array",
    "not-json",
};

static struct str
form(struct str json)
{
    return str_of(arena_printf(life, "data=%.*s", STR_ARG(enc_percent(life, json))));
}

static void
vector(const char *name)
{
    struct str body = form(facts_file(arena_printf(life, "kofi/%s.json", name)));
    struct provider_notice n = {.body = body};

    is_str(facts_show(&kofi_provider, &n),
           facts_file(arena_printf(life, "kofi/%s.expect", name)), name);
}

static void
judge(const char *path, struct str body, const struct str *secrets, size_t n_secrets,
      enum err want, const char *name)
{
    struct provider_notice n = {.body = body, .header = {str_of(path)}};

    ctx_clear(&ctx);
    is_int(kofi_provider.verify(&ctx, &n, secrets, n_secrets), want, name);
}

static void
secrets(void)
{
    struct str body = form(facts_file("kofi/donation.json"));
    const struct str all[] = {STR("token " TOKEN), STR("token another"), STR("path end-of-it"),
                              STR("path older")};

    judge("end-of-it", body, all, 4, OK, "both secrets fit");
    judge("older", body, all, 4, OK, "one of several");
    judge("end-of-i", body, all, 4, E_AUTH, "an address a sign too short");
    judge("", body, all, 4, E_AUTH, "no end of the address");
    judge(TOKEN, body, all, 4, E_AUTH, "the token is no address");
    judge("path end-of-it", body, all, 4, E_AUTH, "the mark is no part of the secret");
    judge("end-of-it", body, all + 1, 3, E_AUTH, "another token");
    judge("end-of-it", body, all, 2, E_AUTH, "no address is configured");
    judge("end-of-it", body, all + 2, 2, E_AUTH, "no token is configured");
    judge("", body, (const struct str[]){STR("token "), STR("path ")}, 2, E_AUTH,
          "empty secrets fit nothing");
    judge("end-of-it", form(STR("{\"type\":\"Donation\"}")), all, 4, E_AUTH, "no token");
    judge("end-of-it", form(STR("{\"verification_token\":7}")), all, 4, E_AUTH,
          "a token that is no text");
    judge("end-of-it", STR("data="), all, 4, E_INVALID, "no data");
    judge("end-of-it", STR("date=%7B%7D"), all, 4, E_INVALID, "another field");
    judge("end-of-it", STR("data=%7B%7D&data=%7B%7D"), all, 4, E_INVALID, "two fields");
    judge("end-of-it", STR("data=%7"), all, 4, E_INVALID, "a broken escape");
    judge("end-of-it", STR("data=%00"), all, 4, E_INVALID, "a NUL");
    judge("wrong", STR("data=%00"), all, 4, E_AUTH, "… which a stranger does not learn");
    judge("end-of-it", str_of(arena_printf(life, "x=1&%.*s", STR_ARG(body))), all, 4, OK,
          "another field besides");
}

int
main(void)
{
    facts_start();
    (void)facts_vector;
    secrets();
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        vector(cases[i]);
    arena_free(life);
    return done();
}
