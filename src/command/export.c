/* command/export.c: coxswain export: any table as CSV or JSON, within rights, as of any instant. */
#include <string.h>

#include "base/csv.h"
#include "base/progress.h"
#include "command/command.h"
#include "org/actor.h"
#include "record/cell.h"
#include "record/query.h"

enum { COLUMN_MAX = 400 };

static const struct cox_option options[] = {
    {"fields", "NAMES", "columns, with commas between; account.name is a reference's name", false},
    {"filter", "FILTER", "only these rows: amount=gte.1000&stage=in.(3,4)", false},
    {"order", "ORDER", "close_day.desc,name", false},
    {"search", "WORDS", "only rows with all these words", false},
    {"as-of", "WHEN", "a day (its end), an instant, or seq:123", false},
    {"user", "EMAIL", "with the rights of this person instead of the operator's", false},
    {"format", "FORMAT", "csv (usual) or json", false},
    {"limit", "N", "at most so many rows", false},
    {0},
};

struct column {
    uint32_t field; /* COX_NO_FIELD: the record's number, or its rev */
    bool is_rev, is_name;
    const char *header;
};

struct work {
    struct cox_cli *cli;
    const struct cox_table *table;
    struct column columns[COLUMN_MAX];
    size_t column_count;
    int64_t limit, count;
    struct cox_actor actor;
    struct cox_call *call;
    struct cox_json json;
    struct cox_csv_out csv;
    struct cox_progress progress;
};

static enum cox_rc add_column(struct work *work, struct column column, struct cox_err *reterr)
{
    if (work->column_count == COLUMN_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "more than %d columns", COLUMN_MAX);
    }
    work->columns[work->column_count] = column;
    work->column_count++;
    return COX_OK;
}

/* Everything: the number, each field, and the name of each reference beside it. */
static enum cox_rc add_all(struct work *work, struct cox_err *reterr)
{
    COX_TRY(add_column(work, (struct column){.field = COX_NO_FIELD, .header = "id"}, reterr));
    for (uint32_t f = 0; f < work->table->field_count; f++) {
        const struct cox_field *field = work->table->fields[f];
        if (!cox_field_is_shown(field)) {
            continue;
        }
        COX_TRY(add_column(work, (struct column){.field = f, .header = field->name}, reterr));
        if (field->type == COX_REF) {
            const char *header = cox_arena_format(work->cli->arena, "%s.name", field->name);
            if (header == NULL) {
                return cox_no_memory(reterr);
            }
            COX_TRY(add_column(work, (struct column){.field = f, .is_name = true, .header = header},
                reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc add_named(struct work *work, struct cox_text name, struct cox_err *reterr)
{
    struct cox_text header = cox_arena_text(work->cli->arena, name), base = name;
    struct column column = {.field = COX_NO_FIELD, .header = header.ptr};

    if (header.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    if (cox_text_same(name, COX_LIT("id")) || cox_text_same(name, COX_LIT("rev"))) {
        column.is_rev = cox_text_same(name, COX_LIT("rev"));
        return add_column(work, column, reterr);
    }
    column.is_name = cox_text_ends(name, COX_LIT(".name"));
    base.size -= column.is_name ? strlen(".name") : 0;
    column.field = cox_table_field(work->table, base);
    if (column.field == COX_NO_FIELD || !cox_field_is_shown(work->table->fields[column.field]) ||
        (column.is_name && work->table->fields[column.field]->type != COX_REF)) {
        return cox_fail(reterr, COX_INVALID, "%s has no field \"%.*s\"",
            work->table->entity->plural, (int)name.size, name.ptr);
    }
    return add_column(work, column, reterr);
}

static enum cox_rc read_columns(struct work *work, struct cox_err *reterr)
{
    const char *fields = cox_cli_value(work->cli, "fields");
    struct cox_text rest = cox_text_of(fields);

    if (fields == NULL) {
        return add_all(work, reterr);
    }
    while (rest.ptr != NULL) {
        COX_TRY(add_named(work, cox_text_trim(cox_text_split(&rest, ',')), reterr));
    }
    return COX_OK;
}

/* An erased person's own row reads "erased", as references to it do. */
static bool may_be_erased(const struct work *work, const struct cox_row *row,
    const struct column *column)
{
    return column->field != COX_NO_FIELD && !column->is_name &&
           column->field == work->table->entity->name_field &&
           (work->table->fields[column->field]->flags & COX_PERSONAL) != 0 &&
           row->values[column->field].kind == COX_VALUE_NULL;
}

/* A cell as text; numbers of references as they are, names as the actor may see them. */
static enum cox_rc cell(struct work *work, const struct cox_row *row, const struct column *column,
    struct cox_text *ret_text, bool *ret_is_text, struct cox_err *reterr)
{
    if (column->field == COX_NO_FIELD) {
        const char *text = cox_arena_format(cox_call_arena(work->call), "%lld",
            (long long)(column->is_rev ? row->rev : row->id));
        *ret_text = cox_text_of(text);
        *ret_is_text = false;
        return text == NULL ? cox_no_memory(reterr) : COX_OK;
    }
    if (column->is_name) {
        int64_t id = cox_row_int(row, column->field);
        *ret_is_text = true;
        *ret_text = (struct cox_text){0};
        return id == COX_NULL ? COX_OK
                              : cox_ref_name(work->call, work->table->fields[column->field]->ref,
                                    id, ret_text, reterr);
    }
    if (may_be_erased(work, row, column)) {
        *ret_is_text = true;
        return cox_ref_name(work->call, work->table->entity, row->id, ret_text, reterr);
    }
    return cox_cell_text(work->call, row, column->field, ret_text, ret_is_text, reterr);
}

static enum cox_rc write_csv_row(struct work *work, const struct cox_row *row,
    struct cox_err *reterr)
{
    for (size_t i = 0; i < work->column_count; i++) {
        struct cox_text text = {0};
        bool is_text = false;
        COX_TRY(cell(work, row, &work->columns[i], &text, &is_text, reterr));
        if (is_text || text.ptr == NULL) {
            cox_csv_out_text(&work->csv, text);
        } else {
            cox_csv_out_plain(&work->csv, text.ptr);
        }
    }
    cox_csv_out_end_row(&work->csv);
    return COX_OK;
}

static enum cox_rc write_json_row(struct work *work, const struct cox_row *row,
    struct cox_err *reterr)
{
    cox_json_begin_object(&work->json);
    for (size_t i = 0; i < work->column_count; i++) {
        const struct column *column = &work->columns[i];
        struct cox_text text = {0};
        bool is_text;
        cox_json_key(&work->json, column->header);
        if (column->field != COX_NO_FIELD && !column->is_name &&
            !may_be_erased(work, row, column)) {
            COX_TRY(cox_cell_json(work->call, row, column->field, &work->json, reterr));
            continue;
        }
        COX_TRY(cell(work, row, column, &text, &is_text, reterr));
        if (is_text) {
            cox_json_text(&work->json, text);
        } else {
            cox_json_raw(&work->json, text);
        }
    }
    cox_json_end_object(&work->json);
    return COX_OK;
}

static enum cox_rc write_row(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct work *work = ctx;
    struct cox_mark mark = cox_arena_mark(cox_call_arena(work->call));

    if (work->count >= work->limit) {
        return COX_OK;
    }
    enum cox_rc rc =
        work->cli->is_json ? write_json_row(work, row, reterr) : write_csv_row(work, row, reterr);
    cox_arena_rewind(cox_call_arena(work->call), mark);
    work->count++;
    cox_progress_at(&work->progress, work->count);
    return rc;
}

/* Page by page in the order asked for. */
static enum cox_rc walk_pages(struct work *work, struct cox_query *query, struct cox_err *reterr)
{
    while (work->count < work->limit) {
        struct cox_mark mark = cox_arena_mark(cox_call_arena(work->call));
        struct cox_page page;
        COX_TRY(cox_list(work->call, query, &page, reterr));
        for (size_t i = 0; i < page.count; i++) {
            COX_TRY(write_row(work, &page.rows[i], reterr));
        }
        if (page.next.ptr == NULL) {
            return COX_OK;
        }
        query->cursor = cox_arena_text(work->cli->arena, page.next);
        if (query->cursor.ptr == NULL) {
            return cox_no_memory(reterr);
        }
        cox_arena_rewind(cox_call_arena(work->call), mark);
    }
    return COX_OK;
}

static enum cox_rc walk(struct work *work, struct cox_err *reterr)
{
    struct cox_query query = {.entity = work->table->entity,
        .limit = COX_PAGE_MAX,
        .search = cox_text_of(cox_cli_value(work->cli, "search"))};
    const char *filter = cox_cli_value(work->cli, "filter");
    const char *order = cox_cli_value(work->cli, "order");

    if (filter != NULL) {
        COX_TRY(
            cox_filter_parse(work->call, query.entity, cox_text_of(filter), &query.filter, reterr));
    }
    if (order == NULL && query.search.ptr == NULL) {
        return cox_each(work->call, query.entity, query.filter, write_row, work, reterr);
    }
    if (order != NULL) {
        COX_TRY(cox_order_parse(work->call, query.entity, cox_text_of(order), query.order,
            &query.order_count, reterr));
    }
    return walk_pages(work, &query, reterr);
}

static void write_header(struct work *work)
{
    for (size_t i = 0; i < work->column_count; i++) {
        cox_csv_out_plain(&work->csv, work->columns[i].header);
    }
    cox_csv_out_end_row(&work->csv);
}

static enum cox_rc print_table(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct work *work = ctx;
    const char *name = work->cli->args[0];
    enum cox_rc rc;

    work->call = call;
    work->table = cox_registry_find(cox_call_registry(call), cox_text_of(name));
    if (work->table == NULL) {
        return cox_fail(reterr, COX_MISSING,
            "there is no table \"%s\"; \"coxswain export\" lists them", name);
    }
    COX_TRY(read_columns(work, reterr));
    if (work->cli->is_json) {
        cox_cli_json(work->cli, &work->json);
        cox_json_begin_array(&work->json);
        COX_TRY(walk(work, reterr));
        cox_json_end_array(&work->json);
        cox_json_newline(&work->json);
        return cox_json_done(&work->json, reterr);
    }
    cox_csv_out_init(&work->csv, cox_cli_sink(work->cli));
    work->csv.lf = true;
    work->csv.guard = true;
    write_header(work);
    rc = walk(work, reterr);
    enum cox_rc written = cox_csv_out_done(&work->csv, rc == COX_OK ? reterr : NULL);
    return rc == COX_OK ? written : rc;
}

static enum cox_rc find_actor(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct work *work = ctx;

    return cox_actor_find(call, cox_text_of(cox_cli_value(work->cli, "user")), cox_call_today(call),
        &work->actor, reterr);
}

static enum cox_rc list_tables(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_cli *cli = ctx;
    const struct cox_registry *registry = cox_call_registry(call);

    (void)reterr; /* failures of writing are main's to see */
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        const struct cox_entity *entity = cox_registry_at(registry, i)->entity;
        (void)fprintf(cli->out, "%-24s %s\n", entity->plural, entity->help);
    }
    return COX_OK;
}

/* --format json is --json by another name. */
static enum cox_rc read_format(struct cox_cli *cli, struct cox_err *reterr)
{
    const char *format = cox_cli_value(cli, "format");

    if (format == NULL || strcmp(format, "csv") == 0) {
        return COX_OK;
    }
    if (strcmp(format, "json") != 0) {
        return cox_fail_at(reterr, COX_INVALID, "format", 0, "a format is csv or json");
    }
    cli->is_json = true;
    return COX_OK;
}

static enum cox_rc run(struct cox_cli *cli, struct cox_err *reterr)
{
    struct work *work = COX_NEW(cli->arena, struct work);
    struct cox_read_opt opt = cox_cli_read_opt();
    struct cox_store *store;

    if (work == NULL) {
        return cox_no_memory(reterr);
    }
    work->cli = cli;
    COX_TRY(read_format(cli, reterr));
    COX_TRY(cox_cli_int(cli, "limit", 0, INT64_MAX, INT64_MAX, &work->limit, reterr));
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    if (cli->arg_count == 0) {
        return cox_store_read(store, &opt, list_tables, cli, reterr);
    }
    if (cox_cli_has(cli, "user")) {
        COX_TRY(cox_store_read(store, &opt, find_actor, work, reterr));
        opt.actor = work->actor;
    }
    COX_TRY(cox_cli_as_of(store, cox_cli_value(cli, "as-of"), &opt.as_of, reterr));
    cox_progress_init(&work->progress, "exporting", 0);
    enum cox_rc rc = cox_store_read(store, &opt, print_table, work, reterr);
    cox_progress_done(&work->progress);
    return rc;
}

const struct cox_command cox_command_export = {
    .name = "export",
    .usage = "[TABLE]",
    .line = "print any table as CSV or JSON, now or as of any instant",
    .help = "Prints the rows of TABLE that the operator (or --user) may see. Without TABLE it\n"
            "lists the tables. Days and instants are ISO 8601, money is in whole units with\n"
            "decimals, a reference is the record's number with its name beside it. Text that a\n"
            "spreadsheet might run as a formula gets a ' in front.\n"
            "\n"
            "--filter and --order are those of the API: name, operator (eq neq gt gte lt lte\n"
            "like ilike in is), value; not. before an operator; and=(...), or=(...).\n"
            "\n"
            "  $ coxswain export\n"
            "  $ coxswain export opportunities >deals.csv\n"
            "  $ coxswain export opportunities --fields name,account.name,amount,close_day \\\n"
            "      --filter 'amount=gte.10000' --order close_day.desc --limit 20\n"
            "  $ coxswain export opportunities --as-of 2026-03-31 --json >quarter-end.json",
    .options = options,
    .arg_max = 1,
    .run = run,
};
