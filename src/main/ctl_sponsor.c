/* Sponsors, their logos, slots and reports. Not for: cleaning a logo (the jobs do). */
#include <fcntl.h>
#include <unistd.h>

#include "league/onair.h"
#include "main/ctl.h"

enum { LIST_MAX = 200, REPORT_MAX = 2000 };

enum err
ctl_sponsor_add(struct ctl *c)
{
    static const char *const OPTIONS[] = {"text", "url", "member"};
    struct msg m, answer;
    enum err e;

    msg_init(&m, STR("sponsor.add"));
    msg_add_str(&m, "name", str_of(c->arg[0]));
    for (size_t i = 0; i < ARRAY_SIZE(OPTIONS); i++)
        if (ctl_option(c, OPTIONS[i]))
            msg_add_str(&m, OPTIONS[i], str_of(ctl_option(c, OPTIONS[i])));
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    view_i64(c->out, "sponsor", msg_opt_i64(&answer, "sponsor", 0));
    ctl_say(c, "sponsor %lld: %s; next: cozykart sponsor slot",
            (long long)msg_opt_i64(&answer, "sponsor", 0), c->arg[0]);
    return OK;
}

enum err
ctl_sponsor_end(struct ctl *c)
{
    struct msg m, answer;
    enum err e;

    msg_init(&m, STR("sponsor.end"));
    msg_add_str(&m, "sponsor", str_of(c->arg[0]));
    if (!(e = ctl_ask(c, &m, &answer)))
        ctl_say(c, "%s is shown nowhere from now on", c->arg[0]);
    return e;
}

enum err
ctl_sponsor_picture(struct ctl *c, const char *file, struct str *ret)
{
    char *bytes = arena_alloc(c->ctx->arena, SPONSOR_LOGO_MAX + 1);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    size_t n = 0;
    ssize_t got = 0;

    if (fd < 0)
        return ctx_fail(c->ctx, E_NOTFOUND, "%s cannot be read", file);
    while (n <= SPONSOR_LOGO_MAX && (got = read(fd, bytes + n, SPONSOR_LOGO_MAX + 1 - n)) > 0)
        n += (size_t)got;
    close(fd);
    if (got < 0 || n > SPONSOR_LOGO_MAX)
        return ctx_fail(c->ctx, E_INVALID, "%s: a picture has at most %d KiB", file,
                        SPONSOR_LOGO_MAX / 1024);
    *ret = (struct str){.p = bytes, .n = n};
    return OK;
}

enum err
ctl_sponsor_logo(struct ctl *c)
{
    struct msg m, answer;
    struct str bytes;
    enum err e = ctl_sponsor_picture(c, c->arg[1], &bytes);

    if (e)
        return e;
    msg_init(&m, STR("sponsor.logo"));
    msg_add_str(&m, "sponsor", str_of(c->arg[0]));
    msg_add_str(&m, "logo", bytes);
    if (!(e = ctl_ask(c, &m, &answer)))
        ctl_say(c, "the logo is shown as soon as a clean copy was made");
    return e;
}

enum err
ctl_sponsor_slot(struct ctl *c)
{
    const char *from = ctl_option(c, "from"), *to = ctl_option(c, "to");
    const char *season = ctl_option(c, "season"), *cost = ctl_option(c, "price");
    int64_t from_at, to_at, price = 0;
    struct msg m, answer;
    enum err e;

    if (!to)
        return ctx_fail(c->ctx, E_INVALID, "--to TIME says until when it is shown");
    if ((e = ctl_time(c, from ? from : "now", &from_at)) || (e = ctl_time(c, to, &to_at)) ||
        (cost && (e = ctl_amount(c, cost, &price))))
        return e;
    msg_init(&m, STR("sponsor.slot"));
    msg_add_str(&m, "sponsor", str_of(c->arg[0]));
    msg_add_str(&m, "place", str_of(c->arg[1]));
    msg_add_i64(&m, "from", from_at);
    msg_add_i64(&m, "to", to_at);
    msg_add_i64(&m, "price", price);
    if (season)
        msg_add_str(&m, "season", str_of(season));
    if (!(e = ctl_ask(c, &m, &answer)))
        ctl_say(c, "%s is shown as %s until %s", c->arg[0], c->arg[1], ctl_when(c, to_at));
    return e;
}

enum err
ctl_sponsor_list(struct ctl *c)
{
    struct view *list = ctl_list(c);
    struct sponsor *s;
    size_t n = 0;
    enum err e = ctl_open(c);

    if (e || (e = sponsor_list(c->ctx, LIST_MAX, &s, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *v = view_add(list);

        view_i64(v, "sponsor", s[i].id);
        view_text(v, "name", s[i].name);
        view_text(v, "url", s[i].url);
        view_text(v, "logo", s[i].logo);
        view_flag(v, "ended", s[i].ended_at != 0);
        ctl_say(c, "%4lld  %.*s%s%s", (long long)s[i].id, STR_ARG(s[i].name),
                s[i].logo.n ? "" : "  (no logo yet)", s[i].ended_at ? "  (ended)" : "");
    }
    return OK;
}

enum err
ctl_sponsor_report(struct ctl *c)
{
    struct view *list = ctl_list(c);
    struct sponsor s;
    struct onair_air *air;
    size_t n = 0;
    enum err e = ctl_open(c);

    if (e || (e = sponsor_find(c->ctx, str_of(c->arg[0]), &s)) ||
        (e = onair_report(c->ctx, s.id, REPORT_MAX, &air, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *v = view_add(list);

        view_text(v, "day", air[i].day);
        view_i64(v, "race", air[i].race_id);
        view_text(v, "place", air[i].place);
        view_i64(v, "seconds", air[i].seconds);
        view_i64(v, "breaks", air[i].breaks);
        ctl_say(c, "%.*s  race %-6lld %-16.*s %6lld s  %lld breaks", STR_ARG(air[i].day),
                (long long)air[i].race_id, STR_ARG(air[i].place), (long long)air[i].seconds,
                (long long)air[i].breaks);
    }
    return OK;
}
