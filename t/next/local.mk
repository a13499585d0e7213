# The next version of the programs, as far as a ledger is concerned: the same sources with one schema more.
# For 72-upgrade.t, which puts them in the place of the present ones.
check_PROGRAMS += t/next/cozykart t/next/cozykart-vault t/next/cozykart-web t/next/cozykart-jobs
t_next_cozykart_SOURCES = $(cozykart_SOURCES)
nodist_t_next_cozykart_SOURCES = t/next/sql_gen.c
t_next_cozykart_LDADD = $(MAIN_LIBS)
t_next_cozykart_vault_SOURCES = $(cozykart_vault_SOURCES)
nodist_t_next_cozykart_vault_SOURCES = t/next/sql_gen.c
t_next_cozykart_vault_LDADD = $(MAIN_LIBS)
t_next_cozykart_web_SOURCES = $(cozykart_web_SOURCES)
nodist_t_next_cozykart_web_SOURCES = t/next/sql_gen.c
t_next_cozykart_web_LDADD = $(MAIN_LIBS)
t_next_cozykart_jobs_SOURCES = $(cozykart_jobs_SOURCES)
nodist_t_next_cozykart_jobs_SOURCES = t/next/sql_gen.c
t_next_cozykart_jobs_LDADD = $(MAIN_LIBS)

EXTRA_DIST += %D%/schema.sql.in
CLEANFILES += t/next/sql_gen.c t/next/sql_gen.c.tmp t/next/schema/*.sql
t/next/sql_gen.c: sql/embed.awk sql/local.mk %D%/schema.sql.in $(SQL_SCHEMA) $(SQL_QUERIES)
	$(AM_V_GEN)$(MKDIR_P) t/next/schema && rm -f t/next/schema/*.sql && \
	next=`for f in $(SQL_SCHEMA); do basename $$f; done | $(AWK) '{ n = substr($$0, 1, 4) + 0; if (n > m) m = n } END { printf "%04d", m + 1 }'` && \
	sed "s/@NEXT@/$$next/" $(srcdir)/t/next/schema.sql.in >t/next/schema/$$next-next.sql && \
	$(AWK) -f $(srcdir)/sql/embed.awk -v part=c $(filter %.sql,$^) t/next/schema/$$next-next.sql >$@.tmp && mv $@.tmp $@
