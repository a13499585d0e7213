# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/checkout.c \
	%D%/checkout.h \
	%D%/fee.c \
	%D%/fee.h \
	%D%/giveback.c \
	%D%/giveback.h \
	%D%/shelf.c \
	%D%/shelf.h
