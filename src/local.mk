# Every source of the house. A file that is on the disk and not here is an error (t/08-docs.t).
noinst_LIBRARIES += src/libcozykart.a
src_libcozykart_a_SOURCES = src/base/base.h
nodist_src_libcozykart_a_SOURCES =
EXTRA_DIST += %D%/README.md

include src/base/local.mk
include src/db/local.mk
include src/call/local.mk
include src/view/local.mk
include src/ledger/local.mk
include src/queue/local.mk
include src/user/local.mk
include src/contest/local.mk
include src/race/local.mk
include src/shop/local.mk
include src/payout/local.mk
include src/upkeep/local.mk
include src/provider/local.mk
include src/setup/local.mk
include src/league/local.mk
include src/dj/local.mk
include src/bot/local.mk
include src/draw/local.mk
include src/vault/local.mk
include src/http/local.mk
include src/page/local.mk
include src/job/local.mk
include src/audit/local.mk
include src/main/local.mk
