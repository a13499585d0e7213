src_libcozykart_a_SOURCES += \
	%D%/call.c \
	%D%/call.h \
	%D%/msg.c \
	%D%/msg.h \
	%D%/packet.h
