/* org/processing_route.c: the record of processing as JSON and CSV; how long data is kept. */
#include "org/processing.h"
#include "org/settings_routes.h"
#include "serve/server.h"

static enum cox_rc read_json(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_exchange *x = ctx;
    struct cox_json json;

    x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(x, 200, &json);
    COX_TRY(cox_processing_json(call, cox_server_host(x->server)->features, &json, reterr));
    return cox_reply_json_done(x, &json, reterr);
}

enum cox_rc cox_processing_get(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};

    return cox_store_read(x->store, &opt, read_json, x, reterr);
}

static enum cox_rc read_csv(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_exchange *x = ctx;
    struct cox_csv_out csv;
    struct cox_err ignored;
    enum cox_rc rc, done;

    cox_csv_out_init(&csv, cox_buf_sink(&x->reply.body));
    csv.guard = true;
    rc = cox_processing_csv(call, cox_server_host(x->server)->features, &csv, reterr);
    done = cox_csv_out_done(&csv, rc == COX_OK ? reterr : &ignored); /* frees in any case */
    return rc == COX_OK ? done : rc;
}

enum cox_rc cox_processing_get_csv(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};

    COX_TRY(cox_store_read(x->store, &opt, read_csv, x, reterr));
    x->reply.type = "text/csv; charset=utf-8";
    return cox_reply_header(x, "Content-Disposition",
        "attachment; filename=\"record-of-processing.csv\"", reterr);
}

struct keeping {
    struct cox_text entity, field;
    int64_t months;
};

static enum cox_rc put_months(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct keeping *keeping = ctx;

    return cox_processing_keep(call, keeping->entity, keeping->field, keeping->months, reterr);
}

enum cox_rc cox_processing_patch(struct cox_exchange *x, struct cox_err *reterr)
{
    struct keeping keeping = {.entity = x->params[0]};
    struct cox_write_opt opt;
    struct cox_commit commit;
    const json_t *field;
    json_t *asked;

    COX_TRY(cox_exchange_json(x, &asked, reterr));
    field = json_object_get(asked, "field");
    if (json_object_size(asked) != (field == NULL ? 1 : 2) ||
        !json_is_integer(json_object_get(asked, "months")) ||
        (field != NULL && !json_is_string(field))) {
        return cox_fail_at(reterr, COX_INVALID, "months", 0,
            "say the months, as a whole number, and the field if it is about one; nothing else");
    }
    if (field != NULL) {
        keeping.field = (struct cox_text){json_string_value(field), json_string_length(field)};
        if (keeping.field.size == 0) {
            return cox_fail_at(reterr, COX_INVALID, "field", 0, "names a field");
        }
    }
    keeping.months = json_integer_value(json_object_get(asked, "months"));
    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    opt.note = cox_arena_format(x->arena, "kept %lld months: %.*s %.*s", (long long)keeping.months,
        (int)(keeping.entity.size < 60 ? keeping.entity.size : 60), keeping.entity.ptr,
        (int)(keeping.field.size < 60 ? keeping.field.size : 60),
        keeping.field.size == 0 ? "" : keeping.field.ptr);
    COX_TRY(cox_store_write(x->store, &opt, put_months, &keeping, &commit, reterr));
    return cox_processing_get(x, reterr);
}

/* ---- the assessment ---- */

static enum cox_rc read_assessment(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_exchange *x = ctx;

    return cox_processing_assessment(call, cox_server_host(x->server)->features, &x->reply.body,
        reterr);
}

enum cox_rc cox_processing_get_assessment(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};

    COX_TRY(cox_store_read(x->store, &opt, read_assessment, x, reterr));
    x->reply.type = "text/markdown; charset=utf-8";
    return cox_reply_header(x, "Content-Disposition",
        "attachment; filename=\"impact-assessment.md\"", reterr);
}
