/*
 * leader/vision.h: where the company is going, what it rests on, who has read it, what they ask. Everybody
 * reads the vision; leaders and executives write it.
 */
#ifndef COX_LEADER_VISION_H
#define COX_LEADER_VISION_H

#include "record/feature.h"

enum {
    COX_VISION_STATEMENT,
    COX_VISION_NARRATIVE,
    COX_VISION_FROM_DAY,
    COX_VISION_TO_DAY,
    COX_VISION_FIELD_COUNT
};

struct cox_vision {
    struct cox_head head;
    struct cox_text statement, narrative;
    int64_t from_day, to_day;
};
extern const struct cox_entity cox_vision;

enum {
    COX_PILLAR_VISION,
    COX_PILLAR_NAME,
    COX_PILLAR_TEXT,
    COX_PILLAR_POSITION,
    COX_PILLAR_FIELD_COUNT
};

struct cox_pillar {
    struct cox_head head;
    int64_t vision;
    struct cox_text name, text;
    int64_t position;
};
extern const struct cox_entity cox_pillar;

enum {
    COX_VISION_READ_VISION,
    COX_VISION_READ_USER,
    COX_VISION_READ_DAY,
    COX_VISION_READ_VISION_REV,
    COX_VISION_READ_FIELD_COUNT
};

/* That somebody has read a vision as it was at commit vision_rev. */
struct cox_vision_read {
    struct cox_head head;
    int64_t vision, user, day, vision_rev;
};
extern const struct cox_entity cox_vision_read;

enum {
    COX_VISION_QUESTION_VISION,
    COX_VISION_QUESTION_AUTHOR,
    COX_VISION_QUESTION_TEXT,
    COX_VISION_QUESTION_DAY,
    COX_VISION_QUESTION_ANSWER,
    COX_VISION_QUESTION_ANSWERED_BY,
    COX_VISION_QUESTION_ANSWERED_DAY,
    COX_VISION_QUESTION_FIELD_COUNT
};

struct cox_vision_question {
    struct cox_head head;
    int64_t vision, author;
    struct cox_text text;
    int64_t day;
    struct cox_text answer;
    int64_t answered_by, answered_day;
};
extern const struct cox_entity cox_vision_question;

extern const struct cox_feature cox_feature_vision;

#endif
