/* /sponsor: who makes the season bigger. Not for: contracts (league/sponsor.h). */
#include "bot/do.h"
#include "league/sponsor.h"

enum { SHOWN = 10, NAME_SIGNS = 60, TEXT_SIGNS = 120 };

enum err
do_sponsor_show(struct bot *b)
{
    static const char *const PLACES[] = {"standings_head", "season_prize", "race_card",
                                         "overlay_corner", "overlay_break"};
    int64_t told[SHOWN];
    struct sponsor *s;
    size_t n, done = 0;
    enum err e;

    message_embed(b->m, MESSAGE_RACE, "Sponsors");
    for (size_t i = 0; i < ARRAY_SIZE(PLACES); i++) {
        if ((e = sponsor_shown(b->ctx, PLACES[i], 0, SHOWN, &s, &n)))
            return e;
        for (size_t k = 0; k < n && done < SHOWN; k++) {
            bool known = false;

            for (size_t j = 0; j < done; j++)
                known |= told[j] == s[k].id;
            if (known)
                continue;
            told[done++] = s[k].id;
            message_line(b->m, "**%.*s**%s%.*s (sponsor)",
                         STR_ARG(message_text(b->ctx, s[k].name, NAME_SIGNS)),
                         s[k].text.n ? ": " : "",
                         STR_ARG(message_text(b->ctx, s[k].text, TEXT_SIGNS)));
        }
    }
    if (!done)
        message_line(b->m, "No sponsor this season.");
    message_link(b->m, "Sponsors", "/sponsors");
    return OK;
}
