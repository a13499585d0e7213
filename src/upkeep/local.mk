# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/upkeep.c \
	%D%/upkeep.h
