/* One copy of the ledger in backup.dir, made while the ledger is in use: checked, compressed,
 * encrypted when that is set, published under its name at the very end, older ones sorted out,
 * the hook called. Not for: telling the vault (main/ctl_backup.c), opening copies (restore.h).
 *
 * Each copy: its pages (quick_check), its last entry against the ledger's, the chain on from
 * the last good copy, the sums of all balances: seconds, however long the ledger is. Everything
 * (integrity_check, ledger/verify.h) takes minutes with a million entries and would keep the
 * next copies waiting: the daily drill does that. Here it is done for the first copy, the first
 * after a restore, and once a day where copies are encrypted and the drill has no key. A copy
 * that is not right is kept beside the others with its flaw in its label; it never counts as
 * good. */
#pragma once

#include "upkeep/copyset.h"

struct backup {
    const char *name; /* of the file; NULL: none was made */
    int64_t seq, bytes, size;
    struct str head;
    struct str checked; /* whole, chain */
    struct str flaw;    /* "": a good copy */
    struct str hook;    /* what went wrong with the hook; "": nothing */
    size_t n_gone;      /* older copies that were sorted out */
};

/* life: for the connections. E_BUSY: another copy is being made there. E_NOTFOUND, E_DENIED:
 * the folder or the ledger; with the way out in words. E_FULL: no room. Whatever happens, no
 * file has a copy's name that is not whole. */
enum err backup_run(struct ctx *ctx, struct arena *life, struct backup *ret) MUST_USE;
