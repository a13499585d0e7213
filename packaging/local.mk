# Scripts that fill in configuration: part of the installation, since bootstrap, tests and the
# package use the same.
packagingdir = $(pkgdatadir)/packaging
dist_packaging_SCRIPTS = %D%/fill %D%/sandbox

# Services, their users and folders. Paths that users may set when they call make are filled in here
# and not by configure.
UNITS_FILLED = \
	%D%/systemd/cozykart-backup.service \
	%D%/systemd/cozykart-drill.service \
	%D%/systemd/cozykart-jobs.service \
	%D%/systemd/cozykart-live.service \
	%D%/systemd/cozykart-seal.service \
	%D%/systemd/cozykart-vault.service \
	%D%/systemd/cozykart-verify.service \
	%D%/systemd/cozykart-web.service
UNITS_AS_THEY_ARE = \
	%D%/systemd/cozykart-backup.timer \
	%D%/systemd/cozykart-drill.timer \
	%D%/systemd/cozykart-seal.timer \
	%D%/systemd/cozykart-verify.timer \
	%D%/systemd/cozykart-web.socket \
	%D%/systemd/cozykart.target
SYSUSERS_FILES = %D%/sysusers.d/cozykart.conf
TMPFILES_FILES = %D%/tmpfiles.d/cozykart.conf
EXTRA_DIST += $(UNITS_AS_THEY_ARE) $(SYSUSERS_FILES) $(TMPFILES_FILES) \
	%D%/systemd/cozykart-backup.service.in \
	%D%/systemd/cozykart-drill.service.in \
	%D%/systemd/cozykart-jobs.service.in \
	%D%/systemd/cozykart-live.service.in \
	%D%/systemd/cozykart-seal.service.in \
	%D%/systemd/cozykart-vault.service.in \
	%D%/systemd/cozykart-verify.service.in \
	%D%/systemd/cozykart-web.service.in
CLEANFILES += $(UNITS_FILLED)
$(UNITS_FILLED): %.service: %.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && sed -e 's|@bindir[@]|$(bindir)|g' -e 's|@sysconfdir[@]|$(sysconfdir)|g' \
		-e 's|@NGINX[@]|$(NGINX)|g' $< >$@.tmp && mv $@.tmp $@
if UNITS
systemdsystemunit_DATA = $(UNITS_FILLED) $(UNITS_AS_THEY_ARE)
sysusersdir = $(prefix)/lib/sysusers.d
sysusers_DATA = $(SYSUSERS_FILES)
tmpfilesdir = $(prefix)/lib/tmpfiles.d
tmpfiles_DATA = $(TMPFILES_FILES)
endif

# The Debian package: deb.sh unpacks the tarball and puts debian/ at its root.
EXTRA_DIST += %D%/deb.sh %D%/debian/changelog %D%/debian/control %D%/debian/copyright %D%/debian/lintian-overrides \
	%D%/debian/postinst %D%/debian/postrm %D%/debian/prerm %D%/debian/rules %D%/debian/templates \
	%D%/debian/triggers %D%/debian/po/POTFILES.in %D%/debian/po/templates.pot %D%/debian/source/format %D%/debian/tests/control \
	%D%/debian/tests/smoke
.PHONY: deb
deb: dist
	$(srcdir)/%D%/deb.sh --tarball $(distdir).tar.xz --out .

# Completion for shells; both ask the installed program what there is.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/vendor-completions
dist_zshcompletion_DATA = %D%/completion/_cozykart
bashcompletion_DATA = %D%/completion/cozykart
EXTRA_DIST += %D%/completion/cozykart.bash
CLEANFILES += %D%/completion/cozykart
%D%/completion/cozykart: %D%/completion/cozykart.bash
	$(AM_V_GEN)$(MKDIR_P) %D%/completion && cp $< $@

# For operators, and for those who check a ledger.
dist_doc_DATA = sql/FORMAT.md packaging/README.md

# For Prometheus and Grafana, as files to copy.
prometheusdir = $(pkgdatadir)/prometheus
dist_prometheus_DATA = %D%/prometheus/cozykart.rules.yml
grafanadir = $(pkgdatadir)/grafana
dist_grafana_DATA = %D%/grafana/cozykart.json
