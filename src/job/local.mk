# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/beat.c \
	%D%/beat.h \
	%D%/kinds.c \
	%D%/kinds.h \
	%D%/push.c \
	%D%/push.h \
	%D%/runner.c \
	%D%/runner.h \
	%D%/work.c \
	%D%/work.h
