src_libcozykart_a_SOURCES += \
	%D%/cookie.h \
	%D%/csrf.h \
	%D%/fcgi.h \
	%D%/form.h \
	%D%/limit.h \
	%D%/req.h \
	%D%/res.h \
	%D%/router.h \
	%D%/sim.h \
	%D%/site.h
