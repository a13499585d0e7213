/* Every handler of a command, a button, an autocomplete: what bot/commands.c names. Not for:
 * what they do (do_*.c, one file a topic). */
#pragma once

#include "bot/bot.h"

enum err do_dj_ask_refund(struct bot *b) MUST_USE;
enum err do_dj_ask_skip(struct bot *b) MUST_USE;
enum err do_dj_back(struct bot *b) MUST_USE;
enum err do_dj_names(struct bot *b) MUST_USE; /* option dj */
enum err do_dj_next(struct bot *b) MUST_USE;
enum err do_dj_off(struct bot *b) MUST_USE;
enum err do_dj_on(struct bot *b) MUST_USE;
enum err do_dj_pause(struct bot *b) MUST_USE;
enum err do_dj_play(struct bot *b) MUST_USE;
enum err do_dj_queue(struct bot *b) MUST_USE;
enum err do_dj_refund(struct bot *b) MUST_USE;
enum err do_dj_skip(struct bot *b) MUST_USE;
enum err do_dj_skipped(struct bot *b) MUST_USE;
enum err do_dj_tip(struct bot *b) MUST_USE;
enum err do_help_show(struct bot *b) MUST_USE;
enum err do_league_close(struct bot *b) MUST_USE;
enum err do_league_complete(struct bot *b) MUST_USE; /* option season */
enum err do_league_end(struct bot *b) MUST_USE;
enum err do_league_info(struct bot *b) MUST_USE;
enum err do_league_points(struct bot *b) MUST_USE;
enum err do_league_standings(struct bot *b) MUST_USE;
enum err do_ops_status(struct bot *b) MUST_USE;
enum err do_order_ask(struct bot *b) MUST_USE;
enum err do_order_why(struct bot *b) MUST_USE;
enum err do_profile_show(struct bot *b) MUST_USE;
enum err do_profile_make(struct ctx *ctx, struct str payload, struct message **ret) MUST_USE;
enum err do_self_cashed(struct bot *b) MUST_USE;
enum err do_self_earnings(struct bot *b) MUST_USE;
enum err do_self_hide(struct bot *b) MUST_USE;
enum err do_self_link(struct bot *b) MUST_USE;
enum err do_self_notify(struct bot *b) MUST_USE;
enum err do_self_privacy(struct bot *b) MUST_USE;
enum err do_self_turn(struct bot *b) MUST_USE;
enum err do_cashout_ask(struct bot *b) MUST_USE;
enum err do_cashout_go(struct bot *b) MUST_USE;
enum err do_cashout_no(struct bot *b) MUST_USE;
enum err do_cashout_back(struct bot *b) MUST_USE;
enum err do_cashout_yes(struct bot *b) MUST_USE;
enum err do_cashout_drop(struct bot *b) MUST_USE;
enum err do_cashout_pay(struct bot *b) MUST_USE;
enum err do_cashout_fill(struct bot *b) MUST_USE;
enum err do_cashout_open(struct bot *b) MUST_USE;
enum err do_wallet_explain(struct bot *b) MUST_USE;
enum err do_wallet_show(struct bot *b) MUST_USE;
enum err do_lobby_open(struct bot *b) MUST_USE;
enum err do_lobby_join(struct bot *b) MUST_USE;
enum err do_lobby_leave(struct bot *b) MUST_USE;
enum err do_lobby_show(struct bot *b) MUST_USE;
enum err do_lobby_start(struct bot *b) MUST_USE;
enum err do_lobby_finish(struct bot *b) MUST_USE;
enum err do_lobby_kick(struct bot *b) MUST_USE;
enum err do_lobby_races(struct bot *b) MUST_USE; /* autocomplete */
enum err do_lobby_seasons(struct bot *b) MUST_USE;
enum err do_pot_show(struct bot *b) MUST_USE;
enum err do_sponsor_show(struct bot *b) MUST_USE;
enum err do_sub_ask(struct bot *b) MUST_USE;
enum err do_sub_accept(struct bot *b) MUST_USE;
enum err do_dispute_open(struct bot *b) MUST_USE;
enum err do_dispute_withdraw(struct bot *b) MUST_USE;
enum err do_dispute_uphold(struct bot *b) MUST_USE;
enum err do_dispute_reject(struct bot *b) MUST_USE;
enum err do_dispute_upheld(struct bot *b) MUST_USE;
enum err do_dispute_rejected(struct bot *b) MUST_USE;
enum err do_fix_look(struct bot *b) MUST_USE;
enum err do_fix_apply(struct bot *b) MUST_USE;
enum err do_fix_cancel(struct bot *b) MUST_USE;
enum err do_fix_void(struct bot *b) MUST_USE;
enum err do_fix_gone(struct bot *b) MUST_USE;
enum err do_result_report(struct bot *b) MUST_USE;
enum err do_result_open(struct bot *b) MUST_USE;
enum err do_result_pick(struct bot *b) MUST_USE;
enum err do_result_decide(struct bot *b) MUST_USE;
enum err do_result_decided(struct bot *b) MUST_USE;
enum err do_result_show(struct bot *b) MUST_USE;
/* Deferred: the race whose number the payload is. */
enum err do_result_later(struct ctx *ctx, struct str payload, struct message **ret) MUST_USE;
