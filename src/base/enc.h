/* Hex, base64, percent coding. Not for: HTML (buf_add_html), crypto. */
#pragma once

#include "base/err.h"

struct arena;

/* 2 n lower-case signs. */
struct str enc_hex(struct arena *a, const void *p, size_t n);
/* Exactly n bytes from 2 n lower-case hex signs into out; false otherwise. */
bool enc_unhex(struct str hex, void *out, size_t n);
struct str enc_base64(struct arena *a, const void *p, size_t n);
struct str enc_base64url(struct arena *a, const void *p, size_t n); /* without padding */
/* E_INVALID for anything but canonical standard base64 with padding. */
enum err enc_unbase64(struct arena *a, struct str text, struct str *ret) MUST_USE;
/* RFC 3986 unreserved signs stay, all else %XX. */
struct str enc_percent(struct arena *a, struct str s);
/* Decodes %XX, and '+' as blank when plus is set. E_INVALID for a bad escape or %00. */
enum err enc_unpercent(struct arena *a, struct str s, bool plus, struct str *ret) MUST_USE;
