/* THE table of commands. Not for: what they do. */
#include "vault/table.h"

#include "vault/backing.h"
#include "vault/books.h"
#include "vault/byhand.h"
#include "vault/cert.h"
#include "vault/desk.h"
#include "vault/entry.h"
#include "vault/judging.h"
#include "vault/leaving.h"
#include "vault/mixing.h"
#include "vault/notice.h"
#include "vault/paying.h"
#include "vault/people.h"
#include "vault/post.h"
#include "vault/prizing.h"
#include "vault/pulse.h"
#include "vault/racing.h"
#include "vault/sent.h"
#include "vault/shopping.h"
#include "vault/steward.h"
#include "vault/talk.h"
#include "vault/tending.h"

enum {
    FROM_ALL = FROM_WEB | FROM_JOBS | FROM_CTL | FROM_UPKEEP,
    WEB_MONEY = FROM_WEB | LOGIN_MONEY,
    WEB_FRESH = FROM_WEB | LOGIN_FRESH
};

const struct vault_command table_commands[] = {
    {"hook.take",      FROM_WEB,               false, notice_take,           false, notice_refused},
    {"discord.take",   FROM_WEB,               false, talk_take,             false, talk_refused  },
    {"login.use",      FROM_WEB,               false, people_login_use,      false, NULL          },
    {"session.end",    FROM_WEB,               false, people_session_end,    false, NULL          },
    {"login.begin",    FROM_WEB,               false, entry_begin,           false, NULL          },
    {"login.code",     FROM_WEB,               false, entry_code,            false, NULL          },
    {"login.known",    FROM_JOBS,              false, entry_known,           false, NULL          },
    {"login.claim",    FROM_WEB,               false, entry_claim,           false, NULL          },
    {"session.renew",  FROM_WEB,               false, entry_renew,           false, NULL          },
    {"session.drop",   FROM_WEB,               false, entry_drop,            false, NULL          },
    {"me.privacy",     FROM_WEB,               false, entry_privacy,         false, NULL          },
    {"me.notify",      FROM_WEB,               false, entry_notify,          false, NULL          },
    {"me.forget",      WEB_FRESH,              false, leaving_forget,        false, NULL          },
    {"desk.close",     WEB_FRESH,              false, desk_close,            false, NULL          },
    {"desk.dispute",   WEB_MONEY,              false, desk_dispute,          false, NULL          },
    {"desk.lift",      WEB_MONEY,              false, desk_lift,             false, NULL          },
    {"desk.note",      WEB_MONEY,              false, desk_note,             false, NULL          },
    {"desk.tag",       WEB_FRESH,              false, desk_tag,              false, NULL          },
    {"desk.tagged",    WEB_FRESH,              false, desk_tagged,           false, NULL          },
    {"desk.run",       WEB_MONEY,              false, desk_run,              false, NULL          },
    {"desk.postpone",  WEB_MONEY,              false, desk_postpone,         false, NULL          },
    {"payout.ask",     WEB_FRESH,              true,  paying_ask,            false, paying_refused},
    {"payout.cancel",  WEB_MONEY,              false, paying_cancel,         false, paying_refused},
    {"payout.fulfil",  WEB_FRESH,              false, paying_fulfil,         false, paying_refused},
    {"payout.judge",   WEB_FRESH,              false, paying_judge,          false, paying_refused},
    {"payout.reveal",  WEB_FRESH,              false, paying_reveal,         false, paying_refused},
    {"method.set",     WEB_FRESH,              false, paying_method_set,     false, NULL          },
    {"method.confirm", WEB_FRESH,              false, paying_method_confirm, false, paying_refused},
    {"method.drop",    WEB_FRESH,              false, paying_method_drop,    false, paying_refused},
    {"member.add",     FROM_CTL,               true,  people_member_add,     false, NULL          },
    {"role.grant",     FROM_CTL,               false, people_role_grant,     false, NULL          },
    {"role.revoke",    FROM_CTL,               false, people_role_revoke,    false, NULL          },
    {"member.block",   FROM_CTL,               false, people_member_block,   false, NULL          },
    {"member.unblock", FROM_CTL,               false, people_member_unblock, false, NULL          },
    {"login.link",     FROM_CTL,               false, people_login_link,     false, NULL          },
    {"overlay.add",    FROM_CTL,               false, people_overlay_add,    false, NULL          },
    {"overlay.revoke", FROM_CTL,               false, people_overlay_revoke, false, NULL          },
    {"race.open",      FROM_CTL,               true,  racing_open,           false, NULL          },
    {"race.join",      FROM_CTL,               true,  racing_join,           false, NULL          },
    {"race.leave",     FROM_CTL,               true,  racing_leave,          false, NULL          },
    {"race.start",     FROM_CTL,               true,  racing_start,          false, NULL          },
    {"race.sub",       FROM_CTL,               true,  racing_sub,            false, NULL          },
    {"race.finish",    FROM_CTL,               true,  racing_finish,         false, NULL          },
    {"race.result",    FROM_CTL,               true,  racing_result,         false, NULL          },
    {"race.dispute",   FROM_CTL,               true,  judging_dispute,       false, NULL          },
    {"race.decide",    FROM_CTL,               true,  judging_decide,        false, NULL          },
    {"race.withdraw",  FROM_CTL,               true,  judging_withdraw,      false, NULL          },
    {"race.fix",       FROM_CTL,               true,  judging_fix,           false, NULL          },
    {"race.void",      FROM_CTL,               true,  racing_void,           false, NULL          },
    {"rule.add",       FROM_CTL,               true,  racing_rule_add,       false, NULL          },
    {"product.add",    FROM_CTL,               true,  racing_product_add,    false, NULL          },
    {"refund.told",    FROM_CTL,               true,  byhand_refund,         false, NULL          },
    {"product.cost",   FROM_CTL,               true,  racing_product_cost,   false, NULL          },
    {"product.shelf",  FROM_CTL,               true,  shopping_shelf,        false, NULL          },
    {"product.end",    FROM_CTL,               false, shopping_end,          false, NULL          },
    {"desk.cost",      WEB_MONEY,              true,  shopping_cost,         false, NULL          },
    {"checkout.sale",  FROM_WEB,               true,  shopping_sale,         false, NULL          },
    {"checkout.open",  FROM_JOBS,              false, shopping_opened,       false, NULL          },
    {"checkout.fail",  FROM_JOBS,              false, shopping_failed,       false, NULL          },
    {"giveback.tell",  FROM_JOBS,              false, shopping_giveback,     false, NULL          },
    {"sale.refund",    FROM_CTL,               true,  shopping_refund,       false, NULL          },
    {"fee.take",       FROM_JOBS,              false, shopping_fee,          false, NULL          },
    {"checkout.tip",   FROM_WEB,               true,  mixing_tip,            false, NULL          },
    {"dj.air",         FROM_WEB,               false, mixing_air,            false, NULL          },
    {"dj.limits",      FROM_WEB,               false, mixing_limits,         false, NULL          },
    {"song.act",       FROM_WEB,               false, mixing_song,           false, NULL          },
    {"sponsor.add",    FROM_CTL,               true,  backing_add,           false, NULL          },
    {"sponsor.end",    FROM_CTL,               false, backing_end,           false, NULL          },
    {"sponsor.logo",   FROM_CTL,               false, backing_logo,          false, NULL          },
    {"sponsor.slot",   FROM_CTL,               true,  backing_slot,          false, NULL          },
    {"sponsor.seen",   FROM_WEB,               false, backing_seen,          false, NULL          },
    {"sponsor.click",  FROM_WEB,               false, backing_click,         false, NULL          },
    {"overlay.note",   FROM_WEB,               false, backing_note,          false, NULL          },
    {"points.add",     FROM_CTL,               true,  steward_points,        false, NULL          },
    {"season.add",     FROM_CTL,               true,  steward_season,        false, NULL          },
    {"season.change",  FROM_CTL,               true,  steward_change,        false, NULL          },
    {"season.put",     FROM_CTL,               true,  steward_put,           false, NULL          },
    {"season.close",   FROM_CTL,               true,  steward_close,         false, NULL          },
    {"season.erratum", FROM_CTL,               true,  steward_erratum,       false, NULL          },
    {"penalty.add",    FROM_CTL,               true,  steward_penalty,       false, NULL          },
    {"penalty.lift",   FROM_CTL,               true,  steward_lift,          false, NULL          },
    {"prize.add",      FROM_CTL,               true,  prizing_add,           false, NULL          },
    {"inbox.replay",   FROM_CTL | FROM_JOBS,   false, notice_replay,         false, NULL          },
    {"payout.block",   FROM_CTL,               false, paying_block,          false, NULL          },
    {"payout.unblock", FROM_CTL,               false, paying_unblock,        false, NULL          },
    {"payout.adopt",   FROM_CTL,               true,  paying_adopt,          false, NULL          },
    {"payout.begin",   FROM_JOBS,              false, paying_begin,          false, NULL          },
    {"payout.report",  FROM_JOBS,              false, paying_report,         false, NULL          },
    {"cert.keep",      FROM_JOBS,              false, cert_keep,             false, NULL          },
    {"account.report", FROM_JOBS,              false, paying_account,        false, NULL          },
    {"job.claim",      FROM_JOBS,              false, post_claim,            false, NULL          },
    {"job.finish",     FROM_JOBS,              false, post_finish,           false, NULL          },
    {"job.fail",       FROM_JOBS,              false, post_fail,             false, NULL          },
    {"job.defer",      FROM_JOBS,              false, post_defer,            false, NULL          },
    {"discord.posted", FROM_JOBS,              false, sent_posted,           false, NULL          },
    {"avatar.ready",   FROM_JOBS,              false, sent_avatar,           false, NULL          },
    {"logo.ready",     FROM_JOBS,              false, sent_logo,             false, NULL          },
    {"job.retry",      FROM_CTL,               false, post_retry,            false, NULL          },
    {"clock.tick",     FROM_CTL | FROM_JOBS,   false, post_tick,             false, NULL          },
    {"hook.sync",      FROM_JOBS,              false, notice_sync,           false, NULL          },
    {"books.lines",    FROM_JOBS,              false, books_lines,           false, NULL          },
    {"books.unlisted", FROM_JOBS,              false, books_unlisted,        false, NULL          },
    {"books.read",     FROM_JOBS,              false, books_read,            false, NULL          },
    {"books.failed",   FROM_JOBS,              false, books_failed,          false, NULL          },
    {"books.checked",  FROM_JOBS,              false, books_checked,         false, NULL          },
    {"live.prune",     FROM_JOBS,              false, post_prune,            false, NULL          },
    {"alert.raise",    FROM_JOBS,              false, post_raise,            false, NULL          },
    {"alert.resolve",  FROM_JOBS,              false, post_resolve,          false, NULL          },
    {"alert.mailed",   FROM_JOBS,              false, post_mailed,           false, NULL          },
    {"part.alive",     FROM_WEB | FROM_JOBS,   false, pulse_alive,           false, NULL          },
    {"upkeep.report",  FROM_UPKEEP | FROM_CTL, false, tending_report,        false, NULL          },
    {"quarantine.end", FROM_CTL,               false, tending_release,       false, NULL          },
    {"vault.ping",     FROM_ALL,               false, post_ping,             true,  NULL          },
};

const size_t table_count = ARRAY_SIZE(table_commands);

const struct vault_command *
table_find(struct str name)
{
    for (size_t i = 0; i < table_count; i++)
        if (str_eq_text(name, table_commands[i].name))
            return &table_commands[i];
    return NULL;
}
