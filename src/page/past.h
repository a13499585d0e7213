/* How the house was in the last 90 days: per part and day how long it was away, and what
 * happened in words that everybody may read. Not for: how it is now (health.h), how it looks
 * (pastview.h). */
#pragma once

#include "base/ctx.h"
#include "provider/registry.h"

enum {
    PAST_DAYS = 90,
    PAST_OWN = 6, /* parts that are ours; the providers follow, by place in the registry */
    PAST_PARTS = PAST_OWN + REGISTRY_MAX,
    PAST_EVENTS = 300,
    PAST_DAY_S = 86400
};

enum past_part { PAST_SITE, PAST_VAULT, PAST_LEDGER, PAST_JOBS, PAST_LIVE, PAST_OVERLAYS };

/* From better to worse. */
enum past_level { PAST_UNKNOWN, PAST_FINE, PAST_TROUBLE, PAST_PLANNED, PAST_AWAY };
extern const char *const past_word[];

struct past_day {
    int64_t away_s; /* planned or not */
    enum past_level worst;
};

struct past_event {
    int64_t began_at, ended_at; /* 0: goes on */
    const char *words;          /* for everybody */
    int part;                   /* -1: none of them */
    enum past_level level;
};

struct past {
    int64_t from, since; /* first day's beginning, as far as anybody looked; ms */
    struct past_day day[PAST_PARTS][PAST_DAYS];
    struct past_event *event; /* newest first */
    size_t n;
    bool more; /* there were too many to show */
};

/* What is not there stays empty. */
enum err past_look(struct ctx *ctx, struct past **ret) MUST_USE;
/* Observed seconds of a part, and those it was away. */
int64_t past_seen_s(const struct past *p, int64_t now);
int64_t past_away_s(const struct past *p, size_t part);
/* Hundredths of a per cent of the seconds seen, rounded down: 10000 is all of them. */
int64_t past_uptime(const struct past *p, size_t part, int64_t now);
