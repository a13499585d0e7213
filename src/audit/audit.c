/* cozykart-audit: a second opinion of a ledger file, by another program than the one that wrote
 * it. Reads only. Not for: repairing anything. */
#include "audit.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: cozykart-audit [options] FILE\n"
    "Judges a ledger file by sql/FORMAT.md alone and prints a line for each difference.\n"
    "  --full                 read every index and page too (slower)\n"
    "  --since-head SEQ:SHA   the entry SEQ must still have this hash (from a receipt)\n"
    "  --json                 one JSON object a line\n"
    "  --quiet                only the exit status\n"
    "  --help                 this text\n"
    "exit status: 0 clean, 1 differences found, 2 could not look\n";

static void
print_json(const char *s)
{
    putchar('"');
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;

        if (c < 0x20 || c == '"' || c == '\\' || c > 0x7e)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

void
audit_differ(struct audit *a, int check, const char *thing, int64_t number, const char *fmt,
             ...)
{
    char text[512], what[160];
    va_list ap;

    a->differences++;
    if (a->quiet || a->shown[check]++ > AUDIT_SHOWN_MAX)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (number != 0)
        snprintf(what, sizeof what, "%s %" PRId64, thing, number);
    else
        snprintf(what, sizeof what, "%s", thing);
    if (a->shown[check] > AUDIT_SHOWN_MAX)
        snprintf(text, sizeof text, "more like these are not printed");
    if (a->json) {
        printf("{\"check\":\"I%d\",\"thing\":", check);
        print_json(what);
        printf(",\"what\":");
        print_json(text);
        printf("}\n");
        return;
    }
    for (char *p = text; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20)
            *p = '?';
    printf("I%d %s: %s\n", check, what, text);
}

static int
could_not(const char *path, const char *why)
{
    fprintf(stderr, "cozykart-audit: %s: %s\n", path, why);
    return 2;
}

/* A file in WAL mode on a medium where nothing can be written has no log: it is read as it is.
 */
static bool
file_open(struct audit *a, char why[static 256])
{
    char uri[4096], wal[4096];
    size_t n;

    if (access(a->path, R_OK) != 0) {
        snprintf(why, 256, "there is no such file, or it may not be read");
        return false;
    }
    for (int fixed = 0; fixed < 2; fixed++) {
        n = (size_t)snprintf(uri, sizeof uri, "file:");
        for (const char *p = a->path; *p != '\0' && n + 32 < sizeof uri; p++)
            n += (size_t)snprintf(uri + n, sizeof uri - n,
                                  strchr("?#%", *p) != NULL ? "%%%02x" : "%c",
                                  (unsigned)*p & 0xff);
        snprintf(uri + n, sizeof uri - n, "?mode=ro%s", fixed ? "&immutable=1" : "");
        if (sqlite3_open_v2(uri, &a->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) ==
            SQLITE_OK) {
            sqlite3_busy_timeout(a->db, 5000);
            sqlite3_db_config(a->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
            sqlite3_db_config(a->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
            if (sqlite3_exec(a->db, "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL,
                             NULL) == SQLITE_OK)
                return true;
        }
        snprintf(why, 256, "%s", sqlite3_errmsg(a->db));
        sqlite3_close(a->db);
        a->db = NULL;
        snprintf(wal, sizeof wal, "%s-wal", a->path);
        if (access(wal, F_OK) == 0)
            return false;
    }
    return false;
}

static bool
head_parse(struct audit *a, const char *s)
{
    const char *colon = strchr(s, ':');

    if (colon == NULL || strlen(colon + 1) != 64 ||
        !text_int((struct text){s, (size_t)(colon - s)}, &a->since_seq) || a->since_seq < 1)
        return false;
    for (size_t i = 0; i < 64; i++) {
        const char *hex = "0123456789abcdef", *at = strchr(hex, colon[1 + i] | 0x20);

        if (at == NULL || *at == '\0')
            return false;
        a->since_sha[i / 2] = (unsigned char)(a->since_sha[i / 2] << 4 | (at - hex));
    }
    return true;
}

static int
options(struct audit *a, int argc, char **argv)
{
    static const struct option list[] = {
        {"full",       no_argument,       NULL, 'f'},
        {"since-head", required_argument, NULL, 's'},
        {"json",       no_argument,       NULL, 'j'},
        {"quiet",      no_argument,       NULL, 'q'},
        {"help",       no_argument,       NULL, 'h'},
        {NULL,         0,                 NULL, 0  }
    };

    for (int c; (c = getopt_long(argc, argv, "h", list, NULL)) != -1;) {
        a->full |= c == 'f';
        a->json |= c == 'j';
        a->quiet |= c == 'q';
        if (c == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (c == 's' && !head_parse(a, optarg))
            return could_not(optarg, "a head is SEQ:SHA, the hash in 64 hex digits");
        if (c == '?')
            return 2;
    }
    if (optind + 1 != argc) {
        fputs(help, stderr);
        return 2;
    }
    a->path = argv[optind];
    return -1;
}

int
main(int argc, char **argv)
{
    static struct audit audit;
    struct audit *a = &audit;
    char why[256];
    int rc = options(a, argc, argv);

    if (rc >= 0)
        return rc;
    if (!file_open(a, why))
        return could_not(a->path, why);
    check_file(a);
    check_refund_init(a);
    check_chain(a);
    check_entry_end(a);
    check_balance(a);
    check_race(a);
    check_sale(a);
    check_refund_end(a);
    check_prize(a);
    check_tip(a);
    check_fee_end(a);
    check_payout(a);
    check_result(a);
    check_seal(a);
    if (a->json)
        printf("{\"entries\":%" PRId64 ",\"postings\":%" PRId64 ",\"differences\":%" PRId64
               "}\n",
               a->entries, a->postings, a->differences);
    else if (!a->quiet)
        printf("%" PRId64 " entries, %" PRId64 " postings: %s%" PRId64 " differences\n",
               a->entries, a->postings, a->differences == 0 ? "clean, " : "", a->differences);
    row_end(a);
    sqlite3_close(a->db);
    free(a->carry.slot);
    free(a->settled.slot);
    free(a->pool.slot);
    if (fflush(stdout) != 0)
        return could_not("standard output", "cannot be written");
    return a->differences == 0 ? 0 : 1;
}
