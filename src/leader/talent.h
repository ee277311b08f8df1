/*
 * leader/talent.h: what is said about people's skills, the ladder of a career and where people stand on it, who
 * could follow whom. What is about a person is read by that person and by those who lead their line today;
 * every look is written down, and the person may say what they think of it. Nothing here decides anything.
 */
#ifndef COX_LEADER_TALENT_H
#define COX_LEADER_TALENT_H

#include "record/feature.h"

/* The roles a person can have: people's own data is theirs whatever they are. */
#define COX_TALENT_ANYBODY                                                                         \
    (COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER) |                \
        COX_ROLE_BIT(COX_EXECUTIVE) | COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_COUNCIL))

/* ---- ratings: leader/rating.c ---- */

enum cox_rating_source { COX_RATING_SELF, COX_RATING_MANAGER };

enum {
    COX_SKILL_RATING_PERSON,
    COX_SKILL_RATING_SKILL,
    COX_SKILL_RATING_LEVEL,
    COX_SKILL_RATING_EVIDENCE,
    COX_SKILL_RATING_RATER,
    COX_SKILL_RATING_SOURCE,
    COX_SKILL_RATING_DAY,
    COX_SKILL_RATING_COMMENT,
    COX_SKILL_RATING_FIELD_COUNT
};

struct cox_skill_rating {
    struct cox_head head;
    int64_t person, skill, level;
    struct cox_text evidence;
    int64_t rater, source, day;
    struct cox_text comment; /* the person's, on a rating by somebody else */
};
extern const struct cox_entity cox_skill_rating;

/* ---- the ladder: leader/ladder.c ---- */

enum { COX_TRACK_NAME, COX_TRACK_HELP, COX_TRACK_POSITION, COX_TRACK_FIELD_COUNT };

struct cox_track {
    struct cox_head head;
    struct cox_text name, help;
    int64_t position;
};
extern const struct cox_entity cox_track;

enum { COX_RUNG_TRACK, COX_RUNG_NAME, COX_RUNG_POSITION, COX_RUNG_HELP, COX_RUNG_FIELD_COUNT };

struct cox_rung {
    struct cox_head head;
    int64_t track;
    struct cox_text name;
    int64_t position; /* from the lowest up, within the track */
    struct cox_text help;
};
extern const struct cox_entity cox_rung;

enum {
    COX_EXPECTATION_RUNG,
    COX_EXPECTATION_SKILL,
    COX_EXPECTATION_LEVEL,
    COX_EXPECTATION_HELP,
    COX_EXPECTATION_FIELD_COUNT
};

struct cox_expectation {
    struct cox_head head;
    int64_t rung, skill, level;
    struct cox_text help;
};
extern const struct cox_entity cox_expectation;

enum { COX_PLACE_PERSON, COX_PLACE_RUNG, COX_PLACE_AIM, COX_PLACE_FROM_DAY, COX_PLACE_FIELD_COUNT };

/* Where somebody stands, as those who lead the line say, and where the person wants to go. */
struct cox_place {
    struct cox_head head;
    int64_t person, rung, aim, from_day;
};
extern const struct cox_entity cox_place;

/* ---- who could follow: leader/succession.c ---- */

enum {
    COX_POSITION_NAME,
    COX_POSITION_TEAM,
    COX_POSITION_HOLDER,
    COX_POSITION_RUNG,
    COX_POSITION_HELP,
    COX_POSITION_FIELD_COUNT
};

struct cox_position {
    struct cox_head head;
    struct cox_text name;
    int64_t team, holder, rung;
    struct cox_text help;
};
extern const struct cox_entity cox_position;

enum {
    COX_SUCCESSOR_PERSON,
    COX_SUCCESSOR_POSITION,
    COX_SUCCESSOR_READINESS,
    COX_SUCCESSOR_WHY,
    COX_SUCCESSOR_STATED_BY,
    COX_SUCCESSOR_STATED_DAY,
    COX_SUCCESSOR_COMMENT,
    COX_SUCCESSOR_COMMENT_DAY,
    COX_SUCCESSOR_FIELD_COUNT
};

struct cox_successor {
    struct cox_head head;
    int64_t person, position, readiness;
    struct cox_text why;
    int64_t stated_by, stated_day;
    struct cox_text comment;
    int64_t comment_day;
};
extern const struct cox_entity cox_successor;

extern const struct cox_choice cox_readiness[];

extern const struct cox_feature cox_feature_talent;

#endif
