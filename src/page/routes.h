/* THE table of addresses, and the two callbacks that the router needs from the pages. Every
 * handler named in it is declared here. Not for: what an address does. */
#pragma once

#include "http/router.h"

extern const struct route routes_table[];
extern const size_t routes_count;

/* Who holds a session token (struct router_opts). */
enum err routes_session(struct ctx *ctx, const struct site *site, struct str token,
                        struct req_session *ret) MUST_USE;
/* The HTML page of an error (struct router_opts). */
enum err routes_error(struct ctx *ctx, const struct req *req, struct res *res,
                      const struct router_problem *p) MUST_USE;

enum err again_kept(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err home_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err datapage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err datapage_file(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err datapage_leave(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err bundlepage_race(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err bundlepage_season(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err problempage_list(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err problempage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err racepage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err racepage_json(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err racepage_spark(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err racelist_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err standpage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err standpage_season(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err seasonlist_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err racerpage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opspage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opssales_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opssales_tag(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opssales_decide(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opswork_alerts(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opswork_note(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opsupkeep_list(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opswork_jobs(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opswork_job(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opspage_league(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opspage_close(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opspage_dispute(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opspage_lift(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opsgoods_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opsgoods_cost(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err overlay_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err overlaynote_take(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err overlaynote_panel(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err overlaynote_json(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sponsorpage_list(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sponsorpage_json(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sponsorpage_go(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sponsorpage_seen(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sponsorpage_mine(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sponsorpage_csv(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err djpage_list(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err djpage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err djpage_tip(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err tippage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err djdesk_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err djdesk_act(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err shoppage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err shoppage_buy(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err shoppage_go(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err paypage_thanks(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err paypage_go(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err wallet_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err payoutpage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err payoutpage_ask(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err payouttrack_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err payouttrack_cancel(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err payouttrack_reveal(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err methodpage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err methodpage_set(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err methodpage_confirm(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err methodpage_drop(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err methodpage_stripe(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opspayout_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opspayout_judge(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err opspayout_fulfil(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err wallet_json(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err statementpage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err explainpage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err entrypage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err entrypage_receipt(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err exportpage_own(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err exportpage_all(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sign_help(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sign_link(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sign_use(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sign_out(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err enter_begin(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err enter_back(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err enter_wait(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err mypage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err mypage_welcome(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err mypage_accept(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err mypage_privacy(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err mypage_choose(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err mypage_notify(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err mypage_tell(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err mypage_sessions(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err mypage_end(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err fundspage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err fundspage_json(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err fundspage_ledger(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err fundspage_ledger_json(struct ctx *ctx, const struct req *req,
                               struct res *res) MUST_USE;
enum err sealpage_list(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sealpage_json(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sealpage_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sealpage_hashes(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err sealpage_file(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err status_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err status_json(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err status_health(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err metrics_show(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err webhook_discord(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err webhook_stripe(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err webhook_shopify(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err webhook_kofi(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err webhook_connect(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err webhook_paypal(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
enum err webhook_whop(struct ctx *ctx, const struct req *req, struct res *res) MUST_USE;
