/* Reads fields, calls race/ and league/, writes the log of acts. Not for: deciding anything. */
#include "vault/judging.h"

#include "base/buf.h"
#include "league/fix.h"
#include "race/dispute.h"
#include "user/audit_log.h"
#include "vault/people.h"

enum { TEXT_BYTES = 2000, PLACES_BYTES = 100, HASH_BYTES = 64, ROWS_BYTES = 64 * 1024 };

enum err
judging_dispute(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                const struct msg *in, struct msg *out)
{
    struct member m;
    struct str reason;
    int64_t race, id;
    enum err e;

    if ((e = msg_i64(ctx, in, "race", 1, INT64_MAX, &race)) ||
        (e = people_field(ctx, in, "member", &m)) ||
        (e = msg_text(ctx, in, "reason", 1, TEXT_BYTES, &reason)) ||
        (e = dispute_open(ctx, tx, race, m.id, reason, &id)))
        return e;
    msg_add_i64(out, "dispute", id);
    return audit_log_on(ctx, tx, who->text, in->name, "dispute", id, m.name);
}

enum err
judging_decide(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
               const struct msg *in, struct msg *out)
{
    struct str answer;
    int64_t id, upheld;
    enum err e;

    (void)out;
    if ((e = msg_i64(ctx, in, "dispute", 1, INT64_MAX, &id)) ||
        (e = msg_i64(ctx, in, "upheld", 0, 1, &upheld)) ||
        (e = msg_text(ctx, in, "answer", 1, TEXT_BYTES, &answer)) ||
        (e = dispute_close(ctx, tx, id, upheld == 1, answer, 0, who->text)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "dispute", id,
                        upheld ? STR("upheld") : STR("rejected"));
}

enum err
judging_withdraw(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                 const struct msg *in, struct msg *out)
{
    struct dispute d;
    int64_t id;
    enum err e;

    (void)out;
    if ((e = msg_i64(ctx, in, "dispute", 1, INT64_MAX, &id)) ||
        (e = dispute_get(ctx, id, &d)) || (e = dispute_withdraw(ctx, tx, id, d.member_id)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "dispute", id, STR("withdrawn"));
}

/* "1=2,2=1,3=dnf" */
static enum err
read_places(struct ctx *ctx, struct str text, int64_t ret[RACE_SEATS_MAX + 1])
{
    struct str one, seat;
    int64_t no;

    for (no = 0; no <= RACE_SEATS_MAX; no++)
        ret[no] = -1;
    while (str_split(&text, ',', &one)) {
        struct str place = str_trim(one);
        int64_t value = 0;

        if (!str_split(&place, '=', &seat) || !str_i64(seat, 1, RACE_SEATS_MAX, &no) ||
            (!str_ieq(place, STR("dnf")) && !str_i64(place, 1, RACE_SEATS_MAX, &value)))
            return ctx_fail(ctx, E_INVALID,
                            "places are written seat=place with commas between, like "
                            "1=2,2=1,3=dnf");
        ret[no] = value;
    }
    return OK;
}

static struct str
rows(struct ctx *ctx, const struct fix_preview *p)
{
    struct buf b = buf_new(ctx->arena, ROWS_BYTES);

    for (size_t i = 0; i < p->n; i++) {
        const struct fix_row *r = &p->row[i];

        buf_printf(&b, "%lld %lld", (long long)r->member_id, (long long)r->seat_no);
        for (int k = 0; k < 2; k++)
            buf_printf(&b, " %lld %lld %lld %lld", (long long)r->place[k],
                       (long long)r->points[k], (long long)r->rank[k], (long long)r->cents[k]);
        buf_printf(&b, "\t%.*s\t%.*s\t%.*s\n", STR_ARG(r->trophies[0]), STR_ARG(r->trophies[1]),
                   STR_ARG(r->name));
    }
    return buf_str(&b);
}

/* Without a hash it only looks. */
enum err
judging_fix(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct fix_preview *p = ARENA_NEW(ctx->arena, struct fix_preview);
    struct fix_ask ask = {.actor = who->text};
    struct str places, hash;
    enum err e;

    if ((e = msg_i64(ctx, in, "race", 1, INT64_MAX, &ask.race_id)) ||
        (e = msg_text(ctx, in, "places", 1, PLACES_BYTES, &places)) ||
        (e = read_places(ctx, places, ask.place)) ||
        (e = msg_text(ctx, in, "reason", 1, TEXT_BYTES, &ask.reason)))
        return e;
    if (msg_has(in, "hash"))
        e = (e = msg_text(ctx, in, "hash", HASH_BYTES, HASH_BYTES, &hash))
                ? e
                : fix_apply(ctx, tx, &ask, hash, p);
    else
        e = fix_look(ctx, tx, &ask, p);
    if (e)
        return e;
    msg_add_str(out, "hash", p->hash);
    msg_add_i64(out, "moved", p->moved);
    msg_add_str(out, "rows", rows(ctx, p));
    return OK;
}
