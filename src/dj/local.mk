src_libcozykart_a_SOURCES += \
	%D%/tip.h \
	%D%/request.h
