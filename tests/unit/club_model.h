/*
 * tests/unit/club_model.h: the club kept twice: in a store, and in memory as plainly as possible.
 * The oracle for rights and lists: it knows every version ever made and answers by looking at all.
 */
#ifndef COX_TESTS_UNIT_CLUB_MODEL_H
#define COX_TESTS_UNIT_CLUB_MODEL_H

#include "club.h"
#include "engines.h"
#include "shop.h"

enum { PERSON_COUNT = 12, RECORD_MAX = 600, LINE_MAX = 400, SHARE_MAX = 60, NOW = 0 };

struct model_version {
    int64_t from_us, to_us;
    struct cox_value values[CLUB_VISIT_COUNT];
};

struct model_record {
    int which; /* CLUB_HOUSE ... */
    int64_t id;
    struct model_version versions[40];
    size_t count;
    bool is_gone, is_shared;
};

struct model_share {
    int64_t id, user, until_day;
    enum cox_verb verb;
};

struct model {
    struct place place;
    struct shop_clock clock;
    struct cox_store *store;
    struct cox_arena *arena;
    struct cox_err err;
    bool is_there;
    uint64_t random;
    int64_t persons[PERSON_COUNT];
    struct model_record *records;
    size_t record_count;
    struct cox_line_row lines[LINE_MAX];
    size_t line_count;
    struct model_share shares[SHARE_MAX];
    size_t share_count;
    int64_t start_us;
};

/* Who looks, and as of when; at_us NOW: as it is now. */
struct model_view {
    int64_t user;
    enum cox_role role;
    int64_t at_us;
};

/* A store with a club in it, after op_count random changes over some months; false: not here. */
bool model_open(struct model *model, enum cox_engine engine, const char *name, uint64_t seed,
    int op_count);
void model_close(struct model *model);

/* Below count, from the model's own generator. */
uint64_t model_pick(struct model *model, uint64_t count);

/* The version that holds at the view's instant; NULL: none. */
const struct model_version *model_at(const struct model_record *record, int64_t at_us);

/* May the viewer read this version, which holds at the view's instant? */
bool model_sees(const struct model *model, const struct model_view *view,
    const struct model_record *record, const struct model_version *version);

/* model_at and model_sees at once: NULL when there is nothing to be seen. */
const struct model_version *model_look(const struct model *model, const struct model_view *view,
    const struct model_record *record);

const struct model_record *model_find(const struct model *model, int64_t id);

/* A value as the viewer is shown it. */
struct cox_value model_shown(const struct model_view *view, const struct model_record *record,
    const struct model_version *version, uint32_t field);

struct cox_actor model_actor(const struct model_view *view);

#endif
