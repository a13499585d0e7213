/* What an error's code means and what to do: the pages that the "type" of a problem document
 * links to. Not for: making errors (http/answer.c, base/err.c). */
#include "page/layout.h"
#include "page/routes.h"

/* clang-format off */
static const struct {
    const char *code;
    int status;
    const char *title, *means, *todo;
} PROBLEMS[] = {
    {"closed", 503, "This door is closed",
     "The house has no secret for this sender, so it cannot tell true notices from false"
     " ones.",
     "The operator sets the secret; the sender tries again by itself."},
    {"conflict", 409, "This does not fit the present state",
     "Something changed between reading and sending, or the thing is in another state "
     "than the request needs.",
     "Read it again and decide anew. Nothing was changed."},
    {"denied", 403, "You may not do this",
     "The login is good, but this needs another role, or is somebody else's, or the form"
     " is too old.",
     "Load the page again. If it still says so, ask the host."},
    {"disk-full", 503, "There is no room",
     "The house cannot write safely, so it writes nothing.",
     "Try again later; the operator is told."},
    {"duplicate", 200, "This was done before",
     "The same request came twice. It was done once.",
     "Nothing is left to do."},
    {"headers-too-big", 431, "The headers are too long",
     "The request carries more than any browser sends.",
     "Send fewer or shorter headers, and delete cookies of this site."},
    {"insufficient", 409, "There is not enough money",
     "The wallet has less available than was asked for. Pending money is not available "
     "yet.",
     "Ask for less, or wait until more is available: the wallet says when."},
    {"internal", 500, "Something went wrong on our side",
     "Nothing was booked. The log of the house has the details under the request id.",
     "Try again; if it stays so, tell the host the request id."},
    {"invalid", 400, "The request is not valid",
     "A field is missing, unknown or not what it must be. The detail says which.",
     "Mend it and send it again."},
    {"ledger-busy", 503, "The ledger is busy",
     "It did not answer in time. Nothing was changed.",
     "Try again after the time that Retry-After gives."},
    {"media-type", 415, "The content type is another",
     "Forms are sent as application/x-www-form-urlencoded, notices as application/json.",
     "Send it so."},
    {"method-not-allowed", 405, "This address does not take that method",
     "Allow in the answer's headers says which it takes.",
     "Use one of these."},
    {"not-found", 404, "There is no such thing",
     "Nothing is at this address, or it is not yours to see.",
     "Look at the address, or at the list that it came from."},
    {"not-logged-in", 401, "Please log in",
     "The address is for members, or it is about money and the login is too old: money "
     "is shown for half an hour after the last click and moved within five minutes of a "
     "login.",
     "Log in; pages lead back to where you were."},
    {"outcome-unknown", 502, "The outcome is not known yet",
     "A payment service did not say what became of it. It is looked up, and nothing is "
     "sent twice.",
     "Wait: the page of the payout or tip says how it ended."},
    {"provider-down", 502, "A payment service did not do this",
     "It refused or did not answer. Nothing was booked.",
     "Try again later."},
    {"rate-limited", 429, "Too many requests",
     "This address of yours sent more than one person would.",
     "Wait as long as Retry-After says."},
    {"signature", 401, "The signature does not fit",
     "The notice was not signed with the secret that the house knows, or the time in it "
     "is too far away.",
     "Compare the secret on both sides, and the clocks."},
    {"too-big", 413, "The request is too long",
     "It is longer than this address takes.",
     "Send less."},
    {"too-much", 429, "Too much or too often",
     "A limit of the house was reached. The detail says which.",
     "Wait, or do less."}
};
/* clang-format on */

static void
fill(struct ctx *ctx, struct view *v, size_t i)
{
    view_textz(v, "code", PROBLEMS[i].code);
    view_i64(v, "status", PROBLEMS[i].status);
    view_textz(v, "title", PROBLEMS[i].title);
    view_textz(v, "means", PROBLEMS[i].means);
    view_textz(v, "todo", PROBLEMS[i].todo);
    view_url(v, "url", layout_printf(ctx, "/problems/%s", PROBLEMS[i].code));
}

enum err
problempage_list(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "");
    struct view *list = view_list(v, "problems");

    for (size_t i = 0; i < ARRAY_SIZE(PROBLEMS); i++)
        fill(ctx, view_add(list), i);
    view_flag(v, "one", false);
    res_cache(res, RES_SHORT);
    return res_page(res, req, "problems", v);
}

enum err
problempage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct str code = req_arg(req, "code");

    for (size_t i = 0; i < ARRAY_SIZE(PROBLEMS); i++) {
        if (!str_eq_text(code, PROBLEMS[i].code))
            continue;
        struct view *v = layout_view(ctx, req, "");

        fill(ctx, view_object(v, "one"), i);
        res_cache(res, RES_SHORT);
        return res_page(res, req, "problems", v);
    }
    return ctx_fail(ctx, E_NOTFOUND, "no error of ours has that code; /problems lists all");
}
