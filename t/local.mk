# Two lines for each C test; Perl tests are listed by hand.
AM_TESTS_ENVIRONMENT = SRCDIR='$(abs_srcdir)'; BUILDDIR='$(abs_builddir)'; NGINX='$(NGINX)'; \
	export SRCDIR BUILDDIR NGINX;
TAP = $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP)
TEST_EXTENSIONS = .t
T_LOG_DRIVER = $(TAP)
T_LOG_COMPILER = $(PERL) -I$(srcdir)/t/lib

include t/unit/local.mk

AM_CPPFLAGS += -I$(srcdir)/t
EXTRA_DIST += t/lib/tap.h t/lib/place.h
TESTS += t/04-sql.t
EXTRA_DIST += t/04-sql.t
