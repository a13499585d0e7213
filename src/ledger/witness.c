/* A line for each claim. A claim that cannot be read is no reason to pass over it: the whole
 * file is refused. */
#include "ledger/witness.h"

#include <string.h>

#include "base/crypt.h"
#include "base/enc.h"
#include "base/json.h"
#include "db/db.h"
#include "db/stmt.h"
#include "ledger/seal.h"

struct look {
    struct ctx *ctx;
    witness_fn fn;
    void *arg;
    struct witness_sum sum;
    struct str ledger, mode; /* of the present file */
};

static const struct {
    const char *name, *code;
    int sign; /* of the number in a balance, debits positive */
} own[] = {
    {"pending",   "L:wallet_pending:", -1},
    {"available", "L:wallet:",         -1},
    {"owed",      "A:clawback:",       1 },
};

static void
judge(struct look *l, bool stands, const char *what, const char *why)
{
    if (stands)
        l->sum.stand++;
    else
        l->sum.fall++;
    l->fn(l->arg, stands, str_of(what), stands ? STR("") : str_of(why));
}

/* The next line of a seal file, without its first word; false when it begins otherwise. */
static bool
take(struct str *rest, const char *word, struct str *ret)
{
    struct str line;
    size_t n = strlen(word);

    if (!str_split(rest, '\n', &line) || !str_starts(line, str_of(word)) || line.n <= n ||
        line.p[n] != ' ')
        return false;
    *ret = str_sub(line, n + 1, SIZE_MAX);
    return true;
}

/* A seal file's parts; s->text is what was signed. */
static bool
read_seal(struct ctx *ctx, struct str file, struct seal *s, struct str *ret_ledger,
          struct str *ret_mode, struct str *ret_sig)
{
    struct str rest = file, first, last = STR_NULL, version;

    if (!take(&rest, "cozykart seal", &version) ||
        !(str_eq_text(version, "1") || str_eq_text(version, "2")) ||
        !take(&rest, "ledger", ret_ledger) || !take(&rest, "mode", ret_mode) ||
        !take(&rest, "day", &s->day) || !take(&rest, "entries", &last) ||
        !str_split(&last, ' ', &first) || !str_i64(first, 1, INT64_MAX, &s->first_seq) ||
        !str_i64(last, 0, INT64_MAX, &s->last_seq) || !take(&rest, "head", &s->head_sha) ||
        !take(&rest, "trial", &s->trial_sha) ||
        (str_eq_text(version, "2") && !take(&rest, "hashes", &s->list_sha)))
        return false;
    s->text = str_sub(file, 0, file.n - rest.n);
    return take(&rest, "key", &s->public_key) && take(&rest, "signature", &s->signature) &&
           str_trim(rest).n == 0 && s->head_sha.n == 64 && s->trial_sha.n == 64 &&
           enc_unbase64(ctx->arena, s->signature, ret_sig) == OK;
}

/* The hash that an entry has now, hex; empty when there is no such entry. */
static enum err
hash_of(struct ctx *ctx, int64_t seq, struct str *ret)
{
    static const unsigned char none[32];
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_witness_entry);
    struct str sha = {.p = (const char *)none, .n = sizeof(none)};
    enum err e = OK;

    stmt_i64(&s, ":seq", seq);
    if (seq > 0) {
        e = stmt_one(&s);
        sha = e ? STR("") : stmt_col_blob(&s, "sha");
    }
    *ret = enc_hex(ctx->arena, sha.p, sha.n);
    return e == E_NOTFOUND ? OK : e;
}

static enum err
check_own_seal(struct look *l, const char *what, const struct seal *kept)
{
    struct seal ours;
    enum err e = seal_get(l->ctx, kept->day, &ours);

    if (e && e != E_NOTFOUND)
        return e;
    if (e)
        judge(l, false, what, "the ledger has no seal of that day any more");
    else if (!str_eq(ours.text, kept->text))
        judge(l, false, what, "the ledger's seal of that day now says something else");
    else if (!str_eq(ours.public_key, kept->public_key))
        judge(l, false, what, "the ledger's seal of that day is signed by another key");
    else
        judge(l, true, what, "");
    return OK;
}

static enum err
check_seal(struct look *l, struct str file)
{
    struct arena *a = l->ctx->arena;
    struct seal s = {0};
    unsigned char key[32];
    struct str ledger, mode, sig = STR_NULL, now;
    const char *what;
    enum err e;

    if (!read_seal(l->ctx, file, &s, &ledger, &mode, &sig))
        return ctx_fail(l->ctx, E_INVALID, "that is no seal file as sql/FORMAT.md has it");
    what = arena_printf(a, "seal of %.*s", STR_ARG(s.day));
    judge(l,
          enc_unhex(s.public_key, key, sizeof(key)) &&
              crypt_ed25519_verify((struct str){.p = (const char *)key, .n = 32}, s.text, sig),
          arena_printf(a, "%s: its signature", what), "it does not fit the text and the key");
    judge(l, str_eq(ledger, l->ledger) && str_eq(mode, l->mode),
          arena_printf(a, "%s: its ledger", what), "it is of another ledger");
    if ((e = check_own_seal(l, arena_printf(a, "%s: the house's own", what), &s)) ||
        (e = hash_of(l->ctx, s.last_seq, &now)))
        return e;
    judge(l, str_eq(now, s.head_sha),
          arena_printf(a, "%s: hash of entry %lld", what, (long long)s.last_seq),
          now.n ? "the entry has another hash now" : "there is no such entry any more");
    if ((e = seal_trial(l->ctx, s.last_seq, &now)))
        return e;
    judge(l, str_eq(now, s.trial_sha), arena_printf(a, "%s: trial balance", what),
          "the books up to there add up to something else now");
    return OK;
}

/* What the entry moved on one of the member's accounts, for the member; or what the account
 * held after it. */
static enum err
sum_of(struct ctx *ctx, enum sql id, int64_t seq, int64_t member, size_t which, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, id);
    enum err e;

    stmt_i64(&s, ":seq", seq);
    stmt_str(&s, ":code",
             str_of(arena_printf(ctx->arena, "%s%lld", own[which].code, (long long)member)));
    if ((e = stmt_one(&s)) == OK)
        *ret = stmt_col_i64(&s, "n");
    return e;
}

static enum err
bad(struct look *l, const char *what)
{
    return ctx_fail(l->ctx, E_INVALID, "the receipt's %s cannot be read (sql/FORMAT.md)", what);
}

/* The amount that a receipt's entry claims for that account; 0 when it has no such line. */
static bool
claimed(const struct json *lines, const char *account, int64_t *ret)
{
    *ret = 0;
    for (size_t i = 0; i < json_count(lines); i++)
        if (str_eq_text(json_str(json_get(json_item(lines, i), "account")), account))
            return json_i64(json_get(json_item(lines, i), "amount"), ret);
    return true;
}

static enum err
check_lines(struct look *l, const struct json *entry, int64_t seq, int64_t member)
{
    const struct json *lines = json_get(entry, "lines");

    if (!lines || json_type(lines) != JSON_ARRAY)
        return bad(l, "lines");
    for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
        int64_t want, is = 0;
        enum err e;

        if (!claimed(lines, own[i].name, &want))
            return bad(l, "amount");
        if ((e = sum_of(l->ctx, SQL_witness_line, seq, member, i, &is)))
            return e;
        if (want != 0 || is != 0)
            judge(l, want == -is,
                  arena_printf(l->ctx->arena, "entry %lld: %s", (long long)seq, own[i].name),
                  arena_printf(l->ctx->arena, "you kept %lld, the entry has %lld",
                               (long long)want, (long long)-is));
    }
    return OK;
}

static enum err
check_entry(struct look *l, const struct json *entry, int64_t member)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(l->ctx, SQL_witness_entry);
    struct arena *a = l->ctx->arena;
    struct str kept = json_str(json_get(entry, "hash")), now;
    int64_t seq, at;
    const char *what;
    enum err e;

    if (!json_i64(json_get(entry, "number"), &seq) || seq < 1 || kept.n != 64 ||
        !json_i64(json_get(entry, "recorded_at"), &at))
        return bad(l, "entry");
    what = arena_printf(a, "entry %lld", (long long)seq);
    stmt_i64(&s, ":seq", seq);
    if ((e = stmt_one(&s)) == E_NOTFOUND) {
        judge(l, false, what, "it is not in the ledger any more");
        return OK;
    }
    if (e)
        return e;
    now = stmt_col_blob(&s, "sha");
    judge(l, str_eq(enc_hex(a, now.p, now.n), kept), arena_printf(a, "%s: hash", what),
          "the entry has another hash now");
    judge(l,
          at == stmt_col_i64(&s, "recorded_at") &&
              str_eq(json_str(json_get(entry, "kind")), stmt_col_str(&s, "kind")) &&
              str_eq(json_str(json_get(entry, "ref")), stmt_col_str(&s, "ref")),
          arena_printf(a, "%s: what it is about", what), "kind, object or time are others now");
    return check_lines(l, entry, seq, member);
}

static enum err
check_balance(struct look *l, const struct json *b, int64_t member)
{
    struct arena *a = l->ctx->arena;
    struct str kept = json_str(json_get(b, "hash")), now;
    int64_t seq, want, is = 0;
    enum err e;

    if (!json_i64(json_get(b, "number"), &seq) || seq < 0 || kept.n != 64)
        return bad(l, "balance");
    if ((e = hash_of(l->ctx, seq, &now)))
        return e;
    judge(l, str_eq(now, kept),
          arena_printf(a, "balance after entry %lld: hash", (long long)seq),
          now.n ? "the entry has another hash now" : "there is no such entry any more");
    for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
        if (!json_i64(json_get(b, own[i].name), &want))
            return bad(l, "balance");
        if ((e = sum_of(l->ctx, SQL_witness_balance, seq, member, i, &is)))
            return e;
        is *= own[i].sign;
        judge(l, want == is,
              arena_printf(a, "balance after entry %lld: %s", (long long)seq, own[i].name),
              arena_printf(a, "you kept %lld, the ledger has %lld", (long long)want,
                           (long long)is));
    }
    return OK;
}

static enum err
check_receipt(struct look *l, const struct json *r)
{
    const struct json *entries = json_get(r, "entries"), *seals = json_get(r, "seals");
    int64_t member;
    enum err e = OK;

    if (!str_eq_text(json_str(json_get(r, "format")), "cozykart receipt 1"))
        return ctx_fail(l->ctx, E_INVALID, "that is neither a receipt nor a seal file");
    if (!json_i64(json_get(r, "member"), &member) || member < 1)
        return bad(l, "member");
    if (!entries || json_type(entries) != JSON_ARRAY ||
        json_count(entries) > WITNESS_ENTRIES_MAX ||
        (json_count(entries) == 0 && !json_get(r, "balance")))
        return bad(l, "list of entries");
    judge(l,
          str_eq(json_str(json_get(r, "ledger")), l->ledger) &&
              str_eq(json_str(json_get(r, "mode")), l->mode),
          "ledger", "the receipt is of another ledger");
    for (size_t i = 0; !e && i < json_count(entries); i++)
        e = check_entry(l, json_item(entries, i), member);
    if (!e && json_get(r, "balance"))
        e = check_balance(l, json_get(r, "balance"), member);
    for (size_t i = 0; !e && i < json_count(seals); i++)
        e = check_seal(l, json_str(json_item(seals, i)));
    return e;
}

static enum err
check(struct look *l, struct str bytes)
{
    const struct json *r;
    enum err e;

    if ((e = db_stamp(l->ctx, "ledger_id", &l->ledger)) ||
        (e = db_stamp(l->ctx, "mode", &l->mode)))
        return e;
    if (str_starts(bytes, STR("cozykart seal ")))
        return check_seal(l, bytes);
    if (json_parse(l->ctx, bytes, &r))
        return ctx_fail(l->ctx, E_INVALID, "that is neither a receipt nor a seal file");
    return check_receipt(l, r);
}

enum err
witness_check(struct ctx *ctx, struct str bytes, witness_fn fn, void *arg,
              struct witness_sum *ret)
{
    struct look l = {.ctx = ctx, .fn = fn, .arg = arg};
    enum err e;

    if (bytes.n > WITNESS_BYTES_MAX)
        return ctx_fail(ctx, E_INVALID, "that is too long for a receipt");
    if ((e = db_snapshot_begin(ctx)))
        return e;
    e = check(&l, bytes);
    db_snapshot_end(ctx);
    *ret = l.sum;
    return e;
}
