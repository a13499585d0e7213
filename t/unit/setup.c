/* Answers, the settings' text, templates and files of setup, without a terminal. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/place.h"
#include "lib/tap.h"
#include "setup/edit.h"
#include "setup/fill.h"
#include "setup/half.h"
#include "setup/put.h"
#include "setup/vet.h"

static struct ctx ctx;

/* clang-format off */
static const struct {
    enum vet_kind kind;
    enum conf_mode mode;
    const char *answer;
    const char *taken; /* NULL: refused */
} row[] = {
    {VET_HOST,          CONF_TEST, " Kart.Example.org. ",       "kart.example.org" },
    {VET_HOST,          CONF_TEST, "localhost",                 "localhost"        },
    {VET_HOST,          CONF_TEST, "xn--krt-qla.example",       "xn--krt-qla.example"},
    {VET_HOST,          CONF_TEST, "192.0.2.1",                 "192.0.2.1"        },
    {VET_HOST,          CONF_TEST, "2001:db8::1",               "[2001:db8::1]"    },
    {VET_HOST,          CONF_TEST, "[2001:db8::1]",             "[2001:db8::1]"    },
    {VET_HOST,          CONF_TEST, "",                          NULL               },
    {VET_HOST,          CONF_TEST, ".",                         NULL               },
    {VET_HOST,          CONF_TEST, "https://kart.example.org",  NULL               },
    {VET_HOST,          CONF_TEST, "kart.example.org/",         NULL               },
    {VET_HOST,          CONF_TEST, "kart.example.org:80",       NULL               },
    {VET_HOST,          CONF_TEST, "a_b.example.org",           NULL               },
    {VET_HOST,          CONF_TEST, "a..b",                      NULL               },
    {VET_HOST,          CONF_TEST, "-a.b",                      NULL               },
    {VET_HOST,          CONF_TEST, "a-.b",                      NULL               },
    {VET_HOST,          CONF_TEST, "a;b",                       NULL               },
    {VET_HOST,          CONF_TEST, "a\nb",                      NULL               },
    {VET_MODE,          CONF_TEST, "live",                      "live"             },
    {VET_MODE,          CONF_TEST, "Live",                      NULL               },
    {VET_CURRENCY,      CONF_TEST, "EUR",                       "EUR"              },
    {VET_CURRENCY,      CONF_TEST, "eur",                       NULL               },
    {VET_PERSON,        CONF_TEST, "Apex",                      "Apex"             },
    {VET_PERSON,        CONF_TEST, "discord:80351110224678912", "discord:80351110224678912"},
    {VET_PERSON,        CONF_TEST, "discord:803511102246789x2", NULL               },
    {VET_PERSON,        CONF_TEST, "discord:",                  NULL               },
    {VET_ID,            CONF_TEST, "80351110224678912",         "80351110224678912"},
    {VET_ID,            CONF_TEST, "#general",                  NULL               },
    {VET_ID,            CONF_TEST, "803511102246789120000",     NULL               },
    {VET_SHOP,          CONF_TEST, "Cozy.myshopify.com",        "cozy.myshopify.com"},
    {VET_SHOP,          CONF_TEST, ".myshopify.com",            NULL               },
    {VET_PORT,          CONF_TEST, "80",                        "80"               },
    {VET_PORT,          CONF_TEST, "0",                         NULL               },
    {VET_FILE,          CONF_TEST, "/etc/ssl/a.pem",            "/etc/ssl/a.pem"   },
    {VET_FILE,          CONF_TEST, "a.pem",                     NULL               },
    {VET_FILE,          CONF_TEST, "/etc/a;b",                  NULL               },
    {VET_FILE,          CONF_TEST, "/etc/a b",                  NULL               },
    {VET_MAIL,          CONF_TEST, "a@b",                       "a@b"              },
    {VET_MAIL,          CONF_TEST, "a@b@c",                     NULL               },
    {VET_SMTP,          CONF_TEST, "smtp://127.0.0.1:25",       "smtp://127.0.0.1:25"},
    {VET_SMTP,          CONF_TEST, "127.0.0.1:25",              NULL               },
    {VET_STRIPE_KEY,    CONF_TEST, "rk_test_12345",             "rk_test_12345"    },
    {VET_STRIPE_KEY,    CONF_LIVE, "sk_live_12345",             "sk_live_12345"    },
    {VET_STRIPE_KEY,    CONF_TEST, "rk_live_12345",             NULL               },
    {VET_STRIPE_KEY,    CONF_LIVE, "sk_test_12345",             NULL               },
    {VET_STRIPE_KEY,    CONF_LIVE, "sk_live_1 345",             NULL               },
    {VET_SECRET,        CONF_LIVE, "12345678",                  "12345678"         },
    {VET_SECRET,        CONF_LIVE, "1234567",                   NULL               },
    {VET_SECRET,        CONF_LIVE, "12345678\xc3\xa4",          NULL               },
    {VET_PASSWORD,      CONF_LIVE, "abc",                       "abc"              },
};
/* clang-format on */

static void
test_answers(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        struct str got = STR("");
        enum err e;

        ctx_clear(&ctx);
        e = vet(&ctx, row[i].kind, row[i].mode, str_of(row[i].answer), &got);
        if (row[i].taken)
            ok(e == OK && str_eq_text(got, row[i].taken), "answer %zu is taken", i);
        else
            ok(e == E_INVALID && ctx_why(&ctx).n > 10, "answer %zu is refused", i);
    }
    ok(*vet_doubt(VET_HOST, STR("192.0.2.1")) && !*vet_doubt(VET_HOST, STR("a.b")),
       "an address is doubtful, a name is not");
    ok(half_count > 10, "pairs of settings");
}

static void
test_edit(void)
{
    struct str text = STR("# head\n\n#mode = test\n  site.name =  A = B \nlast = 1"), v;

    ok(edit_get(text, "site.name", &v) && str_eq_text(v, "A = B"), "a value");
    ok(!edit_get(text, "mode", &v), "a comment is none");
    is_str(edit_set(&ctx, text, "site.name", STR("A = B")), text,
           "the same stays byte for byte");
    is_str(edit_set(&ctx, text, "mode", STR("live")),
           STR("# head\n\n#mode = test\nmode = live\n  site.name =  A = B \nlast = 1\n"),
           "behind its comment");
    is_str(edit_set(&ctx, text, "site.name", STR("C")),
           STR("# head\n\n#mode = test\nsite.name = C\nlast = 1\n"), "in its place");
    is_str(edit_set(&ctx, text, "site.name", STR("")),
           STR("# head\n\n#mode = test\nlast = 1\n"), "taken away");
    is_str(edit_set(&ctx, text, "new.one", STR("x")),
           STR("# head\n\n#mode = test\n  site.name =  A = B \nlast = 1\nnew.one = x\n"),
           "at the end");
    is_str(edit_set(&ctx, STR(""), "a", STR("b")), STR("a = b\n"), "into nothing");
    is_str(edit_set(&ctx, STR(""), "a", STR("")), STR(""), "nothing into nothing");
    is_str(edit_set(&ctx, STR("a = b\n"), "c", STR("d")), STR("a = b\nc = d\n"),
           "one more line");
}

static void
test_fill(void)
{
    const struct fill with[] = {
        {"NAME",  STR_INIT("x@Y@z")},
        {"EMPTY", STR_INIT("")     },
        {NULL,    STR_INIT("")     }
    };
    struct str out;

    is_int(fill_text(&ctx, STR("a @NAME@ b@c.d @EMPTY@@NAME@"), with, &out), OK, "a template");
    is_str(out, STR("a x@Y@z b@c.d x@Y@z"), "… is filled once");
    is_int(fill_text(&ctx, STR("@OTHER@"), with, &out), E_INVALID, "a name without a value");
}

static void
test_put(void)
{
    const char *path = arena_printf(ctx.arena, "%s/deep/er/file", place_dir);
    const char *old = arena_printf(ctx.arena, "%s.old", path);
    bool changed = false;
    struct stat st;
    struct str text;

    is_int(put_folder(&ctx, arena_printf(ctx.arena, "%s/deep/er", place_dir), 0700, (uid_t)-1,
                      (gid_t)-1),
           OK, "folders");
    is_int(put_file(&ctx, path, STR("one"), 0644, true, &changed), OK, "a file");
    ok(changed && access(old, F_OK) != 0, "… the first");
    is_int(put_file(&ctx, path, STR("one"), 0600, true, &changed), OK, "the same");
    ok(!changed && stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "… but for the mode");
    is_int(put_file(&ctx, path, STR("two"), 0600, true, &changed), OK, "another");
    ok(changed && put_read(&ctx, old, &text) == OK && str_eq_text(text, "one"),
       "… and the old one is kept");
    ok(put_read(&ctx, path, &text) == OK && str_eq_text(text, "two"), "… beside the new");
    ctx_clear(&ctx);
    is_int(put_folder(&ctx, path, 0700, (uid_t)-1, (gid_t)-1), E_CONFLICT,
           "a file where a folder is wanted");
    is_int(put_link(&ctx, arena_printf(ctx.arena, "%s/link", place_dir), path), OK, "a link");
    is_int(put_link(&ctx, arena_printf(ctx.arena, "%s/link", place_dir), old), OK,
           "… that leads elsewhere");
    is_int(put_read(&ctx, arena_printf(ctx.arena, "%s/nothing", place_dir), &text), E_NOTFOUND,
           "no file");
}

int
main(void)
{
    struct arena *a = arena_new(64 * 1024 * 1024);

    ctx_init(&ctx, a, world_real());
    test_answers();
    test_edit();
    test_fill();
    place_make();
    test_put();
    arena_free(a);
    return place_done();
}
