/* Roles as bits. See right.h. */
#include "user/right.h"

#include "base/buf.h"
#include "user/member.h"

static const struct {
    const char *role;
    unsigned bit, all; /* all: what it includes */
} rights[] = {
    {"host",     RIGHT_HOST,     RIGHT_HOST                               },
    {"dj",       RIGHT_DJ,       RIGHT_DJ                                 },
    {"creator",  RIGHT_CREATOR,  RIGHT_CREATOR                            },
    {"staff",    RIGHT_STAFF,    RIGHT_STAFF                              },
    {"operator", RIGHT_OPERATOR, RIGHT_OPERATOR | RIGHT_STAFF | RIGHT_HOST},
    {"auditor",  RIGHT_AUDITOR,  RIGHT_AUDITOR                            }
};

enum err
right_of(struct ctx *ctx, int64_t member_id, unsigned *ret)
{
    struct str all, role;
    unsigned bits = 0;
    enum err e = member_roles(ctx, member_id, &all);

    if (e)
        return e;
    while (str_split(&all, ',', &role))
        for (size_t i = 0; i < ARRAY_SIZE(rights); i++)
            if (str_eq_text(role, rights[i].role))
                bits |= rights[i].all;
    *ret = bits;
    return OK;
}

struct str
right_words(struct ctx *ctx, unsigned need)
{
    struct buf b = buf_new(ctx->arena, 200);
    size_t n = 0, count = 0;

    for (size_t i = 0; i < ARRAY_SIZE(rights); i++)
        count += (need & rights[i].bit) != 0;
    for (size_t i = 0; i < ARRAY_SIZE(rights); i++)
        if (need & rights[i].bit) {
            buf_add_text(&b, n == 0 ? "" : n + 1 == count ? " or " : ", ");
            buf_add_text(&b, rights[i].role);
            n++;
        }
    return buf_str(&b);
}

enum err
right_need(struct ctx *ctx, int64_t member_id, unsigned need)
{
    struct member m;
    unsigned has;
    enum err e;

    if ((e = member_get(ctx, member_id, &m)) || (e = right_of(ctx, member_id, &has)))
        return e;
    if (has & need)
        return OK;
    struct str words = right_words(ctx, need);
    return ctx_fail(ctx, E_DENIED, "you are logged in as %.*s, this is for the role %.*s",
                    STR_ARG(m.name), STR_ARG(words));
}
