/* manager/performance_put.c: scorecards as a reply. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "kernel/stats/order.h"
#include "manager/contest_read.h"
#include "manager/performance.h"
#include "org/people.h"
#include "record/cell.h"
#include "sales/product.h"

enum { FILTER_SIZE_MAX = 64 * 1024 };

struct putting {
    struct cox_analysis *a;
    struct cox_performance *p;
    struct cox_performance_panel shown; /* of people what the asker sees; of teams all of them */
    size_t *units;                      /* positions in the company's panel */
    size_t count;
    bool has_filters;
    bool is_alone; /* who leads nobody has too few others for their figures to be nobody's */
};

/* ---- figures ---- */

static double value_of(const struct cox_sales_measure *measure, const int64_t *sums)
{
    return measure->value == NULL ? (double)sums[measure->sum] : measure->value(sums);
}

static void put_number(struct cox_analysis *a, enum cox_measure_unit unit, double value)
{
    char text[COX_NUM_TEXT_MAX];
    bool is_money = unit == COX_UNIT_MONEY || unit == COX_UNIT_MONEY_A_DAY;

    if (!isfinite(value) || fabs(value) > 9e18) {
        cox_json_null(&a->json);
    } else if (is_money && a->iso != NULL) {
        cox_json_raw(&a->json,
            cox_text_of(cox_money_format((int64_t)nearbyint(value), a->iso, text)));
    } else if (is_money || (unit == COX_UNIT_COUNT && value == nearbyint(value))) {
        cox_json_int(&a->json, (int64_t)nearbyint(value));
    } else {
        cox_json_real(&a->json, value);
    }
}

static void put_named(struct cox_analysis *a, const char *key, enum cox_measure_unit unit,
    double value)
{
    cox_json_key(&a->json, key);
    put_number(a, unit, value);
}

/* Sums of the months shown; of the complete ones alone. */
static void add_months(const struct cox_performance *p, const struct cox_performance_panel *panel,
    size_t unit, int64_t *sums)
{
    for (size_t m = p->first_shown; m < panel->month_count; m++) {
        const int64_t *month = cox_performance_sums(panel, unit, m);
        for (size_t s = 0; s < COX_SUM_COUNT; s++) {
            sums[s] += month[s];
        }
    }
}

static void put_filter(struct putting *put, const struct cox_performance_card *card,
    const int64_t keys[2], enum cox_measure_by second, struct cox_buf *text)
{
    const struct cox_performance *p = put->p;
    bool is_people = p->by == COX_PERFORMANCE_PERSON;
    struct cox_measure_ask ask = is_people ? p->people_ask : p->unit_ask;

    ask.period = p->period.span;
    ask.by[1] = second;
    ask.owners = NULL;
    cox_buf_clear(text);
    if (put->has_filters &&
        cox_measure_add_filter(text, &ask, is_people ? p->people_frame : p->unit_frame,
            put->a->generation, keys, card->measure->behind, p->day) &&
        !text->failed) {
        cox_json_text(&put->a->json, cox_buf_text(text));
    } else {
        cox_json_null(&put->a->json);
    }
}

static void put_values(struct putting *put, const int64_t *sums, int64_t unit)
{
    const struct cox_performance *p = put->p;
    struct cox_json *json = &put->a->json;
    struct cox_buf text;

    cox_json_key(json, "values");
    cox_json_begin_object(json);
    for (size_t c = 0; c < p->card_count; c++) {
        put_named(put->a, p->cards[c].measure->name, p->cards[c].measure->unit,
            value_of(p->cards[c].measure, sums));
    }
    cox_json_end_object(json);
    if (unit == 0) {
        return;
    }
    cox_buf_init(&text, FILTER_SIZE_MAX);
    cox_json_key(json, "filters");
    cox_json_begin_object(json);
    for (size_t c = 0; c < p->card_count; c++) {
        const int64_t keys[2] = {unit, 0};
        cox_json_key(json, p->cards[c].measure->name);
        put_filter(put, &p->cards[c], keys, COX_BY_NOTHING, &text);
    }
    cox_json_end_object(json);
    cox_buf_done(&text);
}

/* ---- trends ---- */

/* The months of a measure with their limits; values outside months that were worked are not there. */
struct trend {
    double value[COX_PERFORMANCE_MONTHS_MAX], expected[COX_PERFORMANCE_MONTHS_MAX],
        low[COX_PERFORMANCE_MONTHS_MAX], high[COX_PERFORMANCE_MONTHS_MAX];
    bool outside[COX_PERFORMANCE_MONTHS_MAX];
    size_t count;
};

static void fill_single(const struct cox_performance *p, struct trend *t)
{
    struct cox_score_limits limits;

    if (!cox_score_single(t->value, p->complete_count, &limits)) {
        return;
    }
    for (size_t m = 0; m < p->complete_count; m++) {
        t->expected[m] = limits.mean;
        t->low[m] = limits.low;
        t->high[m] = limits.high;
        t->outside[m] = t->value[m] < limits.low || t->value[m] > limits.high;
    }
}

static void fill_trend(const struct putting *put, const struct cox_performance_card *card,
    size_t unit, size_t shown_unit, struct trend *t)
{
    const struct cox_performance *p = put->p;
    size_t months = p->company.month_count;

    *t = (struct trend){.count = months - p->first_shown};
    for (size_t m = 0; m < t->count; m++) {
        const int64_t *sums = cox_performance_sums(&put->shown, shown_unit, p->first_shown + m);
        bool is_there = p->weight[unit * months + p->first_shown + m] > 0.0;
        double scale = 1.0; /* of the points' events to the figure */
        t->value[m] = is_there ? value_of(card->measure, sums) : (double)NAN;
        t->expected[m] = t->low[m] = t->high[m] = (double)NAN;
        if (card->points == NULL || m >= p->complete_count) {
            continue;
        }
        const struct cox_score_point *point = &card->points[unit * p->complete_count + m];
        if (card->law == COX_PERFORMANCE_RATE) {
            int64_t events, trials = 0;
            (void)cox_measure_trials(card->measure,
                cox_performance_sums(&p->company, unit, p->first_shown + m), &events, &trials);
            scale = trials > 0 ? 1.0 / (double)trials : (double)NAN;
        }
        t->expected[m] = point->expected * scale;
        t->low[m] = point->low * scale;
        t->high[m] = point->high * scale;
        t->outside[m] = point->p_value < 0.0027;
    }
    if (card->law == COX_PERFORMANCE_SINGLE) {
        fill_single(p, t);
    }
}

static void put_numbers(struct cox_analysis *a, const char *key, enum cox_measure_unit unit,
    const double *values, size_t count, bool is_whole)
{
    cox_json_key(&a->json, key);
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < count; i++) {
        put_number(a, unit,
            is_whole || !isfinite(values[i]) ? values[i] : nearbyint(values[i] * 1e6) / 1e6);
    }
    cox_json_end_array(&a->json);
}

static void put_trend(struct putting *put, const struct cox_performance_card *card, size_t unit,
    size_t shown_unit)
{
    struct cox_json *json = &put->a->json;
    struct trend t;

    fill_trend(put, card, unit, shown_unit, &t);
    cox_json_key(json, card->measure->name);
    cox_json_begin_object(json);
    put_numbers(put->a, "values", card->measure->unit, t.value, t.count, true);
    put_numbers(put->a, "expected", card->measure->unit, t.expected, t.count, false);
    put_numbers(put->a, "low", card->measure->unit, t.low, t.count, false);
    put_numbers(put->a, "high", card->measure->unit, t.high, t.count, false);
    cox_json_key(json, "outside");
    cox_json_begin_array(json);
    for (size_t m = 0; m < t.count; m++) {
        if (t.outside[m]) {
            cox_json_int(json, (int64_t)m);
        }
    }
    cox_json_end_array(json);
    if (put->p->user != 0) {
        struct cox_buf text;
        cox_buf_init(&text, FILTER_SIZE_MAX);
        cox_json_key(json, "filters");
        cox_json_begin_array(json);
        for (size_t m = 0; m < t.count; m++) {
            const int64_t keys[2] = {put->p->user,
                put->p->people_frame->bounds[1][put->p->first_shown + m]};
            put_filter(put, card, keys, COX_BY_MONTH, &text);
        }
        cox_json_end_array(json);
        cox_buf_done(&text);
    }
    cox_json_end_object(json);
}

/* ---- verdicts ---- */

static const char *verdict_of(double adjusted, bool is_above, bool is_new)
{
    return is_new                                     ? "new"
           : isnan(adjusted)                          ? "too_few"
           : adjusted >= COX_PERFORMANCE_BUDGET / 2.0 ? "within"
           : is_above                                 ? "above"
                                                      : "below";
}

static void put_comparison(struct putting *put, size_t unit)
{
    static const double nothing = (double)NAN;
    const struct cox_performance *p = put->p;
    const struct cox_score_ratio *ratio = &p->ratios[unit];
    struct cox_json *json = &put->a->json;
    bool has_rate = p->pooled != NULL && !put->is_alone;

    cox_json_key(json, "comparison");
    cox_json_begin_object(json);
    cox_json_put_int(json, "closed_count", ratio->trials);
    cox_json_put_int(json, "won_count", ratio->observed);
    cox_json_put_real(json, "expected_count", put->is_alone ? nothing : ratio->expected);
    cox_json_put_real(json, "ratio", put->is_alone ? nothing : ratio->ratio);
    cox_json_put_real(json, "low", put->is_alone ? nothing : ratio->low);
    cox_json_put_real(json, "high", put->is_alone ? nothing : ratio->high);
    cox_json_put_real(json, "p_adjusted", put->is_alone ? nothing : p->ratio_p[unit]);
    cox_json_put_string(json, "verdict",
        verdict_of(put->is_alone ? nothing : p->ratio_p[unit], ratio->ratio > 1.0,
            p->is_new[unit]));
    cox_json_put_real(json, "rate", has_rate ? p->pooled[unit] : nothing);
    cox_json_put_real(json, "rate_low", has_rate ? p->pooled_low[unit] : nothing);
    cox_json_put_real(json, "rate_high", has_rate ? p->pooled_high[unit] : nothing);
    cox_json_end_object(json);
}

static void put_changes(struct putting *put, size_t unit)
{
    const struct cox_performance *p = put->p;
    struct cox_json *json = &put->a->json;

    cox_json_key(json, "changes");
    cox_json_begin_object(json);
    for (size_t c = 0; c < p->card_count; c++) {
        const struct cox_performance_card *card = &p->cards[c];
        bool is_new =
            p->is_new[unit] && !(card->law == COX_PERFORMANCE_COUNT && card->ramp.month_count > 0);
        if (card->recents == NULL) {
            continue;
        }
        cox_json_key(json, card->measure->name);
        cox_json_begin_object(json);
        cox_json_put_int(json, "observed_count", card->recents[unit].observed);
        cox_json_put_real(json, "expected_count", card->recents[unit].expected);
        cox_json_put_real(json, "p_adjusted", card->change_p[unit]);
        cox_json_put_string(json, "verdict",
            verdict_of(card->change_p[unit],
                (double)card->recents[unit].observed > card->recents[unit].expected, is_new));
        cox_json_end_object(json);
    }
    cox_json_end_object(json);
}

static void put_paces(struct putting *put, size_t unit)
{
    const struct cox_performance *p = put->p;
    struct cox_json *json = &put->a->json;

    cox_json_key(json, "pace");
    cox_json_begin_object(json);
    for (size_t c = 0; c < p->card_count; c++) {
        if (p->cards[c].law != COX_PERFORMANCE_COUNT || put->is_alone) {
            continue;
        }
        cox_json_key(json, p->cards[c].measure->name);
        cox_json_begin_object(json);
        cox_json_put_int(json, "observed_count", p->cards[c].paces[unit].observed);
        cox_json_put_real(json, "expected_count", p->cards[c].paces[unit].expected);
        cox_json_put_real(json, "ratio", p->cards[c].paces[unit].ratio);
        cox_json_put_real(json, "low", p->cards[c].paces[unit].low);
        cox_json_put_real(json, "high", p->cards[c].paces[unit].high);
        cox_json_end_object(json);
    }
    cox_json_end_object(json);
}

/* Products of the deals closed in the complete months; of all: the company's, beside which one's own stand. */
static enum cox_rc put_mix(struct putting *put, size_t unit, struct cox_err *reterr)
{
    const struct cox_performance *p = put->p;
    struct cox_json *json = &put->a->json;
    bool is_all = unit == p->company.unit_count;

    cox_json_key(json, "mix");
    cox_json_begin_array(json);
    for (size_t at = 0; at < p->product_count; at++) {
        int64_t closed = 0, won = 0;
        for (size_t i = is_all ? 0 : unit; i < (is_all ? unit : unit + 1); i++) {
            closed += p->trials[i * p->product_count + at];
            won += p->successes[i * p->product_count + at];
        }
        if (closed == 0 || (is_all && put->is_alone)) {
            continue;
        }
        cox_json_begin_object(json);
        COX_TRY(cox_analysis_put_ref(put->a, "product", "product_name", &cox_product,
            p->products[at], reterr));
        cox_json_put_int(json, "closed_count", closed);
        cox_json_put_int(json, "won_count", won);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    return COX_OK;
}

/* ---- the band of the others, without names ---- */

static enum cox_rc put_band(struct putting *put, const struct cox_performance_card *card,
    size_t unit, struct cox_err *reterr)
{
    const struct cox_performance *p = put->p;
    size_t months = p->company.month_count, units = p->company.unit_count;
    double *values = COX_NEW_ARRAY(cox_call_arena(put->a->call), 2 * units + 1, double);
    double band[3][COX_PERFORMANCE_MONTHS_MAX];

    if (values == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t m = p->first_shown; m < months; m++) {
        size_t count = 0;
        for (size_t i = 0; i < units; i++) {
            double value = value_of(card->measure, cox_performance_sums(&p->company, i, m));
            if (i != unit && p->weight[i * months + m] > 0.0 && isfinite(value)) {
                values[count++] = value;
            }
        }
        cox_sort_doubles(values, count, values + units);
        for (int q = 0; q < 3; q++) {
            band[q][m - p->first_shown] = count < COX_PERFORMANCE_PEERS_MIN
                                              ? (double)NAN
                                              : cox_sorted_quantile(values, count, 0.25 * (q + 1));
        }
    }
    cox_json_key(&put->a->json, card->measure->name);
    cox_json_begin_object(&put->a->json);
    for (int q = 0; q < 3; q++) {
        put_numbers(put->a,
            q == 0   ? "low"
            : q == 1 ? "mid"
                     : "high",
            card->measure->unit, band[q], months - p->first_shown, false);
    }
    cox_json_end_object(&put->a->json);
    return COX_OK;
}

/* ---- rows ---- */

static double weight_now(const struct cox_performance *p, size_t unit)
{
    size_t last = p->first_shown + p->complete_count;

    return p->weight[unit * p->company.month_count + (last == 0 ? 0 : last - 1)];
}

static enum cox_rc put_row(struct putting *put, size_t unit, struct cox_err *reterr)
{
    const struct cox_performance *p = put->p;
    struct cox_json *json = &put->a->json;
    int64_t id = p->company.units[unit], sums[COX_SUM_COUNT] = {0};
    size_t shown_unit = cox_performance_find(&put->shown, id);
    size_t last = p->first_shown + p->complete_count;
    bool is_people = p->by == COX_PERFORMANCE_PERSON;
    int32_t since = last == 0 ? -1 : p->since[unit * p->company.month_count + last - 1];

    cox_json_begin_object(json);
    COX_TRY(
        cox_analysis_put_ref(put->a, "id", "name", is_people ? &cox_user : &cox_team, id, reterr));
    cox_cell_put_number(json, "months_since_hire", since < 0 ? COX_NULL : since);
    cox_json_put_bool(json, "is_new", p->is_new[unit]);
    cox_json_put_real(json, "people", is_people ? 1.0 : nearbyint(weight_now(p, unit) * 10) / 10);
    add_months(p, &put->shown, shown_unit, sums);
    put_values(put, sums, id);
    cox_json_key(json, "trend");
    cox_json_begin_object(json);
    for (size_t c = 0; c < p->card_count; c++) {
        put_trend(put, &p->cards[c], unit, shown_unit);
    }
    cox_json_end_object(json);
    put_comparison(put, unit);
    put_changes(put, unit);
    put_paces(put, unit);
    COX_TRY(put_mix(put, unit, reterr));
    cox_json_end_object(json);
    return COX_OK;
}

/* ---- who is shown ---- */

static bool is_in_line(const struct cox_performance *p, int64_t user)
{
    return bsearch(&user, p->line, p->line_count, sizeof(user), cox_num_compare) != NULL;
}

/* A team is a manager's when everybody who is in it is of the line; an executive's when five or more are. */
static bool sees_team(const struct cox_performance *p, size_t unit)
{
    int64_t id = p->company.units[unit];
    bool is_there = false, is_whole = true;

    for (size_t i = 0; i < p->unit_frame->member_count; i++) {
        const struct cox_measure_member *member = &p->unit_frame->members[i];
        if (member->from_day <= p->unit_frame->day && member->to_day > p->unit_frame->day &&
            cox_performance_unit_of(p, p->by, member->team) == id) {
            is_there = true;
            is_whole = is_whole && is_in_line(p, member->user);
        }
    }
    return (is_there && is_whole && p->is_leading) ||
           (p->sees_teams && weight_now(p, unit) >= COX_PERFORMANCE_PEERS_MIN - 0.5);
}

static bool is_wanted(const struct putting *put, int64_t user)
{
    for (size_t i = 0; i < put->a->people_count; i++) {
        if (put->a->people[i] == user) {
            return true;
        }
    }
    return put->a->people == NULL;
}

static bool was_here(const struct cox_performance *p, size_t unit)
{
    for (size_t m = p->first_shown; m < p->company.month_count; m++) {
        if (p->weight[unit * p->company.month_count + m] > 0.0) {
            return true;
        }
    }
    return false;
}

static enum cox_rc choose_units(struct putting *put, struct cox_err *reterr)
{
    const struct cox_performance *p = put->p;

    put->units = COX_NEW_ARRAY(put->a->x->arena, p->company.unit_count + 1, size_t);
    if (put->units == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t unit = 0; unit < p->company.unit_count; unit++) {
        int64_t id = p->company.units[unit];
        bool is_seen = p->user != 0                      ? id == p->user
                       : p->by == COX_PERFORMANCE_PERSON ? is_in_line(p, id) && is_wanted(put, id)
                                                         : sees_team(p, unit);
        if (is_seen && (p->user != 0 || was_here(p, unit))) {
            put->units[put->count++] = unit;
        }
    }
    return COX_OK;
}

/* The company's figures less one's own are the others': told to who leads nobody only when these are several. */
static bool is_alone(const struct cox_performance *p)
{
    size_t others = 0;

    for (size_t unit = 0; unit < p->company.unit_count; unit++) {
        others +=
            p->ratios[unit].trials > 0 && p->company.units[unit] != p->x->who.actor.user_id ? 1 : 0;
    }
    return !p->is_leading && !p->sees_teams && others < COX_PERFORMANCE_PEERS_MIN;
}

/* People's figures are of what the asker sees; those of teams are the teams' own. */
static enum cox_rc load_shown(struct putting *put, struct cox_err *reterr)
{
    struct cox_performance *p = put->p;
    struct cox_analysis *a = put->a;
    struct cox_book_ask question = a->ask;
    int64_t *users;

    put->shown = p->company;
    if (p->by != COX_PERFORMANCE_PERSON) {
        return COX_OK;
    }
    users = COX_NEW_ARRAY(a->x->arena, put->count + 1, int64_t);
    if (users == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < put->count; i++) {
        users[i] = p->company.units[put->units[i]];
    }
    question.owner_in = cox_book_owner_bits(a->call, a->generation, users, put->count);
    if (question.owner_in == NULL) {
        return cox_no_memory(reterr);
    }
    p->people_ask.owners = users;
    p->people_ask.owner_count = put->count;
    put->shown.arena = cox_call_arena(a->call);
    return cox_performance_load(a->call, p, a->generation, &question, p->by, &put->shown, reterr);
}

/* ---- what goes before the rows ---- */

static void put_months(struct putting *put)
{
    const struct cox_performance *p = put->p;
    struct cox_json *json = &put->a->json;

    cox_json_key(json, "months");
    cox_json_begin_array(json);
    for (size_t m = p->first_shown; m < p->company.month_count; m++) {
        cox_json_begin_object(json);
        cox_cell_put_day(json, "day", p->people_frame->bounds[1][m]);
        cox_json_put_bool(json, "is_complete", m < p->first_shown + p->complete_count);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

static void put_measures(struct putting *put)
{
    static const char *const laws[] = {"none", "single", "count", "rate"};
    const struct cox_performance *p = put->p;
    struct cox_json *json = &put->a->json;

    cox_json_key(json, "measures");
    cox_json_begin_array(json);
    for (size_t c = 0; c < p->card_count; c++) {
        const struct cox_sales_measure *measure = p->cards[c].measure;
        cox_json_begin_object(json);
        cox_json_put_string(json, "name", measure->name);
        cox_json_put_string(json, "label", measure->label);
        cox_json_put_string(json, "group", p->cards[c].group);
        cox_json_put_string(json, "unit", cox_measure_unit_name(measure->unit));
        cox_json_put_string(json, "formula", measure->formula);
        cox_json_put_string(json, "records", cox_measure_records(measure->behind));
        cox_json_put_string(json, "limits", laws[p->cards[c].law]);
        cox_json_put_bool(json, "low_is_best", cox_measure_low_is_best(measure));
        cox_json_key(json, "ramp");
        cox_json_begin_array(json);
        for (size_t m = 0; m < p->cards[c].ramp.month_count; m++) {
            cox_json_begin_object(json);
            cox_json_put_real(json, "share", p->cards[c].ramp.share[m]);
            cox_json_put_int(json, "people", (int64_t)p->cards[c].ramp.people[m]);
            cox_json_end_object(json);
        }
        cox_json_end_array(json);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

static void put_budget(struct putting *put)
{
    const struct cox_performance *p = put->p;
    struct cox_json *json = &put->a->json;

    cox_json_key(json, "budget");
    cox_json_begin_object(json);
    cox_json_put_real(json, "share", COX_PERFORMANCE_BUDGET);
    cox_json_put_int(json, "compared_count", (int64_t)p->compared_count);
    cox_json_put_int(json, "changed_count", (int64_t)p->changed_count);
    cox_json_put_int(json, "recent_months", COX_PERFORMANCE_RECENT);
    cox_json_put_int(json, "outside_count", (int64_t)p->outside_count);
    cox_json_put_real(json, "outside_by_chance", 0.0027 * (double)p->point_count);
    cox_json_put_int(json, "new_months", COX_PERFORMANCE_NEW);
    cox_json_end_object(json);
}

static enum cox_rc put_total(struct putting *put, struct cox_err *reterr)
{
    int64_t sums[COX_SUM_COUNT] = {0};

    for (size_t i = 0; i < put->count; i++) {
        add_months(put->p, &put->shown,
            cox_performance_find(&put->shown, put->p->company.units[put->units[i]]), sums);
    }
    cox_json_key(&put->a->json, "total");
    cox_json_begin_object(&put->a->json);
    put_values(put, sums, 0);
    cox_json_end_object(&put->a->json);
    return put_mix(put, put->p->company.unit_count, reterr);
}

enum cox_rc cox_performance_put(struct cox_analysis *a, struct cox_performance *p,
    struct cox_err *reterr)
{
    static const char *const by[] = {"person", "team", "office"};
    struct putting put = {.a = a,
        .p = p,
        .is_alone = is_alone(p),
        .has_filters =
            p->by != COX_PERFORMANCE_OFFICE && (p->by == COX_PERFORMANCE_PERSON || p->is_leading)};

    COX_TRY(choose_units(&put, reterr));
    COX_TRY(load_shown(&put, reterr));
    cox_json_put_string(&a->json, "by", by[p->by]);
    cox_json_put_bool(&a->json, "is_leading", p->is_leading);
    cox_json_put_bool(&a->json, "sees_teams", p->sees_teams || p->is_leading);
    put_months(&put);
    put_measures(&put);
    put_budget(&put);
    COX_TRY(put_total(&put, reterr));
    cox_json_key(&a->json, "rows");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < put.count; i++) {
        COX_TRY(put_row(&put, put.units[i], reterr));
    }
    cox_json_end_array(&a->json);
    if (p->user != 0) {
        cox_json_key(&a->json, "band");
        cox_json_begin_object(&a->json);
        for (size_t c = 0; c < p->card_count; c++) {
            COX_TRY(
                put_band(&put, &p->cards[c], cox_performance_find(&p->company, p->user), reterr));
        }
        cox_json_end_object(&a->json);
    }
    return COX_OK;
}
