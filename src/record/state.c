/* record/state.c: the state digest: every row as of an instant, in order of entity and id. */
#include "record/audit.h"
#include "record/digest.h"
#include "record/sql.h"
#include "record/store.h"

enum { PAGE = 2000 };

static void add_columns(struct cox_sql *sql, const struct cox_table *table)
{
    for (uint32_t i = 0; i < table->field_count; i++) {
        cox_sql_lit(sql, ", ");
        cox_sql_column(sql, table->fields[i]);
    }
}

static void add_current(struct cox_sql *sql, const struct cox_call *call,
    const struct cox_table *table, int64_t after_id)
{
    cox_sql_lit(sql,
        "SELECT \"id\", \"rev\", \"from_us\", 0 AS \"to_us\", 0 AS \"seq_to\", \"imported\"");
    add_columns(sql, table);
    cox_sql_lit(sql, " FROM ");
    cox_sql_name(sql, table->entity->name);
    cox_sql_lit(sql, " WHERE \"id\" > ");
    cox_sql_int(sql, after_id);
    if (!call->is_now) {
        cox_sql_lit(sql, " AND \"rev\" <= ");
        cox_sql_int(sql, call->as_of.seq);
        cox_sql_lit(sql, " AND \"from_us\" <= ");
        cox_sql_int(sql, call->as_of.at_us);
    }
}

static void add_past(struct cox_sql *sql, const struct cox_call *call,
    const struct cox_table *table, int64_t after_id)
{
    cox_sql_lit(sql,
        " UNION ALL SELECT \"id\", \"rev\", \"from_us\", \"to_us\", \"seq_to\", \"imported\"");
    add_columns(sql, table);
    cox_sql_lit(sql, " FROM ");
    cox_sql_name_with(sql, table->entity->name, "_past");
    cox_sql_lit(sql, " WHERE \"id\" > ");
    cox_sql_int(sql, after_id);
    cox_sql_lit(sql, " AND \"rev\" <= ");
    cox_sql_int(sql, call->as_of.seq);
    cox_sql_lit(sql, " AND \"seq_to\" > ");
    cox_sql_int(sql, call->as_of.seq);
    cox_sql_lit(sql, " AND \"from_us\" <= ");
    cox_sql_int(sql, call->as_of.at_us);
    cox_sql_lit(sql, " AND \"to_us\" > ");
    cox_sql_int(sql, call->as_of.at_us);
}

/* One page of rows in order of id; ret_last is the last id, ret_count how many there were. */
static enum cox_rc add_page(struct cox_call *call, const struct cox_table *table,
    struct cox_digest *digest, int64_t *last_id, int *ret_count, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    struct cox_row row;
    bool is_row;

    cox_sql_init(&sql, call->arena);
    add_current(&sql, call, table, *last_id);
    if (!call->is_now) {
        add_past(&sql, call, table, *last_id);
    }
    cox_sql_lit(&sql, " ORDER BY 1 LIMIT ");
    cox_sql_int(&sql, PAGE);
    COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
    *ret_count = 0;
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        struct cox_mark mark = cox_arena_mark(call->arena);
        COX_TRY(cox_row_read(call->arena, table, stmt, &row, reterr));
        cox_digest_state_row(digest, &row);
        *last_id = row.id;
        (*ret_count)++;
        cox_arena_rewind(call->arena, mark);
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

enum cox_rc cox_call_state_digest(struct cox_call *call, char ret_digest[65],
    struct cox_err *reterr)
{
    unsigned char bytes[COX_DIGEST_SIZE];
    struct cox_digest digest;

    cox_digest_init(&digest);
    for (size_t i = 0; i < call->registry->table_count; i++) {
        int64_t last_id = 0;
        int count;
        do {
            struct cox_mark mark = cox_arena_mark(call->arena);
            COX_TRY(add_page(call, &call->registry->tables[i]->table, &digest, &last_id, &count,
                reterr));
            cox_arena_rewind(call->arena, mark);
        } while (count == PAGE);
    }
    cox_digest_done(&digest, bytes);
    (void)sodium_bin2hex(ret_digest, 65, bytes, sizeof(bytes));
    return COX_OK;
}

static enum cox_rc digest_call(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    return cox_call_state_digest(call, ctx, reterr);
}

enum cox_rc cox_state_digest(struct cox_store *store, struct cox_as_of as_of, char ret_digest[65],
    struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
        .as_of = as_of};

    return cox_store_read(store, &opt, digest_call, ret_digest, reterr);
}
