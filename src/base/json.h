/* Strict JSON reading over cJSON, copied into an arena; the only user of cJSON. Refuses what
 * cJSON would let pass: trailing text, duplicate names, numbers with leading zeros, \u0000,
 * depth over 32, text that is not UTF-8. Integers only: a number counts as an integer when it
 * is whole and within ±2^53 - 1. Not for: writing JSON (buf_add_json). */
#pragma once

#include "base/err.h"

struct ctx;
struct json; /* one value; lives as long as the ctx's arena */

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* E_INVALID with the reason in ctx. */
enum err json_parse(struct ctx *ctx, struct str text, const struct json **ret) MUST_USE;

enum json_type json_type(const struct json *v);
/* Member by exact name, or NULL when v is NULL, not an object, or has none. */
const struct json *json_get(const struct json *v, const char *name);
/* json_get along a path "data.object.id". */
const struct json *json_at(const struct json *v, const char *path);
size_t json_count(const struct json *v); /* elements of an array or object, 0 otherwise */
const struct json *json_item(const struct json *v, size_t i);
struct str json_name(const struct json *v); /* name of an object's member */

/* Empty view when v is NULL or not a string. */
struct str json_str(const struct json *v);
/* False when v is NULL, not a number, not whole or out of range. */
bool json_i64(const struct json *v, int64_t *ret);
/* A number as it is spelt ("25.10", "820982911946154508"), whatever its size; empty when v is
 * NULL or no number. */
struct str json_number(const struct json *v);
bool json_bool(const struct json *v, bool otherwise);
