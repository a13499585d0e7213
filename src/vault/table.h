/* THE table of commands: everything that can change anything. One row: name, who may, handler.
 * Callers send a msg of that name; unknown names are E_NOTFOUND, unknown fields are ignored.
 *
 * name           from       fields -> answer fields                                   key
 * hook.take      web        provider, body, headers (a line each) -> inbox (id)         by it
 * discord.take   web        body, signature, timestamp -> json (the answer)           by its id
 * login.use      web        token, session? (ends) -> session (43 signs)               -
 * session.end    web        session                                                    -
 * login.begin    web        provider, to? (path) -> secret, state, challenge            -
 * login.code     web        provider, secret, state, code                              -
 * login.known    jobs       provider, try, subject, name, avatar? or reason            -
 * login.claim    web        secret, label?, session? (ends) -> waiting, session, to     -
 * session.renew  web        session                                                    -
 * session.drop   web        session, id (0: all others)                                -
 * me.privacy     web        session, hidden (0, 1), earnings, rules? (1: accepted),     -
 *                           payout? (amount, line, hidden)
 * me.notify      web        session, reminder, result, dispute, trophy, payout, tip     -
 *                           (0, 1)
 * me.forget      web        session: the member leaves                                 -
 * desk.close     web        session, season (operator)                                 -
 * desk.dispute   web        session, dispute, upheld (0, 1), answer (staff)            -
 * desk.lift      web        session, penalty, reason (staff)                           -
 * desk.note      web        session, alert, note (staff)                               -
 * desk.tag       web        session, sale, race, reason (staff) -> tag               -
 * desk.tagged    web        session, tag, yes (0, 1) (staff)                            -
 * desk.run       web        session, job: due now (operator)                           -
 * desk.postpone  web        session, job, hours (1 to 72) (operator)                   -
 * payout.ask     web        session, method (its number, or "gift_card"), amount (text, key
 *                           "50.00" or "all") -> payout
 * payout.cancel  web        session, payout                                            -
 * payout.fulfil  web        session, payout, brand?, code?, note? (staff)              -
 * payout.judge   web        session, payout, arrived (0, 1), proof (operator) -> ended -
 * payout.reveal  web        session, payout -> brand, code                             -
 * method.set     web        session, kind, to? -> method                               -
 * method.confirm web        session, method: only where Discord cannot ask             -
 * method.drop    web        session, method                                            -
 * member.add     ctl        name, roles ("host,dj" or "") -> member                    key
 * role.grant     ctl        member (name, id, discord:ID: made when unknown), role -> name -
 * role.revoke    ctl        member, role -> name                                       -
 * member.block   ctl        member, reason                                             -
 * member.unblock ctl        member, reason                                             -
 * login.link     ctl        member, minutes? (10) -> token                             -
 * overlay.add    ctl        label -> token                                             -
 * overlay.revoke ctl        label                                                      -
 * race.open      ctl        host, name?, seats? rounds? rule? season? ("none") -> race key
 * race.join      ctl        race, member -> seat (0: wait list)                        key
 * race.leave     ctl        race, member                                               key
 * race.start     ctl        race, host?                                                key
 * race.sub       ctl        race, seat, member, round                                  key
 * race.finish    ctl        race, at? (ms), reason?                                    key
 * race.result    ctl        race, seat, place (0: DNF), note?                          key
 * race.dispute   ctl        race, member, reason -> dispute                            key
 * race.decide    ctl        dispute, upheld (0, 1), answer                             key
 * race.withdraw  ctl        dispute                                                    key
 * race.fix       ctl        race, places ("1=2,3=dnf"), reason, hash? (absent: writes  key
 *                           nothing) -> hash, moved, rows: lines of numbers
 * race.void      ctl        race, reason                                               key
 * rule.add       ctl        name, basis?, pool_bps?, … every field of struct race_rule key
 * product.add    ctl        sku, title, cost                                           key
 * product.cost   ctl        sku, from (ms), cost                                       key
 * product.shelf  ctl        sku, price? shipping? text? shopify? kofi? rank?           key
 *                           picture? (bytes)
 * product.end    ctl        sku: no longer on the shelf                               -
 * refund.told    ctl        provider, payment, amount, reason -> ref                   key
 * desk.cost      web        session, sku, from (ms), cost (staff)                      key
 * checkout.sale  web        items ("sku:2,…"), tag? session? -> token                  key
 * checkout.tip   web        dj, amount (minor), fan, from? message? title? artist?    key
 *                           link? session? -> token
 * dj.air         web        session, what (air, pause), on (0, 1) (dj)                 -
 * dj.limits      web        session, min, max_open, max_per_fan, banned (dj)           -
 * song.act       web        session, do (play, done, skip, refund, keep, next), song,  -
 *                           reason? (dj)
 * checkout.open  jobs       checkout, session, url                                     -
 * checkout.fail  jobs       checkout, why                                              -
 * giveback.tell  jobs       giveback, state, object? why?                              -
 * sale.refund    ctl        sale, amount, reason -> giveback, state                      key
 * fee.take       jobs       provider, payment, txn, currency, amount, at (ms)          -
 * sponsor.add    ctl        name, text? url? member? -> sponsor                       key
 * sponsor.end    ctl        sponsor (name or id)                                       -
 * sponsor.logo   ctl        sponsor, logo (bytes)                                      -
 * sponsor.slot   ctl        sponsor, place, from, to, price, season?                   key
 * sponsor.seen   web        sponsor (id), place: a page showed it                      -
 * sponsor.click  web        sponsor (id), place -> url                                 -
 * overlay.note   web        token, kind, seq, visible, sponsor, late, reconnects,
 *                           channel? place? agent? unknown?                            -
 * points.add     ctl        name, points ("15,12,…"), dnf?                             key
 * season.add     ctl        name, slug? from? to? (ms) points? rule? drops? drop_from? key
 *                           -> season, slug
 * season.change  ctl        season, points? drops? drop_from? reason? look? (1: writes key
 *                           nothing) -> table: lines "rank rank points points name"
 * season.put     ctl        race, season ("none")                                      key
 * season.close   ctl        season                                                     key
 * season.erratum ctl        season, text                                               key
 * penalty.add    ctl        race, member, incident, points, reason -> penalty          key
 * penalty.lift   ctl        penalty, reason                                            key
 * prize.add      ctl        season, place, amount, label? sponsor?                     key
 * inbox.replay   ctl jobs   id (0: all that are due) -> done, failed                   -
 * payout.block   ctl        member, reason: the member reads it                        -
 * payout.unblock ctl        member, reason                                             -
 * payout.adopt   ctl        member, provider, ref, amount, reason: made after the copy   key
 *                           that the ledger was restored from -> payout
 * payout.begin   jobs       payout -> act (nothing, send, look); then method, key, to,
 *                           amount, currency, ref, first_at, turn, hold (0, 1)         -
 * payout.report  jobs       payout, turn, what (sent, paid, failed, absent, wait, unknown),
 *                           ref?, why?, fee? (-1), wait_ms? -> again (ms; 0: it has ended;
 *                           the job "pay" for then is made: finish the present one)     -
 * cert.keep      jobs       url, pem: somebody fetched and checked it                 -
 * account.report jobs       method, ready (0, 1), account?, url?, why?                 -
 * job.claim      jobs       lease_ms, kinds? (",a,b,"), inside? (0: all others) ->
 *                           id, kind, key, payload, fence, tries, made (ms)            -
 * job.finish     jobs       id, fence                                                  -
 * job.fail       jobs       id, fence, error, max_tries                                -
 * job.defer      jobs       id, fence, until (ms), error: no try                       -
 * discord.posted jobs       topic, object, channel, message (empty: gone), sha         -
 * avatar.ready   jobs       provider, subject, hash, sha                               -
 * logo.ready     jobs       sha                                                        -
 * job.retry      ctl        id                                                         -
 * clock.tick     jobs ctl   -> steps: what time alone does                             -
 * hook.sync      jobs       provider, key, type, body -> inbox (id)                     by it
 * books.lines    jobs       provider, lines ("object kind source currency amount fee    -
 *                           at ours") -> differ: sources of lines that differ
 * books.unlisted jobs       provider, lines ("ref source currency at")                    -
 * books.read     jobs       provider, cursor, ours, explained, holds?                     -
 * books.failed   jobs       provider, why                                                 -
 * books.checked  jobs       name (chain, whole), seq, sha (hex), found, why               -
 * live.prune     jobs       upto                                                       -
 * alert.raise    jobs       kind, key, severity, who, text                             -
 * alert.resolve  jobs       kind, key                                                  -
 * alert.mailed   jobs       id                                                         -
 * part.alive     web jobs   ending? (1: it stops in order): a sign of life of that side    -
 * upkeep.report  upkeep ctl kind (backup drill verify audit restore upgrade), began,       -
 *                           ended (ms), good (0, 1), words, seq?, head? (hex), bytes?
 * quarantine.end ctl        reason, despite? ("": refused while something blocks)          -
 * vault.ping     all        -> seq (head), now, and what the vault counts (gauge.h)       -
 *
 * Times are decimal ms, amounts minor units, as int64 fields. Where "key" stands, the message
 * carries a field key (1 to 200 signs): the same key and fields give the first answer again,
 * refusals included; other fields are E_CONFLICT. */
#pragma once

#include "call/msg.h"

struct tx;

enum vault_from {
    FROM_WEB = 1,
    FROM_JOBS = 2,
    FROM_CTL = 4,
    FROM_UPKEEP = 8 /* who copies and checks the ledger */
};                  /* which socket it came through */

/* Beside the sockets: how good the login behind the field session must be (user/session.h). It
 * is looked at here too, so that no page can forget it. */
enum vault_login { LOGIN_MONEY = 16, LOGIN_FRESH = 32 };

/* Who acts, for the logs: "people:<uid>", "jobs", "web", later "member:<id>". */
struct vault_actor {
    enum vault_from from;
    unsigned uid;    /* of the peer */
    struct str text; /* "people:0" */
};

typedef enum err (*vault_fn)(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                             const struct msg *in, struct msg *out);

struct vault_command {
    const char *name;
    unsigned from; /* mask of vault_from, with vault_login */
    bool keyed;
    vault_fn run;
    bool reads; /* changes nothing: needs no transaction, answered on a full disk too */
    /* What a refusal leaves behind, after its own work was undone; NULL: nothing. */
    enum err (*refused)(struct ctx *ctx, struct tx *tx);
};

extern const struct vault_command table_commands[];
extern const size_t table_count;
/* NULL when there is none. */
const struct vault_command *table_find(struct str name);
