/*
 * leader/notice.c: GET /notifications: problems asked of the caller, answers to own ones, records that
 * others have handed over since a commit, own promises due. A few look-ups by index, nothing stored.
 */
#include "leader/notice.h"

#include "base/day.h"
#include "leader/one_on_one.h"
#include "org/people.h"
#include "org/webhook.h"
#include "record/query.h"
#include "record/reach.h"
#include "record/switches.h"
#include "record/token.h"
#include "sales/account.h"
#include "sales/brief.h"
#include "sales/escalation.h"
#include "sales/lead.h"
#include "sales/notice.h"
#include "sales/opportunity.h"
#include "serve/http.h"
#include "serve/server.h"

enum { ROWS_MAX = 100 };

struct notices {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t user, since; /* since: a commit; what came after it is new */
    struct cox_json json;
    int64_t count, new_count;
};

static void put(struct notices *notices, const struct cox_notice *notice)
{
    struct cox_json *json = &notices->json;
    char day[COX_DAY_SIZE];

    if (notices->count++ >= ROWS_MAX) {
        return;
    }
    notices->new_count += notice->is_new;
    cox_json_begin_object(json);
    cox_json_put_string(json, "kind", notice->kind);
    cox_json_put_text(json, "title", notice->title);
    cox_json_put_text(json, "detail", notice->detail);
    cox_json_put_string(json, "entity", notice->entity);
    cox_json_put_int(json, "record", notice->record);
    cox_json_key(json, "day");
    if (notice->day == COX_NULL) {
        cox_json_null(json);
    } else {
        cox_day_format(notice->day, day);
        cox_json_string(json, day);
    }
    cox_json_put_int(json, "seq", notice->seq);
    cox_json_put_bool(json, "is_new", notice->is_new);
    cox_json_end_object(json);
}

static enum cox_rc name_of(const struct notices *notices, int64_t user, struct cox_text *ret_name,
    struct cox_err *reterr)
{
    *ret_name = (struct cox_text){0};
    return user == COX_NULL ? COX_OK
                            : cox_ref_name(notices->call, &cox_user, user, ret_name, reterr);
}

/* ---- escalations ---- */

static enum cox_rc note_escalation(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct notices *notices = ctx;
    struct cox_escalation escalation;
    struct cox_notice notice = {.entity = "escalation", .record = row->id, .seq = row->rev};
    bool is_asked, is_open;

    cox_row_unpack(row, &escalation);
    is_asked = escalation.asked_of == notices->user;
    is_open = escalation.state == COX_ESCALATION_OPEN;
    notice.is_new = row->rev > notices->since;
    if (!(is_asked && is_open) &&
        !(!is_asked && !is_open && notice.is_new && escalation.state != COX_ESCALATION_WITHDRAWN)) {
        return COX_OK;
    }
    notice.kind = is_asked ? "asked" : "answered";
    notice.title = escalation.subject;
    notice.day =
        is_asked && escalation.due_day != COX_NULL ? escalation.due_day : escalation.raised_day;
    COX_TRY(name_of(notices, is_asked ? escalation.owner : escalation.asked_of, &notice.detail,
        reterr));
    put(notices, &notice);
    return COX_OK;
}

static enum cox_rc add_escalations(struct notices *notices, struct cox_err *reterr)
{
    const struct cox_filter_term asked = {COX_ESCALATION_ASKED_OF, "eq", cox_int(notices->user)};
    const struct cox_filter_term raised = {COX_ESCALATION_OWNER, "eq", cox_int(notices->user)};
    const struct cox_filter *filter;

    COX_TRY(cox_filter_build(notices->call, &cox_escalation, &asked, 1, &filter, reterr));
    COX_TRY(cox_each(notices->call, &cox_escalation, filter, note_escalation, notices, reterr));
    COX_TRY(cox_filter_build(notices->call, &cox_escalation, &raised, 1, &filter, reterr));
    return cox_each(notices->call, &cox_escalation, filter, note_escalation, notices, reterr);
}

/* ---- records handed over ---- */

/*
 * handed-over: own records that were changed since a commit, with who made the last change and whose they
 * were at that commit; own ones alone, so it needs no further scope. $1 user, $2 commit. One text each, as
 * names of tables are never put into SQL at run time here.
 */
#define HANDED_OVER(table)                                                                         \
    "SELECT \"r\".\"id\", \"r\".\"rev\", (SELECT \"p\".\"owner\" FROM \"" table                    \
    "_past\" AS \"p\" "                                                                            \
    "WHERE \"p\".\"id\" = \"r\".\"id\" AND \"p\".\"rev\" <= $2 ORDER BY \"p\".\"rev\" DESC, "      \
    "\"p\".\"from_us\" DESC LIMIT 1), \"c\".\"actor\", \"c\".\"cause\" "                           \
    "FROM \"" table "\" AS \"r\" JOIN \"log\" AS \"c\" ON \"c\".\"seq\" = \"r\".\"rev\" "          \
    "WHERE \"r\".\"owner\" = $1 AND \"r\".\"rev\" > $2 ORDER BY \"r\".\"rev\" DESC LIMIT 500"

static const struct {
    const struct cox_entity *entity;
    const char *sql;
} handed[] = {
    {&cox_opportunity, HANDED_OVER("opportunity")},
    {&cox_account, HANDED_OVER("account")},
    {&cox_lead, HANDED_OVER("lead")},
};

static enum cox_rc note_handed(struct notices *notices, const struct cox_entity *entity,
    struct cox_stmt *stmt, struct cox_err *reterr)
{
    int64_t before = cox_stmt_int(stmt, 2), actor = cox_stmt_int(stmt, 3);
    struct cox_notice notice = {.kind = "handed_over",
        .entity = entity->name,
        .record = cox_stmt_int(stmt, 0),
        .seq = cox_stmt_int(stmt, 1),
        .day = COX_NULL,
        .is_new = true};

    if (before == notices->user || actor == notices->user || actor == 0 ||
        cox_stmt_int(stmt, 4) == COX_CAUSE_IMPORT) {
        return COX_OK; /* it was one's own before, one took it oneself, or a program did it */
    }
    COX_TRY(cox_ref_name(notices->call, entity, notice.record, &notice.title, reterr));
    COX_TRY(name_of(notices, actor, &notice.detail, reterr));
    put(notices, &notice);
    return COX_OK;
}

static enum cox_rc add_handed(struct notices *notices, size_t at, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(notices->call), cox_text_of(handed[at].sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, notices->user);
    cox_stmt_bind_int(stmt, 2, notices->since);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        COX_TRY(note_handed(notices, handed[at].entity, stmt, reterr));
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

/* ---- promises ---- */

/* A token without the scope sees nobody's records of this kind. */
static bool has_people(const struct cox_exchange *x)
{
    return x->who.token_scope == 0 || (x->who.token_scope & COX_TOKEN_PEOPLE) != 0;
}

static enum cox_rc note_promise(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct notices *notices = ctx;
    struct cox_notice notice = {.kind = "promise",
        .entity = "action_item",
        .record = row->id,
        .seq = row->rev};
    struct cox_action_item item;

    cox_row_unpack(row, &item);
    if (item.state != COX_ACTION_ITEM_OPEN) {
        return COX_OK;
    }
    notice.title = item.text;
    notice.day = item.due_day;
    notice.is_new = row->rev > notices->since || item.due_day == cox_call_today(notices->call);
    COX_TRY(name_of(notices, item.author == item.owner ? item.other : item.author, &notice.detail,
        reterr));
    put(notices, &notice);
    return COX_OK;
}

static enum cox_rc add_promises(struct notices *notices, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_ACTION_ITEM_OWNER, "eq", cox_int(notices->user)},
        {COX_ACTION_ITEM_DUE_DAY, "lte", cox_int(cox_call_today(notices->call))},
    };
    const struct cox_filter *filter;

    if (!has_people(notices->x)) {
        return COX_OK;
    }
    COX_TRY(cox_filter_build(notices->call, &cox_action_item, terms, COX_COUNT(terms), &filter,
        reterr));
    return cox_each(notices->call, &cox_action_item, filter, note_promise, notices, reterr);
}

/* ---- the route ---- */

/* ---- own webhooks that the program has switched off ---- */

static enum cox_rc note_webhook(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct notices *notices = ctx;
    const struct cox_notice notice = {.kind = "webhook_off",
        .title = cox_row_text(row, COX_WEBHOOK_NAME),
        .detail = cox_row_text(row, COX_WEBHOOK_OFF_REASON),
        .entity = "webhook",
        .record = row->id,
        .day = COX_NULL,
        .seq = row->rev,
        .is_new = row->rev > notices->since};

    (void)reterr; /* nothing can fail */
    if (notice.detail.size > 0) {
        put(notices, &notice);
    }
    return COX_OK;
}

static enum cox_rc add_webhooks(struct notices *notices, struct cox_err *reterr)
{
    const struct cox_filter_term own = {COX_WEBHOOK_OWNER, "eq", cox_int(notices->user)};
    const struct cox_table *table =
        cox_registry_entity(cox_call_registry(notices->call), &cox_webhook);
    const struct cox_filter *filter;

    if (table == NULL || !cox_reach_may(notices->call, table, COX_READ)) {
        return COX_OK;
    }
    COX_TRY(cox_filter_build(notices->call, &cox_webhook, &own, 1, &filter, reterr));
    return cox_each(notices->call, &cox_webhook, filter, note_webhook, notices, reterr);
}

/* commit-at: the newest commit at an instant. $1 instant. */
static const char commit_sql[] =
    "SELECT \"seq\" FROM \"log\" WHERE \"at_us\" <= $1 ORDER BY \"seq\" DESC LIMIT 1";

/* Without a look before, the last week is new. */
static enum cox_rc find_since(struct notices *notices, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    if (notices->since > 0) {
        return COX_OK;
    }
    COX_TRY(cox_db_prepare(cox_call_db(notices->call), cox_text_of(commit_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, cox_call_now_us(notices->call) - COX_BRIEF_SINCE_DAYS * COX_DAY_US);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    notices->since = is_row ? cox_stmt_int(stmt, 0) : 0;
    return COX_OK;
}

/* ---- what other features have to say ---- */

struct giving {
    struct cox_notices given; /* first: a source's pointer is also one of these */
    struct notices *notices;
};

static void put_given(struct cox_notices *given, const struct cox_notice *notice)
{
    put(((struct giving *)given)->notices, notice);
}

static enum cox_rc add_sources(struct notices *notices, struct cox_err *reterr)
{
    const struct cox_feature *const *features = cox_server_host(notices->x->server)->features;
    struct giving giving = {
        .given = {notices->call, notices->user, notices->since, has_people(notices->x), put_given},
        .notices = notices,
    };

    for (size_t f = 0; features[f] != NULL; f++) {
        const struct cox_notice_source *const *sources =
            cox_call_is_off(notices->call, features[f]->name) ? NULL : features[f]->notices;

        for (size_t s = 0; sources != NULL && sources[s] != NULL; s++) {
            COX_TRY(sources[s]->add(&giving.given, reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc read_notices(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct notices *notices = ctx;

    notices->call = call;
    COX_TRY(find_since(notices, reterr));
    notices->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(notices->x, 200, &notices->json);
    cox_json_begin_object(&notices->json);
    cox_json_key(&notices->json, "rows");
    cox_json_begin_array(&notices->json);
    COX_TRY(add_escalations(notices, reterr));
    for (size_t i = 0; i < COX_COUNT(handed); i++) {
        COX_TRY(add_handed(notices, i, reterr));
    }
    COX_TRY(add_promises(notices, reterr));
    COX_TRY(add_webhooks(notices, reterr));
    COX_TRY(add_sources(notices, reterr));
    cox_json_end_array(&notices->json);
    cox_json_put_int(&notices->json, "count", notices->count);
    cox_json_put_int(&notices->json, "new_count", notices->new_count);
    cox_json_put_int(&notices->json, "seq", cox_call_as_of(call).seq);
    cox_json_end_object(&notices->json);
    return cox_reply_json_done(notices->x, &notices->json, reterr);
}

static enum cox_rc get_notifications(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct notices notices = {.x = x, .user = x->who.actor.user_id};

    COX_TRY(cox_exchange_integer(x, "since", 0, INT64_MAX, 0, &notices.since, reterr));
    return cox_store_read(x->store, &opt, read_notices, &notices, reterr);
}

static const struct cox_parameter parameters[] = {
    {"since", "integer",
        "the seq of the reply one has looked at: what came after is new (without it: a week)"},
    {0},
};

static const struct cox_route routes[] = {
    {.method = COX_GET,
        .path = "/api/v1/notifications",
        .handle = get_notifications,
        .summary = "What waits for the caller, and what others did to the caller's records.",
        .parameters = parameters,
        .out = "{\"type\":\"object\",\"required\":[\"rows\",\"count\",\"new_count\",\"seq\"]}"},
    {0},
};

const struct cox_feature cox_feature_notice = {
    .name = "notice",
    .help =
        "Notifications: problems asked of one, answers, records handed over, promises due, webhooks off.",
    .routes = routes,
};
