/* A league for C tests, on the race night's ledger. Not for: the rules of tables. */
#pragma once

#include "league/standing.h"
#include "lib/night.h"

/* Season with that name and drops; the default points. */
int64_t league_season(const char *name, int64_t drops, int64_t drop_from);
/* A lobby of a season (0: friendly) hosted by that member; 8 seats, 4 rounds. */
int64_t league_open(int64_t season, int64_t host);
/* Members 1 … n take seats 1 … n; started. */
void league_start(int64_t race, int64_t n);
/* Flag, places by seat ("213", 0 is DNF), time, clock: final, with its rows. */
void league_end(int64_t race, const char *places);
void league_places(int64_t race, const char *places);
/* What clock.tick does. */
void league_tick(void);
/* Table of season 1. */
struct standing_table league_table(int64_t at);
struct standing league_row(const struct standing_table *t, int64_t member);
/* Differences that result_check finds. */
int64_t league_bad(void);
