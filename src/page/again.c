/* Logging in again for money: the way there, and what somebody had typed on the way back. It is
 * kept in the browser alone, for a quarter of an hour, and sent only when that person presses
 * the button once more. Not for: which logins are good (user/session.h), logging in (enter.c).
 */
#include "page/again.h"

#include "base/enc.h"
#include "http/cookie.h"
#include "http/csrf.h"
#include "http/form.h"
#include "page/layout.h"
#include "page/routes.h"

enum { KEPT_S = 900, KEPT_BYTES = COOKIE_KEPT_MAX / 4 * 3, PAIRS_MAX = 16 };

/* What is kept: whose, whether it is a form, the address and behind '?' the fields. */
struct kept {
    int64_t member;
    bool form;
    struct str path, fields;
};

static struct str
join(struct ctx *ctx, struct str path, struct str fields)
{
    return str_of(arena_printf(ctx->arena, "%.*s%s%.*s", STR_ARG(path), fields.n ? "?" : "",
                               STR_ARG(fields)));
}

/* The token of the old login is good for nothing any more. */
static struct str
without_token(struct ctx *ctx, struct str body)
{
    struct buf b = buf_new(ctx->arena, ROUTE_BODY_FORM);
    struct str pair;

    while (str_split(&body, '&', &pair)) {
        if (!pair.n || str_starts(pair, STR(CSRF_FIELD "=")))
            continue;
        if (buf_str(&b).n)
            buf_add_text(&b, "&");
        buf_add(&b, pair);
    }
    return buf_str(&b);
}

static enum err
keep(struct ctx *ctx, const struct req *req, struct res *res, struct str what)
{
    struct str all =
        str_of(arena_printf(ctx->arena, "%lld %s %.*s", (long long)req->session.user_id,
                            req->method == REQ_POST ? "form" : "page", STR_ARG(what)));

    if (all.n > KEPT_BYTES)
        return ctx_fail(ctx, E_LIMIT, "too long to be kept");
    return cookie_set_kept(res, enc_base64url(ctx->arena, all.p, all.n), KEPT_S);
}

enum err
again_ask(struct ctx *ctx, const struct req *req, struct res *res)
{
    bool form = req->method == REQ_POST, fresh = (req->route->flags & ROUTE_FRESH) != 0;
    struct str fields = form ? without_token(ctx, req->body) : req->query;
    struct str to = join(ctx, req->path, fields);
    bool kept;

    kept = keep(ctx, req, res, to) == OK;
    if (!kept)
        ctx_clear(ctx);
    /* Asking for money has a page that asks once more: it takes the same fields. */
    if (form)
        to = str_eq_text(req->path, "/wallet/payout") ? to : STR(AGAIN_KEPT);
    return res_redirect(
        res, str_of(arena_printf(ctx->arena, "/login?why=%s%s&to=%.*s", fresh ? "move" : "idle",
                                 form && kept ? "&kept=1" : "",
                                 STR_ARG(enc_percent(ctx->arena, to)))));
}

/* The canonical form with padding, as enc_unbase64 takes it. */
static struct str
padded(struct ctx *ctx, struct str url)
{
    struct str s = str_of(
        arena_printf(ctx->arena, "%.*s%.*s", STR_ARG(url), (int)((4 - url.n % 4) % 4), "==="));
    char *p = arena_text(ctx->arena, s.p, s.n);

    for (size_t i = 0; i < s.n; i++)
        p[i] = p[i] == '-' ? '+' : p[i] == '_' ? '/' : p[i];
    return (struct str){p, s.n};
}

/* It comes from a browser: anything may stand in it. */
static bool
read_kept(struct ctx *ctx, const struct req *req, struct kept *ret)
{
    struct str cookie = req_cookie(req, cookie_kept_name(ctx->conf)), text, member, kind;
    size_t mark;

    if (!cookie.n || cookie.n > COOKIE_KEPT_MAX ||
        enc_unbase64(ctx->arena, padded(ctx, cookie), &text) != OK) {
        ctx_clear(ctx);
        return false;
    }
    if (!str_split(&text, ' ', &member) || !str_split(&text, ' ', &kind) ||
        !str_i64(member, 1, INT64_MAX, &ret->member) || !str_is_text(text, "") ||
        !(str_starts(text, STR("/wallet")) || str_starts(text, STR("/ops")) ||
          str_starts(text, STR("/export")) || str_starts(text, STR("/me/data"))))
        return false;
    mark = str_find(text, STR("?"), 0);
    ret->form = str_eq_text(kind, "form");
    ret->path = str_sub(text, 0, mark);
    ret->fields = mark == SIZE_MAX ? STR("") : str_sub(text, mark + 1, SIZE_MAX);
    return true;
}

struct str
again_to(struct ctx *ctx, const struct req *req)
{
    struct kept k;

    if (!read_kept(ctx, req, &k))
        return STR("/wallet");
    if (k.form && !str_eq_text(k.path, "/wallet/payout"))
        return STR(AGAIN_KEPT);
    return join(ctx, k.path, k.fields);
}

/* What the fields of our forms are called where people see them. */
static struct str
label_of(struct str name)
{
    static const struct {
        const char *name, *label;
    } LABELS[] = {
        {"name",    "Your name"            },
        {"kind",    "How"                  },
        {"to",      "Where you are paid to"},
        {"brand",   "Whose gift card"      },
        {"code",    "Code"                 },
        {"note",    "Note for the member"  },
        {"proof",   "Where you saw it"     },
        {"what",    "What you say"         },
        {"race",    "Race"                 },
        {"reason",  "Reason"               },
        {"verdict", "Your decision"        },
        {"sure",    "You are sure"         }
    };

    for (size_t i = 0; i < ARRAY_SIZE(LABELS); i++)
        if (str_eq_text(name, LABELS[i].name))
            return str_of(LABELS[i].label);
    return name;
}

static bool
add_fields(struct ctx *ctx, struct view *v, struct str fields)
{
    struct view *list = view_list(v, "fields");
    struct str pair, name, value;

    for (size_t n = 0; str_split(&fields, '&', &pair); n++) {
        size_t eq = str_find(pair, STR("="), 0);

        if (n == PAIRS_MAX || eq == SIZE_MAX ||
            enc_unpercent(ctx->arena, str_sub(pair, 0, eq), true, &name) ||
            enc_unpercent(ctx->arena, str_sub(pair, eq + 1, SIZE_MAX), true, &value) ||
            !str_is_text(name, "") || !str_is_text(value, "\n")) {
            ctx_clear(ctx);
            return false;
        }
        struct view *row = view_add(list);

        view_text(row, "name", name);
        view_text(row, "value", value);
        view_text(row, "label", label_of(name));
        view_text(row, "shown",
                  str_eq_text(name, "sure") && str_eq_text(value, "1") ? STR("yes") : value);
    }
    view_flag(v, "has_fields", view_count(list) > 0);
    return true;
}

enum err
again_kept(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "");
    struct kept k;

    if (!read_kept(ctx, req, &k) || !k.form || k.member != req->session.user_id ||
        !add_fields(ctx, v, k.fields))
        return res_redirect(res, STR("/wallet"));
    bool desk = str_starts(k.path, STR("/ops"));

    view_url(v, "action", k.path);
    view_text(v, "token", csrf_token(ctx, &req->session, k.path));
    view_textz(v, "back",
               desk                                         ? "/ops"
               : str_starts(k.path, STR("/wallet/methods")) ? "/wallet/methods"
                                                            : "/wallet/payout");
    return res_page(res, req, "sign/kept", v);
}
