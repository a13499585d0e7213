/* Reads fields, calls league/, writes the log of acts. Not for: deciding anything. */
#include "vault/steward.h"

#include "base/buf.h"
#include "db/tx.h"
#include "league/points.h"
#include "league/season.h"
#include "league/standing.h"
#include "race/lobby.h"
#include "user/audit_log.h"
#include "vault/people.h"

enum { NAME_BYTES = 250, TEXT_BYTES = 2000, TABLE_MAX = 256 * 1024 };

static enum err
read_season(struct ctx *ctx, const struct msg *in, struct season *ret)
{
    struct str which;
    enum err e = msg_text(ctx, in, "season", 1, NAME_BYTES, &which);

    return e ? e : season_find(ctx, which, ret);
}

enum err
steward_points(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
               const struct msg *in, struct msg *out)
{
    struct str name, points;
    int64_t dnf = 0, id;
    enum err e;

    (void)out;
    if ((e = msg_text(ctx, in, "name", 1, NAME_BYTES, &name)) ||
        (e = msg_text(ctx, in, "points", 1, NAME_BYTES, &points)) ||
        (e = msg_maybe_i64(ctx, in, "dnf", -MINOR_MAX, MINOR_MAX, &dnf)) ||
        (e = points_add(ctx, tx, name, points, dnf, who->text, &id)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "points", id, name);
}

enum err
steward_season(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
               const struct msg *in, struct msg *out)
{
    struct season_new n = {0};
    struct season z;
    int64_t id;
    enum err e;

    if ((e = msg_text(ctx, in, "name", 1, NAME_BYTES, &n.name)) ||
        (e = msg_maybe_text(ctx, in, "slug", NAME_BYTES, &n.slug)) ||
        (e = msg_maybe_text(ctx, in, "points", NAME_BYTES, &n.points)) ||
        (e = msg_maybe_text(ctx, in, "rule", NAME_BYTES, &n.rule)) ||
        (e = msg_maybe_i64(ctx, in, "from", -MINOR_MAX, MINOR_MAX, &n.starts_at)) ||
        (e = msg_maybe_i64(ctx, in, "to", -MINOR_MAX, MINOR_MAX, &n.ends_at)) ||
        (e = msg_maybe_i64(ctx, in, "drops", -MINOR_MAX, MINOR_MAX, &n.drops)) ||
        (e = msg_maybe_i64(ctx, in, "drop_from", -MINOR_MAX, MINOR_MAX, &n.drop_from)) ||
        (e = season_add(ctx, tx, &n, who->text, &id)) || (e = season_get(ctx, id, &z)))
        return e;
    msg_add_i64(out, "season", id);
    msg_add_str(out, "slug", z.slug);
    return audit_log_on(ctx, tx, who->text, in->name, "season", id, z.name);
}

/* Both tables beside each other: "rank rank points points name" a line. */
static struct str
compare(struct ctx *ctx, const struct standing_table *was, const struct standing_table *is)
{
    struct buf b = buf_new(ctx->arena, TABLE_MAX);

    for (size_t i = 0; i < is->n; i++)
        for (size_t k = 0; k < was->n; k++)
            if (was->row[k].member_id == is->row[i].member_id)
                buf_printf(&b, "%lld %lld %lld %lld %.*s\n", (long long)was->row[k].rank,
                           (long long)is->row[i].rank, (long long)was->row[k].points,
                           (long long)is->row[i].points, STR_ARG(is->row[i].name));
    return buf_err(&b) ? STR("") : buf_str(&b);
}

enum err
steward_change(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
               const struct msg *in, struct msg *out)
{
    struct standing_table was, is;
    struct season z;
    struct str points, reason;
    int64_t look = 0;
    enum err e;

    if ((e = read_season(ctx, in, &z)) ||
        (e = msg_maybe_text(ctx, in, "points", NAME_BYTES, &points)) ||
        (e = msg_maybe_text(ctx, in, "reason", TEXT_BYTES, &reason)) ||
        (e = msg_maybe_i64(ctx, in, "drops", -MINOR_MAX, MINOR_MAX, &z.drops)) ||
        (e = msg_maybe_i64(ctx, in, "drop_from", -MINOR_MAX, MINOR_MAX, &z.drop_from)) ||
        (e = msg_maybe_i64(ctx, in, "look", -MINOR_MAX, MINOR_MAX, &look)))
        return e;
    if (look)
        reason = STR("a look at what would change");
    if ((e = standing_read(ctx, z.id, 0, 0, &was)) || (e = tx_save(tx)))
        return e;
    e = season_change(ctx, tx, z.id, points, z.drops, z.drop_from, reason, who->text);
    if (!e)
        e = standing_read(ctx, z.id, 0, 0, &is);
    enum err end = e || look ? tx_undo(tx) : tx_keep(tx);
    if (e || end)
        return e ? e : end;
    msg_add_str(out, "table", compare(ctx, &was, &is));
    return look ? OK : audit_log_on(ctx, tx, who->text, in->name, "season", z.id, reason);
}

enum err
steward_put(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct lobby_new n = {.rule = STR("")};
    struct str which;
    int64_t race;
    enum err e;

    (void)out;
    if ((e = msg_i64(ctx, in, "race", 1, INT64_MAX, &race)) ||
        (e = msg_text(ctx, in, "season", 1, NAME_BYTES, &which)) ||
        (e = season_choose(ctx, which, &n)) ||
        (e = season_put_race(ctx, tx, race, n.season_id)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "race", race, which);
}

enum err
steward_close(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct season z;
    enum err e;

    (void)out;
    if ((e = read_season(ctx, in, &z)) || (e = season_close(ctx, tx, z.id, who->text)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "season", z.id, z.name);
}

enum err
steward_erratum(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                const struct msg *in, struct msg *out)
{
    struct season z;
    struct str text;
    enum err e;

    (void)out;
    if ((e = read_season(ctx, in, &z)) ||
        (e = msg_text(ctx, in, "text", 1, TEXT_BYTES, &text)) ||
        (e = season_erratum(ctx, tx, z.id, text, who->text)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "season", z.id, text);
}

enum err
steward_penalty(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                const struct msg *in, struct msg *out)
{
    struct str incident, reason;
    int64_t race, points, id;
    struct member m;
    enum err e;

    if ((e = msg_i64(ctx, in, "race", 1, INT64_MAX, &race)) ||
        (e = people_field(ctx, in, "member", &m)) ||
        (e = msg_text(ctx, in, "incident", 1, TEXT_BYTES, &incident)) ||
        (e = msg_i64(ctx, in, "points", -MINOR_MAX, MINOR_MAX, &points)) ||
        (e = msg_text(ctx, in, "reason", 1, TEXT_BYTES, &reason)) ||
        (e = season_penalty_add(ctx, tx, race, m.id, incident, points, reason, who->text, &id)))
        return e;
    msg_add_i64(out, "penalty", id);
    return audit_log_on(ctx, tx, who->text, in->name, "penalty", id, reason);
}

enum err
steward_lift(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct str reason;
    int64_t id;
    enum err e;

    (void)out;
    if ((e = msg_i64(ctx, in, "penalty", 1, INT64_MAX, &id)) ||
        (e = msg_text(ctx, in, "reason", 1, TEXT_BYTES, &reason)) ||
        (e = season_penalty_lift(ctx, tx, id, reason, who->text)))
        return e;
    return audit_log_on(ctx, tx, who->text, in->name, "penalty", id, reason);
}
