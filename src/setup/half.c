/* THE table of pairs. See half.h. */
#include "setup/half.h"

/* clang-format off */
const struct half half_rows[] = {
    {"stripe.webhook_secret", "stripe.api_key",
     "our own shop sells nothing by Stripe, and payments are not compared", true},
    {"stripe.api_key", "stripe.webhook_secret", "orders paid by Stripe are not heard of", false},
    {"stripe.connect_secret", "stripe.api_key", "nobody can be paid out by Stripe", false},
    {"shopify.shop", "shopify.webhook_secret", "orders at Shopify are not heard of", false},
    {"shopify.webhook_secret", "shopify.shop", "orders at Shopify are not taken", false},
    {"kofi.page", "kofi.token", "orders at Ko-fi are not heard of", false},
    {"kofi.token", "kofi.path", "orders at Ko-fi are not heard of", false},
    {"whop.api_key", "whop.webhook_secret", "orders at Whop are not heard of", false},
    {"whop.account", "whop.api_key", "nobody can be paid out by Whop", false},
    {"paypal.client_id", "paypal.client_secret", "nobody can be paid out by PayPal", false},
    {"paypal.client_id", "paypal.webhook_id",
     "what became of payouts at PayPal is heard of late", false},
    {"discord.application_id", "discord.public_key", "Discord's commands are refused", false},
    {"discord.application_id", "discord.bot_token", "nothing is told in Discord", false},
    {"discord.application_id", "discord.client_secret", "nobody can log in by Discord", false},
};
/* clang-format on */

const size_t half_count = ARRAY_SIZE(half_rows);
