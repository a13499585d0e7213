src_libcozykart_a_SOURCES += \
	%D%/method.c \
	%D%/method.h \
	%D%/payout.c \
	%D%/payout.h \
	%D%/payout_adopt.c \
	%D%/payout_begin.c \
	%D%/payout_block.c \
	%D%/payout_check.c \
	%D%/payout_fulfil.c \
	%D%/payout_judge.c \
	%D%/payout_lack.c \
	%D%/payout_move.c \
	%D%/payout_move.h \
	%D%/payout_report.c \
	%D%/payout_request.c \
	%D%/payout_reveal.c \
	%D%/payout_tick.c
