/* org/audit_route.c: the audit chain, for administrators; who looked at one's data, for everybody. */
#include "org/people.h"
#include "org/settings_routes.h"
#include "record/access.h"
#include "record/audit.h"
#include "record/cell.h"

enum cox_rc cox_audit_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_audit_head head;
    struct cox_json json;

    COX_TRY(cox_audit_head(x->store, &head, reterr));
    x->reply.seq = head.seq;
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "seq", head.seq);
    cox_cell_put_instant(&json, "at", head.at_us);
    cox_json_put_string(&json, "digest", head.digest);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

enum cox_rc cox_audit_post(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_audit_report report;
    struct cox_json json;

    COX_TRY(cox_audit_verify(x->store, NULL, NULL, &report, reterr));
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "commits", report.commit_count);
    cox_json_put_int(&json, "versions", report.version_count);
    cox_json_put_int(&json, "faults", report.fault_count);
    cox_json_put_string(&json, "fault", report.fault[0] == '\0' ? NULL : report.fault);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

/* ---- who looked ---- */

struct looks {
    struct cox_exchange *x;
    int64_t limit;
};

static enum cox_rc read_looks(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct looks *looks = ctx;
    const struct cox_access *rows;
    struct cox_json json;
    size_t count;

    COX_TRY(cox_access_list(call, (uint32_t)looks->limit, &rows, &count, reterr));
    looks->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(looks->x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        struct cox_text name = {0};

        if (rows[i].actor_id > 0) {
            COX_TRY(cox_ref_name(call, &cox_user, rows[i].actor_id, &name, reterr));
        }
        cox_json_begin_object(&json);
        cox_cell_put_instant(&json, "at", rows[i].at_us);
        cox_json_put_int(&json, "actor", rows[i].actor_id);
        cox_json_put_text(&json, "actor_name", name);
        cox_json_put_string(&json, "entity", rows[i].table->entity->name);
        cox_json_put_int(&json, "id", rows[i].id);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(looks->x, &json, reterr);
}

enum cox_rc cox_access_get(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct looks looks = {.x = x};

    COX_TRY(cox_exchange_integer(x, "limit", 1, 1000, 100, &looks.limit, reterr));
    return cox_store_read(x->store, &opt, read_looks, &looks, reterr);
}
