/*
 * record/sqlite_cache.h: SQLite's settings for the whole process: its page cache is spared a look at each
 * of its pages at every commit, and memory is not counted. Private to sqlite.c.
 */
#ifndef COX_RECORD_SQLITE_CACHE_H
#define COX_RECORD_SQLITE_CACHE_H

/* Settings of the whole process. Called by whoever opens a connection; the first call counts. */
void cox_sqlite_configure(void);

#endif
