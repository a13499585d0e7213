/* Drawings to pictures, foreign pictures to clean ones. Needs rsvg-convert. */
#include "job/picture.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "lib/place.h"

static struct ctx ctx;
static struct conf conf;

static int64_t
big_endian(struct str s, size_t at)
{
    const unsigned char *p = (const unsigned char *)s.p + at;

    return s.n < at + 4 ? -1
                        : (int64_t)p[0] << 24 | (int64_t)p[1] << 16 | (int64_t)p[2] << 8 | p[3];
}

static bool
is_png(struct str s, int64_t width, int64_t height)
{
    return str_starts(s, str_of("\x89PNG\r\n\x1a\n")) && big_endian(s, 16) == width &&
           big_endian(s, 20) == height;
}

#define SVG(body)                                                                              \
    STR("<svg xmlns=\"http://www.w3.org/2000/svg\" "                                           \
        "xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"40\" height=\"20\">" body        \
        "</svg>")

static void
test_draw(struct str *ret_png)
{
    struct str svg = SVG("<rect width=\"40\" height=\"20\" fill=\"#123456\"/>"
                         "<text x=\"2\" y=\"12\">Nova</text>");

    ok(picture_png(&ctx, svg, 400, ret_png) == OK && is_png(*ret_png, 400, 200),
       "a drawing becomes a picture as wide as asked");
    ok(picture_png(&ctx, STR("<svg"), 40, &svg) == E_INVALID, "half a drawing does not");
    ok(picture_png(&ctx, STR(""), 40, &svg) == E_INVALID, "nor does nothing");
}

/* A file of ours that a drawing might try to show: with it or without must look the same. */
static void
test_files(struct str red)
{
    struct str with, without, inner;
    const char *path = place("secret.png");
    struct str empty;
    FILE *f = fopen(path, "wb");

    ok(f && fwrite(red.p, 1, red.n, f) == red.n && fclose(f) == 0, "a file that it might want");
    ok(picture_png(&ctx, SVG("<rect width=\"9\" height=\"9\"/>"), 40, &without) == OK, "plain");
    for (int i = 0; i < 2; i++) {
        const char *body =
            arena_printf(ctx.arena,
                         "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\">"
                         "<rect width=\"9\" height=\"9\"/>"
                         "<image width=\"40\" height=\"20\" href=\"%s%s\"/></svg>",
                         i ? "file://" : "", path);

        ok(picture_png(&ctx, str_of(body), 40, &with) == OK && str_eq(with, without),
           "a drawing shows no file of ours");
        ok(picture_clean_svg(&ctx, str_of(body), 40, &inner) == OK, "nor does a foreign one");
        ok(picture_clean_svg(&ctx, SVG("<rect width=\"9\" height=\"9\"/>"), 40, &with) == OK &&
               str_eq(with, inner),
           "which looks as without");
        ok(picture_clean_svg(&ctx, SVG(""), 40, &empty) == OK && !str_eq(empty, inner),
           "its other parts are seen");
    }
}

static void
test_clean(struct str png)
{
    struct str clean, again, trail;
    char *tail = arena_alloc(ctx.arena, png.n + 20);
    char *big = arena_alloc(ctx.arena, PICTURE_BYTES_MAX + 1);

    ok(picture_clean(&ctx, png, PICTURE_AVATAR, &clean) == OK && is_png(clean, 64, 64),
       "a foreign picture fits its square");
    memcpy(tail, png.p, png.n);
    memcpy(tail + png.n, "<script>alert(1)</script>", 20);
    trail = (struct str){.p = tail, .n = png.n + 20};
    ok(picture_clean(&ctx, trail, PICTURE_AVATAR, &again) == OK && str_eq(clean, again),
       "what else stood in it is gone");
    ok(picture_clean(&ctx, STR("GIF89a"), 64, &again) == E_INVALID, "other kinds are refused");
    ok(picture_clean(&ctx, STR("<svg/>"), 64, &again) == E_INVALID,
       "a drawing that says it is a picture too");
    memcpy(big, png.p, 8);
    ok(picture_clean(&ctx, (struct str){.p = big, .n = PICTURE_BYTES_MAX + 1}, 64, &again) ==
           E_LIMIT,
       "so is what is too large");
    ok(picture_clean(&ctx, str_sub(png, 0, 20), 64, &again) != OK || is_png(again, 64, 64),
       "half a picture does no harm");
}

/* Entities that double: memory or time must end it, and we go on. */
static void
test_bomb(void)
{
    struct str png = STR_NULL;
    enum err e = picture_png(
        &ctx,
        STR("<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY a \"xxxxxxxxxx\">"
            "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c "
            "\"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">"
            "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY f "
            "\"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\">]>"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">"
            "<text>&f;</text></svg>"),
        40, &png);

    ok(e ? e == E_LIMIT || e == E_INVALID : is_png(png, 40, 40), "a bomb goes off elsewhere");
}

static void
test_store(struct str png)
{
    struct stat st;

    conf.path.media = str_of(place("media"));
    ok(mkdir(place("media"), 0755) == 0, "a folder");
    ok(picture_store(&ctx, "card", STR("race-1"), png) == OK &&
           stat(place("media/card/race-1.png"), &st) == 0 && (size_t)st.st_size == png.n &&
           (st.st_mode & 0777) == 0644,
       "a picture is stored for all to read");
    ok(picture_store(&ctx, "card", STR("../x"), png) == E_INVALID &&
           picture_store(&ctx, "card", STR(""), png) == E_INVALID &&
           picture_store(&ctx, "card", STR("A"), png) == E_INVALID,
       "under names of ours alone");
    ok(picture_forget(&ctx, "card", STR("race-1")) == OK &&
           stat(place("media/card/race-1.png"), &st) != 0 &&
           picture_forget(&ctx, "card", STR("race-1")) == OK,
       "and taken away");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(256 << 20);
    struct str png = STR("");

    if (access("/usr/bin/rsvg-convert", X_OK) != 0 && !getenv("COZYKART_SKIP_IS_ERROR")) {
        skip("pictures", "rsvg-convert is not installed");
        return done();
    }
    place_make();
    ctx_init(&ctx, a, world_real());
    ctx.conf = &conf;
    test_draw(&png);
    test_files(png);
    test_clean(png);
    test_bomb();
    test_store(png);
    return place_done();
}
