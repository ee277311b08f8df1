/* record/find.c: putting words into the search index of either engine, and asking for them. */
#include "record/find.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"

enum { SQL_SIZE = 256, MERGE_PAGES = 500 };

void cox_find_ddl(enum cox_engine engine, const char *entity, struct cox_buf *ddl)
{
    if (engine == COX_SQLITE) {
        /* Only which record has a word is asked, never where: detail=none makes the index small. */
        cox_buf_format(ddl,
            "CREATE VIRTUAL TABLE \"%s_find\" USING fts5(words, content='', tokenize='ascii',"
            " prefix='2 3', detail=none, columnsize=0);\n",
            entity);
        return;
    }
    cox_buf_format(ddl,
        "CREATE TABLE \"%s_find\" (\"id\" BIGINT PRIMARY KEY, \"words\" tsvector NOT NULL);\n"
        "CREATE INDEX \"%s_find_words\" ON \"%s_find\" USING gin (\"words\");\n",
        entity, entity, entity);
}

/* ---- putting ---- */

/* format is a literal of this file; entity a name of the registry. */
static enum cox_rc prepare(struct cox_db *db, struct cox_stmt **ret_stmt, struct cox_err *reterr,
    const char *format, ...) COX_PRINTF(4, 5);

static enum cox_rc prepare(struct cox_db *db, struct cox_stmt **ret_stmt, struct cox_err *reterr,
    const char *format, ...)
{
    char sql[SQL_SIZE];
    va_list args;

    va_start(args, format);
    int size = vsnprintf(sql, sizeof(sql), format, args);
    va_end(args);
    if (size < 0 || size >= (int)sizeof(sql)) {
        return cox_fail(reterr, COX_INTERNAL, "the name of an entity is too long");
    }
    return cox_db_prepare(db, (struct cox_text){sql, (size_t)size}, ret_stmt, reterr);
}

static enum cox_rc put_sqlite(struct cox_db *db, const char *entity, int64_t id,
    struct cox_text old_words, struct cox_text new_words, struct cox_err *reterr)
{
    COX_AUTO_STMT out = NULL;
    COX_AUTO_STMT in = NULL;

    if (old_words.size > 0) {
        COX_TRY(prepare(db, &out, reterr,
            "INSERT INTO \"%s_find\"(\"%s_find\", rowid, words) VALUES('delete', $1, $2)", entity,
            entity));
        cox_stmt_bind_int(out, 1, id);
        cox_stmt_bind_text(out, 2, old_words);
        COX_TRY(cox_stmt_run(out, reterr));
    }
    if (new_words.size > 0) {
        COX_TRY(prepare(db, &in, reterr, "INSERT INTO \"%s_find\"(rowid, words) VALUES($1, $2)",
            entity));
        cox_stmt_bind_int(in, 1, id);
        cox_stmt_bind_text(in, 2, new_words);
        COX_TRY(cox_stmt_run(in, reterr));
    }
    return COX_OK;
}

static enum cox_rc put_postgres(struct cox_db *db, const char *entity, int64_t id,
    struct cox_text old_words, struct cox_text new_words, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    if (new_words.size == 0 && old_words.size == 0) {
        return COX_OK;
    }
    if (new_words.size == 0) {
        COX_TRY(prepare(db, &stmt, reterr, "DELETE FROM \"%s_find\" WHERE \"id\" = $1", entity));
        cox_stmt_bind_int(stmt, 1, id);
        return cox_stmt_run(stmt, reterr);
    }
    COX_TRY(prepare(db, &stmt, reterr,
        "INSERT INTO \"%s_find\"(\"id\", \"words\")"
        " VALUES($1, array_to_tsvector(string_to_array($2, ' ')))"
        " ON CONFLICT (\"id\") DO UPDATE SET \"words\" = excluded.\"words\"",
        entity));
    cox_stmt_bind_int(stmt, 1, id);
    cox_stmt_bind_text(stmt, 2, new_words);
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_find_put(struct cox_db *db, const char *entity, int64_t id,
    struct cox_text old_words, struct cox_text new_words, struct cox_err *reterr)
{
    return cox_db_engine(db) == COX_SQLITE
               ? put_sqlite(db, entity, id, old_words, new_words, reterr)
               : put_postgres(db, entity, id, old_words, new_words, reterr);
}

/* ---- asking ---- */

/* One word in the engine's language for questions, quoted so that it is only ever a word. */
static void add_word(struct cox_buf *question, enum cox_engine engine, struct cox_text word)
{
    char quote = engine == COX_SQLITE ? '"' : '\'';

    if (question->size > 0) {
        cox_buf_add_string(question, engine == COX_SQLITE ? " " : " & ");
    }
    cox_buf_add_char(question, quote);
    for (size_t i = 0; i < word.size; i++) {
        if (word.ptr[i] == quote || (engine == COX_POSTGRES && word.ptr[i] == '\\')) {
            cox_buf_add_char(question, word.ptr[i]);
        }
        cox_buf_add_char(question, word.ptr[i]);
    }
    cox_buf_add_char(question, quote);
    cox_buf_add_string(question, engine == COX_SQLITE ? "*" : ":*");
}

static struct cox_text question_of(struct cox_arena *arena, enum cox_engine engine,
    struct cox_text words)
{
    struct cox_buf question;
    struct cox_text text = {0};

    cox_buf_init(&question, (size_t)COX_FIND_WORDS_MAX * 256);
    for (unsigned i = 0; i < COX_FIND_WORDS_MAX && words.ptr != NULL; i++) {
        struct cox_text word = cox_text_split(&words, ' ');
        if (word.size > 0) {
            add_word(&question, engine, word);
        }
    }
    if (!question.failed) {
        text = cox_arena_text(arena, cox_buf_text(&question));
    }
    cox_buf_done(&question);
    return text;
}

void cox_find_in(struct cox_sql *sql, enum cox_engine engine, const char *entity,
    struct cox_text words)
{
    struct cox_text question = question_of(sql->arena, engine, words);

    if (question.ptr == NULL) {
        sql->failed = COX_NO_MEMORY;
        return;
    }
    if (question.size == 0) {
        cox_sql_lit(sql, " IN (SELECT 0 WHERE 1 = 0)");
        return;
    }
    if (engine == COX_SQLITE) {
        cox_sql_lit(sql, " IN (SELECT rowid FROM ");
        cox_sql_name_with(sql, entity, "_find");
        cox_sql_lit(sql, " WHERE ");
        cox_sql_name_with(sql, entity, "_find");
        cox_sql_lit(sql, " MATCH ");
        cox_sql_text(sql, question);
        cox_sql_lit(sql, ")");
        return;
    }
    cox_sql_lit(sql, " IN (SELECT \"id\" FROM ");
    cox_sql_name_with(sql, entity, "_find");
    cox_sql_lit(sql, " WHERE \"words\" @@ CAST(");
    cox_sql_text(sql, question);
    cox_sql_lit(sql, " AS tsquery))");
}

/* ---- purging ---- */

static enum cox_rc total_changes(struct cox_db *db, int64_t *ret_total, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(db, COX_LIT("SELECT total_changes()"), &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_total = cox_stmt_int(stmt, 0);
    return COX_OK;
}

/* Piece by piece, so that saves get their turn in between. A first negative count takes all parts of
 * the index into the merge; it is done when a piece has nothing to do. Source: FTS5 manual, 6.8. */
static enum cox_rc merge_sqlite(struct cox_db *db, const char *entity, struct cox_err *reterr)
{
    int64_t before, after;
    int pages = -MERGE_PAGES;

    do {
        COX_AUTO_STMT stmt = NULL;
        COX_TRY(prepare(db, &stmt, reterr,
            "INSERT INTO \"%s_find\"(\"%s_find\", rank) VALUES('merge', $1)", entity, entity));
        cox_stmt_bind_int(stmt, 1, pages);
        COX_TRY(total_changes(db, &before, reterr));
        COX_TRY(cox_stmt_run(stmt, reterr));
        COX_TRY(total_changes(db, &after, reterr));
        pages = MERGE_PAGES;
    } while (after - before >= 2);
    return COX_OK;
}

enum cox_rc cox_find_optimise(struct cox_db *db, const char *entity, struct cox_err *reterr)
{
    char sql[SQL_SIZE];

    if (cox_db_engine(db) == COX_SQLITE) {
        return merge_sqlite(db, entity, reterr);
    }
    int size = snprintf(sql, sizeof(sql), "VACUUM \"%s_find\"", entity);
    if (size < 0 || size >= (int)sizeof(sql)) {
        return cox_fail(reterr, COX_INTERNAL, "the name of an entity is too long");
    }
    return cox_db_exec(db, sql, reterr);
}
