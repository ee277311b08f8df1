/* record/expire.c: what has been kept for as long as it may be. */
#include "record/expire.h"

#include "base/day.h"
#include "base/zone.h"
#include "record/call.h"
#include "record/erase.h"
#include "record/keep.h"
#include "record/sql.h"

enum { PAGE = 200 }; /* records of one commit: nobody's save waits long behind it */

static const struct cox_actor program = {.roles = COX_ROLE_BIT(COX_OPERATOR)};

enum { FIELDS_MAX = 32 }; /* of one table that go before their record, in one commit */

struct page {
    size_t at; /* which table of the registry */
    uint32_t fields[FIELDS_MAX];
    size_t field_count; /* 0: whole records */
    int64_t ids[PAGE];
    size_t count;
    bool is_end; /* there is no such table */
    struct cox_erase_report report;
};

/* The first instant of today, so many months ago, in the company's zone. */
static int64_t months_ago(struct cox_call *call, int64_t months)
{
    return cox_zone_day_start(call->zone, cox_day_add_months(call->today, -months));
}

/* ---- what has expired ---- */

static enum cox_rc instant_of(struct cox_call *call, int64_t seq, int64_t *ret_us,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db, COX_LIT("SELECT \"at_us\" FROM \"log\" WHERE \"seq\" = $1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, seq);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_us = is_row ? cox_stmt_int(stmt, 0) : INT64_MAX;
    return COX_OK;
}

/* The newest commit before an instant; 0: none. Numbers are dense and rise with time. */
static enum cox_rc commit_before(struct cox_call *call, int64_t us, int64_t *ret_seq,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    int64_t low = 0, high, at_us;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db, COX_LIT("SELECT \"seq\" FROM \"log_head\""), &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    high = is_row ? cox_stmt_int(stmt, 0) : 0;
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        COX_TRY(instant_of(call, middle, &at_us, reterr));
        if (at_us < us) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    *ret_seq = low;
    return COX_OK;
}

static enum cox_rc take_ids(struct cox_call *call, const struct cox_sql *sql, struct page *page,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_sql_prepare(call->db, sql, &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row && page->count < PAGE) {
        page->ids[page->count++] = cox_stmt_int(stmt, 0);
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

/* What the program itself did to a record when some of its fields went is no change of it: see cox_erase_fields. */
static void add_unchanged_since(struct cox_sql *sql, const struct cox_table *table, int64_t us)
{
    cox_sql_lit(sql, "(\"c\".\"from_us\" < ");
    cox_sql_int(sql, us);
    cox_sql_lit(sql,
        " OR (EXISTS (SELECT 1 FROM \"log\" AS \"l\" WHERE \"l\".\"seq\" = \"c\".\"rev\" "
        "AND \"l\".\"cause\" = ");
    cox_sql_int(sql, COX_CAUSE_ERASE);
    cox_sql_lit(sql, ") AND NOT EXISTS (SELECT 1 FROM ");
    cox_sql_name_with(sql, table->entity->name, "_past");
    cox_sql_lit(sql,
        " AS \"q\" JOIN \"log\" AS \"m\" ON \"m\".\"seq\" = \"q\".\"rev\" WHERE \"q\".\"id\" = "
        "\"c\".\"id\" AND \"m\".\"cause\" <> ");
    cox_sql_int(sql, COX_CAUSE_ERASE);
    cox_sql_lit(sql, " AND \"q\".\"from_us\" >= ");
    cox_sql_int(sql, us);
    cox_sql_lit(sql, ")))");
}

/* Records that are there and were last changed before the instant. An erased one has no salt. */
static enum cox_rc find_current(struct cox_call *call, const struct cox_table *table,
    int64_t before_us, struct page *page, struct cox_err *reterr)
{
    struct cox_sql sql;

    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT \"c\".\"id\" FROM ");
    cox_sql_name(&sql, table->entity->name);
    cox_sql_lit(&sql, " AS \"c\" WHERE \"c\".\"psalt\" IS NOT NULL AND ");
    add_unchanged_since(&sql, table, before_us);
    cox_sql_lit(&sql, " ORDER BY 1 LIMIT ");
    cox_sql_int(&sql, PAGE);
    return take_ids(call, &sql, page, reterr);
}

/* Removed ones, and those that were taken back as never there, with no version that held or was known since. */
static enum cox_rc find_removed(struct cox_call *call, const struct cox_table *table,
    int64_t before_us, struct page *page, struct cox_err *reterr)
{
    struct cox_sql sql;
    int64_t seq;

    COX_TRY(commit_before(call, before_us, &seq, reterr));
    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT DISTINCT \"p\".\"id\" FROM ");
    cox_sql_name_with(&sql, table->entity->name, "_past");
    cox_sql_lit(&sql, " AS \"p\" WHERE \"p\".\"psalt\" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ");
    cox_sql_name(&sql, table->entity->name);
    cox_sql_lit(&sql,
        " AS \"c\" WHERE \"c\".\"id\" = \"p\".\"id\") AND NOT EXISTS (SELECT 1 FROM ");
    cox_sql_name_with(&sql, table->entity->name, "_past");
    cox_sql_lit(&sql, " AS \"q\" WHERE \"q\".\"id\" = \"p\".\"id\" AND \"q\".\"to_us\" >= ");
    cox_sql_int(&sql, before_us);
    cox_sql_lit(&sql, " AND \"q\".\"seq_to\" > ");
    cox_sql_int(&sql, seq);
    cox_sql_lit(&sql, ") ORDER BY 1 LIMIT ");
    cox_sql_int(&sql, PAGE);
    return take_ids(call, &sql, page, reterr);
}

/* ---- fields that go before their record ---- */

static void add_has_field(struct cox_sql *sql, const struct cox_table *table, uint32_t field)
{
    cox_sql_lit(sql, " AND (\"c\".");
    cox_sql_column(sql, table->fields[field]);
    cox_sql_lit(sql, " IS NOT NULL OR EXISTS (SELECT 1 FROM ");
    cox_sql_name_with(sql, table->entity->name, "_past");
    cox_sql_lit(sql,
        " AS \"h\" WHERE \"h\".\"id\" = \"c\".\"id\" AND \"h\".\"psalt\" IS NOT NULL AND \"h\".");
    cox_sql_column(sql, table->fields[field]);
    cox_sql_lit(sql, " IS NOT NULL))");
}

/* Records that hold the field, now or in an earlier version, and were last changed before the instant. */
static enum cox_rc find_field(struct cox_call *call, const struct cox_table *table, uint32_t field,
    int64_t before_us, struct page *page, struct cox_err *reterr)
{
    struct cox_sql sql;

    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT \"c\".\"id\" FROM ");
    cox_sql_name(&sql, table->entity->name);
    cox_sql_lit(&sql, " AS \"c\" WHERE \"c\".\"psalt\" IS NOT NULL AND ");
    add_unchanged_since(&sql, table, before_us);
    add_has_field(&sql, table, field);
    cox_sql_lit(&sql, " ORDER BY 1 LIMIT ");
    cox_sql_int(&sql, PAGE);
    return take_ids(call, &sql, page, reterr);
}

/*
 * The first field with a time of its own that some records hold beyond it, and all fields of no longer time, which go
 * with it. A removed record goes as a whole with the first of its fields.
 */
static enum cox_rc find_fields(struct cox_call *call, const struct cox_table *table, int64_t whole,
    struct page *page, struct cox_err *reterr)
{
    int64_t months[FIELDS_MAX], longest = 0;
    uint32_t fields[FIELDS_MAX];
    size_t count = 0;

    for (uint32_t i = 0; i < table->field_count && count < FIELDS_MAX; i++) {
        if (cox_keep_field_can_expire(table, i)) {
            COX_TRY(cox_keep_field_months(call, table, i, &months[count], reterr));
            fields[count] = i;
            count += months[count] > 0 && months[count] != whole;
        }
    }
    for (size_t i = 0; i < count && page->count == 0; i++) {
        COX_TRY(find_field(call, table, fields[i], months_ago(call, months[i]), page, reterr));
        longest = months[i];
    }
    for (size_t i = 0; i < count && page->count > 0; i++) {
        if (months[i] <= longest) {
            page->fields[page->field_count++] = fields[i];
        }
    }
    for (size_t i = 0; i < count && page->count == 0; i++) {
        COX_TRY(find_removed(call, table, months_ago(call, months[i]), page, reterr));
    }
    return COX_OK;
}

static enum cox_rc find_page(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct page *page = ctx;
    const struct cox_table *table;
    int64_t months, before_us;

    page->count = page->field_count = 0;
    page->is_end = page->at >= cox_registry_count(call->registry);
    if (page->is_end) {
        return COX_OK;
    }
    table = cox_registry_at(call->registry, page->at);
    if (!cox_keep_can_expire(table)) {
        return COX_OK;
    }
    COX_TRY(cox_keep_months(call, table, &months, reterr));
    if (months > 0) {
        before_us = months_ago(call, months);
        COX_TRY(find_current(call, table, before_us, page, reterr));
        if (page->count == 0) {
            COX_TRY(find_removed(call, table, before_us, page, reterr));
        }
    }
    return page->count > 0 ? COX_OK : find_fields(call, table, months, page, reterr);
}

/* ---- erasing ---- */

/* Looked for anew: somebody may have changed one of them just now. */
static enum cox_rc erase_page(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct page *page = ctx;

    page->report = (struct cox_erase_report){0};
    COX_TRY(find_page(call, page, reterr));
    for (size_t i = 0; i < page->count; i++) {
        const struct cox_table *table = cox_registry_at(call->registry, page->at);
        COX_TRY(page->field_count == 0
                    ? cox_erase_alone(call, table->entity, page->ids[i], &page->report, reterr)
                    : cox_erase_fields(call, table->entity, page->ids[i], page->fields,
                          page->field_count, &page->report, reterr));
    }
    return COX_OK;
}

static enum cox_rc expire_records(struct cox_store *store, bool (*goes_on)(void *ctx), void *ctx,
    struct cox_expire_report *report, struct cox_err *reterr)
{
    const struct cox_read_opt read = {.actor = program};
    const struct cox_write_opt write = {.actor = program,
        .cause = COX_CAUSE_ERASE,
        .request = "expire",
        .note = "kept as long as it may be"};
    struct page page = {0};
    struct cox_commit commit;

    while (goes_on == NULL || goes_on(ctx)) {
        COX_TRY(cox_store_read(store, &read, find_page, &page, reterr));
        if (page.is_end) {
            break;
        }
        if (page.count == 0) {
            page.at++;
            continue;
        }
        COX_TRY(cox_store_write(store, &write, erase_page, &page, &commit, reterr));
        report->record_count += page.report.record_count;
        report->version_count += page.report.version_count;
    }
    return COX_OK;
}

/* ---- who looked ---- */

/* No commit: what it is about are looks, not records. */
static enum cox_rc forget_looks(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_expire_report *report = ctx;
    COX_AUTO_STMT stmt = NULL;
    int64_t months;

    COX_TRY(cox_keep_access_months(call, &months, reterr));
    COX_TRY(cox_db_prepare(call->db, COX_LIT("DELETE FROM \"access_log\" WHERE \"at_us\" < $1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, months_ago(call, months));
    COX_TRY(cox_stmt_run(stmt, reterr));
    report->look_count = cox_stmt_changes(stmt);
    return COX_OK;
}

/* What a bulk change has kept for whoever asks again with its key goes with the key (write.c: 24 hours). */
static enum cox_rc forget_outcomes(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_expire_report *report = ctx;
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"log_batch\" SET \"mark\" = NULL WHERE \"mark\" IS NOT NULL AND "
                "\"state\" <> $1 AND \"started_us\" < $2"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, COX_BATCH_OPEN); /* of an open one it is where it goes on */
    cox_stmt_bind_int(stmt, 2, call->now_us - COX_DAY_US);
    COX_TRY(cox_stmt_run(stmt, reterr));
    report->outcome_count = cox_stmt_changes(stmt);
    return COX_OK;
}

enum cox_rc cox_expire(struct cox_store *store, bool (*goes_on)(void *ctx), void *ctx,
    struct cox_expire_report *ret_report, struct cox_err *reterr)
{
    const struct cox_write_opt write = {.actor = program,
        .cause = COX_CAUSE_JOB,
        .request = "expire"};
    struct cox_expire_report report = {0};
    struct cox_commit commit;

    COX_TRY(expire_records(store, goes_on, ctx, &report, reterr));
    COX_TRY(cox_store_write(store, &write, forget_looks, &report, &commit, reterr));
    COX_TRY(cox_store_write(store, &write, forget_outcomes, &report, &commit, reterr));
    COX_TRY(cox_erase_finish(store, reterr));
    *ret_report = report;
    return COX_OK;
}
