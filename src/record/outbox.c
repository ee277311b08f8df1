/* record/outbox.c: see outbox.h. */
#include "record/outbox.h"

#include "record/call.h"

static enum cox_rc must_write(const struct cox_call *call, struct cox_err *reterr)
{
    return call->write != NULL ? COX_OK : cox_fail(reterr, COX_INTERNAL, "a read cannot save");
}

static enum cox_rc newest(struct cox_call *call, int64_t *ret_seq, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db, COX_LIT("SELECT MAX(\"seq\") FROM \"log\""), &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_seq = is_row && !cox_stmt_is_null(stmt, 0) ? cox_stmt_int(stmt, 0) : 0;
    return COX_OK;
}

enum cox_rc cox_outbox_get(struct cox_call *call, int64_t reader, struct cox_outbox *ret_outbox,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT o.\"after_seq\", o.\"secret\", o.\"fail_count\", o.\"next_us\", "
                "o.\"again_seq\", x.\"secret\", x.\"until_us\" FROM \"outbox\" o "
                "LEFT JOIN \"outbox_old\" x ON x.\"reader\" = o.\"reader\" "
                "WHERE o.\"reader\" = $1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, reader);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row) {
        return cox_fail(reterr, COX_MISSING, "nothing is sent yet: make its secret first");
    }
    *ret_outbox = (struct cox_outbox){.reader = reader,
        .after_seq = cox_stmt_int(stmt, 0),
        .secret = cox_arena_text(call->arena, cox_stmt_text(stmt, 1)),
        .fail_count = cox_stmt_int(stmt, 2),
        .next_us = cox_stmt_int(stmt, 3),
        .again_seq = cox_stmt_is_null(stmt, 4) ? COX_NULL : cox_stmt_int(stmt, 4),
        .old_until_us = COX_NULL};
    if (!cox_stmt_is_null(stmt, 6) && cox_stmt_int(stmt, 6) > call->now_us) {
        ret_outbox->old_secret = cox_arena_text(call->arena, cox_stmt_text(stmt, 5));
        ret_outbox->old_until_us = cox_stmt_int(stmt, 6);
    }
    return ret_outbox->secret.ptr == NULL ||
                   (ret_outbox->old_until_us != COX_NULL && ret_outbox->old_secret.ptr == NULL)
               ? cox_no_memory(reterr)
               : COX_OK;
}

static enum cox_rc drop_old_secret(struct cox_call *call, int64_t reader, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db, COX_LIT("DELETE FROM \"outbox_old\" WHERE \"reader\" = $1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, reader);
    return cox_stmt_run(stmt, reterr);
}

/* The secret in force becomes the one before; what was before that is over. */
static enum cox_rc keep_old_secret(struct cox_call *call, int64_t reader, int64_t until_us,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(drop_old_secret(call, reader, reterr));
    if (until_us <= call->now_us) {
        return COX_OK;
    }
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"outbox_old\" (\"reader\", \"secret\", \"until_us\") SELECT "
                "\"reader\", \"secret\", $1 FROM \"outbox\" WHERE \"reader\" = $2"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, until_us);
    cox_stmt_bind_int(stmt, 2, reader);
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_outbox_put(struct cox_call *call, int64_t reader, struct cox_text secret,
    int64_t old_until_us, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    int64_t seq = 0;

    COX_TRY(must_write(call, reterr));
    COX_TRY(newest(call, &seq, reterr));
    COX_TRY(keep_old_secret(call, reader, old_until_us, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"outbox\" (\"reader\", \"after_seq\", \"secret\", \"fail_count\", "
                "\"next_us\", \"held_us\", \"sent_count\") VALUES ($1, $2, $3, 0, 0, 0, 0) "
                "ON CONFLICT (\"reader\") DO UPDATE SET \"secret\" = excluded.\"secret\""),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, reader);
    cox_stmt_bind_int(stmt, 2, seq);
    cox_stmt_bind_bytes(stmt, 3, secret);
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_outbox_renew(struct cox_call *call, int64_t reader, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    int64_t seq = 0;

    COX_TRY(must_write(call, reterr));
    COX_TRY(newest(call, &seq, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"outbox\" SET \"after_seq\" = $1, \"fail_count\" = 0, \"next_us\" = 0, "
                "\"again_seq\" = NULL WHERE \"reader\" = $2"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, seq);
    cox_stmt_bind_int(stmt, 2, reader);
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_outbox_drop(struct cox_call *call, int64_t reader, struct cox_err *reterr)
{
    COX_AUTO_STMT place = NULL;
    COX_AUTO_STMT sent = NULL;

    COX_TRY(must_write(call, reterr));
    COX_TRY(drop_old_secret(call, reader, reterr));
    COX_TRY(cox_db_prepare(call->db, COX_LIT("DELETE FROM \"outbox\" WHERE \"reader\" = $1"),
        &place, reterr));
    cox_stmt_bind_int(place, 1, reader);
    COX_TRY(cox_stmt_run(place, reterr));
    COX_TRY(cox_db_prepare(call->db, COX_LIT("DELETE FROM \"outbox_sent\" WHERE \"reader\" = $1"),
        &sent, reterr));
    cox_stmt_bind_int(sent, 1, reader);
    return cox_stmt_run(sent, reterr);
}

enum cox_rc cox_outbox_ask(struct cox_call *call, int64_t reader, int64_t seq,
    struct cox_err *reterr)
{
    struct cox_outbox outbox;
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(must_write(call, reterr));
    COX_TRY(cox_outbox_get(call, reader, &outbox, reterr));
    if (outbox.again_seq != COX_NULL) {
        return cox_fail(reterr, COX_CONFLICT, "another delivery asked for is still to be sent");
    }
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"outbox\" SET \"again_seq\" = $1 WHERE \"reader\" = $2"), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, seq);
    cox_stmt_bind_int(stmt, 2, reader);
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_outbox_claim(struct cox_call *call, int64_t reader, struct cox_text holder,
    int64_t held_us, bool *ret_is_ours, struct cox_outbox *ret_outbox, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(must_write(call, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"outbox\" SET \"holder\" = $1, \"held_us\" = $2 WHERE \"reader\" = $3 AND "
                "(\"holder\" IS NULL OR \"holder\" = $4 OR \"held_us\" <= $5)"),
        &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, holder);
    cox_stmt_bind_int(stmt, 2, held_us);
    cox_stmt_bind_int(stmt, 3, reader);
    cox_stmt_bind_text(stmt, 4, holder);
    cox_stmt_bind_int(stmt, 5, call->now_us);
    COX_TRY(cox_stmt_run(stmt, reterr));
    *ret_is_ours = cox_stmt_changes(stmt) > 0;
    return cox_outbox_get(call, reader, ret_outbox, reterr);
}

enum cox_rc cox_outbox_release(struct cox_call *call, struct cox_text holder,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(must_write(call, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"outbox\" SET \"holder\" = NULL WHERE \"holder\" = $1"), &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, holder);
    return cox_stmt_run(stmt, reterr);
}

/* ---- deliveries ---- */

static enum cox_rc add_sent(struct cox_call *call, int64_t reader,
    const struct cox_outbox_sent *sent, struct cox_err *reterr)
{
    COX_AUTO_STMT add = NULL;
    COX_AUTO_STMT trim = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"outbox_sent\" (\"reader\", \"number\", \"seq\", \"at_us\", \"ms\", "
                "\"status\", \"error\") SELECT \"reader\", \"sent_count\", $1, $2, $3, $4, $5 FROM "
                "\"outbox\" WHERE \"reader\" = $6"),
        &add, reterr));
    cox_stmt_bind_int(add, 1, sent->seq);
    cox_stmt_bind_int(add, 2, sent->at_us);
    cox_stmt_bind_int(add, 3, sent->ms);
    cox_stmt_bind_int(add, 4, sent->status);
    if (sent->error.ptr == NULL) {
        cox_stmt_bind_null(add, 5);
    } else {
        cox_stmt_bind_text(add, 5, sent->error);
    }
    cox_stmt_bind_int(add, 6, reader);
    COX_TRY(cox_stmt_run(add, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("DELETE FROM \"outbox_sent\" WHERE \"reader\" = $1 AND \"number\" <= (SELECT "
                "\"sent_count\" FROM \"outbox\" WHERE \"reader\" = $2) - $3"),
        &trim, reterr));
    cox_stmt_bind_int(trim, 1, reader);
    cox_stmt_bind_int(trim, 2, reader);
    cox_stmt_bind_int(trim, 3, COX_OUTBOX_SENT_MAX);
    return cox_stmt_run(trim, reterr);
}

enum cox_rc cox_outbox_note(struct cox_call *call, const struct cox_outbox *outbox,
    const struct cox_outbox_sent *sent, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(must_write(call, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"outbox\" SET \"after_seq\" = $1, \"fail_count\" = $2, \"next_us\" = $3, "
                "\"again_seq\" = $4, \"sent_count\" = \"sent_count\" + $5 WHERE \"reader\" = $6"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, outbox->after_seq);
    cox_stmt_bind_int(stmt, 2, outbox->fail_count);
    cox_stmt_bind_int(stmt, 3, outbox->next_us);
    if (outbox->again_seq == COX_NULL) {
        cox_stmt_bind_null(stmt, 4);
    } else {
        cox_stmt_bind_int(stmt, 4, outbox->again_seq);
    }
    cox_stmt_bind_int(stmt, 5, sent == NULL ? 0 : 1);
    cox_stmt_bind_int(stmt, 6, outbox->reader);
    COX_TRY(cox_stmt_run(stmt, reterr));
    return sent == NULL ? COX_OK : add_sent(call, outbox->reader, sent, reterr);
}

enum cox_rc cox_outbox_list(struct cox_call *call, int64_t reader,
    const struct cox_outbox_sent **ret_rows, size_t *ret_count, struct cox_err *reterr)
{
    struct cox_outbox_sent *rows =
        COX_NEW_ARRAY(call->arena, COX_OUTBOX_SENT_MAX, struct cox_outbox_sent);
    COX_AUTO_STMT stmt = NULL;
    size_t count = 0;
    bool is_row;

    if (rows == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT \"number\", \"seq\", \"at_us\", \"ms\", \"status\", \"error\" FROM "
                "\"outbox_sent\" WHERE \"reader\" = $1 ORDER BY \"number\" DESC"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, reader);
    while (count < COX_OUTBOX_SENT_MAX) {
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            break;
        }
        rows[count] = (struct cox_outbox_sent){.number = cox_stmt_int(stmt, 0),
            .seq = cox_stmt_int(stmt, 1),
            .at_us = cox_stmt_int(stmt, 2),
            .ms = cox_stmt_int(stmt, 3),
            .status = cox_stmt_int(stmt, 4)};
        if (!cox_stmt_is_null(stmt, 5)) {
            rows[count].error = cox_arena_text(call->arena, cox_stmt_text(stmt, 5));
        }
        count++;
    }
    *ret_rows = rows;
    *ret_count = count;
    return COX_OK;
}
