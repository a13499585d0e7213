/* What overlays tell about themselves every fifteen seconds, and the panel that shows it. Not
 * for: drawing overlays (overlay.c). */
#include "base/json.h"
#include "db/db.h"
#include "http/res.h"
#include "league/onair.h"
#include "page/layout.h"
#include "page/routes.h"

enum { OVERLAYNOTE_LIST = 200, OVERLAYNOTE_BEHIND = 2 };

static int64_t
number(const struct json *body, const char *name)
{
    int64_t v = 0;

    return json_i64(json_get(body, name), &v) && v >= 0 ? v : 0;
}

enum err
overlaynote_take(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const char *const TEXTS[] = {"channel", "place", "agent", "unknown"};
    static const char *const NUMBERS[] = {"seq", "sponsor", "late", "reconnects"};
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    const struct json *body;
    enum err e = json_parse(ctx, req->body, &body);

    if (e != OK)
        return e;
    msg_init(ask, STR("overlay.note"));
    msg_add_str(ask, "token", req_arg(req, "token"));
    msg_add_str(ask, "kind", json_str(json_get(body, "kind")));
    msg_add_i64(ask, "visible", json_bool(json_get(body, "visible"), false));
    for (size_t i = 0; i < ARRAY_SIZE(TEXTS); i++)
        msg_add_str(ask, TEXTS[i], json_str(json_get(body, TEXTS[i])));
    for (size_t i = 0; i < ARRAY_SIZE(NUMBERS); i++)
        msg_add_i64(ask, NUMBERS[i], number(body, NUMBERS[i]));
    return res_ask(res, req, ask, res_noted);
}

static void
add_source(struct view *v, const struct onair_source *s, int64_t now)
{
    int64_t behind = s->newest > s->seq ? s->newest - s->seq : 0;
    bool fresh = now - s->at <= ONAIR_BREAK_S * 1000;

    view_text(v, "label", s->label);
    view_text(v, "kind", s->kind);
    layout_time(v, "at", s->at);
    view_text(v, "channel", s->channel);
    view_i64(v, "behind", behind);
    view_flag(v, "visible", fresh && s->visible);
    view_i64(v, "reconnects", s->reconnects);
    view_i64(v, "late", s->late);
    view_text(v, "agent", s->agent);
    view_text(v, "unknown", s->unknown);
    layout_badge(v,
                 !fresh                                       ? "void"
                 : !s->visible || behind > OVERLAYNOTE_BEHIND ? "wait"
                                                              : "live",
                 !fresh                        ? STR("gone")
                 : !s->visible                 ? STR("not on screen")
                 : behind > OVERLAYNOTE_BEHIND ? STR("behind")
                                               : STR("on screen"));
}

static enum err
read_sources(struct ctx *ctx, struct view *v)
{
    struct view *list = view_list(v, "sources");
    struct onair_source *s;
    size_t n = 0;
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    e = onair_sources(ctx, OVERLAYNOTE_LIST, &s, &n);
    db_snapshot_end(ctx);
    for (size_t i = 0; e == OK && i < n; i++)
        add_source(view_add(list), &s[i], ctx_now(ctx));
    view_flag(v, "has_sources", n > 0);
    return e;
}

enum err
overlaynote_panel(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "");
    enum err e = read_sources(ctx, v);

    return e == OK ? res_page(res, req, "overlay/health", v) : e;
}

enum err
overlaynote_json(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = view_new(ctx->arena);
    enum err e = read_sources(ctx, v);

    (void)req;
    return e == OK ? res_json(res, v) : e;
}
