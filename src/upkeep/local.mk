# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/backup.c \
	%D%/backup.h \
	%D%/copyset.c \
	%D%/copyset.h \
	%D%/drill.c \
	%D%/drill.h \
	%D%/examine.c \
	%D%/examine.h \
	%D%/finding.c \
	%D%/finding.h \
	%D%/label.c \
	%D%/label.h \
	%D%/probe.c \
	%D%/probe.h \
	%D%/quarantine.c \
	%D%/quarantine.h \
	%D%/outage.c \
	%D%/outage.h \
	%D%/restore.c \
	%D%/restore.h \
	%D%/untold.c \
	%D%/untold.h \
	%D%/upgrade.c \
	%D%/upgrade.h \
	%D%/upkeep.c \
	%D%/upkeep.h \
	%D%/workroom.c \
	%D%/workroom.h
