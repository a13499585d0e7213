/* Fields of a provider's JSON as the words of a fact: what cannot be read becomes something
 * that the domain sets aside. Pure. Not for: what a notice means (each provider's file). */
#pragma once

#include "base/ctx.h"
#include "base/fact.h"
#include "base/json.h"

enum { FIELD_ID_MAX = 150, FIELD_TAG_MAX = 40, FIELD_SKU_MAX = 64, FIELD_TITLE_MAX = 100 };

/* 1 to max letters and digits of ASCII and signs of besides: nothing that would end a header or
 * leave a path. */
bool field_is_made_of(struct str s, size_t max, const char *besides);
/* The list of that name; NULL, which is an empty one, when it is none. */
const struct json *field_list(const struct json *o, const char *name);
/* A text of at most max bytes without control signs; empty otherwise. */
struct str field_text(const struct json *v, size_t max);
/* An id: a text, or a whole number as it is spelt, since ids go beyond what a double holds. */
struct str field_id(const struct json *v);
/* "usd" as "USD". */
struct str field_currency(struct ctx *ctx, const struct json *v);
/* Minor units of "25.00", as text or as JSON number, without any rounding; zeros beyond the
 * places of the currency may stand. -1: it is no amount of that currency. */
int64_t field_money(const struct json *v, struct str currency);
/* RFC 3339; -1: it is no time. */
int64_t field_time(const struct json *v);
/* A title as a sale may carry it; empty when it is too long or no text. */
struct str field_title(const struct json *v);
/* "128" of "128", "#128", "race128", "RACE-128"; empty when it names no race. */
struct str field_race(struct str text);
/* Of the metadata that we gave a checkout (stripe.h): minor units; absent is 0, nonsense -1. */
int64_t field_meta_amount(const struct json *meta, const char *name);
/* ck_items and ck_title; what cannot be read becomes a line of quantity 0, which is set aside.
 */
void field_meta_items(struct ctx *ctx, const struct json *meta, struct fact *f);
