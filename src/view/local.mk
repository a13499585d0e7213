src_libcozykart_a_SOURCES += \
	%D%/mustache.h \
	%D%/tmpl.h \
	%D%/view.h
