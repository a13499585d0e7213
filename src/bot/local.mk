# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/bot.c \
	%D%/bot.h \
	%D%/cards.c \
	%D%/cards.h \
	%D%/commands.c \
	%D%/commands.h \
	%D%/do.h \
	%D%/do_cashout.c \
	%D%/do_dispute.c \
	%D%/do_dj.c \
	%D%/do_fix.c \
	%D%/do_help.c \
	%D%/do_result.c \
	%D%/do_league.c \
	%D%/do_ops.c \
	%D%/do_order.c \
	%D%/do_profile.c \
	%D%/do_self.c \
	%D%/do_wallet.c \
	%D%/do_lobby.c \
	%D%/do_pot.c \
	%D%/do_sponsor.c \
	%D%/do_sub.c \
	%D%/message.c \
	%D%/message.h \
	%D%/told.c \
	%D%/told.h \
	%D%/paynews.c \
	%D%/paynews.h \
	%D%/tidings.c \
	%D%/tidings_dj.c \
	%D%/tidings_dj.h \
	%D%/tidings.h \
	%D%/words.c \
	%D%/words.h
