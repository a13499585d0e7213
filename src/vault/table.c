/* THE table of commands. Not for: what they do. */
#include "vault/table.h"

#include "vault/notice.h"
#include "vault/people.h"
#include "vault/post.h"
#include "vault/racing.h"

enum { FROM_ALL = FROM_WEB | FROM_JOBS | FROM_CTL };

const struct vault_command table_commands[] = {
    {"hook.take", FROM_WEB, false, notice_take, false},
    {"login.use", FROM_WEB, false, people_login_use, false},
    {"session.end", FROM_WEB, false, people_session_end, false},
    {"member.add", FROM_CTL, true, people_member_add, false},
    {"role.grant", FROM_CTL, false, people_role_grant, false},
    {"login.link", FROM_CTL, false, people_login_link, false},
    {"overlay.add", FROM_CTL, false, people_overlay_add, false},
    {"overlay.revoke", FROM_CTL, false, people_overlay_revoke, false},
    {"race.open", FROM_CTL, true, racing_open, false},
    {"race.join", FROM_CTL, true, racing_join, false},
    {"race.leave", FROM_CTL, true, racing_leave, false},
    {"race.start", FROM_CTL, true, racing_start, false},
    {"race.sub", FROM_CTL, true, racing_sub, false},
    {"race.finish", FROM_CTL, true, racing_finish, false},
    {"race.result", FROM_CTL, true, racing_result, false},
    {"race.void", FROM_CTL, true, racing_void, false},
    {"rule.add", FROM_CTL, true, racing_rule_add, false},
    {"product.add", FROM_CTL, true, racing_product_add, false},
    {"product.cost", FROM_CTL, true, racing_product_cost, false},
    {"inbox.replay", FROM_CTL | FROM_JOBS, false, notice_replay, false},
    {"job.claim", FROM_JOBS, false, post_claim, false},
    {"job.finish", FROM_JOBS, false, post_finish, false},
    {"job.fail", FROM_JOBS, false, post_fail, false},
    {"job.retry", FROM_CTL, false, post_retry, false},
    {"clock.tick", FROM_CTL | FROM_JOBS, false, post_tick, false},
    {"live.prune", FROM_JOBS, false, post_prune, false},
    {"alert.raise", FROM_JOBS, false, post_raise, false},
    {"alert.resolve", FROM_JOBS, false, post_resolve, false},
    {"vault.ping", FROM_ALL, false, post_ping, true},
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
