/*
 * leader/profile.h: how somebody leads, in six aspects, from two sides that do not know of each other: what the person
 * did (acts in the records) and what others answered (feedback.h). Neither is a judgement: both ends of an aspect are
 * good ends, and there is no single figure.
 */
#ifndef COX_LEADER_PROFILE_H
#define COX_LEADER_PROFILE_H

#include "leader/aspects.h"
#include "record/feature.h"
#include "record/record.h"
#include "serve/http.h"

/* ---- what counts: profile_kinds.c ---- */

struct cox_act_kind {
    const char *name, *label;
    enum cox_aspect aspect;
    bool is_high;  /* towards the leader's end */
    double weight; /* a company may set another (act_weight) */
    const char *why;
};

enum cox_act {
    COX_ACT_TALK_HELD,
    COX_ACT_TALK_MISSED,
    COX_ACT_VISION_WRITTEN,
    COX_ACT_VISION_ANSWERED,
    COX_ACT_CHECK_IN,
    COX_ACT_VIEW_SAVED,
    COX_ACT_AGENDA_MINE,
    COX_ACT_AGENDA_THEIRS,
    COX_ACT_DEAL_EDITED,
    COX_ACT_GOAL_SHORT,
    COX_ACT_GOAL_LONG,
    COX_ACT_PROMISE_SHORT,
    COX_ACT_PROMISE_LONG,
    COX_ACT_SESSION,
    COX_ACT_PLAN_HELPED,
    COX_ACT_STAGE_MOVED,
    COX_ACT_ESCALATION_ANSWERED,
    COX_ACT_ESCALATION_DECIDED,
    COX_ACT_GOAL_WRITTEN,
    COX_ACT_RULES_WRITTEN,
    COX_ACT_PROMISE_GIVEN,
    COX_ACT_QUOTA_SET,
    COX_ACT_PROMISE_CHOSEN,
    COX_ACT_PROMISE_KEPT,
    COX_ACT_COUNT
};
extern const struct cox_act_kind cox_act_kinds[COX_ACT_COUNT];

/* What a role asks for in a situation: a range of each aspect; a company may set others (profile_range). */
enum cox_range_role { COX_RANGE_MANAGER, COX_RANGE_LEADER, COX_RANGE_ROLE_COUNT };
extern const struct cox_choice cox_range_roles[];

struct cox_range {
    const char *situation, *label;
    double low[COX_RANGE_ROLE_COUNT][COX_ASPECT_COUNT],
        high[COX_RANGE_ROLE_COUNT][COX_ASPECT_COUNT];
};
extern const struct cox_range cox_ranges[];
extern const size_t cox_range_count;

/* ---- records ---- */

enum cox_act_contest_state { COX_ACT_CONTEST_OPEN, COX_ACT_CONTEST_LEFT_OUT, COX_ACT_CONTEST_KEPT };

enum {
    COX_ACT_CONTEST_PERSON,
    COX_ACT_CONTEST_SECOND,
    COX_ACT_CONTEST_ACT,
    COX_ACT_CONTEST_LABEL,
    COX_ACT_CONTEST_DAY,
    COX_ACT_CONTEST_REASON,
    COX_ACT_CONTEST_STATE,
    COX_ACT_CONTEST_ANSWER,
    COX_ACT_CONTEST_DECIDED_DAY,
    COX_ACT_CONTEST_FIELD_COUNT
};

struct cox_act_contest {
    struct cox_head head;
    int64_t person, second;
    struct cox_text act, label;
    int64_t day;
    struct cox_text reason;
    int64_t state;
    struct cox_text answer;
    int64_t decided_day;
};
extern const struct cox_entity cox_act_contest;

enum {
    COX_PROFILE_SHARE_PERSON,
    COX_PROFILE_SHARE_READER,
    COX_PROFILE_SHARE_DAY,
    COX_PROFILE_SHARE_BODY,
    COX_PROFILE_SHARE_FIELD_COUNT
};

struct cox_profile_share {
    struct cox_head head;
    int64_t person, reader, day;
    struct cox_text body; /* the profile as it was shared, JSON */
};
extern const struct cox_entity cox_profile_share;

enum {
    COX_PROFILE_RANGE_ROLE,
    COX_PROFILE_RANGE_SITUATION,
    COX_PROFILE_RANGE_ASPECT,
    COX_PROFILE_RANGE_LOW,
    COX_PROFILE_RANGE_HIGH,
    COX_PROFILE_RANGE_WHY,
    COX_PROFILE_RANGE_FIELD_COUNT
};

struct cox_profile_range {
    struct cox_head head;
    int64_t role;
    struct cox_text situation;
    int64_t aspect;
    double low, high;
    struct cox_text why;
};
extern const struct cox_entity cox_profile_range;

enum { COX_ACT_WEIGHT_KIND, COX_ACT_WEIGHT_WEIGHT, COX_ACT_WEIGHT_WHY, COX_ACT_WEIGHT_FIELD_COUNT };

struct cox_act_weight {
    struct cox_head head;
    struct cox_text kind;
    double weight;
    struct cox_text why;
};
extern const struct cox_entity cox_act_weight;

/* ---- the acts of somebody: profile_acts.c, profile_log.c ---- */

struct cox_act_row {
    enum cox_act kind;
    int64_t day, id, seq; /* id: the record; seq: the commit, where that is the act; else 0 */
    const struct cox_entity *entity;
    int64_t with;    /* the other person, or COX_NULL */
    int64_t contest; /* 0: not contested */
    enum cox_act_contest_state state;
};

struct cox_acts {
    int64_t from_day, to_day; /* to_day not included */
    const int64_t *line;      /* those below the person today */
    size_t line_count;
    double weights[COX_ACT_COUNT];
    struct cox_act_row *rows; /* newest first */
    size_t count, room;
    bool is_cut; /* there were more than COX_ACTS_MAX */
};

enum { COX_ACTS_MAX = 5000, COX_ACT_KEY_SIZE = 96, COX_ACTS_DAYS = 182 };

/* Of the asker, as the asker: nothing counts that the person does not see. */
enum cox_rc cox_acts_load(struct cox_call *call, struct cox_acts *ret_acts,
    struct cox_err *reterr) COX_NODISCARD;

enum cox_rc cox_acts_add(struct cox_call *call, struct cox_acts *acts,
    const struct cox_act_row *row, struct cox_err *reterr) COX_NODISCARD;
bool cox_acts_has_below(const struct cox_acts *acts, int64_t user);

/* Acts that are commits of one's own (deals of others changed, quotas, rules ...). */
enum cox_rc cox_acts_load_log(struct cox_call *call, struct cox_acts *acts,
    struct cox_err *reterr) COX_NODISCARD;

/* "talk_held.12" or "stage_moved.12.345": names an act for ever. */
void cox_act_key(const struct cox_act_row *row, char ret_key[COX_ACT_KEY_SIZE]);

/* ---- routes: profile_route.c, profile_view.c ---- */

enum cox_rc cox_profile_get(struct cox_exchange *x, struct cox_err *reterr);
enum cox_rc cox_profile_acts_get(struct cox_exchange *x, struct cox_err *reterr);
enum cox_rc cox_profile_contest_post(struct cox_exchange *x, struct cox_err *reterr);
enum cox_rc cox_profile_share_post(struct cox_exchange *x, struct cox_err *reterr);
enum cox_rc cox_profile_shared_get(struct cox_exchange *x, struct cox_err *reterr);

/* Which role and situation a profile is held against. */
struct cox_profile_ask {
    enum cox_range_role role;
    struct cox_text situation;
};

/* From the query (role, situation), else the hats of who asks and "steady". */
enum cox_rc cox_profile_ask_read(struct cox_exchange *x, struct cox_profile_ask *ret_ask,
    struct cox_err *reterr) COX_NODISCARD;

/* The asker's own profile as one JSON object. */
enum cox_rc cox_profile_write(struct cox_call *call, const struct cox_profile_ask *ask,
    struct cox_json *json, struct cox_err *reterr) COX_NODISCARD;

extern const struct cox_feature cox_feature_profile;

#endif
