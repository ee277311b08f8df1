/* record/head.c: the newest commit this process knows of. */
#include "record/head.h"

#include "record/sql.h"
#include "record/store.h"

int64_t cox_store_head(const struct cox_store *store)
{
    return atomic_load(&store->head);
}

void cox_store_listen(struct cox_store *store, cox_head_fn fn, void *ctx)
{
    (void)pthread_mutex_lock(&store->head_lock); /* a plain mutex: fails on misuse only */
    store->head_fn = fn;
    store->head_ctx = ctx;
    (void)pthread_mutex_unlock(&store->head_lock);
}

void cox_head_note(struct cox_store *store, int64_t seq, bool is_ours)
{
    int64_t known = atomic_load(&store->head);

    if (known < seq && !is_ours) {
        cox_name_memo_touch(store->names, 0, seq); /* before anybody takes seq for seen */
    }
    while (known < seq) {
        if (atomic_compare_exchange_weak(&store->head, &known, seq)) {
            (void)pthread_mutex_lock(&store->head_lock);
            if (store->head_fn != NULL) {
                store->head_fn(store->head_ctx, seq);
            }
            (void)pthread_mutex_unlock(&store->head_lock);
            return;
        }
    }
}

static enum cox_rc look(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    (void)call; /* beginning to read was all: the store has noted the head */
    (void)ctx;
    (void)reterr;
    return COX_OK;
}

enum cox_rc cox_store_look(struct cox_store *store, struct cox_err *reterr)
{
    return cox_store_read(store, &(struct cox_read_opt){0}, look, NULL, reterr);
}

enum cox_rc cox_changed_since(struct cox_call *call, int64_t seq,
    const struct cox_entity *const *entities, bool *ret_is_changed, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;

    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT 1 FROM \"log\" AS \"l\" WHERE \"l\".\"seq\" > ");
    cox_sql_int(&sql, seq);
    cox_sql_lit(&sql, " AND (NOT EXISTS (SELECT 1 FROM \"log_row\" AS \"r\" WHERE \"r\".\"seq\" = "
                      "\"l\".\"seq\")");
    for (; *entities != NULL; entities++) {
        cox_sql_lit(&sql, " OR EXISTS (SELECT 1 FROM \"log_row\" AS \"r\" WHERE \"r\".\"seq\" = "
                          "\"l\".\"seq\" AND \"r\".\"entity\" = ");
        cox_sql_int(&sql, (*entities)->number);
        cox_sql_lit(&sql, ")");
    }
    cox_sql_lit(&sql, ") LIMIT 1");
    COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
    return cox_stmt_step(stmt, ret_is_changed, reterr);
}
