/* Seals: each the end of its day, behind the one before, signed. The trial balance is summed up
 * from the postings, day by day. Not for: whose key it is. */
#include "audit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#define DAY_MS INT64_C(86400000)

struct seal {
    char day[16];
    int64_t no, first, last, at; /* no: days since 1970, -1: that is no date */
    struct text head, trial, text, signature, key;
};

static void
differ(struct audit *a, const struct seal *s, const char *what)
{
    char thing[32];

    snprintf(thing, sizeof thing, "seal %.12s", s->day);
    audit_differ(a, 32, thing, 0, "%s", what);
}

static void
hex(struct text t, char ret[65])
{
    ret[0] = '\0';
    for (size_t i = 0; i < t.n && i < 32; i++)
        snprintf(ret + 2 * i, 3, "%02x", (unsigned char)t.p[i]);
}

static bool
is_signed(const struct seal *s)
{
    EVP_PKEY *key = s->key.n == 32
                        ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
                                                      (const unsigned char *)s->key.p, 32)
                        : NULL;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool good = key != NULL && c != NULL && s->signature.n == 64 &&
                EVP_DigestVerifyInit(c, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestVerify(c, (const unsigned char *)s->signature.p, 64,
                                 (const unsigned char *)s->text.p, s->text.n) == 1;

    EVP_MD_CTX_free(c);
    EVP_PKEY_free(key);
    return good;
}

/* account: debits, credits; with the entries after one number up to another. */
static void
add_postings(struct audit *a, struct audit_map *sums, int64_t after, int64_t upto)
{
    sqlite3_stmt *st =
        row_query(a, "SELECT account_id, amount FROM posting WHERE seq > ?1 AND seq <= ?2");

    sqlite3_bind_int64(st, 1, after);
    sqlite3_bind_int64(st, 2, upto);
    while (row_next(a, st)) {
        int64_t id = row_int(a, st, 0), amount = row_int(a, st, 1);
        const struct audit_map_slot *was = map_get(sums, id, 0);
        int64_t debits = was != NULL ? was->x : 0, credits = was != NULL ? was->y : 0;

        /* Sums beyond all reason are damage that other checks name. */
        if (amount > 0)
            (void)__builtin_add_overflow(debits, amount, &debits);
        else
            (void)__builtin_sub_overflow(credits, amount, &credits);
        map_set(sums, id, 0, debits, credits);
    }
    row_done(a, st);
    row_bad(a, "posting", 0);
}

static bool
trial_fits(struct audit *a, const struct audit_map *sums, struct text trial)
{
    sqlite3_stmt *st = row_query(a, "SELECT id, code, currency FROM account ORDER BY code");
    unsigned char sha[32];
    struct sha h;

    sha_init(&h);
    while (row_next(a, st)) {
        const struct audit_map_slot *sum = map_get(sums, row_int(a, st, 0), 0);
        struct text code = row_text(a, st, 1), currency = row_text(a, st, 2);
        char numbers[100];
        int n;

        if (sum == NULL)
            continue;
        n = snprintf(numbers, sizeof numbers, " %" PRId64 " %" PRId64 " %" PRId64 "\n", sum->x,
                     sum->y, (int64_t)((uint64_t)sum->x - (uint64_t)sum->y));
        sha_add(&h, code.p, code.n);
        sha_add(&h, " ", 1);
        sha_add(&h, currency.p, currency.n);
        sha_add(&h, numbers, (size_t)n);
    }
    row_done(a, st);
    row_bad(a, "account", 0);
    sha_done(&h, sha);
    return trial.n == 32 && memcmp(sha, trial.p, 32) == 0;
}

static void
stamp(struct audit *a, const char *key, char ret[80])
{
    sqlite3_stmt *st = row_query(a, "SELECT value FROM stamp WHERE key = ?1");

    ret[0] = '\0';
    sqlite3_bind_text(st, 1, key, -1, SQLITE_STATIC);
    if (row_next(a, st)) {
        struct text t = row_text(a, st, 0);

        snprintf(ret, 80, "%.*s", (int)t.n, t.p);
    }
    row_done(a, st);
}

/* SHA-256 over the public list: for each entry the hash of its hash and its salt. */
static void
list_sum(struct audit *a, const struct seal *s, char ret[65])
{
    sqlite3_stmt *st =
        row_query(a, "SELECT seq, sha FROM journal WHERE seq >= ?1 AND seq <= ?2 ORDER BY seq");
    char secret[80], text[200], salt[65], of[65];
    unsigned char sha[32];
    struct sha all, one;

    stamp(a, "list_secret", secret);
    sha_init(&all);
    sqlite3_bind_int64(st, 1, s->first);
    sqlite3_bind_int64(st, 2, s->last);
    while (row_next(a, st)) {
        int64_t seq = row_int(a, st, 0);

        hex(row_sha(a, st, 1), of);
        sha_init(&one);
        sha_add(&one, text, (size_t)snprintf(text, sizeof text, "%s %" PRId64, secret, seq));
        sha_done(&one, sha);
        hex((struct text){(const char *)sha, 16}, salt);
        sha_init(&one);
        sha_add(&one, text, (size_t)snprintf(text, sizeof text, "%s %s", of, salt));
        sha_done(&one, sha);
        hex((struct text){(const char *)sha, 32}, of);
        sha_add(&all, text, (size_t)snprintf(text, sizeof text, "%" PRId64 " %s\n", seq, of));
    }
    row_done(a, st);
    sha_done(&all, sha);
    hex((struct text){(const char *)sha, 32}, ret);
}

/* With the list of hashes since there is one. */
static bool
text_fits(struct audit *a, const struct seal *s)
{
    static const char second[] = "cozykart seal 2\n";
    bool listed =
        s->text.n >= sizeof second - 1 && !memcmp(s->text.p, second, sizeof second - 1);
    char should[800], head[65], trial[65], list[65], ledger[80], mode[80];

    stamp(a, "ledger_id", ledger);
    stamp(a, "mode", mode);
    hex(s->head, head);
    hex(s->trial, trial);
    snprintf(should, sizeof should,
             "cozykart seal %d\nledger %s\nmode %s\nday %s\nentries %" PRId64 " %" PRId64
             "\nhead %s\ntrial %s\n",
             listed ? 2 : 1, ledger, mode, s->day, s->first, s->last, head, trial);
    if (listed) {
        size_t n = strlen(should);

        list_sum(a, s, list);
        snprintf(should + n, sizeof should - n, "hashes %s\n", list);
    }
    return s->text.n == strlen(should) && memcmp(s->text.p, should, s->text.n) == 0;
}

/* Its entry's hash, time, and the day of the first entry stand in further columns. */
static void
check_one(struct audit *a, sqlite3_stmt *st, struct seal *s, const struct seal *before,
          struct audit_map *sums)
{
    struct text day = row_text(a, st, 0), sha = {"", 0};
    int64_t recorded = row_int_or(a, st, 11, -1), began = row_int_or(a, st, 12, 0);

    snprintf(s->day, sizeof s->day, "%.*s", (int)(day.n < 12 ? day.n : 12), day.p);
    s->no = row_int_or(a, st, 1, -1);
    s->first = row_int(a, st, 2);
    s->last = row_int(a, st, 3);
    s->head = row_sha(a, st, 4);
    s->trial = row_sha(a, st, 5);
    s->text = row_text(a, st, 6);
    s->signature =
        (struct text){sqlite3_column_blob(st, 7), (size_t)sqlite3_column_bytes(st, 7)};
    s->key = row_sha(a, st, 8);
    s->at = row_int(a, st, 9);
    if (recorded >= 0)
        sha = row_sha(a, st, 10);
    if (row_bad(a, "seal", 0))
        return;
    if (s->no < 0 || s->no != (before != NULL ? before->no + 1 : began / DAY_MS))
        differ(a, s, "is not of the day after the one before");
    if (s->first != (before != NULL ? before->last : 0) + 1 || s->last < s->first - 1)
        differ(a, s, "does not begin behind the one before");
    if (s->last > 0 && (recorded < 0 || recorded / DAY_MS > s->no))
        differ(a, s, "ends with an entry that is not of its day or before");
    if (s->at / DAY_MS <= s->no)
        differ(a, s, "was made before its day was over");
    if (s->last > 0 ? sha.n != 32 || memcmp(sha.p, s->head.p, 32) != 0
                    : memcmp(s->head.p, (const char[32]){0}, 32) != 0)
        differ(a, s, "has another hash than its last entry");
    add_postings(a, sums, before != NULL ? before->last : 0, s->last);
    if (!trial_fits(a, sums, s->trial))
        differ(a, s, "has another trial balance than the postings give");
    if (!text_fits(a, s))
        differ(a, s, "says something else in its text");
    if (!is_signed(s))
        differ(a, s, "is not signed by its key");
}

void
check_seal(struct audit *a)
{
    sqlite3_stmt *st = row_query(
        a, "SELECT z.day, CASE WHEN date(z.day) IS z.day THEN CAST(strftime('%s', z.day) AS "
           "INTEGER) / 86400 END, z.first_seq, z.last_seq, z.head_sha, z.trial_sha, z.text, "
           "z.signature, z.key, z.at, j.sha, j.recorded_at, (SELECT f.recorded_at FROM journal "
           "f WHERE f.seq = 1) FROM seal z LEFT JOIN journal j ON j.seq = z.last_seq "
           "ORDER BY z.day");
    struct audit_map sums = {0};
    struct seal now, before;
    bool first = true;

    while (row_next(a, st)) {
        check_one(a, st, &now, first ? NULL : &before, &sums);
        before = now; /* of it only the numbers are looked at */
        first = false;
    }
    row_done(a, st);
    free(sums.slot);
}
