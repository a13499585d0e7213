src_libcozykart_a_SOURCES += \
	%D%/answer.c \
	%D%/answer.h \
	%D%/cookie.c \
	%D%/cookie.h \
	%D%/csrf.c \
	%D%/csrf.h \
	%D%/fcgi.c \
	%D%/fcgi.h \
	%D%/form.c \
	%D%/form.h \
	%D%/limit.c \
	%D%/limit.h \
	%D%/req.c \
	%D%/req.h \
	%D%/res.c \
	%D%/res.h \
	%D%/router.c \
	%D%/router.h \
	%D%/site.c \
	%D%/site.h
