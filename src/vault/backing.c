/* Reads fields, calls league/, writes the log of acts. Not for: deciding anything. */
#include "vault/backing.h"

#include "league/onair.h"
#include "user/audit_log.h"
#include "vault/people.h"

enum {
    NAME_BYTES = 256,
    TEXT_BYTES = 500,
    URL_BYTES = 400,
    WORD_BYTES = 40,
    OPTION_BYTES = 200
};

static enum err
read_sponsor(struct ctx *ctx, const struct msg *in, struct sponsor *ret)
{
    struct str which;
    enum err e = msg_text(ctx, in, "sponsor", 1, NAME_BYTES, &which);

    return e ? e : sponsor_find(ctx, which, ret);
}

enum err
backing_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct sponsor_new n = {0};
    struct member contact;
    int64_t id;
    enum err e;

    if ((e = msg_text(ctx, in, "name", 1, NAME_BYTES, &n.name)) ||
        (e = msg_maybe_text(ctx, in, "text", TEXT_BYTES, &n.text)) ||
        (e = msg_maybe_text(ctx, in, "url", URL_BYTES, &n.url)))
        return e;
    if (msg_has(in, "member")) {
        if ((e = people_field(ctx, in, "member", &contact)))
            return e;
        n.member_id = contact.id;
    }
    if ((e = sponsor_add(ctx, tx, &n, who->text, &id)))
        return e;
    msg_add_i64(out, "sponsor", id);
    return audit_log_on(ctx, tx, who->text, in->name, "sponsor", id, n.name);
}

enum err
backing_end(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct sponsor s;
    enum err e;

    (void)out;
    if ((e = read_sponsor(ctx, in, &s)) || (e = sponsor_end(ctx, tx, s.id)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "sponsor", s.id, s.name);
}

enum err
backing_logo(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct sponsor s;
    struct str bytes;
    enum err e;

    (void)out;
    if ((e = read_sponsor(ctx, in, &s)) ||
        (e = msg_bytes(ctx, in, "logo", SPONSOR_LOGO_MAX, &bytes)) ||
        (e = sponsor_logo(ctx, tx, s.id, bytes)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "sponsor", s.id, STR("logo"));
}

enum err
backing_slot(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct sponsor_slot n = {0};
    struct sponsor s;
    struct season season;
    struct str name;
    enum err e;

    (void)out;
    if ((e = read_sponsor(ctx, in, &s)) ||
        (e = msg_text(ctx, in, "place", 1, WORD_BYTES, &n.place)) ||
        (e = msg_i64(ctx, in, "from", 0, MINOR_MAX, &n.from_at)) ||
        (e = msg_i64(ctx, in, "to", 0, MINOR_MAX, &n.to_at)) ||
        (e = msg_i64(ctx, in, "price", 0, MINOR_MAX, &n.price)))
        return e;
    if (msg_has(in, "season")) {
        if ((e = msg_text(ctx, in, "season", 1, NAME_BYTES, &name)) ||
            (e = season_find(ctx, name, &season)))
            return e;
        n.season_id = season.id;
    }
    n.sponsor_id = s.id;
    if ((e = sponsor_slot_add(ctx, tx, &n, who->text)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "sponsor", s.id, n.place);
}

static enum err
read_shown(struct ctx *ctx, const struct msg *in, int64_t *ret_id, struct str *ret_place)
{
    enum err e = msg_i64(ctx, in, "sponsor", 1, INT64_MAX, ret_id);

    return e ? e : msg_text(ctx, in, "place", 1, WORD_BYTES, ret_place);
}

enum err
backing_seen(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct str place;
    int64_t id;
    enum err e = read_shown(ctx, in, &id, &place);

    (void)who;
    (void)out;
    return e ? e : onair_view(ctx, tx, id, place);
}

enum err
backing_click(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct sponsor s;
    struct str place;
    int64_t id;
    enum err e;

    (void)who;
    if ((e = read_shown(ctx, in, &id, &place)) || (e = onair_click(ctx, tx, id, place)) ||
        (e = sponsor_get(ctx, id, &s)))
        return e;
    msg_add_str(out, "url", s.url);
    return OK;
}

/* What an overlay's machine says is shown to staff: text, and not more than fits. */
static struct str
soft_text(const struct msg *in, const char *field, size_t max)
{
    struct str s = msg_opt(in, field);

    return s.n <= max && str_is_text(s, "") ? s : STR("");
}

enum err
backing_note(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct onair_note n = {0};
    int64_t visible;
    enum err e;

    (void)who;
    (void)out;
    if ((e = msg_text(ctx, in, "token", 1, 64, &n.token)) ||
        (e = msg_text(ctx, in, "kind", 1, WORD_BYTES, &n.kind)) ||
        (e = msg_i64(ctx, in, "seq", 0, INT64_MAX, &n.seq)) ||
        (e = msg_i64(ctx, in, "visible", 0, 1, &visible)) ||
        (e = msg_i64(ctx, in, "sponsor", 0, INT64_MAX, &n.sponsor_id)) ||
        (e = msg_i64(ctx, in, "late", 0, 1000000, &n.late)) ||
        (e = msg_i64(ctx, in, "reconnects", 0, 1000000, &n.reconnects)))
        return e;
    n.visible = visible != 0;
    n.channel = soft_text(in, "channel", WORD_BYTES);
    n.place = soft_text(in, "place", WORD_BYTES);
    n.agent = soft_text(in, "agent", OPTION_BYTES);
    n.unknown = soft_text(in, "unknown", OPTION_BYTES);
    return onair_take(ctx, tx, &n);
}
