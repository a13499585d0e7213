# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/card.c %D%/card.h \
	%D%/chart.c %D%/chart.h \
	%D%/home.c \
	%D%/layout.c %D%/layout.h \
	%D%/overlay.c \
	%D%/overlaynote.c \
	%D%/racepage.c \
	%D%/routes.c %D%/routes.h \
	%D%/sign.c \
	%D%/sponsorpage.c %D%/sponsorpage.h \
	%D%/status.c \
	%D%/wallet.c \
	%D%/webhook.c
