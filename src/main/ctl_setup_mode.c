/* Another mode than before: secrets of the old one are not those of the new. Not for: what a
 * key itself tells (setup/vet.h), the ledger's mode, which never changes (ctl_setup.c). */
#include <stdio.h>
#include <string.h>

#include "main/ctl_setup.h"
#include "setup/edit.h"

/* Where tests have keys of their own. */
static const char *const providers[] = {"Stripe", "Shopify", "Ko-fi", "Whop", "PayPal"};

static bool
is_theirs(const struct setup_question *q)
{
    for (size_t i = 0; vet_is_secret(q->kind) && i < ARRAY_SIZE(providers); i++)
        if (strcmp(providers[i], q->part) == 0)
            return true;
    return false;
}

/* "test" or "live" of the settings, when the answer is another. */
static bool
changes(struct setup *s, struct str *was)
{
    return edit_get(s->text, "mode", was) && was->n && !str_eq(*was, setup_value(s, "mode"));
}

void
setup_mode_hold(struct setup *s)
{
    struct str was;
    bool other = changes(s, &was), any = false;

    for (size_t i = 0; i < setup_count; i++) {
        struct setup_answer *a = &s->answer[i];

        if (other && is_theirs(&setup_questions[i]) && !a->given && a->value.n) {
            *a = (struct setup_answer){.given = true, .held = a->value};
            any = true;
        } else if (!other && a->held.n && !a->value.n) {
            *a = (struct setup_answer){.value = a->held};
        }
    }
    if (any)
        printf("  Note: the mode was %.*s, so the providers' secrets that stand there count as "
               "not set: give those\n  of mode %.*s; the old ones are taken away at the end.\n",
               STR_ARG(was), STR_ARG(setup_value(s, "mode")));
}

enum err
setup_mode_judge(struct setup *s)
{
    struct ctx *ctx = s->c->ctx;
    struct buf b = buf_new(ctx->arena, 4096);
    struct str was, file;

    if (!changes(s, &was))
        return OK;
    for (size_t i = 0; i < setup_count; i++) {
        const struct setup_question *q = &setup_questions[i];
        const char *named = arena_printf(ctx->arena, "%s_file", q->key);

        if (!is_theirs(q) || s->answer[i].given || !s->answer[i].value.n)
            continue;
        if (!edit_get(s->text, named, &file) || !file.n)
            file = str_of(
                setup_path(s, arena_printf(ctx->arena, "/etc/cozykart/secrets.d/%s", q->key)));
        buf_printf(&b, "%s--%s (%.*s)", buf_str(&b).n ? ", " : "", q->option, STR_ARG(file));
    }
    if (!buf_str(&b).n)
        return OK;
    return ctx_fail(ctx, E_INVALID,
                    "the mode was %.*s, and these secrets are of that mode; give each of them "
                    "anew, or '' to take it out: %.*s",
                    STR_ARG(was), STR_ARG(buf_str(&b)));
}
