/* record/copy_table.c: keyset pages out of one engine, run-ahead inserts into the other. */
#include "record/copy_table.h"

#include <stdio.h>
#include <string.h>

#include "record/find.h"
#include "record/save.h"

enum { KEY_MAX = 5, PAGE = 2000, PAGE_OF_BYTES = 8, SQL_MAX = 1 << 18 };

/* What is copied: a select of all columns and an insert of them, in the same order. */
struct shape {
    const char *name; /* table with suffix */
    const char *suffix;
    struct cox_text columns; /* quoted, as selected */
    const char *kinds;       /* a letter a column: i r t b */
    unsigned column_count;
    unsigned key[KEY_MAX]; /* columns of the primary key */
    const char *key_names; /* quoted */
    unsigned key_count;
    int64_t page;
    struct cox_text insert;
    const char *without;
};

struct place {
    bool is_set;
    struct cox_value key[KEY_MAX];
};

static enum cox_rc tell(struct cox_copy_pipe *pipe, struct cox_err *reterr)
{
    if (pipe->progress != NULL && !pipe->progress(pipe->ctx, pipe->done, pipe->all)) {
        return cox_fail(reterr, COX_CANCELLED, "the copy was stopped");
    }
    return COX_OK;
}

/* ---- reading a page ---- */

static void bind(struct cox_stmt *stmt, unsigned at, char kind, const struct cox_value *value)
{
    switch (value->kind) {
    case COX_VALUE_NULL:
        cox_stmt_bind_null(stmt, at);
        break;
    case COX_VALUE_INT:
        cox_stmt_bind_int(stmt, at, value->number);
        break;
    case COX_VALUE_REAL:
        cox_stmt_bind_real(stmt, at, value->real);
        break;
    case COX_VALUE_TEXT:
        if (kind == 'b') {
            cox_stmt_bind_bytes(stmt, at, value->text);
        } else {
            cox_stmt_bind_text(stmt, at, value->text);
        }
        break;
    }
}

/* An empty text is a value here: what stands is copied as it stands. */
static struct cox_value value_of(struct cox_stmt *stmt, unsigned column, char kind)
{
    if (cox_stmt_is_null(stmt, column)) {
        return cox_null();
    }
    switch (kind) {
    case 'i':
        return (struct cox_value){COX_VALUE_INT, {.number = cox_stmt_int(stmt, column)}};
    case 'r':
        return (struct cox_value){COX_VALUE_REAL, {.real = cox_stmt_real(stmt, column)}};
    default:
        return (struct cox_value){COX_VALUE_TEXT, {.text = cox_stmt_text(stmt, column)}};
    }
}

static enum cox_rc select_page(struct cox_copy_pipe *pipe, const struct shape *shape,
    const struct place *place, struct cox_stmt **ret_stmt, struct cox_err *reterr)
{
    struct cox_buf sql;

    cox_buf_init(&sql, SQL_MAX);
    cox_buf_add_string(&sql, "SELECT ");
    cox_buf_add_text(&sql, shape->columns);
    cox_buf_format(&sql, " FROM \"%s%s\"", shape->name, shape->suffix);
    if (place->is_set) {
        cox_buf_format(&sql, " WHERE (%s) > (", shape->key_names);
        for (unsigned i = 1; i <= shape->key_count; i++) {
            cox_buf_format(&sql, "%s$%u", i == 1 ? "" : ", ", i);
        }
        cox_buf_add_string(&sql, ")");
    }
    cox_buf_format(&sql, " ORDER BY %s LIMIT $%u", shape->key_names,
        place->is_set ? shape->key_count + 1 : 1);
    enum cox_rc rc = sql.failed ? cox_no_memory(reterr)
                                : cox_db_prepare(pipe->from, cox_buf_text(&sql), ret_stmt, reterr);
    cox_buf_done(&sql);
    COX_TRY(rc);
    for (unsigned i = 0; place->is_set && i < shape->key_count; i++) {
        bind(*ret_stmt, i + 1, shape->kinds[shape->key[i]], &place->key[i]);
    }
    cox_stmt_bind_int(*ret_stmt, place->is_set ? shape->key_count + 1 : 1, shape->page);
    return COX_OK;
}

/* ---- a row across ---- */

static enum cox_rc remember(struct cox_copy_pipe *pipe, const struct shape *shape,
    struct cox_stmt *stmt, struct place *place, struct cox_err *reterr)
{
    for (unsigned i = 0; i < shape->key_count; i++) {
        char kind = shape->kinds[shape->key[i]];
        place->key[i] = value_of(stmt, shape->key[i], kind);
        if (place->key[i].kind == COX_VALUE_TEXT) {
            place->key[i].text = cox_arena_text(pipe->arena, place->key[i].text);
            if (place->key[i].text.ptr == NULL) {
                return cox_no_memory(reterr);
            }
        }
    }
    place->is_set = true;
    return COX_OK;
}

static enum cox_rc copy_row(const struct shape *shape, struct cox_stmt *from, struct cox_stmt *to,
    struct cox_err *reterr)
{
    if (shape->without != NULL &&
        cox_text_same(cox_stmt_text(from, 0), cox_text_of(shape->without))) {
        return COX_OK;
    }
    for (unsigned i = 0; i < shape->column_count; i++) {
        struct cox_value value = value_of(from, i, shape->kinds[i]);
        bind(to, i + 1, shape->kinds[i], &value);
    }
    return cox_stmt_run(to, reterr);
}

static enum cox_rc copy_page(struct cox_copy_pipe *pipe, const struct shape *shape,
    struct place *place, int64_t *ret_count, struct cox_err *reterr)
{
    COX_AUTO_STMT from = NULL;
    COX_AUTO_STMT to = NULL;
    bool is_row;

    COX_TRY(select_page(pipe, shape, place, &from, reterr));
    COX_TRY(cox_db_prepare(pipe->to, shape->insert, &to, reterr));
    *ret_count = 0;
    COX_TRY(cox_stmt_step(from, &is_row, reterr));
    while (is_row) {
        COX_TRY(copy_row(shape, from, to, reterr));
        if (++*ret_count == shape->page) {
            COX_TRY(remember(pipe, shape, from, place, reterr));
        }
        COX_TRY(cox_stmt_step(from, &is_row, reterr));
    }
    return COX_OK;
}

/* A page that is not the caller's transaction is one of its own. */
static enum cox_rc in_transaction(struct cox_copy_pipe *pipe,
    enum cox_rc (*work)(void *ctx, struct cox_err *reterr), void *ctx, struct cox_err *reterr)
{
    if (!pipe->commits_pages) {
        return work(ctx, reterr);
    }
    COX_TRY(cox_db_begin(pipe->to, COX_BEGIN_WRITE, reterr));
    enum cox_rc rc = work(ctx, reterr);
    if (rc == COX_OK) {
        return cox_db_commit(pipe->to, reterr);
    }
    cox_db_rollback(pipe->to);
    return rc;
}

struct page_work {
    struct cox_copy_pipe *pipe;
    const struct shape *shape;
    struct place *place;
    int64_t count;
};

static enum cox_rc do_page(void *ctx, struct cox_err *reterr)
{
    struct page_work *work = ctx;

    return copy_page(work->pipe, work->shape, work->place, &work->count, reterr);
}

static enum cox_rc copy_shape(struct cox_copy_pipe *pipe, const struct shape *shape,
    struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(pipe->arena);
    struct place place = {.is_set = false};
    struct page_work work = {pipe, shape, &place, 0};
    enum cox_rc rc;

    do {
        rc = in_transaction(pipe, do_page, &work, reterr);
        pipe->done += work.count;
        rc = rc == COX_OK ? tell(pipe, reterr) : rc;
    } while (rc == COX_OK && work.count == shape->page);
    cox_arena_rewind(pipe->arena, mark);
    return rc;
}

/* ---- the engine's own tables ---- */

static struct cox_text quoted_list(struct cox_arena *arena, const struct cox_plain_table *plain,
    unsigned count)
{
    struct cox_buf list;

    cox_buf_init(&list, SQL_MAX);
    for (unsigned i = 0; i < count; i++) {
        cox_buf_format(&list, "%s\"%s\"", i == 0 ? "" : ", ", plain->columns[i].name);
    }
    struct cox_text text =
        list.failed ? (struct cox_text){0} : cox_arena_text(arena, cox_buf_text(&list));
    cox_buf_done(&list);
    return text;
}

static struct cox_text insert_of(struct cox_arena *arena, const char *table,
    struct cox_text columns, unsigned count)
{
    struct cox_buf sql;

    cox_buf_init(&sql, SQL_MAX);
    cox_buf_format(&sql, "INSERT INTO \"%s\" (", table);
    cox_buf_add_text(&sql, columns);
    cox_buf_add_string(&sql, ") VALUES (");
    for (unsigned i = 1; i <= count; i++) {
        cox_buf_format(&sql, "%s$%u", i == 1 ? "" : ", ", i);
    }
    cox_buf_add_string(&sql, ")");
    struct cox_text text =
        sql.failed ? (struct cox_text){0} : cox_arena_text(arena, cox_buf_text(&sql));
    cox_buf_done(&sql);
    return text;
}

enum cox_rc cox_copy_plain(struct cox_copy_pipe *pipe, const struct cox_plain_table *plain,
    const char *without, struct cox_err *reterr)
{
    char kinds[COX_COUNT(plain->columns)];
    struct shape shape = {.name = plain->name,
        .suffix = "",
        .kinds = kinds,
        .page = PAGE,
        .key_count = plain->key_count,
        .without = without};

    while (shape.column_count < COX_COUNT(plain->columns) &&
           plain->columns[shape.column_count].name != NULL) {
        kinds[shape.column_count] = (char)(plain->columns[shape.column_count].type | 0x20);
        shape.column_count++;
    }
    for (unsigned i = 0; i < plain->key_count; i++) {
        shape.key[i] = i;
    }
    shape.columns = quoted_list(pipe->arena, plain, shape.column_count);
    shape.key_names = quoted_list(pipe->arena, plain, plain->key_count).ptr;
    if (shape.columns.ptr == NULL || shape.key_names == NULL) {
        return cox_no_memory(reterr);
    }
    shape.insert = insert_of(pipe->arena, plain->name, shape.columns, shape.column_count);
    return shape.insert.ptr == NULL ? cox_no_memory(reterr) : copy_shape(pipe, &shape, reterr);
}

/* ---- entities ---- */

/* Letters of cox_table_inside.columns; room for to_us and seq_to behind. */
static char *kinds_of(struct cox_arena *arena, const struct cox_table *table, unsigned *ret_count)
{
    const struct cox_table_inside *inside = (const struct cox_table_inside *)(const void *)table;
    char *kinds = COX_NEW_ARRAY(arena, (size_t)table->field_count * 2 + 16, char);
    unsigned count = 0;

    if (kinds == NULL) {
        return NULL;
    }
    for (unsigned i = 0; i < 4; i++) { /* id, rev, from_us, imported */
        kinds[count++] = 'i';
    }
    for (unsigned i = 0; inside->has_personal && i < 2; i++) { /* psalt, phash */
        kinds[count++] = 'b';
    }
    for (uint32_t i = 0; i < table->field_count; i++) {
        kinds[count++] = cox_type_storage(table->fields[i]->type);
    }
    for (uint32_t i = 0; i < table->entity->field_count; i++) {
        if (cox_field_has_fold(table->entity, i)) {
            kinds[count++] = 't';
        }
    }
    kinds[count] = kinds[count + 1] = 'i';
    *ret_count = count;
    return kinds;
}

static bool has_bytes(const struct cox_table *table)
{
    for (uint32_t i = 0; i < table->field_count; i++) {
        if (table->fields[i]->type == COX_BYTES) {
            return true;
        }
    }
    return false;
}

static enum cox_rc copy_past(struct cox_copy_pipe *pipe, const struct cox_table *table,
    struct shape *shape, struct cox_err *reterr)
{
    const struct cox_table_inside *inside = (const struct cox_table_inside *)(const void *)table;
    char *columns = cox_arena_format(pipe->arena, "%.*s, \"to_us\", \"seq_to\"",
        (int)inside->columns.size, inside->columns.ptr);

    if (columns == NULL) {
        return cox_no_memory(reterr);
    }
    shape->suffix = "_past";
    shape->columns = cox_text_of(columns);
    shape->column_count += 2;
    shape->key[1] = 1;
    shape->key[2] = 2;
    shape->key_names = "\"id\", \"rev\", \"from_us\"";
    shape->key_count = 3;
    shape->insert = inside->past_sql;
    return copy_shape(pipe, shape, reterr);
}

/* ---- search words, from the copied rows ---- */

struct words_work {
    struct cox_copy_pipe *pipe;
    const struct cox_table *table;
    const char *sql;
    int64_t last_id, count, page;
};

static enum cox_rc put_words(struct cox_copy_pipe *pipe, const struct cox_table *table,
    struct cox_stmt *stmt, int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(pipe->arena);
    struct cox_text words;
    struct cox_row row;

    COX_TRY(cox_row_read(pipe->arena, table, stmt, &row, reterr));
    COX_TRY(cox_row_words(pipe->arena, &row, &words, reterr));
    COX_TRY(cox_find_put(pipe->to, table->entity->name, row.id, COX_LIT(""), words, reterr));
    *ret_id = row.id;
    cox_arena_rewind(pipe->arena, mark);
    return COX_OK;
}

static enum cox_rc do_words(void *ctx, struct cox_err *reterr)
{
    struct words_work *work = ctx;
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(work->pipe->from, cox_text_of(work->sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, work->last_id);
    cox_stmt_bind_int(stmt, 2, work->page);
    work->count = 0;
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        COX_TRY(put_words(work->pipe, work->table, stmt, &work->last_id, reterr));
        work->count++;
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

static enum cox_rc copy_words(struct cox_copy_pipe *pipe, const struct cox_table *table,
    struct cox_err *reterr)
{
    const struct cox_table_inside *inside = (const struct cox_table_inside *)(const void *)table;
    struct words_work work = {.pipe = pipe, .table = table, .page = PAGE};
    const char *where = strstr(inside->get_sql.ptr, " WHERE ");

    if (where == NULL) {
        return cox_fail(reterr, COX_INTERNAL, "the registry's get_sql has no condition");
    }
    work.sql = cox_arena_format(pipe->arena, "%.*s WHERE \"id\" > $1 ORDER BY \"id\" LIMIT $2",
        (int)(where - inside->get_sql.ptr), inside->get_sql.ptr);
    if (work.sql == NULL) {
        return cox_no_memory(reterr);
    }
    do {
        COX_TRY(in_transaction(pipe, do_words, &work, reterr));
        COX_TRY(tell(pipe, reterr));
    } while (work.count == work.page);
    return COX_OK;
}

enum cox_rc cox_copy_entity(struct cox_copy_pipe *pipe, const struct cox_table *table,
    struct cox_err *reterr)
{
    const struct cox_table_inside *inside = (const struct cox_table_inside *)(const void *)table;
    struct cox_mark mark = cox_arena_mark(pipe->arena);
    struct shape shape = {.name = table->entity->name,
        .suffix = "",
        .columns = inside->columns,
        .key_names = "\"id\"",
        .key_count = 1,
        .insert = inside->insert_sql,
        .page = has_bytes(table) ? PAGE_OF_BYTES : PAGE};

    shape.kinds = kinds_of(pipe->arena, table, &shape.column_count);
    if (shape.kinds == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(copy_shape(pipe, &shape, reterr));
    if (inside->has_search) {
        COX_TRY(copy_words(pipe, table, reterr));
    }
    COX_TRY(copy_past(pipe, table, &shape, reterr));
    cox_arena_rewind(pipe->arena, mark);
    return COX_OK;
}

/* ---- counting ---- */

static enum cox_rc count_rows(struct cox_copy_pipe *pipe, const char *name, const char *suffix,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    char sql[160];
    bool is_row;

    (void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM \"%.100s%s\"", name, suffix);
    COX_TRY(cox_db_prepare(pipe->from, cox_text_of(sql), &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    pipe->all += cox_stmt_int(stmt, 0);
    return COX_OK;
}

enum cox_rc cox_copy_count(struct cox_copy_pipe *pipe, const struct cox_registry *registry,
    struct cox_err *reterr)
{
    for (size_t i = 0; i < cox_plain_table_count; i++) {
        COX_TRY(count_rows(pipe, cox_plain_tables[i].name, "", reterr));
    }
    for (size_t i = 0; i < registry->table_count; i++) {
        const char *name = registry->tables[i]->table.entity->name;
        COX_TRY(count_rows(pipe, name, "", reterr));
        COX_TRY(count_rows(pipe, name, "_past", reterr));
    }
    return COX_OK;
}
