/* UTC milliseconds to and from calendar text. Not for: what time it is (world.h); zones: pages
 * show UTC and the browser adds the visitor's zone. */
#pragma once

#include "base/err.h"

#define CLOCK_TEXT 32

/* "2026-05-01T19:02:11Z" */
const char *clock_rfc3339(int64_t ms, char out[CLOCK_TEXT]);
/* "20260501T190211Z", for names of files */
const char *clock_stamp(int64_t ms, char out[CLOCK_TEXT]);
/* "1 May 2026 19:02:11" */
const char *clock_human(int64_t ms, char out[CLOCK_TEXT]);
/* "19:02:11" */
const char *clock_time(int64_t ms, char out[CLOCK_TEXT]);
/* "2026-05-01" */
const char *clock_date(int64_t ms, char out[CLOCK_TEXT]);
/* "4 min 10 s", "2 days 3 h", "0 s": a length in words, at most two units. */
const char *clock_span(int64_t ms, char out[CLOCK_TEXT]);

/* RFC 3339 with Z or offset, optional fraction; also a bare date (00:00 UTC), and with a blank
 * instead of T, where seconds and zone may be left out (UTC). Years 1970 … 2200 before and
 * after the offset. E_INVALID otherwise. */
enum err clock_parse(struct str text, int64_t *ret_ms) MUST_USE;
