src_libcozykart_a_SOURCES += \
	%D%/db.h \
	%D%/migrate.h \
	%D%/stmt.h \
	%D%/tx.h
