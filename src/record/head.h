/*
 * record/head.h: the newest commit, as this process knows it, and who is told when it moves: for live
 * streams, replies that wait for a commit, and caches that are as old as a commit.
 */
#ifndef COX_RECORD_HEAD_H
#define COX_RECORD_HEAD_H

#include "record/record.h"

/* Of this process's commits and of all it has seen when reading; never moves back. Thread-safe. */
int64_t cox_store_head(const struct cox_store *store);

/* Has another process committed? A short read; whoever listens is told. */
enum cox_rc cox_store_look(struct cox_store *store, struct cox_err *reterr) COX_NODISCARD;

/*
 * fn is called whenever the head has moved, by the thread that saw it (the writer's before anybody waiting for
 * the commit is answered): it takes no time and no locks of the store. One listener; fn NULL: none.
 */
typedef void (*cox_head_fn)(void *ctx, int64_t seq);
void cox_store_listen(struct cox_store *store, cox_head_fn fn, void *ctx);

/*
 * Has any commit after seq, up to the call's, changed a record of these entities (NULL-terminated), or
 * something that is no record (a token, a setting)?
 */
enum cox_rc cox_changed_since(struct cox_call *call, int64_t seq,
    const struct cox_entity *const *entities, bool *ret_is_changed,
    struct cox_err *reterr) COX_NODISCARD;

#endif
