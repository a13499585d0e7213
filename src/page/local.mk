# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/again.c %D%/again.h \
	%D%/bundlepage.c \
	%D%/card.c %D%/card.h \
	%D%/chart.c %D%/chart.h \
	%D%/datapage.c \
	%D%/djdesk.c \
	%D%/djpage.c %D%/djpage.h \
	%D%/enter.c %D%/enter.h \
	%D%/entrypage.c \
	%D%/explainpage.c \
	%D%/exportpage.c \
	%D%/fundspage.c \
	%D%/sealpage.c \
	%D%/health.c \
	%D%/health.h \
	%D%/home.c \
	%D%/metrics.c \
	%D%/laurel.c %D%/laurel.h \
	%D%/layout.c %D%/layout.h \
	%D%/methodpage.c \
	%D%/mypage.c \
	%D%/opsgoods.c \
	%D%/opspage.c \
	%D%/opssales.c \
	%D%/opsupkeep.c \
	%D%/opswork.c \
	%D%/opspayout.c \
	%D%/overlay.c \
	%D%/overlaynote.c \
	%D%/past.c \
	%D%/past.h \
	%D%/pastview.c \
	%D%/pastview.h \
	%D%/payoutpage.c \
	%D%/payoutrow.c %D%/payoutrow.h \
	%D%/payouttrack.c \
	%D%/person.c %D%/person.h \
	%D%/prizerow.c %D%/prizerow.h \
	%D%/problempage.c \
	%D%/racelist.c \
	%D%/racepage.c \
	%D%/raceresult.c %D%/raceresult.h \
	%D%/racerpage.c \
	%D%/routes.c %D%/routes.h \
	%D%/seasonlist.c \
	%D%/paypage.c \
	%D%/paypage.h \
	%D%/shoppage.c %D%/shoppage.h \
	%D%/sign.c \
	%D%/sponsorpage.c %D%/sponsorpage.h \
	%D%/standpage.c \
	%D%/standrows.c %D%/standrows.h \
	%D%/status.c \
	%D%/statementpage.c \
	%D%/tippage.c \
	%D%/wallet.c \
	%D%/walletrows.c %D%/walletrows.h \
	%D%/webhook.c
