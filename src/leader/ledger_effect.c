/* leader/ledger_effect.c: the coached beside those who stood alike and were not. */
#include "leader/ledger_effect.h"

#include <math.h>

struct room {
    double *panel; /* person_count * COX_LEDGER_WINDOW */
    bool *treated;
    void *impact;
};

static size_t rounded(size_t size)
{
    return (size + 15) / 16 * 16;
}

size_t cox_ledger_workspace_size(size_t person_count)
{
    return rounded(person_count * COX_LEDGER_WINDOW * sizeof(double)) +
           rounded(person_count * sizeof(bool)) + cox_impact_workspace_size(person_count);
}

static struct room lay_out(void *workspace, size_t count)
{
    char *at = (char *)workspace;
    struct room room = {.panel = (double *)(void *)at};

    at += rounded(count * COX_LEDGER_WINDOW * sizeof(double));
    room.treated = (bool *)(void *)at;
    room.impact = at + rounded(count * sizeof(bool));
    return room;
}

/* ---- those who began in one month, beside those not coached until then ---- */

/* Of those not coached by the month, in it; NaN when nobody was there. */
static double month_mean(const struct cox_ledger_people *people, size_t month, size_t start)
{
    double sum = 0;
    size_t count = 0;

    for (size_t i = 0; i < people->person_count; i++) {
        double one = people->outcome[i * people->month_count + month];

        if (people->start[i] > start && !isnan(one)) {
            sum += one;
            count++;
        }
    }
    return count == 0 ? (double)NAN : sum / (double)count;
}

/* Who was coached earlier is in neither group; a control counts until the own coaching begins. */
static void fill_cohort(const struct cox_ledger_people *people, size_t start,
    const struct room *room)
{
    for (size_t i = 0; i < people->person_count * COX_LEDGER_WINDOW; i++) {
        room->panel[i] = (double)NAN;
    }
    for (size_t w = 0; w < COX_LEDGER_WINDOW; w++) {
        size_t month = start + w - COX_LEDGER_BEFORE;
        double mean;

        if (start + w < COX_LEDGER_BEFORE || month >= people->month_count) {
            continue;
        }
        mean = month_mean(people, month, start);
        for (size_t i = 0; i < people->person_count; i++) {
            if (people->start[i] >= start) {
                room->panel[i * COX_LEDGER_WINDOW + w] =
                    people->outcome[i * people->month_count + month] - mean;
            }
        }
    }
    for (size_t i = 0; i < people->person_count; i++) {
        room->treated[i] = people->start[i] == start;
    }
}

static double mean_of(const double *months, size_t count)
{
    double sum = 0;
    size_t known = 0;

    for (size_t i = 0; i < count; i++) {
        if (!isnan(months[i])) {
            sum += months[i];
            known++;
        }
    }
    return known == 0 ? (double)NAN : sum / (double)known;
}

/* What a chart of the coached alone would show: mean after less mean before, of one person. */
static double naive_rise(const struct cox_ledger_people *people, size_t person)
{
    const double *months = &people->outcome[person * people->month_count];
    size_t start = people->start[person];
    size_t before = start < COX_LEDGER_BEFORE ? start : COX_LEDGER_BEFORE;
    size_t left = people->month_count - start;

    return mean_of(months + start, left < COX_LEDGER_AFTER ? left : COX_LEDGER_AFTER) -
           mean_of(months + start - before, before);
}

/* In place of the figures after: was the person being coached in that month? */
static void fill_dose(const struct cox_ledger_people *people, size_t start, const struct room *room)
{
    for (size_t i = 0; i < people->person_count; i++) {
        for (size_t w = COX_LEDGER_BEFORE; w < COX_LEDGER_WINDOW; w++) {
            double *month = &room->panel[i * COX_LEDGER_WINDOW + w];

            if (!isnan(*month)) {
                *month = people->start[i] <= start + w - COX_LEDGER_BEFORE ? 1 : 0;
            }
        }
    }
}

/* ---- all that began, together ---- */

static const double APART_LEAST = .3;

struct sum {
    double naive, effect;
    double apart;  /* what sets the groups apart: share of months coached, the same regression */
    double own;    /* sum of squared weight x variance of the coached's part */
    double shared; /* sum of weight x sd of the controls' part: the same people again and again */
    size_t coached, controls; /* controls: of the month with fewest */
};

static void add_cohort(const struct cox_ledger_people *people, size_t start,
    const struct room *room, struct sum *sum)
{
    const struct cox_impact_panel panel = {people->person_count, COX_LEDGER_WINDOW, room->panel,
        room->treated, COX_LEDGER_BEFORE};
    const struct cox_impact_opt opt = {0};
    struct cox_impact_effect found, dose;
    struct cox_err why;
    double count, each;
    size_t coached = 0, controls = 0;

    fill_cohort(people, start, room);
    for (size_t i = 0; i < people->person_count; i++) {
        const double *months = &room->panel[i * COX_LEDGER_WINDOW];
        double rise = mean_of(months + COX_LEDGER_BEFORE, COX_LEDGER_AFTER) -
                      mean_of(months, COX_LEDGER_BEFORE);

        coached += !isnan(rise) && room->treated[i];
        controls += !isnan(rise) && !room->treated[i];
    }
    if (coached == 0 || controls < COX_LEDGER_LEAST || coached + controls < 6) {
        return; /* nobody to hold it against */
    }
    if (cox_impact_ancova(&panel, &opt, &found, room->impact, &why) != COX_OK) {
        return; /* nothing to tell apart: all figures alike, or too few of them */
    }
    count = (double)coached;
    fill_dose(people, start, room);
    if (cox_impact_ancova(&panel, &opt, &dose, room->impact, &why) != COX_OK) {
        return;
    }
    each = found.error * found.error / (1 / count + 1 / (double)controls);
    for (size_t i = 0; i < people->person_count; i++) {
        double rise = room->treated[i] ? naive_rise(people, i) : (double)NAN;

        sum->naive += isnan(rise) ? 0 : rise;
    }
    sum->effect += count * found.estimate;
    sum->apart += count * dose.estimate;
    sum->own += count * each; /* count squared x each / count */
    sum->shared += count * sqrt(each / (double)controls);
    sum->controls = sum->coached == 0 || controls < sum->controls ? controls : sum->controls;
    sum->coached += coached;
}

static bool is_begun(const struct cox_ledger_people *people, size_t month)
{
    for (size_t i = 0; i < people->person_count; i++) {
        if (people->start[i] == month) {
            return true;
        }
    }
    return false;
}

static const struct cox_ledger_effect unknown = {.naive = (double)NAN,
    .alike = (double)NAN,
    .effect = (double)NAN,
    .error = (double)NAN,
    .low = (double)NAN,
    .high = (double)NAN,
    .detectable = (double)NAN};

enum { TERMS = 4 }; /* of the regression */

static struct cox_ledger_effect conclude(const struct sum *sum)
{
    struct cox_ledger_effect effect = unknown;
    double count = (double)sum->coached, df, reach;

    effect.coached_count = sum->coached;
    effect.control_count = sum->controls;
    if (sum->coached < COX_LEDGER_LEAST || sum->apart < APART_LEAST * count) {
        return effect;
    }
    df = (double)(sum->coached + sum->controls - TERMS);
    reach = cox_student_reach(df, .05);
    effect.naive = sum->naive / count;
    effect.effect = sum->effect / sum->apart;
    effect.alike = effect.naive - effect.effect;
    effect.error = sqrt(sum->own + sum->shared * sum->shared) / sum->apart;
    effect.low = effect.effect - reach * effect.error;
    effect.high = effect.effect + reach * effect.error;
    effect.detectable = (reach + cox_student_reach(df, .4)) * effect.error;
    effect.is_known = true;
    return effect;
}

enum cox_rc cox_ledger_judge(const struct cox_ledger_people *people, void *workspace,
    struct cox_ledger_effect *ret_effect, struct cox_err *reterr)
{
    struct room room = lay_out(workspace, people->person_count);
    struct sum sum = {0};

    for (size_t i = 0; i < people->person_count; i++) {
        if (people->start[i] == 0 || people->start[i] > people->month_count) {
            return cox_fail_at(reterr, COX_INVALID, "start", (int64_t)i + 1,
                "coaching begins after the first month, or never");
        }
    }
    for (size_t month = 1; month < people->month_count; month++) {
        if (is_begun(people, month)) {
            add_cohort(people, month, &room, &sum);
        }
    }
    *ret_effect = conclude(&sum);
    return COX_OK;
}
