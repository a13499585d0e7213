/* Memory for SQLite: blocks of few sizes that are handed out again and again. For db/ only. Not
 * for: our own memory (base/arena.h). */
#pragma once

/* Before the first use of the library in a process. Where it does not take it, SQLite goes on
 * with its own way, which is slower and no worse. */
void heap_install(void);
