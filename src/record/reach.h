/*
 * record/reach.h: an actor's rights to the records of one entity as sets, for figures that are computed
 * outside of SQL. The same answer as a list gives: a test holds list sum = book sum.
 */
#ifndef COX_RECORD_REACH_H
#define COX_RECORD_REACH_H

#include "record/record.h"

/* A record is visible if is_all, or its owner is in now, or its owner at the instant is in then, or its id
 * is in extra. Everything ascending, in the call's arena. */
struct cox_reach_set {
    bool is_all;
    const int64_t *now, *then; /* users; then is empty when the call reads now */
    size_t now_count, then_count;
    const int64_t *extra; /* ids: by membership (a split) or share */
    size_t extra_count;
};

/* Entities whose records belong to owners: COX_UNSUPPORTED for people entities and those with a parent. */
enum cox_rc cox_reach_of(struct cox_call *call, const struct cox_entity *entity,
    struct cox_reach_set *ret_set, struct cox_err *reterr) COX_NODISCARD;

/*
 * For removed records, which belong to nobody: ascending, the users whose records the actor could read both on
 * from_day and on to_day (by whose they were then); none for who sees all or nothing anyway. In the call's arena.
 */
enum cox_rc cox_reach_between(struct cox_call *call, const struct cox_entity *entity,
    int64_t from_day, int64_t to_day, const int64_t **ret_users, size_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Figures that are computed from the history as known now hold for commit seq too, unless history of the
 * entity was put or taken back since: then COX_UNSUPPORTED.
 */
enum cox_rc cox_reach_check_seq(struct cox_call *call, const struct cox_entity *entity, int64_t seq,
    struct cox_err *reterr) COX_NODISCARD;

/* Is it about people (cox_entity_is_people), or part of such a record? */
bool cox_reach_is_people(struct cox_call *call, const struct cox_table *table);

/* Do the actor's roles reach any record of it with verb? A single record may still refuse. What is
 * switched off is reached by nobody. */
bool cox_reach_may(struct cox_call *call, const struct cox_table *table, enum cox_verb verb);

/* Does the actor see the record now? Nobody is told of the look: for events, which show ids alone. */
enum cox_rc cox_reach_sees(struct cox_call *call, const struct cox_table *table, int64_t id,
    bool *ret_sees, struct cox_err *reterr) COX_NODISCARD;

#endif
