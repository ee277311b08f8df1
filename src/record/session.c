/* record/session.c: sessions and reset links: 256 random bits each, kept as their digests. */
#include <sodium.h>
#include <string.h>

#include "record/digest.h"
#include "record/sign_in.h"

#define HOUR_US INT64_C(3600000000)
enum { ROWS_MAX = 100, BITS = 32, RESET_HOURS = 24, IDLE_HOURS = 14 * 24, WHOLE_HOURS = 90 * 24 };
_Static_assert((int)COX_SESSION_DIGEST_SIZE == (int)COX_DIGEST_SIZE, "one digest everywhere");

static void make_secret(struct cox_call *call, char ret_secret[COX_SESSION_SECRET_SIZE],
    unsigned char ret_digest[COX_DIGEST_SIZE])
{
    unsigned char bits[BITS];

    cox_store_random(call->store, bits, sizeof(bits));
    (void)sodium_bin2base64(ret_secret, COX_SESSION_SECRET_SIZE, bits, sizeof(bits),
        sodium_base64_VARIANT_URLSAFE_NO_PADDING); /* the room is fixed */
    cox_digest_secret(cox_text_of(ret_secret), ret_digest);
    sodium_memzero(bits, sizeof(bits));
}

/* ---- sessions ---- */

static enum cox_rc drop_old(struct cox_call *call, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("DELETE FROM \"session\" WHERE \"until_us\" <= $1 OR \"seen_us\" <= $2"), &stmt,
        reterr));
    cox_stmt_bind_int(stmt, 1, call->now_us);
    cox_stmt_bind_int(stmt, 2, call->now_us - IDLE_HOURS * HOUR_US);
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_session_add(struct cox_call *call, int64_t user, struct cox_text agent,
    char ret_secret[COX_SESSION_SECRET_SIZE], struct cox_err *reterr)
{
    unsigned char digest[COX_DIGEST_SIZE];
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(drop_old(call, reterr));
    make_secret(call, ret_secret, digest);
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"session\" (\"hash\", \"user_id\", \"created_us\", \"seen_us\", "
                "\"until_us\", \"agent\") VALUES ($1, $2, $3, $4, $5, $6)"),
        &stmt, reterr));
    cox_stmt_bind_bytes(stmt, 1, cox_digest_as_text(digest));
    cox_stmt_bind_int(stmt, 2, user);
    cox_stmt_bind_int(stmt, 3, call->now_us);
    cox_stmt_bind_int(stmt, 4, call->now_us);
    cox_stmt_bind_int(stmt, 5, call->now_us + WHOLE_HOURS * HOUR_US);
    cox_stmt_bind_text(stmt, 6, agent);
    call->commit.is_noted = true;
    return cox_stmt_run(stmt, reterr);
}

#define COLUMNS "\"hash\", \"user_id\", \"created_us\", \"seen_us\", \"until_us\", \"agent\""

static enum cox_rc read_row(struct cox_call *call, struct cox_stmt *stmt,
    struct cox_session_row *ret_row, struct cox_err *reterr)
{
    struct cox_text digest = cox_stmt_text(stmt, 0), agent = cox_stmt_text(stmt, 5);
    int64_t idle_us;

    if (digest.size != COX_DIGEST_SIZE) {
        return cox_fail(reterr, COX_CORRUPT, "a stored session is damaged");
    }
    *ret_row = (struct cox_session_row){.user_id = cox_stmt_int(stmt, 1),
        .created_us = cox_stmt_int(stmt, 2),
        .seen_us = cox_stmt_int(stmt, 3),
        .until_us = cox_stmt_int(stmt, 4),
        .agent = cox_arena_text(call->arena, agent)};
    memcpy(ret_row->digest, digest.ptr, COX_DIGEST_SIZE);
    (void)sodium_bin2hex(ret_row->handle, sizeof(ret_row->handle), ret_row->digest,
        (sizeof(ret_row->handle) - 1) / 2); /* the sizes are fixed */
    idle_us = ret_row->seen_us + IDLE_HOURS * HOUR_US;
    ret_row->until_us = ret_row->until_us < idle_us ? ret_row->until_us : idle_us;
    return agent.ptr != NULL && ret_row->agent.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_session_get(struct cox_call *call, struct cox_text secret,
    struct cox_session_row *ret_row, struct cox_err *reterr)
{
    unsigned char digest[COX_DIGEST_SIZE];
    COX_AUTO_STMT stmt = NULL;
    struct cox_session_row row;
    bool is_row;

    cox_digest_secret(secret, digest);
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT " COLUMNS " FROM \"session\" WHERE \"hash\" = $1"), &stmt, reterr));
    cox_stmt_bind_bytes(stmt, 1, cox_digest_as_text(digest));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (is_row) {
        COX_TRY(read_row(call, stmt, &row, reterr));
    }
    if (!is_row || row.until_us <= call->now_us) {
        return cox_fail(reterr, COX_SIGN_IN, "the session has ended");
    }
    *ret_row = row;
    return COX_OK;
}

enum cox_rc cox_session_touch(struct cox_call *call, const unsigned char *digest,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"session\" SET \"seen_us\" = $1 WHERE \"hash\" = $2 AND \"seen_us\" < $3"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, call->now_us);
    cox_stmt_bind_bytes(stmt, 2, cox_digest_as_text(digest));
    cox_stmt_bind_int(stmt, 3, call->now_us - HOUR_US);
    COX_TRY(cox_stmt_run(stmt, reterr));
    call->commit.is_noted = call->commit.is_noted || cox_stmt_changes(stmt) > 0;
    return COX_OK;
}

enum cox_rc cox_session_rows(struct cox_call *call, int64_t user,
    const struct cox_session_row **ret_rows, size_t *ret_count, struct cox_err *reterr)
{
    struct cox_session_row *rows = COX_NEW_ARRAY(call->arena, ROWS_MAX, struct cox_session_row);
    COX_AUTO_STMT stmt = NULL;
    size_t count = 0;
    bool is_row = true;

    if (rows == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT " COLUMNS " FROM \"session\" WHERE \"user_id\" = $1 AND \"until_us\" > $2 "
                "AND \"seen_us\" > $3 ORDER BY \"created_us\" DESC, \"hash\""),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, user);
    cox_stmt_bind_int(stmt, 2, call->now_us);
    cox_stmt_bind_int(stmt, 3, call->now_us - IDLE_HOURS * HOUR_US);
    while (count < ROWS_MAX) {
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            break;
        }
        COX_TRY(read_row(call, stmt, &rows[count++], reterr));
    }
    *ret_rows = rows;
    *ret_count = count;
    return COX_OK;
}

static enum cox_rc end_digest(struct cox_call *call, const unsigned char *digest,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db, COX_LIT("DELETE FROM \"session\" WHERE \"hash\" = $1"), &stmt,
        reterr));
    cox_stmt_bind_bytes(stmt, 1, cox_digest_as_text(digest));
    call->commit.is_noted = true;
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_session_end(struct cox_call *call, int64_t user, struct cox_text handle,
    struct cox_err *reterr)
{
    const struct cox_session_row *rows;
    size_t count;

    COX_TRY(cox_session_rows(call, user, &rows, &count, reterr));
    for (size_t i = 0; i < count; i++) {
        if (cox_text_same(cox_text_of(rows[i].handle), handle)) {
            return end_digest(call, rows[i].digest, reterr);
        }
    }
    return cox_fail(reterr, COX_MISSING, "there is no such session");
}

enum cox_rc cox_session_end_all(struct cox_call *call, int64_t user, const unsigned char *but,
    struct cox_err *reterr)
{
    static const unsigned char none[COX_DIGEST_SIZE];
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("DELETE FROM \"session\" WHERE \"user_id\" = $1 AND \"hash\" <> $2"), &stmt,
        reterr));
    cox_stmt_bind_int(stmt, 1, user);
    cox_stmt_bind_bytes(stmt, 2, cox_digest_as_text(but == NULL ? none : but));
    call->commit.is_noted = true;
    return cox_stmt_run(stmt, reterr);
}

/* ---- reset links ---- */

static enum cox_rc end_links(struct cox_call *call, int64_t user, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"reset_link\" SET \"used_us\" = $1 WHERE \"user_id\" = $2 AND "
                "\"used_us\" IS NULL"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, call->now_us);
    cox_stmt_bind_int(stmt, 2, user);
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_reset_drop(struct cox_call *call, int64_t user, struct cox_err *reterr)
{
    return end_links(call, user, reterr);
}

enum cox_rc cox_reset_add(struct cox_call *call, int64_t user, int64_t by,
    char ret_secret[COX_SESSION_SECRET_SIZE], int64_t *ret_until_us, struct cox_err *reterr)
{
    unsigned char digest[COX_DIGEST_SIZE];
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(end_links(call, user, reterr));
    COX_TRY(cox_session_end_all(call, user, NULL, reterr));
    make_secret(call, ret_secret, digest);
    *ret_until_us = call->now_us + RESET_HOURS * HOUR_US;
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"reset_link\" (\"hash\", \"user_id\", \"made_by\", \"created_us\", "
                "\"until_us\") VALUES ($1, $2, $3, $4, $5)"),
        &stmt, reterr));
    cox_stmt_bind_bytes(stmt, 1, cox_digest_as_text(digest));
    cox_stmt_bind_int(stmt, 2, user);
    cox_stmt_bind_int(stmt, 3, by);
    cox_stmt_bind_int(stmt, 4, call->now_us);
    cox_stmt_bind_int(stmt, 5, *ret_until_us);
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_reset_find(struct cox_call *call, struct cox_text secret, int64_t *ret_user,
    struct cox_err *reterr)
{
    unsigned char digest[COX_DIGEST_SIZE];
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    cox_digest_secret(secret, digest);
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "SELECT \"user_id\" FROM \"reset_link\" WHERE \"hash\" = $1 AND \"used_us\" IS NULL "
            "AND \"until_us\" > $2"),
        &stmt, reterr));
    cox_stmt_bind_bytes(stmt, 1, cox_digest_as_text(digest));
    cox_stmt_bind_int(stmt, 2, call->now_us);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row) {
        return cox_fail(reterr, COX_DENIED,
            "this link has been used or is too old: ask for a new one");
    }
    *ret_user = cox_stmt_int(stmt, 0);
    return COX_OK;
}

enum cox_rc cox_reset_take(struct cox_call *call, struct cox_text secret, int64_t *ret_user,
    struct cox_err *reterr)
{
    COX_TRY(cox_reset_find(call, secret, ret_user, reterr));
    return end_links(call, *ret_user, reterr);
}

enum cox_rc cox_reset_last(struct cox_call *call, int64_t user, int64_t *ret_us, int64_t *ret_by,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    *ret_us = COX_NULL;
    *ret_by = 0;
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT \"created_us\", \"made_by\" FROM \"reset_link\" WHERE \"user_id\" = $1 "
                "ORDER BY \"created_us\" DESC LIMIT 1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, user);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (is_row) {
        *ret_us = cox_stmt_int(stmt, 0);
        *ret_by = cox_stmt_int(stmt, 1);
    }
    return COX_OK;
}
