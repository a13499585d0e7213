/* What the files of cozykart setup share: the questions, the answers, the places. Not for:
 * other commands. */
#pragma once

#include "base/child.h"
#include "main/ctl.h"
#include "setup/fill.h"
#include "setup/vet.h"

/* One question, asked on the terminal or answered by an option. */
struct setup_question {
    const char *part; /* heading it stands under; the first of a part is asked always */
    const char *key;  /* the setting, the secret (setting without "_file"), or a word of ours */
    const char *option; /* "stripe-api-key" */
    enum vet_kind kind;
    const char
        *only; /* "tls=own": asked when that answer is so; NULL: when the part is wanted */
    const char *ask;
    const char *help; /* where it is found; "" when plain */
};

/* Words of ours that are no settings; what is here is kept in nginx/answers. */
#define SETUP_OWN "host operator tls cert cert-key port tls-port proxy site "

enum { SETUP_MAX = 48, SETUP_LINES = 4, SETUP_FILLS = 24 };

struct passwd;

extern const struct setup_question setup_questions[];
extern const size_t setup_count;

struct setup_answer {
    struct str value; /* empty: none; of a secret: the text of its file */
    bool given;       /* answered now, else what stood there */
    bool fixed;       /* by an option: not asked */
    struct str held;  /* what stood there for another mode */
};

struct setup {
    struct ctl *c;
    const char *root; /* "" or a folder in front of everything */
    struct str text;  /* of the settings file as it was */
    struct str kept;  /* our own words as they were */
    struct setup_answer answer[SETUP_MAX];
    bool asks;             /* there is a person at a terminal */
    bool made_new;         /* a file that the services read has changed */
    bool ledger, fresh;    /* there is one; made just now */
    bool running;          /* the vault answers */
    bool site, cert_there; /* the site is enabled; its certificate exists … */
    bool cert_over; /* … and has ended, or has not begun: nginx takes it, browsers do not */
    struct view *missing, *wrote;
    size_t n_missing;
};

/* Which process gets a secret: "vault", "jobs", "drill"; NULL: it is none of ours. */
const char *setup_process(const char *secret);
/* ROOT/path. */
const char *setup_path(const struct setup *s, const char *path);
/* The answer to a question by its key; BUG_IF there is none. */
struct setup_answer *setup_of(struct setup *s, const char *key);
struct str setup_value(const struct setup *s, const char *key);
bool setup_is(const struct setup *s, const char *key, const char *value);
enum conf_mode setup_mode(const struct setup *s);
/* "https://kart.example.org" */
const char *setup_url(const struct setup *s);
/* A line for people at once, and what --json lists. */
void setup_note(struct setup *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Something that is still to be done, and the exact next step. */
void setup_missing(struct setup *s, const char *what, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* ctl_setup_ask.c: what stands there, and the options; nothing is written. */
enum err setup_load(struct setup *s) MUST_USE;
/* The terminal, where there is a person; then what nobody answered is as usual. May be called
 * again when all answers together cannot be. */
enum err setup_ask(struct setup *s) MUST_USE;
/* ctl_setup_mode.c: at a terminal, once the mode is answered: providers' secrets of another
 * mode count as not set, and again as set when the mode is the old one after all. */
void setup_mode_hold(struct setup *s);
/* E_INVALID when secrets of another mode would stay, with their files. */
enum err setup_mode_judge(struct setup *s) MUST_USE;
/* ctl_setup_files.c: secrets, settings, nginx's files, drop-ins. */
enum err setup_files(struct setup *s) MUST_USE;
/* ctl_setup_site.c: nginx's files; the link, which stays only when nginx takes it. */
enum err setup_site(struct setup *s) MUST_USE;
/* ctl_setup_start.c: ledger, services, first operator, Discord's commands. */
enum err setup_start(struct setup *s) MUST_USE;
/* ctl_setup_next.c: what is still missing. */
void setup_next(struct setup *s);

/* ctl_program.c: runs a program of the system, as somebody else unless as is NULL; *ret: the
 * last line it said, of either stream, "" when none. False: it could not be run (*ret says why)
 * or ended badly. */
bool program_run(struct ctl *c, const struct child_program *program, const struct passwd *as,
                 const char **ret);
