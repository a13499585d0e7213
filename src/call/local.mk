src_libcozykart_a_SOURCES += \
	%D%/call.h \
	%D%/msg.h
