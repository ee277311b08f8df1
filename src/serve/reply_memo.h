/*
 * serve/reply_memo.h: bodies of replies, kept for whoever asks the same again while nothing has been committed.
 * A reply to a read as of now follows from the commit it was read at, the company's day, who asks (user, roles,
 * a token's scope) and the target as sent; all of that is the key. Entries live for a second at most and
 * are bounded in number, size and sum.
 */
#ifndef COX_SERVE_REPLY_MEMO_H
#define COX_SERVE_REPLY_MEMO_H

#include "serve/http.h"

struct cox_reply_memo;

enum cox_rc cox_reply_memo_open(struct cox_reply_memo **ret_memo,
    struct cox_err *reterr) COX_NODISCARD;
void cox_reply_memo_close(struct cox_reply_memo *memo); /* accepts NULL */

/*
 * In a read's call, when rights to the table have been looked at: the body into x->reply.body, ret_rev as
 * it was put (0: none). False: not known. Data about people is never kept: each look at it is on record.
 */
bool cox_reply_memo_find(struct cox_exchange *x, struct cox_call *call,
    const struct cox_table *table, int64_t *ret_rev);

/* Keeps what x->reply.body holds: the whole body, of a status of 200. */
void cox_reply_memo_put(struct cox_exchange *x, struct cox_call *call,
    const struct cox_table *table, int64_t rev);

#endif
