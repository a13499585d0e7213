# The auditor stands alone: nothing of the library is linked.
bin_PROGRAMS += cozykart-audit
cozykart_audit_SOURCES = \
	%D%/audit.c \
	%D%/audit.h \
	%D%/row.c \
	%D%/sha.c \
	%D%/text.c \
	%D%/check_balance.c \
	%D%/check_chain.c \
	%D%/check_entry.c \
	%D%/check_fee.c \
	%D%/check_file.c \
	%D%/check_fix.c \
	%D%/check_part.c \
	%D%/check_payout.c \
	%D%/check_prize.c \
	%D%/check_race.c \
	%D%/check_refund.c \
	%D%/check_result.c \
	%D%/check_sale.c \
	%D%/check_seal.c \
	%D%/check_settle.c \
	%D%/check_split.c \
	%D%/check_tip.c \
	%D%/check_void.c \
	%D%/want.c
cozykart_audit_LDADD = $(DEPS_LIBS)
