/* The grammar of RFC 8259, checked sign by sign before a forgiving parser sees the text. Not
 * for: others than json.c. */
#pragma once

#include "base/err.h"

struct ctx;

enum { JSON_SCAN_DEPTH = 32, JSON_SCAN_VALUES = 40000 };

/* A number of the text; integer when it is spelt as one and lies within ±2^53 - 1. */
struct json_scan_number {
    struct json_scan_number *next;
    struct str text; /* in the text that was scanned */
    int64_t i64;
    bool integer;
};

/* OK, and the numbers in the order of the text (NULL when there are none), in the ctx's arena.
 * E_INVALID with the byte where the text goes wrong. */
enum err json_scan(struct ctx *ctx, struct str text,
                   const struct json_scan_number **ret) MUST_USE;
