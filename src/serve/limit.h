/*
 * serve/limit.h: how often and how much at once, by user, token or address. Counters are found by a keyed hash
 * in fixed tables without locks; two that meet in one place share its limit, which is rare and harms nobody.
 */
#ifndef COX_SERVE_LIMIT_H
#define COX_SERVE_LIMIT_H

#include "base/map.h"
#include "serve/http.h"

struct cox_limiter;

enum cox_rc cox_limiter_open(struct cox_arena *arena, struct cox_limiter **ret_limiter,
    struct cox_err *reterr) COX_NODISCARD;

/* A place for what is counted: kind and who. */
struct cox_limit_key {
    char kind; /* 'u' user, 't' token, 'a' address */
    unsigned char who[16];
};
struct cox_limit_key cox_limit_user(char kind, int64_t user_id);

/*
 * One more at now_us (monotonic): COX_TOO_OFTEN when rate a second have been passed by more than burst;
 * ret_wait_s then says how long to wait.
 * Source: generic cell rate algorithm, ITU-T I.371.
 */
enum cox_rc cox_limiter_take(struct cox_limiter *limiter, const struct cox_limit_key *key,
    unsigned rate, unsigned burst, int64_t now_us, int *ret_wait_s,
    struct cox_err *reterr) COX_NODISCARD;

/* One more at the same time: false when there are max already. leave takes it back. */
bool cox_limiter_enter(struct cox_limiter *limiter, const struct cox_limit_key *key, unsigned max);
void cox_limiter_leave(struct cox_limiter *limiter, const struct cox_limit_key *key);

#endif
