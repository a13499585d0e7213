/* Notices as bytes, through the command that takes them: stored once, applied or kept. */
#include "vault/notice.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypt.h"
#include "base/enc.h"
#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "queue/inbox.h"
#include "vault/batch.h"
#include "vault/secrets.h"

static const char *const secret = "whsec_unit_test_secret";
static const struct vault_actor web = {.from = FROM_WEB, .text = STR_INIT("web")};
static int64_t events, inbox;

static void
give_secret(void)
{
    const char *path = place("secret");
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

    if (fd < 0 || write(fd, secret, strlen(secret)) < 0 || fchmod(fd, 0600) || close(fd)) {
        printf("Bail out! no secret file\n");
        exit(99);
    }
    night_conf.stripe.webhook_secret_file = str_of(strdup(path));
    is_int(secrets_load(&fix), OK, "the secret is read");
}

static struct str
sign(struct str body, int64_t at_s, const char *key)
{
    struct str t = str_of(arena_printf(fix.arena, "%lld", (long long)at_s));
    struct sha256 mac = crypt_hmac3(str_of(key), t, STR("."), body);

    return str_of(arena_printf(fix.arena, "t=%.*s,v1=%.*s", STR_ARG(t),
                               STR_ARG(enc_hex(fix.arena, mac.b, sizeof mac.b))));
}

struct delivery {
    struct str body, signature;
};

static enum err
do_take(void *arg)
{
    const struct delivery *d = arg;
    struct msg in, out;

    msg_init(&in, STR("hook.take"));
    msg_add_str(&in, "provider", STR("stripe"));
    msg_add_str(&in, "body", d->body);
    msg_add_str(&in, "headers", d->signature);
    msg_init(&out, STR("ok"));
    enum err e = notice_take(&fix, &fix_tx, &web, &in, &out);
    inbox = e ? 0 : msg_opt_i64(&out, "inbox", 0);
    return e;
}

static enum err
deliver(struct str body)
{
    struct delivery d = {.body = body, .signature = sign(body, fix_now / 1000, secret)};

    return night_do(do_take, &d);
}

/* data.object is given; a fresh event id. */
static struct str
event(const char *type, const char *live, const char *object)
{
    return str_of(arena_printf(fix.arena,
                               "{\"id\":\"evt_%lld\",\"object\":\"event\",\"created\":%lld,"
                               "\"livemode\":%s,\"type\":\"%s\",\"data\":{\"object\":%s}}",
                               (long long)++events, (long long)(fix_now / 1000), live, type,
                               object));
}

static const char *
order(const char *pay, const char *amount, const char *currency)
{
    return arena_printf(
        fix.arena,
        "{\"id\":\"%s\",\"amount_received\":%s,\"currency\":\"%s\",\"metadata\":"
        "{\"ck_kind\":\"sale\",\"ck_items\":\"shirt:1:2500\"}}",
        pay, amount, currency);
}

static struct str
state(void)
{
    struct inbox_notice n;

    return inbox_get(&fix, inbox, &n) == OK ? n.state : STR("none");
}

static int64_t
count(const char *what)
{
    return fix_number("SELECT COUNT(*) FROM %s", what);
}

static void
takes(int64_t race)
{
    struct str body = event("payment_intent.succeeded", "false", order("pi_1", "2500", "usd"));

    is_int(deliver(body), OK, "a signed sale is taken");
    is_str(state(), STR("applied"), "and applied");
    is_int(night_get(race).pot, 500, "the pot rises");
    is_int(deliver(body), OK, "the same event again is taken");
    is_int(count("inbox"), 1, "and stored once");
    is_int(count("sale"), 1, "and counted once");
    is_int(deliver(event("checkout.session.completed", "false",
                         "{\"id\":\"cs_1\",\"payment_status\":\"paid\",\"amount_total\":2500,"
                         "\"currency\":\"usd\",\"payment_intent\":\"pi_1\",\"metadata\":"
                         "{\"ck_kind\":\"sale\",\"ck_items\":\"shirt:1:2500\"}}")),
           OK, "another event about the same payment");
    is_str(state(), STR("ignored"), "is ignored");
    is_int(count("sale"), 1, "one payment stays one sale");
    is_int(deliver(event("customer.created", "false", "{\"id\":\"cus_1\"}")), OK,
           "a type we do not act on");
    is_str(state(), STR("ignored"), "is stored as ignored");
    is_int(
        deliver(event("charge.refunded", "false",
                      "{\"id\":\"ch_1\",\"payment_intent\":\"pi_1\",\"amount_refunded\":1000,"
                      "\"currency\":\"usd\"}")),
        OK, "a refund is taken");
    is_int(night_get(race).pot, 300, "the pot falls");
}

static void
early_refund(int64_t race)
{
    is_int(deliver(event("refund.created", "false",
                         "{\"id\":\"re_2\",\"payment_intent\":\"pi_2\",\"amount\":2500,"
                         "\"status\":\"succeeded\",\"currency\":\"usd\"}")),
           OK, "a refund before its sale is taken");
    int64_t early = inbox;
    is_str(state(), STR("waiting"), "and waits");
    is_int(deliver(event("payment_intent.succeeded", "false", order("pi_2", "2500", "usd"))),
           OK, "then the sale comes");
    is_int(night_get(race).pot, 300, "and is taken back at once");
    inbox = early;
    is_str(state(), STR("applied"), "the refund waits no more");
}

static void
refuses(void)
{
    struct str body = event("payment_intent.succeeded", "false", order("pi_3", "2500", "usd"));
    int64_t before = count("inbox");
    struct delivery d = {.body = body, .signature = sign(body, fix_now / 1000, "whsec_wrong")};

    is_int(night_do(do_take, &d), E_AUTH, "a wrong signature is refused");
    d.signature = sign(body, fix_now / 1000 - 301, secret);
    is_int(night_do(do_take, &d), E_INVALID, "a stale one");
    d.signature = sign(body, fix_now / 1000 + 301, secret);
    is_int(night_do(do_take, &d), E_INVALID, "one of the future");
    d.signature = STR("");
    is_int(night_do(do_take, &d), E_INVALID, "none");
    is_int(deliver(STR("not json")), E_INVALID, "what is not JSON");
    is_int(count("inbox"), before, "nothing of it was stored");
}

static void
set_aside(struct str body, const char *name)
{
    int64_t sales = count("sale"), alerts = count("alert WHERE kind = 'set_aside'");

    is_int(deliver(body), OK, name);
    is_str(state(), STR("set_aside"), "… is set aside");
    is_int(count("sale"), sales, "… and not booked");
    is_int(count("alert WHERE kind = 'set_aside'"), alerts + 1, "… with an alert");
}

static void
absurd(void)
{
    const char *type = "payment_intent.succeeded";

    set_aside(event(type, "false", order("pi_4", "0", "usd")), "zero");
    set_aside(event(type, "false", order("pi_4", "-1", "usd")), "a negative amount");
    set_aside(event(type, "false", order("pi_4", "900000000", "usd")), "an absurd amount");
    set_aside(event(type, "false", order("pi_4", "25.5", "usd")), "a fraction of a cent");
    set_aside(event(type, "false", order("pi_4", "2500", "zzz")), "an unknown currency");
    set_aside(event(type, "false", order("pi_4", "2500", "")), "no currency");
    set_aside(event(type, "true", order("pi_4", "2500", "usd")), "live money in a test house");
}

static enum err
do_replay(void *arg)
{
    struct msg in, out;
    int64_t *id = arg;

    msg_init(&in, STR("inbox.replay"));
    msg_add_i64(&in, "id", *id);
    msg_init(&out, STR("ok"));
    enum err e = notice_replay(&fix, &fix_tx, &web, &in, &out);
    *id = e ? -1 : msg_opt_i64(&out, "done", -1);
    return e;
}

/* The ledger refuses once: the notice is kept, told, and applied later. */
static void
kept(int64_t race)
{
    int64_t pot = night_get(race).pot, id;

    ok(fix_sql("CREATE TRIGGER broken BEFORE INSERT ON pot_line BEGIN "
               "SELECT RAISE(ABORT, 'broken'); END"),
       "the ledger breaks");
    is_int(deliver(event("payment_intent.succeeded", "false", order("pi_5", "2500", "usd"))),
           OK, "a sale is taken all the same");
    id = inbox;
    is_str(state(), STR("failed"), "and kept as failed");
    is_int(count("sale WHERE payment = 'pi_5'"), 0, "nothing of it is booked");
    is_int(count("alert WHERE kind = 'inbox_failed' AND resolved_at IS NULL"), 1,
           "with an alert");
    int64_t due = 0;
    is_int(night_do(do_replay, &due), OK, "nothing is due yet");
    is_int(due, 0, "… so nothing is done");
    ok(fix_sql("DROP TRIGGER broken"), "the ledger is repaired");
    fix_now += 60000;
    due = 0;
    is_int(night_do(do_replay, &due), OK, "a minute later it is due");
    is_int(due, 1, "and applied");
    inbox = id;
    is_str(state(), STR("applied"), "the inbox says so");
    is_int(night_get(race).pot, pot + 500, "the pot has it");
    is_int(count("alert WHERE kind = 'inbox_failed' AND resolved_at IS NULL"), 0,
           "the alert is over");
    is_int(night_do(do_replay, &id), E_CONFLICT, "what was applied is not applied again");
}

/* Through the batch, as the socket does: what was refused is undone, its alert is not. */
static void
closed(struct str body)
{
    struct arena *keep = arena_new(4 << 20), *used = fix.arena;
    struct msg in, answer;
    struct str bytes;

    fix.arena = arena_new(4 << 20);
    msg_init(&in, STR("hook.take"));
    msg_add_str(&in, "provider", STR("stripe"));
    msg_add_str(&in, "body", body);
    msg_add_str(&in, "headers", STR("t=1,v1=00"));
    is_int(msg_encode(&fix, &in, &bytes), OK, "a notice for the socket");
    bytes = str_dup(keep, bytes);
    for (int i = 0; i < 3; i++) {
        struct batch_item item = {.bytes = bytes, .who = web};
        batch_run(&fix, keep, true, &item, 1);
        is_int(msg_decode(&fix, item.answer, &answer), OK, "is answered");
        is_str(answer.name, STR("E_BUSY"), "the endpoint is closed");
    }
    arena_free(fix.arena);
    arena_free(keep);
    fix.arena = used;
    is_int(count("alert WHERE kind = 'endpoint_closed'"), 1, "an alert tells it");
    is_int(fix_number("SELECT times FROM alert WHERE kind = 'endpoint_closed'"), 1, "once");
    is_int(count("inbox"), 0, "nothing is stored");
}

/* Money that goes back to somebody else's buyer is not kept waiting for ever. */
static void
strangers(void)
{
    int64_t day = INT64_C(24) * 3600000, due = 0;

    is_int(deliver(event("refund.created", "false",
                         "{\"id\":\"re_x\",\"payment_intent\":\"pi_x\",\"amount\":900,"
                         "\"status\":\"succeeded\",\"currency\":\"usd\"}")),
           OK, "a refund of a payment that is not ours");
    int64_t first = inbox;
    is_int(deliver(event("charge.dispute.created", "false",
                         "{\"id\":\"dp_x\",\"payment_intent\":\"pi_x\",\"amount\":900,"
                         "\"status\":\"needs_response\",\"currency\":\"usd\"}")),
           OK, "and a dispute of it");
    int64_t second = inbox, asked = first;
    is_int(night_do(do_replay, &asked), E_CONFLICT, "asked by hand it goes on waiting");
    fix_now += 7 * day - 1;
    is_int(night_do(do_replay, &due), OK, "for seven days");
    is_int(due, 0, "… nothing is done");
    is_str(state(), STR("waiting"), "… and it waits");
    fix_now++;
    is_int(night_do(do_replay, &due), OK, "then");
    is_int(due, 2, "both are dealt with");
    for (inbox = first; inbox <= second; inbox++) {
        struct inbox_notice n;
        is_str(state(), STR("ignored"), "ignored");
        ok(inbox_get(&fix, inbox, &n) == OK && str_eq(n.reason, STR("no sale of ours")),
           "… in words");
    }
}

int
main(void)
{
    place_make();
    night_open(place("notice.db"));
    int64_t race = night_race(1, 8, "");
    struct str body = event("payment_intent.succeeded", "false", order("pi_0", "2500", "usd"));
    is_int(deliver(body), E_BUSY, "without a secret the endpoint is closed");
    is_int(count("inbox"), 0, "and stores nothing");
    closed(body);
    give_secret();
    int64_t due = 0;
    is_int(night_do(do_replay, &due), OK, "the next round sees the secret");
    is_int(count("alert WHERE kind = 'endpoint_closed' AND resolved_at IS NULL"), 0,
           "and the alert is over");
    takes(race);
    early_refund(race);
    refuses();
    absurd();
    kept(race);
    strangers();
    fix_verify("verify finds nothing in the end");
    fix_close();
    return place_done();
}
