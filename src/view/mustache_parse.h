/* The parsed form of a template, shared by the parser and the renderer. Not for: anybody else.
 */
#pragma once

#include "view/mustache.h"

enum mustache_kind {
    MUSTACHE_TEXT,
    MUSTACHE_VAR,     /* {{x}} */
    MUSTACHE_RAW,     /* {{{x}}} {{&x}} */
    MUSTACHE_SECTION, /* {{#x}} … end */
    MUSTACHE_INVERT,  /* {{^x}} … end */
    MUSTACHE_PARTIAL, /* {{>x}} */
    MUSTACHE_PARENT,  /* {{<x}} … end */
    MUSTACHE_BLOCK    /* {{$x}} … end */
};

struct mustache_chunk {
    enum mustache_kind kind;
    bool alone; /* partial, parent, block: stands alone on its line */
    int line;
    size_t end;        /* first chunk after this one's content; itself + 1 for simple ones */
    size_t head;       /* length of the name's part before the first dot */
    struct str s;      /* text, or name */
    struct str indent; /* partial, parent, block: what each line of the content gets in front */
};

struct mustache {
    struct str name;
    struct mustache_chunk *c;
    size_t n;
};

enum { MUSTACHE_NEST_MAX = 16, MUSTACHE_DEPTH_MAX = 8, MUSTACHE_NAME_MAX = 64 };
