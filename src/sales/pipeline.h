/*
 * sales/pipeline.h: pipelines, their stages, where a deal may go from a stage, reasons for loss. All of
 * it is data that administrators edit; code depends only on the kind of a stage and its category.
 */
#ifndef COX_SALES_PIPELINE_H
#define COX_SALES_PIPELINE_H

#include "record/entity.h"

/* In the order of certainty; also the forecast category of a deal. */
enum cox_forecast_category {
    COX_CATEGORY_OMITTED,
    COX_CATEGORY_PIPELINE,
    COX_CATEGORY_BEST_CASE,
    COX_CATEGORY_MOST_LIKELY,
    COX_CATEGORY_COMMIT,
    COX_CATEGORY_CLOSED,
    COX_CATEGORY_COUNT
};
extern const struct cox_choice cox_forecast_categories[];

enum cox_stage_kind { COX_STAGE_OPEN, COX_STAGE_WON, COX_STAGE_LOST, COX_STAGE_KIND_COUNT };
extern const struct cox_choice cox_stage_kinds[];

enum {
    COX_PIPELINE_NAME,
    COX_PIPELINE_POSITION,
    COX_PIPELINE_IS_DEFAULT,
    COX_PIPELINE_IS_ACTIVE,
    COX_PIPELINE_FIELD_COUNT
};

struct cox_pipeline {
    struct cox_head head;
    struct cox_text name;
    int64_t position, is_default, is_active;
};
extern const struct cox_entity cox_pipeline;

enum {
    COX_STAGE_PIPELINE,
    COX_STAGE_LABEL,
    COX_STAGE_POSITION,
    COX_STAGE_WIN_PROB,
    COX_STAGE_FORECAST_CATEGORY,
    COX_STAGE_KIND,
    COX_STAGE_REQUIRED_FIELDS,
    COX_STAGE_IS_ACTIVE,
    COX_STAGE_FIELD_COUNT
};

struct cox_stage {
    struct cox_head head;
    int64_t pipeline;
    struct cox_text label;
    int64_t position;
    double win_prob;
    int64_t forecast_category, kind;
    struct cox_text required_fields;
    int64_t is_active;
};
extern const struct cox_entity cox_stage;

enum { COX_STAGE_MOVE_FROM_STAGE, COX_STAGE_MOVE_TO_STAGE, COX_STAGE_MOVE_FIELD_COUNT };

struct cox_stage_move {
    struct cox_head head;
    int64_t from_stage, to_stage;
};
extern const struct cox_entity cox_stage_move;

enum { COX_LOSS_REASON_LABEL, COX_LOSS_REASON_IS_ACTIVE, COX_LOSS_REASON_FIELD_COUNT };

struct cox_loss_reason {
    struct cox_head head;
    struct cox_text label;
    int64_t is_active;
};
extern const struct cox_entity cox_loss_reason;

#endif
