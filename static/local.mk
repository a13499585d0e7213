# Style sheets, scripts and fonts, installed under names with a content hash (assets.sh).
STATIC_FILES = %D%/app.css %D%/app.js %D%/overlay.css %D%/overlay.js %D%/icon.svg %D%/fonts/LICENSE-OFL.txt
EXTRA_DIST += %D%/assets.sh %D%/fonts.py $(STATIC_FILES)

%D%/assets.stamp: %D%/assets.sh %D%/fonts.py $(STATIC_FILES)
	$(AM_V_GEN)$(MKDIR_P) %D% && $(SHELL) $(srcdir)/%D%/assets.sh $(srcdir)/%D% %D%/out && touch $@
all-local: %D%/assets.stamp
install-data-local: %D%/assets.stamp
	$(MKDIR_P) '$(DESTDIR)$(pkgdatadir)/static'
	$(INSTALL_DATA) %D%/out/* '$(DESTDIR)$(pkgdatadir)/static'
uninstall-local:
	rm -rf '$(DESTDIR)$(pkgdatadir)/static'
CLEANFILES += %D%/assets.stamp
clean-static:
	rm -rf %D%/out

# Words that no tip's message may show (src/dj/filter.h); the operator may change it.
dist_pkgdata_DATA = %D%/words.txt
