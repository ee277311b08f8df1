/*
 * leader/talent_read.h: what the caller may see of people's skills, loaded once: the catalogue, ratings, and the
 * scores of coaching sessions whose line of the rubric names a skill. Sessions are their two people's: of
 * others' the caller has nothing, so an estimate is from what its reader may see.
 */
#ifndef COX_LEADER_TALENT_READ_H
#define COX_LEADER_TALENT_READ_H

#include <stdbool.h>

#include "base/json.h"
#include "leader/skill_estimate.h"
#include "record/record.h"

struct cox_talent_skill {
    int64_t id, hat, position;
    bool is_active;
    struct cox_text name;
};

struct cox_talent_rating {
    int64_t id, person, skill, level, rater, day;
    bool is_self;
    struct cox_text evidence, comment;
};

/* A score of a session that tells of a skill. */
struct cox_talent_scene {
    int64_t session, person, coach, skill, score, day;
};

/* A certificate that somebody has. */
struct cox_talent_passed {
    int64_t id, rev, person, certificate, earned_day, end_day, seen_by, seen_day;
    int64_t skill, level; /* what it speaks for; COX_NULL: for none */
    bool is_seen;
    struct cox_text note;
};

/* Everything lives in the call's arena. */
struct cox_talent {
    struct cox_call *call;
    int64_t day;
    struct cox_talent_skill *skills; /* by position */
    size_t skill_count;
    struct cox_talent_rating *ratings; /* by person, skill and rater; a rater's newest first */
    size_t rating_count, rating_room;
    struct cox_talent_scene *scenes; /* by person and skill, the newest first */
    size_t scene_count, scene_room;
    struct cox_talent_passed *passed; /* by person and skill, the newest first */
    size_t passed_count, passed_room;
};

/* person: of one; 0: of everybody the caller may see. */
enum cox_rc cox_talent_load(struct cox_call *call, int64_t person, struct cox_talent *ret_talent,
    struct cox_err *reterr) COX_NODISCARD;

/* Where a person stands in a skill as of talent->day. */
enum cox_rc cox_talent_estimate(const struct cox_talent *talent, int64_t person, int64_t skill,
    struct cox_skill_estimate *ret_estimate, struct cox_err *reterr) COX_NODISCARD;

/* Positions from .. to - 1 of what is said of a person and skill. */
struct cox_talent_span {
    size_t from, to;
};
struct cox_talent_span cox_talent_ratings_of(const struct cox_talent *talent, int64_t person,
    int64_t skill);
struct cox_talent_span cox_talent_scenes_of(const struct cox_talent *talent, int64_t person,
    int64_t skill);

/* Does it count on talent->day: seen by the line, not ended, and the newest of its kind? */
bool cox_talent_passed_counts(const struct cox_talent *talent, size_t at);

/* Is the rating at this position the newest of its rater? Only such count. */
bool cox_talent_is_newest(const struct cox_talent *talent, size_t at);

/* "estimate", "error", "low", "high", "sources": members of an object that has been begun. */
void cox_talent_put_estimate(struct cox_json *json, const struct cox_skill_estimate *estimate);

#endif
