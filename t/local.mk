# Two lines for each C test in t/unit/local.mk; Perl tests are listed here by hand.
AM_TESTS_ENVIRONMENT = SRCDIR='$(abs_srcdir)'; BUILDDIR='$(abs_builddir)'; NGINX='$(NGINX)'; \
	export SRCDIR BUILDDIR NGINX;
TAP = $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP)
TEST_EXTENSIONS = .t
T_LOG_DRIVER = $(TAP)
T_LOG_COMPILER = $(PERL) -I$(srcdir)/t/lib

# The repository itself: seconds.
T_REPO = \
	%D%/00-layers.t \
	%D%/01-doors.t \
	%D%/02-names.t \
	%D%/03-routes.t \
	%D%/05-templates.t \
	%D%/06-length.t \
	%D%/07-banned.t \
	%D%/08-docs.t \
	%D%/09-headers.t
# The ledger file, by programs of their own.
T_AUDIT = %D%/25-audit.t
# The house with its real processes, without a browser.
T_LEDGER = \
	%D%/20-guards.t \
	%D%/21-golden.t
T_HOUSE = \
	%D%/60-smoke.t \
	%D%/61-notice.t \
	%D%/62-race-night.t \
	%D%/63-twice.t \
	%D%/66-live.t \
	%D%/90-install.t
# Long or needing a browser.
T_LONG = \
	%D%/70-kill.t \
	%D%/73-disk.t
T_PERL = $(T_REPO) $(T_LEDGER) $(T_AUDIT) $(T_HOUSE) $(T_LONG)
TESTS += $(T_PERL)

# What an installation would look like; the house tests start it from there.
check_DATA = t/stage.stamp
t/stage.stamp: all
	$(AM_V_GEN)$(MKDIR_P) t && $(MAKE) -s install prefix=$(abs_builddir)/stage DESTDIR= >t/stage.log 2>&1 && touch $@
.PHONY: t/stage.stamp
clean-stage:
	rm -rf stage t/stage.log t/stage.stamp

EXTRA_DIST += %D%/lib/guards.py %D%/lib/golden.py %D%/data/golden-journal.txt
EXTRA_DIST += $(T_PERL) %D%/README.md %D%/suite %D%/fuzz/run \
	%D%/lib/Cozykart.pm %D%/lib/Tree.pm %D%/lib/ledger_damage.py \
	%D%/lib/ledger_gen.py %D%/lib/tap.h

include t/unit/local.mk
include t/bench/local.mk

AM_CPPFLAGS += -I$(srcdir)/t
EXTRA_DIST += t/lib/tap.h t/lib/place.h
TESTS += t/04-sql.t
EXTRA_DIST += t/04-sql.t t/fuzz/msg.c
EXTRA_DIST += t/data/mustache/escape.case t/data/mustache/layout.case \
	t/data/mustache/strict.case t/data/mustache/wrong.case \
	t/fuzz/cookie.c t/fuzz/form.c t/fuzz/mustache.c t/fuzz/path.c
EXTRA_DIST += t/data/signature-vectors.json
