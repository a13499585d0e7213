# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/booth.c \
	%D%/booth.h \
	%D%/dj.c \
	%D%/dj.h \
	%D%/filter.c \
	%D%/filter.h \
	%D%/request.c \
	%D%/request.h \
	%D%/tip.c \
	%D%/tip.h \
	%D%/tipcase.c \
	%D%/tipcase.h \
	%D%/tipmove.c \
	%D%/tipmove.h \
	%D%/undo.c \
	%D%/undo.h \
	%D%/wish.c \
	%D%/wish.h
