/* One message a topic. Not for: where it goes (job/herald.c). */
#include "bot/tidings.h"

#include "bot/tidings_dj.h"
#include "db/stmt.h"
#include "race/report.h"
#include "user/identity.h"

enum { REASON_SIGNS = 300, NAME_SIGNS = 60, LIST_BYTES = 4000 };

static enum err
nothing(struct ctx *ctx, struct str topic)
{
    return ctx_fail(ctx, E_NOTFOUND, "nothing to tell about %.*s", STR_ARG(topic));
}

/* Who of a member is reached there, or E_NOTFOUND. */
static enum err
subject_of(struct ctx *ctx, int64_t member, const char *what, struct str *ret)
{
    struct identity who;
    bool on = true;
    enum err e = identity_of(ctx, STR("discord"), member, &who);

    if (!e && what)
        e = identity_notify_get(ctx, member, str_of(what), &on);
    if (!e && !on)
        e = ctx_fail(ctx, E_NOTFOUND, "that member does not want to be told");
    if (!e)
        *ret = who.subject;
    return e;
}

/* "<@1> <@2>" of the drivers of those seats, pinged. Who is not there is left out. */
static enum err
ping(struct ctx *ctx, struct message *m, const struct race *r, unsigned seats, const char *what,
     struct str *ret)
{
    struct buf b = buf_new(ctx->arena, LIST_BYTES);

    for (size_t i = 0; i < r->n_seats; i++) {
        struct str subject;
        enum err e;

        if (r->seat[i].left_at || !(seats >> (r->seat[i].no - 1) & 1))
            continue;
        if ((e = subject_of(ctx, r->seat[i].member_id, what, &subject)) == E_NOTFOUND) {
            ctx_clear(ctx);
            continue;
        }
        if (e)
            return e;
        buf_printf(&b, "%s<@%.*s>", b.n ? " " : "", STR_ARG(subject));
        message_ping(m, subject);
    }
    *ret = buf_str(&b);
    return OK;
}

static enum err
started(struct ctx *ctx, const struct race *r, struct message *m)
{
    int64_t n = 0;
    struct str who;
    enum err e;

    if (r->state != RACE_RUNNING)
        return nothing(ctx, STR("a start that is over"));
    if ((e = ping(ctx, m, r, ~0U, NULL, &who)))
        return e;
    for (size_t i = 0; i < r->n_seats; i++)
        n += !r->seat[i].left_at;
    message_content(m, "%.*s", STR_ARG(who));
    message_embed(m, MESSAGE_RACE, "Race %lld has started", (long long)r->id);
    message_line(m, "Window open since %.*s. %lld racers. %.*s.",
                 STR_ARG(message_time(ctx, r->opened_at, 't')), (long long)n,
                 STR_ARG(race_rule_words(ctx, &r->rule)));
    message_footer(m, "Race %lld", (long long)r->id);
    message_link(m, "Shop", "/shop?race=%lld", (long long)r->id);
    message_link(m, "Watch", "/race/%lld", (long long)r->id);
    return tidings_dj_button(ctx, m);
}

/* The host is asked for; one who opened it elsewhere is not reached there. */
static enum err
full(struct ctx *ctx, const struct race *r, struct message *m)
{
    struct str subject;
    int64_t n = 0;
    enum err e;

    for (size_t i = 0; i < r->n_seats; i++)
        n += !r->seat[i].left_at;
    if (r->state != RACE_LOBBY || n < r->seats)
        return nothing(ctx, STR("a lobby that is not full"));
    if ((e = subject_of(ctx, r->host_id, NULL, &subject)))
        return e;
    message_content(m, "<@%.*s>", STR_ARG(subject));
    message_ping(m, subject);
    message_embed(m, MESSAGE_RACE, "Race %lld is full", (long long)r->id);
    message_line(m, "All %lld seats are taken. The host starts it with /start.",
                 (long long)r->seats);
    message_footer(m, "Race %lld", (long long)r->id);
    message_button(m, MESSAGE_GREEN, "Start", "start:%lld", (long long)r->id);
    return OK;
}

static enum err
finished(struct ctx *ctx, const struct race *r, struct message *m)
{
    if (r->state != RACE_FINISHED)
        return nothing(ctx, STR("a flag that is over"));
    message_embed(m, MESSAGE_RACE, "Race %lld: flag", (long long)r->id);
    message_line(m, "Flag at %.*s. Orders count until %.*s. Pot %.*s.",
                 STR_ARG(message_time(ctx, r->closed_at, 'T')),
                 STR_ARG(message_time(ctx, r->closed_at + 1000 * r->grace_s, 'T')),
                 STR_ARG(message_money(ctx, r->pot)));
    message_footer(m, "Race %lld", (long long)r->id);
    message_button(m, MESSAGE_PRIMARY, "Report place", "report:%lld", (long long)r->id);
    message_link(m, "Details", "/race/%lld", (long long)r->id);
    return OK;
}

/* To those who have not said their place; contested: to those who said the same. */
static enum err
ask_places(struct ctx *ctx, const struct race *r, bool contested, struct message *m)
{
    struct report_wait w;
    struct str who;
    enum err e;

    if (r->state != RACE_FINISHED)
        return nothing(ctx, STR("places that are known"));
    if ((e = report_waits(ctx, r, &w)))
        return e;
    if (contested) {
        w.seats = report_contested(r);
        if (!w.seats)
            return nothing(ctx, STR("places that are settled"));
    } else if (w.kind != REPORT_SEATS)
        return nothing(ctx, STR("places that are known"));
    if ((e = ping(ctx, m, r, w.seats, "reminder", &who)))
        return e;
    message_content(m, "%.*s", STR_ARG(who));
    message_embed(m, MESSAGE_PROBLEM,
                  contested ? "Race %lld: contested places" : "Race %lld: places are missing",
                  (long long)r->id);
    for (size_t i = 0; i < r->n_seats; i++)
        if (w.seats >> (r->seat[i].no - 1) & 1)
            message_line(m, "%lld  %.*s", (long long)r->seat[i].no,
                         STR_ARG(message_name(ctx, r->seat[i].name)));
    message_line(m, "%s",
                 contested ? "The host decides with /result."
                           : "Report your place; silence counts as DNF in the end.");
    message_footer(m, "Race %lld", (long long)r->id);
    if (!contested)
        message_button(m, MESSAGE_PRIMARY, "Report place", "report:%lld", (long long)r->id);
    message_link(m, "Details", "/race/%lld", (long long)r->id);
    return OK;
}

static enum err
fixed(struct ctx *ctx, const struct race *r, struct message *m)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tidings_last_fix);
    enum err e;

    stmt_i64(&s, ":race", r->id);
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? nothing(ctx, STR("a fix that is not there")) : e;
    message_embed(m, MESSAGE_PROBLEM, "Race %lld: result corrected", (long long)r->id);
    message_line(m, "Reason: %.*s",
                 STR_ARG(message_text(ctx, stmt_col_str(&s, "reason"), REASON_SIGNS)));
    message_footer(m, "Race %lld", (long long)r->id);
    message_link(m, "Details", "/race/%lld", (long long)r->id);
    return OK;
}

static enum err
gone(struct ctx *ctx, const struct race *r, struct message *m)
{
    if (r->state != RACE_VOID && r->state != RACE_CANCELLED)
        return nothing(ctx, STR("a race that counts"));
    message_embed(m, MESSAGE_PROBLEM, "Race %lld is %.*s", (long long)r->id,
                  STR_ARG(race_state_word(r->state)));
    if (r->end_reason.n)
        message_line(m, "Reason: %.*s",
                     STR_ARG(message_text(ctx, r->end_reason, REASON_SIGNS)));
    message_footer(m, "Race %lld", (long long)r->id);
    message_link(m, "Details", "/race/%lld", (long long)r->id);
    return OK;
}

enum err
tidings_race(struct ctx *ctx, struct str topic, const struct race *r, struct message **ret)
{
    struct message *m = *ret = message_new(ctx);

    if (str_eq_text(topic, "race.full"))
        return full(ctx, r, m);
    if (str_eq_text(topic, "race.started"))
        return started(ctx, r, m);
    if (str_eq_text(topic, "race.finished"))
        return finished(ctx, r, m);
    if (str_eq_text(topic, "race.remind"))
        return ask_places(ctx, r, false, m);
    if (str_eq_text(topic, "race.contested"))
        return ask_places(ctx, r, true, m);
    if (str_eq_text(topic, "race.fixed"))
        return fixed(ctx, r, m);
    if (str_eq_text(topic, "race.void"))
        return gone(ctx, r, m);
    return nothing(ctx, topic);
}

static enum err
dispute(struct ctx *ctx, struct str topic, int64_t id, struct message *m)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tidings_dispute);
    bool closed = str_eq_text(topic, "dispute.closed"), open;
    int64_t race;
    enum err e;

    stmt_i64(&s, ":id", id);
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? nothing(ctx, topic) : e;
    race = stmt_col_i64(&s, "race_id");
    open = str_eq_text(stmt_col_str(&s, "state"), "OPEN");
    if (open == closed)
        return nothing(ctx, topic);
    message_embed(m, open ? MESSAGE_PROBLEM : MESSAGE_GOOD, "Dispute %lld, race %lld: %.*s",
                  (long long)id, (long long)race,
                  STR_ARG(str_lower(ctx->arena, stmt_col_str(&s, "state"))));
    message_line(m, "%.*s: %.*s", STR_ARG(message_name(ctx, stmt_col_str(&s, "name"))),
                 STR_ARG(message_text(ctx, stmt_col_str(&s, "reason"), REASON_SIGNS)));
    if (stmt_col_str(&s, "answer").n)
        message_line(m, "Answer: %.*s",
                     STR_ARG(message_text(ctx, stmt_col_str(&s, "answer"), REASON_SIGNS)));
    if (open) {
        message_line(m, "The race is not final until staff has decided.");
        message_button(m, MESSAGE_GREEN, "Uphold", "uphold:%lld", (long long)id);
        message_button(m, MESSAGE_RED, "Reject", "reject:%lld", (long long)id);
    }
    message_footer(m, "Dispute %lld", (long long)id);
    message_link(m, "Details", "/race/%lld", (long long)race);
    return OK;
}

static enum err
season(struct ctx *ctx, struct str topic, int64_t id, struct message *m)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tidings_season);
    struct stmt first CLEANUP(stmt_done) = stmt_get(ctx, SQL_tidings_champions);
    struct str slug, name;
    enum err e;

    stmt_i64(&s, ":id", id);
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? nothing(ctx, topic) : e;
    slug = stmt_col_str(&s, "slug");
    name = message_text(ctx, stmt_col_str(&s, "name"), NAME_SIGNS);
    message_embed(m, MESSAGE_MONEY, "%.*s is over", STR_ARG(name));
    stmt_i64(&first, ":id", id);
    while ((e = stmt_row(&first)) == OK)
        message_line(m, "Champion: **%.*s**, %lld points",
                     STR_ARG(message_name(ctx, stmt_col_str(&first, "name"))),
                     (long long)stmt_col_i64(&first, "points"));
    if (e != E_NOTFOUND)
        return e;
    message_picture(m, "season", slug, "The final table of %.*s.", STR_ARG(name));
    message_footer(m, "%.*s", STR_ARG(name));
    message_link(m, "Full table", "/season/%.*s", STR_ARG(slug));
    return OK;
}

static enum err
alert(struct ctx *ctx, struct str topic, int64_t id, struct message *m)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tidings_alert);
    enum err e;

    stmt_i64(&s, ":id", id);
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? nothing(ctx, topic) : e;
    message_embed(m, MESSAGE_PROBLEM, "Alert %lld: %.*s", (long long)id,
                  STR_ARG(message_text(ctx, stmt_col_str(&s, "kind"), NAME_SIGNS)));
    message_line(m, "%.*s",
                 STR_ARG(message_text(ctx, stmt_col_str(&s, "text"), 2 * REASON_SIGNS)));
    message_footer(m, "%.*s", STR_ARG(stmt_col_str(&s, "severity")));
    message_link(m, "Status", "/status");
    return OK;
}

enum err
tidings_other(struct ctx *ctx, struct str topic, struct str kind, int64_t id,
              struct message **ret)
{
    struct message *m = *ret = message_new(ctx);

    if (str_eq_text(kind, "dispute"))
        return dispute(ctx, topic, id, m);
    if (str_eq_text(kind, "season"))
        return season(ctx, topic, id, m);
    if (str_eq_text(kind, "alert"))
        return alert(ctx, topic, id, m);
    if (str_eq_text(kind, "dj"))
        return tidings_dj_queue(ctx, id, false, m);
    return nothing(ctx, topic);
}

/* "most_wins" as people read it. */
static struct str
words_of(struct ctx *ctx, struct str word)
{
    char *text = str_text(ctx->arena, word);

    for (char *p = text; *p; p++)
        if (*p == '_')
            *p = ' ';
    if (*text >= 'a' && *text <= 'z')
        *text = (char)(*text - 'a' + 'A');
    return str_of(text);
}

static enum err
trophy(struct ctx *ctx, struct str topic, int64_t id, struct str *ret_subject,
       struct message *m)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tidings_trophy);
    int64_t member;
    enum err e;

    stmt_i64(&s, ":id", id);
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? nothing(ctx, topic) : e;
    member = stmt_col_i64(&s, "member_id");
    if ((e = subject_of(ctx, member, "trophy", ret_subject)))
        return e;
    message_embed(m, MESSAGE_GOOD, "A trophy for you: %.*s",
                  STR_ARG(words_of(ctx, stmt_col_str(&s, "kind"))));
    message_line(m, "%.*s",
                 STR_ARG(message_text(ctx, stmt_col_str(&s, "words"), REASON_SIGNS)));
    message_footer(m, "Turn these messages off with /notify");
    return OK;
}

static enum err
corrected(struct ctx *ctx, struct str topic, int64_t id, int64_t member,
          struct str *ret_subject, struct message *m)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tidings_fix);
    int64_t race;
    enum err e;

    stmt_i64(&s, ":id", id);
    if ((e = stmt_one(&s)))
        return e == E_NOTFOUND ? nothing(ctx, topic) : e;
    if ((e = subject_of(ctx, member, "result", ret_subject)))
        return e;
    race = stmt_col_i64(&s, "race_id");
    message_embed(m, MESSAGE_PROBLEM, "Your result in race %lld was corrected",
                  (long long)race);
    message_line(m, "Reason: %.*s",
                 STR_ARG(message_text(ctx, stmt_col_str(&s, "reason"), REASON_SIGNS)));
    message_footer(m, "Turn these messages off with /notify");
    message_link(m, "Details", "/race/%lld", (long long)race);
    return OK;
}

enum err
tidings_direct(struct ctx *ctx, struct str topic, struct str object, struct str *ret_subject,
               struct message **ret)
{
    struct str rest = object, kind, number;
    struct message *m = *ret = message_new(ctx);
    int64_t id, member = 0;
    enum err e;

    if (!str_split(&rest, ':', &kind) || !str_split(&rest, ':', &number) ||
        !str_i64(number, 1, MINOR_MAX, &id) ||
        (rest.n && !str_i64(rest, 1, MINOR_MAX, &member)))
        return nothing(ctx, topic);
    if (str_eq_text(kind, "trophy"))
        return trophy(ctx, topic, id, ret_subject, m);
    if (str_eq_text(kind, "tip") || str_eq_text(kind, "song")) {
        e = str_eq_text(kind, "tip") ? tidings_dj_tip(ctx, id, &member, m)
                                     : tidings_dj_song(ctx, id, &member, m);
        return e ? e : subject_of(ctx, member, "tip", ret_subject);
    }
    if (str_eq_text(kind, "dispute") && member) {
        if ((e = subject_of(ctx, member, "dispute", ret_subject)))
            return e;
        return dispute(ctx, STR("dispute.closed"), id, m);
    }
    if (str_eq_text(kind, "fix") && member)
        return corrected(ctx, topic, id, member, ret_subject, m);
    return nothing(ctx, topic);
}

enum err
tidings_points(struct ctx *ctx, int64_t race, int64_t ret[RACE_SEATS_MAX])
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_tidings_points);
    enum err e;

    for (size_t i = 0; i < RACE_SEATS_MAX; i++)
        ret[i] = -1;
    stmt_i64(&s, ":race", race);
    while ((e = stmt_row(&s)) == OK) {
        int64_t seat = stmt_col_i64(&s, "seat_no");

        if (seat >= 1 && seat <= RACE_SEATS_MAX)
            ret[seat - 1] = stmt_col_i64(&s, "points");
    }
    return e == E_NOTFOUND ? OK : e;
}
