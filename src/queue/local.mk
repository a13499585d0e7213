# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/alert.c \
	%D%/alert.h \
	%D%/inbox.c \
	%D%/inbox.h \
	%D%/live.c \
	%D%/live.h \
	%D%/logo.c \
	%D%/logo.h \
	%D%/outbox.c \
	%D%/outbox.h \
	%D%/tell.c \
	%D%/tell.h
