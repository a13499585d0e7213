/* Which trophies a race and a season give, reckoned anew each time. Not for: their rows
 * (trophy.h). */
#pragma once

#include "league/trophy.h"

struct award {
    enum trophy_kind kind;
    int64_t member_id, race_id; /* race 0: of the season as a whole */
    struct str words;
};

struct award_list {
    size_t n, room;
    struct award *one;
};

/* Win, podium (2nd and 3rd) and giant slayer of a race with rows: by its newest rows, and by
 * the season's table before it as that stood when the race's first rows were written. */
enum err award_race(struct ctx *ctx, int64_t race, struct award_list *ret) MUST_USE;
/* Those of a season as it closes at that time. Equal racers all get them. */
enum err award_season(struct ctx *ctx, int64_t season, int64_t at,
                      struct award_list *ret) MUST_USE;
