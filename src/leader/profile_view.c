/* leader/profile_view.c: the six aspects of the asker: acts, 360, the range wanted; nothing is added up over them. */
#include "kernel/stats/reliability.h"
#include "kernel/stats/tilt.h"
#include "leader/feedback.h"
#include "leader/profile.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"

enum { WEEKS = COX_ACTS_DAYS / 7 + 1, SITUATIONS_MAX = 20 };
static const double level = .8, normal_half = 1.2815515655446004;
static const double thin = 5; /* independent acts under which a leaning says little */

/* One aspect's figures of one round. */
struct told {
    bool is_there;
    struct cox_feedback_result rows[COX_FEEDBACK_CELL_COUNT]; /* count 0: not shown */
    int64_t round, day;
};

struct view {
    struct cox_call *call;
    const struct cox_profile_ask *ask;
    struct cox_json *json;
    struct cox_acts acts;
    struct told newest[COX_ASPECT_COUNT], before[COX_ASPECT_COUNT];
    double low[COX_ASPECT_COUNT], high[COX_ASPECT_COUNT]; /* NaN: no range */
    struct cox_text why[COX_ASPECT_COUNT];
    struct cox_text situations[SITUATIONS_MAX], situation_labels[SITUATIONS_MAX];
    size_t situation_count;
};

/* ---- 360 ---- */

static bool is_later(const struct cox_feedback_result *row, const struct told *than)
{
    return !than->is_there || row->day > than->day ||
           (row->day == than->day && row->round > than->round);
}

/* Rows of the newest round that shows all but oneself, and of the one before it; with two passes as rows come by id. */
static void note_all(struct view *v, size_t aspect, const struct cox_feedback_result *row)
{
    struct told *newest = &v->newest[aspect], *before = &v->before[aspect];
    struct told *place = is_later(row, newest) ? newest : is_later(row, before) ? before : NULL;

    if (place == newest) {
        *before = *newest;
    }
    if (place != NULL) {
        memset(place, 0, sizeof(*place));
        place->is_there = true;
        place->round = row->round;
        place->day = row->day;
        place->rows[COX_FEEDBACK_CELL_ALL] = *row;
    }
}

static size_t aspect_of(struct cox_text scale)
{
    size_t aspect = 0;

    while (
        aspect < COX_ASPECT_COUNT && !cox_text_same(scale, cox_text_of(cox_aspects[aspect].name))) {
        aspect++;
    }
    return aspect;
}

static enum cox_rc note_result(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct view *v = (struct view *)ctx;
    struct cox_feedback_result result;
    size_t aspect;

    cox_row_unpack(row, &result);
    aspect = aspect_of(result.scale);
    if (aspect == COX_ASPECT_COUNT || isnan(result.mean)) {
        return COX_OK; /* of another questionnaire, or erased */
    }
    result.instrument = cox_arena_text(cox_call_arena(v->call), result.instrument);
    result.scale = cox_text_of(cox_aspects[aspect].name);
    if (result.instrument.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    if (result.cell == COX_FEEDBACK_CELL_ALL) {
        note_all(v, aspect, &result);
    }
    return COX_OK;
}

static enum cox_rc note_cell(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct view *v = (struct view *)ctx;
    struct cox_feedback_result result;
    size_t aspect;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &result);
    aspect = aspect_of(result.scale);
    if (aspect < COX_ASPECT_COUNT && v->newest[aspect].is_there &&
        v->newest[aspect].round == result.round && result.cell != COX_FEEDBACK_CELL_ALL) {
        v->newest[aspect].rows[result.cell] = result;
    }
    return COX_OK;
}

static struct cox_mean mean_of(const struct cox_feedback_result *row)
{
    return (struct cox_mean){row->mean, row->error, (double)row->count - 1};
}

static void put_agreement(struct cox_json *json, int64_t agreement)
{
    cox_json_put_string(json, "agreement",
        agreement == COX_NULL ? NULL : cox_feedback_agreements[agreement].name);
}

static void put_cells(struct cox_json *json, const struct told *told)
{
    cox_json_key(json, "cells");
    cox_json_begin_array(json);
    for (int cell = COX_FEEDBACK_CELL_REPORTS; cell < COX_FEEDBACK_CELL_ALL; cell++) {
        const struct cox_feedback_result *row = &told->rows[cell];

        if (row->count > 0) {
            cox_json_begin_object(json);
            cox_json_put_string(json, "cell", cox_feedback_cells[cell].name);
            cox_json_put_int(json, "count", row->count);
            cox_json_put_real(json, "mean", row->mean);
            cox_json_put_real(json, "error", row->error);
            put_agreement(json, row->agreement);
            cox_json_end_object(json);
        }
    }
    cox_json_end_array(json);
}

/* Only the same questionnaire is compared, and only what is beyond error is called a change. */
static void put_change(struct cox_json *json, const struct told *newest, const struct told *before)
{
    const struct cox_feedback_result *now = &newest->rows[COX_FEEDBACK_CELL_ALL];
    const struct cox_feedback_result *then = &before->rows[COX_FEEDBACK_CELL_ALL];
    struct cox_mean a, b;
    struct cox_change_index change;

    cox_json_key(json, "change");
    if (!before->is_there || !cox_text_same(now->instrument, then->instrument)) {
        cox_json_null(json);
        return;
    }
    a = mean_of(then);
    b = mean_of(now);
    change = cox_reliable_change(&a, &b);
    cox_json_begin_object(json);
    cox_cell_put_day(json, "since_day", before->day);
    cox_json_put_bool(json, "is_reliable", change.is_reliable);
    cox_json_put_real(json, "change", change.is_reliable ? change.change : (double)NAN);
    cox_json_put_real(json, "error", change.error);
    cox_json_end_object(json);
}

static void put_feedback(struct view *v, size_t aspect)
{
    const struct told *told = &v->newest[aspect];
    const struct cox_feedback_result *all = &told->rows[COX_FEEDBACK_CELL_ALL];
    const struct cox_feedback_result *own = &told->rows[COX_FEEDBACK_CELL_SELF];
    struct cox_json *json = v->json;
    double half;

    cox_json_key(json, "feedback");
    if (!told->is_there) {
        cox_json_null(json);
        return;
    }
    half = cox_student_half((double)all->count - 1, level) * all->error;
    cox_json_begin_object(json);
    cox_cell_put_day(json, "day", told->day);
    cox_json_put_int(json, "count", all->count);
    cox_json_put_real(json, "mean", all->mean);
    cox_json_put_real(json, "error", all->error);
    cox_json_put_real(json, "low", fmax(0, all->mean - half));
    cox_json_put_real(json, "high", fmin(1, all->mean + half));
    put_agreement(json, all->agreement);
    put_cells(json, told);
    put_change(json, told, &v->before[aspect]);
    cox_json_put_real(json, "own", own->count > 0 ? own->mean : (double)NAN);
    cox_json_end_object(json);
}

/* ---- acts ---- */

static bool leaning_of(const struct view *v, size_t aspect, struct cox_tilt *ret_tilt,
    size_t *ret_count)
{
    struct cox_tilt_week weeks[WEEKS] = {{0}};

    *ret_count = 0;
    for (size_t i = 0; i < v->acts.count; i++) {
        const struct cox_act_row *act = &v->acts.rows[i];
        const struct cox_act_kind *kind = &cox_act_kinds[act->kind];
        double weight = v->acts.weights[act->kind];
        struct cox_tilt_week *week = &weeks[(act->day - v->acts.from_day) / 7];

        if ((size_t)kind->aspect != aspect || weight == 0 ||
            (act->contest != 0 && act->state == COX_ACT_CONTEST_LEFT_OUT)) {
            continue;
        }
        week->low += kind->is_high ? 0 : weight;
        week->high += kind->is_high ? weight : 0;
        week->square += weight * weight;
        ++*ret_count;
    }
    return cox_tilt_of(weeks, WEEKS, ret_tilt);
}

static void put_distance(struct view *v, size_t aspect, const struct cox_tilt *tilt)
{
    const struct told *told = &v->newest[aspect];
    const struct cox_feedback_result *all = &told->rows[COX_FEEDBACK_CELL_ALL];
    struct cox_json *json = v->json;
    double gap, half;

    cox_json_key(json, "distance");
    if (tilt == NULL || !told->is_there) {
        cox_json_null(json);
        return;
    }
    gap = all->mean - tilt->tilt;
    half = normal_half * sqrt(all->error * all->error + tilt->error * tilt->error);
    cox_json_begin_object(json);
    cox_json_put_real(json, "difference", gap);
    cox_json_put_real(json, "low", gap - half);
    cox_json_put_real(json, "high", gap + half);
    cox_json_put_bool(json, "is_more_than_chance", fabs(gap) > half);
    cox_json_end_object(json);
}

static void put_acts(struct view *v, size_t aspect)
{
    struct cox_json *json = v->json;
    struct cox_tilt tilt;
    size_t count;
    bool has = leaning_of(v, aspect, &tilt, &count);

    cox_json_key(json, "acts");
    if (has) {
        cox_json_begin_object(json);
        cox_json_put_int(json, "count", (int64_t)count);
        cox_json_put_real(json, "tilt", tilt.tilt);
        cox_json_put_real(json, "error", tilt.error);
        cox_json_put_real(json, "low", tilt.low);
        cox_json_put_real(json, "high", tilt.high);
        cox_json_put_real(json, "effective", tilt.effective);
        cox_json_put_bool(json, "is_thin", tilt.effective < thin);
        cox_json_end_object(json);
    } else {
        cox_json_null(json);
    }
    put_distance(v, aspect, has ? &tilt : NULL);
}

/* ---- ranges ---- */

static enum cox_rc add_situation(struct view *v, struct cox_text name, struct cox_text label,
    struct cox_err *reterr)
{
    for (size_t i = 0; i < v->situation_count; i++) {
        if (cox_text_same(v->situations[i], name)) {
            return COX_OK;
        }
    }
    if (v->situation_count < SITUATIONS_MAX) {
        v->situations[v->situation_count] = cox_arena_text(cox_call_arena(v->call), name);
        v->situation_labels[v->situation_count] = cox_arena_text(cox_call_arena(v->call), label);
        if (v->situations[v->situation_count].ptr == NULL ||
            v->situation_labels[v->situation_count++].ptr == NULL) {
            return cox_no_memory(reterr);
        }
    }
    return COX_OK;
}

static enum cox_rc note_range(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct view *v = (struct view *)ctx;
    struct cox_profile_range range;

    cox_row_unpack(row, &range);
    COX_TRY(add_situation(v, range.situation, range.situation, reterr));
    if (range.role == (int64_t)v->ask->role && cox_text_same(range.situation, v->ask->situation)) {
        v->low[range.aspect] = range.low;
        v->high[range.aspect] = range.high;
        v->why[range.aspect] =
            range.why.ptr == NULL ? range.why : cox_arena_text(cox_call_arena(v->call), range.why);
    }
    return COX_OK;
}

static enum cox_rc load_ranges(struct view *v, struct cox_err *reterr)
{
    for (size_t a = 0; a < COX_ASPECT_COUNT; a++) {
        v->low[a] = v->high[a] = (double)NAN;
    }
    for (size_t r = 0; r < cox_range_count; r++) {
        COX_TRY(add_situation(v, cox_text_of(cox_ranges[r].situation),
            cox_text_of(cox_ranges[r].label), reterr));
        if (cox_text_same(v->ask->situation, cox_text_of(cox_ranges[r].situation))) {
            memcpy(v->low, cox_ranges[r].low[v->ask->role], sizeof(v->low));
            memcpy(v->high, cox_ranges[r].high[v->ask->role], sizeof(v->high));
        }
    }
    return cox_each(v->call, &cox_profile_range, NULL, note_range, v, reterr);
}

static void put_range(struct view *v, size_t aspect)
{
    cox_json_key(v->json, "range");
    if (isnan(v->low[aspect])) {
        cox_json_null(v->json);
        return;
    }
    cox_json_begin_object(v->json);
    cox_json_put_real(v->json, "low", v->low[aspect]);
    cox_json_put_real(v->json, "high", v->high[aspect]);
    cox_json_put_text(v->json, "why", v->why[aspect]);
    cox_json_end_object(v->json);
}

/* ---- all of it ---- */

static void put_aspect(struct view *v, size_t aspect)
{
    const struct cox_aspect_words *words = &cox_aspects[aspect];
    struct cox_json *json = v->json;

    cox_json_begin_object(json);
    cox_json_put_string(json, "name", words->name);
    cox_json_put_string(json, "label", words->label);
    cox_json_put_string(json, "low_label", words->low);
    cox_json_put_string(json, "high_label", words->high);
    put_acts(v, aspect);
    put_feedback(v, aspect);
    put_range(v, aspect);
    cox_json_end_object(json);
}

static void put_kinds(struct view *v)
{
    struct cox_json *json = v->json;

    cox_json_key(json, "kinds");
    cox_json_begin_array(json);
    for (size_t k = 0; k < COX_ACT_COUNT; k++) {
        const struct cox_act_kind *kind = &cox_act_kinds[k];
        int64_t count = 0;

        for (size_t i = 0; i < v->acts.count; i++) {
            const struct cox_act_row *act = &v->acts.rows[i];
            count += act->kind == (enum cox_act)k &&
                     (act->contest == 0 || act->state != COX_ACT_CONTEST_LEFT_OUT);
        }
        cox_json_begin_object(json);
        cox_json_put_string(json, "name", kind->name);
        cox_json_put_string(json, "label", kind->label);
        cox_json_put_string(json, "aspect", cox_aspects[kind->aspect].name);
        cox_json_put_string(json, "end", kind->is_high ? "high" : "low");
        cox_json_put_real(json, "weight", v->acts.weights[k]);
        cox_json_put_string(json, "why", kind->why);
        cox_json_put_int(json, "count", count);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

static void put_situations(struct view *v)
{
    cox_json_key(v->json, "situations");
    cox_json_begin_array(v->json);
    for (size_t i = 0; i < v->situation_count; i++) {
        cox_json_begin_object(v->json);
        cox_json_put_text(v->json, "name", v->situations[i]);
        cox_json_put_text(v->json, "label", v->situation_labels[i]);
        cox_json_end_object(v->json);
    }
    cox_json_end_array(v->json);
}

enum cox_rc cox_profile_write(struct cox_call *call, const struct cox_profile_ask *ask,
    struct cox_json *json, struct cox_err *reterr)
{
    struct view *v = COX_NEW(cox_call_arena(call), struct view);
    int64_t me = cox_call_actor(call)->user_id;
    struct cox_text name;

    if (v == NULL) {
        return cox_no_memory(reterr);
    }
    memset(v, 0, sizeof(*v));
    v->call = call;
    v->ask = ask;
    v->json = json;
    COX_TRY(cox_acts_load(call, &v->acts, reterr));
    COX_TRY(cox_each(call, &cox_feedback_result, NULL, note_result, v, reterr));
    COX_TRY(cox_each(call, &cox_feedback_result, NULL, note_cell, v, reterr));
    COX_TRY(load_ranges(v, reterr));
    COX_TRY(cox_ref_name(call, &cox_user, me, &name, reterr));
    cox_json_begin_object(json);
    cox_json_put_int(json, "person", me);
    cox_json_put_text(json, "person_name", name);
    cox_cell_put_day(json, "from_day", v->acts.from_day);
    cox_cell_put_day(json, "to_day", v->acts.to_day);
    cox_json_put_bool(json, "is_cut", v->acts.is_cut);
    cox_json_put_string(json, "role", cox_range_roles[ask->role].name);
    cox_json_put_text(json, "situation", ask->situation);
    put_situations(v);
    cox_json_key(json, "aspects");
    cox_json_begin_array(json);
    for (size_t a = 0; a < COX_ASPECT_COUNT; a++) {
        put_aspect(v, a);
    }
    cox_json_end_array(json);
    put_kinds(v);
    cox_json_end_object(json);
    return COX_OK;
}
