/* Programs of the system that setup and check ask: nginx, systemctl, our own; the one line that
 * says why it went wrong. Not for: how they are run (base/child.h). */
#include <pwd.h>

#include "main/ctl_setup.h"

enum { SAID_MAX = 64 * 1024, TIME_MS = 15 * 60 * 1000 };

/* The last line that says something, since programs tell the reason at the end; nginx marks it
 * ("… [emerg] 12#12: why"). */
static const char *
last_line(struct ctl *c, struct str said)
{
    struct str line, last = STR("");
    size_t at;

    while (str_split(&said, '\n', &line)) {
        if ((at = str_find(line, STR("[emerg]"), 0)) != SIZE_MAX) {
            size_t why = str_find(line, STR(": "), at);

            line = str_sub(line, why == SIZE_MAX ? at + 7 : why + 1, line.n);
            return str_text(c->ctx->arena, str_trim(line));
        }
        if (str_trim(line).n)
            last = str_trim(line);
    }
    return str_text(c->ctx->arena, last);
}

bool
program_run(struct ctl *c, const struct child_program *program, const struct passwd *as,
            const char **ret)
{
    const struct child_ask ask = {
        .chain = {*program},
        .time_ms = TIME_MS,
        .env = CHILD_ENV_OURS,
        .uid = as ? as->pw_uid : 0,
        .gid = as ? as->pw_gid : 0,
        .together = true,
    };
    struct child_end end;
    struct str said;

    if (child_talk(c->ctx, &ask, STR(""), SAID_MAX, &said, &end) != OK) {
        *ret = str_text(c->ctx->arena, ctx_why(c->ctx));
        ctx_clear(c->ctx);
        return false;
    }
    *ret = last_line(c, said);
    return end.code == 0;
}
