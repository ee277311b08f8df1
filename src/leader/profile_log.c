/*
 * leader/profile_log.c: acts that are commits of one's own, made by hand (not imports, not rules): deals of those below
 * changed, quotas, vision, rules. Only one's own commits are read; what one may no longer see is left out.
 */
#include "leader/profile.h"
#include "leader/vision.h"
#include "org/saved_view.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/product.h"
#include "sales/quota.h"
#include "sales/routing.h"
#include "sales/territory.h"

static const char since_sql[] =
    "SELECT \"seq\" FROM \"log\" WHERE \"at_us\" < $1 ORDER BY \"seq\" DESC LIMIT 1";

static const char own_sql[] =
    "SELECT l.\"seq\", l.\"at_us\", r.\"entity\", r.\"id\" FROM \"log\" l JOIN \"log_row\" r ON "
    "r.\"seq\" = l.\"seq\" WHERE l.\"seq\" > $1 AND l.\"actor\" = $2 AND l.\"cause\" IN (0, 1) "
    "ORDER BY l.\"seq\" DESC LIMIT 20000";
_Static_assert(COX_CAUSE_UI == 0 && COX_CAUSE_API == 1, "as the SQL says");

/* The version that a commit made, and the one before it. */
static const char deal_sql[] =
    "SELECT \"owner\", \"stage\" FROM (SELECT \"rev\", \"owner\", \"stage\" FROM \"opportunity\" WHERE "
    "\"id\" = $1 UNION ALL SELECT \"rev\", \"owner\", \"stage\" FROM \"opportunity_past\" WHERE \"id\" = $1) v "
    "WHERE \"rev\" <= $2 ORDER BY \"rev\" DESC LIMIT 2";

/* Entities of which any change is an act of one kind, once a commit. */
static const struct {
    const struct cox_entity *entity;
    enum cox_act kind;
} plain[] = {
    {&cox_vision, COX_ACT_VISION_WRITTEN},
    {&cox_pillar, COX_ACT_VISION_WRITTEN},
    {&cox_saved_view, COX_ACT_VIEW_SAVED},
    {&cox_quota, COX_ACT_QUOTA_SET},
    {&cox_stage, COX_ACT_RULES_WRITTEN},
    {&cox_pipeline, COX_ACT_RULES_WRITTEN},
    {&cox_territory, COX_ACT_RULES_WRITTEN},
    {&cox_routing_rule, COX_ACT_RULES_WRITTEN},
    {&cox_product, COX_ACT_RULES_WRITTEN},
};

static enum cox_rc seq_before(struct cox_call *call, int64_t day, int64_t *ret_seq,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(since_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, day * INT64_C(86400000000));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_seq = is_row ? cox_stmt_int(stmt, 0) : 0;
    return COX_OK;
}

/* A deal that somebody below owned after the change: moved to another stage, or changed in another way. */
static enum cox_rc add_deal(struct cox_call *call, struct cox_acts *acts, struct cox_act_row *row,
    struct cox_err *reterr)
{
    int64_t owner, stage;
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(deal_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, row->id);
    cox_stmt_bind_int(stmt, 2, row->seq);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row) {
        return COX_OK;
    }
    owner = cox_stmt_int(stmt, 0);
    stage = cox_stmt_int(stmt, 1);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row || !cox_acts_has_below(acts, owner)) {
        return COX_OK; /* made by this commit, or nobody's below */
    }
    row->kind = cox_stmt_int(stmt, 1) == stage ? COX_ACT_DEAL_EDITED : COX_ACT_STAGE_MOVED;
    row->with = owner;
    return cox_acts_add(call, acts, row, reterr);
}

/* Many deals, or quotas, of one commit are one act of each kind. */
struct last {
    int64_t seq;
    bool has[COX_ACT_COUNT];
};

static bool is_first(struct last *last, int64_t seq, enum cox_act kind)
{
    bool is_new = last->seq != seq || !last->has[kind];

    if (last->seq != seq) {
        *last = (struct last){.seq = seq};
    }
    last->has[kind] = true;
    return is_new;
}

static enum cox_rc add_own(struct cox_call *call, struct cox_acts *acts, struct last *last,
    const struct cox_act_row *commit, uint16_t entity, struct cox_err *reterr)
{
    struct cox_act_row row = *commit;
    size_t before = acts->count;

    if (entity == cox_opportunity.number) {
        row.entity = &cox_opportunity;
        COX_TRY(add_deal(call, acts, &row, reterr));
        if (acts->count > before && !is_first(last, row.seq, acts->rows[before].kind)) {
            acts->count = before;
        }
        return COX_OK;
    }
    for (size_t p = 0; p < COX_COUNT(plain); p++) {
        if (plain[p].entity->number == entity) {
            row.entity = plain[p].entity;
            row.kind = plain[p].kind;
            return is_first(last, row.seq, row.kind) ? cox_acts_add(call, acts, &row, reterr)
                                                     : COX_OK;
        }
    }
    return COX_OK;
}

enum cox_rc cox_acts_load_log(struct cox_call *call, struct cox_acts *acts, struct cox_err *reterr)
{
    struct last last = {0};
    COX_AUTO_STMT stmt = NULL;
    int64_t since;
    bool is_row;

    COX_TRY(seq_before(call, acts->from_day - 1, &since, reterr));
    COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(own_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, since);
    cox_stmt_bind_int(stmt, 2, cox_call_actor(call)->user_id);
    for (;;) {
        struct cox_act_row row = {.with = COX_NULL};

        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            return COX_OK;
        }
        row.seq = cox_stmt_int(stmt, 0);
        row.day = cox_call_day(call, cox_stmt_int(stmt, 1));
        row.id = cox_stmt_int(stmt, 3);
        COX_TRY(add_own(call, acts, &last, &row, (uint16_t)cox_stmt_int(stmt, 2), reterr));
    }
}
