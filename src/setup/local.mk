# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/edit.c \
	%D%/edit.h \
	%D%/fill.c \
	%D%/fill.h \
	%D%/half.c \
	%D%/half.h \
	%D%/put.c \
	%D%/put.h \
	%D%/vet.c \
	%D%/vet.h
