# The statements and the schema, embedded into src/db/sql_gen.[ch] (sql/embed.awk).
SQL_QUERIES = \
	%D%/query/account.sql \
	%D%/query/addon.sql \
	%D%/query/alert.sql \
	%D%/query/attempt.sql \
	%D%/query/audit_log.sql \
	%D%/query/bot.sql \
	%D%/query/export.sql \
	%D%/query/do_ops.sql \
	%D%/query/do_order.sql \
	%D%/query/do_wallet.sql \
	%D%/query/cert.sql \
	%D%/query/funds.sql \
	%D%/query/identity.sql \
	%D%/query/inbox.sql \
	%D%/query/journal.sql \
	%D%/query/leaf.sql \
	%D%/query/bundle.sql \
	%D%/query/datapage.sql \
	%D%/query/forget.sql \
	%D%/query/live.sql \
	%D%/query/logo.sql \
	%D%/query/signin.sql \
	%D%/query/member.sql \
	%D%/query/method.sql \
	%D%/query/health.sql \
	%D%/query/metrics.sql \
	%D%/query/opspage.sql \
	%D%/query/opssales.sql \
	%D%/query/outbox.sql \
	%D%/query/outage.sql \
	%D%/query/page.sql \
	%D%/query/past.sql \
	%D%/query/season.sql \
	%D%/query/sent.sql \
	%D%/query/parcel.sql \
	%D%/query/payout.sql \
	%D%/query/session.sql \
	%D%/query/dj.sql \
	%D%/query/request.sql \
	%D%/query/tip.sql \
	%D%/query/trail.sql \
	%D%/query/undo.sql \
	%D%/query/probe.sql \
	%D%/query/quarantine.sql \
	%D%/query/upkeep.sql \
	%D%/query/wish.sql \
	%D%/query/standing.sql \
	%D%/query/statement.sql \
	%D%/query/theirs.sql \
	%D%/query/compare.sql \
	%D%/query/tidings.sql \
	%D%/query/verify.sql \
	%D%/query/verify_tip.sql \
	%D%/query/verify_payout.sql \
	%D%/query/contest.sql \
	%D%/query/lobby.sql \
	%D%/query/offer.sql \
	%D%/query/report.sql \
	%D%/query/fix.sql \
	%D%/query/draft.sql \
	%D%/query/dispute.sql \
	%D%/query/part.sql \
	%D%/query/owed.sql \
	%D%/query/prize.sql \
	%D%/query/product.sql \
	%D%/query/purse.sql \
	%D%/query/race.sql \
	%D%/query/veil.sql \
	%D%/query/recut.sql \
	%D%/query/recheck.sql \
	%D%/query/refund.sql \
	%D%/query/result.sql \
	%D%/query/retag.sql \
	%D%/query/sale.sql \
	%D%/query/seal.sql \
	%D%/query/settle.sql \
	%D%/query/sponsor.sql \
	%D%/query/onair.sql \
	%D%/query/stake.sql \
	%D%/query/stamp.sql \
	%D%/query/trophy.sql \
	%D%/query/watch.sql \
	%D%/query/why.sql \
	%D%/query/witness.sql \
	%D%/query/checkout.sql \
	%D%/query/fee.sql \
	%D%/query/giveback.sql \
	%D%/query/shelf.sql \
	%D%/query/shoppage.sql
SQL_SCHEMA = \
	%D%/schema/0001-base.sql \
	%D%/schema/0001-base.guard.sqlite.sql \
	%D%/schema/0002-ledger.sql \
	%D%/schema/0002-ledger.guard.sqlite.sql \
	%D%/schema/0003-queue.sql \
	%D%/schema/0004-contest.sql \
	%D%/schema/0004-contest.guard.sqlite.sql \
	%D%/schema/0005-race.sql \
	%D%/schema/0005-race.guard.sqlite.sql \
	%D%/schema/0006-league.sql \
	%D%/schema/0006-league.guard.sqlite.sql \
	%D%/schema/0007-bot.sql \
	%D%/schema/0008-sponsor.sql \
	%D%/schema/0009-shop.sql \
	%D%/schema/0010-dj.sql \
	%D%/schema/0010-dj.guard.sqlite.sql \
	%D%/schema/0011-payout.sql \
	%D%/schema/0011-payout.guard.sqlite.sql \
	%D%/schema/0012-books.sql \
	%D%/schema/0012-books.guard.sqlite.sql \
	%D%/schema/0013-ops.sql \
	%D%/schema/0014-notice.sql \
	%D%/schema/0015-cert.sql \
	%D%/schema/0016-upkeep.sql \
	%D%/schema/0017-verdict.sql \
	%D%/schema/0018-lacks.sql \
	%D%/schema/0019-missed.sql
EXTRA_DIST += %D%/FORMAT.md %D%/README.md %D%/embed.awk $(SQL_QUERIES) $(SQL_SCHEMA)

SQL_GEN = $(AM_V_GEN)$(MKDIR_P) src/db && \
	$(AWK) -f $(srcdir)/sql/embed.awk
src/db/sql_gen.h: sql/embed.awk sql/local.mk $(SQL_SCHEMA) $(SQL_QUERIES)
	$(SQL_GEN) -v part=h $(filter %.sql,$^) >$@.tmp && mv $@.tmp $@
src/db/sql_gen.c: sql/embed.awk sql/local.mk $(SQL_SCHEMA) $(SQL_QUERIES)
	$(SQL_GEN) -v part=c $(filter %.sql,$^) >$@.tmp && mv $@.tmp $@
