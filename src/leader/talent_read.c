/* leader/talent_read.c: what the caller may see of people's skills. */
#include "leader/talent_read.h"

#include <stdlib.h>

#include "base/map.h"
#include "leader/certificate.h"
#include "leader/coaching.h"
#include "leader/skill.h"
#include "leader/talent.h"
#include "record/query.h"
#include "record/switches.h"

/* ---- rows ---- */

/* Room for one more in an array of the call's arena. */
static bool grow(struct cox_call *call, void **at, size_t count, size_t *room, size_t size)
{
    size_t more = *room == 0 ? 64 : *room * 2;
    void *grown;

    if (count < *room) {
        return true;
    }
    grown = cox_arena_alloc(cox_call_arena(call), more * size);
    if (grown == NULL) {
        return false;
    }
    if (count > 0) {
        memcpy(grown, *at, count * size);
    }
    *at = grown;
    *room = more;
    return true;
}

struct loading {
    struct cox_talent *talent;
    int64_t person; /* 0: everybody */
    size_t skill_room;
    struct cox_imap *speaks;               /* certificate -> skill * 8 + level */
    struct cox_imap *line_skill, *session; /* line -> skill; session -> position in sessions */
    struct session {
        int64_t id, coach, person, day;
    } * sessions;
    size_t session_count, session_room;
};

static enum cox_rc copy_text(struct cox_call *call, struct cox_text text, struct cox_text *ret_text,
    struct cox_err *reterr)
{
    *ret_text = text.size == 0 ? (struct cox_text){0} : cox_arena_text(cox_call_arena(call), text);
    return text.size > 0 && ret_text->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc note_skill(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_talent *t = l->talent;
    struct cox_talent_skill *skill;

    if (!grow(t->call, (void **)&t->skills, t->skill_count, &l->skill_room, sizeof(*t->skills))) {
        return cox_no_memory(reterr);
    }
    skill = &t->skills[t->skill_count++];
    *skill = (struct cox_talent_skill){.id = row->id,
        .hat = cox_row_int(row, COX_SKILL_HAT),
        .position = cox_row_int(row, COX_SKILL_POSITION),
        .is_active = cox_row_int(row, COX_SKILL_IS_ACTIVE) != 0};
    return copy_text(t->call, cox_row_text(row, COX_SKILL_NAME), &skill->name, reterr);
}

static enum cox_rc note_rating(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_talent *t = l->talent;
    struct cox_skill_rating rating;
    struct cox_talent_rating *to;

    cox_row_unpack(row, &rating);
    if (rating.level == COX_NULL || rating.rater == COX_NULL) {
        return COX_OK; /* erased */
    }
    if (!grow(t->call, (void **)&t->ratings, t->rating_count, &t->rating_room,
            sizeof(*t->ratings))) {
        return cox_no_memory(reterr);
    }
    to = &t->ratings[t->rating_count++];
    *to = (struct cox_talent_rating){.id = row->id,
        .person = rating.person,
        .skill = rating.skill,
        .level = rating.level,
        .rater = rating.rater,
        .day = rating.day,
        .is_self = rating.source == COX_RATING_SELF};
    COX_TRY(copy_text(t->call, rating.evidence, &to->evidence, reterr));
    return copy_text(t->call, rating.comment, &to->comment, reterr);
}

/* ---- scenes: scores of sessions by lines that name a skill ---- */

static enum cox_rc note_line(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    int64_t skill = cox_row_int(row, COX_RUBRIC_LINE_SKILL);

    return skill == COX_NULL ? COX_OK
                             : cox_imap_put(l->line_skill, row->id, (uint64_t)skill, reterr);
}

static enum cox_rc note_session(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_coaching_session session;

    cox_row_unpack(row, &session);
    if (!cox_coaching_is_held(&session) || (l->person != 0 && session.person != l->person)) {
        return COX_OK;
    }
    if (!grow(l->talent->call, (void **)&l->sessions, l->session_count, &l->session_room,
            sizeof(*l->sessions))) {
        return cox_no_memory(reterr);
    }
    l->sessions[l->session_count] =
        (struct session){row->id, session.coach, session.person, session.day};
    return cox_imap_put(l->session, row->id, l->session_count++, reterr);
}

static enum cox_rc note_score(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_talent *t = l->talent;
    const struct session *session;
    uint64_t skill, at;

    if (!cox_imap_find(l->line_skill, cox_row_int(row, COX_COACHING_SCORE_LINE), &skill) ||
        !cox_imap_find(l->session, cox_row_int(row, COX_COACHING_SCORE_SESSION), &at)) {
        return COX_OK;
    }
    if (!grow(t->call, (void **)&t->scenes, t->scene_count, &t->scene_room, sizeof(*t->scenes))) {
        return cox_no_memory(reterr);
    }
    session = &l->sessions[at];
    t->scenes[t->scene_count++] = (struct cox_talent_scene){session->id, session->person,
        session->coach, (int64_t)skill, cox_row_int(row, COX_COACHING_SCORE_SCORE), session->day};
    return COX_OK;
}

static enum cox_rc load_scenes(struct loading *l, struct cox_err *reterr)
{
    struct cox_call *call = l->talent->call;

    if (cox_call_is_off(call, "coaching")) {
        return COX_OK; /* a switch takes the records along */
    }
    COX_TRY(cox_imap_open_in(cox_call_arena(call), 0, &l->line_skill, reterr));
    COX_TRY(cox_imap_open_in(cox_call_arena(call), 0, &l->session, reterr));
    COX_TRY(cox_each(call, &cox_rubric_line, NULL, note_line, l, reterr));
    COX_TRY(cox_each(call, &cox_coaching_session, NULL, note_session, l, reterr));
    return cox_each(call, &cox_coaching_score, NULL, note_score, l, reterr);
}

/* ---- certificates ---- */

static enum cox_rc note_certificate(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    int64_t skill = cox_row_int(row, COX_CERTIFICATE_SKILL);

    /* Skill and level in one number: ids stay far below. */
    return skill == COX_NULL
               ? COX_OK
               : cox_imap_put(l->speaks, row->id,
                     (uint64_t)skill * 8 + (uint64_t)cox_row_int(row, COX_CERTIFICATE_LEVEL),
                     reterr);
}

static enum cox_rc note_passed(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *l = (struct loading *)ctx;
    struct cox_talent *t = l->talent;
    struct cox_talent_passed *to;
    struct cox_passed passed;
    uint64_t speaks;

    cox_row_unpack(row, &passed);
    if (!grow(t->call, (void **)&t->passed, t->passed_count, &t->passed_room, sizeof(*t->passed))) {
        return cox_no_memory(reterr);
    }
    to = &t->passed[t->passed_count++];
    *to = (struct cox_talent_passed){.id = row->id,
        .rev = row->rev,
        .person = passed.person,
        .certificate = passed.certificate,
        .earned_day = passed.earned_day,
        .end_day = passed.end_day,
        .seen_by = passed.seen_by,
        .seen_day = passed.seen_day,
        .skill = COX_NULL,
        .level = COX_NULL,
        .is_seen = passed.is_seen == 1};
    if (cox_imap_find(l->speaks, passed.certificate, &speaks)) {
        to->skill = (int64_t)(speaks / 8);
        to->level = (int64_t)(speaks % 8);
    }
    return copy_text(t->call, passed.note, &to->note, reterr);
}

static enum cox_rc load_passed(struct loading *l, struct cox_err *reterr)
{
    struct cox_call *call = l->talent->call;
    const struct cox_filter_term whose = {COX_PASSED_PERSON, "eq", cox_int(l->person)};
    const struct cox_filter *filter = NULL;

    COX_TRY(cox_imap_open_in(cox_call_arena(call), 0, &l->speaks, reterr));
    COX_TRY(cox_each(call, &cox_certificate, NULL, note_certificate, l, reterr));
    if (l->person != 0) {
        COX_TRY(cox_filter_build(call, &cox_passed, &whose, 1, &filter, reterr));
    }
    return cox_each(call, &cox_passed, filter, note_passed, l, reterr);
}

bool cox_talent_passed_counts(const struct cox_talent *talent, size_t at)
{
    const struct cox_talent_passed *one = &talent->passed[at];

    for (size_t i = 0; i < talent->passed_count; i++) {
        const struct cox_talent_passed *other = &talent->passed[i];

        if (other->person == one->person && other->certificate == one->certificate &&
            other->is_seen && other->earned_day > one->earned_day) {
            return false; /* passed again since */
        }
    }
    return one->is_seen && one->earned_day != COX_NULL && one->earned_day <= talent->day &&
           (one->end_day == COX_NULL || one->end_day > talent->day);
}

/* ---- all of it ---- */

static int compare_skills(const void *a, const void *b)
{
    const struct cox_talent_skill *x = (const struct cox_talent_skill *)a;
    const struct cox_talent_skill *y = (const struct cox_talent_skill *)b;

    if (x->hat != y->hat) {
        return x->hat < y->hat ? -1 : 1;
    }
    if (x->position != y->position) {
        return x->position < y->position ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

/* By person and skill; then by rater, the newest first. */
static int compare_ratings(const void *a, const void *b)
{
    const struct cox_talent_rating *x = (const struct cox_talent_rating *)a;
    const struct cox_talent_rating *y = (const struct cox_talent_rating *)b;
    const int64_t left[] = {x->person, x->skill, x->rater, y->day, y->id};
    const int64_t right[] = {y->person, y->skill, y->rater, x->day, x->id};

    for (size_t i = 0; i < COX_COUNT(left); i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}

static int compare_scenes(const void *a, const void *b)
{
    const struct cox_talent_scene *x = (const struct cox_talent_scene *)a;
    const struct cox_talent_scene *y = (const struct cox_talent_scene *)b;
    const int64_t left[] = {x->person, x->skill, y->day, x->session};
    const int64_t right[] = {y->person, y->skill, x->day, y->session};

    for (size_t i = 0; i < COX_COUNT(left); i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}

static int compare_passed(const void *a, const void *b)
{
    const struct cox_talent_passed *x = (const struct cox_talent_passed *)a;
    const struct cox_talent_passed *y = (const struct cox_talent_passed *)b;
    const int64_t left[] = {x->person, x->skill, y->earned_day, x->id};
    const int64_t right[] = {y->person, y->skill, x->earned_day, y->id};

    for (size_t i = 0; i < COX_COUNT(left); i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}

static void sort(void *at, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count > 1) {
        qsort(at, count, size, compare);
    }
}

enum cox_rc cox_talent_load(struct cox_call *call, int64_t person, struct cox_talent *ret_talent,
    struct cox_err *reterr)
{
    const struct cox_filter_term whose = {COX_SKILL_RATING_PERSON, "eq", cox_int(person)};
    const struct cox_filter *filter = NULL;
    struct loading l = {.talent = ret_talent, .person = person};

    *ret_talent = (struct cox_talent){.call = call, .day = cox_call_as_of_day(call)};
    COX_TRY(cox_each(call, &cox_skill, NULL, note_skill, &l, reterr));
    sort(ret_talent->skills, ret_talent->skill_count, sizeof(*ret_talent->skills), compare_skills);
    if (person != 0) {
        COX_TRY(cox_filter_build(call, &cox_skill_rating, &whose, 1, &filter, reterr));
    }
    COX_TRY(cox_each(call, &cox_skill_rating, filter, note_rating, &l, reterr));
    COX_TRY(load_scenes(&l, reterr));
    COX_TRY(load_passed(&l, reterr));
    sort(ret_talent->ratings, ret_talent->rating_count, sizeof(*ret_talent->ratings),
        compare_ratings);
    sort(ret_talent->scenes, ret_talent->scene_count, sizeof(*ret_talent->scenes), compare_scenes);
    sort(ret_talent->passed, ret_talent->passed_count, sizeof(*ret_talent->passed), compare_passed);
    return COX_OK;
}

/* ---- what it comes to ---- */

struct cox_talent_span cox_talent_ratings_of(const struct cox_talent *talent, int64_t person,
    int64_t skill)
{
    size_t low = 0, high = talent->rating_count;
    struct cox_talent_span span;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct cox_talent_rating *one = &talent->ratings[middle];
        bool is_before = one->person < person || (one->person == person && one->skill < skill);

        low = is_before ? middle + 1 : low;
        high = is_before ? high : middle;
    }
    span.from = span.to = low;
    while (span.to < talent->rating_count && talent->ratings[span.to].person == person &&
           talent->ratings[span.to].skill == skill) {
        span.to++;
    }
    return span;
}

struct cox_talent_span cox_talent_scenes_of(const struct cox_talent *talent, int64_t person,
    int64_t skill)
{
    struct cox_talent_span span = {0, 0};

    while (span.from < talent->scene_count && (talent->scenes[span.from].person != person ||
                                                  talent->scenes[span.from].skill != skill)) {
        span.from++;
    }
    span.to = span.from;
    while (span.to < talent->scene_count && talent->scenes[span.to].person == person &&
           talent->scenes[span.to].skill == skill) {
        span.to++;
    }
    return span;
}

/* Sorted by rater, the newest first. */
bool cox_talent_is_newest(const struct cox_talent *talent, size_t at)
{
    const struct cox_talent_rating *one = &talent->ratings[at];

    return at == 0 || one[-1].person != one->person || one[-1].skill != one->skill ||
           one[-1].rater != one->rater;
}

static double years_since(const struct cox_talent *talent, int64_t day)
{
    return day == COX_NULL || day >= talent->day ? 0 : (double)(talent->day - day) / 365.25;
}

enum cox_rc cox_talent_estimate(const struct cox_talent *talent, int64_t person, int64_t skill,
    struct cox_skill_estimate *ret_estimate, struct cox_err *reterr)
{
    struct cox_talent_span ratings = cox_talent_ratings_of(talent, person, skill);
    struct cox_talent_span scenes = cox_talent_scenes_of(talent, person, skill);
    struct cox_arena *arena = cox_call_arena(talent->call);
    struct cox_mark mark = cox_arena_mark(arena);
    struct cox_skill_saying *sayings = COX_NEW_ARRAY(arena,
        ratings.to - ratings.from + scenes.to - scenes.from + talent->passed_count + 1,
        struct cox_skill_saying);
    size_t count = 0;

    if (sayings == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = ratings.from; i < ratings.to; i++) {
        const struct cox_talent_rating *one = &talent->ratings[i];

        if (cox_talent_is_newest(talent, i)) {
            sayings[count++] = (struct cox_skill_saying){one->rater,
                one->is_self ? COX_SKILL_BY_SELF : COX_SKILL_BY_MANAGER, (double)one->level,
                years_since(talent, one->day)};
        }
    }
    for (size_t i = scenes.from; i < scenes.to; i++) {
        const struct cox_talent_scene *one = &talent->scenes[i];

        sayings[count++] = (struct cox_skill_saying){one->coach, COX_SKILL_BY_SCENE,
            (double)one->score, years_since(talent, one->day)};
    }
    for (size_t i = 0; i < talent->passed_count; i++) {
        const struct cox_talent_passed *one = &talent->passed[i];

        if (one->person == person && one->skill == skill && cox_talent_passed_counts(talent, i)) {
            sayings[count++] = (struct cox_skill_saying){-one->id, COX_SKILL_BY_CERTIFICATE,
                (double)one->level, years_since(talent, one->earned_day)};
        }
    }
    cox_skill_judge(sayings, count, ret_estimate);
    cox_arena_rewind(arena, mark);
    return COX_OK;
}

void cox_talent_put_estimate(struct cox_json *json, const struct cox_skill_estimate *estimate)
{
    cox_json_put_real(json, "estimate", estimate->estimate);
    cox_json_put_real(json, "error", estimate->error);
    cox_json_put_real(json, "low", estimate->low);
    cox_json_put_real(json, "high", estimate->high);
    cox_json_key(json, "sources");
    cox_json_begin_object(json);
    cox_json_put_int(json, "self", (int64_t)estimate->count[COX_SKILL_BY_SELF]);
    cox_json_put_int(json, "line", (int64_t)estimate->count[COX_SKILL_BY_MANAGER]);
    cox_json_put_int(json, "sessions", (int64_t)estimate->count[COX_SKILL_BY_SCENE]);
    cox_json_put_int(json, "certificates", (int64_t)estimate->count[COX_SKILL_BY_CERTIFICATE]);
    cox_json_put_int(json, "people", (int64_t)estimate->rater_count);
    cox_json_end_object(json);
}
