# Manual pages. What the programs list (commands, settings, exit statuses) is asked of the program
# itself, so that no page can differ from it.
MAN_PAGES = \
	%D%/cozykart.1 \
	%D%/cozykart.conf.5 \
	%D%/cozykart-ledger.5 \
	%D%/cozykart-audit.8 \
	%D%/cozykart-house.8 \
	%D%/cozykart-jobs.8 \
	%D%/cozykart-vault.8 \
	%D%/cozykart-web.8
man_MANS = $(MAN_PAGES)
EXTRA_DIST += %D%/fill.pl %D%/texts $(MAN_PAGES:=.in)
CLEANFILES += $(MAN_PAGES) %D%/table

%D%/table: cozykart$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) %D% && ./cozykart$(EXEEXT) help --table >$@.tmp && mv $@.tmp $@
$(MAN_PAGES): %: %.in %D%/fill.pl %D%/texts %D%/table
	$(AM_V_GEN)$(PERL) $(srcdir)/%D%/fill.pl %D%/table $(srcdir)/%D%/texts $< >$@.tmp && mv $@.tmp $@
