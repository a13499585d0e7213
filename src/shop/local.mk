src_libcozykart_a_SOURCES += \
	%D%/checkout.h \
	%D%/giveback.h
