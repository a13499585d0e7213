# Programs that print figures; built by make bench, never part of make check.
BENCH = t/bench/load t/bench/sqlite t/bench/sale
EXTRA_PROGRAMS += $(BENCH)
t_bench_load_SOURCES = %D%/load.c %D%/order.h
t_bench_load_LDADD = $(UNIT_LIBS)
t_bench_sqlite_SOURCES = %D%/sqlite.c
t_bench_sqlite_LDADD = $(UNIT_LIBS)
t_bench_sale_SOURCES = %D%/sale.c %D%/order.h
t_bench_sale_LDADD = $(UNIT_LIBS)
EXTRA_DIST += %D%/run %D%/discord %D%/fanout
