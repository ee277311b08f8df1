/* record/inspect.c: does a store hold together? */
#include "record/inspect.h"

#include <stdio.h>

#include "record/sql.h"

static void note(struct cox_inspect_report *report, const char *text, const char *what,
    int64_t count)
{
    if (report->fault_count == 0) {
        /* A sentence that is cut still says where to look. */
        (void)snprintf(report->fault, sizeof(report->fault), "%s%s%s%lld", text, what,
            what[0] == '\0' ? "" : ": ", (long long)count);
    }
    report->fault_count++;
}

/* SQLite: pages, indexes against tables. PostgreSQL has no such question that is cheap to ask. */
enum cox_rc cox_inspect_file(struct cox_call *call, struct cox_inspect_report *report,
    struct cox_err *reterr)
{
    struct cox_db *db = cox_call_db(call);
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    if (cox_db_engine(db) != COX_SQLITE) {
        return COX_OK;
    }
    COX_TRY(cox_db_prepare(db, COX_LIT("PRAGMA integrity_check(20)"), &stmt, reterr));
    for (;;) {
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            return COX_OK;
        }
        struct cox_text text = cox_stmt_text(stmt, 0);
        if (!cox_text_same(text, COX_LIT("ok"))) {
            if (report->fault_count == 0) {
                (void)snprintf(report->fault, sizeof(report->fault), "SQLite: %.*s",
                    (int)(text.size > 250 ? 250 : text.size), text.ptr);
            }
            report->fault_count++;
        }
    }
}

static enum cox_rc ask_number(struct cox_call *call, const struct cox_sql *sql, int64_t *ret,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_sql_prepare(cox_call_db(call), sql, &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret = is_row ? cox_stmt_int(stmt, 0) : 0;
    return COX_OK;
}

/* Numbers of commits run from 1 without a gap, and the head is the last of them. */
static enum cox_rc inspect_log(struct cox_call *call, struct cox_inspect_report *report,
    struct cox_err *reterr)
{
    struct cox_sql sql;
    int64_t wrong;

    cox_sql_init(&sql, cox_call_arena(call));
    cox_sql_lit(&sql, "SELECT abs((SELECT \"seq\" FROM \"log_head\") - count(*)) + "
                      "abs(coalesce(max(\"seq\"), 0) - count(*)) FROM \"log\"");
    COX_TRY(ask_number(call, &sql, &wrong, reterr));
    if (wrong != 0) {
        note(report, "commits missing from the log, or too many", "", wrong);
    }
    cox_sql_init(&sql, cox_call_arena(call));
    cox_sql_lit(&sql, "SELECT count(*) FROM \"log_row\" AS \"r\" WHERE NOT EXISTS (SELECT 1 FROM "
                      "\"log\" AS \"l\" WHERE \"l\".\"seq\" = \"r\".\"seq\")");
    COX_TRY(ask_number(call, &sql, &wrong, reterr));
    if (wrong != 0) {
        note(report, "changes in the log without their commit: ", "", wrong);
    }
    return COX_OK;
}

static enum cox_rc inspect_reference(struct cox_call *call, const struct cox_table *table,
    const struct cox_field *field, struct cox_inspect_report *report, struct cox_err *reterr)
{
    struct cox_sql sql;
    int64_t wrong;

    cox_sql_init(&sql, cox_call_arena(call));
    cox_sql_lit(&sql, "SELECT count(*) FROM ");
    cox_sql_name(&sql, table->entity->name);
    cox_sql_lit(&sql, " AS \"a\" WHERE \"a\".");
    cox_sql_column(&sql, field);
    cox_sql_lit(&sql, " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ");
    cox_sql_name(&sql, field->ref->name);
    cox_sql_lit(&sql, " AS \"b\" WHERE \"b\".\"id\" = \"a\".");
    cox_sql_column(&sql, field);
    cox_sql_lit(&sql, ")");
    COX_TRY(ask_number(call, &sql, &wrong, reterr));
    report->reference_count++;
    if (wrong != 0) {
        char text[160];
        (void)snprintf(text, sizeof(text), "%s.%s leads nowhere in so many rows", /* names fit */
            table->entity->name, field->name);
        note(report, "", text, wrong);
    }
    return COX_OK;
}

enum cox_rc cox_inspect(struct cox_call *call, struct cox_inspect_report *ret_report,
    struct cox_err *reterr)
{
    const struct cox_registry *registry = cox_call_registry(call);
    struct cox_inspect_report report = {0};

    COX_TRY(cox_inspect_file(call, &report, reterr));
    COX_TRY(inspect_log(call, &report, reterr));
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        const struct cox_table *table = cox_registry_at(registry, i);
        for (uint32_t f = 0; f < table->field_count; f++) {
            if (table->fields[f]->type == COX_REF && table->fields[f]->ref != NULL) {
                COX_TRY(inspect_reference(call, table, table->fields[f], &report, reterr));
            }
        }
    }
    *ret_report = report;
    return COX_OK;
}
