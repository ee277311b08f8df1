/*
 * record/memo.h: figures that take long to find out and hardly change, kept by the store for a while.
 * Never a record's content and never a right: an old answer may cost precision and nothing else.
 */
#ifndef COX_RECORD_MEMO_H
#define COX_RECORD_MEMO_H

#include "record/record.h"

enum { COX_MEMO_COUNT = 16, COX_MEMO_KEY_MAX = 64, COX_MEMO_SIZE_MAX = 4096 };

/* Copies what was put under the key if it has exactly this size and is not older. Thread-safe. */
bool cox_memo_find(struct cox_store *store, const char *key, int64_t older_us, void *ret_bytes,
    size_t size);

/* In the place of the oldest one. What does not fit (key, size) is not kept. Thread-safe. */
void cox_memo_put(struct cox_store *store, const char *key, const void *bytes, size_t size);

#endif
