/* Settings: every refusal names file and line; secrets are read only when nobody else can. */
#include "base/conf.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ctx.h"
#include "lib/tap.h"

static struct ctx ctx;
static char dir[200];
static char file[240];

static void
put(const char *path, const char *text, size_t n, mode_t mode)
{
    FILE *f = NULL;

    unlink(path);
    f = fopen(path, "w");
    if (f == NULL)
        return;
    fwrite(text, 1, n, f);
    fclose(f);
    chmod(path, mode);
}

static enum err
load(const char *text, struct conf *c)
{
    put(file, text, strlen(text), 0644);
    ctx_clear(&ctx);
    return conf_load(&ctx, ctx.arena, file, c);
}

static void
test_defaults(void)
{
    struct conf c = {0};

    is_int(load("", &c), OK, "an empty file is a file");
    is_str(str_of(c.file), str_of(file), "its name is kept");
    is_int(c.mode, CONF_TEST, "the mode is test unless said otherwise");
    is_str(c.site.url, STR("http://127.0.0.1:8080"), "the address");
    is_str(c.site.name, STR("Cozy-Kart"), "the name");
    is_str(c.path.ledger, STR("/var/lib/cozykart/ledger/ledger.db"), "the ledger");
    is_str(c.path.run, STR("/run/cozykart"), "the sockets");
    is_str(c.path.live, STR("/var/lib/cozykart/live"), "the live files");
    ok(c.path.share.n > 1 && c.path.share.p[0] == '/', "the installation");
    is_str(c.money.currency, STR("USD"), "the currency");
    ok(c.money.clear_h == 72 && c.race.grace_s == 120 && c.race.min_racers == 2 &&
           c.race.max_h == 3 && c.race.dispute_min == 10 && c.race.idle_min == 60 &&
           c.web.workers == 16 && c.ctl.uid == -1,
       "the numbers");
    ok(!c.web.secure_cookies, "cookies are as secure as the address");
    ok(c.stripe.webhook_secret_file.n == 0 && c.stripe.api_key_file.n == 0, "no secrets");
}

static void
count_defaults(void *arg, UNUSED const char *key, UNUSED struct str value, struct str from,
               UNUSED const char *help)
{
    *(int *)arg += !str_eq_text(from, "default");
}

static void
test_without_file(void)
{
    struct conf c = {0}, empty = {0};
    int set = 0;

    is_int(load("mode = live\nweb.workers = 5\n", &c), OK, "a file of some settings");
    conf_default(&ctx, ctx.arena, "/nowhere/x.conf", &c);
    is_str(str_of(c.file), STR("/nowhere/x.conf"), "without a file its name is kept");
    conf_each(&c, ctx.arena, count_defaults, &set);
    is_int(set, 0, "nothing of the file before is left");
    is_int(load("", &empty), OK, "an empty file");
    ok(c.mode == empty.mode && c.web.workers == empty.web.workers &&
           str_eq(c.path.ledger, empty.path.ledger) &&
           str_eq(c.backup.encrypt, empty.backup.encrypt) && c.backup.keep == empty.backup.keep,
       "gives the same");
}

static void
test_values(void)
{
    struct conf c = {0};

    is_int(load("# a comment\n\n  mode = live  \r\nsite.url=https://kart.example\nsite.name = "
                "A # B = C\n"
                "path.ledger = /l\npath.run = /r\npath.live = /v\npath.share = "
                "/s\nmoney.currency = JPY\n"
                "money.clear_h = 0\nwindow.grace_s = 600\nrace.min_racers = 3\nrace.max_h = 4\n"
                "race.dispute_min = 5\nlobby.idle_min = 6\nweb.workers = 64\n"
                "stripe.webhook_secret_file = /w\nstripe.api_key_file = /k\n\tctl.uid = 1000\n"
                "path.media = /m\nrace.remind_min = 7\nrace.report_h = 8\n"
                "discord.application_id = 18446744073709551615\ndiscord.guild_id =\n",
                &c),
           OK, "a full file");
    ok(c.mode == CONF_LIVE && c.web.secure_cookies, "live, and https makes cookies secure");
    is_str(c.site.url, STR("https://kart.example"), "the address");
    ok(c.site.url.p[c.site.url.n] == '\0', "texts are terminated");
    is_str(c.site.name, STR("A # B = C"), "a value may have = and #");
    ok(str_eq_text(c.path.ledger, "/l") && str_eq_text(c.path.run, "/r") &&
           str_eq_text(c.path.live, "/v") && str_eq_text(c.path.share, "/s"),
       "paths");
    ok(str_eq_text(c.money.currency, "JPY") && c.money.clear_h == 0, "money");
    ok(c.race.grace_s == 600 && c.race.min_racers == 3 && c.race.max_h == 4 &&
           c.race.dispute_min == 5 && c.race.idle_min == 6 && c.web.workers == 64 &&
           c.ctl.uid == 1000 && c.race.remind_min == 7 && c.race.report_h == 8,
       "numbers");
    ok(str_eq_text(c.path.media, "/m") &&
           str_eq_text(c.discord.application_id, "18446744073709551615") &&
           str_eq_text(c.discord.api, "https://discord.com/api/v10"),
       "Discord");
    ok(str_eq_text(c.stripe.webhook_secret_file, "/w") &&
           str_eq_text(c.stripe.api_key_file, "/k"),
       "files of secrets");
}

static void
test_refusals(void)
{
    static const struct {
        const char *text;
        int line;
    } row[] = {
        {"mode",                                                                      1},
        {"\n= live",                                                                  2},
        {"mode live",                                                                 1},
        {"nonsense = 1",                                                              1},
        {"Mode = live",                                                               1},
        {"mode = Live",                                                               1},
        {"mode =",                                                                    1},
        {"mode = test\n# x\nmode = test",                                             3},
        {"site.url = ftp://x",                                                        1},
        {"site.url = http://",                                                        1},
        {"site.url = http://x/",                                                      1},
        {"site.url = http://x/y",                                                     1},
        {"site.url = x",                                                              1},
        {"site.url = http://x y",                                                     1},
        {"site.url = http://x\"y",                                                    1},
        {"site.url = http://x<y",                                                     1},
        {"site.name =",                                                               1},
        {"site.name = 1234567890123456789012345678901234567890123456789012345678901", 1},
        {"discord.application_id = 12a",                                              1},
        {"discord.public_key = 12ab",                                                 1},
        {"discord.api = discord.com",                                                 1},
        {"mode = live\ndiscord.api = http://127.0.0.1:9",                             2},
        {"mode = live\nstripe.api = http://127.0.0.1:9",                              2},
        {"mode = live\nstripe.api = https://api.stripe.example",                      2},
        {"mode = live\npaypal.api = https://api.example",                             2},
        {"mode = live\nwhop.api = https://api.example",                               2},
        {"mode = live\nshopify.api = https://shop.example",                           2},
        {"path.ledger = ledger.db",                                                   1},
        {"path.ledger = ./ledger.db",                                                 1},
        {"path.run =",                                                                1},
        {"path.live = /",                                                             1},
        {"stripe.api_key_file = key",                                                 1},
        {"money.currency = usd",                                                      1},
        {"money.currency = QQQ",                                                      1},
        {"money.clear_h = -1",                                                        1},
        {"money.clear_h = 721",                                                       1},
        {"money.clear_h = 1.5",                                                       1},
        {"money.clear_h = 072",                                                       1},
        {"money.clear_h = +1",                                                        1},
        {"money.clear_h = 1h",                                                        1},
        {"money.clear_h =",                                                           1},
        {"window.grace_s = 601",                                                      1},
        {"race.min_racers = 0",                                                       1},
        {"web.workers = 0",                                                           1},
        {"web.workers = 65",                                                          1},
        {"ctl.uid = -2",                                                              1},
        {"ctl.uid = 4294967295",                                                      1}
    };
    struct conf c = {.web.workers = 42};
    char place[300];

    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        enum err e = load(row[i].text, &c);

        snprintf(place, sizeof place, "%s:%d: ", file, row[i].line);
        if (!ok(e == E_INVALID && str_starts(ctx_why(&ctx), str_of(place)),
                "refused with line %d: \"%s\"", row[i].line, row[i].text))
            printf("# %d %s\n", e, ctx.fail_text);
    }
    ok(c.web.workers == 42, "refusals leave the settings untouched");
    is_int(load("site.name = a\x01", &c), E_INVALID, "control signs are refused");
    is_int(load("site.name = \xff", &c), E_INVALID, "what is no UTF-8 is refused");
    put(file, "mode = test\0", 12, 0644);
    is_int(conf_load(&ctx, ctx.arena, file, &c), E_INVALID, "a NUL is refused");
    unlink(file);
    is_int(conf_load(&ctx, ctx.arena, file, &c), E_NOTFOUND, "no file");
    is_int(conf_load(&ctx, ctx.arena, dir, &c), E_INVALID, "a folder is no file");
}

struct seen {
    int n;
    bool line;
    bool otherwise;
    bool helped;
};

static void
see(void *arg, const char *key, struct str value, struct str from, const char *help)
{
    struct seen *s = arg;

    s->n++;
    if (strcmp(key, "web.workers") == 0)
        s->line = str_eq_text(value, "7") && str_eq_text(from, "line 2");
    if (strcmp(key, "money.currency") == 0)
        s->otherwise = str_eq_text(value, "USD") && str_eq_text(from, "default");
    s->helped = s->helped && help != NULL && strlen(help) > 3;
}

static void
test_each(void)
{
    struct conf c = {0};
    struct seen s = {.helped = true};

    is_int(load("# x\nweb.workers = 7\n", &c), OK, "a file with one setting");
    conf_each(&c, ctx.arena, see, &s);
    is_int(s.n, 89, "each key is shown");
    ok(s.line, "with its line");
    ok(s.otherwise, "or as default");
    ok(s.helped, "and explained");
}

static enum err
secret(const char *path, struct str *lines, size_t max, size_t *n)
{
    ctx_clear(&ctx);
    return conf_secret(&ctx, ctx.arena, "stripe.webhook_secret", str_of(path), lines, max, n);
}

static void
test_secrets(void)
{
    struct str line[4] = {{0}};
    char credential[300];
    char big[5000];
    size_t n = 42;

    ok(secret(NULL, line, 4, &n) == OK && n == 0, "an unset path gives none");
    is_int(secret("/nowhere/at/all", line, 4, &n), E_NOTFOUND, "no file");
    put(file, "whsec_a\n\n  whsec_b \r\n", 21, 0600);
    ok(secret(file, line, 4, &n) == OK && n == 2 && str_eq_text(line[0], "whsec_a") &&
           str_eq_text(line[1], "whsec_b"),
       "one secret a line, trimmed");
    is_int(secret(file, line, 1, &n), E_INVALID, "more than asked for");
    chmod(file, 0400);
    is_int(secret(file, line, 4, &n), OK, "mode 0400");
    for (mode_t bit = 1; bit <= 040; bit <<= 1) {
        chmod(file, 0600 | bit);
        ok(secret(file, line, 4, &n) == E_DENIED, "not with mode %o", (unsigned)(0600 | bit));
    }
    ok(str_find(ctx_why(&ctx), STR("whsec"), 0) == SIZE_MAX, "no secret in a message");
    put(file, " \n\n", 3, 0600);
    is_int(secret(file, line, 4, &n), E_INVALID, "an empty file");
    put(file, "a\0b", 3, 0600);
    is_int(secret(file, line, 4, &n), E_INVALID, "no text");
    memset(big, 'x', sizeof big);
    put(file, big, 4097, 0600);
    is_int(secret(file, line, 4, &n), E_INVALID, "over 4 KiB");
    put(file, big, 4096, 0600);
    ok(secret(file, line, 4, &n) == OK && n == 1 && line[0].n == 4096, "4 KiB");
    is_int(secret(dir, line, 4, &n), E_INVALID, "a folder");

    setenv("CREDENTIALS_DIRECTORY", dir, 1);
    ok(secret(file, line, 4, &n) == OK && line[0].n == 4096,
       "the file while there is no credential");
    snprintf(credential, sizeof credential, "%s/stripe.webhook_secret", dir);
    put(credential, "whsec_c\n", 8, 0440);
    ok(secret(NULL, line, 4, &n) == OK && n == 1 && str_eq_text(line[0], "whsec_c"),
       "a credential");
    ok(conf_secret(&ctx, ctx.arena, "stripe.webhook_secret_file", str_of(file), line, 4, &n) ==
               OK &&
           str_eq_text(line[0], "whsec_c"),
       "goes before the file");
    unsetenv("CREDENTIALS_DIRECTORY");
    unlink(credential);
}

static void
test_keys(void)
{
    static const struct {
        const char *key;
        bool test, live;
    } row[] = {
        {"sk_test_1",  true,  false},
        {"rk_test_1",  true,  false},
        {"sk_live_1",  false, true },
        {"rk_live_1",  false, true },
        {"pk_test_1",  false, false},
        {"sk_1",       false, false},
        {"",           false, false},
        {" sk_live_1", false, false},
        {"SK_LIVE_1",  false, false}
    };
    struct conf test = {.mode = CONF_TEST};
    struct conf live = {.mode = CONF_LIVE};

    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        ok((conf_check_key(&ctx, &test, str_of(row[i].key)) == OK) == row[i].test,
           "\"%s\" %s mode test", row[i].key, row[i].test ? "fits" : "does not fit");
        ok((conf_check_key(&ctx, &live, str_of(row[i].key)) == OK) == row[i].live,
           "\"%s\" %s mode live", row[i].key, row[i].live ? "fits" : "does not fit");
    }
    is_int(conf_check_key(&ctx, &test, STR("sk_live_verysecret")), E_INVALID,
           "a live key in a test");
    ok(str_find(ctx_why(&ctx), STR("verysecret"), 0) == SIZE_MAX,
       "is not repeated in the message");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(32 << 20);
    const char *tmp = getenv("TMPDIR");

    ctx_init(&ctx, a, world_real());
    snprintf(dir, sizeof dir, "%s/cozykart-conf.%ld", tmp ? tmp : "/tmp", (long)getpid());
    if (mkdir(dir, 0700) != 0) {
        printf("Bail out! no folder\n");
        return 1;
    }
    snprintf(file, sizeof file, "%s/conf", dir);
    test_defaults();
    test_without_file();
    test_values();
    test_refusals();
    test_each();
    test_secrets();
    test_keys();
    unlink(file);
    rmdir(dir);
    return done();
}
