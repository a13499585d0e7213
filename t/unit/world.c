/* The real world: a clock that can be moved by a file, and random numbers that differ. */
#include "base/world.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "lib/tap.h"

static char file[200];

static void
put(const char *text)
{
    FILE *f = fopen(file, "w");

    if (f == NULL)
        return;
    fputs(text, f);
    fclose(f);
}

static bool
near(int64_t offset)
{
    const struct world *w = world_real();
    int64_t off = w->now_ms(w->arg) - (int64_t)time(NULL) * 1000 - offset;

    /* A second for the rest of time(), and a minute for a busy machine. */
    return off > -60000 && off < 61000;
}

static void
test_clock(void)
{
    const struct world *w = world_real();
    int64_t tick = w->tick_ms(w->arg);
    bool all = true;

    ok(near(0) && !world_is_moved(), "the clock is the system's");
    ok(w->tick_ms(w->arg) >= tick, "durations do not go backwards");
    put("3600000\n");
    setenv("COZYKART_CLOCK_FILE", file, 1);
    ok(near(3600000) && world_is_moved(), "a file moves it ahead");
    put("-7200000");
    ok(near(-7200000), "and back");
    for (int64_t i = 10; i < 99; i++) {
        char text[32];

        snprintf(text, sizeof text, "%" PRId64, i * 1000000);
        put(text);
        all = all && near(i * 1000000);
    }
    ok(all, "each of many quick writes is seen");
    put("nonsense");
    ok(near(98000000), "nonsense changes nothing");
    unlink(file);
    ok(near(98000000), "a file that is away changes nothing");
    put("5000000");
    ok(near(5000000), "until it is there again");
    unsetenv("COZYKART_CLOCK_FILE");
    ok(near(0) && !world_is_moved(), "without it the clock is the system's again");
    unlink(file);
}

static void
test_random(void)
{
    const struct world *w = world_real();
    char hex[2][33];
    char token[2][44];
    bool good = true;

    for (int i = 0; i < 2; i++) {
        id_hex(w, hex[i]);
        id_token(w, token[i]);
    }
    ok(strlen(hex[0]) == 32 && strspn(hex[0], "0123456789abcdef") == 32,
       "an id is 32 hex signs");
    ok(strcmp(hex[0], hex[1]) != 0, "the next one differs");
    for (const char *p = token[0]; *p != '\0'; p++)
        good = good && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                        (*p >= '0' && *p <= '9') || *p == '-' || *p == '_');
    ok(strlen(token[0]) == 43 && good, "a token is 43 signs of base64url");
    ok(strcmp(token[0], token[1]) != 0, "the next one differs");
}

static void
all_ones(void *arg, void *p, size_t n)
{
    (void)arg;
    memset(p, 0xff, n);
}

int
main(void)
{
    const char *dir = getenv("TMPDIR");
    struct world ones = {.random = all_ones};
    char token[44];
    int status = 0;
    pid_t child = 0;

    snprintf(file, sizeof file, "%s/cozykart-clock.%ld", dir ? dir : "/tmp", (long)getpid());
    test_clock();
    test_random();
    id_token(&ones, token);
    is_str(str_of(token), STR("__________________________________________8"),
           "a token is its 256 bits");
    child = fork();
    if (child == 0)
        world_real()->die(NULL, 7);
    waitpid(child, &status, 0);
    ok(WIFEXITED(status) && WEXITSTATUS(status) == 7, "the end is at once, with its code");
    return done();
}
