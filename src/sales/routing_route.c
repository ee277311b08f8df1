/*
 * sales/routing_route.c: routing over HTTP: why a lead is whose it is, what the rules would do with one, what
 * today's rules would have done with earlier ones, and giving existing leads an owner by them.
 */
#include "sales/routing_route.h"

#include "base/zone.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "sales/lead.h"
#include "sales/routing.h"
#include "serve/record_json.h"

enum { ASSIGN_MAX = 1000, REPLAY_MAX = 300 };

/* ---- a decision as JSON ---- */

static void put_candidate(struct cox_json *json, const struct cox_candidate *candidate)
{
    cox_json_begin_object(json);
    cox_json_put_int(json, "user", candidate->user);
    cox_json_put_text(json, "name", candidate->name);
    cox_json_put_string(json, "state", cox_candidate_states[candidate->state]);
    cox_cell_put_number(json, "limit", candidate->limit);
    cox_cell_put_instant(json, "until", candidate->until_us);
    cox_json_end_object(json);
}

static void put_step(struct cox_json *json, const struct cox_routing_step *step)
{
    cox_json_begin_object(json);
    cox_json_put_int(json, "rule", step->rule);
    cox_json_put_text(json, "name", step->name);
    cox_json_put_text(json, "condition", step->condition);
    cox_json_put_string(json, "method",
        step->method == COX_LEAST_LOADED ? "least_loaded" : "round_robin");
    cox_json_put_bool(json, "is_met", step->is_met);
    cox_json_key(json, "people");
    cox_json_begin_array(json);
    for (size_t i = 0; i < step->candidate_count; i++) {
        put_candidate(json, &step->candidates[i]);
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
}

static void put_steps(struct cox_json *json, const struct cox_routing_decision *decision)
{
    cox_json_key(json, "steps");
    cox_json_begin_array(json);
    for (size_t i = 0; i < decision->step_count; i++) {
        put_step(json, &decision->steps[i]);
    }
    cox_json_end_array(json);
}

static void put_id(struct cox_json *json, const char *key, int64_t id)
{
    cox_cell_put_number(json, key, id == 0 ? COX_NULL : id);
}

static enum cox_rc put_user(struct cox_call *call, struct cox_json *json, const char *key,
    const char *name_key, int64_t user, struct cox_err *reterr)
{
    struct cox_text name = {0};

    if (user != 0 && user != COX_NULL) {
        COX_TRY(cox_ref_name(call, &cox_user, user, &name, reterr));
    }
    put_id(json, key, user);
    cox_json_put_text(json, name_key, name);
    return COX_OK;
}

/* ---- why this owner ---- */

struct asking {
    struct cox_exchange *x;
    int64_t lead;
    struct cox_lead now; /* texts copied to the request's arena */
    struct cox_json json;
};

static enum cox_rc load_lead(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct asking *asking = ctx;

    COX_TRY(cox_load(call, &cox_lead, asking->lead, &asking->now, reterr));
    asking->now.routed_why = cox_arena_text(asking->x->arena, asking->now.routed_why);
    return COX_OK;
}

/* As of the decision's instant: the rules, the people and the leads are what they were then. */
static enum cox_rc explain(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct asking *asking = ctx;
    const struct cox_lead *now = &asking->now;
    struct cox_json *json = &asking->json;
    struct cox_routing_rules rules;
    struct cox_routing_decision decision;
    const struct cox_row *lead;

    COX_TRY(
        cox_peek(call, &cox_lead, asking->lead, &lead, reterr)); /* seen by the actor: load_lead */
    COX_TRY(cox_routing_rules_load(call, cox_call_arena(call), &rules, reterr));
    COX_TRY(cox_routing_decide(call, &rules, lead, &decision, reterr));
    cox_reply_json(asking->x, 200, json);
    cox_json_begin_object(json);
    cox_cell_put_number(json, "rule", now->routing_rule);
    COX_TRY(put_user(call, json, "routed_to", "routed_to_name", now->routed_to, reterr));
    cox_cell_put_instant(json, "routed_at", now->routed_at);
    cox_json_put_text(json, "why", now->routed_why);
    cox_cell_put_instant(json, "respond_by", now->respond_by);
    cox_cell_put_instant(json, "responded_at", now->responded_at);
    cox_json_put_bool(json, "is_replayed",
        decision.owner == now->routed_to && decision.rule == now->routing_rule);
    put_steps(json, &decision);
    cox_json_end_object(json);
    return cox_reply_json_done(asking->x, json, reterr);
}

static enum cox_rc get_why(struct cox_exchange *x, struct cox_err *reterr)
{
    struct asking asking = {.x = x};
    struct cox_read_opt opt = {.actor = x->who.actor};

    COX_TRY(cox_exchange_id(x, 0, &asking.lead, reterr));
    COX_TRY(cox_store_read(x->store, &opt, load_lead, &asking, reterr));
    if (asking.now.routed_at == COX_NULL) {
        return cox_fail(reterr, COX_MISSING, "no rule has given this lead its owner");
    }
    opt.as_of.at_us = asking.now.routed_at;
    return cox_store_read(x->store, &opt, explain, &asking, reterr);
}

/* ---- what the rules would do with a lead ---- */

static enum cox_rc try_lead(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct asking *asking = ctx;
    const struct cox_table *table = cox_registry_entity(cox_call_registry(call), &cox_lead);
    struct cox_row *lead = cox_row_new(call, &cox_lead);
    struct cox_json *json = &asking->json;
    struct cox_routing_rules rules;
    struct cox_routing_decision decision;
    const struct cox_change *changes;
    size_t count;
    json_t *body;

    if (lead == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_exchange_json(asking->x, &body, reterr));
    COX_TRY(cox_record_changes(call, table, NULL, body, &changes, &count, reterr));
    for (size_t i = 0; i < count; i++) {
        cox_row_set(lead, changes[i].field, changes[i].value);
    }
    COX_TRY(cox_routing_rules_load(call, cox_call_arena(call), &rules, reterr));
    COX_TRY(cox_routing_decide(call, &rules, lead, &decision, reterr));
    cox_reply_json(asking->x, 200, json);
    cox_json_begin_object(json);
    put_id(json, "rule", decision.rule);
    COX_TRY(put_user(call, json, "owner", "owner_name", decision.owner, reterr));
    cox_json_put_text(json, "why", decision.why);
    cox_cell_put_instant(json, "respond_by", decision.respond_by_us);
    put_steps(json, &decision);
    cox_json_end_object(json);
    return cox_reply_json_done(asking->x, json, reterr);
}

static enum cox_rc post_try(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct asking asking = {.x = x};

    return cox_store_read(x->store, &opt, try_lead, &asking, reterr);
}

/* ---- today's rules on earlier leads ---- */

struct replaying {
    struct cox_exchange *x;
    int64_t from_us, to_us;
    struct cox_routing_rules rules;
    struct cox_lead leads[REPLAY_MAX];
    size_t count, at, same;
    bool is_cut;
    struct cox_json json;
};

static enum cox_rc load_period(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct replaying *r = ctx;
    const struct cox_filter_term terms[] = {
        {COX_LEAD_ROUTED_AT, "gte", cox_int(r->from_us)},
        {COX_LEAD_ROUTED_AT, "lt", cox_int(r->to_us)},
    };
    struct cox_query query = {.entity = &cox_lead,
        .limit = REPLAY_MAX,
        .order = {{COX_LEAD_ROUTED_AT, true}}, /* the newest, where there are too many */
        .order_count = 1};
    struct cox_page page;

    COX_TRY(cox_routing_rules_load(call, r->x->arena, &r->rules, reterr));
    COX_TRY(cox_filter_build(call, &cox_lead, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    for (r->count = 0; r->count < page.count; r->count++) {
        struct cox_lead *lead = &r->leads[r->count];
        cox_row_unpack(&page.rows[r->count], lead);
        lead->name = cox_arena_text(r->x->arena, lead->name);
    }
    r->is_cut = page.next.ptr != NULL;
    return COX_OK;
}

static enum cox_rc replay_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct replaying *r = ctx;
    const struct cox_lead *lead = &r->leads[r->at];
    struct cox_routing_decision decision;
    const struct cox_row *row;
    bool is_same;

    COX_TRY(cox_peek(call, &cox_lead, lead->head.id, &row,
        reterr)); /* seen by the actor: load_period */
    COX_TRY(cox_routing_decide(call, &r->rules, row, &decision, reterr));
    is_same = decision.owner == lead->routed_to;
    r->same += is_same ? 1 : 0;
    cox_json_begin_object(&r->json);
    cox_json_put_int(&r->json, "lead", lead->head.id);
    cox_json_put_text(&r->json, "name", lead->name);
    cox_cell_put_instant(&r->json, "routed_at", lead->routed_at);
    cox_cell_put_number(&r->json, "was_rule", lead->routing_rule);
    COX_TRY(put_user(call, &r->json, "was", "was_name", lead->routed_to, reterr));
    put_id(&r->json, "would_rule", decision.rule);
    COX_TRY(put_user(call, &r->json, "would", "would_name", decision.owner, reterr));
    cox_json_put_bool(&r->json, "is_same", is_same);
    cox_json_end_object(&r->json);
    return COX_OK;
}

static enum cox_rc read_instant(struct cox_exchange *x, const char *name, int64_t *ret_us,
    struct cox_err *reterr)
{
    const struct cox_date_opt opt = {.order = COX_DATE_YMD};
    struct cox_text text;
    struct cox_err why;

    COX_TRY(cox_exchange_parameter(x, name, &text, reterr));
    if (text.ptr == NULL) {
        return cox_fail_at(reterr, COX_INVALID, name, 0, "a day or an instant is needed");
    }
    if (cox_instant_parse(text, &opt, cox_zone_utc(), ret_us, &why) != COX_OK) {
        return cox_fail_at(reterr, COX_INVALID, name, 0, "%s", why.text);
    }
    return COX_OK;
}

static enum cox_rc get_replay(struct cox_exchange *x, struct cox_err *reterr)
{
    struct replaying *r = COX_NEW(x->arena, struct replaying);
    struct cox_read_opt opt = {.actor = x->who.actor};

    if (r == NULL) {
        return cox_no_memory(reterr);
    }
    r->x = x;
    COX_TRY(read_instant(x, "from", &r->from_us, reterr));
    COX_TRY(read_instant(x, "to", &r->to_us, reterr));
    COX_TRY(cox_store_read(x->store, &opt, load_period, r, reterr));
    cox_reply_json(x, 200, &r->json);
    cox_json_begin_object(&r->json);
    cox_json_key(&r->json, "rows");
    cox_json_begin_array(&r->json);
    for (r->at = 0; r->at < r->count; r->at++) {
        opt.as_of.at_us = r->leads[r->at].routed_at;
        COX_TRY(cox_store_read(x->store, &opt, replay_one, r, reterr));
    }
    cox_json_end_array(&r->json);
    cox_json_put_int(&r->json, "count", (int64_t)r->count);
    cox_json_put_int(&r->json, "same", (int64_t)r->same);
    cox_json_put_bool(&r->json, "is_cut", r->is_cut);
    cox_json_end_object(&r->json);
    return cox_reply_json_done(x, &r->json, reterr);
}

/* ---- giving existing leads an owner ---- */

struct assigning {
    struct cox_exchange *x;
    int64_t ids[ASSIGN_MAX];
    size_t count;
    struct {
        int64_t owner; /* 0: no rule took it */
        const char *name;
    } results[ASSIGN_MAX];
};

static enum cox_rc assign_one(struct cox_call *call, struct assigning *a, size_t at,
    struct cox_err *reterr)
{
    static const uint32_t fields[] = {COX_LEAD_OWNER, COX_LEAD_ROUTING_RULE, COX_LEAD_ROUTED_TO,
        COX_LEAD_ROUTED_AT, COX_LEAD_ROUTED_WHY, COX_LEAD_RESPOND_BY, COX_LEAD_RESPONDED_AT};
    const struct cox_table *table = cox_registry_entity(cox_call_registry(call), &cox_lead);
    struct cox_change changes[COX_COUNT(fields)];
    const struct cox_row *before;
    struct cox_row after;
    struct cox_text name;
    bool is_routed;

    COX_TRY(cox_get(call, &cox_lead, a->ids[at], &before, reterr));
    after = *before;
    after.values = COX_NEW_ARRAY(cox_call_arena(call), table->field_count, struct cox_value);
    if (after.values == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(after.values, before->values, table->field_count * sizeof(*after.values));
    COX_TRY(cox_routing_fill(call, &after, &is_routed, reterr));
    a->results[at].owner = 0;
    if (!is_routed) {
        return COX_OK;
    }
    for (size_t i = 0; i < COX_COUNT(fields); i++) {
        changes[i] = (struct cox_change){fields[i], after.values[fields[i]]};
    }
    a->results[at].owner = cox_row_int(&after, COX_LEAD_OWNER);
    COX_TRY(cox_ref_name(call, &cox_user, a->results[at].owner, &name, reterr));
    a->results[at].name = cox_arena_text(a->x->arena, name).ptr;
    return cox_change_fields(call, &cox_lead, a->ids[at], 0, changes, COX_COUNT(fields), NULL,
        reterr);
}

static enum cox_rc assign(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct assigning *a = ctx;

    for (size_t i = 0; i < a->count; i++) {
        COX_TRY(assign_one(call, a, i, reterr));
    }
    return COX_OK;
}

static enum cox_rc read_leads(struct cox_exchange *x, struct assigning *a, struct cox_err *reterr)
{
    json_t *body, *list, *id;
    size_t at;

    COX_TRY(cox_exchange_json(x, &body, reterr));
    list = json_object_get(body, "leads");
    if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > ASSIGN_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "leads", 0, "are 1 to %d numbers of leads",
            ASSIGN_MAX);
    }
    json_array_foreach(list, at, id)
    {
        if (!json_is_integer(id) || json_integer_value(id) <= 0) {
            return cox_fail_at(reterr, COX_INVALID, "leads", (int64_t)at + 1, "is not a number");
        }
        a->ids[a->count++] = json_integer_value(id);
    }
    return COX_OK;
}

static enum cox_rc post_assign(struct cox_exchange *x, struct cox_err *reterr)
{
    struct assigning *a = COX_NEW(x->arena, struct assigning);
    struct cox_write_opt opt;
    struct cox_commit commit;
    struct cox_json json;

    if (a == NULL) {
        return cox_no_memory(reterr);
    }
    a->x = x;
    COX_TRY(read_leads(x, a, reterr));
    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    COX_TRY(cox_store_write(x->store, &opt, assign, a, &commit, reterr));
    x->reply.seq = commit.seq;
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < a->count && !commit.repeated; i++) {
        cox_json_begin_object(&json);
        cox_json_put_int(&json, "lead", a->ids[i]);
        put_id(&json, "owner", a->results[i].owner);
        cox_json_put_string(&json, "owner_name", a->results[i].name);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_put_int(&json, "seq", commit.seq);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

/* ---- the routes ---- */

#define STEPS                                                                                      \
    "\"steps\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"                \
    "\"rule\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},\"condition\":{\"type\":["     \
    "\"string\",\"null\"]},\"is_met\":{\"type\":\"boolean\"},\"people\":{\"type\":\"array\","      \
    "\"items\":{\"type\":\"object\",\"properties\":{\"user\":{\"type\":\"integer\"},\"state\":{"   \
    "\"enum\":[\"free\",\"chosen\",\"away\",\"full\",\"day_full\",\"gone\"]}}}}}}}"

#define RULERS (COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR))

static const struct cox_parameter replay_parameters[] = {
    {"from", "string", "a day or an instant (UTC): leads routed from then on"},
    {"to", "string", "and before then"},
    {0},
};

static const struct cox_route cox_routes_routing[] = {
    {.method = COX_GET,
        .path = "/api/v1/leads/{id}/routing",
        .handle = get_why,
        .summary =
            "Why the lead is whose it is: the decision, and its steps replayed as of its instant.",
        .out =
            "{\"type\":\"object\",\"required\":[\"routed_to\",\"why\",\"is_replayed\",\"steps\"],"
            "\"properties\":{\"why\":{\"type\":\"string\"},\"is_replayed\":{\"type\":\"boolean\"}," STEPS
            "}}"},
    {.method = COX_POST,
        .path = "/api/v1/routing/try",
        .handle = post_try,
        .flags = COX_ROUTE_SAFE,
        .body_max = 64 << 10,
        .summary = "What the routing rules would do with a lead of these fields; nothing is saved.",
        .in = "{\"type\":\"object\"}",
        .out = "{\"type\":\"object\",\"required\":[\"owner\",\"why\",\"steps\"],\"properties\":{"
               "\"owner\":{\"type\":[\"integer\",\"null\"]}," STEPS "}}"},
    {.method = COX_POST,
        .path = "/api/v1/routing/assign",
        .handle = post_assign,
        .roles = RULERS,
        .body_max = 64 << 10,
        .summary = "Gives these leads an owner by the routing rules, in one commit.",
        .in = "{\"type\":\"object\",\"required\":[\"leads\"],\"properties\":{\"leads\":{\"type\":"
              "\"array\",\"minItems\":1,\"maxItems\":1000,\"items\":{\"type\":\"integer\"}}}}",
        .out = "{\"type\":\"object\",\"required\":[\"rows\",\"seq\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/routing/replay",
        .handle = get_replay,
        .roles = RULERS,
        .summary =
            "What today's rules would have done with the leads routed in a period, each as it was then.",
        .parameters = replay_parameters,
        .out = "{\"type\":\"object\",\"required\":[\"rows\",\"count\",\"same\",\"is_cut\"]}"},
    {0},
};

static const struct cox_entity *const entities[] = {&cox_routing_rule, &cox_routing_member, NULL};

const struct cox_feature cox_feature_routing = {
    .name = "routing",
    .help = "Lead routing: rules, turns, limits, the clock of the first answer.",
    .entities = entities,
    .routes = cox_routes_routing,
};
