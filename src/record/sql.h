/*
 * record/sql.h: one SQL text and the values bound to it, built piece by piece in an arena.
 *
 * Text from outside cannot get into the SQL: pieces are string literals, names come from static
 * rows or are generated (checked: a-z, 0-9 and _ only), values are only bound. Keep the text of a
 * question the same from call to call (bind numbers, never spell them): the connection caches
 * prepared statements by their text.
 *
 * A piece that does not fit (memory, COX_SQL_TEXT_MAX, COX_SQL_BIND_MAX) makes the whole builder
 * fail; that is reported once, by cox_sql_prepare.
 */
#ifndef COX_RECORD_SQL_H
#define COX_RECORD_SQL_H

#include "base/arena.h"
#include "record/record.h"

enum { COX_SQL_TEXT_MAX = 256 * 1024, COX_SQL_BIND_MAX = 8000 };

struct cox_sql_bind {
    struct cox_value value; /* texts are shared, not copied */
    bool is_bytes;
};

struct cox_sql {
    struct cox_arena *arena;
    char *text; /* not terminated */
    size_t size, room;
    struct cox_sql_bind *binds; /* binds[n - 1] belongs to $n */
    unsigned bind_count, bind_room;
    enum cox_rc failed; /* COX_OK, COX_NO_MEMORY or COX_TOO_LARGE */
};

/* Lives as long as the arena; nothing to close. */
void cox_sql_init(struct cox_sql *sql, struct cox_arena *arena);

/* Append a string literal: anything else does not compile. */
/* NOLINTNEXTLINE(readability-identifier-naming): it is called like the functions beside it */
#define cox_sql_lit(sql, literal) cox_sql_add_literal((sql), "" literal "", sizeof(literal) - 1)

/* Append "name", or "name<suffix>" where suffix is a literal: cox_sql_name_with(sql, n, "_past"). */
void cox_sql_name(struct cox_sql *sql, const char *name);
/* NOLINTNEXTLINE(readability-identifier-naming): likewise */
#define cox_sql_name_with(sql, name, suffix) cox_sql_add_name((sql), (name), "" suffix "")

/* Append the column of a field ("name", or "x<id>" of a run-time field), or its folded twin. */
void cox_sql_column(struct cox_sql *sql, const struct cox_field *field);
void cox_sql_fold_column(struct cox_sql *sql, const struct cox_field *field);

/* Append $n and remember the value for it. A null is better spelled IS NULL, but may be bound. */
void cox_sql_int(struct cox_sql *sql, int64_t value);
void cox_sql_text(struct cox_sql *sql, struct cox_text value);
void cox_sql_bytes(struct cox_sql *sql, struct cox_text value);
void cox_sql_value(struct cox_sql *sql, struct cox_value value);

/*
 * The statement, prepared and bound, ready for its first step. The caller gives it back with
 * cox_stmt_done (COX_AUTO_STMT). Bound texts must live until the first step.
 */
enum cox_rc cox_sql_prepare(struct cox_db *db, const struct cox_sql *sql,
    struct cox_stmt **ret_stmt, struct cox_err *reterr) COX_NODISCARD;

/* Behind the macros; not called directly. */
void cox_sql_add_literal(struct cox_sql *sql, const char *literal, size_t size);
void cox_sql_add_name(struct cox_sql *sql, const char *name, const char *suffix);

#endif
