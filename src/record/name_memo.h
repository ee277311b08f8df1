/*
 * record/name_memo.h: names of records that everybody signed in may read (people, stages, products), as they
 * are now, kept by the store: a list shows the same few names on every row. For record/ only.
 *
 * A name holds while no later commit has touched a record of its entity. The writer tells which entities
 * its commits touch; a commit of another process, which tells nothing, ends them all.
 */
#ifndef COX_RECORD_NAME_MEMO_H
#define COX_RECORD_NAME_MEMO_H

#include <pthread.h>
#include <stdatomic.h>

#include "record/record.h"

struct cox_name_memo;

enum cox_rc cox_name_memo_open(struct cox_arena *arena, struct cox_name_memo **ret_memo,
    struct cox_err *reterr) COX_NODISCARD;

/* Before the head is seen to be at seq: a record of the entity has changed; entity 0: anything may have. */
void cox_name_memo_touch(struct cox_name_memo *memo, uint16_t entity, int64_t seq);

/* seq: the newest commit the caller reads. The text is copied into arena; ptr NULL: not known. */
struct cox_text cox_name_memo_find(struct cox_name_memo *memo, uint16_t entity, int64_t id,
    int64_t seq, struct cox_arena *arena);
void cox_name_memo_put(struct cox_name_memo *memo, uint16_t entity, int64_t id, int64_t seq,
    struct cox_text name);

#endif
