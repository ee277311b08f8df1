/*
 * record/find.h: the search index of an entity, table "<entity>_find": the words of its records as
 * they are now. SQLite: FTS5 without content; PostgreSQL: a vector of words. Words come folded
 * and split by cox_text_words, so both engines find the same. For record/ only.
 */
#ifndef COX_RECORD_FIND_H
#define COX_RECORD_FIND_H

#include "record/sql.h"

/* Most words of one question that are looked at; the rest are left out. */
enum { COX_FIND_WORDS_MAX = 32 };

/* Adds the statements that make the table; each ends with a semicolon and a line feed. */
void cox_find_ddl(enum cox_engine engine, const char *entity, struct cox_buf *ddl);

/*
 * Record id's words were old_words and are new_words, "" for none (both of cox_text_words). old_words
 * must be exactly what was put before: SQLite's index keeps no copy of them.
 */
enum cox_rc cox_find_put(struct cox_db *db, const char *entity, int64_t id,
    struct cox_text old_words, struct cox_text new_words, struct cox_err *reterr) COX_NODISCARD;

/*
 * Appends " IN (SELECT ...)", to stand behind a column that holds ids: those of the records that
 * have, for each of words (of cox_text_words), a word that begins so. No words: no record.
 */
void cox_find_in(struct cox_sql *sql, enum cox_engine engine, const char *entity,
    struct cox_text words);

/*
 * Purges what put has taken out: until then old words stand in the index's pages. Outside of any
 * transaction; costs a pass over the whole index.
 */
enum cox_rc cox_find_optimise(struct cox_db *db, const char *entity,
    struct cox_err *reterr) COX_NODISCARD;

#endif
