src_libcozykart_a_SOURCES += \
	%D%/payout.h \
	%D%/method.h
