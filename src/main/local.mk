# programs of this folder
MAIN_LIBS = src/libcozykart.a $(DEPS_LIBS)

bin_PROGRAMS += cozykart-vault
cozykart_vault_SOURCES = %D%/vault.c %D%/start.c %D%/start.h
cozykart_vault_LDADD = $(MAIN_LIBS)

bin_PROGRAMS += cozykart
cozykart_SOURCES = \
	%D%/ctl.c \
	%D%/ctl.h \
	%D%/ctl_check.c \
	%D%/ctl_check.h \
	%D%/ctl_check_far.c \
	%D%/ctl_check_key.c \
	%D%/ctl_check_place.c \
	%D%/ctl_check_port.c \
	%D%/ctl_check_site.c \
	%D%/ctl_backup.c \
	%D%/ctl_discord.c \
	%D%/ctl_export.c \
	%D%/ctl_funds.c \
	%D%/ctl_help.c \
	%D%/ctl_house.c \
	%D%/ctl_money.c \
	%D%/ctl_people.c \
	%D%/ctl_payout.c \
	%D%/ctl_prize.c \
	%D%/ctl_product.c \
	%D%/ctl_queue.c \
	%D%/ctl_race.c \
	%D%/ctl_result.c \
	%D%/ctl_rule.c \
	%D%/ctl_say.c \
	%D%/ctl_sponsor.c \
	%D%/ctl_season.c \
	%D%/ctl_seal.c \
	%D%/ctl_setup.c \
	%D%/ctl_setup.h \
	%D%/ctl_setup_ask.c \
	%D%/ctl_setup_files.c \
	%D%/ctl_setup_mode.c \
	%D%/ctl_setup_next.c \
	%D%/ctl_setup_site.c \
	%D%/ctl_setup_start.c \
	%D%/ctl_shops.c \
	%D%/ctl_simulate.c \
	%D%/ctl_standings.c \
	%D%/ctl_table.c \
	%D%/ctl_upkeep.c \
	%D%/ctl_upkeep.h \
	%D%/ctl_words.c \
	%D%/ctl_program.c \
	%D%/ctl_reach.c \
	%D%/start.c \
	%D%/start.h
cozykart_LDADD = $(MAIN_LIBS)

bin_PROGRAMS += cozykart-web
cozykart_web_SOURCES = %D%/web.c %D%/web_listen.c %D%/web_listen.h \
	%D%/web_sign.c %D%/web_sign.h \
	%D%/web_worker.c %D%/web_worker.h
cozykart_web_LDADD = $(MAIN_LIBS)
bin_PROGRAMS += cozykart-house
cozykart_house_SOURCES = %D%/house.c %D%/start.c %D%/start.h
cozykart_house_LDADD = $(MAIN_LIBS)

bin_PROGRAMS += cozykart-jobs
cozykart_jobs_SOURCES = %D%/jobs.c %D%/start.c %D%/start.h
cozykart_jobs_LDADD = $(MAIN_LIBS)
