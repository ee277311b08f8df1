/*
 * sales/opportunity.h: a possible sale with its line items and the shares people have in it. The rule
 * of a deal is in deal_rule.c, that of its parts in deal_part.c.
 */
#ifndef COX_SALES_OPPORTUNITY_H
#define COX_SALES_OPPORTUNITY_H

#include "record/entity.h"

enum cox_split_kind { COX_SPLIT_REVENUE, COX_SPLIT_OVERLAY };

enum {
    COX_OPPORTUNITY_NAME,
    COX_OPPORTUNITY_ACCOUNT,
    COX_OPPORTUNITY_OWNER,
    COX_OPPORTUNITY_PIPELINE,
    COX_OPPORTUNITY_STAGE,
    COX_OPPORTUNITY_AMOUNT,
    COX_OPPORTUNITY_CURRENCY,
    COX_OPPORTUNITY_CLOSE_DAY,
    COX_OPPORTUNITY_CREATED_DAY,
    COX_OPPORTUNITY_CLOSED_DAY,
    COX_OPPORTUNITY_WON_DAY,
    COX_OPPORTUNITY_WIN_PROB,
    COX_OPPORTUNITY_WIN_PROB_OVERRIDE,
    COX_OPPORTUNITY_FORECAST_CATEGORY,
    COX_OPPORTUNITY_NEXT_STEP,
    COX_OPPORTUNITY_NEXT_STEP_DAY,
    COX_OPPORTUNITY_TYPE,
    COX_OPPORTUNITY_LEAD_SOURCE,
    COX_OPPORTUNITY_CAMPAIGN,
    COX_OPPORTUNITY_LOSS_REASON,
    COX_OPPORTUNITY_CLOSE_NOTE,
    COX_OPPORTUNITY_PRODUCT,
    COX_OPPORTUNITY_CONTACT,
    COX_OPPORTUNITY_LEAD,
    COX_OPPORTUNITY_STAGE_DAY,
    COX_OPPORTUNITY_LAST_ACTIVITY_DAY,
    COX_OPPORTUNITY_DESCRIPTION,
    COX_OPPORTUNITY_UNMATCHED,
    COX_OPPORTUNITY_QUANTITY,
    COX_OPPORTUNITY_FIELD_COUNT
};

struct cox_opportunity {
    struct cox_head head;
    struct cox_text name;
    int64_t account, owner, pipeline, stage, amount;
    struct cox_text currency;
    int64_t close_day, created_day, closed_day, won_day;
    double win_prob, win_prob_override;
    int64_t forecast_category;
    struct cox_text next_step;
    int64_t next_step_day;
    struct cox_text type, lead_source, campaign;
    int64_t loss_reason;
    struct cox_text close_note;
    int64_t product, contact, lead, stage_day, last_activity_day;
    struct cox_text description;
    double quantity;
};
extern const struct cox_entity cox_opportunity;

enum {
    COX_OPPORTUNITY_LINE_OPPORTUNITY,
    COX_OPPORTUNITY_LINE_PRODUCT,
    COX_OPPORTUNITY_LINE_QUANTITY,
    COX_OPPORTUNITY_LINE_UNIT_PRICE,
    COX_OPPORTUNITY_LINE_AMOUNT,
    COX_OPPORTUNITY_LINE_CURRENCY,
    COX_OPPORTUNITY_LINE_DESCRIPTION,
    COX_OPPORTUNITY_LINE_FIELD_COUNT
};

struct cox_opportunity_line {
    struct cox_head head;
    int64_t opportunity, product;
    double quantity;
    int64_t unit_price, amount;
    struct cox_text currency, description;
};
extern const struct cox_entity cox_opportunity_line;

enum {
    COX_OPPORTUNITY_SPLIT_OPPORTUNITY,
    COX_OPPORTUNITY_SPLIT_USER,
    COX_OPPORTUNITY_SPLIT_KIND,
    COX_OPPORTUNITY_SPLIT_SHARE_BP,
    COX_OPPORTUNITY_SPLIT_FIELD_COUNT
};

struct cox_opportunity_split {
    struct cox_head head;
    int64_t opportunity, user, kind, share_bp;
};
extern const struct cox_entity cox_opportunity_split;

/*
 * The rule of a deal, on every path. Fills what follows from the stage and the day: win_prob,
 * forecast_category, stage_day, closed_day, won_day, created_day, currency. Refuses a stage of
 * another pipeline, a move the stage does not allow, a field the stage asks for that is empty (named
 * in the error), and, for one's own entries, a deal closed before it was created. History of other
 * systems passes the gates: it was so.
 */
enum cox_rc cox_opportunity_check(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr) COX_NODISCARD;

/* Refuses the call when a deal it leaves behind has revenue shares that do not sum to 100 %. */
enum cox_rc cox_split_settle(struct cox_call *call, const struct cox_edit *edits, size_t count,
    struct cox_err *reterr) COX_NODISCARD;

struct cox_split_share {
    int64_t user, kind; /* enum cox_split_kind */
    int64_t share_bp;   /* 1..10000 */
};

/*
 * Makes the shares of a deal these and no others; count 0 takes all away. COX_INVALID when the
 * revenue shares do not sum to 10000, or a person has two shares of one kind. Part of the caller's
 * commit.
 */
enum cox_rc cox_split_save(struct cox_call *call, int64_t opportunity,
    const struct cox_split_share *shares, size_t count, struct cox_err *reterr) COX_NODISCARD;

#endif
