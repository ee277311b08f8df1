/* connect/price_lists.c: see the header. */
#include "connect/price_lists.h"

#include "connect/convert.h"
#include "record/query.h"
#include "sales/product.h"

static enum cox_rc make(struct cox_call *call, const char *name, struct cox_text currency,
    int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_row *row = cox_row_new(call, &cox_price_list);

    if (row == NULL || name == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, COX_PRICE_LIST_NAME, cox_text_value(cox_text_of(name)));
    if (currency.size > 0) {
        cox_row_set(row, COX_PRICE_LIST_CURRENCY, cox_text_value(currency));
    }
    return cox_create_since_ever(call, row, ret_id, reterr);
}

enum cox_rc cox_price_list_make(struct cox_call *call, struct cox_job *job, const char *name,
    struct cox_text text, struct cox_text currency, int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_text id = cox_external_id(cox_call_arena(call), job->mapping.guess.source, text);

    COX_TRY(make(call, name, currency, ret_id, reterr));
    cox_import_note(job->file, job->work->arena,
        "price lists whose own file is not there are called by their id");
    return cox_external_put(call, job->source, &cox_price_list, id, *ret_id, reterr);
}

enum cox_rc cox_price_list_in(struct cox_call *call, struct cox_job *job, int64_t list,
    struct cox_text currency, int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(call);
    const struct cox_row *row;
    struct cox_text name;
    const char *key, *called;

    *ret_id = list;
    COX_TRY(cox_peek(call, &cox_price_list, list, &row, reterr));
    if (cox_text_same(cox_row_text(row, COX_PRICE_LIST_CURRENCY), currency)) {
        return COX_OK;
    }
    name = cox_row_text(row, COX_PRICE_LIST_NAME);
    key = cox_arena_format(arena, "list %lld in %.*s", (long long)list, (int)currency.size,
        currency.ptr);
    called = cox_arena_format(arena, "%.*s (%.*s)", (int)name.size, name.ptr, (int)currency.size,
        currency.ptr);
    if (key == NULL || called == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(
        cox_external_find(call, job->source, &cox_price_list, cox_text_of(key), ret_id, reterr));
    if (*ret_id != 0) {
        return COX_OK;
    }
    COX_TRY(make(call, called, currency, ret_id, reterr));
    cox_import_note(job->file, job->work->arena,
        "a price list has one currency here; prices in others are in lists named for them");
    return cox_external_put(call, job->source, &cox_price_list, cox_text_of(key), *ret_id, reterr);
}
