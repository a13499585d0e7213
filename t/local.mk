# Two lines for each C test in t/unit/local.mk; Perl tests are listed here by hand.
AM_TESTS_ENVIRONMENT = SRCDIR='$(abs_srcdir)'; BUILDDIR='$(abs_builddir)'; COZYKART_NGINX='$(NGINX)'; \
	export SRCDIR BUILDDIR COZYKART_NGINX;
TAP = $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP)
TEST_EXTENSIONS = .t
T_LOG_DRIVER = $(TAP)
# A test that hangs is ended, and fails; Ctrl-C still reaches it.
TEST_SECONDS = 1200
# It builds the package twice and makes a Debian for it.
t/95-package.log: TEST_SECONDS = 2400
LIMITED = timeout --foreground --kill-after=20 $(TEST_SECONDS)
LOG_COMPILER = $(LIMITED)
T_LOG_COMPILER = $(LIMITED) $(PERL) -I$(srcdir)/t/lib

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
	%D%/09-headers.t \
	%D%/09-manual.t \
	%D%/09-operators.t
# The ledger file, by programs of their own.
T_AUDIT = %D%/25-audit.t %D%/27-verify.t %D%/29-rot.t
# The house with its real processes, without a browser.
T_LEDGER = \
	%D%/20-guards.t \
	%D%/22-seal.t \
	%D%/21-golden.t
T_HOUSE = \
	%D%/10-fakecord.t \
	%D%/11-fakepay.t \
	%D%/12-clients.t \
	%D%/26-season.t \
	%D%/28-league.t \
	%D%/30-ctl.t \
	%D%/31-vault.t \
	%D%/32-standings.t \
	%D%/33-check.t \
	%D%/33-setup.t \
	%D%/33-start.t \
	%D%/34-upkeep.t \
	%D%/35-bot.t \
	%D%/36-mail.t \
	%D%/36-out.t \
	%D%/37-follow.t \
	%D%/36-privacy.t \
	%D%/38-mistakes.t \
	%D%/39-split.t \
	%D%/39-verdicts.t \
	%D%/60-roles.t \
	%D%/60-smoke.t \
	%D%/61-notice.t \
	%D%/62-race-night.t \
	%D%/62-tip.t \
	%D%/63-books.t \
	%D%/63-proof.t \
	%D%/63-twice.t \
	%D%/63-shops.t \
	%D%/63-edits.t \
	%D%/63-ops.t \
	%D%/64-cache.t \
	%D%/66-live.t \
	%D%/67-logs.t \
	%D%/67-metrics.t \
	%D%/67-status.t \
	%D%/68-discord.t \
	%D%/69-login.t \
	%D%/69-sponsor.t \
	%D%/90-install.t \
	%D%/91-units.t \
	%D%/92-hardening.t
# Long or needing a browser.
T_LONG = \
	%D%/69-season.t \
	%D%/65-browser.t \
	%D%/66-tip.t \
	%D%/69-league-pages.t \
	%D%/69-again.t \
	%D%/69-data.t \
	%D%/69-wallet.t \
	%D%/70-kill.t \
	%D%/71-kill-season.t \
	%D%/72-upgrade.t \
	%D%/73-disk.t \
	%D%/73-writes.t \
	%D%/74-compare.t \
	%D%/74-payout.t \
	%D%/75-export.t \
	%D%/76-shop.t \
	%D%/76-payout-kill.t \
	%D%/77-cashout.t \
	%D%/77-reload.t \
	%D%/78-backup.t \
	%D%/79-restore.t \
	%D%/78-faults.t \
	%D%/79-files.t \
	%D%/93-apart.t
# As long as half of the others together: it begins first.
T_PACKAGE = %D%/95-package.t
T_PERL = $(T_PACKAGE) $(T_REPO) $(T_LEDGER) $(T_AUDIT) $(T_HOUSE) $(T_LONG)
TESTS += $(T_PERL)

# What an installation would look like; the house tests start it from there.
check_DATA = t/stage.stamp
t/stage.stamp: all t/faults.so
	$(AM_V_GEN)$(MKDIR_P) t && $(MAKE) -s install prefix=$(abs_builddir)/stage DESTDIR= >t/stage.log 2>&1 && touch $@
.PHONY: t/stage.stamp
# Preloaded by 73-writes.t; without sanitizers, as nothing else here.
t/faults.so: %D%/lib/faults.c
	$(AM_V_CC)$(MKDIR_P) t && $(CC) -std=gnu17 -D_GNU_SOURCE -O1 -shared -fPIC -o $@ $(srcdir)/t/lib/faults.c -ldl
CLEANFILES += t/faults.so
EXTRA_DIST += %D%/lib/faults.c %D%/lib/Faults.pm
clean-stage:
	rm -rf stage t/clients-installed t/stage.log t/stage.stamp

EXTRA_DIST += %D%/lib/guards.py %D%/lib/golden.py %D%/lib/openapi.py %D%/data/golden-journal.txt
EXTRA_DIST += $(T_PERL) %D%/README.md %D%/suite %D%/fuzz/run \
	%D%/clients/calls.mjs %D%/clients/package.json %D%/clients/package-lock.json \
	%D%/lib/Browser.pm %D%/lib/Cash.pm %D%/lib/Vault.pm %D%/lib/Clients.pm %D%/lib/Cozykart.pm %D%/lib/Load.pm %D%/lib/Machine.pm %D%/lib/Root.pm %D%/lib/Tree.pm %D%/lib/Apart.pm %D%/lib/Cage.pm %D%/lib/Units.pm %D%/lib/ledger_damage.py \
	%D%/lib/ledger_gen.py %D%/lib/seals.py %D%/lib/tap.h %D%/lib/browser.py

# The long form of what breaks writes (each one) and payouts: ROUNDS times every death for every provider, and kills and faults at
# random for as many minutes. Prints its figures.
ROUNDS = 3
SEED = 1
.PHONY: campaign
campaign: t/stage.stamp
	@for test in 73-writes 74-payout 76-payout-kill; do \
		echo "# $$test, $(ROUNDS) rounds from seed $(SEED)"; \
		SRCDIR='$(abs_srcdir)' BUILDDIR='$(abs_builddir)' COZYKART_NGINX='$(NGINX)' \
		COZYKART_CAMPAIGN=$(ROUNDS) COZYKART_SEED=$(SEED) \
		$(PERL) -I$(srcdir)/t/lib $(srcdir)/t/$$test.t >t/campaign-$$test.log 2>&1; status=$$?; \
		grep -c '^ok' t/campaign-$$test.log | sed 's/$$/ passed/'; \
		grep -E '^not ok|^# seed|^# [a-z]+: [0-9]' t/campaign-$$test.log; \
		test $$status = 0 || exit $$status; \
	done

# The package in virtual machines with the real systemd: an hour where the processor helps, several where not.
T_VM = %D%/vm/01-start.t %D%/vm/02-units.t %D%/vm/04-power.t
.PHONY: vm
vm:
	@$(srcdir)/t/vm/run '$(abs_srcdir)' '$(abs_builddir)/t' $(VM)
EXTRA_DIST += $(T_VM) %D%/vm/run %D%/vm/disk %D%/lib/Site.pm %D%/lib/Vm.pm

# Bytes of a ledger that rot, ROT times; reloads of nginx and web workers under 10000 requests and more.
ROT = 10000
.PHONY: rot reloads
rot: t/stage.stamp
	SRCDIR='$(abs_srcdir)' BUILDDIR='$(abs_builddir)' COZYKART_ROT=$(ROT) COZYKART_SEED=$(SEED) \
		$(PERL) -I$(srcdir)/t/lib $(srcdir)/t/29-rot.t
reloads: t/stage.stamp
	SRCDIR='$(abs_srcdir)' BUILDDIR='$(abs_builddir)' COZYKART_NGINX='$(NGINX)' COZYKART_CAMPAIGN=1 \
		$(PERL) -I$(srcdir)/t/lib $(srcdir)/t/77-reload.t

include t/unit/local.mk
# Sends single requests of ours, for 12-clients.t.
# What an intruder would try, for 93-apart.t.
check_PROGRAMS += t/acts
t_acts_SOURCES = t/lib/acts.c
check_PROGRAMS += t/asks
t_asks_SOURCES = t/lib/asks.c
t_asks_LDADD = $(UNIT_LIBS)
include t/next/local.mk
include t/bench/local.mk

AM_CPPFLAGS += -I$(srcdir)/t
EXTRA_DIST += t/lib/tap.h t/lib/place.h
TESTS += t/04-sql.t
EXTRA_DIST += t/04-sql.t t/fuzz/msg.c
EXTRA_DIST += t/data/mustache/escape.case t/data/mustache/layout.case \
	t/data/mustache/strict.case t/data/mustache/wrong.case \
	t/fuzz/cookie.c t/fuzz/form.c t/fuzz/mustache.c t/fuzz/path.c
EXTRA_DIST += t/data/signature-vectors.json
EXTRA_DIST += t/data/ledger/0005.sql.gz t/data/ledger/0005.balances t/data/ledger/0008.sql.gz \
	t/data/ledger/0008.balances t/data/ledger/0015.sql.gz t/data/ledger/0015.balances
EXTRA_DIST += t/fuzz/discord.c t/fuzz/payer.c t/fuzz/payhook.c t/data/cert/leaf.pem t/data/cert/leaf.sig \
	t/data/cert/root.pem t/fuzz/stripe.c \
	t/data/stripe/array.json t/data/stripe/array.expect \
	t/data/stripe/async-failed.json t/data/stripe/async-failed.expect \
	t/data/stripe/async-succeeded.json t/data/stripe/async-succeeded.expect \
	t/data/stripe/charge-refunded.json t/data/stripe/charge-refunded.expect \
	t/data/stripe/charge-refunded-expanded.json t/data/stripe/charge-refunded-expanded.expect \
	t/data/stripe/completed.json t/data/stripe/completed.expect \
	t/data/stripe/completed-at.json t/data/stripe/completed-at.expect \
	t/data/stripe/completed-bad-checkout.json t/data/stripe/completed-bad-checkout.expect \
	t/data/stripe/completed-bad-items.json t/data/stripe/completed-bad-items.expect \
	t/data/stripe/completed-bad-tax.json t/data/stripe/completed-bad-tax.expect \
	t/data/stripe/completed-expanded.json t/data/stripe/completed-expanded.expect \
	t/data/stripe/completed-foreign.json t/data/stripe/completed-foreign.expect \
	t/data/stripe/completed-fraction.json t/data/stripe/completed-fraction.expect \
	t/data/stripe/completed-free.json t/data/stripe/completed-free.expect \
	t/data/stripe/completed-live.json t/data/stripe/completed-live.expect \
	t/data/stripe/completed-negative.json t/data/stripe/completed-negative.expect \
	t/data/stripe/completed-no-intent.json t/data/stripe/completed-no-intent.expect \
	t/data/stripe/completed-no-metadata.json t/data/stripe/completed-no-metadata.expect \
	t/data/stripe/completed-prize.json t/data/stripe/completed-prize.expect \
	t/data/stripe/completed-prize-nowhere.json t/data/stripe/completed-prize-nowhere.expect \
	t/data/stripe/completed-string-amount.json t/data/stripe/completed-string-amount.expect \
	t/data/stripe/completed-tip.json t/data/stripe/completed-tip.expect \
	t/data/stripe/completed-unpaid.json t/data/stripe/completed-unpaid.expect \
	t/data/stripe/dispute-created.json t/data/stripe/dispute-created.expect \
	t/data/stripe/dispute-inquiry.json t/data/stripe/dispute-inquiry.expect \
	t/data/stripe/dispute-lost.json t/data/stripe/dispute-lost.expect \
	t/data/stripe/dispute-reinstated.json t/data/stripe/dispute-reinstated.expect \
	t/data/stripe/dispute-updated.json t/data/stripe/dispute-updated.expect \
	t/data/stripe/dispute-warning-closed.json t/data/stripe/dispute-warning-closed.expect \
	t/data/stripe/dispute-withdrawn.json t/data/stripe/dispute-withdrawn.expect \
	t/data/stripe/dispute-won.json t/data/stripe/dispute-won.expect \
	t/data/stripe/intent.json t/data/stripe/intent.expect \
	t/data/stripe/intent-foreign.json t/data/stripe/intent-foreign.expect \
	t/data/stripe/no-id.json t/data/stripe/no-id.expect \
	t/data/stripe/no-mode.json t/data/stripe/no-mode.expect \
	t/data/stripe/no-type.json t/data/stripe/no-type.expect \
	t/data/stripe/not-json.json t/data/stripe/not-json.expect \
	t/data/stripe/refund-canceled.json t/data/stripe/refund-canceled.expect \
	t/data/stripe/refund-created.json t/data/stripe/refund-created.expect \
	t/data/stripe/refund-failed.json t/data/stripe/refund-failed.expect \
	t/data/stripe/refund-pending.json t/data/stripe/refund-pending.expect \
	t/data/stripe/refund-strange.json t/data/stripe/refund-strange.expect \
	t/data/stripe/refund-updated.json t/data/stripe/refund-updated.expect \
	t/data/stripe/thin.json t/data/stripe/thin.expect \
	t/data/stripe/trailing.json t/data/stripe/trailing.expect \
	t/data/stripe/unknown.json t/data/stripe/unknown.expect
EXTRA_DIST += t/fuzz/shopify.c t/fuzz/kofi.c t/fuzz/whop.c t/lib/facts.h \
	t/data/shopify/array.json t/data/shopify/array.expect \
	t/data/shopify/cancelled-kept.json t/data/shopify/cancelled-kept.expect \
	t/data/shopify/cancelled-refunded.json t/data/shopify/cancelled-refunded.expect \
	t/data/shopify/cancelled-unpaid.json t/data/shopify/cancelled-unpaid.expect \
	t/data/shopify/created-paid.json t/data/shopify/created-paid.expect \
	t/data/shopify/created-unpaid.json t/data/shopify/created-unpaid.expect \
	t/data/shopify/data-request.json t/data/shopify/data-request.expect \
	t/data/shopify/updated-old.json t/data/shopify/updated-old.expect \
	t/data/shopify/paid-old.json t/data/shopify/paid-old.expect \
	t/data/shopify/edited.json t/data/shopify/edited.expect \
	t/data/shopify/no-id.json t/data/shopify/no-id.expect \
	t/data/shopify/not-json.json t/data/shopify/not-json.expect \
	t/data/shopify/paid-cancelled.json t/data/shopify/paid-cancelled.expect \
	t/data/shopify/paid-free.json t/data/shopify/paid-free.expect \
	t/data/shopify/paid-many.json t/data/shopify/paid-many.expect \
	t/data/shopify/paid-odd.json t/data/shopify/paid-odd.expect \
	t/data/shopify/paid-offset.json t/data/shopify/paid-offset.expect \
	t/data/shopify/paid-tax-within.json t/data/shopify/paid-tax-within.expect \
	t/data/shopify/paid-test.json t/data/shopify/paid-test.expect \
	t/data/shopify/paid-two-currencies.json t/data/shopify/paid-two-currencies.expect \
	t/data/shopify/paid-yen.json t/data/shopify/paid-yen.expect \
	t/data/shopify/paid.json t/data/shopify/paid.expect \
	t/data/shopify/redact.json t/data/shopify/redact.expect \
	t/data/shopify/refund-goods.json t/data/shopify/refund-goods.expect \
	t/data/shopify/refund-no-order.json t/data/shopify/refund-no-order.expect \
	t/data/shopify/refund-pending.json t/data/shopify/refund-pending.expect \
	t/data/shopify/refund.json t/data/shopify/refund.expect \
	t/data/shopify/shop-redact.json t/data/shopify/shop-redact.expect \
	t/data/shopify/tag-code.json t/data/shopify/tag-code.expect \
	t/data/shopify/tag-landing.json t/data/shopify/tag-landing.expect \
	t/data/shopify/tag-none.json t/data/shopify/tag-none.expect \
	t/data/shopify/tag-note.json t/data/shopify/tag-note.expect \
	t/data/shopify/uninstalled.json t/data/shopify/uninstalled.expect \
	t/data/shopify/unknown.json t/data/shopify/unknown.expect \
	t/data/shopify/updated-bad-refund.json t/data/shopify/updated-bad-refund.expect \
	t/data/shopify/updated-partly-refunded.json t/data/shopify/updated-partly-refunded.expect \
	t/data/kofi/array.json t/data/kofi/array.expect \
	t/data/kofi/commission.json t/data/kofi/commission.expect \
	t/data/kofi/donation-odd.json t/data/kofi/donation-odd.expect \
	t/data/kofi/donation-private-dj.json t/data/kofi/donation-private-dj.expect \
	t/data/kofi/donation-private.json t/data/kofi/donation-private.expect \
	t/data/kofi/donation.json t/data/kofi/donation.expect \
	t/data/kofi/no-message.json t/data/kofi/no-message.expect \
	t/data/kofi/no-type.json t/data/kofi/no-type.expect \
	t/data/kofi/not-json.json t/data/kofi/not-json.expect \
	t/data/kofi/shop-order-plain.json t/data/kofi/shop-order-plain.expect \
	t/data/kofi/shop-order.json t/data/kofi/shop-order.expect \
	t/data/kofi/subscription.json t/data/kofi/subscription.expect \
	t/data/kofi/test.json t/data/kofi/test.expect \
	t/data/kofi/unknown.json t/data/kofi/unknown.expect \
	t/data/kofi/yen.json t/data/kofi/yen.expect \
	t/data/whop/array.json t/data/whop/array.expect \
	t/data/whop/dispute-closed.json t/data/whop/dispute-closed.expect \
	t/data/whop/dispute-lost.json t/data/whop/dispute-lost.expect \
	t/data/whop/dispute-warning.json t/data/whop/dispute-warning.expect \
	t/data/whop/dispute-won.json t/data/whop/dispute-won.expect \
	t/data/whop/dispute.json t/data/whop/dispute.expect \
	t/data/whop/no-type.json t/data/whop/no-type.expect \
	t/data/whop/not-json.json t/data/whop/not-json.expect \
	t/data/whop/payment-exact.json t/data/whop/payment-exact.expect \
	t/data/whop/payment-open.json t/data/whop/payment-open.expect \
	t/data/whop/payment-other.json t/data/whop/payment-other.expect \
	t/data/whop/payment-power.json t/data/whop/payment-power.expect \
	t/data/whop/payment-renewal.json t/data/whop/payment-renewal.expect \
	t/data/whop/payment-sku.json t/data/whop/payment-sku.expect \
	t/data/whop/payment-text.json t/data/whop/payment-text.expect \
	t/data/whop/payment-thousandth.json t/data/whop/payment-thousandth.expect \
	t/data/whop/payment-unpaid-at.json t/data/whop/payment-unpaid-at.expect \
	t/data/whop/payment-yen.json t/data/whop/payment-yen.expect \
	t/data/whop/payment.json t/data/whop/payment.expect \
	t/data/whop/refund-failed.json t/data/whop/refund-failed.expect \
	t/data/whop/refund-orphan.json t/data/whop/refund-orphan.expect \
	t/data/whop/refund-pending.json t/data/whop/refund-pending.expect \
	t/data/whop/refund.json t/data/whop/refund.expect \
	t/data/whop/withdrawal.json t/data/whop/withdrawal.expect
