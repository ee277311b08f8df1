/* leader/profile_acts.c: what somebody did, out of the records that the person sees anyway. No note is read. */
#include <stdio.h>
#include <stdlib.h>

#include "leader/coaching.h"
#include "leader/objective.h"
#include "leader/one_on_one.h"
#include "leader/profile.h"
#include "leader/vision.h"
#include "org/line.h"
#include "record/query.h"
#include "record/switches.h"
#include "sales/escalation.h"

enum { GOAL_SHORT_DAYS = 100, PROMISE_SHORT_DAYS = 14 };

struct loading {
    struct cox_call *call;
    struct cox_acts *acts;
    int64_t me;
};

bool cox_acts_has_below(const struct cox_acts *acts, int64_t user)
{
    for (size_t i = 0; i < acts->line_count; i++) {
        if (acts->line[i] == user) {
            return true;
        }
    }
    return false;
}

/* Days outside of the span count nowhere. */
enum cox_rc cox_acts_add(struct cox_call *call, struct cox_acts *acts,
    const struct cox_act_row *row, struct cox_err *reterr)
{
    if (row->day == COX_NULL || row->day < acts->from_day || row->day >= acts->to_day) {
        return COX_OK;
    }
    if (acts->count == COX_ACTS_MAX) {
        acts->is_cut = true;
        return COX_OK;
    }
    if (acts->count == acts->room) {
        size_t room = acts->room == 0 ? 256 : acts->room * 2;
        struct cox_act_row *more = COX_NEW_ARRAY(cox_call_arena(call), room, struct cox_act_row);

        if (more == NULL) {
            return cox_no_memory(reterr);
        }
        if (acts->count > 0) {
            memcpy(more, acts->rows, acts->count * sizeof(*more));
        }
        acts->rows = more;
        acts->room = room;
    }
    acts->rows[acts->count++] = *row;
    return COX_OK;
}

static enum cox_rc add(struct loading *l, enum cox_act kind, int64_t day,
    const struct cox_row *record, int64_t with, struct cox_err *reterr)
{
    const struct cox_act_row row = {.kind = kind,
        .day = day,
        .id = record->id,
        .entity = record->table->entity,
        .with = with};

    return cox_acts_add(l->call, l->acts, &row, reterr);
}

/* ---- one for each kind of record ---- */

static enum cox_rc note_talk(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_one_on_one talk;

    cox_row_unpack(row, &talk);
    if (talk.leader != l->me ||
        (talk.state != COX_ONE_ON_ONE_HELD && talk.state != COX_ONE_ON_ONE_MISSED)) {
        return COX_OK;
    }
    return add(l, talk.state == COX_ONE_ON_ONE_HELD ? COX_ACT_TALK_HELD : COX_ACT_TALK_MISSED,
        talk.day, row, talk.person, reterr);
}

/* Promises between the person and those below. */
static enum cox_rc note_promise(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_action_item item;
    int64_t other;

    cox_row_unpack(row, &item);
    other = item.author == l->me ? item.other : item.author;
    if (!cox_acts_has_below(l->acts, other)) {
        return COX_OK;
    }
    if (item.owner == other) {
        COX_TRY(add(l, item.author == l->me ? COX_ACT_PROMISE_GIVEN : COX_ACT_PROMISE_CHOSEN,
            item.created_day, row, other, reterr));
    } else if (item.state == COX_ACTION_ITEM_DONE && item.due_day != COX_NULL &&
               item.done_day != COX_NULL && item.done_day <= item.due_day) {
        COX_TRY(add(l, COX_ACT_PROMISE_KEPT, item.done_day, row, other, reterr));
    }
    if (item.author != l->me || item.due_day == COX_NULL || item.created_day == COX_NULL) {
        return COX_OK;
    }
    return add(l,
        item.due_day - item.created_day <= PROMISE_SHORT_DAYS ? COX_ACT_PROMISE_SHORT
                                                              : COX_ACT_PROMISE_LONG,
        item.created_day, row, other, reterr);
}

static enum cox_rc note_point(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_agenda_item item;
    int64_t other;

    cox_row_unpack(row, &item);
    other = item.author == l->me ? item.other : item.author;
    return cox_acts_has_below(l->acts, other)
               ? add(l, item.author == l->me ? COX_ACT_AGENDA_MINE : COX_ACT_AGENDA_THEIRS,
                     item.day, row, other, reterr)
               : COX_OK;
}

static enum cox_rc note_session(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_coaching_session session;

    cox_row_unpack(row, &session);
    return session.coach == l->me && cox_coaching_is_held(&session)
               ? add(l, COX_ACT_SESSION, session.day, row, session.person, reterr)
               : COX_OK;
}

static enum cox_rc note_plan(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_plan plan;

    cox_row_unpack(row, &plan);
    return plan.manager == l->me
               ? add(l, COX_ACT_PLAN_HELPED, plan.from_day, row, plan.person, reterr)
               : COX_OK;
}

static enum cox_rc note_goal(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_objective goal;

    cox_row_unpack(row, &goal);
    if (goal.owner != l->me) {
        return COX_OK;
    }
    COX_TRY(add(l, COX_ACT_GOAL_WRITTEN, goal.from_day, row, COX_NULL, reterr));
    return add(l,
        goal.to_day - goal.from_day <= GOAL_SHORT_DAYS ? COX_ACT_GOAL_SHORT : COX_ACT_GOAL_LONG,
        goal.from_day, row, COX_NULL, reterr);
}

static enum cox_rc note_check_in(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;

    return cox_row_int(row, COX_CHECK_IN_AUTHOR) == l->me
               ? add(l, COX_ACT_CHECK_IN, cox_row_int(row, COX_CHECK_IN_DAY), row, COX_NULL, reterr)
               : COX_OK;
}

static enum cox_rc note_question(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_vision_question question;

    cox_row_unpack(row, &question);
    return question.answered_by == l->me && question.author != l->me
               ? add(l, COX_ACT_VISION_ANSWERED, question.answered_day, row, question.author,
                     reterr)
               : COX_OK;
}

static enum cox_rc note_escalation(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_escalation problem;

    cox_row_unpack(row, &problem);
    if (problem.decided_by == l->me) {
        return add(l, COX_ACT_ESCALATION_DECIDED, problem.decided_day, row, problem.owner, reterr);
    }
    return problem.asked_of == l->me && problem.answered_day != COX_NULL
               ? add(l, COX_ACT_ESCALATION_ANSWERED, problem.answered_day, row, problem.owner,
                     reterr)
               : COX_OK;
}

/* ---- weights, contested ones, all together ---- */

static enum cox_rc note_weight(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;

    (void)reterr; /* nothing can fail */
    for (size_t k = 0; k < COX_ACT_COUNT; k++) {
        if (cox_text_same(cox_row_text(row, COX_ACT_WEIGHT_KIND),
                cox_text_of(cox_act_kinds[k].name))) {
            l->acts->weights[k] = cox_row_real(row, COX_ACT_WEIGHT_WEIGHT);
        }
    }
    return COX_OK;
}

void cox_act_key(const struct cox_act_row *row, char ret_key[COX_ACT_KEY_SIZE])
{
    if (row->seq == 0) {
        (void)snprintf(ret_key, COX_ACT_KEY_SIZE, "%s.%lld", cox_act_kinds[row->kind].name,
            (long long)row->id); /* fits */
    } else {
        (void)snprintf(ret_key, COX_ACT_KEY_SIZE, "%s.%lld.%lld", cox_act_kinds[row->kind].name,
            (long long)row->id, (long long)row->seq); /* fits */
    }
}

static enum cox_rc note_contest(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_act_contest contest;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &contest);
    for (size_t i = 0; contest.person == l->me && i < l->acts->count; i++) {
        char key[COX_ACT_KEY_SIZE];

        cox_act_key(&l->acts->rows[i], key);
        if (cox_text_same(contest.act, cox_text_of(key))) {
            l->acts->rows[i].contest = row->id;
            l->acts->rows[i].state = (enum cox_act_contest_state)contest.state;
        }
    }
    return COX_OK;
}

static int compare_acts(const void *a, const void *b)
{
    const struct cox_act_row *x = (const struct cox_act_row *)a;
    const struct cox_act_row *y = (const struct cox_act_row *)b;

    if (x->day != y->day) {
        return x->day > y->day ? -1 : 1;
    }
    if (x->id != y->id) {
        return x->id > y->id ? -1 : 1;
    }
    return x->kind < y->kind ? -1 : x->kind > y->kind;
}

struct source {
    const char *feature; /* off: its records are not there */
    const struct cox_entity *entity;
    cox_row_fn note;
    uint32_t day_field; /* COX_NO_FIELD: looked at row by row */
};

static enum cox_rc read_source(struct loading *l, const struct source *source,
    struct cox_err *reterr)
{
    const struct cox_filter_term since = {source->day_field, "gte", cox_int(l->acts->from_day)};
    const struct cox_filter *filter = NULL;

    if (cox_call_is_off(l->call, source->feature)) {
        return COX_OK;
    }
    if (source->day_field != COX_NO_FIELD) {
        COX_TRY(cox_filter_build(l->call, source->entity, &since, 1, &filter, reterr));
    }
    return cox_each(l->call, source->entity, filter, source->note, l, reterr);
}

enum cox_rc cox_acts_load(struct cox_call *call, struct cox_acts *ret_acts, struct cox_err *reterr)
{
    static const struct source sources[] = {
        {"one_on_one", &cox_one_on_one, note_talk, COX_ONE_ON_ONE_DAY},
        {"one_on_one", &cox_action_item, note_promise, COX_NO_FIELD},
        {"coaching", &cox_agenda_item, note_point, COX_AGENDA_ITEM_DAY},
        {"coaching", &cox_coaching_session, note_session, COX_COACHING_SESSION_DAY},
        {"coaching", &cox_plan, note_plan, COX_PLAN_FROM_DAY},
        {"goals", &cox_objective, note_goal, COX_OBJECTIVE_FROM_DAY},
        {"goals", &cox_check_in, note_check_in, COX_CHECK_IN_DAY},
        {"vision", &cox_vision_question, note_question, COX_VISION_QUESTION_ANSWERED_DAY},
        {"sales", &cox_escalation, note_escalation, COX_NO_FIELD},
        {"profile", &cox_act_weight, note_weight, COX_NO_FIELD},
    };
    struct loading l = {call, ret_acts, cox_call_actor(call)->user_id};
    int64_t today = cox_call_today(call);

    *ret_acts = (struct cox_acts){.from_day = today - COX_ACTS_DAYS, .to_day = today + 1};
    for (size_t k = 0; k < COX_ACT_COUNT; k++) {
        ret_acts->weights[k] = cox_act_kinds[k].weight;
    }
    COX_TRY(cox_line_below(call, l.me, today, &ret_acts->line, &ret_acts->line_count, reterr));
    for (size_t s = 0; s < COX_COUNT(sources); s++) {
        COX_TRY(read_source(&l, &sources[s], reterr));
    }
    COX_TRY(cox_acts_load_log(call, ret_acts, reterr));
    if (ret_acts->count > 0) {
        qsort(ret_acts->rows, ret_acts->count, sizeof(*ret_acts->rows), compare_acts);
    }
    return cox_each(call, &cox_act_contest, NULL, note_contest, &l, reterr);
}
