# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/upgrade.c \
	%D%/upgrade.h \
	%D%/upkeep.c \
	%D%/upkeep.h
