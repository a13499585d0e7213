/* THE table of pairs. See half.h. */
#include "setup/half.h"

/* clang-format off */
const struct half half_rows[] = {
    {"stripe.webhook_secret", "stripe.api_key",
     "our own shop sells nothing by Stripe, and payments are not compared"},
    {"stripe.api_key", "stripe.webhook_secret", "orders paid by Stripe are not heard of"},
    {"stripe.connect_secret", "stripe.api_key", "nobody can be paid out by Stripe"},
    {"shopify.shop", "shopify.webhook_secret", "orders at Shopify are not heard of"},
    {"shopify.webhook_secret", "shopify.shop", "orders at Shopify are not taken"},
    {"kofi.page", "kofi.token", "orders at Ko-fi are not heard of"},
    {"kofi.token", "kofi.path", "orders at Ko-fi are not heard of"},
    {"whop.api_key", "whop.webhook_secret", "orders at Whop are not heard of"},
    {"whop.account", "whop.api_key", "nobody can be paid out by Whop"},
    {"paypal.client_id", "paypal.client_secret", "nobody can be paid out by PayPal"},
    {"paypal.client_id", "paypal.webhook_id",
     "what became of payouts at PayPal is heard of late"},
    {"discord.application_id", "discord.public_key", "Discord's commands are refused"},
    {"discord.application_id", "discord.bot_token", "nothing is told in Discord"},
    {"discord.application_id", "discord.client_secret", "nobody can log in by Discord"},
};
/* clang-format on */

const size_t half_count = ARRAY_SIZE(half_rows);
