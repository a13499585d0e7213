/* What every file may use: attributes, array size, scope cleanup, and the list of banned names.
 * Not for: anything that needs a .c file. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* These declare the names that are poisoned below, so they come first, whoever asks for them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MUST_USE               __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN               __attribute__((noreturn))
#define UNUSED                 __attribute__((unused))
/* Runs fn(&variable) when the variable leaves its scope: for things that are not memory. */
#define CLEANUP(fn)            __attribute__((cleanup(fn)))

#define ARRAY_SIZE(a)          (sizeof(a) / sizeof((a)[0]))

/* For what cannot be: prints the condition and aborts, also in a release. Never for input. */
#define BUG_IF(cond)                                                                           \
    do {                                                                                       \
        if (__builtin_expect(!!(cond), 0))                                                     \
            base_bug(#cond, __FILE__, __LINE__);                                               \
    } while (0)

/* Prints one line to stderr and aborts: the transaction rolls back, the master starts the
 * process again. */
NORETURN void base_bug(const char *cond, const char *file, int line);

/* Bounds of an amount in minor units: fits JSON, JavaScript and SQLite alike. */
#define MINOR_MAX INT64_C(9007199254740991)

/* Names that are not to be used; each has a checked replacement. base/arena.c is the only user
 * of malloc, base/world.c of the clock calls. t/07-banned.t knows the longer list. */
/* Where fortified headers make macros of them. */
#undef sprintf
#undef vsprintf
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets atoi atol atoll
#pragma GCC poison sscanf gmtime localtime ctime asctime srand popen
