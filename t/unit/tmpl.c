/* A folder of templates: what is read, what is refused. */
#include "view/tmpl.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/tap.h"

static char dir[64];

static void
file_write(const char *name, const char *text)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "w");

    if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
        printf("Bail out! cannot write %s\n", path);
}

static void
file_remove(const char *name)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    if (remove(path) != 0)
        printf("# %s could not be removed\n", path);
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(16 << 20);
    struct tmpl *t = NULL;
    struct ctx ctx;
    char sub[96];

    ctx_init(&ctx, a, world_real());
    snprintf(dir, sizeof(dir), "/tmp/cozykart-tmpl-%d", (int)getpid());
    snprintf(sub, sizeof(sub), "%s/race", dir);
    is_int(tmpl_load(&ctx, a, dir, true, &t), E_NOTFOUND, "a folder that is not there is said");
    ok(mkdir(dir, 0700) == 0 && mkdir(sub, 0700) == 0, "a folder is made");
    is_int(tmpl_load(&ctx, a, dir, true, &t), E_NOTFOUND,
           "a folder without templates is refused");

    file_write("layout.mustache", "<p>{{$main}}{{/main}}</p>");
    file_write("race/show.mustache", "{{<layout}}{{$main}}{{name}}{{/main}}{{/layout}}");
    file_write("notes.txt", "{{not a template");
    is_int(tmpl_load(&ctx, a, dir, true, &t), OK, "templates in two folders are read");
    struct buf b = buf_new(a, 1000);
    struct view *v = view_new(a);

    view_textz(v, "name", "128");
    is_int(tmpl_render(&ctx, t, "race/show", v, &b), OK, "a template is found by its path");
    is_str(buf_str(&b), STR("<p>128</p>"), "and finds its layout");
    buf_clear(&b);
    is_int(tmpl_render(&ctx, t, "race/show", view_new(a), &b), E_NOTFOUND,
           "strict mode is handed on");

    file_write("bad.mustache", "one\n{{#a}}\n");
    is_int(tmpl_load(&ctx, a, dir, true, &t), E_INVALID, "a wrong template is refused");
    is_str(ctx_why(&ctx), STR("bad:2: section is not closed"), "with its name and line");
    file_write("bad.mustache", "{{>nowhere}}");
    is_int(tmpl_load(&ctx, a, dir, true, &t), E_INVALID, "an unknown partial is refused");
    file_write("bad.mustache", "{{{svg}}}");
    is_int(tmpl_load(&ctx, a, dir, true, &t), E_INVALID,
           "a raw name that is not listed is refused");
    file_write("raw-names", "# markup\nsvg\n");
    is_int(tmpl_load(&ctx, a, dir, true, &t), OK, "a listed raw name is taken");
    file_write("bad.mustache", "\x01");
    is_int(tmpl_load(&ctx, a, dir, true, &t), E_INVALID, "a binary file is refused");

    file_remove("bad.mustache");
    file_remove("raw-names");
    file_remove("notes.txt");
    file_remove("race/show.mustache");
    file_remove("layout.mustache");
    file_remove("race");
    ok(rmdir(dir) == 0, "nothing is left");
    return done();
}
