# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/bot.h \
	%D%/cards.c \
	%D%/cards.h \
	%D%/commands.h \
	%D%/message.c \
	%D%/message.h \
	%D%/tidings.c \
	%D%/tidings.h
