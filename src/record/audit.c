/* record/audit.c: the chain computed again from the stored versions, and versions held to the log. */
#include "record/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "record/digest.h"
#include "record/inspect.h"
#include "record/sql.h"
#include "record/store.h"
#include "record/version.h"

enum { LOG_PAGE = 500, VERSION_PAGE = 1000 };

struct audit {
    struct cox_call *call;
    struct cox_audit_report *report;
    void (*progress)(void *ctx, int64_t done, int64_t all);
    void *ctx;
    struct cox_head_state head;
    int64_t seq; /* last commit verified */
    unsigned char chain[COX_DIGEST_SIZE];
};

static void fault(struct audit *audit, const char *text, ...) COX_PRINTF(2, 3);

static void fault(struct audit *audit, const char *text, ...)
{
    va_list args;

    if (audit->report->fault_count++ > 0) {
        return; /* the first one is told; the others are counted */
    }
    va_start(args, text);
    (void)vsnprintf(audit->report->fault, sizeof(audit->report->fault), text,
        args); /* cut is fine */
    va_end(args);
}

/* ---- one entry of the log ---- */

/* Personal values against the hash that stands for them in the chain. */
static void check_personal(struct audit *audit, const struct cox_stored *stored)
{
    const struct cox_row *row = &stored->row;
    unsigned char hash[COX_DIGEST_SIZE];

    if (stored->psalt.size == COX_SALT_SIZE) {
        cox_digest_personal(row, (const unsigned char *)stored->psalt.ptr, hash);
        if (stored->phash.size != COX_DIGEST_SIZE ||
            memcmp(hash, stored->phash.ptr, sizeof(hash)) != 0) {
            fault(audit, "%s %lld: personal fields were changed outside the log",
                row->table->entity->name, (long long)row->id);
        }
        return;
    }
    for (uint32_t i = 0; i < row->table->field_count; i++) {
        if ((row->table->fields[i]->flags & COX_PERSONAL) != 0 &&
            row->values[i].kind != COX_VALUE_NULL) {
            fault(audit, "%s %lld: erased, yet %s has a value", row->table->entity->name,
                (long long)row->id, row->table->fields[i]->name);
        }
    }
}

static void add_version(struct audit *audit, struct cox_digest *digest,
    const struct cox_stored *stored, bool has_personal)
{
    unsigned char bytes[COX_DIGEST_SIZE];
    const unsigned char *phash = NULL;

    if (has_personal) {
        check_personal(audit, stored);
        phash =
            stored->phash.size == COX_DIGEST_SIZE ? (const unsigned char *)stored->phash.ptr : NULL;
    }
    cox_digest_version(&stored->row, phash, bytes);
    cox_digest_bytes(digest, bytes, sizeof(bytes));
    audit->report->version_count++;
}

/* Digest of an entry from the versions this commit made and that still stand. */
static enum cox_rc entry_digest(struct audit *audit, struct cox_entry *entry, int64_t seq,
    struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_number(audit->call->registry, entry->entity);
    struct cox_stored **made;
    struct cox_digest digest;
    size_t count;

    cox_digest_entry_begin(&digest, entry->entity, entry->id, entry->op);
    if (table == NULL) {
        fault(audit, "commit %lld names an unknown entity %u", (long long)seq, entry->entity);
        cox_digest_done(&digest, entry->digest);
        return COX_OK;
    }
    COX_TRY(cox_version_made(audit->call, table, entry->id, seq, &made, &count, reterr));
    for (size_t i = 0; i < count; i++) {
        add_version(audit, &digest, made[i],
            ((const struct cox_table_inside *)(const void *)table)->has_personal);
    }
    cox_digest_done(&digest, entry->digest);
    return COX_OK;
}

static enum cox_rc add_entries(struct audit *audit, struct cox_digest *link, int64_t seq,
    struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(audit->call->arena);
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(audit->call->db,
        COX_LIT("SELECT \"entity\", \"id\", \"op\" FROM \"log_row\" WHERE \"seq\" = $1 "
                "ORDER BY \"entity\", \"id\""),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, seq);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        struct cox_entry entry = {
            .entity = (uint16_t)cox_stmt_int(stmt, 0),
            .id = cox_stmt_int(stmt, 1),
            .op = (char)cox_stmt_int(stmt, 2),
        };
        COX_TRY(entry_digest(audit, &entry, seq, reterr));
        cox_digest_link_entry(link, &entry);
        cox_arena_rewind(audit->call->arena, mark);
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

/* ---- the chain ---- */

static enum cox_rc check_link(struct audit *audit, const struct cox_log_line *line,
    struct cox_text stored, struct cox_err *reterr)
{
    struct cox_digest link;
    unsigned char digest[COX_DIGEST_SIZE];

    if (line->seq != audit->seq + 1) {
        fault(audit, "commit %lld is missing", (long long)audit->seq + 1);
    }
    cox_digest_link_begin(&link, audit->chain, line);
    COX_TRY(add_entries(audit, &link, line->seq, reterr));
    cox_digest_done(&link, digest);
    if (stored.size != sizeof(digest) || memcmp(stored.ptr, digest, sizeof(digest)) != 0) {
        fault(audit, "commit %lld, or a record it saved, was changed outside the log",
            (long long)line->seq);
    }
    memcpy(audit->chain, stored.size == sizeof(digest) ? stored.ptr : (const char *)digest,
        sizeof(digest));
    audit->seq = line->seq;
    audit->report->commit_count++;
    return COX_OK;
}

static enum cox_rc check_log_page(struct audit *audit, int *ret_count, struct cox_err *reterr)
{
    struct cox_arena *arena = audit->call->arena;
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(audit->call->db,
        COX_LIT(
            "SELECT \"seq\", \"at_us\", \"actor\", \"cause\", \"batch\", \"request\", \"note\", "
            "\"digest\" FROM \"log\" WHERE \"seq\" > $1 ORDER BY \"seq\" LIMIT $2"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, audit->seq);
    cox_stmt_bind_int(stmt, 2, LOG_PAGE);
    *ret_count = 0;
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        struct cox_mark mark = cox_arena_mark(arena);
        const struct cox_log_line line = {
            .seq = cox_stmt_int(stmt, 0),
            .at_us = cox_stmt_int(stmt, 1),
            .actor = cox_stmt_int(stmt, 2),
            .cause = cox_stmt_int(stmt, 3),
            .batch = cox_stmt_is_null(stmt, 4) ? 0 : cox_stmt_int(stmt, 4),
            .request = cox_arena_text(arena, cox_stmt_text(stmt, 5)),
            .note = cox_arena_text(arena, cox_stmt_text(stmt, 6)),
        };
        COX_TRY(check_link(audit, &line, cox_arena_text(arena, cox_stmt_text(stmt, 7)), reterr));
        cox_arena_rewind(arena, mark);
        (*ret_count)++;
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

static enum cox_rc check_chain(struct audit *audit, struct cox_err *reterr)
{
    int count;

    do {
        COX_TRY(check_log_page(audit, &count, reterr));
        if (audit->progress != NULL) {
            audit->progress(audit->ctx, audit->seq, audit->head.seq);
        }
    } while (count == LOG_PAGE);
    if (audit->seq != audit->head.seq ||
        memcmp(audit->chain, audit->head.digest, sizeof(audit->chain)) != 0) {
        fault(audit, "the head of the log is not its last commit");
    }
    return COX_OK;
}

/* ---- versions held to the log ---- */

static enum cox_rc has_log_row(struct audit *audit, int64_t seq, uint16_t entity, int64_t id,
    bool *ret_has, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(audit->call->db,
        COX_LIT("SELECT 1 FROM \"log_row\" WHERE \"seq\" = $1 AND \"entity\" = $2 AND \"id\" = $3"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, seq);
    cox_stmt_bind_int(stmt, 2, entity);
    cox_stmt_bind_int(stmt, 3, id);
    return cox_stmt_step(stmt, ret_has, reterr);
}

/* Was the record deleted by a commit of this instant? */
static enum cox_rc ended_at(struct audit *audit, uint16_t entity, int64_t id, int64_t at_us,
    bool *ret_ended, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(audit->call->db,
        COX_LIT(
            "SELECT 1 FROM \"log\" l JOIN \"log_row\" r ON r.\"seq\" = l.\"seq\" WHERE l.\"at_us\" = $1 "
            "AND r.\"entity\" = $2 AND r.\"id\" = $3"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, at_us);
    cox_stmt_bind_int(stmt, 2, entity);
    cox_stmt_bind_int(stmt, 3, id);
    return cox_stmt_step(stmt, ret_ended, reterr);
}

/* The version known to follow past[at]; NULL: none. */
static const struct cox_row *follower(const struct cox_stored *past, size_t count, size_t at,
    const struct cox_row *current)
{
    for (size_t i = at + 1; i < count; i++) {
        if (past[i].row.seq_to == COX_FOREVER) {
            return &past[i].row;
        }
    }
    return current;
}

/* A version ends where the next begins, or where the log says that the record went. */
static enum cox_rc is_end_right(struct audit *audit, const struct cox_row *row,
    const struct cox_row *next, bool *ret_is_right, struct cox_err *reterr)
{
    *ret_is_right =
        next != NULL ? row->to_us == next->from_us : row->imported; /* deleted over there */
    if (*ret_is_right || (next != NULL && row->to_us > next->from_us)) {
        return COX_OK;
    }
    return ended_at(audit, row->table->entity->number, row->id, row->to_us, ret_is_right, reterr);
}

static enum cox_rc check_past(struct audit *audit, const struct cox_row *row,
    const struct cox_row *next, bool *ret_is_right, struct cox_err *reterr)
{
    uint16_t entity = row->table->entity->number;

    COX_TRY(has_log_row(audit, row->rev, entity, row->id, ret_is_right, reterr));
    if (!*ret_is_right) {
        return COX_OK;
    }
    if (row->seq_to != COX_FOREVER) { /* taken back: by a commit that touched the record */
        return has_log_row(audit, row->seq_to, entity, row->id, ret_is_right, reterr);
    }
    return is_end_right(audit, row, next, ret_is_right, reterr);
}

static enum cox_rc check_intervals(struct audit *audit, const struct cox_table *table, int64_t id,
    struct cox_err *reterr)
{
    struct cox_stored *past = NULL, current = {0};
    size_t count = 0;
    bool is_there = false, is_right = true;

    COX_TRY(cox_version_past(audit->call, table, id, &past, &count, reterr));
    COX_TRY(cox_save_stored(audit->call, table, id, &current, &is_there, reterr));
    for (size_t i = 0; i < count && is_right; i++) {
        COX_TRY(check_past(audit, &past[i].row,
            follower(past, count, i, is_there ? &current.row : NULL), &is_right, reterr));
    }
    if (is_right && is_there) {
        COX_TRY(has_log_row(audit, current.row.rev, table->entity->number, id, &is_right, reterr));
    }
    if (!is_right) {
        fault(audit, "%s %lld: its versions do not fit the log", table->entity->name,
            (long long)id);
    }
    return COX_OK;
}

/* Next ids after last_id that stand in either table, in order. */
static enum cox_rc next_ids(struct audit *audit, const struct cox_table *table, int64_t last_id,
    int64_t *ret_ids, size_t *ret_count, struct cox_err *reterr)
{
    const char *name = table->entity->name;
    char *sql = cox_arena_format(audit->call->arena,
        "SELECT \"id\" FROM (SELECT \"id\" FROM \"%s\" WHERE \"id\" > $1 ORDER BY \"id\" LIMIT $2) a UNION "
        "SELECT \"id\" FROM (SELECT DISTINCT \"id\" FROM \"%s_past\" WHERE \"id\" > $1 ORDER BY \"id\" "
        "LIMIT $2) b ORDER BY 1 LIMIT $2",
        name, name);
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    if (sql == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_db_prepare(audit->call->db, cox_text_of(sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, last_id);
    cox_stmt_bind_int(stmt, 2, VERSION_PAGE);
    *ret_count = 0;
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row && *ret_count < VERSION_PAGE) {
        ret_ids[(*ret_count)++] = cox_stmt_int(stmt, 0);
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

static enum cox_rc check_table(struct audit *audit, const struct cox_table *table,
    struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(audit->call->arena);
    int64_t last_id = 0;
    size_t count = 0;

    do {
        int64_t *ids = COX_NEW_ARRAY(audit->call->arena, VERSION_PAGE, int64_t);
        if (ids == NULL) {
            return cox_no_memory(reterr);
        }
        COX_TRY(next_ids(audit, table, last_id, ids, &count, reterr));
        for (size_t i = 0; i < count; i++) {
            struct cox_mark inner = cox_arena_mark(audit->call->arena);
            COX_TRY(check_intervals(audit, table, ids[i], reterr));
            last_id = ids[i];
            cox_arena_rewind(audit->call->arena, inner);
        }
        cox_arena_rewind(audit->call->arena, mark);
    } while (count == VERSION_PAGE);
    return COX_OK;
}

/* ---- what is derived from values and stands beside them ---- */

/* Lists, filters and search read the folded texts: each must be that of the value it stands for. */
static enum cox_rc check_fold(struct audit *audit, const struct cox_table *table,
    const char *suffix, const char *field, struct cox_err *reterr)
{
    struct cox_arena *arena = audit->call->arena;
    char *sql = cox_arena_format(arena, "SELECT \"id\", \"%s\", \"%s_fold\" FROM \"%s%s\"", field,
        field, table->entity->name, suffix);
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    if (sql == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_db_prepare(audit->call->db, cox_text_of(sql), &stmt, reterr));
    for (;;) {
        struct cox_mark mark = cox_arena_mark(arena);

        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            return COX_OK;
        }
        if (!cox_text_same(cox_text_fold(arena, cox_stmt_text(stmt, 1)), cox_stmt_text(stmt, 2))) {
            fault(audit, "%s %lld: what lists and search read of %s is not its value",
                table->entity->name, (long long)cox_stmt_int(stmt, 0), field);
        }
        cox_arena_rewind(arena, mark);
    }
}

static enum cox_rc check_folds(struct audit *audit, const struct cox_table *table,
    struct cox_err *reterr)
{
    for (uint32_t i = 0; i < table->entity->field_count; i++) {
        if (cox_field_has_fold(table->entity, i)) {
            COX_TRY(check_fold(audit, table, "", table->fields[i]->name, reterr));
            COX_TRY(check_fold(audit, table, "_past", table->fields[i]->name, reterr));
        }
    }
    return COX_OK;
}

/* An index that contradicts its table shows one value here and another there. */
static enum cox_rc check_file(struct audit *audit, struct cox_err *reterr)
{
    struct cox_inspect_report inspected = {0};

    COX_TRY(cox_inspect_file(audit->call, &inspected, reterr));
    if (inspected.fault_count > 0) {
        fault(audit, "%s", inspected.fault);
    }
    return COX_OK;
}

static enum cox_rc verify_call(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct audit *audit = ctx;

    audit->call = call;
    COX_TRY(cox_head_read(call->db, &audit->head, reterr));
    COX_TRY(check_chain(audit, reterr));
    for (size_t i = 0; i < call->registry->table_count; i++) {
        COX_TRY(check_table(audit, &call->registry->tables[i]->table, reterr));
        COX_TRY(check_folds(audit, &call->registry->tables[i]->table, reterr));
    }
    return check_file(audit, reterr);
}

enum cox_rc cox_audit_verify(struct cox_store *store,
    void (*progress)(void *ctx, int64_t done, int64_t all), void *ctx,
    struct cox_audit_report *ret_report, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)}};
    struct audit audit = {.report = ret_report, .progress = progress, .ctx = ctx};

    memset(ret_report, 0, sizeof(*ret_report));
    return cox_store_read(store, &opt, verify_call, &audit, reterr);
}

static enum cox_rc head_call(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_audit_head *ret_head = ctx;
    struct cox_head_state head;

    COX_TRY(cox_head_read(call->db, &head, reterr));
    ret_head->seq = head.seq;
    ret_head->at_us = head.at_us;
    (void)sodium_bin2hex(ret_head->digest, sizeof(ret_head->digest), head.digest,
        sizeof(head.digest));
    return COX_OK;
}

enum cox_rc cox_audit_head(struct cox_store *store, struct cox_audit_head *ret_head,
    struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)}};

    return cox_store_read(store, &opt, head_call, ret_head, reterr);
}
