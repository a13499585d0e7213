# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/award.c \
	%D%/award.h \
	%D%/close.c \
	%D%/close.h \
	%D%/face.c \
	%D%/face.h \
	%D%/fix.h \
	%D%/frozen.c \
	%D%/frozen.h \
	%D%/penalty.c \
	%D%/penalty.h \
	%D%/points.c \
	%D%/points.h \
	%D%/onair.c \
	%D%/onair.h \
	%D%/prize.h \
	%D%/reckon.c \
	%D%/reckon.h \
	%D%/result.c \
	%D%/result.h \
	%D%/revise.c \
	%D%/revise.h \
	%D%/season.c \
	%D%/season.h \
	%D%/sponsor.c \
	%D%/sponsor.h \
	%D%/standing.c \
	%D%/standing.h \
	%D%/standing_json.c \
	%D%/standing_json.h \
	%D%/tie.c \
	%D%/tie.h \
	%D%/trophy.c \
	%D%/trophy.h
