/* Lists and single things, as a table for people or as JSON for scripts. Not for: pages (view/). */
#pragma once

#include "main/ctl.h"

struct ctl_out;

/* list: several rows, in JSON an array; else one thing, in JSON an object. */
struct ctl_out *ctl_out_new(struct ctl *c, bool list);
void ctl_out_row(struct ctl_out *o);
void ctl_out_text(struct ctl_out *o, const char *name, struct str v);
void ctl_out_number(struct ctl_out *o, const char *name, int64_t v);
/* JSON: minor units; text: with currency. */
void ctl_out_money(struct ctl_out *o, const char *name, int64_t minor);
/* JSON: ms, null for 0; text: calendar, "-" for 0. */
void ctl_out_time(struct ctl_out *o, const char *name, int64_t ms);
void ctl_out_flag(struct ctl_out *o, const char *name, bool v);
/* JSON alone: another list made of rows, under a name of the present row. */
void ctl_out_inner(struct ctl_out *o, const char *name, struct ctl_out *rows);
/* Prints it; none: what a list without rows says to people. */
enum err ctl_out_print(struct ctl_out *o, const char *none) MUST_USE;
