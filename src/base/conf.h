/* One flat settings file: "key = value", # comments. Unknown, repeated or wrong keys refuse
 * with file and line. Secrets never stand in it: a *_file key names a file of mode 0600 or
 * 0400, or systemd gives them in $CREDENTIALS_DIRECTORY under the key's name without "_file".
 */
#pragma once

#include "base/err.h"

struct ctx;
struct arena;

enum conf_mode { CONF_TEST, CONF_LIVE };

/* All settings; texts are terminated and live as long as the process arena given to conf_load.
 * The table in conf.c names each key with type, default and explanation; `cozykart check`
 * prints it. */
struct conf {
    const char *file;
    enum conf_mode mode; /* mode: stamped into the ledger file */
    struct {
        struct str url;  /* site.url: "http://127.0.0.1:8080", no slash at the end */
        struct str name; /* site.name: what the header says, default "Cozy-Kart" */
    } site;
    struct {
        struct str ledger; /* path.ledger: the SQLite file */
        struct str run;    /* path.run: folder of the sockets */
        struct str live;   /* path.live: folder of live/<channel>.json files */
        struct str share;  /* path.share: templates/ and static/ of the installation */
        struct str media;  /* path.media: pictures that the jobs made; nginx serves them */
    } path;
    struct {
        struct str currency; /* money.currency: one per installation, default USD */
        int64_t clear_h; /* money.clear_h: hours from flag to available, default 72, 0 … 720 */
    } money;
    struct {
        int64_t grace_s;     /* window.grace_s: default 120, 0 … 600 */
        int64_t min_racers;  /* race.min_racers: default 2 */
        int64_t max_h;       /* race.max_h: a race nobody finishes, default 3 */
        int64_t dispute_min; /* race.dispute_min: minutes to FINAL, default 10 */
        int64_t remind_min;  /* race.remind_min: minutes from the flag to the reminder, 30 */
        int64_t report_h;    /* race.report_h: hours from the flag until silence is DNF, 24 */
        int64_t idle_min;    /* lobby.idle_min: empty lobby closes, default 60 */
    } race;
    struct {
        struct str user;     /* web.user: of cozykart-web; empty: the vault's own */
        int64_t workers;     /* web.workers: default 16, 1 … 64 */
        bool secure_cookies; /* from site.url: https */
    } web;
    struct {
        /* stripe.webhook_secret_file: one secret a line, up to 4 while rotating; vault only */
        struct str webhook_secret_file;
        struct str api_key_file; /* stripe.api_key_file: jobs only; prefix must fit the mode */
        /* stripe.connect_secret_file: of the endpoint for connected accounts; vault only */
        struct str connect_secret_file;
        struct str api;     /* stripe.api: https://api.stripe.com */
        struct str country; /* stripe.country: of new connected accounts, "US" */
    } stripe;
    struct {
        struct str shop;  /* shopify.shop: "cozy-merch.myshopify.com"; empty: no house shop */
        struct str front; /* shopify.front: where people buy; empty: https://<shop> */
        struct str webhook_secret_file; /* shopify.webhook_secret_file: client secret; vault */
        struct str token_file; /* shopify.token_file: Admin API, for comparisons; jobs only */
        struct str api;        /* shopify.api: empty: https://<shop>; another is for tests */
    } shopify;
    struct {
        struct str page;       /* kofi.page: name of the page at ko-fi.com; empty: none */
        struct str token_file; /* kofi.token_file: verification token; vault only */
        struct str path_file;  /* kofi.path_file: secret end of the hook's address; vault */
    } kofi;
    struct {
        struct str webhook_secret_file; /* whop.webhook_secret_file; vault only */
        struct str key_mode;     /* whop.key_mode: raw (as the dashboard shows it) or whsec */
        struct str api_key_file; /* whop.api_key_file; jobs only */
        struct str account;      /* whop.account: biz_…, whose balance pays */
        struct str api;          /* whop.api: https://api.whop.com/api/v1 */
    } whop;
    struct {
        struct str client_id;          /* paypal.client_id; empty: no PayPal */
        struct str client_secret_file; /* paypal.client_secret_file; jobs only */
        struct str webhook_id;         /* paypal.webhook_id; empty: endpoint closed */
        struct str api;                /* paypal.api: https://api-m.paypal.com */
    } paypal;
    struct {
        int64_t min, max;    /* payout.min 2000, payout.max 200000: minor units */
        int64_t wait_h;      /* payout.wait_h: hours until a new method can be used, 24 */
        int64_t tax_notice;  /* payout.tax_notice: yearly sum that needs a tax form, 60000 */
        struct str fee_by;   /* payout.fee_by: house or member */
        struct str methods;  /* payout.methods: "gift_card,store_credit,…": what is offered */
        struct str key_file; /* payout.key_file: 64 hex signs that codes are sealed with */
    } payout;
    struct {
        int64_t min, max;           /* tip.min 200, tip.max 50000: minor units */
        int64_t fee_bps, fee_fixed; /* tip.fee_bps 500, tip.fee_fixed 30 */
        struct str order;           /* queue.order: time or amount */
        int64_t expire_h; /* queue.expire_h: hours until a song not played is offered back */
        int64_t answer_h; /* queue.answer_h: hours after that until it is refunded */
    } tip;
    struct {
        struct str to, from;      /* mail.to: who reads alerts; empty: no mail */
        struct str smtp;          /* mail.smtp: smtp://127.0.0.1:25; empty: sendmail */
        struct str user;          /* mail.user: login there; empty: none */
        struct str password_file; /* mail.password_file; jobs only */
        struct str sendmail;      /* mail.sendmail: /usr/sbin/sendmail */
        int64_t clearing_days;    /* alert.clearing_days: age of open items, 7 */
        int64_t disk_mb;          /* alert.disk_mb: free space below it is an alert, 512 */
    } alert;
    struct {
        struct str key_file;   /* seal.key_file: Ed25519 seed, 64 hex signs; vault only */
        struct str keep_dir;   /* seal.keep_dir: where sealed days are kept as files */
        int64_t writeoff_days; /* owed.writeoff_days: age at which a debt is written off, 365 */
    } books;
    struct {
        struct str application_id; /* discord.application_id: decimal; empty: no Discord */
        struct str public_key; /* discord.public_key: 64 hex signs; empty: endpoint closed */
        struct str bot_token_file;     /* discord.bot_token_file: jobs, and cozykart discord */
        struct str client_secret_file; /* discord.client_secret_file: jobs only, for logins */
        struct str guild_id;      /* discord.guild_id: empty, or the one server it serves */
        struct str races_channel; /* discord.races_channel: races and results */
        struct str staff_channel; /* discord.staff_channel: disputes */
        struct str ops_channel;   /* discord.ops_channel: alerts */
        /* Addresses; another than Discord's own is for tests and refused in live mode. */
        struct str site; /* discord.site: https://discord.com, where people agree to a login */
        struct str api;  /* discord.api: https://discord.com/api/v10 */
        struct str cdn;  /* discord.cdn: https://cdn.discordapp.com */
    } discord;
    struct {
        struct str user; /* jobs.user: of cozykart-jobs; empty: the vault's own */
    } jobs;
    struct {
        struct str dir;           /* backup.dir: where copies lie */
        int64_t keep, keep_days;  /* backup.keep 48 newest, the last of each day for 30 days */
        int64_t max_age_min;      /* backup.max_age_min: 60; 0: no alert */
        struct str encrypt;       /* backup.encrypt: none, age, gpg */
        struct str recipient;     /* backup.recipient: age1…, or a fingerprint */
        struct str identity_file; /* backup.identity_file: for drills; empty: none */
        struct str hook;          /* backup.hook: program; empty: none */
        int64_t hook_s;           /* backup.hook_s: how long it may take, 600 */
        struct str user;          /* backup.user: who copies; empty: the vault's own */
    } backup;
    struct {
        /* ctl.uid: who may use the people's socket besides root and the vault's own user; -1
         * nobody */
        int64_t uid;
    } ctl;
};

/* Reads and checks the whole file. E_INVALID with "file:line: …" in ctx, E_NOTFOUND when there
 * is no file. process is the arena of the result. */
enum err conf_load(struct ctx *ctx, struct arena *process, const char *file,
                   struct conf *ret) MUST_USE;

/* The default of each, as an empty file would give them; file is what messages name. */
void conf_default(struct ctx *ctx, struct arena *process, const char *file, struct conf *ret);

/* Non-empty lines of a secret file or its credential, blanks trimmed. An unset path gives n =
 * 0. E_DENIED when others may read the file, E_NOTFOUND, E_INVALID (empty, over 4 KiB, not
 * text). */
enum err conf_secret(struct ctx *ctx, struct arena *a, const char *key, struct str file,
                     struct str *ret_lines, size_t max, size_t *ret_n) MUST_USE;

/* A Stripe secret key must fit the mode: E_INVALID otherwise. */
enum err conf_check_key(struct ctx *ctx, const struct conf *c, struct str key) MUST_USE;

/* Calls back for each key with its effective value and where it came from ("default", "line 7")
 * in the file loaded last. */
typedef void (*conf_each_fn)(void *arg, const char *key, struct str value, struct str from,
                             const char *help);
void conf_each(const struct conf *c, struct arena *a, conf_each_fn fn, void *arg);
