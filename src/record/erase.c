/* record/erase.c: personal values out of every version, their traces out of the files. */
#include "record/erase.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "record/find.h"
#include "record/save.h"
#include "record/sealed.h"
#include "record/sql.h"
#include "record/store.h"

enum { DEPTH_MAX = 4, ID_PAGE = 500, CHECKPOINT_TRIES = 50, CHECKPOINT_WAIT_MS = 100 };

/* A setting in which the seq of the last erasure waits for its purge. */
#define PENDING "erase.pending"

static bool has_personal(const struct cox_table *table)
{
    return ((const struct cox_table_inside *)(const void *)table)->has_personal;
}

static bool has_search(const struct cox_table *table)
{
    return ((const struct cox_table_inside *)(const void *)table)->has_search;
}

static bool is_personal(const struct cox_table *table, uint32_t at)
{
    return (table->fields[at]->flags & COX_PERSONAL) != 0;
}

/* ---- one record ---- */

/* Personal columns, their folded twins and the salt to null. */
static void add_nulling(struct cox_sql *sql, const struct cox_table *table)
{
    cox_sql_lit(sql, " SET \"psalt\" = NULL");
    for (uint32_t i = 0; i < table->field_count; i++) {
        if (!is_personal(table, i)) {
            continue;
        }
        cox_sql_lit(sql, ", ");
        cox_sql_column(sql, table->fields[i]);
        cox_sql_lit(sql, " = NULL");
        if (cox_field_has_fold(table->entity, i)) {
            cox_sql_lit(sql, ", ");
            cox_sql_fold_column(sql, table->fields[i]);
            cox_sql_lit(sql, " = NULL");
        }
    }
}

static enum cox_rc null_versions(struct cox_call *call, const struct cox_table *table, int64_t id,
    bool is_past, int64_t *ret_count, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;

    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "UPDATE ");
    if (is_past) {
        cox_sql_name_with(&sql, table->entity->name, "_past");
    } else {
        cox_sql_name(&sql, table->entity->name);
    }
    add_nulling(&sql, table);
    cox_sql_lit(&sql, " WHERE \"id\" = ");
    cox_sql_int(&sql, id);
    COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
    COX_TRY(cox_stmt_run(stmt, reterr));
    *ret_count = cox_stmt_changes(stmt);
    return COX_OK;
}

/* The index holds the current row's words only. */
static enum cox_rc null_words(struct cox_call *call, const struct cox_row *before,
    struct cox_err *reterr)
{
    struct cox_row after = *before;

    after.values = COX_NEW_ARRAY(call->arena, before->table->field_count, struct cox_value);
    if (after.values == NULL) {
        return cox_no_memory(reterr);
    }
    for (uint32_t i = 0; i < before->table->field_count; i++) {
        after.values[i] = is_personal(before->table, i) ? cox_null() : before->values[i];
    }
    return cox_save_words(call, before, &after, reterr);
}

static enum cox_rc note_erased(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr)
{
    COX_AUTO_STMT list = NULL;
    COX_AUTO_STMT forget = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"erased\" (\"entity\", \"id\", \"seq\") VALUES ($1, $2, $3)"
                " ON CONFLICT (\"entity\", \"id\") DO NOTHING"),
        &list, reterr));
    cox_stmt_bind_int(list, 1, table->entity->number);
    cox_stmt_bind_int(list, 2, id);
    cox_stmt_bind_int(list, 3, call->commit.seq);
    COX_TRY(cox_stmt_run(list, reterr));
    /* In files of no vendor the external id may be a name or an address. */
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("DELETE FROM \"external_id\" WHERE \"entity\" = $1 AND \"id\" = $2"), &forget,
        reterr));
    cox_stmt_bind_int(forget, 1, table->entity->number);
    cox_stmt_bind_int(forget, 2, id);
    COX_TRY(cox_stmt_run(forget, reterr));
    COX_TRY(cox_sealed_forget(call, id, reterr));
    return cox_save_note(call, table, id, 'e', NULL, reterr);
}

static enum cox_rc erase_record(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_erase_report *report, bool *ret_is_there, struct cox_err *reterr)
{
    struct cox_stored stored;
    int64_t current = 0, past = 0;
    bool is_current;

    COX_TRY(cox_save_stored(call, table, id, &stored, &is_current, reterr));
    if (is_current) {
        COX_TRY(null_words(call, &stored.row, reterr));
        COX_TRY(null_versions(call, table, id, false, &current, reterr));
    }
    COX_TRY(null_versions(call, table, id, true, &past, reterr));
    *ret_is_there = current + past > 0;
    if (!*ret_is_there) {
        return COX_OK;
    }
    report->record_count++;
    report->version_count += current + past;
    return note_erased(call, table, id, reterr);
}

/* ---- what goes with it ---- */

/* Up to ID_PAGE ids above after_id of records, now or ever, whose field leads to id. */
static enum cox_rc referring(struct cox_call *call, const struct cox_table *table, uint32_t at,
    const int64_t id_and_after[2], int64_t *ret_ids, size_t *ret_count, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    bool is_row;

    cox_sql_init(&sql, call->arena);
    for (int part = 0; part < 2; part++) {
        cox_sql_lit(&sql, "SELECT \"id\" FROM ");
        if (part == 0) {
            cox_sql_name(&sql, table->entity->name);
        } else {
            cox_sql_name_with(&sql, table->entity->name, "_past");
        }
        cox_sql_lit(&sql, " WHERE ");
        cox_sql_column(&sql, table->fields[at]);
        cox_sql_lit(&sql, " = ");
        cox_sql_int(&sql, id_and_after[0]);
        cox_sql_lit(&sql, " AND \"id\" > ");
        cox_sql_int(&sql, id_and_after[1]);
        if (part == 0) {
            cox_sql_lit(&sql, " UNION ");
        }
    }
    cox_sql_lit(&sql, " ORDER BY 1 LIMIT ");
    cox_sql_int(&sql, ID_PAGE);
    COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
    *ret_count = 0;
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row && *ret_count < ID_PAGE) {
        ret_ids[(*ret_count)++] = cox_stmt_int(stmt, 0);
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

static enum cox_rc erase_with(struct cox_call *call, const struct cox_table *table, int64_t id,
    int depth, struct cox_erase_report *report, struct cox_err *reterr);

static enum cox_rc erase_referring(struct cox_call *call, const struct cox_table *table,
    uint32_t at, int64_t id, int depth, struct cox_erase_report *report, struct cox_err *reterr)
{
    int64_t *ids = COX_NEW_ARRAY(call->arena, ID_PAGE, int64_t);
    int64_t id_and_after[2] = {id, 0};
    size_t count;

    if (ids == NULL) {
        return cox_no_memory(reterr);
    }
    do {
        COX_TRY(referring(call, table, at, id_and_after, ids, &count, reterr));
        for (size_t i = 0; i < count; i++) {
            COX_TRY(erase_with(call, table, ids[i], depth + 1, report, reterr));
            id_and_after[1] = ids[i];
        }
    } while (count == ID_PAGE);
    return COX_OK;
}

/* A record, if it holds anything personal, and what would be deleted with it. */
static enum cox_rc erase_with(struct cox_call *call, const struct cox_table *table, int64_t id,
    int depth, struct cox_erase_report *report, struct cox_err *reterr)
{
    bool is_there = true;

    if (has_personal(table)) {
        COX_TRY(erase_record(call, table, id, report, &is_there, reterr));
    }
    if (!is_there) {
        return COX_OK;
    }
    if (depth >= DEPTH_MAX) {
        return cox_fail(reterr, COX_UNSUPPORTED, "records hang on each other more than %d deep",
            DEPTH_MAX);
    }
    for (size_t i = 0; i < call->registry->table_count; i++) {
        const struct cox_table *other = &call->registry->tables[i]->table;
        for (uint32_t at = 0; at < other->field_count; at++) {
            const struct cox_field *field = other->fields[at];
            if (field->type == COX_REF && field->ref == table->entity &&
                field->on_delete == COX_CASCADE && other != table) {
                COX_TRY(erase_referring(call, other, at, id, depth, report, reterr));
            }
        }
    }
    return COX_OK;
}

/* ---- the call ---- */

static enum cox_rc put_pending(struct cox_call *call, struct cox_err *reterr)
{
    char seq[24];

    (void)snprintf(seq, sizeof(seq), "%lld", (long long)call->commit.seq);
    return cox_setting_put(call, PENDING, cox_text_of(seq), reterr);
}

static enum cox_rc may_erase(const struct cox_call *call, struct cox_err *reterr)
{
    const unsigned allowed = COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR);

    if (call->write == NULL) {
        return cox_fail(reterr, COX_INTERNAL, "a read cannot erase");
    }
    if (call->write->cause != COX_CAUSE_ERASE && call->write->cause != COX_CAUSE_RESTORE) {
        return cox_fail(reterr, COX_INTERNAL, "erasure needs a commit that says so");
    }
    return (call->actor.roles & allowed) != 0
               ? COX_OK
               : cox_fail(reterr, COX_DENIED, "only an administrator may erase a person");
}

enum cox_rc cox_erase(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    struct cox_erase_report *ret_report, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(call->registry, entity);
    struct cox_erase_report report = {0};

    COX_TRY(may_erase(call, reterr));
    if (!has_personal(table)) {
        return cox_fail(reterr, COX_INVALID, "%s holds nothing about a person",
            entity->label_plural);
    }
    COX_TRY(erase_with(call, table, id, 0, &report, reterr));
    if (report.record_count == 0) {
        return cox_fail(reterr, COX_MISSING, "there is no such %s", entity->label);
    }
    COX_TRY(put_pending(call, reterr));
    *ret_report = report;
    return COX_OK;
}

enum cox_rc cox_erase_alone(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    struct cox_erase_report *report, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(call->registry, entity);
    bool is_there;

    COX_TRY(may_erase(call, reterr));
    COX_TRY(erase_record(call, table, id, report, &is_there, reterr));
    return is_there ? put_pending(call, reterr) : COX_OK;
}

/* What is kept gets a new one when it is saved: under the old one erased values could be guessed. */
static enum cox_rc drop_salt(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;

    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "UPDATE ");
    cox_sql_name(&sql, table->entity->name);
    cox_sql_lit(&sql, " SET \"psalt\" = NULL WHERE \"id\" = ");
    cox_sql_int(&sql, id);
    COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_erase_fields(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const uint32_t *fields, size_t count, struct cox_erase_report *report, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(call->registry, entity);
    struct cox_change *changes = COX_NEW_ARRAY(call->arena, count + 1, struct cox_change);
    struct cox_stored stored;
    size_t change_count = 0;
    int64_t past = 0;
    bool is_there;

    COX_TRY(may_erase(call, reterr));
    COX_TRY(cox_save_stored(call, table, id, &stored, &is_there, reterr));
    if (changes == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; is_there && i < count; i++) {
        if (stored.row.values[fields[i]].kind != COX_VALUE_NULL) {
            changes[change_count++] = (struct cox_change){fields[i], cox_null()};
        }
    }
    if (change_count > 0) {
        COX_TRY(drop_salt(call, table, id, reterr));
        COX_TRY(cox_save_change(call, table, id, 0, changes, change_count,
            COX_SAVE_NO_RIGHTS | COX_SAVE_NO_CHECK, &is_there, reterr));
    }
    COX_TRY(null_versions(call, table, id, true, &past, reterr));
    report->record_count++;
    report->version_count += past;
    return put_pending(call, reterr);
}

enum cox_rc cox_is_erased(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    bool *ret_is_erased, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT 1 FROM \"erased\" WHERE \"entity\" = $1 AND \"id\" = $2"), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, entity->number);
    cox_stmt_bind_int(stmt, 2, id);
    return cox_stmt_step(stmt, ret_is_erased, reterr);
}

/* ---- purging ---- */

static enum cox_rc read_pending(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    char *seq = ctx;
    struct cox_text value;

    COX_TRY(cox_setting_get(call, PENDING, &value, reterr));
    (void)snprintf(seq, 24, "%.*s", (int)value.size, value.size == 0 ? "" : value.ptr);
    return COX_OK;
}

static enum cox_rc pending_seq(struct cox_store *store, char ret_seq[24], struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)}};

    return cox_store_read(store, &opt, read_pending, ret_seq, reterr);
}

enum cox_rc cox_erase_is_pending(struct cox_store *store, bool *ret_is_pending,
    struct cox_err *reterr)
{
    char seq[24];

    COX_TRY(pending_seq(store, seq, reterr));
    *ret_is_pending = seq[0] != '\0';
    return COX_OK;
}

/* Everything in the write-ahead log back into the file, and the log cut to nothing. */
static enum cox_rc checkpoint(struct cox_db *db, struct cox_err *reterr)
{
    static const struct timespec wait = {.tv_nsec = CHECKPOINT_WAIT_MS * 1000000L};

    for (int i = 0; i < CHECKPOINT_TRIES; i++) {
        COX_AUTO_STMT stmt = NULL;
        bool is_row;
        COX_TRY(cox_db_prepare(db, COX_LIT("PRAGMA wal_checkpoint(TRUNCATE)"), &stmt, reterr));
        enum cox_rc rc = cox_stmt_step(stmt, &is_row, reterr);
        if (rc == COX_OK && is_row && cox_stmt_int(stmt, 0) == 0) {
            return COX_OK;
        }
        if (rc != COX_OK && rc != COX_BUSY) {
            return rc;
        }
        (void)nanosleep(&wait, NULL); /* woken early: tries early */
    }
    return cox_fail(reterr, COX_BUSY,
        "the erasure is not complete: a long read still needs old pages; it is tried again");
}

static enum cox_rc purge_sqlite(struct cox_db *db, const struct cox_registry *registry,
    struct cox_err *reterr)
{
    bool has_samples;

    for (size_t i = 0; i < registry->table_count; i++) {
        const struct cox_table *table = &registry->tables[i]->table;
        if (has_personal(table) && has_search(table)) {
            COX_TRY(cox_find_optimise(db, table->entity->name, reterr));
        }
    }
    /* The planner's samples are values of indexed columns. */
    COX_TRY(cox_db_has(db, "table", "sqlite_stat4", &has_samples, reterr));
    if (has_samples) {
        COX_TRY(cox_db_exec(db, "ANALYZE", reterr));
    }
    return checkpoint(db, reterr);
}

static enum cox_rc purge_postgres(struct cox_db *db, const struct cox_registry *registry,
    struct cox_err *reterr)
{
    static const char *const suffixes[] = {"", "_past"};
    char sql[200];

    for (size_t i = 0; i < registry->table_count; i++) {
        const struct cox_table *table = &registry->tables[i]->table;
        for (size_t part = 0; has_personal(table) && part < COX_COUNT(suffixes); part++) {
            (void)snprintf(sql, sizeof(sql), "VACUUM (ANALYZE) \"%.150s%s\"", table->entity->name,
                suffixes[part]);
            COX_TRY(cox_db_exec(db, sql, reterr));
        }
        if (has_personal(table) && has_search(table)) {
            COX_TRY(cox_find_optimise(db, table->entity->name, reterr));
        }
    }
    return cox_db_exec(db, "VACUUM \"external_id\"", reterr);
}

/* A later erasure has put another seq there, and keeps it. */
static enum cox_rc clear_pending(struct cox_db *db, const char *seq, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(db,
        COX_LIT("DELETE FROM \"setting\" WHERE \"name\" = '" PENDING "' AND \"value\" = $1"), &stmt,
        reterr));
    cox_stmt_bind_text(stmt, 1, cox_text_of(seq));
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_erase_finish(struct cox_store *store, struct cox_err *reterr)
{
    struct cox_registry *registry = NULL;
    struct cox_db *db = NULL;
    char seq[24];
    enum cox_rc rc;

    COX_TRY(pending_seq(store, seq, reterr));
    if (seq[0] == '\0') {
        return COX_OK;
    }
    COX_TRY(cox_registry_open(store->entities, &registry, reterr));
    rc = cox_db_open(store->url, COX_DB_WRITE, &db, reterr);
    if (rc == COX_OK) {
        rc = store->engine == COX_SQLITE ? purge_sqlite(db, registry, reterr)
                                         : purge_postgres(db, registry, reterr);
    }
    if (rc == COX_OK) {
        rc = clear_pending(db, seq, reterr);
    }
    cox_db_close(db);
    cox_registry_close(registry);
    return rc;
}
