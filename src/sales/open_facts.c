/* sales/open_facts.c: facts of open deals from the records, and what changed in them since. */
#include "sales/open_facts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "sales/activity.h"
#include "sales/opportunity.h"

enum {
    CHANGES_MAX = 20000, /* more of them: all is read anew */
    NEAR = 16            /* facts looked at before the place is searched for */
};

struct facts {
    struct cox_open_facts shown; /* first: what readers hold */
    struct cox_open_fact *at;
    size_t room;
    unsigned users; /* readers, and the keeper while it is the newest */
};

struct cox_facts_keeper {
    pthread_mutex_t lock; /* guards newest and users */
    pthread_mutex_t refreshing;
    struct facts *newest; /* NULL: not read yet */
};

/* ---- life ---- */

static void close_facts(struct facts *facts)
{
    cox_memory_free(facts->at);
    cox_memory_free(facts);
}

static void leave(struct cox_facts_keeper *keeper, struct facts *facts)
{
    (void)pthread_mutex_lock(&keeper->lock); /* cannot fail: initialised, not recursive */
    if (facts != NULL && --facts->users == 0) {
        close_facts(facts);
    }
    (void)pthread_mutex_unlock(&keeper->lock); /* likewise */
}

/* The newest, when it is new enough for the call. */
static struct facts *enter(struct cox_facts_keeper *keeper, struct cox_call *call)
{
    struct facts *facts;

    (void)pthread_mutex_lock(&keeper->lock); /* cannot fail: initialised, not recursive */
    facts = keeper->newest;
    if (facts != NULL && facts->shown.seq >= cox_call_head_seq(call) &&
        facts->shown.day == cox_call_as_of_day(call)) {
        facts->users++;
    } else {
        facts = NULL;
    }
    (void)pthread_mutex_unlock(&keeper->lock); /* likewise */
    return facts;
}

/* ---- reading ---- */

/*
 * open-deal-facts: of every open deal, or ($2 not 0) of one. $1 commit. Rights are asked of the book.
 */
#define FACTS                                                                                      \
    "SELECT \"id\", \"stage_day\", COALESCE(LENGTH(\"next_step\"), 0), \"next_step_day\", "        \
    "\"last_activity_day\", CASE WHEN \"amount\" IS NULL THEN 0 ELSE 1 END FROM \"opportunity\" "  \
    "WHERE \"closed_day\" IS NULL AND \"rev\" <= $1"
static const char facts_sql[] = FACTS " ORDER BY \"id\"";
static const char fact_sql[] = FACTS " AND \"id\" = $2";

/* newest-activity-days: of every deal, or of one ($3). $1 commit, $2 the last day that counts. */
#define NEWEST                                                                                     \
    "SELECT \"opportunity\", MAX(\"done_day\") FROM \"activity\" WHERE \"rev\" <= $1 AND "         \
    "\"done_day\" <= $2 AND "
static const char newest_sql[] = NEWEST "\"opportunity\" IS NOT NULL GROUP BY \"opportunity\"";
static const char newest_of_sql[] = NEWEST "\"opportunity\" = $3 GROUP BY \"opportunity\"";

static int32_t day_of(int64_t day)
{
    return day == COX_NULL || day <= INT32_MIN || day > INT32_MAX ? COX_FACT_NO_DAY : (int32_t)day;
}

static enum cox_rc reserve(struct facts *facts, size_t room, struct cox_err *reterr)
{
    struct cox_open_fact *grown = cox_memory_resize(facts->at, room * sizeof(*grown));

    if (grown == NULL) {
        return cox_no_memory(reterr);
    }
    facts->at = grown;
    facts->room = room;
    facts->shown.at = grown;
    return COX_OK;
}

static enum cox_rc add_facts(struct facts *facts, const struct cox_open_fact *more, size_t count,
    struct cox_err *reterr)
{
    if (facts->room - facts->shown.count < count) {
        COX_TRY(reserve(facts, 1024 + facts->room * 2 + count, reterr));
    }
    if (count > 0) {
        memcpy(facts->at + facts->shown.count, more, count * sizeof(*more));
    }
    facts->shown.count += count;
    return COX_OK;
}

static enum cox_rc read_rows(struct facts *facts, struct cox_stmt *stmt, struct cox_err *reterr)
{
    for (;;) {
        bool is_row;
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            return COX_OK;
        }
        COX_TRY(add_facts(facts,
            &(const struct cox_open_fact){.id = cox_stmt_int(stmt, 0),
                .stage_day = day_of(cox_stmt_int(stmt, 1)),
                .has_next_step = cox_stmt_int(stmt, 2) > 0,
                .next_step_day = day_of(cox_stmt_int(stmt, 3)),
                .last_activity_day = day_of(cox_stmt_int(stmt, 4)),
                .has_amount = cox_stmt_int(stmt, 5) != 0},
            1, reterr));
    }
}

/* The first from the low-th on whose id is not smaller. */
static size_t place_of(const struct cox_open_facts *facts, size_t low, int64_t id)
{
    size_t high = facts->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (facts->at[mid].id < id) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static struct cox_open_fact *find(const struct cox_open_facts *facts, int64_t id)
{
    size_t low = place_of(facts, 0, id);

    return low < facts->count && facts->at[low].id == id
               ? (struct cox_open_fact *)(uintptr_t)&facts->at[low]
               : NULL;
}

/* What another system said was the last day stays, unless something was done here later. */
static enum cox_rc read_days(struct facts *facts, struct cox_stmt *stmt, struct cox_err *reterr)
{
    for (;;) {
        struct cox_open_fact *fact;
        bool is_row;
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            return COX_OK;
        }
        fact = find(&facts->shown, cox_stmt_int(stmt, 0));
        if (fact != NULL && day_of(cox_stmt_int(stmt, 1)) > fact->last_activity_day) {
            fact->last_activity_day = day_of(cox_stmt_int(stmt, 1));
        }
    }
}

static enum cox_rc read_all(struct facts *facts, struct cox_call *call, struct cox_err *reterr)
{
    COX_AUTO_STMT deals = NULL;
    COX_AUTO_STMT days = NULL;

    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(facts_sql), &deals, reterr));
    cox_stmt_bind_int(deals, 1, facts->shown.seq);
    COX_TRY(read_rows(facts, deals, reterr));
    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(newest_sql), &days, reterr));
    cox_stmt_bind_int(days, 1, facts->shown.seq);
    cox_stmt_bind_int(days, 2, facts->shown.day);
    return read_days(facts, days, reterr);
}

/* ---- what changed ---- */

/*
 * deals-with-changed-facts: those that commits touched, and those of activities that they touched, as these are
 * and as they were. $1 and $2 commits, $3 deals, $4 activities.
 */
static const char changed_sql[] =
    "SELECT \"id\" FROM \"log_row\" WHERE \"seq\" > $1 AND \"seq\" <= $2 AND \"entity\" = $3 "
    "UNION SELECT \"opportunity\" FROM \"activity\" WHERE \"opportunity\" IS NOT NULL AND \"id\" IN "
    "(SELECT \"id\" FROM \"log_row\" WHERE \"seq\" > $1 AND \"seq\" <= $2 AND \"entity\" = $4) "
    "UNION SELECT \"opportunity\" FROM \"activity_past\" WHERE \"opportunity\" IS NOT NULL AND "
    "\"id\" IN (SELECT \"id\" FROM \"log_row\" WHERE \"seq\" > $1 AND \"seq\" <= $2 AND "
    "\"entity\" = $4) ORDER BY 1";
static const char how_many_sql[] =
    "SELECT COUNT(*) FROM \"log_row\" WHERE \"seq\" > $1 AND \"seq\" <= $2 AND \"entity\" IN ($3, $4)";

static enum cox_rc ask_changes(struct cox_call *call, const char *sql, int64_t after,
    struct cox_stmt **ret_stmt, struct cox_err *reterr)
{
    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(sql), ret_stmt, reterr));
    cox_stmt_bind_int(*ret_stmt, 1, after);
    cox_stmt_bind_int(*ret_stmt, 2, cox_call_head_seq(call));
    cox_stmt_bind_int(*ret_stmt, 3, cox_opportunity.number);
    cox_stmt_bind_int(*ret_stmt, 4, cox_activity.number);
    return COX_OK;
}

static enum cox_rc can_add(const struct facts *before, struct cox_call *call, bool *ret_can,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    *ret_can = before != NULL && before->shown.day == cox_call_as_of_day(call);
    if (!*ret_can) {
        return COX_OK;
    }
    COX_TRY(ask_changes(call, how_many_sql, before->shown.seq, &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_can = is_row && cox_stmt_int(stmt, 0) <= CHANGES_MAX;
    return COX_OK;
}

/* The deal as it is now, behind those that are there; nothing when it is not open. */
static enum cox_rc read_one(struct facts *facts, struct cox_call *call, int64_t id,
    struct cox_err *reterr)
{
    COX_AUTO_STMT deal = NULL;
    COX_AUTO_STMT days = NULL;

    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(fact_sql), &deal, reterr));
    cox_stmt_bind_int(deal, 1, facts->shown.seq);
    cox_stmt_bind_int(deal, 2, id);
    COX_TRY(read_rows(facts, deal, reterr));
    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(newest_of_sql), &days, reterr));
    cox_stmt_bind_int(days, 1, facts->shown.seq);
    cox_stmt_bind_int(days, 2, facts->shown.day);
    cox_stmt_bind_int(days, 3, id);
    return read_days(facts, days, reterr);
}

/* Both ascend: those before the changed deal, then the deal as it is now. */
static enum cox_rc read_newer(const struct facts *before, struct facts *facts,
    struct cox_call *call, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    size_t at = 0;
    bool is_row;

    COX_TRY(reserve(facts, before->shown.count + 64, reterr));
    COX_TRY(ask_changes(call, changed_sql, before->shown.seq, &stmt, reterr));
    for (;;) {
        int64_t id = INT64_MAX;
        size_t same = before->shown.count;
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (is_row) {
            id = cox_stmt_int(stmt, 0);
            same = place_of(&before->shown, at, id);
        }
        COX_TRY(add_facts(facts, before->at + at, same - at, reterr));
        at = same;
        if (!is_row) {
            return COX_OK;
        }
        at += at < before->shown.count && before->at[at].id == id ? 1 : 0;
        COX_TRY(read_one(facts, call, id, reterr));
    }
}

static enum cox_rc refresh(struct cox_facts_keeper *keeper, struct cox_call *call,
    struct cox_err *reterr)
{
    struct facts *facts = cox_memory_alloc(sizeof(*facts)), *before = keeper->newest;
    enum cox_rc rc;
    bool can;

    if (facts == NULL) {
        return cox_no_memory(reterr);
    }
    *facts = (struct facts){.users = 1};
    facts->shown.seq = cox_call_head_seq(call);
    facts->shown.day = cox_call_as_of_day(call);
    rc = can_add(before, call, &can, reterr);
    if (rc == COX_OK) {
        rc = can ? read_newer(before, facts, call, reterr) : read_all(facts, call, reterr);
    }
    if (rc != COX_OK) {
        close_facts(facts);
        return rc;
    }
    (void)pthread_mutex_lock(&keeper->lock); /* cannot fail: initialised, not recursive */
    keeper->newest = facts;
    (void)pthread_mutex_unlock(&keeper->lock); /* likewise */
    leave(keeper, before);
    return COX_OK;
}

/* ---- for readers ---- */

enum cox_rc cox_facts_keeper_open(struct cox_facts_keeper **ret_keeper, struct cox_err *reterr)
{
    struct cox_facts_keeper *keeper = cox_memory_alloc(sizeof(*keeper));

    if (keeper == NULL) {
        return cox_no_memory(reterr);
    }
    *keeper = (struct cox_facts_keeper){.lock = PTHREAD_MUTEX_INITIALIZER,
        .refreshing = PTHREAD_MUTEX_INITIALIZER};
    *ret_keeper = keeper;
    return COX_OK;
}

void cox_facts_keeper_close(struct cox_facts_keeper *keeper)
{
    if (keeper != NULL) {
        leave(keeper, keeper->newest);
        cox_memory_free(keeper);
    }
}

enum cox_rc cox_open_facts_use(struct cox_facts_keeper *keeper, struct cox_call *call,
    const struct cox_open_facts **ret_facts, struct cox_err *reterr)
{
    struct facts *facts = enter(keeper, call);
    enum cox_rc rc = COX_OK;

    if (facts == NULL) {
        (void)pthread_mutex_lock(&keeper->refreshing); /* cannot fail: not recursive */
        facts = enter(keeper, call);
        if (facts == NULL) {
            rc = refresh(keeper, call, reterr);
            facts = rc == COX_OK ? enter(keeper, call) : NULL;
        }
        (void)pthread_mutex_unlock(&keeper->refreshing); /* likewise */
    }
    if (rc == COX_OK) {
        *ret_facts = &facts->shown;
    }
    return rc;
}

void cox_open_facts_release(struct cox_facts_keeper *keeper, const struct cox_open_facts *facts)
{
    leave(keeper, (struct facts *)(void *)(uintptr_t)facts); /* its first member */
}

const struct cox_open_fact *cox_open_fact_find(const struct cox_open_facts *facts, int64_t id)
{
    return find(facts, id);
}

const struct cox_open_fact *cox_open_fact_next(const struct cox_open_facts *facts, int64_t id,
    size_t *at)
{
    size_t next = *at, end = next + NEAR < facts->count ? next + NEAR : facts->count;

    while (next < end && facts->at[next].id < id) {
        next++;
    }
    if (next == end || (next == *at && facts->at[next].id != id)) {
        next = place_of(facts, 0, id); /* of another part of the book */
    }
    *at = next;
    return next < facts->count && facts->at[next].id == id ? &facts->at[next] : NULL;
}
