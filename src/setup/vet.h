/* What may be answered to the questions of setup, and why not: pure, without a terminal. Not
 * for: asking (main/ctl_setup_ask.c), settings as they are read (base/conf.h). */
#pragma once

#include "base/conf.h"
#include "base/ctx.h"

/* How an answer is judged. */
enum vet_kind {
    VET_TEXT,     /* one line of text, 60 signs */
    VET_HOST,     /* the house's own name */
    VET_MODE,     /* test or live */
    VET_CURRENCY, /* one that this program knows */
    VET_PERSON,   /* discord:ID or a member's name */
    VET_ID,       /* a number of Discord, 15 to 20 digits */
    VET_KEY,      /* 64 hex signs; a capital becomes a small letter */
    VET_WORD,     /* somebody else's id: letters, digits, _ - . @ + */
    VET_SHOP,     /* name.myshopify.com */
    VET_ACCOUNT,  /* biz_… */
    VET_MAIL,     /* an address of mail */
    VET_FILE,     /* the path of a file */
    VET_PORT,     /* 1 to 65535 */
    VET_TLS,      /* certbot, own, proxy or none */
    VET_SMTP,     /* smtp://host[:port] or smtps:// */
    VET_STRIPE_KEY,
    VET_STRIPE_HOOK,
    VET_SHOPIFY_TOKEN,
    VET_SHOPIFY_HOOK,
    VET_WHOP_KEY,
    VET_BOT_TOKEN,
    VET_PASSWORD, /* short ones too */
    VET_SECRET    /* whatever else is secret: nothing to tell it by */
};

/* E_INVALID with a sentence that says what is wrong and what to do; never the secret itself.
 * ret: the answer as it is written down, in ctx->arena. Blanks around it do not count. */
enum err vet(struct ctx *ctx, enum vet_kind kind, enum conf_mode mode, struct str answer,
             struct str *ret) MUST_USE;
/* Does an answer of that kind stand in a file of its own? */
bool vet_is_secret(enum vet_kind kind);
/* "192.0.2.1" or "2001:db8::1", with or without brackets. */
bool vet_is_address(struct str host);
/* What a fitting answer may still be wrong about, for people; "" when nothing can be. */
const char *vet_doubt(enum vet_kind kind, struct str answer);
