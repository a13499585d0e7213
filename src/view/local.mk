src_libcozykart_a_SOURCES += \
	%D%/mustache.c \
	%D%/mustache.h \
	%D%/mustache_parse.c \
	%D%/mustache_parse.h \
	%D%/tmpl.c \
	%D%/tmpl.h \
	%D%/view.c \
	%D%/view.h
