# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/draw.c \
	%D%/draw.h \
	%D%/ink.c \
	%D%/ink.h \
	%D%/lines.c \
	%D%/lines.h \
	%D%/months.c \
	%D%/months.h \
	%D%/podium.c \
	%D%/podium.h \
	%D%/sheet_race.c \
	%D%/sheet_race.h \
	%D%/sheet_racer.c \
	%D%/sheet_racer.h \
	%D%/sheet_season.c \
	%D%/sheet_season.h \
	%D%/trophy_art.c \
	%D%/trophy_art.h
