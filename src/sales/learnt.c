/* sales/learnt.c: stages and the days that won deals took in them. */
#include "sales/learnt.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/day.h"
#include "record/memo.h"
#include "record/query.h"
#include "sales/pipeline.h"

enum { STAGE_MAX = 1000 };

/* ---- stages ---- */

struct stages {
    struct cox_arena *arena;
    struct cox_deal_stage *at;
    size_t count;
};

static enum cox_rc note_stage(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct stages *stages = (struct stages *)ctx;
    struct cox_deal_stage *stage;

    if (stages->count == STAGE_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "there are more than %d stages", STAGE_MAX);
    }
    stage = &stages->at[stages->count++];
    *stage = (struct cox_deal_stage){
        .id = row->id,
        .kind = cox_row_int(row, COX_STAGE_KIND),
        .pipeline = cox_row_int(row, COX_STAGE_PIPELINE),
        .position = cox_row_int(row, COX_STAGE_POSITION),
        .label = cox_arena_text(stages->arena, cox_row_text(row, COX_STAGE_LABEL)),
        .win_prob = cox_row_real(row, COX_STAGE_WIN_PROB),
        .is_active = cox_row_int(row, COX_STAGE_IS_ACTIVE) != 0,
        .learnt_days = COX_NULL,
    };
    return stage->label.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static int compare_stages(const void *a, const void *b)
{
    const struct cox_deal_stage *x = (const struct cox_deal_stage *)a;
    const struct cox_deal_stage *y = (const struct cox_deal_stage *)b;

    if (x->pipeline != y->pipeline) {
        return x->pipeline < y->pipeline ? -1 : 1;
    }
    if (x->position != y->position) {
        return x->position < y->position ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

size_t cox_deal_stage_at(const struct cox_deal_stage *stages, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (stages[i].id == id) {
            return i;
        }
    }
    return count;
}

/* ---- learnt days: named analytical SQL ---- */

/*
 * stage-days-of-won-deals: stage and day of entry of every version of the newest deals won in a span, in
 * order; two stages of one deal in a row give the days spent in the first. Reads of now need not look for
 * wins among closed versions, which have no index by that day. $1 instant, $2 seq, $3 first and $4 last
 * day won, $5 how many deals at most.
 */
#define WON_NOW                                                                                    \
    "SELECT \"id\" FROM (SELECT \"id\" FROM \"opportunity\" WHERE \"from_us\" <= $1 "              \
    "AND \"rev\" <= $2 AND \"won_day\" BETWEEN $3 AND $4 "                                         \
    "ORDER BY \"won_day\" DESC, \"id\" DESC LIMIT $5) AS \"a\" "
#define WON_THEN                                                                                   \
    "UNION SELECT \"id\" FROM (SELECT \"id\" FROM \"opportunity_past\" WHERE \"from_us\" <= $1 "   \
    "AND \"to_us\" > $1 AND \"rev\" <= $2 AND \"seq_to\" > $2 AND \"won_day\" BETWEEN $3 AND $4 "  \
    "ORDER BY \"won_day\" DESC, \"id\" DESC LIMIT $5) AS \"b\" "
#define LEARNT(won)                                                                                \
    "WITH \"won\" AS (" won ") "                                                                   \
    "SELECT \"id\", \"stage\", MIN(\"stage_day\"), MIN(\"from_us\") AS \"first_us\" FROM ("        \
    "SELECT \"id\", \"stage\", \"stage_day\", \"from_us\" FROM \"opportunity\" "                   \
    "WHERE \"id\" IN (SELECT \"id\" FROM \"won\") AND \"from_us\" <= $1 AND \"rev\" <= $2 "        \
    "UNION ALL SELECT \"id\", \"stage\", \"stage_day\", \"from_us\" FROM \"opportunity_past\" "    \
    "WHERE \"id\" IN (SELECT \"id\" FROM \"won\") AND \"from_us\" <= $1 AND \"rev\" <= $2 "        \
    "AND \"seq_to\" > $2) AS \"v\" WHERE \"stage_day\" IS NOT NULL "                               \
    "GROUP BY \"id\", \"stage\" ORDER BY \"id\", \"first_us\""

static const char learnt_now_sql[] = LEARNT(WON_NOW);
static const char learnt_then_sql[] = LEARNT(WON_NOW WON_THEN);

struct spent {
    size_t stage;
    int64_t days;
};

static int compare_spent(const void *a, const void *b)
{
    const struct spent *x = (const struct spent *)a, *y = (const struct spent *)b;

    if (x->stage != y->stage) {
        return x->stage < y->stage ? -1 : 1;
    }
    return (x->days > y->days) - (x->days < y->days);
}

/* Nearest-rank percentile of each stage's run in the sorted array. */
static void learn(struct cox_deal_stage *stages, const struct spent *spent, size_t count)
{
    for (size_t from = 0, to; from < count; from = to) {
        struct cox_deal_stage *stage = &stages[spent[from].stage];

        for (to = from; to < count && spent[to].stage == spent[from].stage; to++) {
        }
        stage->learnt_count = to - from;
        if (to - from >= COX_LEARNT_MIN) {
            stage->learnt_days = spent[from + (to - from) * 4 / 5].days;
        }
    }
}

struct spents {
    struct cox_arena *arena;
    struct spent *at;
    size_t count, room;
};

static enum cox_rc add_spent(struct spents *spents, struct spent spent, struct cox_err *reterr)
{
    if (spents->count == spents->room) {
        size_t room = spents->room == 0 ? 1024 : 2 * spents->room;
        struct spent *bigger = COX_NEW_ARRAY(spents->arena, room, struct spent);

        if (bigger == NULL) {
            return cox_no_memory(reterr);
        }
        if (spents->count > 0) {
            memcpy(bigger, spents->at, spents->count * sizeof(*bigger));
        }
        spents->at = bigger;
        spents->room = room;
    }
    spents->at[spents->count++] = spent;
    return COX_OK;
}

static enum cox_rc read_spent(struct cox_call *call, const struct stages *stages,
    struct spents *spents, struct cox_err *reterr)
{
    struct cox_as_of as_of = cox_call_as_of(call);
    int64_t last_id = 0, last_day = 0, today = cox_call_as_of_day(call);
    size_t last_stage = 0;
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(cox_call_db(call),
        cox_text_of(cox_call_is_now(call) ? learnt_now_sql : learnt_then_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, as_of.at_us);
    cox_stmt_bind_int(stmt, 2, as_of.seq);
    cox_stmt_bind_int(stmt, 3, today - COX_LEARNT_SPAN_DAYS);
    cox_stmt_bind_int(stmt, 4, today);
    cox_stmt_bind_int(stmt, 5, COX_LEARNT_DEALS_MAX);
    for (;;) {
        int64_t id, day;
        size_t stage;
        bool is_row;

        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            return COX_OK;
        }
        id = cox_stmt_int(stmt, 0);
        stage = cox_deal_stage_at(stages->at, stages->count, cox_stmt_int(stmt, 1));
        day = cox_stmt_int(stmt, 2);
        if (id == last_id && last_stage < stages->count && day >= last_day) {
            COX_TRY(add_spent(spents, (struct spent){last_stage, day - last_day}, reterr));
        }
        last_id = id;
        last_stage = stage;
        last_day = day;
    }
}

/* ---- kept for a while ---- */

enum { KEPT_STAGE_MAX = 128 };

/* What a memo holds: learnt days and counts of the stages in their order. */
struct kept {
    int64_t days[KEPT_STAGE_MAX], counts[KEPT_STAGE_MAX];
};

/* Reads of now share one answer a day; what is asked as of an instant is computed for it. */
static bool kept_key(struct cox_call *call, const struct stages *stages,
    char ret_key[COX_MEMO_KEY_MAX])
{
    int64_t stage_hash = 0;

    for (size_t i = 0; i < stages->count; i++) {
        stage_hash = (int64_t)((uint64_t)stage_hash * 31 + (uint64_t)stages->at[i].id);
    }
    (void)snprintf(ret_key, COX_MEMO_KEY_MAX, "learnt %lld %llx", /* 46 bytes at most */
        (long long)cox_call_as_of_day(call), (unsigned long long)stage_hash);
    return cox_call_is_now(call) && stages->count <= KEPT_STAGE_MAX;
}

static bool find_kept(struct cox_call *call, const struct stages *stages)
{
    char key[COX_MEMO_KEY_MAX];
    struct kept kept;

    if (!kept_key(call, stages, key) ||
        !cox_memo_find(cox_call_store(call), key, 3600 * COX_SECOND_US, &kept, sizeof(kept))) {
        return false;
    }
    for (size_t i = 0; i < stages->count; i++) {
        stages->at[i].learnt_days = kept.days[i];
        stages->at[i].learnt_count = (size_t)kept.counts[i];
    }
    return true;
}

static void keep(struct cox_call *call, const struct stages *stages)
{
    char key[COX_MEMO_KEY_MAX];
    struct kept kept = {0};

    if (!kept_key(call, stages, key)) {
        return;
    }
    for (size_t i = 0; i < stages->count; i++) {
        kept.days[i] = stages->at[i].learnt_days;
        kept.counts[i] = (int64_t)stages->at[i].learnt_count;
    }
    cox_memo_put(cox_call_store(call), key, &kept, sizeof(kept));
}

enum cox_rc cox_deal_stages_load(struct cox_call *call, struct cox_deal_stage **ret_stages,
    size_t *ret_count, struct cox_err *reterr)
{
    struct stages stages = {.arena = cox_call_arena(call)};
    struct spents spents = {.arena = cox_call_arena(call)};

    stages.at = COX_NEW_ARRAY(stages.arena, STAGE_MAX, struct cox_deal_stage);
    if (stages.at == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_each(call, &cox_stage, NULL, note_stage, &stages, reterr));
    qsort(stages.at, stages.count, sizeof(*stages.at), compare_stages);
    if (!find_kept(call, &stages)) {
        COX_TRY(read_spent(call, &stages, &spents, reterr));
        if (spents.count > 0) {
            qsort(spents.at, spents.count, sizeof(*spents.at), compare_spent);
            learn(stages.at, spents.at, spents.count);
        }
        if (spents.count >= COX_LEARNT_KEPT) {
            keep(call, &stages);
        }
    }
    *ret_stages = stages.at;
    *ret_count = stages.count;
    return COX_OK;
}
