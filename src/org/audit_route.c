/* org/audit_route.c: the audit chain, for administrators; who looked at one's data, for everybody. */
#include "base/zone.h"
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
    bool is_all; /* the works council's: of everybody, as ask says */
    struct cox_access_ask ask;
};

static enum cox_rc put_person(struct cox_call *call, struct cox_json *json, int64_t id,
    const char *const keys[2], struct cox_err *reterr)
{
    struct cox_text name = {0};

    if (id > 0) {
        COX_TRY(cox_ref_name(call, &cox_user, id, &name, reterr));
    }
    cox_json_put_int(json, keys[0], id);
    cox_json_put_text(json, keys[1], name);
    return COX_OK;
}

static enum cox_rc put_look(struct cox_call *call, const struct looks *looks,
    const struct cox_access *look, struct cox_json *json, struct cox_err *reterr)
{
    static const char *const actor[] = {"actor", "actor_name"};
    static const char *const subject[] = {"subject", "subject_name"};

    cox_json_begin_object(json);
    cox_cell_put_instant(json, "at", look->at_us);
    COX_TRY(put_person(call, json, look->actor_id, actor, reterr));
    if (looks->is_all) {
        COX_TRY(put_person(call, json, look->subject_id, subject, reterr));
    }
    cox_json_put_string(json, "entity", look->table == NULL ? NULL : look->table->entity->name);
    cox_json_put_string(json, "label", look->table == NULL ? NULL : look->table->entity->label);
    cox_json_put_int(json, "id", look->id);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc read_looks(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct looks *looks = ctx;
    const struct cox_access *rows;
    struct cox_json json;
    size_t count;

    if (looks->is_all) {
        COX_TRY(cox_access_list_all(call, &looks->ask, &rows, &count, reterr));
    } else {
        COX_TRY(cox_access_list(call, (uint32_t)looks->limit, &rows, &count, reterr));
    }
    looks->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(looks->x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        COX_TRY(put_look(call, looks, &rows[i], &json, reterr));
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

enum cox_rc cox_access_log_get(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    const struct cox_date_opt iso = {.order = COX_DATE_YMD};
    struct looks looks = {.x = x, .is_all = true, .ask = {.before_us = COX_FOREVER}};
    struct cox_text before;

    COX_TRY(cox_exchange_integer(x, "limit", 1, 1000, 100, &looks.limit, reterr));
    COX_TRY(cox_exchange_integer(x, "actor", 0, INT64_MAX, 0, &looks.ask.actor_id, reterr));
    COX_TRY(cox_exchange_integer(x, "subject", 0, INT64_MAX, 0, &looks.ask.subject_id, reterr));
    COX_TRY(cox_exchange_parameter(x, "before", &before, reterr));
    if (before.ptr != NULL &&
        cox_instant_parse(before, &iso, NULL, &looks.ask.before_us, reterr) != COX_OK) {
        return cox_fail_at(reterr, COX_INVALID, "before", 0,
            "is an instant, as 2026-03-05T14:15:00Z");
    }
    looks.ask.limit = (uint32_t)looks.limit;
    return cox_store_read(x->store, &opt, read_looks, &looks, reterr);
}
