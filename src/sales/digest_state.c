/* sales/digest_state.c: who wants a digest, and which day is claimed: a plain table of the engine. */
#include "sales/digest.h"

enum { PEOPLE_MAX = 20000 };

#define COLUMNS "\"user_id\", \"frequency\", \"hour\", \"last_day\", \"try_count\", \"next_us\""

static struct cox_digest_state read_row(struct cox_stmt *stmt)
{
    return (struct cox_digest_state){.user_id = cox_stmt_int(stmt, 0),
        .frequency = (enum cox_frequency)cox_stmt_int(stmt, 1),
        .hour = cox_stmt_int(stmt, 2),
        .last_day = cox_stmt_int(stmt, 3),
        .try_count = cox_stmt_int(stmt, 4),
        .next_us = cox_stmt_int(stmt, 5)};
}

/* digest-of: $1 user. */
static const char get_sql[] = "SELECT " COLUMNS " FROM \"mail_digest\" WHERE \"user_id\" = $1";

enum cox_rc cox_digest_get(struct cox_call *call, int64_t user_id,
    struct cox_digest_state *ret_state, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(get_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, user_id);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_state = is_row ? read_row(stmt)
                        : (struct cox_digest_state){.user_id = user_id,
                              .hour = COX_DIGEST_HOUR_USUAL,
                              .last_day = COX_NULL};
    return COX_OK;
}

/* digest-put: one row of a person. */
static const char put_sql[] =
    "INSERT INTO \"mail_digest\" (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (\"user_id\") DO UPDATE SET \"frequency\" = excluded.\"frequency\", "
    "\"hour\" = excluded.\"hour\", \"last_day\" = excluded.\"last_day\", "
    "\"try_count\" = excluded.\"try_count\", \"next_us\" = excluded.\"next_us\"";

enum cox_rc cox_digest_put(struct cox_call *call, const struct cox_digest_state *state,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(put_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, state->user_id);
    cox_stmt_bind_int(stmt, 2, (int64_t)state->frequency);
    cox_stmt_bind_int(stmt, 3, state->hour);
    cox_stmt_bind_int(stmt, 4, state->last_day);
    cox_stmt_bind_int(stmt, 5, state->try_count);
    cox_stmt_bind_int(stmt, 6, state->next_us);
    return cox_stmt_run(stmt, reterr);
}

/* digest-list: everybody who wants one. */
static const char list_sql[] =
    "SELECT " COLUMNS " FROM \"mail_digest\" WHERE \"frequency\" > 0 ORDER BY \"user_id\"";

enum cox_rc cox_digest_list(struct cox_call *call, const struct cox_digest_state **ret_rows,
    size_t *ret_count, struct cox_err *reterr)
{
    struct cox_digest_state *rows =
        COX_NEW_ARRAY(cox_call_arena(call), PEOPLE_MAX, struct cox_digest_state);
    COX_AUTO_STMT stmt = NULL;
    size_t count = 0;
    bool is_row;

    if (rows == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(list_sql), &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row && count < PEOPLE_MAX) {
        rows[count++] = read_row(stmt);
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    *ret_rows = rows;
    *ret_count = count;
    return COX_OK;
}
