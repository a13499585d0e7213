/* Places and objects in words. See words.h. */
#include "bot/words.h"

const char *
words_place(struct ctx *ctx, int64_t place)
{
    static const char *const first[] = {"DNF", "1st", "2nd", "3rd"};

    if (place < 0)
        return "no place";
    return place <= 3 ? first[place] : arena_printf(ctx->arena, "%lldth", (long long)place);
}

struct str
words_race(struct ctx *ctx, int64_t race)
{
    return str_of(arena_printf(ctx->arena, "race:%lld", (long long)race));
}

enum err
words_place_asked(struct bot *b, int64_t *ret)
{
    bool dnf = bot_number(b, "dnf", 0) != 0;

    if (dnf == bot_has(b, "position"))
        return ctx_fail(b->ctx, E_INVALID, "give either a position or dnf");
    *ret = dnf ? 0 : bot_number(b, "position", 0);
    return OK;
}
