/*
 * leader/ledger.c: GET /coaching/ledger: the asker's own coaching sessions by person, and what the coached did and
 * brought afterwards beside those of the same line who were not coached (ledger_effect.h). Sessions of other
 * coaches are theirs: they are not seen, so somebody coached by others counts as not coached here.
 */
#include "leader/ledger.h"

#include "base/money.h"
#include "leader/coaching.h"
#include "leader/ledger_effect.h"
#include "org/line.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "sales/activity.h"
#include "sales/analysis.h"
#include "sales/measure.h"

enum { MONTHS = 24 };

struct ledger_person {
    int64_t user, session_count, minutes, rating_sum, rating_count, first_day;
    int64_t kinds[COX_COACHING_KIND_COUNT];
    int64_t hire_day, leave_day;
    struct cox_text name;
};

enum outcome { WON, WON_COUNT, CREATED_COUNT, ACTIVITIES, OUTCOME_COUNT };

static const struct {
    const char *name, *unit, *is; /* is: what people do, or what comes of it */
    enum cox_measure_sum sum;     /* SUM_COUNT: not out of the deals */
} outcomes[OUTCOME_COUNT] = {
    [WON] = {"won", "money", "result", COX_SUM_WON},
    [WON_COUNT] = {"won_count", "count", "result", COX_SUM_WON_COUNT},
    [CREATED_COUNT] = {"created_count", "count", "behaviour", COX_SUM_CREATED_COUNT},
    [ACTIVITIES] = {"activities_done", "count", "behaviour", COX_SUM_COUNT},
};

struct ledger {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t day;
    int64_t months[MONTHS + 1]; /* first days; the last: of this month, which is not over */
    struct ledger_person *people;
    size_t count;
    double *figures[OUTCOME_COUNT]; /* person * MONTHS + month */
    double minor_per_unit;
    struct cox_json json;
};

/* ---- who ---- */

static struct ledger_person *person_of(const struct ledger *l, int64_t user)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->people[i].user == user) {
            return &l->people[i];
        }
    }
    return NULL;
}

static enum cox_rc load_people(struct ledger *l, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(l->call);
    const int64_t *below;
    size_t count;

    COX_TRY(cox_line_below(l->call, l->x->who.actor.user_id, l->day, &below, &count, reterr));
    l->people = COX_NEW_ARRAY(arena, count + 1, struct ledger_person);
    if (l->people == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        struct cox_user user;

        COX_TRY(cox_load(l->call, &cox_user, below[i], &user, reterr));
        l->people[l->count++] = (struct ledger_person){.user = below[i],
            .first_day = COX_NULL,
            .hire_day = user.hire_day,
            .leave_day = user.leave_day,
            .name = user.name};
    }
    return COX_OK;
}

static enum cox_rc note_session(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct ledger *l = (struct ledger *)ctx;
    struct cox_coaching_session session;
    struct ledger_person *person;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &session);
    person = session.coach == l->x->who.actor.user_id ? person_of(l, session.person) : NULL;
    if (person == NULL || session.day > l->day) {
        return COX_OK;
    }
    person->session_count++;
    person->kinds[session.kind]++;
    person->minutes += session.minutes == COX_NULL ? 0 : session.minutes;
    if (session.rating != COX_NULL) {
        person->rating_sum += session.rating;
        person->rating_count++;
    }
    if (person->first_day == COX_NULL || session.day < person->first_day) {
        person->first_day = session.day;
    }
    return COX_OK;
}

/* ---- what they did and brought, by month ---- */

static size_t month_of(const struct ledger *l, int64_t day)
{
    size_t month = 0;

    while (month < MONTHS && l->months[month + 1] <= day) {
        month++;
    }
    return month; /* MONTHS: this month */
}

static bool was_here(const struct ledger *l, const struct ledger_person *person, size_t month)
{
    return (person->hire_day == COX_NULL || person->hire_day <= l->months[month]) &&
           (person->leave_day == COX_NULL || person->leave_day >= l->months[month + 1]);
}

static enum cox_rc read_deals(struct ledger *l, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(l->call);
    int64_t *owners = COX_NEW_ARRAY(arena, l->count + 1, int64_t);
    const struct cox_measure_ask ask = {.period = {l->months[0], l->months[MONTHS]},
        .by = {COX_BY_OWNER, COX_BY_MONTH},
        .as_it_is = true,
        .owners = owners,
        .owner_count = l->count};
    struct cox_measure_result found;

    if (owners == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < l->count; i++) {
        owners[i] = l->people[i].user;
    }
    COX_TRY(cox_measure_read(l->call, cox_books_of(l->x->server), &ask, &found, reterr));
    for (size_t r = 0; r < found.count; r++) {
        const struct ledger_person *person = person_of(l, found.rows[r].keys[0]);
        size_t month = month_of(l, found.rows[r].keys[1]);

        if (person == NULL || month == MONTHS || found.rows[r].keys[1] < l->months[0]) {
            continue;
        }
        for (int o = 0; o < ACTIVITIES; o++) {
            l->figures[o][(size_t)(person - l->people) * MONTHS + month] +=
                (double)found.rows[r].sums[outcomes[o].sum] / (o == WON ? l->minor_per_unit : 1);
        }
    }
    return COX_OK;
}

static enum cox_rc note_activity(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    struct ledger *l = (struct ledger *)ctx;
    const struct ledger_person *person;
    size_t month;

    (void)id, (void)reterr; /* nothing can fail */
    if (values[0].kind != COX_VALUE_INT || values[1].kind != COX_VALUE_INT) {
        return COX_OK;
    }
    person = person_of(l, values[0].number);
    month = month_of(l, values[1].number);
    if (person != NULL && month < MONTHS) {
        l->figures[ACTIVITIES][(size_t)(person - l->people) * MONTHS + month] += 1;
    }
    return COX_OK;
}

static enum cox_rc read_activities(struct ledger *l, struct cox_err *reterr)
{
    static const uint32_t fields[] = {COX_ACTIVITY_OWNER, COX_ACTIVITY_DONE_DAY};
    const struct cox_filter_term since = {COX_ACTIVITY_DONE_DAY, "gte", cox_int(l->months[0])};
    struct cox_query query = {.entity = &cox_activity};

    COX_TRY(cox_filter_build(l->call, &cox_activity, &since, 1, &query.filter, reterr));
    return cox_scan(l->call, &query, fields, COX_COUNT(fields), note_activity, l, reterr);
}

static enum cox_rc read_figures(struct ledger *l, struct cox_err *reterr)
{
    for (int o = 0; o < OUTCOME_COUNT; o++) {
        l->figures[o] = COX_NEW_ARRAY(cox_call_arena(l->call), l->count * MONTHS + 1, double);
        if (l->figures[o] == NULL) {
            return cox_no_memory(reterr);
        }
        for (size_t i = 0; i < l->count * MONTHS; i++) {
            l->figures[o][i] = was_here(l, &l->people[i / MONTHS], i % MONTHS) ? 0 : (double)NAN;
        }
    }
    COX_TRY(read_deals(l, reterr));
    return read_activities(l, reterr);
}

/* ---- what became of it ---- */

static void put_effect(struct cox_json *json, int outcome, const struct cox_ledger_effect *effect)
{
    cox_json_begin_object(json);
    cox_json_put_string(json, "outcome", outcomes[outcome].name);
    cox_json_put_string(json, "is", outcomes[outcome].is);
    cox_json_put_string(json, "unit", outcomes[outcome].unit);
    cox_json_put_bool(json, "is_known", effect->is_known);
    cox_json_put_int(json, "coached_count", (int64_t)effect->coached_count);
    cox_json_put_int(json, "control_count", (int64_t)effect->control_count);
    cox_json_put_real(json, "naive", effect->naive);
    cox_json_put_real(json, "alike", effect->alike);
    cox_json_put_real(json, "effect", effect->effect);
    cox_json_put_real(json, "low", effect->low);
    cox_json_put_real(json, "high", effect->high);
    cox_json_put_real(json, "detectable", effect->detectable);
    cox_json_end_object(json);
}

/* Who was coached before the two years began has no before: left out. */
static enum cox_rc put_effects(struct ledger *l, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(l->call);
    double *outcome = COX_NEW_ARRAY(arena, l->count * MONTHS + 1, double);
    size_t *start = COX_NEW_ARRAY(arena, l->count + 1, size_t);
    void *workspace = cox_arena_alloc(arena, cox_ledger_workspace_size(l->count) + 1);

    if (outcome == NULL || start == NULL || workspace == NULL) {
        return cox_no_memory(reterr);
    }
    cox_json_key(&l->json, "effects");
    cox_json_begin_array(&l->json);
    for (int o = 0; o < OUTCOME_COUNT; o++) {
        struct cox_ledger_people people = {0, MONTHS, outcome, start};
        struct cox_ledger_effect effect;

        for (size_t i = 0; i < l->count; i++) {
            int64_t first = l->people[i].first_day;

            if (first != COX_NULL && first < l->months[1]) {
                continue;
            }
            memcpy(outcome + people.person_count * MONTHS, l->figures[o] + i * MONTHS,
                MONTHS * sizeof(*outcome));
            start[people.person_count++] = first == COX_NULL ? MONTHS : month_of(l, first);
        }
        COX_TRY(cox_ledger_judge(&people, workspace, &effect, reterr));
        put_effect(&l->json, o, &effect);
    }
    cox_json_end_array(&l->json);
    return COX_OK;
}

static void put_person(struct cox_json *json, const struct ledger_person *person)
{
    cox_json_begin_object(json);
    cox_json_put_int(json, "user", person->user);
    cox_json_put_text(json, "name", person->name);
    cox_json_put_int(json, "session_count", person->session_count);
    cox_json_put_int(json, "minutes", person->minutes);
    cox_cell_put_day(json, "first_day", person->first_day);
    for (int kind = 0; kind < COX_COACHING_KIND_COUNT; kind++) {
        cox_json_put_int(json, cox_coaching_kinds[kind].name, person->kinds[kind]);
    }
    cox_json_put_int(json, "rating_count", person->rating_count);
    cox_json_put_real(json, "rating_mean",
        person->rating_count == 0 ? (double)NAN
                                  : (double)person->rating_sum / (double)person->rating_count);
    cox_json_end_object(json);
}

static enum cox_rc make_ledger(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ledger *l = (struct ledger *)ctx;
    const struct cox_iso_currency *currency = cox_iso_currency_find(cox_call_currency(call));
    struct cox_civil civil = cox_day_civil(cox_call_as_of_day(call));
    int64_t this_month = cox_day_ymd(civil.year, civil.month, 1);

    l->call = call;
    l->day = cox_call_as_of_day(call);
    l->minor_per_unit = pow(10, currency == NULL ? 2 : currency->digits);
    for (int m = 0; m <= MONTHS; m++) {
        l->months[m] = cox_day_add_months(this_month, m - MONTHS);
    }
    COX_TRY(load_people(l, reterr));
    COX_TRY(cox_each(call, &cox_coaching_session, NULL, note_session, l, reterr));
    COX_TRY(read_figures(l, reterr));
    l->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(l->x, 200, &l->json);
    cox_json_begin_object(&l->json);
    cox_json_put_int(&l->json, "as_of_seq", cox_call_as_of(call).seq);
    cox_cell_put_day(&l->json, "from_day", l->months[0]);
    cox_cell_put_day(&l->json, "to_day", l->months[MONTHS]);
    cox_json_put_text(&l->json, "currency", cox_call_currency(call));
    cox_json_key(&l->json, "people");
    cox_json_begin_array(&l->json);
    for (size_t i = 0; i < l->count; i++) {
        put_person(&l->json, &l->people[i]);
    }
    cox_json_end_array(&l->json);
    COX_TRY(put_effects(l, reterr));
    cox_json_end_object(&l->json);
    return cox_reply_json_done(l->x, &l->json, reterr);
}

enum cox_rc cox_ledger_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct ledger l = {.x = x};
    const struct cox_read_opt opt = {.actor = x->who.actor};

    return cox_store_read(x->store, &opt, make_ledger, &l, reterr);
}
