/*
 * sales/digest.h: what one's home page says, by mail, daily or weekly, for who asks for it. Of records between two
 * people it has numbers and no words. Never twice for one day: the day is claimed in the store before anything is
 * sent, and tried again only when it certainly was not.
 */
#ifndef COX_SALES_DIGEST_H
#define COX_SALES_DIGEST_H

#include "jobs/schedule.h"
#include "record/feature.h"
#include "record/record.h"
#include "serve/http.h"
#include "serve/part.h"

extern const struct cox_feature cox_feature_digest;

/* For the files of this room. */

struct cox_digest_state {
    int64_t user_id;
    enum cox_frequency frequency;
    int64_t hour;      /* 0..23, on the person's clock */
    int64_t last_day;  /* claimed; COX_NULL: none yet */
    int64_t try_count; /* of last_day */
    int64_t next_us;   /* 0, or when last_day is tried again */
};
enum { COX_DIGEST_HOUR_USUAL = 7, COX_DIGEST_TRIES = 6 };

/* One who has never said anything: never, at 7. */
enum cox_rc cox_digest_get(struct cox_call *call, int64_t user_id,
    struct cox_digest_state *ret_state, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_digest_put(struct cox_call *call, const struct cox_digest_state *state,
    struct cox_err *reterr) COX_NODISCARD;

/* All who want one; in the call's arena. */
enum cox_rc cox_digest_list(struct cox_call *call, const struct cox_digest_state **ret_rows,
    size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/* Both parts of the message about the day; texts in the call's arena. app: address of the web app. */
struct cox_digest_text {
    struct cox_text subject, text, html;
};
enum cox_rc cox_digest_write(struct cox_call *call, const struct cox_feature *const *features,
    const char *app, const char *unsubscribe, struct cox_digest_text *ret_text,
    struct cox_err *reterr) COX_NODISCARD;

/* The address by which the person ends it without signing in. NULL without memory. */
const char *cox_digest_unsubscribe(const struct cox_server *server, struct cox_arena *arena,
    int64_t user_id);

extern const struct cox_route cox_routes_digest[];
extern const struct cox_part cox_part_digest;

#endif
