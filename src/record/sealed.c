/* record/sealed.c: pieces said in confidence, under digests. */
#include "record/sealed.h"

#include "record/digest.h"

static enum cox_rc must_write(const struct cox_call *call, struct cox_err *reterr)
{
    return call->write != NULL ? COX_OK : cox_fail(reterr, COX_INTERNAL, "a read cannot save");
}

static void digest_of(const struct cox_call *call, int64_t record,
    unsigned char ret_digest[COX_DIGEST_SIZE])
{
    struct cox_digest digest;

    cox_digest_init(&digest);
    cox_digest_text(&digest, COX_LIT("sealed"));
    cox_digest_bytes(&digest, cox_store_key(call->store), 32);
    cox_digest_int(&digest, record);
    cox_digest_done(&digest, ret_digest);
}

enum cox_rc cox_sealed_put(struct cox_call *call, int64_t space, int64_t record,
    struct cox_text body, struct cox_err *reterr)
{
    unsigned char digest[COX_DIGEST_SIZE];
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(must_write(call, reterr));
    if (body.size > COX_SEALED_SIZE_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "that is more than can be kept in confidence");
    }
    digest_of(call, record, digest);
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"sealed\" (\"space\", \"token\", \"body\") VALUES ($1, $2, $3) "
                "ON CONFLICT (\"space\", \"token\") DO UPDATE SET \"body\" = excluded.\"body\""),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, space);
    cox_stmt_bind_bytes(stmt, 2, cox_digest_as_text(digest));
    cox_stmt_bind_bytes(stmt, 3, body);
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_sealed_drop(struct cox_call *call, int64_t space, int64_t record,
    struct cox_err *reterr)
{
    unsigned char digest[COX_DIGEST_SIZE];
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(must_write(call, reterr));
    digest_of(call, record, digest);
    COX_TRY(cox_db_prepare(call->db,
        record == 0 ? COX_LIT("DELETE FROM \"sealed\" WHERE \"space\" = $1")
                    : COX_LIT("DELETE FROM \"sealed\" WHERE \"space\" = $1 AND \"token\" = $2"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, space);
    if (record != 0) {
        cox_stmt_bind_bytes(stmt, 2, cox_digest_as_text(digest));
    }
    return cox_stmt_run(stmt, reterr);
}

static enum cox_rc keep(struct cox_call *call, struct cox_text body, struct cox_text *ret_body,
    struct cox_err *reterr)
{
    *ret_body = cox_arena_text(call->arena, body);
    return ret_body->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_sealed_find(struct cox_call *call, int64_t space, int64_t record,
    struct cox_text *ret_body, struct cox_err *reterr)
{
    unsigned char digest[COX_DIGEST_SIZE];
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    digest_of(call, record, digest);
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT \"body\" FROM \"sealed\" WHERE \"space\" = $1 AND \"token\" = $2"), &stmt,
        reterr));
    cox_stmt_bind_int(stmt, 1, space);
    cox_stmt_bind_bytes(stmt, 2, cox_digest_as_text(digest));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_body = (struct cox_text){0};
    return is_row ? keep(call, cox_stmt_text(stmt, 0), ret_body, reterr) : COX_OK;
}

enum cox_rc cox_sealed_list(struct cox_call *call, int64_t space,
    const struct cox_text **ret_bodies, size_t *ret_count, struct cox_err *reterr)
{
    struct cox_text *bodies = NULL;
    COX_AUTO_STMT stmt = NULL;
    size_t count = 0, room = 0;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT \"body\" FROM \"sealed\" WHERE \"space\" = $1 ORDER BY \"token\""), &stmt,
        reterr));
    cox_stmt_bind_int(stmt, 1, space);
    for (;;) {
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            break;
        }
        if (count == room) {
            struct cox_text *more = COX_NEW_ARRAY(call->arena, room * 2 + 16, struct cox_text);

            if (more == NULL) {
                return cox_no_memory(reterr);
            }
            if (count > 0) {
                memcpy(more, bodies, count * sizeof(*more));
            }
            bodies = more;
            room = room * 2 + 16;
        }
        COX_TRY(keep(call, cox_stmt_text(stmt, 0), &bodies[count], reterr));
        count++;
    }
    *ret_bodies = bodies;
    *ret_count = count;
    return COX_OK;
}

enum cox_rc cox_sealed_forget(struct cox_call *call, int64_t record, struct cox_err *reterr)
{
    unsigned char digest[COX_DIGEST_SIZE];
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(must_write(call, reterr));
    digest_of(call, record, digest);
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("DELETE FROM \"sealed\" WHERE \"space\" = $1 OR \"token\" = $2"), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, record);
    cox_stmt_bind_bytes(stmt, 2, cox_digest_as_text(digest));
    return cox_stmt_run(stmt, reterr);
}
