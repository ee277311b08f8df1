/*
 * leader/balance.c: the two hats of who asks, and of nobody else: acts of the last eight weeks for people and for deals,
 * out of one's own records, each counted alike; and the time that they took, where it is known. Nobody but
 * the person reads it: sums over others would change with every day, and two of them subtract to one person.
 */
#include "leader/balance.h"

#include <math.h>

#include "base/day.h"
#include "leader/coaching.h"
#include "leader/one_on_one.h"
#include "record/cell.h"
#include "record/query.h"
#include "record/switches.h"
#include "sales/activity.h"
#include "sales/opportunity.h"

enum { WEEKS = 8 };

enum hat { PEOPLE, DEALS, HAT_COUNT };
static const char *const hat_names[HAT_COUNT] = {"people", "deals"};

/* One kind of act: rows of an entity that are one's own, of these days, and in this state. */
static const struct kind {
    const char *name, *label;
    enum hat hat;
    const char *feature;
    const struct cox_entity *entity;
    uint32_t who, day, state, minutes; /* fields; COX_NO_FIELD: none */
    const char *is;                    /* the state's name */
    bool or_none; /* without a state it was so too: from before there were any */
} kinds[] = {
    {"talks_held", "1:1s held", PEOPLE, "one_on_one", &cox_one_on_one, COX_ONE_ON_ONE_LEADER,
        COX_ONE_ON_ONE_DAY, COX_ONE_ON_ONE_STATE, COX_ONE_ON_ONE_MINUTES, "held", false},
    {"coaching", "Coaching sessions", PEOPLE, "coaching", &cox_coaching_session,
        COX_COACHING_SESSION_COACH, COX_COACHING_SESSION_DAY, COX_COACHING_SESSION_STATE,
        COX_COACHING_SESSION_MINUTES, "held", true},
    {"promises_kept", "Promises kept", PEOPLE, "one_on_one", &cox_action_item,
        COX_ACTION_ITEM_OWNER, COX_ACTION_ITEM_DONE_DAY, COX_ACTION_ITEM_STATE, COX_NO_FIELD,
        "done", false},
    {"activities", "Activities done", DEALS, "sales", &cox_activity, COX_ACTIVITY_OWNER,
        COX_ACTIVITY_DONE_DAY, COX_NO_FIELD, COX_ACTIVITY_DURATION_MIN, NULL, false},
    {"deals_closed", "Own deals closed", DEALS, "sales", &cox_opportunity, COX_OPPORTUNITY_OWNER,
        COX_OPPORTUNITY_CLOSED_DAY, COX_NO_FIELD, COX_NO_FIELD, NULL, false},
};

static const char formula[] =
    "Acts for people / all acts, each counted alike: 1:1s held, coaching sessions and promises "
    "kept for people; activities done and own deals closed for deals.";

struct tally {
    int64_t count, timed_count, minutes; /* timed_count: those whose minutes are known */
};

struct counting {
    const struct kind *kind;
    struct tally tally;
};

static int64_t state_of(const struct kind *kind)
{
    const struct cox_choice *choices = kind->entity->fields[kind->state].choices;
    int64_t at = 0;

    while (!cox_text_same(cox_text_of(choices[at].name), cox_text_of(kind->is))) {
        at++;
    }
    return at;
}

static bool is_so(const struct kind *kind, const struct cox_row *row)
{
    int64_t state = kind->is == NULL ? 0 : cox_row_int(row, kind->state);

    return kind->is == NULL || state == state_of(kind) || (kind->or_none && state == COX_NULL);
}

static enum cox_rc note(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct counting *counting = ctx;
    uint32_t at = counting->kind->minutes;
    int64_t minutes = at == COX_NO_FIELD ? COX_NULL : cox_row_int(row, at);

    (void)reterr; /* nothing can fail */
    if (!is_so(counting->kind, row)) {
        return COX_OK;
    }
    counting->tally.count++;
    if (minutes != COX_NULL && minutes > 0) {
        counting->tally.timed_count++;
        counting->tally.minutes += minutes;
    }
    return COX_OK;
}

static enum cox_rc count_kind(struct cox_call *call, const struct kind *kind, int64_t since,
    struct tally *ret_tally, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {kind->who, "eq", cox_int(cox_call_actor(call)->user_id)},
        {kind->day, "gte", cox_int(since)},
        {kind->day, "lte", cox_int(cox_call_as_of_day(call))},
    };
    struct counting counting = {.kind = kind};
    const struct cox_filter *filter;

    COX_TRY(cox_filter_build(call, kind->entity, terms, COX_COUNT(terms), &filter, reterr));
    COX_TRY(cox_each(call, kind->entity, filter, note, &counting, reterr));
    *ret_tally = counting.tally;
    return COX_OK;
}

/* ---- as JSON ---- */

struct balance {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t since;
    struct tally tallies[COX_COUNT(kinds)];
    struct cox_json json;
};

static void put_tally(struct cox_json *json, const struct tally *tally)
{
    cox_json_put_int(json, "count", tally->count);
    cox_json_put_int(json, "minutes", tally->minutes);
    cox_json_put_int(json, "timed_count", tally->timed_count);
}

/* The list that shows what was counted. */
static enum cox_rc put_records(struct balance *b, const struct kind *kind, struct cox_err *reterr)
{
    const struct cox_field *fields = kind->entity->fields;
    char first[COX_DAY_SIZE], last[COX_DAY_SIZE], *filter;

    cox_day_format(b->since, first);
    cox_day_format(cox_call_as_of_day(b->call), last);
    filter = cox_arena_format(cox_call_arena(b->call), "%s=eq.%lld&%s=gte.%s&%s=lte.%s",
        fields[kind->who].name, (long long)b->x->who.actor.user_id, fields[kind->day].name, first,
        fields[kind->day].name, last);
    if (kind->is != NULL && filter != NULL) {
        const char *state = fields[kind->state].name;

        filter = kind->or_none ? cox_arena_format(cox_call_arena(b->call),
                                     "%s&or=(%s.eq.%s,%s.is.null)", filter, state, kind->is, state)
                               : cox_arena_format(cox_call_arena(b->call), "%s&%s=eq.%s", filter,
                                     state, kind->is);
    }
    if (filter == NULL) {
        return cox_no_memory(reterr);
    }
    cox_json_put_string(&b->json, "records", kind->entity->plural);
    cox_json_put_string(&b->json, "filter", filter);
    return COX_OK;
}

static struct tally sum_of(const struct balance *b, int hat)
{
    struct tally sum = {0};

    for (size_t k = 0; k < COX_COUNT(kinds); k++) {
        if (hat == HAT_COUNT || (int)kinds[k].hat == hat) {
            sum.count += b->tallies[k].count;
            sum.timed_count += b->tallies[k].timed_count;
            sum.minutes += b->tallies[k].minutes;
        }
    }
    return sum;
}

static enum cox_rc put_hat(struct balance *b, int hat, struct cox_err *reterr)
{
    struct tally sum = sum_of(b, hat), all = sum_of(b, HAT_COUNT);
    struct cox_json *json = &b->json;

    cox_json_begin_object(json);
    cox_json_put_string(json, "hat", hat_names[hat]);
    put_tally(json, &sum);
    cox_json_put_real(json, "share",
        all.count == 0 ? (double)NAN : (double)sum.count / (double)all.count);
    cox_json_key(json, "kinds");
    cox_json_begin_array(json);
    for (size_t k = 0; k < COX_COUNT(kinds); k++) {
        if ((int)kinds[k].hat != hat || cox_call_is_off(b->call, kinds[k].feature)) {
            continue;
        }
        cox_json_begin_object(json);
        cox_json_put_string(json, "kind", kinds[k].name);
        cox_json_put_string(json, "label", kinds[k].label);
        put_tally(json, &b->tallies[k]);
        COX_TRY(put_records(b, &kinds[k], reterr));
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc make(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct balance *b = ctx;
    struct cox_json *json = &b->json;

    b->call = call;
    b->since = cox_call_as_of_day(call) - 7 * WEEKS;
    for (size_t k = 0; k < COX_COUNT(kinds); k++) {
        if (!cox_call_is_off(call, kinds[k].feature)) {
            COX_TRY(count_kind(call, &kinds[k], b->since, &b->tallies[k], reterr));
        }
    }
    b->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(b->x, 200, json);
    cox_json_begin_object(json);
    cox_cell_put_day(json, "day", cox_call_as_of_day(call));
    cox_cell_put_day(json, "from_day", b->since);
    cox_json_put_int(json, "weeks", WEEKS);
    cox_json_put_string(json, "formula", formula);
    cox_json_key(json, "hats");
    cox_json_begin_array(json);
    for (int hat = 0; hat < HAT_COUNT; hat++) {
        COX_TRY(put_hat(b, hat, reterr));
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
    return cox_reply_json_done(b->x, json, reterr);
}

static enum cox_rc get_balance(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct balance *b = COX_NEW(x->arena, struct balance);

    if (b == NULL) {
        return cox_no_memory(reterr);
    }
    b->x = x;
    return cox_store_read(x->store, &opt, make, b, reterr);
}

const struct cox_route cox_routes_balance[] = {
    {.method = COX_GET,
        .path = "/api/v1/balance",
        .handle = get_balance,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "One's own two hats: what one did for people and for deals in eight weeks, and "
                   "the time of it where it is known. Of oneself alone.",
        .out = "{\"type\":\"object\",\"required\":[\"day\",\"from_day\",\"weeks\",\"formula\","
               "\"hats\"]}"},
    {0},
};
