/* THE table of commands. Not for: what they do. */
#include "vault/table.h"

#include "vault/people.h"
#include "vault/post.h"

enum { FROM_ALL = FROM_WEB | FROM_JOBS | FROM_CTL };

const struct vault_command table_commands[] = {
    {"login.use", FROM_WEB, false, people_login_use, false},
    {"session.end", FROM_WEB, false, people_session_end, false},
    {"member.add", FROM_CTL, true, people_member_add, false},
    {"role.grant", FROM_CTL, false, people_role_grant, false},
    {"login.link", FROM_CTL, false, people_login_link, false},
    {"overlay.add", FROM_CTL, false, people_overlay_add, false},
    {"overlay.revoke", FROM_CTL, false, people_overlay_revoke, false},
    {"job.claim", FROM_JOBS, false, post_claim, false},
    {"job.finish", FROM_JOBS, false, post_finish, false},
    {"job.fail", FROM_JOBS, false, post_fail, false},
    {"job.retry", FROM_CTL, false, post_retry, false},
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
