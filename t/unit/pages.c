/* Every page in memory, over a ledger in which a race was really run: lobby, sales, a refund,
 * flag, results. Templates are strict here: a name that a handler forgot is an error page. */
#include "page/routes.h"

#include <stdlib.h>

#include "base/conf.h"
#include "lib/fix.h"
#include "lib/place.h"
#include "lib/sim.h"
#include "page/layout.h"
#include "queue/inbox.h"
#include "race/lobby.h"
#include "race/refund.h"
#include "race/sale.h"
#include "user/session.h"

/* By hand: clang-format 14 dies when it aligns members of different length. */
/* clang-format off */
static struct conf conf = {
    .mode = CONF_TEST,
    .site = {.url = STR_INIT("http://127.0.0.1:8080"), .name = STR_INIT("Cozy <Kart>")},
    .money = {.currency = STR_INIT("USD"), .clear_h = 72},
    .payout = {.min = 2000, .max = 200000, .wait_h = 24,
               .methods = STR_INIT("gift_card,store_credit,paypal,stripe"),
               .fee_by = STR_INIT("house")},
    .race = {.grace_s = 120, .min_racers = 2, .max_h = 3, .dispute_min = 10, .idle_min = 60}};
/* clang-format on */
static struct ctx ctx;
static struct arena *work;
static struct router *router;
static struct res res;
static struct db *reader;
static char cookie[128], overlay[128], link_path[128];
static int64_t sold;

static void
must(enum err e, const char *what)
{
    if (e == OK)
        return;
    printf("Bail out! %s: %.*s\n", what, STR_ARG(ctx_why(&fix)));
    exit(99);
}

static void
get(const char *target, const char *with)
{
    struct sim s = {.target = target, .cookie = with};

    arena_reset(work);
    ctx_init(&ctx, work, fix.world);
    ctx.conf = &conf;
    ctx.db = reader;
    sim_run(router, &ctx, &s, &res);
    if (res.status >= 500)
        printf("# %s: %.*s\n", target, STR_ARG(ctx_why(&ctx)));
}

static bool
has(const char *needle)
{
    return str_find(res.body, str_of(needle), 0) != SIZE_MAX;
}

static void
sell(const char *title, int64_t amount, const char *tag)
{
    char payment[32];
    struct fact_item item = {
        .sku = STR(""), .title = str_of(title), .quantity = 1, .price = amount};
    struct str ref;
    int64_t inbox;

    snprintf(payment, sizeof(payment), "pi_%lld", (long long)++sold);
    struct fact f = {.kind = FACT_SALE,
                     .provider = STR("stripe"),
                     .type = STR("x"),
                     .payment = str_of(payment),
                     .at_ms = fix_now,
                     .currency = STR("USD"),
                     .amount = amount,
                     .tag = str_of(tag),
                     .items = &item,
                     .n_items = 1};

    fix_begin();
    must(inbox_add(&fix, &fix_tx,
                   &(struct inbox_new){.provider = STR("stripe"),
                                       .key = f.payment,
                                       .type = f.type,
                                       .body = STR("{}"),
                                       .ref = STR("")},
                   &inbox),
         "inbox");
    must(sale_book(&fix, &fix_tx, &f, inbox, &ref), "sale");
    fix_commit();
    fix_now += 30000;
}

static void
give_back(const char *payment, int64_t amount)
{
    struct fact f = {.kind = FACT_REFUND,
                     .provider = STR("stripe"),
                     .type = STR("x"),
                     .payment = str_of(payment),
                     .object = STR("re_1"),
                     .at_ms = fix_now,
                     .currency = STR("USD"),
                     .amount = amount};
    struct str ref;
    int64_t inbox;
    bool waiting;

    fix_begin();
    must(inbox_add(&fix, &fix_tx,
                   &(struct inbox_new){.provider = STR("stripe"),
                                       .key = STR("re_1"),
                                       .type = f.type,
                                       .body = STR("{}"),
                                       .ref = STR("")},
                   &inbox),
         "inbox");
    must(refund_book(&fix, &fix_tx, &f, inbox, &ref, &waiting), "refund");
    fix_commit();
}

static void
open_race(void)
{
    struct lobby_new n = {
        .host_id = 9, .name = STR("Night <1>"), .seats = 8, .rounds = 4, .rule = STR("")};
    int64_t race, seat;

    fix_begin();
    must(lobby_open(&fix, &fix_tx, &n, STR("people:0"), &race), "open");
    for (int64_t m = 1; m <= 8; m++)
        must(lobby_join(&fix, &fix_tx, race, m, STR("people:0"), &seat), "join");
    fix_commit();
}

static void
people(void)
{
    struct str link, session, token;

    fix_begin();
    must(session_link(&fix, &fix_tx, 1, 600000, &link), "link");
    must(session_open(&fix, &fix_tx, link, &session), "session");
    must(session_link(&fix, &fix_tx, 2, 600000, &link), "link");
    must(session_overlay_add(&fix, &fix_tx, STR("main"), &token), "overlay");
    snprintf(cookie, sizeof(cookie), "ck=%.*s", STR_ARG(session));
    snprintf(overlay, sizeof(overlay), "%.*s", STR_ARG(token));
    snprintf(link_path, sizeof(link_path), "/login/%.*s", STR_ARG(link));
    fix_commit();
}

static void
start_pages(struct arena *process)
{
    static struct site site = {.conf = &conf};
    struct tmpl *tmpl = NULL;
    struct layout *l = NULL;
    char dir[600];

    ctx_init(&ctx, work, fix.world);
    ctx.conf = &conf;
    must(db_open(&ctx, process, fix_file, DB_READER, &reader), "reader");
    snprintf(dir, sizeof(dir), "%s/templates", getenv("SRCDIR") ? getenv("SRCDIR") : ".");
    if (tmpl_load(&ctx, process, dir, true, &tmpl) != OK ||
        layout_load(&ctx, process, place_dir, &l))
        printf("Bail out! %.*s\n", STR_ARG(ctx_why(&ctx)));
    site.tmpl = tmpl;
    site.page = l;
    router = router_new(process, &(struct router_opts){.routes = routes_table,
                                                       .n_routes = routes_count,
                                                       .site = &site,
                                                       .db = reader,
                                                       .session_find = routes_session,
                                                       .error_page = routes_error});
}

static void
test_before(void)
{
    get("/", NULL);
    ok(res.status == 200 && has("No race yet"), "without a race the home page says so");
    ok(has("data-follow=\"home\""), "and waits for the first one");
    ok(has("Cozy &lt;Kart&gt;") && !has("Cozy <Kart>"), "names are escaped");
    get("/races", NULL);
    ok(res.status == 200 && has("No race so far"), "the list has an empty state");
    get("/race/1", NULL);
    ok(res.status == 404 && has("There is no race 1.") && has("Error id"),
       "a race that is not there is a page with its reason and an error id");
    get("/race/1.json", NULL);
    ok(res.status == 404 && str_eq_text(res.type, "application/problem+json"),
       "and a problem document beside .json");
    get("/wallet", cookie);
    ok(res.status == 200 && has("Nothing earned yet"),
       "an empty wallet says what will be there");
}

static void
test_running(void)
{
    get("/", NULL);
    ok(has("data-pot-digits data-ghost=\"88.88\">10.00<"), "the pot stands in segments");
    ok(has("<span data-pot-text>$10.00</span>"), "and as a text to be spoken");
    ok(has("Every order placed now counts"), "the gate is told in words");
    ok(has("data-live=\"race/1\"") && has("data-race=\"1\""), "the page follows its race");
    ok(has("Night &lt;1&gt;") && !has("Night <1>"), "the name of a race is escaped");
    ok(has("Hoodie, $25.00") && has("+$5.00"), "the last sales are listed");
    ok(str_find(res.body, STR("data-seat=\"8\""), 0) != SIZE_MAX, "all seats are there");
    get("/race/1", NULL);
    ok(has("seats 1–4: +$0.63; seats 5–8: +$0.62"), "shares are shown to the cent");
    ok(has("leftover cent to seats 1–4"), "and who got the leftover cents");
    ok(has("seats 1–4: +$0.62; seats 5–8: +$0.63") || has("leftover cent to seats 5–8"),
       "the next sale gives them to the others");
    get("/race/1.json", NULL);
    ok(res.status == 200 && has("\"pot\":{\"amount\":1000") && has("\"delta_text\":\"+$5.00\""),
       "the document beside it says the same");
}

static void
test_after(void)
{
    get("/race/1", NULL);
    ok(has("Refund") || has("(refund)"), "a refund is a line of its own");
    ok(has("−$5.00") && has("chart__mark--down"), "with a real minus and a hollow mark");
    ok(has("gate_closed") && has("Late cap"), "what did not count is listed with its reason");
    ok(has("The window is closed"), "the gate is closed");
    ok(has("10 min") || has("Next: final"), "the next step is named");
    get("/races", NULL);
    ok(has("href=\"/race/1\"") && has("$5.00"), "the list shows the pot");
    get("/races.json", NULL);
    ok(res.status == 200 && has("\"number\":1"), "also as JSON");
    get("/race/1/spark.svg", NULL);
    ok(res.status == 200 && str_eq_text(res.type, "image/svg+xml"),
       "an overlay gets its small curve");
    get("/race/1?before=x", NULL);
    is_int(res.status, 400, "a field that is wrong is refused");
}

static void
test_wallet(void)
{
    get("/wallet", NULL);
    is_int(res.status, 401, "a wallet is for its member only");
    get("/wallet", cookie);
    ok(res.status == 200 && has("Wallet of m1") && has("$0.62"), "the balance is shown");
    ok(str_eq_text(res_get(&res, "Cache-Control"), "no-store"), "and kept by nobody");
    ok(has("refund of a sale") && has("share of a sale: Hoodie, race 1"),
       "each line says what it is");
    ok(has("available from"), "and when it clears");
    get("/wallet/statement", cookie);
    ok(res.status == 200 && has("Balance before these lines"),
       "the statement has opening and closing");
    get("/wallet/statement?from=nonsense", cookie);
    ok(res.status == 200 && has("banner--bad") && has("value=\"\""),
       "a wrong date is told beside the form");
    get("/wallet/statement?to=2001-01-01", cookie);
    ok(has("No lines in this time"), "a time without lines has its sentence");
    get("/wallet/explain", cookie);
    ok(res.status == 200 && has("you had $0.62") && has("because:"),
       "the balance is explained");
    ok(has("Late cap"), "with what did not count");
    ok(has("cozykart explain 1 --at ") && has("journal entry"), "and with a proof");
    get("/wallet/explain?at=2001-01-01", cookie);
    ok(has("you had $0.00") && has("Nothing earned up to then"),
       "also for a time before everything");
    get("/wallet/explain?at=%3Cb%3E", cookie);
    ok(res.status == 200 && has("value=\"&lt;b&gt;\""), "wrong input is kept, escaped");
}

/* Shares, a settlement and a refund are there; each way of reading them says the same. */
static void
test_money(void)
{
    get("/wallet", cookie);
    ok(has("Earned so far") && has("Paid out") && has("the smallest payout"),
       "what was earned, what was paid out, and how far it is to a payout");
    ok(has("<progress") && has("max=\"2000\"") && has("$20.00 until $20.00"),
       "with what is missing for it");
    ok(has("Balance over time") && has("<title id=\"chart-page\">Balance over time"),
       "the balance has a curve");
    get("/wallet.json", cookie);
    ok(res.status == 200 && has("\"balance\":{\"text\":\"$0.62\",\"minor\":62"),
       "the document says the same");
    get("/wallet/statement?kind=refund", cookie);
    ok(res.status == 200 && has("refund of a sale") && !has("share of a sale:"),
       "only refunds");
    ok(has("Only some lines are shown") && has("/wallet/export.csv?kind=refund&amp;"),
       "with the whole balance, and downloads of the same choice");
    get("/wallet/statement?race=1&from=2001-01-01", cookie);
    ok(has("share of a sale: Hoodie, race 1") && has("value=\"2001-01-01\"") &&
           has("name=\"race\" inputmode=\"numeric\" size=\"6\" value=\"1\""),
       "only a race; the choice is kept");
    get("/wallet/statement?race=7", cookie);
    ok(has("No lines in this time"), "of a race without lines");
    get("/wallet/statement?kind=none", cookie);
    ok(res.status == 200 && has("must be one of"), "a kind that is none is told");
    get("/wallet/explain?compare=1", cookie);
    ok(has("every line of the journal added up") && has("same</span>") && !has("differs"),
       "the balance is the same in every way of reading");
    ok(has("<details>") && has("href=\"/wallet/entry/1\""), "each group opens to its lines");
    ok(has("verify --against receipt.json"), "and the proof says how to check it");
}

static void
test_proof(void)
{
    get("/wallet/entry/1", cookie);
    ok(res.status == 200 && has("L:wallet_pending:1") && !has("L:wallet_pending:2") &&
           !has("A:processor"),
       "an entry shows one's own lines only");
    ok(has("Hash of this entry") && has("It covers the hash of the entry before"),
       "with its hash and the one before");
    get("/wallet/entry/999", cookie);
    is_int(res.status, 404, "there is no entry of that number");
    int64_t other = fix_number("SELECT COALESCE(MIN(seq), 0) FROM journal j WHERE NOT EXISTS "
                               "(SELECT 1 FROM posting p JOIN account a ON a.id = p.account_id "
                               "WHERE p.seq = j.seq AND a.owner_id = 1)");
    char path[64];

    snprintf(path, sizeof(path), "/wallet/entry/%lld", (long long)other);
    get(path, cookie);
    ok(other > 0 && res.status == 404, "nor one where only others have lines");
    get("/wallet/receipt.json", cookie);
    ok(res.status == 200 && has("\"format\":\"cozykart receipt 1\"") &&
           has("\"entries\":[{\"number\":1,") &&
           has("\"lines\":[{\"account\":\"pending\",\"amount\":63}]"),
       "a receipt has numbers, hashes and one's own lines");
    ok(has("\"pending\":62,\"available\":0,\"owed\":0}"), "and the balance they lead to");
    get("/wallet/receipt.json?at=2001-01-01", cookie);
    is_int(res.status, 404, "before the first line there is none");
    get("/wallet?member=2", cookie);
    is_int(res.status, 403, "nobody reads another's wallet");
    get("/wallet/export.csv?member=2", cookie);
    is_int(res.status, 403, "nor downloads it");
    get("/wallet/export.csv", cookie);
    ok(res.status == 200 && str_starts(res.body, STR("number,time,")) &&
           has(",pending,,USD,0.63,63,0.63,63,"),
       "one's own lines as CSV");
    get("/wallet/export.hledger", cookie);
    ok(has("assets:cozykart:pending") && has("; end: "), "for hledger");
    get("/wallet/export.beancount", cookie);
    ok(has("open Assets:Cozykart:Pending") && has("Equity:Cozykart"), "for beancount");
    get("/export/journal.csv", cookie);
    is_int(res.status, 403, "all books are for auditors and operators");
}

/* What can be seen of payouts without asking the vault. */
static void
test_payout(void)
{
    get("/wallet/payout", cookie);
    ok(res.status == 200 && has("No payout yet") && has("Gift card") && has("PayPal"),
       "ways of being paid, and no payout yet");
    ok(has("it is not set up here") && has("disabled"), "what cannot be used says why");
    get("/wallet/payout?method=gift_card&amount=20", cookie);
    ok(res.status == 400 && has("are missing.") && has("value=\"20\"") && has("checked"),
       "too little money is told beside the amount, and the input is kept");
    get("/wallet/payout?method=gift_card&amount=5", cookie);
    ok(has("A payout is at least $20.00."), "too small an amount as well");
    get("/wallet/payout?amount=50", cookie);
    ok(res.status == 400 && has("Choose how you want to be paid."), "a way is missing");
    get("/wallet/payout?method=9&amount=%3Cb%3E", cookie);
    ok(res.status == 400 && has("value=\"&lt;b&gt;\""), "nonsense is kept, escaped");
    get("/wallet/payout/1", cookie);
    is_int(res.status, 404, "a payout that is not there");
    get("/wallet/methods", cookie);
    ok(res.status == 200 && has("Nothing to set up"), "destinations");
    get("/wallet/methods/stripe", cookie);
    is_int(res.status, 303, "no set-up waits");
    get("/ops/payouts", cookie);
    is_int(res.status, 403, "the console is for staff");
}

static void
test_sign(void)
{
    struct sim post = {.method = "POST",
                       .target = link_path,
                       .origin = "http://127.0.0.1:8080",
                       .body = STR("x=1")};
    get("/login", NULL);
    ok(res.status == 200 && has("cozykart login-link"),
       "the login page says how to get a link");
    get(link_path, NULL);
    ok(res.status == 200 && has("Hello m2") && has("method=\"post\""),
       "a link shows whose it is, and a button");
    get(link_path, NULL);
    ok(res.status == 200 && has("Hello m2"), "looking at it does not use it");
    get("/login/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL);
    ok(res.status == 404 && has("How to log in"), "an unknown link says what to do");
    arena_reset(work);
    sim_run(router, &ctx, &post, &res);
    is_int(res.status, 400, "a field that the form does not have is refused");
    get("/", "ck=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    ok(res.status == 200 && has("Log in"), "an old cookie is a visitor, not an error");
    get("/", cookie);
    ok(has("action=\"/logout\"") && has("name=\"form_token\" value=\"") &&
           !has("form_token\" value=\"\""),
       "logging out is a form with a token");
}

static void
test_overlay(void)
{
    char path[256];

    snprintf(path, sizeof(path),
             "/overlay/%s/all?junk=1&scale=9999&theme=paper&plate=86&delay=7", overlay);
    get(path, NULL);
    ok(res.status == 200 && has("data-part=\"pot\"") && has("data-part=\"grid\"") &&
           has("data-part=\"ticker\""),
       "the standard scene has all its parts");
    ok(has("data-scale=\"100\"") && has("data-delay=\"7\""),
       "a wrong option counts as not given, a good one counts");
    ok(has("data-plate=\"94\""), "paper plates are never thinner than readable");
    ok(has("data-live=\"race/1\"") && has("data-follow=\"home\""),
       "it follows the race of the moment");
    size_t money = str_find(res.body, STR("$"), 0);
    ok(has("data-zero=\"$0.00\"") && str_find(res.body, STR("$"), money + 1) == SIZE_MAX &&
           has("noindex"),
       "it carries no numbers of its own and asks not to be indexed");
    ok(str_find(res_get(&res, "Content-Security-Policy"), STR("frame-ancestors *"), 0) !=
           SIZE_MAX,
       "it may stand in a frame");
    snprintf(path, sizeof(path), "/overlay/%s/pot?race=1", overlay);
    get(path, NULL);
    ok(has("data-part=\"pot\"") && !has("data-part=\"grid\"") && has("data-follow=\"\""),
       "one part, one race");
    snprintf(path, sizeof(path), "/overlay/%s/nothing", overlay);
    get(path, NULL);
    is_int(res.status, 404, "an unknown kind is not there");
    get("/overlay/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/pot", NULL);
    is_int(res.status, 404, "neither is an unknown token");
}

static void
test_status(void)
{
    get("/status", NULL);
    ok(res.status == 200 && has("Something is not well") && has("shops repeat their notices"),
       "the status page stands while the vault is away");
    get("/status.json", NULL);
    ok(res.status == 200 && has("\"ok\":false") && has("\"head_seq\":"), "also as JSON");
    get("/healthz", NULL);
    ok(res.status == 200 && str_eq_text(res.body, "ok\n"), "a worker that can read is healthy");
    get("/metrics", NULL);
    ok(res.status == 200 && has("\ncozykart_vault_up 0\n") &&
           has("# TYPE cozykart_journal_entries gauge"),
       "metrics are in Prometheus' text form");
}

int
main(void)
{
    struct arena *process CLEANUP(arena_freep) = arena_new(64 << 20);

    place_make();
    fix_open(place("ledger.db"));
    fix.conf = &conf;
    work = arena_new(64 << 20);
    people();
    start_pages(process);
    test_before();
    open_race();
    get("/", NULL);
    ok(has("The window opens with the start") && has("No sale yet"),
       "a lobby shows its seats and an empty curve");
    fix_begin();
    must(lobby_start(&fix, &fix_tx, 1, STR("people:0")), "start");
    fix_commit();
    fix_now += 60000;
    sell("Hoodie", 2500, "");
    sell("Mug", 2500, "");
    test_running();
    give_back("pi_1", 2500);
    fix_begin();
    must(lobby_finish(&fix, &fix_tx, 1, 0, STR(""), STR("people:0")), "finish");
    fix_commit();
    fix_now += 60000;
    get("/", NULL);
    ok(has("Orders count until") && has("gate--grace"), "grace is told with its end");
    fix_now += 5 * 60000;
    sell("Late cap", 3000, "");
    test_after();
    test_wallet();
    test_money();
    test_proof();
    test_payout();
    test_sign();
    test_overlay();
    test_status();
    fix_verify("the ledger adds up");
    db_close(reader);
    fix_close();
    arena_freep(&work);
    return place_done();
}
