# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/fix.h \
	%D%/prize.h \
	%D%/result.h \
	%D%/season.h \
	%D%/sponsor.h \
	%D%/standing.h \
	%D%/trophy.h
