# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/audit_log.c \
	%D%/audit_log.h \
	%D%/signin.c \
	%D%/signin.h \
	%D%/member.c \
	%D%/member.h \
	%D%/session.c \
	%D%/session.h \
	%D%/forget.c %D%/forget.h \
	%D%/identity.c \
	%D%/identity.h \
	%D%/right.c \
	%D%/right.h
