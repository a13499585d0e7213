# programs of this folder
MAIN_LIBS = src/libcozykart.a $(DEPS_LIBS)

bin_PROGRAMS += cozykart-vault
cozykart_vault_SOURCES = %D%/vault.c %D%/start.c %D%/start.h
cozykart_vault_LDADD = $(MAIN_LIBS)

bin_PROGRAMS += cozykart
cozykart_SOURCES = %D%/ctl.c %D%/ctl.h %D%/ctl_arg.c %D%/ctl_ask.c %D%/ctl_db.c %D%/ctl_out.c \
	%D%/ctl_out.h %D%/ctl_user.c %D%/start.c %D%/start.h
cozykart_LDADD = $(MAIN_LIBS)

bin_PROGRAMS += cozykart-web
cozykart_web_SOURCES = %D%/web.c %D%/web_listen.c %D%/web_listen.h \
	%D%/web_worker.c %D%/web_worker.h
cozykart_web_LDADD = $(MAIN_LIBS)
bin_PROGRAMS += cozykart-house
cozykart_house_SOURCES = %D%/house.c %D%/start.c %D%/start.h
cozykart_house_LDADD = $(MAIN_LIBS)

bin_PROGRAMS += cozykart-jobs
cozykart_jobs_SOURCES = %D%/jobs.c %D%/start.c %D%/start.h
cozykart_jobs_LDADD = $(MAIN_LIBS)
