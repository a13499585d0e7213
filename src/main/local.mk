# programs of this folder
MAIN_LIBS = src/libcozykart.a $(DEPS_LIBS)

bin_PROGRAMS += cozykart-vault
cozykart_vault_SOURCES = %D%/vault.c %D%/start.c %D%/start.h
cozykart_vault_LDADD = $(MAIN_LIBS)
