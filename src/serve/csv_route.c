/* serve/csv_route.c: a list as CSV: the same rows, all of them, written to a file of its own and sent. */
#include <stdlib.h>
#include <unistd.h>

#include "base/csv.h"
#include "record/cell.h"
#include "record/query.h"
#include "record/reach.h"
#include "serve/list.h"
#include "serve/record_json.h"

struct sheet {
    struct cox_exchange *x;
    struct cox_text filter, order;
    struct cox_call *call;
    struct cox_csv_out csv;
    struct cox_record_writer names;
    int file;
    int64_t size;
};

static enum cox_rc write_bytes(void *ctx, const void *bytes, size_t size, struct cox_err *reterr)
{
    struct sheet *sheet = ctx;

    for (size_t done = 0; done < size;) {
        ssize_t written = write(sheet->file, (const char *)bytes + done, size - done);
        if (written < 0) {
            return cox_fail(reterr, COX_FULL, "the table could not be written down for sending");
        }
        done += (size_t)written;
    }
    sheet->size += (int64_t)size;
    return COX_OK;
}

static void write_head(struct sheet *sheet, const struct cox_table *table)
{
    cox_csv_out_plain(&sheet->csv, "id");
    for (uint32_t i = 0; i < table->field_count; i++) {
        if (cox_field_is_shown(table->fields[i])) {
            cox_csv_out_text(&sheet->csv, cox_text_of(table->fields[i]->name));
        }
    }
    cox_csv_out_end_row(&sheet->csv);
}

/* References by name: a table is for people; the numbers are in JSON. */
static enum cox_rc write_cell(struct sheet *sheet, const struct cox_row *row, uint32_t at,
    struct cox_err *reterr)
{
    const struct cox_field *field = row->table->fields[at];
    struct cox_text text;
    bool is_text;

    if (field->type == COX_REF && row->values[at].kind == COX_VALUE_INT) {
        COX_TRY(cox_ref_name(sheet->call, field->ref, row->values[at].number, &text, reterr));
        cox_csv_out_text(&sheet->csv, text);
        return COX_OK;
    }
    COX_TRY(cox_cell_text(sheet->call, row, at, &text, &is_text, reterr));
    if (is_text || text.ptr == NULL) {
        cox_csv_out_text(&sheet->csv, text);
    } else {
        cox_csv_out_plain(&sheet->csv, text.ptr);
    }
    return COX_OK;
}

static enum cox_rc write_row(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct sheet *sheet = ctx;
    struct cox_mark mark = cox_arena_mark(cox_call_arena(sheet->call));
    bool keeps_nothing = !cox_reach_is_people(sheet->call, row->table); /* looks are kept there */
    char id[24];

    (void)snprintf(id, sizeof(id), "%lld", (long long)row->id);
    cox_csv_out_plain(&sheet->csv, id);
    for (uint32_t i = 0; i < row->table->field_count; i++) {
        if (cox_field_is_shown(row->table->fields[i])) {
            COX_TRY(write_cell(sheet, row, i, reterr));
        }
    }
    cox_csv_out_end_row(&sheet->csv);
    if (keeps_nothing) {
        cox_arena_rewind(cox_call_arena(sheet->call), mark);
    }
    return COX_OK;
}

/* In the order asked for: page by page, each page's memory given back after it. */
static enum cox_rc write_pages(struct sheet *sheet, struct cox_query *query, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(sheet->call);
    struct cox_mark mark = cox_arena_mark(arena);
    struct cox_page page;

    do {
        COX_TRY(cox_list(sheet->call, query, &page, reterr));
        for (size_t i = 0; i < page.count; i++) {
            COX_TRY(write_row(sheet, &page.rows[i], reterr));
        }
        query->cursor = cox_arena_text(sheet->x->arena, page.next);
        if (page.next.ptr != NULL && query->cursor.ptr == NULL) {
            return cox_no_memory(reterr);
        }
        cox_arena_rewind(arena, mark);
    } while (query->cursor.ptr != NULL);
    return COX_OK;
}

static enum cox_rc write_sheet(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct sheet *sheet = ctx;
    struct cox_query query = {.limit = COX_PAGE_MAX};
    const struct cox_table *table;

    sheet->call = call;
    sheet->x->reply.seq = cox_call_as_of(call).seq;
    COX_TRY(cox_api_table(call, sheet->x, sheet->x->params[0], &table, reterr));
    query.entity = table->entity;
    COX_TRY(cox_filter_parse(call, table->entity, sheet->filter, &query.filter, reterr));
    write_head(sheet, table);
    if (sheet->order.size == 0 || cox_reach_is_people(call, table)) {
        return cox_each(call, table->entity, query.filter, write_row, sheet, reterr);
    }
    COX_TRY(cox_order_parse(call, table->entity, sheet->order, query.order, &query.order_count,
        reterr));
    return write_pages(sheet, &query, reterr);
}

static enum cox_rc open_file(struct sheet *sheet, struct cox_err *reterr)
{
    char path[] = "/tmp/coxswain-table-XXXXXX";

    sheet->file = mkstemp(path);
    if (sheet->file < 0) {
        return cox_fail(reterr, COX_FULL, "no temporary file could be made for the table");
    }
    (void)unlink(path); /* it lives as long as it is open */
    return COX_OK;
}

static enum cox_rc get_csv(struct cox_exchange *x, struct cox_err *reterr)
{
    struct sheet sheet = {.x = x, .file = -1};
    struct cox_read_opt opt;
    const char *disposition;
    struct cox_err ignored;
    enum cox_rc rc, done;

    COX_TRY(cox_exchange_filter(x, &sheet.filter, reterr));
    COX_TRY(cox_exchange_parameter(x, "order", &sheet.order, reterr));
    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    disposition = cox_arena_format(x->arena, "attachment; filename=\"%.*s.csv\"",
        (int)x->params[0].size, x->params[0].ptr);
    if (disposition == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(open_file(&sheet, reterr));
    cox_csv_out_init(&sheet.csv, (struct cox_sink){write_bytes, &sheet});
    sheet.csv.guard = true;
    rc = cox_store_read(x->store, &opt, write_sheet, &sheet, reterr);
    done = cox_csv_out_done(&sheet.csv, rc == COX_OK ? reterr : &ignored); /* frees in any case */
    rc = rc == COX_OK ? done : rc;
    if (rc != COX_OK) {
        (void)close(sheet.file);
        return rc;
    }
    x->reply.file = sheet.file;
    x->reply.file_size = sheet.size;
    x->reply.type = "text/csv; charset=utf-8";
    return cox_reply_header(x, "Content-Disposition", disposition, reterr);
}

static const struct cox_parameter parameters[] = {
    {"as_of", "string", "A date, an instant or seq:N: the records as they were then."},
    {"order", "string", "As in lists; by number when left out."},
    {"*", "string", "Filters, as in lists."},
    {0},
};

const struct cox_route cox_routes_csv[] = {
    {.method = COX_GET,
        .path = "/api/v1/{entities}/export.csv",
        .handle = get_csv,
        .summary = "A list as CSV, complete.",
        .parameters = parameters},
    {0},
};
