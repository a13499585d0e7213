src_libcozykart_a_SOURCES += \
	%D%/db.c \
	%D%/db.h \
	%D%/fault.c \
	%D%/fault.h \
	%D%/guard.c \
	%D%/guard.h \
	%D%/inner.h \
	%D%/lock.c \
	%D%/lock.h \
	%D%/migrate.c \
	%D%/migrate.h \
	%D%/peek.c \
	%D%/peek.h \
	%D%/reach.c \
	%D%/reach.h \
	%D%/setting.c \
	%D%/setting.h \
	%D%/sound.c \
	%D%/sound.h \
	%D%/sql.h \
	%D%/stmt.c \
	%D%/stmt.h \
	%D%/tx.c \
	%D%/tx.h \
	%D%/twin.c \
	%D%/twin.h
nodist_src_libcozykart_a_SOURCES += %D%/sql_gen.c %D%/sql_gen.h
BUILT_SOURCES += %D%/sql_gen.c %D%/sql_gen.h
CLEANFILES += %D%/sql_gen.c %D%/sql_gen.h %D%/sql_gen.c.tmp %D%/sql_gen.h.tmp
