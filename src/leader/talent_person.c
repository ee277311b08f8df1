/*
 * leader/talent_person.c: GET /talent/people/{id}: every source of every skill, where the person stands on the ladder
 * and the gap to the next rung, plans, where the person could follow. Read by the person and by managers and
 * leaders of the line today. Deals are not read here at all: who sells most is not therefore ready to lead.
 */
#include "leader/talent_person.h"

#include <math.h>

#include "leader/certificate.h"
#include "leader/coaching.h"
#include "leader/mentor.h"
#include "leader/skill.h"
#include "leader/talent.h"
#include "leader/talent_read.h"
#include "org/line.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "record/switches.h"

enum { STEPS_MAX = 500 };

struct person {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t user, asker;
    struct cox_talent talent;
    struct cox_place place;     /* the newest; head.id COX_NULL: none */
    struct cox_rung rung, next; /* next: the aim, else the one above; head.id COX_NULL: none */
    bool is_aim;
    struct cox_json json;
    int64_t plan; /* whose steps are being written */
    int64_t step_count, done_count;
};

bool cox_talent_leads(struct cox_call *call)
{
    return (cox_call_actor(call)->roles & (COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER))) !=
           0;
}

/* ---- who may ask ---- */

static enum cox_rc check_asker(struct person *p, struct cox_err *reterr)
{
    const int64_t *below;
    size_t count = 0;

    if (p->asker == p->user) {
        return COX_OK;
    }
    if (cox_talent_leads(p->call)) {
        COX_TRY(cox_line_below(p->call, p->asker, cox_call_today(p->call), &below, &count, reterr));
    }
    for (size_t i = 0; i < count; i++) {
        if (below[i] == p->user) {
            return COX_OK;
        }
    }
    return cox_fail(reterr, COX_MISSING, "there is no such person, or not in your line");
}

/* ---- skills, with every source ---- */

static enum cox_rc put_rating(struct person *p, size_t at, struct cox_err *reterr)
{
    const struct cox_talent_rating *rating = &p->talent.ratings[at];
    struct cox_json *json = &p->json;

    cox_json_begin_object(json);
    cox_json_put_int(json, "id", rating->id);
    cox_json_put_int(json, "level", rating->level);
    cox_json_put_string(json, "source", rating->is_self ? "self" : "line");
    cox_json_put_int(json, "rater", rating->rater);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "rater_name", &cox_user, rating->rater, reterr));
    cox_cell_put_day(json, "day", rating->day);
    cox_json_put_bool(json, "counts", cox_talent_is_newest(&p->talent, at));
    cox_json_put_text(json, "evidence", rating->evidence);
    cox_json_put_text(json, "comment", rating->comment);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc put_sources(struct person *p, int64_t skill, struct cox_err *reterr)
{
    struct cox_talent_span ratings = cox_talent_ratings_of(&p->talent, p->user, skill);
    struct cox_talent_span scenes = cox_talent_scenes_of(&p->talent, p->user, skill);
    struct cox_json *json = &p->json;

    cox_json_key(json, "ratings");
    cox_json_begin_array(json);
    for (size_t i = ratings.from; i < ratings.to; i++) {
        COX_TRY(put_rating(p, i, reterr));
    }
    cox_json_end_array(json);
    cox_json_key(json, "scenes");
    cox_json_begin_array(json);
    for (size_t i = scenes.from; i < scenes.to; i++) {
        const struct cox_talent_scene *scene = &p->talent.scenes[i];

        cox_json_begin_object(json);
        cox_json_put_int(json, "session", scene->session);
        cox_json_put_int(json, "score", scene->score);
        COX_TRY(
            cox_cell_put_name(p->call, &p->json, "coach_name", &cox_user, scene->coach, reterr));
        cox_cell_put_day(json, "day", scene->day);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    return COX_OK;
}

static enum cox_rc put_skills(struct person *p, struct cox_err *reterr)
{
    struct cox_json *json = &p->json;

    cox_json_key(json, "skills");
    cox_json_begin_array(json);
    for (size_t i = 0; i < p->talent.skill_count; i++) {
        const struct cox_talent_skill *skill = &p->talent.skills[i];
        struct cox_skill_estimate estimate;

        COX_TRY(cox_talent_estimate(&p->talent, p->user, skill->id, &estimate, reterr));
        if (!skill->is_active && isnan(estimate.estimate)) {
            continue;
        }
        cox_json_begin_object(json);
        cox_json_put_int(json, "skill", skill->id);
        cox_json_put_text(json, "name", skill->name);
        cox_json_put_string(json, "hat", cox_skill_hats[skill->hat].name);
        cox_talent_put_estimate(json, &estimate);
        COX_TRY(put_sources(p, skill->id, reterr));
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    return COX_OK;
}

/* ---- certificates ---- */

/* holds: counts as evidence; seen: not ended, but of no skill, or passed again since. */
static const char *standing_of(const struct person *p, size_t at)
{
    const struct cox_talent_passed *one = &p->talent.passed[at];

    return one->end_day != COX_NULL && one->end_day <= p->talent.day ? "ended"
           : !one->is_seen                                           ? "unseen"
           : cox_talent_passed_counts(&p->talent, at)                ? "holds"
                                                                     : "replaced";
}

static enum cox_rc put_passed(struct person *p, size_t at, struct cox_err *reterr)
{
    const struct cox_talent_passed *one = &p->talent.passed[at];
    struct cox_json *json = &p->json;

    cox_json_begin_object(json);
    cox_json_put_int(json, "id", one->id);
    cox_json_put_int(json, "certificate", one->certificate);
    COX_TRY(
        cox_cell_put_name(p->call, &p->json, "name", &cox_certificate, one->certificate, reterr));
    cox_cell_put_number(json, "skill", one->skill);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "skill_name", &cox_skill, one->skill, reterr));
    cox_cell_put_number(json, "level", one->level);
    cox_cell_put_day(json, "earned_day", one->earned_day);
    cox_cell_put_day(json, "end_day", one->end_day);
    cox_json_put_bool(json, "ends_soon",
        one->end_day != COX_NULL && one->end_day > p->talent.day &&
            one->end_day <= p->talent.day + COX_CERTIFICATE_AHEAD_DAYS);
    cox_json_put_string(json, "standing", standing_of(p, at));
    COX_TRY(cox_cell_put_name(p->call, &p->json, "seen_by_name", &cox_user, one->seen_by, reterr));
    cox_cell_put_day(json, "seen_day", one->seen_day);
    cox_json_put_text(json, "note", one->note);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc put_certificates(struct person *p, struct cox_err *reterr)
{
    cox_json_key(&p->json, "certificates");
    cox_json_begin_array(&p->json);
    for (size_t i = 0; i < p->talent.passed_count; i++) {
        COX_TRY(put_passed(p, i, reterr));
    }
    cox_json_end_array(&p->json);
    return COX_OK;
}

/* ---- the ladder ---- */

static enum cox_rc note_place(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct person *p = (struct person *)ctx;
    struct cox_place place;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &place);
    /* The person's record and the line's may be two: each tells its part, the newest first. */
    p->place.rung = place.rung != COX_NULL ? place.rung : p->place.rung;
    p->place.from_day = place.rung != COX_NULL ? place.from_day : p->place.from_day;
    p->place.aim = place.aim != COX_NULL ? place.aim : p->place.aim;
    p->place.head.id = row->id;
    return COX_OK;
}

static enum cox_rc note_rung(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct person *p = (struct person *)ctx;
    struct cox_rung rung;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &rung);
    if (rung.track == p->rung.track && rung.position > p->rung.position &&
        (p->next.head.id == COX_NULL || rung.position < p->next.position)) {
        p->next = rung;
        p->next.name = p->next.help = (struct cox_text){0}; /* they live with the row only */
    }
    return COX_OK;
}

static enum cox_rc find_next(struct person *p, struct cox_err *reterr)
{
    const struct cox_filter_term whose = {COX_PLACE_PERSON, "eq", cox_int(p->user)};
    const struct cox_filter *filter;

    cox_struct_init(&cox_place, &p->place);
    cox_struct_init(&cox_rung, &p->rung);
    cox_struct_init(&cox_rung, &p->next);
    p->place.head.id = p->rung.head.id = p->next.head.id = COX_NULL;
    COX_TRY(cox_filter_build(p->call, &cox_place, &whose, 1, &filter, reterr));
    COX_TRY(cox_each(p->call, &cox_place, filter, note_place, p, reterr));
    p->is_aim = p->place.aim != COX_NULL;
    if (p->is_aim) {
        return cox_load(p->call, &cox_rung, p->place.aim, &p->next, reterr);
    }
    if (p->place.rung == COX_NULL) {
        return COX_OK;
    }
    COX_TRY(cox_load(p->call, &cox_rung, p->place.rung, &p->rung, reterr));
    return cox_each(p->call, &cox_rung, NULL, note_rung, p, reterr);
}

static enum cox_rc put_place(struct person *p, struct cox_err *reterr)
{
    struct cox_json *json = &p->json;

    cox_json_key(json, "place");
    cox_json_begin_object(json);
    cox_cell_put_number(json, "id", p->place.head.id);
    cox_cell_put_number(json, "rung", p->place.rung);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "rung_name", &cox_rung, p->place.rung, reterr));
    cox_cell_put_number(json, "aim", p->place.aim);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "aim_name", &cox_rung, p->place.aim, reterr));
    cox_cell_put_day(json, "from_day", p->place.from_day);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc note_expectation(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    static const char *const states[] = {
        [COX_SKILL_UNSEEN] = "unseen",
        [COX_SKILL_BELOW] = "below",
        [COX_SKILL_OPEN] = "open",
        [COX_SKILL_REACHED] = "reached",
    };
    struct person *p = (struct person *)ctx;
    struct cox_json *json = &p->json;
    struct cox_expectation expectation;
    struct cox_skill_estimate estimate;

    cox_row_unpack(row, &expectation);
    COX_TRY(cox_talent_estimate(&p->talent, p->user, expectation.skill, &estimate, reterr));
    cox_json_begin_object(json);
    cox_json_put_int(json, "skill", expectation.skill);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "name", &cox_skill, expectation.skill, reterr));
    cox_json_put_int(json, "level", expectation.level);
    cox_json_put_text(json, "help", expectation.help);
    cox_json_put_string(json, "state",
        states[cox_skill_gap_of(&estimate, (double)expectation.level)]);
    cox_talent_put_estimate(json, &estimate);
    cox_json_end_object(json);
    return COX_OK;
}

/* A list, and nothing that adds it up: what it comes to is for two people to talk about. */
static enum cox_rc put_gap(struct person *p, struct cox_err *reterr)
{
    struct cox_json *json = &p->json;

    cox_json_key(json, "gap");
    if (p->next.head.id == COX_NULL) {
        cox_json_null(json);
        return COX_OK;
    }
    cox_json_begin_object(json);
    cox_json_put_int(json, "rung", p->next.head.id);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "name", &cox_rung, p->next.head.id, reterr));
    cox_json_put_string(json, "why", p->is_aim ? "aim" : "next");
    cox_json_key(json, "expectations");
    cox_json_begin_array(json);
    {
        const struct cox_filter_term of = {COX_EXPECTATION_RUNG, "eq", cox_int(p->next.head.id)};
        const struct cox_filter *filter;

        COX_TRY(cox_filter_build(p->call, &cox_expectation, &of, 1, &filter, reterr));
        COX_TRY(cox_each(p->call, &cox_expectation, filter, note_expectation, p, reterr));
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
    return COX_OK;
}

/* ---- plans ---- */

static enum cox_rc note_step(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct person *p = (struct person *)ctx;
    struct cox_json *json = &p->json;
    struct cox_plan_step step;

    cox_row_unpack(row, &step);
    if (p->step_count++ >= STEPS_MAX) {
        return COX_OK;
    }
    p->done_count += step.is_done == 1;
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", row->id);
    cox_json_put_text(json, "text", step.text);
    cox_cell_put_day(json, "due_day", step.due_day);
    cox_json_put_bool(json, "is_done", step.is_done == 1);
    cox_cell_put_number(json, "skill", step.skill);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "skill_name", &cox_skill, step.skill, reterr));
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc note_plan(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct person *p = (struct person *)ctx;
    const struct cox_filter_term of = {COX_PLAN_STEP_PLAN, "eq", cox_int(row->id)};
    const struct cox_filter *filter;
    struct cox_json *json = &p->json;
    struct cox_plan plan;

    cox_row_unpack(row, &plan);
    if (plan.person != p->user) {
        return COX_OK;
    }
    p->step_count = p->done_count = 0;
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", row->id);
    cox_json_put_text(json, "goal", plan.goal);
    cox_json_put_text(json, "skill", plan.skill);
    cox_json_put_string(json, "state",
        plan.state == COX_PLAN_DONE      ? "done"
        : plan.state == COX_PLAN_DROPPED ? "dropped"
                                         : "active");
    cox_cell_put_day(json, "from_day", plan.from_day);
    cox_cell_put_day(json, "to_day", plan.to_day);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "manager_name", &cox_user, plan.manager, reterr));
    cox_json_key(json, "steps");
    cox_json_begin_array(json);
    COX_TRY(cox_filter_build(p->call, &cox_plan_step, &of, 1, &filter, reterr));
    COX_TRY(cox_each(p->call, &cox_plan_step, filter, note_step, p, reterr));
    cox_json_end_array(json);
    cox_json_put_int(json, "step_count", p->step_count);
    cox_json_put_int(json, "done_count", p->done_count);
    cox_json_end_object(json);
    return COX_OK;
}

/* ---- where the person could follow ---- */

static enum cox_rc note_successor(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct person *p = (struct person *)ctx;
    struct cox_json *json = &p->json;
    struct cox_successor one;

    cox_row_unpack(row, &one);
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", row->id);
    cox_json_put_int(json, "position", one.position);
    COX_TRY(
        cox_cell_put_name(p->call, &p->json, "position_name", &cox_position, one.position, reterr));
    cox_json_put_string(json, "readiness",
        one.readiness == COX_NULL ? NULL : cox_readiness[one.readiness].name);
    cox_json_put_text(json, "why", one.why);
    COX_TRY(
        cox_cell_put_name(p->call, &p->json, "stated_by_name", &cox_user, one.stated_by, reterr));
    cox_cell_put_day(json, "stated_day", one.stated_day);
    cox_json_put_text(json, "comment", one.comment);
    cox_json_end_object(json);
    return COX_OK;
}

/* ---- pairs: the two of each, and who runs the programme, see them ---- */

static enum cox_rc note_pair(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct person *p = (struct person *)ctx;
    struct cox_json *json = &p->json;
    struct cox_pair pair;

    cox_row_unpack(row, &pair);
    if (pair.mentor != p->user && pair.mentee != p->user) {
        return COX_OK;
    }
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", row->id);
    cox_json_put_int(json, "programme", pair.programme);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "programme_name", &cox_programme, pair.programme,
        reterr));
    COX_TRY(cox_cell_put_name(p->call, &p->json, "mentor_name", &cox_user, pair.mentor, reterr));
    COX_TRY(cox_cell_put_name(p->call, &p->json, "mentee_name", &cox_user, pair.mentee, reterr));
    cox_cell_put_day(json, "start_day", pair.start_day);
    cox_cell_put_day(json, "end_day", pair.end_day);
    cox_json_end_object(json);
    return COX_OK;
}

/* ---- all of it ---- */

/* Rows as the asker sees them; of people's records what one may not see is not there. */
static enum cox_rc put_list(struct person *p, const char *key, const struct cox_entity *entity,
    const struct cox_filter_term *of, cox_row_fn note, struct cox_err *reterr)
{
    const struct cox_filter *filter = NULL;

    cox_json_key(&p->json, key);
    cox_json_begin_array(&p->json);
    if (of != NULL) {
        COX_TRY(cox_filter_build(p->call, entity, of, 1, &filter, reterr));
    }
    COX_TRY(cox_each(p->call, entity, filter, note, p, reterr));
    cox_json_end_array(&p->json);
    return COX_OK;
}

static enum cox_rc put_lists(struct person *p, struct cox_err *reterr)
{
    const struct cox_filter_term plans = {COX_PLAN_PERSON, "eq", cox_int(p->user)};
    const struct cox_filter_term follows = {COX_SUCCESSOR_PERSON, "eq", cox_int(p->user)};

    if (cox_call_is_off(p->call, "coaching")) {
        cox_json_key(&p->json, "plans");
        cox_json_begin_array(&p->json);
        cox_json_end_array(&p->json);
    } else {
        COX_TRY(put_list(p, "plans", &cox_plan, &plans, note_plan, reterr));
    }
    COX_TRY(put_list(p, "succession", &cox_successor, &follows, note_successor, reterr));
    return put_list(p, "pairs", &cox_pair, NULL, note_pair, reterr);
}

static enum cox_rc tell(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct person *p = (struct person *)ctx;
    struct cox_text name;

    p->call = call;
    COX_TRY(check_asker(p, reterr));
    COX_TRY(cox_talent_load(call, p->user, &p->talent, reterr));
    COX_TRY(find_next(p, reterr));
    COX_TRY(cox_ref_name(call, &cox_user, p->user, &name, reterr));
    p->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(p->x, 200, &p->json);
    cox_json_begin_object(&p->json);
    cox_json_put_int(&p->json, "user", p->user);
    cox_json_put_text(&p->json, "name", name);
    cox_cell_put_day(&p->json, "day", p->talent.day);
    COX_TRY(put_skills(p, reterr));
    COX_TRY(put_certificates(p, reterr));
    COX_TRY(put_place(p, reterr));
    COX_TRY(put_gap(p, reterr));
    COX_TRY(put_lists(p, reterr));
    cox_json_end_object(&p->json);
    return cox_reply_json_done(p->x, &p->json, reterr);
}

enum cox_rc cox_talent_person_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct person *p = COX_NEW(x->arena, struct person);
    const struct cox_read_opt opt = {.actor = x->who.actor};

    if (p == NULL) {
        return cox_no_memory(reterr);
    }
    *p = (struct person){.x = x, .asker = x->who.actor.user_id};
    COX_TRY(cox_exchange_id(x, 0, &p->user, reterr));
    return cox_store_read(x->store, &opt, tell, p, reterr);
}
