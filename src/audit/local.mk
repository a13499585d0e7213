# The auditor stands alone: nothing of the library is linked.
bin_PROGRAMS += cozykart-audit
cozykart_audit_SOURCES = \
	%D%/audit.c \
	%D%/audit.h \
	%D%/row.c \
	%D%/sha.c \
	%D%/text.c \
	%D%/verify_balance.c \
	%D%/verify_chain.c \
	%D%/verify_entry.c \
	%D%/verify_file.c \
	%D%/verify_race.c \
	%D%/verify_refund.c \
	%D%/verify_sale.c \
	%D%/verify_settle.c \
	%D%/verify_split.c \
	%D%/verify_void.c \
	%D%/want.c
cozykart_audit_LDADD = $(DEPS_LIBS)
