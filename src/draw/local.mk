# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/draw.h \
	%D%/ink.c \
	%D%/ink.h \
	%D%/lines.h \
	%D%/trophy_art.c \
	%D%/trophy_art.h
