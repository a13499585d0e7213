# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/state.c \
	%D%/state.h
