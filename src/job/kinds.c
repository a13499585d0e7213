/* THE table of job kinds. Not for: leases (runner.c). */
#include "job/kinds.h"

#include "base/buf.h"
#include "job/compare.h"
#include "job/fetch.h"
#include "job/follow.h"
#include "job/herald.h"
#include "job/login.h"
#include "job/mail.h"
#include "job/onboard.h"
#include "job/paint.h"
#include "job/pay.h"
#include "job/recount.h"
#include "job/till.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS, LIST_BYTES = 1000 };

/* payload: a channel, "race/12". */
static enum err
rewrite(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    return push_base(ctx, tools->push, job->payload);
}

const struct kinds_row kinds_table[] = {
    {"live.rewrite",   KINDS_LIVE,  5,  0,                       rewrite       },
    {"tell",           KINDS_TALK,  12, 24 * HOUR_MS,            herald_run    },
    {"card",           KINDS_TALK,  5,  0,                       paint_card    },
    {"discord.later",  KINDS_TALK,  5,  14 * MINUTE_MS,          follow_later  },
    {"discord.learn",  KINDS_TALK,  5,  14 * MINUTE_MS,          follow_learn  },
    {"avatar",         KINDS_TALK,  5,  24 * HOUR_MS,            paint_avatar  },
    {"logo",           KINDS_TALK,  3,  0,                       paint_logo    },
    {"login.exchange", KINDS_TALK,  3,  2 * MINUTE_MS,           login_exchange},
    {"mail",           KINDS_TALK,  8,  0,                       mail_alerts   },
    {"mail.old",       KINDS_TALK,  8,  0,                       mail_old      },
    {"pay",            KINDS_MONEY, 20, INT64_C(9600) * HOUR_MS, pay_run       },
    {"compare",        KINDS_BOOKS, 3,  0,                       compare_run   },
    {"check",          KINDS_BOOKS, 5,  0,                       recount_run   },
    {"checkout",       KINDS_MONEY, 5,  20 * MINUTE_MS,          till_checkout },
    {"giveback",       KINDS_MONEY, 8,  72 * HOUR_MS,            till_giveback },
    {"fee",            KINDS_MONEY, 8,  168 * HOUR_MS,           till_fee      },
    {"account",        KINDS_MONEY, 5,  168 * HOUR_MS,           onboard_run   },
    {"paypal.cert",    KINDS_MONEY, 5,  0,                       fetch_cert    },
};

const size_t kinds_count = ARRAY_SIZE(kinds_table);

const struct kinds_row *
kinds_find(struct str name)
{
    for (size_t i = 0; i < kinds_count; i++)
        if (str_eq_text(name, kinds_table[i].name))
            return &kinds_table[i];
    return NULL;
}

struct outbox_lane
kinds_of_lane(struct ctx *ctx, enum kinds_lane lane)
{
    struct buf b = buf_new(ctx->arena, LIST_BYTES);

    buf_add_char(&b, ',');
    for (size_t i = 0; i < kinds_count; i++)
        if (lane == KINDS_LIVE ? kinds_table[i].lane != KINDS_LIVE
                               : kinds_table[i].lane == lane)
            buf_printf(&b, "%s,", kinds_table[i].name);
    return (struct outbox_lane){.kinds = buf_str(&b), .inside = lane != KINDS_LIVE};
}
