# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/onboard.c \
	%D%/onboard.h \
	%D%/bank.c \
	%D%/bank.h \
	%D%/beat.c \
	%D%/beat.h \
	%D%/child.c \
	%D%/child.h \
	%D%/errand.c \
	%D%/errand.h \
	%D%/follow.c \
	%D%/follow.h \
	%D%/kinds.c \
	%D%/kinds.h \
	%D%/login.c \
	%D%/login.h \
	%D%/mail.c \
	%D%/mail.h \
	%D%/outside.c \
	%D%/outside.h \
	%D%/paint.c \
	%D%/paint.h \
	%D%/parcel.c \
	%D%/parcel.h \
	%D%/pay.c \
	%D%/pay.h \
	%D%/picture.c \
	%D%/picture.h \
	%D%/push.c \
	%D%/push.h \
	%D%/runner.c \
	%D%/runner.h \
	%D%/herald.c \
	%D%/herald.h \
	%D%/work.c \
	%D%/work.h
