# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/remote.c \
	%D%/remote.h \
	%D%/payer.c \
	%D%/payer.h \
	%D%/payer_paypal.c \
	%D%/payer_paypal.h \
	%D%/payer_stripe.c \
	%D%/payer_whop.c \
	%D%/httpc.c \
	%D%/httpc.h \
	%D%/provider.h \
	%D%/field.c \
	%D%/field.h \
	%D%/kofi.c \
	%D%/kofi.h \
	%D%/registry.c \
	%D%/registry.h \
	%D%/shopify.c \
	%D%/shopify.h \
	%D%/shopify_redact.c \
	%D%/shopify_redact.h \
	%D%/stripe.c \
	%D%/stripe.h \
	%D%/stripe_account.c \
	%D%/stripe_account.h \
	%D%/stripe_api.c \
	%D%/stripe_api.h \
	%D%/stripe_books.c \
	%D%/stripe_books.h \
	%D%/whop.c \
	%D%/whop.h \
	%D%/discord.c \
	%D%/discord.h \
	%D%/discord_api.c \
	%D%/discord_api.h
