# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/upgrade.c \
	%D%/upgrade.h \
	%D%/finding.c \
	%D%/finding.h \
	%D%/quarantine.c \
	%D%/quarantine.h \
	%D%/outage.c \
	%D%/outage.h \
	%D%/upkeep.c \
	%D%/upkeep.h
