/* leader/mentor_effect.c: GET /talent/programmes/{id}/effect: what a programme of pairs has done. */
#include "leader/mentor_effect.h"

#include <math.h>

#include "kernel/stats/power.h"
#include "leader/mentor.h"
#include "leader/mentor_route.h"
#include "leader/months.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "sales/analysis.h"

/* ---- the judgement ---- */

static const struct cox_impact_opt opt = {.seed = 1};

size_t cox_mentor_effect_workspace_size(size_t person_count, size_t month_count)
{
    const struct cox_stagger_panel panel = {person_count, month_count, NULL, NULL};
    size_t size = cox_stagger_workspace_size(&panel, &opt);

    size += size % sizeof(double) == 0 ? 0 : sizeof(double) - size % sizeof(double);
    return size + (month_count + person_count + 1) * (sizeof(double) + sizeof(size_t));
}

static bool is_before(const struct cox_stagger_panel *panel, size_t person, size_t month)
{
    int32_t start = panel->start[person];

    return (start < 0 || (size_t)start > month) &&
           !isnan(panel->outcome[person * panel->period_count + month]);
}

/* Of figures before the start: the variance about month and person, and that between people. */
static bool spread(const struct cox_stagger_panel *panel, double *means, double *ret_cell,
    double *ret_people)
{
    double cell = 0, people = 0, grand = 0;
    size_t cells = 0, counted = 0;

    for (size_t m = 0; m < panel->period_count; m++) {
        size_t count = 0;

        means[m] = 0;
        for (size_t p = 0; p < panel->team_count; p++) {
            if (is_before(panel, p, m)) {
                means[m] += panel->outcome[p * panel->period_count + m];
                count++;
            }
        }
        means[m] = count == 0 ? 0 : means[m] / (double)count;
    }
    for (int pass = 0; pass < 2;
         pass++) { /* first the mean of people's levels, then their spread */
        for (size_t p = 0; p < panel->team_count; p++) {
            double level = 0, square = 0;
            size_t count = 0;

            for (size_t m = 0; m < panel->period_count; m++) {
                if (is_before(panel, p, m)) {
                    double x = panel->outcome[p * panel->period_count + m] - means[m];

                    level += x;
                    square += x * x;
                    count++;
                }
            }
            if (count < 2) {
                continue;
            }
            level /= (double)count;
            if (pass == 0) {
                cell += square - (double)count * level * level;
                cells += count - 1;
                grand += level;
                counted++;
            } else {
                people += (level - grand / (double)counted) * (level - grand / (double)counted);
            }
        }
    }
    if (cells == 0 || counted < 2) {
        return false;
    }
    *ret_cell = cell / (double)cells;
    *ret_people = people / (double)(counted - 1);
    return *ret_cell > 0;
}

static double detectable(const struct cox_stagger_panel *panel, double *means, size_t *starts)
{
    struct cox_power_rollout rollout = {.cluster_count = panel->team_count,
        .period_count = panel->period_count,
        .start = starts};
    struct cox_err why;
    double mde;

    for (size_t p = 0; p < panel->team_count; p++) {
        starts[p] = panel->start[p] < 0 ? panel->period_count : (size_t)panel->start[p];
    }
    if (!spread(panel, means, &rollout.cell_variance, &rollout.cluster_variance)) {
        return (double)NAN;
    }
    return cox_power_rollout_mde(NULL, &rollout, &mde, &why) == COX_OK ? mde : (double)NAN;
}

/* Those who had not begun when the first did: they are who all are held against. */
static size_t compared(const struct cox_stagger_panel *panel)
{
    int32_t first = (int32_t)panel->period_count;
    size_t count = 0;

    for (size_t p = 0; p < panel->team_count; p++) {
        first = panel->start[p] > 0 && panel->start[p] < first ? panel->start[p] : first;
    }
    for (size_t p = 0; p < panel->team_count; p++) {
        count += panel->start[p] < 0 || panel->start[p] > first;
    }
    return count;
}

enum cox_rc cox_mentor_effect_judge(const struct cox_stagger_panel *panel, void *workspace,
    struct cox_mentor_effect *ret_effect, struct cox_err *reterr)
{
    size_t size = cox_stagger_workspace_size(panel, &opt);
    double *means, *by_age;
    struct cox_stagger_effect found;
    struct cox_mentor_effect effect = {.effect = (double)NAN,
        .low = (double)NAN,
        .high = (double)NAN,
        .p_value = (double)NAN,
        .detectable = (double)NAN};
    struct cox_err why;

    size += size % sizeof(double) == 0 ? 0 : sizeof(double) - size % sizeof(double);
    means = by_age = (double *)(void *)((char *)workspace + size);
    for (size_t p = 0; p < panel->team_count; p++) {
        bool waits = panel->start[p] < 0 || (size_t)panel->start[p] >= panel->period_count;

        effect.waiting_count += waits;
        effect.started_count += !waits;
    }
    if (panel->team_count >= COX_MENTOR_EFFECT_LEAST) {
        effect.detectable = detectable(panel, means,
            (size_t *)(void *)(means + panel->period_count + panel->team_count + 1));
    }
    if (effect.started_count >= COX_MENTOR_EFFECT_LEAST &&
        compared(panel) >= COX_MENTOR_EFFECT_LEAST) {
        enum cox_rc rc = cox_stagger_estimate(panel, &opt, &found, by_age, workspace, &why);

        if (rc != COX_OK && rc != COX_INVALID) {
            *reterr = why;
            return rc;
        }
        effect.is_known = rc == COX_OK && !found.descriptive_only && isfinite(found.low) &&
                          isfinite(found.high) && found.started_count >= COX_MENTOR_EFFECT_LEAST;
    }
    if (effect.is_known) {
        effect.effect = found.estimate;
        effect.low = found.low;
        effect.high = found.high;
        effect.p_value = found.p_permutation;
    }
    *ret_effect = effect;
    return COX_OK;
}

/* ---- the route: pairs as the asker, who must run it; the figures as the program ---- */

struct judging {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t id;
    struct cox_programme programme;
    struct cox_month_person *people; /* in the request's arena: two reads share them */
    int64_t *start_day;
    size_t count, room;
    struct cox_months months;
    struct cox_json json;
};

static enum cox_rc add_person(struct judging *j, int64_t user, int64_t start_day,
    struct cox_err *reterr)
{
    struct cox_user row;

    if (j->count == j->room) {
        size_t room = j->room == 0 ? 64 : j->room * 2;
        struct cox_month_person *people = COX_NEW_ARRAY(j->x->arena, room, struct cox_month_person);
        int64_t *days = COX_NEW_ARRAY(j->x->arena, room, int64_t);

        if (people == NULL || days == NULL) {
            return cox_no_memory(reterr);
        }
        if (j->count > 0) {
            memcpy(people, j->people, j->count * sizeof(*people));
            memcpy(days, j->start_day, j->count * sizeof(*days));
        }
        j->people = people;
        j->start_day = days;
        j->room = room;
    }
    COX_TRY(cox_load(j->call, &cox_user, user, &row, reterr));
    j->people[j->count] = (struct cox_month_person){user, row.hire_day, row.leave_day};
    j->start_day[j->count++] = start_day;
    return COX_OK;
}

static enum cox_rc note_pair(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct judging *j = (struct judging *)ctx;
    struct cox_pair pair;

    cox_row_unpack(row, &pair);
    COX_TRY(add_person(j, pair.mentee, pair.start_day, reterr));
    return j->programme.kind == COX_PEER_MEETINGS
               ? add_person(j, pair.mentor, pair.start_day, reterr)
               : COX_OK;
}

static enum cox_rc look(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct judging *j = (struct judging *)ctx;
    const struct cox_filter_term of = {COX_PAIR_PROGRAMME, "eq", cox_int(j->id)};
    const struct cox_filter *filter;

    j->call = call;
    COX_TRY(cox_load(call, &cox_programme, j->id, &j->programme, reterr));
    if (j->programme.organiser != j->x->who.actor.user_id) {
        return cox_fail(reterr, COX_DENIED, "only who runs a programme is told what it has done");
    }
    COX_TRY(cox_filter_build(call, &cox_pair, &of, 1, &filter, reterr));
    return cox_each(call, &cox_pair, filter, note_pair, j, reterr);
}

/* The first whole month of the pair; COX_MONTH_COUNT: not begun in these months. */
static int32_t start_of(const struct cox_months *months, int64_t day)
{
    size_t month = cox_month_of(months, day);

    return (int32_t)(month < COX_MONTH_COUNT && months->first[month] < day ? month + 1 : month);
}

static void put_effect(struct judging *j, int outcome, const struct cox_mentor_effect *effect)
{
    const struct cox_month_label *label = &cox_month_labels[outcome];
    struct cox_json *json = &j->json;

    cox_json_begin_object(json);
    cox_json_put_string(json, "outcome", label->name);
    cox_json_put_string(json, "unit", label->unit);
    cox_json_put_string(json, "is", label->is);
    cox_json_put_bool(json, "is_known", effect->is_known);
    cox_json_put_int(json, "started_count", (int64_t)effect->started_count);
    cox_json_put_int(json, "waiting_count", (int64_t)effect->waiting_count);
    cox_json_put_real(json, "effect", effect->effect);
    cox_json_put_real(json, "low", effect->low);
    cox_json_put_real(json, "high", effect->high);
    cox_json_put_real(json, "p_value", effect->p_value);
    cox_json_put_real(json, "detectable", effect->detectable);
    cox_json_end_object(json);
}

static enum cox_rc put_effects(struct judging *j, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(j->call);
    int32_t *start = COX_NEW_ARRAY(arena, j->count + 1, int32_t);
    void *workspace =
        cox_arena_alloc(arena, cox_mentor_effect_workspace_size(j->count, COX_MONTH_COUNT) + 1);

    if (start == NULL || workspace == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < j->count; i++) {
        start[i] = start_of(&j->months, j->start_day[i]);
    }
    cox_json_key(&j->json, "effects");
    cox_json_begin_array(&j->json);
    for (int o = 0; o < COX_MONTH_OUTCOME_COUNT && j->count > 0; o++) {
        const struct cox_stagger_panel panel = {j->count, COX_MONTH_COUNT, j->months.figures[o],
            start};
        struct cox_mentor_effect effect;

        COX_TRY(cox_mentor_effect_judge(&panel, workspace, &effect, reterr));
        put_effect(j, o, &effect);
    }
    cox_json_end_array(&j->json);
    return COX_OK;
}

static enum cox_rc judge(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct judging *j = (struct judging *)ctx;

    j->call = call;
    cox_months_begin(call, &j->months);
    COX_TRY(
        cox_months_read(call, cox_books_of(j->x->server), j->people, j->count, &j->months, reterr));
    j->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(j->x, 200, &j->json);
    cox_json_begin_object(&j->json);
    cox_cell_put_day(&j->json, "from_day", j->months.first[0]);
    cox_cell_put_day(&j->json, "to_day", j->months.first[COX_MONTH_COUNT]);
    cox_json_put_text(&j->json, "currency", cox_call_currency(call));
    cox_json_put_int(&j->json, "person_count", (int64_t)j->count);
    cox_json_put_int(&j->json, "least", COX_MENTOR_EFFECT_LEAST);
    COX_TRY(put_effects(j, reterr));
    cox_json_end_object(&j->json);
    return cox_reply_json_done(j->x, &j->json, reterr);
}

enum cox_rc cox_mentor_effect_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct judging *j = COX_NEW(x->arena, struct judging);
    const struct cox_read_opt asker = {.actor = x->who.actor}, program = {0};

    if (j == NULL) {
        return cox_no_memory(reterr);
    }
    j->x = x;
    COX_TRY(cox_exchange_id(x, 0, &j->id, reterr));
    COX_TRY(cox_store_read(x->store, &asker, look, j, reterr));
    return cox_store_read(x->store, &program, judge, j, reterr);
}
