# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/chargeback.c \
	%D%/chargeback.h \
	%D%/line.c \
	%D%/line.h \
	%D%/lobby.c \
	%D%/lobby.h \
	%D%/mirror.c \
	%D%/mirror.h \
	%D%/part.c \
	%D%/part.h \
	%D%/place.c \
	%D%/place.h \
	%D%/product.c \
	%D%/product.h \
	%D%/race.c \
	%D%/race.h \
	%D%/refund.c \
	%D%/refund.h \
	%D%/rule.c \
	%D%/rule.h \
	%D%/sale.c \
	%D%/sale.h \
	%D%/seat.c \
	%D%/seat.h \
	%D%/settle.c \
	%D%/settle.h \
	%D%/snapshot.c \
	%D%/snapshot.h \
	%D%/take.c \
	%D%/take.h \
	%D%/window.c \
	%D%/window.h \
	%D%/dispute.h \
	%D%/report.h
