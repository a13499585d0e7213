src_libcozykart_a_SOURCES += \
	%D%/account.c \
	%D%/account.h \
	%D%/hash.c \
	%D%/hash.h \
	%D%/journal.c \
	%D%/journal.h \
	%D%/known.c \
	%D%/known.h \
	%D%/split.c \
	%D%/split.h
