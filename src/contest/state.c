/* The table of steps. See state.h. */
#include "contest/state.h"

#include "db/stmt.h"
#include "db/tx.h"

enum { BY_TIME = 1, BY_PERSON = 2 };

struct step {
    struct str kind, from, to;
    unsigned by;
};

static const struct step steps[] = {
    {STR_INIT("race"), STR_INIT(""),         STR_INIT("LOBBY"),     BY_PERSON          },
    {STR_INIT("race"), STR_INIT("LOBBY"),    STR_INIT("RUNNING"),   BY_PERSON          },
    {STR_INIT("race"), STR_INIT("LOBBY"),    STR_INIT("CANCELLED"), BY_PERSON | BY_TIME},
    {STR_INIT("race"), STR_INIT("RUNNING"),  STR_INIT("FINISHED"),  BY_PERSON | BY_TIME},
    {STR_INIT("race"), STR_INIT("RUNNING"),  STR_INIT("VOID"),      BY_PERSON          },
    {STR_INIT("race"), STR_INIT("FINISHED"), STR_INIT("FINAL"),     BY_TIME            },
    {STR_INIT("race"), STR_INIT("FINISHED"), STR_INIT("VOID"),      BY_PERSON          },
    {STR_INIT("race"), STR_INIT("FINAL"),    STR_INIT("SETTLED"),   BY_TIME            },
};

static const struct step *
find(struct str kind, struct str from, struct str to)
{
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
        if (str_eq(steps[i].kind, kind) && str_eq(steps[i].from, from) &&
            str_eq(steps[i].to, to))
            return &steps[i];
    return NULL;
}

bool
state_allows(struct str kind, struct str from, struct str to)
{
    return find(kind, from, to) != NULL;
}

enum err
state_step(struct ctx *ctx, struct tx *tx, struct str kind, int64_t object_id, struct str from,
           struct str to, struct str actor, struct str note)
{
    const struct step *s = find(kind, from, to);
    bool clock = str_eq(actor, STR("clock"));

    (void)tx;
    if (!s)
        return ctx_fail(ctx, E_CONFLICT, "a %.*s cannot go from %.*s to %.*s", STR_ARG(kind),
                        STR_ARG(from), STR_ARG(to));
    if (!(s->by & (clock ? BY_TIME : BY_PERSON)))
        return ctx_fail(ctx, E_CONFLICT, "a %.*s goes from %.*s to %.*s only by %s",
                        STR_ARG(kind), STR_ARG(from), STR_ARG(to), clock ? "a person" : "time");

    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_state_log);
    stmt_str(&q, ":kind", kind);
    stmt_i64(&q, ":object_id", object_id);
    stmt_str(&q, ":from_state", from);
    stmt_str(&q, ":to_state", to);
    stmt_str(&q, ":cause", clock ? STR("time") : STR("person"));
    stmt_i64(&q, ":at", ctx_now(ctx));
    stmt_str(&q, ":actor", actor);
    stmt_str(&q, ":note", note);
    return stmt_run(&q);
}
