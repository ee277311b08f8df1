/* record/memo.c: figures kept by the store for a while. */
#include "record/memo.h"

#include "record/store.h"

bool cox_memo_find(struct cox_store *store, const char *key, int64_t older_us, void *ret_bytes,
    size_t size)
{
    int64_t now_us = cox_store_now_us(store);
    bool is_found = false;

    (void)pthread_mutex_lock(&store->lock); /* cannot fail: initialised, not recursive */
    for (size_t i = 0; i < COX_MEMO_COUNT && !is_found; i++) {
        const struct cox_memo *memo = &store->memos[i];

        if (memo->size == size && strcmp(memo->key, key) == 0 && memo->at_us <= now_us &&
            now_us - memo->at_us <= older_us) {
            memcpy(ret_bytes, memo->bytes, size);
            is_found = true;
        }
    }
    (void)pthread_mutex_unlock(&store->lock); /* likewise */
    return is_found;
}

void cox_memo_put(struct cox_store *store, const char *key, const void *bytes, size_t size)
{
    int64_t now_us = cox_store_now_us(store);
    struct cox_memo *memo = &store->memos[0];

    if (size == 0 || size > COX_MEMO_SIZE_MAX || strlen(key) >= COX_MEMO_KEY_MAX) {
        return;
    }
    (void)pthread_mutex_lock(&store->lock); /* cannot fail: initialised, not recursive */
    for (size_t i = 0; i < COX_MEMO_COUNT; i++) {
        if (strcmp(store->memos[i].key, key) == 0) {
            memo = &store->memos[i];
            break;
        }
        if (store->memos[i].at_us < memo->at_us) {
            memo = &store->memos[i];
        }
    }
    memcpy(memo->key, key, strlen(key) + 1);
    memcpy(memo->bytes, bytes, size);
    memo->size = size;
    memo->at_us = now_us;
    (void)pthread_mutex_unlock(&store->lock); /* likewise */
}
