/* A racer as pages show him. Not for: the profile itself (racerpage.c). */
#include "page/person.h"

#include "base/enc.h"
#include "user/identity.h"

enum { PERSON_PATH_MAX = 160 };

struct str
person_initials(struct ctx *ctx, struct str name)
{
    size_t n = 0, signs = 0;

    /* Two code points: continuation bytes belong to the sign before them. */
    while (n < name.n && (signs < 2 || ((unsigned char)name.p[n] & 0xC0) == 0x80)) {
        signs += ((unsigned char)name.p[n] & 0xC0) != 0x80;
        n++;
    }
    return str_dup(ctx->arena, str_sub(name, 0, n));
}

struct str
person_path(struct ctx *ctx, int64_t id, struct str name)
{
    int64_t number;
    bool odd = name.n == 0 || name.n > PERSON_PATH_MAX || str_has(name, '/') ||
               str_has(name, '\\') || str_eq_text(name, ".") || str_eq_text(name, "..") ||
               str_ends(name, STR(".json")) || str_i64(name, 0, INT64_MAX, &number);
    struct str path = odd ? STR("") : enc_percent(ctx->arena, name);

    return odd ? layout_printf(ctx, "/r/%lld", (long long)id)
               : layout_printf(ctx, "/r/%.*s", STR_ARG(path));
}

void
person_add(struct ctx *ctx, struct view *v, int64_t id, struct str name, struct str avatar,
           bool hidden)
{
    view_i64(v, "member", id);
    view_text(v, "name", name);
    view_text(v, "initials", hidden ? STR("?") : person_initials(ctx, name));
    view_i64(v, "hue", (id + 7) % 8);
    if (avatar.n && !hidden)
        view_url(v, "avatar_url",
                 layout_printf(ctx, "/media/avatar/%.*s.png", STR_ARG(avatar)));
    else
        view_flag(v, "avatar_url", false);
    if (hidden)
        view_flag(v, "profile_url", false);
    else
        view_url(v, "profile_url", person_path(ctx, id, name));
}

enum err
person_read(struct ctx *ctx, struct view *v, int64_t id)
{
    struct identity_privacy privacy;
    struct identity there = {.avatar_sha = STR("")};
    struct member m;
    enum err e = member_get(ctx, id, &m);

    if (e == OK)
        e = identity_privacy_get(ctx, id, &privacy);
    if (e == OK)
        e = identity_of(ctx, STR("discord"), id, &there);
    if (e == E_NOTFOUND && m.id == id) {
        ctx_clear(ctx);
        e = OK;
    }
    if (e != OK)
        return e;
    person_add(ctx, v, id,
               privacy.hidden ? layout_printf(ctx, "Racer %lld", (long long)id) : m.name,
               there.avatar_sha, privacy.hidden);
    return OK;
}
