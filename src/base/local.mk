src_libcozykart_a_SOURCES += \
	%D%/arena.h \
	%D%/buf.h \
	%D%/clock.h \
	%D%/conf.h \
	%D%/crypt.h \
	%D%/ctx.h \
	%D%/enc.h \
	%D%/err.h \
	%D%/fact.h \
	%D%/id.h \
	%D%/json.h \
	%D%/log.h \
	%D%/money.h \
	%D%/str.h \
	%D%/world.h
