/* A connection of its own, immutable, for three values. See peek.h. */
#include "db/peek.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "db/inner.h"
#include "db/migrate.h"

enum { URI_MAX = 8192 };

/* "file:/path?immutable=1", with what would end the path coded. */
static const char *
uri(struct ctx *ctx, const char *path)
{
    struct buf b = buf_new(ctx->arena, URI_MAX);

    buf_add_text(&b, "file:");
    for (; *path; path++)
        if (strchr("%?#", *path))
            buf_printf(&b, "%%%02X", (unsigned char)*path);
        else
            buf_add_char(&b, *path);
    buf_add_text(&b, "?immutable=1");
    BUG_IF(buf_err(&b) != OK);
    return str_text(ctx->arena, buf_str(&b));
}

static enum err
not_ours(struct ctx *ctx, const char *path)
{
    return ctx_fail(ctx, E_CONFLICT,
                    "%s is not a ledger of this program; path.ledger names another file, or "
                    "cozykart restore brings a copy back",
                    path);
}

static enum err
number(struct ctx *ctx, sqlite3 *h, const char *path, const char *text, int64_t *ret)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(h, text, -1, &s, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return rc == SQLITE_ROW ? OK : not_ours(ctx, path);
}

/* The one text a statement gives, or nothing; key is its parameter, when it has one. */
static struct str
text_of(struct ctx *ctx, sqlite3 *h, enum sql id, const char *key)
{
    struct str text = STR_NULL;
    sqlite3_stmt *s = NULL;

    if (sqlite3_prepare_v2(h, sql_gen_statement[id].text, -1, &s, NULL) == SQLITE_OK &&
        (!key || sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC) == SQLITE_OK) &&
        sqlite3_step(s) == SQLITE_ROW)
        text =
            str_dup(ctx->arena, str_of((const char *)(const void *)sqlite3_column_text(s, 0)));
    sqlite3_finalize(s);
    return text;
}

enum err
peek_ledger(struct ctx *ctx, const char *path, struct peek *ret)
{
    int64_t id = 0;
    sqlite3 *h = NULL;
    struct stat st;
    enum err e = OK;

    *ret = (struct peek){0};
    if (access(path, R_OK) != 0)
        return errno == ENOENT
                   ? ctx_fail(ctx, E_NOTFOUND,
                              "there is no ledger at %s; cozykart setup makes a new one, "
                              "cozykart restore brings a copy back",
                              path)
                   : ctx_fail(ctx, E_DENIED, "%s cannot be read: %s", path, err_system(errno));
    if (stat(path, &st) == 0 && st.st_size == 0)
        return ctx_fail(ctx, E_CONFLICT,
                        "%s is empty, not a ledger; cozykart restore brings a copy back", path);
    db_configure();
    if (sqlite3_open_v2(uri(ctx, path), &h, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) !=
        SQLITE_OK)
        e = not_ours(ctx, path);
    if (!e && !(e = number(ctx, h, path, "PRAGMA application_id", &id)) &&
        !(e = number(ctx, h, path, "PRAGMA user_version", &ret->version))) {
        ret->ours = id == DB_APPLICATION_ID;
        ret->mode = text_of(ctx, h, SQL_stamp_get, "mode");
        ret->currency = text_of(ctx, h, SQL_stamp_currency, NULL);
    }
    (void)sqlite3_close(h);
    return e;
}

enum err
peek_fits(struct ctx *ctx, const char *path)
{
    const char *mode = !ctx->conf ? "" : ctx->conf->mode == CONF_LIVE ? "live" : "test";
    struct peek p;
    enum err e = peek_ledger(ctx, path, &p);

    if (e)
        return e;
    if (!p.ours)
        return not_ours(ctx, path);
    if (p.version > migrate_newest())
        return ctx_fail(ctx, E_CONFLICT,
                        "the ledger has schema %lld, this program knows %lld: a newer version "
                        "wrote it, install that one again",
                        (long long)p.version, (long long)migrate_newest());
    if (*mode && p.mode.n && !str_eq_text(p.mode, mode))
        return ctx_fail(ctx, E_CONFLICT,
                        "the ledger is for mode %.*s, the settings say %s: mend mode, or name "
                        "another ledger in path.ledger",
                        STR_ARG(p.mode), mode);
    if (ctx->conf && p.currency.n && !str_eq(p.currency, ctx->conf->money.currency))
        return ctx_fail(ctx, E_CONFLICT,
                        "the wallets of the ledger are in %.*s, the settings say %.*s: mend "
                        "money.currency, or name another ledger in path.ledger",
                        STR_ARG(p.currency), STR_ARG(ctx->conf->money.currency));
    return OK;
}
