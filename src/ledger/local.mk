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
	%D%/split.h \
	%D%/meta.c \
	%D%/meta.h \
	%D%/statement.c \
	%D%/statement.h \
	%D%/verify.c \
	%D%/verify.h \
	%D%/verify_pot.c \
	%D%/verify_pot.h \
	%D%/verify_report.c \
	%D%/verify_report.h \
	%D%/verify_table.c \
	%D%/verify_table.h \
	%D%/verify_sale.c \
	%D%/verify_sale.h \
	%D%/verify_split.c \
	%D%/verify_split.h
