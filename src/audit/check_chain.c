/* The journal in its order: sums, numbers, times, hashes, head; each entry is then handed on to
 * the check of its kind. Not for: balances (check_balance.c). */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

struct chain {
    sqlite3_stmt *line, *sum;
    int64_t last, time;
    unsigned char sha[32];
};

#define JOURNAL_SQL                                                                            \
    "SELECT seq, kind, idem_scope, idem_key, request_sha, effective_at, recorded_at, ref, "    \
    "reverses, "                                                                               \
    "policy, actor, meta, n_lines, prev_sha, sha FROM journal "

static void
hash_bytes(struct sha *s, const void *p, size_t n)
{
    unsigned char length[4] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16),
                               (unsigned char)(n >> 8), (unsigned char)n};

    sha_add(s, length, sizeof length);
    sha_add(s, p, n);
}

static void
hash_int(struct sha *s, int64_t v)
{
    char digits[24];

    hash_bytes(s, digits, (size_t)snprintf(digits, sizeof digits, "%" PRId64, v));
}

static void
hash_text(struct sha *s, struct text t)
{
    hash_bytes(s, t.p, t.n);
}

static bool
word_copy(char *to, struct text t)
{
    if (t.n >= AUDIT_WORD_MAX || memchr(t.p, '\0', t.n) != NULL) {
        to[0] = '\0';
        return false;
    }
    memcpy(to, t.p, t.n);
    to[t.n] = '\0';
    return true;
}

/* The row's line into the entry; codes without their currency. */
static void
line_keep(struct audit_entry *e, struct text code, struct text item, struct text currency,
          int64_t amount)
{
    struct audit_line *l;
    char *at;

    if (e->n_lines == AUDIT_LINES_MAX) {
        e->whole = false;
        return;
    }
    l = &e->line[e->n_lines++];
    l->amount = amount;
    if (!word_copy(l->code, code) || !word_copy(l->item, item) ||
        currency.n >= sizeof l->currency)
        e->whole = false;
    snprintf(l->currency, sizeof l->currency, "%.*s", (int)(currency.n < 8 ? currency.n : 7),
             currency.p);
    if ((at = strchr(l->code, '@')) != NULL && strcmp(at + 1, l->currency) == 0)
        *at = '\0';
}

/* Reads the lines of e->seq, into the hash too when there is one. */
static void
lines_read(struct audit *a, sqlite3_stmt *st, struct audit_entry *e, struct sha *s)
{
    e->n_lines = 0;
    e->whole = true;
    sqlite3_bind_int64(st, 1, e->seq);
    while (row_next(a, st)) {
        struct text code = row_text(a, st, 0), item = row_text(a, st, 1),
                    currency = row_text(a, st, 3);
        int64_t amount = row_int(a, st, 2), ver = row_int(a, st, 4), after = row_int(a, st, 5);

        if (a->bad)
            e->whole = false;
        if (s != NULL) {
            hash_text(s, code);
            hash_text(s, item);
            hash_int(s, amount);
            hash_text(s, currency);
            hash_int(s, ver);
            hash_int(s, after);
        }
        line_keep(e, code, item, currency, amount);
    }
    sqlite3_reset(st);
}

static const char lines_sql[] =
    "SELECT a.code, p.item, p.amount, a.currency, p.ver, p.bal_after FROM posting p "
    "LEFT JOIN account a ON a.id = p.account_id WHERE p.seq = ?1 ORDER BY a.code, p.item";

static void
entry_fill(struct audit *a, sqlite3_stmt *st, struct audit_entry *e)
{
    e->seq = row_int(a, st, 0);
    e->kind = row_text(a, st, 1);
    e->scope = row_text(a, st, 2);
    e->key = row_text(a, st, 3);
    e->effective_at = row_int(a, st, 5);
    e->recorded_at = row_int(a, st, 6);
    e->ref = row_text(a, st, 7);
    e->reverses = row_int_or(a, st, 8, 0);
    e->policy = row_text(a, st, 9);
    e->meta = row_text(a, st, 11);
}

/* Another entry by its number; its texts live until *keep is finalized. */
bool
check_chain_load(struct audit *a, int64_t seq, struct audit_entry *e, sqlite3_stmt **keep)
{
    sqlite3_stmt *line;
    bool bad = a->bad;

    *keep = row_query(a, JOURNAL_SQL "WHERE seq = ?1");
    sqlite3_bind_int64(*keep, 1, seq);
    if (!row_next(a, *keep))
        return false;
    entry_fill(a, *keep, e);
    line = row_query(a, lines_sql);
    if (line != NULL)
        lines_read(a, line, e, NULL);
    row_done(a, line);
    a->bad = bad;
    return line != NULL;
}

/* Sum zero in each currency; count as the header says. */
static void
check_lines(struct audit *a, struct chain *c, int64_t seq, int64_t n_lines)
{
    int64_t n = 0;
    wide sum = 0;
    char now[8] = "", was[8] = "";

    sqlite3_bind_int64(c->sum, 1, seq);
    for (bool more = true; more;) {
        more = row_next(a, c->sum);
        if (more)
            snprintf(now, sizeof now, "%.7s", row_text(a, c->sum, 1).p);
        if (!more || strcmp(now, was) != 0) {
            if (sum != 0)
                audit_differ(a, 1, "journal", seq, "the lines in %s do not sum to zero", was);
            sum = 0;
            snprintf(was, sizeof was, "%s", now);
        }
        if (more) {
            sum += row_int(a, c->sum, 0);
            n++;
        }
    }
    sqlite3_reset(c->sum);
    a->postings += n;
    if (n < 2 || n != n_lines)
        audit_differ(a, 1, "journal", seq, "has %" PRId64 " lines, its header says %" PRId64, n,
                     n_lines);
}

static void
check_hash(struct audit *a, struct chain *c, sqlite3_stmt *st)
{
    struct audit_entry *e = &a->entry;
    struct text prev = row_sha(a, st, 13), request = row_sha(a, st, 4),
                stored = row_sha(a, st, 14);
    unsigned char sha[32];
    struct sha s;

    sha_init(&s);
    sha_add(&s, "cozykart/journal/1", sizeof "cozykart/journal/1");
    hash_text(&s, prev);
    hash_int(&s, e->seq);
    hash_text(&s, e->kind);
    hash_text(&s, e->scope);
    hash_text(&s, e->key);
    hash_text(&s, request);
    hash_int(&s, e->effective_at);
    hash_int(&s, e->recorded_at);
    hash_text(&s, e->ref);
    if (e->reverses != 0)
        hash_int(&s, e->reverses);
    else
        hash_bytes(&s, "", 0);
    hash_text(&s, e->policy);
    hash_text(&s, row_text(a, st, 10));
    hash_text(&s, e->meta);
    hash_int(&s, row_int(a, st, 12));
    lines_read(a, c->line, e, &s);
    sha_done(&s, sha);
    if (prev.n != 32 || memcmp(prev.p, c->sha, 32) != 0)
        audit_differ(a, 6, "journal", e->seq, "does not follow the hash of the entry before");
    if (stored.n != 32 || memcmp(stored.p, sha, 32) != 0)
        audit_differ(a, 6, "journal", e->seq, "hash does not fit");
    if (e->seq == a->since_seq && (stored.n != 32 || memcmp(stored.p, a->since_sha, 32) != 0))
        audit_differ(a, 26, "journal", e->seq, "is not the entry that was known by its hash");
    memcpy(c->sha, stored.n == 32 ? (const unsigned char *)stored.p : sha, 32);
}

static void
check_one(struct audit *a, struct chain *c, sqlite3_stmt *st)
{
    struct audit_entry *e = &a->entry;
    int64_t n_lines = row_int(a, st, 12);

    entry_fill(a, st, e);
    a->entries++;
    if (e->seq != c->last + 1)
        audit_differ(a, 5, "journal", e->seq, "follows %" PRId64 ": entries are missing",
                     c->last);
    if (e->recorded_at < c->time)
        audit_differ(a, 5, "journal", e->seq, "was recorded before the entry before it");
    if (sqlite3_column_type(st, 8) != SQLITE_NULL && (e->reverses < 1 || e->reverses >= e->seq))
        audit_differ(a, 22, "journal", e->seq, "reverses an entry that is not before it");
    c->last = e->seq;
    c->time = e->recorded_at;
    check_lines(a, c, e->seq, n_lines);
    check_hash(a, c, st);
    if (row_bad(a, "journal", e->seq))
        return;
    if (!text_canonical(e->meta))
        audit_differ(a, 13, "journal", e->seq, "meta is not written as it must be");
    check_entry(a);
}

static void
check_head(struct audit *a, const struct chain *c)
{
    sqlite3_stmt *st = row_query(a, "SELECT seq, sha, recorded_at FROM head WHERE id = 1");
    struct text sha;

    if (!row_next(a, st)) {
        audit_differ(a, 6, "head", 0, "is missing");
    } else {
        sha = row_sha(a, st, 1);
        if (row_int(a, st, 0) != c->last || sha.n != 32 || memcmp(sha.p, c->sha, 32) != 0 ||
            row_int(a, st, 2) != c->time)
            audit_differ(a, 6, "head", 0, "is not the last entry");
        row_bad(a, "head", 0);
    }
    row_done(a, st);
    if (a->since_seq > c->last)
        audit_differ(a, 26, "journal", a->since_seq, "was known by its hash and is gone");
}

void
check_chain(struct audit *a)
{
    struct chain c = {0};
    sqlite3_stmt *st = row_query(a, JOURNAL_SQL "ORDER BY seq");

    c.line = row_query(a, lines_sql);
    c.sum =
        row_query(a, "SELECT p.amount, coalesce(a.currency, '?') FROM posting p "
                     "LEFT JOIN account a ON a.id = p.account_id WHERE p.seq = ?1 ORDER BY 2");
    if (c.line != NULL && c.sum != NULL)
        while (row_next(a, st))
            check_one(a, &c, st);
    check_head(a, &c);
    row_done(a, st);
    row_done(a, c.line);
    row_done(a, c.sum);
}
