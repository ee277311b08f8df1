/* manager/performance_judge.c: scorecards judged: ramps, limits, changes, comparisons, each within its budget. */
#include <math.h>
#include <string.h>

#include "kernel/stats/diagnose.h"
#include "manager/contest_read.h"
#include "manager/performance.h"

enum { ABSENT_MONTHS = 3 };

/* ---- how much of a month was worked ---- */

static int64_t month_number(int64_t day)
{
    struct cox_civil civil = cox_day_civil(day);

    return (int64_t)civil.year * 12 + civil.month;
}

static bool has_results(const struct cox_performance_panel *panel, size_t unit, size_t month)
{
    const int64_t *sums = cox_performance_sums(panel, unit, month);

    return sums[COX_SUM_WON_COUNT] + sums[COX_SUM_LOST_COUNT] + sums[COX_SUM_CREATED_COUNT] +
               sums[COX_SUM_ACTIVITY_ALL] >
           0;
}

/* As many months in a row without anything are an absence, not months without success. */
static bool is_absent(const struct cox_performance_panel *panel, size_t unit, size_t month)
{
    size_t from = month, to = month;

    if (has_results(panel, unit, month)) {
        return false;
    }
    while (from > 0 && !has_results(panel, unit, from - 1)) {
        from--;
    }
    while (to + 1 < panel->month_count && !has_results(panel, unit, to + 1)) {
        to++;
    }
    return to - from + 1 >= ABSENT_MONTHS;
}

/* Months from the first with results on are worked, less absences, days before hiring and after leaving. */
static void weigh_person(const struct cox_performance *p,
    const struct cox_performance_panel *people, size_t at, double *weight, int32_t *since)
{
    const struct cox_performance_person *person = cox_performance_person_of(p, people->units[at]);
    const int32_t *bounds = p->people_frame->bounds[1];
    size_t first = people->month_count, last = 0;

    for (size_t m = 0; m < people->month_count; m++) {
        weight[m] = 0.0;
        since[m] = -1;
        if (has_results(people, at, m)) {
            first = first == people->month_count ? m : first;
            last = m + 1;
        }
    }
    last = person != NULL && person->is_active && first < last ? people->month_count : last;
    for (size_t m = first; m < last; m++) {
        int64_t from = bounds[m], to = bounds[m + 1];
        if (person != NULL && person->hire_day != COX_NULL) {
            since[m] = (int32_t)(month_number(bounds[m]) - month_number(person->hire_day));
            from = person->hire_day > from ? person->hire_day : from;
        }
        to = person != NULL && person->leave_day != COX_NULL && person->leave_day < to
                 ? person->leave_day
                 : to;
        weight[m] = from < to && !is_absent(people, at, m)
                        ? (double)(to - from) / (double)(bounds[m + 1] - bounds[m])
                        : 0.0;
    }
}

static size_t unit_on(const struct cox_performance *p, int64_t user, int64_t day)
{
    int64_t team = cox_measure_team_of(p->unit_frame, user, p->as_it_is ? p->unit_frame->day : day);

    return cox_performance_find(&p->company, cox_performance_unit_of(p, p->by, team));
}

/* A team's weight is that of the people who were in it in the middle of the month. */
static enum cox_rc weigh(struct cox_performance *p, const struct cox_performance_panel *people,
    struct cox_err *reterr)
{
    size_t months = p->company.month_count;
    double *own = COX_NEW_ARRAY(people->arena, months + 1, double);
    int32_t *since = COX_NEW_ARRAY(people->arena, months + 1, int32_t);

    p->weight = COX_NEW_ARRAY(p->x->arena, p->company.unit_count * months + 1, double);
    p->since = COX_NEW_ARRAY(p->x->arena, p->company.unit_count * months + 1, int32_t);
    if (own == NULL || since == NULL || p->weight == NULL || p->since == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < p->company.unit_count * months; i++) {
        p->since[i] = -1;
    }
    for (size_t at = 0; at < people->unit_count; at++) {
        weigh_person(p, people, at, own, since);
        if (p->by == COX_PERFORMANCE_PERSON) {
            memcpy(p->weight + at * months, own, months * sizeof(*own));
            memcpy(p->since + at * months, since, months * sizeof(*since));
            continue;
        }
        for (size_t m = 0; m < months; m++) {
            int64_t middle = p->people_frame->bounds[1][m] + 14;
            size_t unit =
                own[m] > 0.0 ? unit_on(p, people->units[at], middle) : p->company.unit_count;
            if (unit < p->company.unit_count) {
                p->weight[unit * months + m] += own[m];
            }
        }
    }
    return COX_OK;
}

/* ---- panels for the kernel ---- */

/* One measure's months: from first on, count of them. */
struct judging {
    struct cox_call *call;
    struct cox_performance *p;
    int64_t *count, *trials;
    double *weight, *p_value;
    int32_t *since;
};

static void fill(struct judging *j, const struct cox_performance_card *card, size_t first,
    size_t months)
{
    const struct cox_performance *p = j->p;

    for (size_t unit = 0; unit < p->company.unit_count; unit++) {
        for (size_t m = 0; m < months; m++) {
            const int64_t *sums = cox_performance_sums(&p->company, unit, first + m);
            size_t at = unit * months + m, from = unit * p->company.month_count + first + m;
            j->weight[at] = p->weight[from];
            j->since[at] = p->since[from];
            j->trials[at] = 0;
            if (card->law == COX_PERFORMANCE_COUNT) {
                j->count[at] = sums[card->measure->sum];
                j->weight[at] *= cox_score_ramp_share(&card->ramp, p->since[from]);
            } else {
                (void)cox_measure_trials(card->measure, sums, &j->count[at], &j->trials[at]);
                j->weight[at] = j->trials[at] > 0 ? 1.0 : 0.0;
            }
        }
    }
}

static struct cox_score_panel panel_of(const struct judging *j,
    const struct cox_performance_card *card, size_t months)
{
    return (struct cox_score_panel){j->p->company.unit_count, months, j->count,
        card->law == COX_PERFORMANCE_RATE ? j->trials : NULL, j->weight};
}

static size_t complete_months(const struct cox_performance *p)
{
    return p->first_shown + p->complete_count;
}

static enum cox_rc judge_card(struct judging *j, struct cox_performance_card *card,
    struct cox_err *reterr)
{
    struct cox_performance *p = j->p;
    size_t units = p->company.unit_count, months = p->complete_count;
    struct cox_score_trend trend = {.recent_count = COX_PERFORMANCE_RECENT};
    double *workspace = COX_NEW_ARRAY(cox_call_arena(j->call),
        cox_score_workspace_count(units, months) + 1, double);
    struct cox_score_panel panel;

    card->points = COX_NEW_ARRAY(p->x->arena, units * months + 1, struct cox_score_point);
    card->recents = COX_NEW_ARRAY(p->x->arena, units + 1, struct cox_score_recent);
    card->change_p = COX_NEW_ARRAY(p->x->arena, units + 1, double);
    card->paces = COX_NEW_ARRAY(p->x->arena, units + 1, struct cox_score_pace);
    if (workspace == NULL || card->points == NULL || card->recents == NULL ||
        card->change_p == NULL || card->paces == NULL) {
        return cox_no_memory(reterr);
    }
    if (card->law == COX_PERFORMANCE_COUNT && p->by == COX_PERFORMANCE_PERSON) {
        fill(j, card, 0, complete_months(p));
        panel = panel_of(j, card, complete_months(p));
        COX_TRY(cox_score_ramp(&panel, j->since, &card->ramp, reterr));
    }
    fill(j, card, p->first_shown, months);
    panel = panel_of(j, card, months);
    trend.points = card->points;
    trend.recents = card->recents;
    COX_TRY(cox_score_trend(&panel, &trend, workspace, reterr));
    card->spread = trend.spread;
    return card->law == COX_PERFORMANCE_COUNT
               ? cox_score_pace(&panel, trend.spread, card->paces, reterr)
               : COX_OK;
}

/* ---- adjusting for the number of tests ---- */

static enum cox_rc holm(struct cox_arena *arena, const double *p_value, size_t count, double *ret,
    size_t *ret_tests, struct cox_err *reterr)
{
    uint32_t *order = COX_NEW_ARRAY(arena, 2 * count + 2, uint32_t);
    double *keys = COX_NEW_ARRAY(arena, count + 1, double);

    if (order == NULL || keys == NULL) {
        return cox_no_memory(reterr);
    }
    *ret_tests = cox_score_holm(p_value, count, ret, order, order + count + 1, keys);
    return COX_OK;
}

/* Somebody in the first months changes anyway: told only where the ramp is measured and taken out. */
static bool is_tested(const struct cox_performance *p, const struct cox_performance_card *card,
    size_t unit)
{
    return !p->is_new[unit] || (card->law == COX_PERFORMANCE_COUNT && card->ramp.month_count > 0);
}

static enum cox_rc adjust_changes(struct judging *j, struct cox_err *reterr)
{
    struct cox_performance *p = j->p;
    size_t units = p->company.unit_count, count = 0;
    struct cox_arena *arena = cox_call_arena(j->call);
    double *all = COX_NEW_ARRAY(arena, 2 * p->card_count * units + 1, double);
    double *adjusted = all + p->card_count * units;

    if (all == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t c = 0; c < p->card_count; c++) {
        for (size_t unit = 0; unit < units && p->cards[c].recents != NULL; unit++) {
            all[count++] =
                is_tested(p, &p->cards[c], unit) ? p->cards[c].recents[unit].p_value : (double)NAN;
        }
    }
    COX_TRY(holm(arena, all, count, adjusted, &p->changed_count, reterr));
    count = 0;
    for (size_t c = 0; c < p->card_count; c++) {
        for (size_t unit = 0; unit < units && p->cards[c].recents != NULL; unit++) {
            p->cards[c].change_p[unit] = adjusted[count++];
        }
    }
    return COX_OK;
}

/* ---- conversion beside the company's ---- */

static size_t product_at(struct cox_performance *p, int64_t id)
{
    size_t at = 0;

    while (at < p->product_count && p->products[at] != id) {
        at++;
    }
    if (at == p->product_count) {
        p->products[p->product_count++] = id;
    }
    return at;
}

static enum cox_rc load_products(struct judging *j, const struct cox_book_generation *generation,
    const struct cox_book_ask *question, struct cox_err *reterr)
{
    struct cox_performance *p = j->p;
    struct cox_measure_result result = {0};
    struct cox_measure_ask ask = p->product_ask;

    ask.period.to_day = p->people_frame->bounds[1][complete_months(p)];
    if (p->complete_count > 0) {
        COX_TRY(cox_measure_sum_deals(j->call, generation, question, &ask, p->product_frame,
            &result, reterr));
    }
    p->products = COX_NEW_ARRAY(p->x->arena, generation->code_count + 1, int64_t);
    if (p->products == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < result.count; i++) {
        (void)product_at(p, result.rows[i].keys[1]);
    }
    p->trials = COX_NEW_ARRAY(p->x->arena, p->company.unit_count * p->product_count + 1, int64_t);
    p->successes =
        COX_NEW_ARRAY(p->x->arena, p->company.unit_count * p->product_count + 1, int64_t);
    if (p->trials == NULL || p->successes == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < result.count; i++) {
        const struct cox_measure_row *row = &result.rows[i];
        size_t unit =
            cox_performance_find(&p->company, cox_performance_unit_of(p, p->by, row->keys[0]));
        size_t at = product_at(p, row->keys[1]);
        if (unit < p->company.unit_count) {
            p->trials[unit * p->product_count + at] +=
                row->sums[COX_SUM_WON_COUNT] + row->sums[COX_SUM_LOST_COUNT];
            p->successes[unit * p->product_count + at] += row->sums[COX_SUM_WON_COUNT];
        }
    }
    return COX_OK;
}

/* Pulled together by as much as the figures say; with fewer than three there is nothing to pull to. */
static enum cox_rc pool(struct judging *j, struct cox_err *reterr)
{
    struct cox_performance *p = j->p;
    size_t units = p->company.unit_count, with_trials = 0;
    struct cox_arena *arena = cox_call_arena(j->call);
    struct cox_diagnose_cell *cells = COX_NEW_ARRAY(arena, units + 1, struct cox_diagnose_cell);
    double *mix = COX_NEW_ARRAY(arena, units + 1, double), trials = 0.0, won = 0.0;
    struct cox_diagnose_stage stage = {j->trials, j->count, mix, 1.0, 1.0};
    struct cox_diagnose_fit fit;

    if (cells == NULL || mix == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t unit = 0; unit < units; unit++) {
        j->trials[unit] = p->ratios[unit].trials;
        j->count[unit] = p->ratios[unit].observed;
        trials += (double)j->trials[unit];
        won += (double)j->count[unit];
        with_trials += j->trials[unit] > 0 ? 1 : 0;
    }
    for (size_t unit = 0; unit < units; unit++) {
        mix[unit] = p->ratios[unit].expected > 0.0 && won > 0.0
                        ? p->ratios[unit].expected / (double)j->trials[unit] / (won / trials)
                        : 1.0;
    }
    if (with_trials < 3) {
        return COX_OK;
    }
    p->pooled = COX_NEW_ARRAY(p->x->arena, 3 * units + 1, double);
    if (p->pooled == NULL) {
        return cox_no_memory(reterr);
    }
    p->pooled_low = p->pooled + units;
    p->pooled_high = p->pooled + 2 * units;
    COX_TRY(cox_diagnose_team(&stage, 1, units, &fit, cells, reterr));
    for (size_t unit = 0; unit < units; unit++) {
        p->pooled[unit] = cells[unit].shrunk;
        p->pooled_low[unit] = cells[unit].low;
        p->pooled_high[unit] = cells[unit].high;
    }
    return COX_OK;
}

static enum cox_rc compare(struct judging *j, struct cox_err *reterr)
{
    struct cox_performance *p = j->p;
    size_t units = p->company.unit_count;
    struct cox_arena *arena = cox_call_arena(j->call);
    struct cox_score_strata strata = {units, p->product_count, p->trials, p->successes};
    double *workspace =
        COX_NEW_ARRAY(arena, cox_score_compare_workspace_count(p->product_count) + 1, double);

    p->ratios = COX_NEW_ARRAY(p->x->arena, units + 1, struct cox_score_ratio);
    p->ratio_p = COX_NEW_ARRAY(p->x->arena, units + 1, double);
    if (workspace == NULL || p->ratios == NULL || p->ratio_p == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_score_compare(&strata, p->ratios, workspace, reterr));
    for (size_t unit = 0; unit < units; unit++) {
        j->p_value[unit] = p->is_new[unit] ? (double)NAN : p->ratios[unit].p_value;
    }
    COX_TRY(holm(arena, j->p_value, units, p->ratio_p, &p->compared_count, reterr));
    return pool(j, reterr);
}

/* ---- all of it ---- */

static void find_months(struct cox_performance *p)
{
    const int32_t *bounds = p->people_frame->bounds[1];
    size_t months = p->company.month_count;

    while (p->first_shown < months && bounds[p->first_shown] < p->period.span.from_day) {
        p->first_shown++;
    }
    while (p->first_shown + p->complete_count < months &&
           bounds[p->first_shown + p->complete_count + 1] <= p->day + 1) {
        p->complete_count++;
    }
}

static enum cox_rc find_new(struct cox_performance *p, struct cox_err *reterr)
{
    size_t months = p->company.month_count, last = complete_months(p);
    int32_t first_months = COX_PERFORMANCE_NEW;

    for (size_t c = 0; c < p->card_count; c++) {
        int32_t measured = (int32_t)p->cards[c].ramp.month_count;
        first_months = measured > first_months ? measured : first_months;
    }
    p->is_new = COX_NEW_ARRAY(p->x->arena, p->company.unit_count + 1, bool);
    if (p->is_new == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t unit = 0; unit < p->company.unit_count && last > 0; unit++) {
        int32_t since = p->since[unit * months + last - 1];
        p->is_new[unit] = since >= 0 && since < first_months;
    }
    return COX_OK;
}

static void count_outside(struct cox_performance *p)
{
    for (size_t c = 0; c < p->card_count; c++) {
        size_t points = p->cards[c].points == NULL ? 0 : p->company.unit_count * p->complete_count;
        for (size_t at = 0; at < points; at++) {
            double p_value = p->cards[c].points[at].p_value;
            p->point_count += isnan(p_value) ? 0 : 1;
            p->outside_count += p_value < 0.0027 ? 1 : 0;
        }
    }
}

static enum cox_rc open_judging(struct judging *j, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(j->call);
    size_t cells = j->p->company.unit_count * j->p->company.month_count + 1;

    j->count = COX_NEW_ARRAY(arena, cells, int64_t);
    j->trials = COX_NEW_ARRAY(arena, cells, int64_t);
    j->weight = COX_NEW_ARRAY(arena, cells, double);
    j->p_value = COX_NEW_ARRAY(arena, cells, double);
    j->since = COX_NEW_ARRAY(arena, cells, int32_t);
    return j->count == NULL || j->trials == NULL || j->weight == NULL || j->p_value == NULL ||
                   j->since == NULL
               ? cox_no_memory(reterr)
               : COX_OK;
}

enum cox_rc cox_performance_judge(struct cox_call *call, struct cox_performance *p,
    const struct cox_book_generation *generation, struct cox_err *reterr)
{
    struct cox_performance_panel people = {.arena = cox_call_arena(call)};
    struct judging j = {.call = call, .p = p};
    struct cox_book_ask question;

    COX_TRY(cox_book_ask_of(call, generation, &question, reterr));
    p->company.arena = p->x->arena;
    COX_TRY(cox_performance_load(call, p, generation, &question, p->by, &p->company, reterr));
    find_months(p);
    if (p->by != COX_PERFORMANCE_PERSON) {
        COX_TRY(cox_performance_load(call, p, generation, &question, COX_PERFORMANCE_PERSON,
            &people, reterr));
    }
    COX_TRY(weigh(p, p->by == COX_PERFORMANCE_PERSON ? &p->company : &people, reterr));
    COX_TRY(open_judging(&j, reterr));
    for (size_t c = 0; c < p->card_count; c++) {
        if (p->cards[c].law >= COX_PERFORMANCE_COUNT) {
            COX_TRY(judge_card(&j, &p->cards[c], reterr));
        }
    }
    COX_TRY(find_new(p, reterr));
    COX_TRY(adjust_changes(&j, reterr));
    COX_TRY(load_products(&j, generation, &question, reterr));
    COX_TRY(compare(&j, reterr));
    count_outside(p);
    return COX_OK;
}
