/* How the house is now, for people and for machines. Works without the vault, and with whatever
 * of the ledger can be read. Not for: how it was (past.h), fixing anything. */
#pragma once

#include "http/res.h"
#include "ledger/funds.h"
#include "ledger/seal.h"
#include "provider/registry.h"
#include "upkeep/quarantine.h"
#include "upkeep/upkeep.h"

enum { HEALTH_SEVERITIES = 3, HEALTH_RUNS = 4 };

/* Who sends us notices. */
struct health_sender {
    bool seen;
    int64_t at, open; /* last good notice, 0: none lately; notices that people must look at */
};

/* The newest run of a kind. */
struct health_run {
    const char *kind;
    bool ran;
    struct upkeep last;
    int64_t good_at; /* 0: none was good */
};

struct health {
    struct health_sender sender[REGISTRY_MAX]; /* by place in the registry */
    bool ledger, vault, jobs, live;
    int64_t head_seq, head_at, notices, notice_at, jobs_open, job_due, message_at, pushed_at;
    int64_t overlays, overlays_seen; /* visible now; seen in the last minute */
    struct str head_sha;
    int64_t alerts[HEALTH_SEVERITIES]; /* open: info, warning, error */
    struct seal seal;                  /* the newest; day empty: none */
    bool ran;                          /* the chain was checked */
    struct funds_ran chain;
    struct health_run run[HEALTH_RUNS]; /* backup, drill, verify, audit */
    bool restored;                      /* in quarantine */
    struct quarantine quarantine;
    struct msg *counts; /* the vault's own; NULL: it did not answer */
};

/* Never fails: what cannot be read stays empty, and ledger is false. */
void health_look(struct ctx *ctx, const struct req *req, struct health *ret);
/* Number and hash of the last entry alone: whether the ledger can be read. */
enum err health_head(struct ctx *ctx, struct health *ret) MUST_USE;
/* Words of the severities, in their order. */
extern const char *const health_severity[HEALTH_SEVERITIES];
