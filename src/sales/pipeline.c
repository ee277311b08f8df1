/* sales/pipeline.c: the tables of pipelines, stages, allowed moves and reasons for loss. */
#include "sales/pipeline.h"

#include "org/people.h"
#include "sales/opportunity.h"
#include "sales/rule.h"

const struct cox_choice cox_forecast_categories[] = {
    [COX_CATEGORY_OMITTED] = {"omitted", "Omitted", "omit|not forecasted"},
    [COX_CATEGORY_PIPELINE] = {"pipeline", "Pipeline", NULL},
    [COX_CATEGORY_BEST_CASE] = {"best_case", "Best case", "bestcase|upside"},
    [COX_CATEGORY_MOST_LIKELY] = {"most_likely", "Most likely", "mostlikely|probable"},
    [COX_CATEGORY_COMMIT] = {"commit", "Commit", "forecast|committed"},
    [COX_CATEGORY_CLOSED] = {"closed", "Closed", "closed won|won"},
    {0},
};

const struct cox_choice cox_stage_kinds[] = {
    [COX_STAGE_OPEN] = {"open", "Open", NULL},
    [COX_STAGE_WON] = {"won", "Won", "closed won"},
    [COX_STAGE_LOST] = {"lost", "Lost", "closed lost"},
    {0},
};

/* ---- pipeline ---- */

static const struct cox_field pipeline_fields[] = {
    [COX_PIPELINE_NAME] = {"name", .type = COX_TEXT, .max = 200, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_TEXT(struct cox_pipeline, name),
        .alias = {"Name", "label|Label", "display_value"}, .help = "What the pipeline is called."},
    [COX_PIPELINE_POSITION] = {"position", .type = COX_INT, .min = 0, .max = 10000,
        .at = COX_AT_INT(struct cox_pipeline, position),
        .alias = {NULL, "displayOrder|display_order", "sequence_number"},
        .help = "Place in the order shown; lower comes first."},
    [COX_PIPELINE_IS_DEFAULT] = {"is_default", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_pipeline, is_default), .alias = {NULL, NULL, "default"},
        .help = "Deals without a pipeline go here."},
    [COX_PIPELINE_IS_ACTIVE] = {"is_active", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_pipeline, is_active), .alias = {NULL, "active", NULL},
        .help = "May new deals go here? Empty counts as yes."},
};
_Static_assert(COX_COUNT(pipeline_fields) == COX_PIPELINE_FIELD_COUNT, "one row for each field id");

const struct cox_entity cox_pipeline = {
    .name = "pipeline",
    .plural = "pipelines",
    .label = "Pipeline",
    .label_plural = "Pipelines",
    .number = 40,
    .fields = pipeline_fields,
    .field_count = COX_PIPELINE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_pipeline),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_PIPELINE_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .external_alias = {NULL, "pipelines|deal_pipeline", "pipeline"},
    .help = "A way of selling: an ordered list of stages.",
};

/* ---- stage ---- */

static const struct cox_field stage_fields[] = {
    [COX_STAGE_PIPELINE] = {"pipeline", .type = COX_REF, .ref = &cox_pipeline,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_stage, pipeline),
        .alias = {NULL, "pipeline_id|pipelineId|pipeline.label", "Pipeline|pipeline.display_value"},
        .help = "The pipeline it belongs to."},
    [COX_STAGE_LABEL] = {"label", .type = COX_TEXT, .max = 200, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_stage, label),
        .alias = {"MasterLabel|ApiName|StageName|Stage", "label|Label",
            "display_value|actual_value|Stage"},
        .also = "stage|deal_stage|step", .help = "What the stage is called."},
    [COX_STAGE_POSITION] = {"position", .type = COX_INT, .min = 0, .max = 10000,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_stage, position),
        .alias = {"SortOrder|sort_order", "displayOrder|display_order", "sequence_number"},
        .help = "Place in the pipeline; lower comes first."},
    [COX_STAGE_WIN_PROB] = {"win_prob", .type = COX_REAL, .min = 0, .max = 1, .flags = COX_REQUIRED,
        .at = COX_AT_REAL(struct cox_stage, win_prob),
        .alias = {"DefaultProbability|default_probability", "probability|metadata.probability",
            "probability"},
        .help = "Usual chance of winning from here, 0 to 1."},
    [COX_STAGE_FORECAST_CATEGORY] = {"forecast_category", .type = COX_CHOICE,
        .choices = cox_forecast_categories, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_stage, forecast_category),
        .alias = {"ForecastCategory|ForecastCategoryName", NULL, "forecast_category"},
        .help = "How deals of this stage count in the forecast."},
    [COX_STAGE_KIND] = {"kind", .type = COX_CHOICE, .choices = cox_stage_kinds,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_stage, kind),
        .alias = {NULL, NULL, "forecast_type"}, .help = "Open, won or lost."},
    [COX_STAGE_REQUIRED_FIELDS] = {"required_fields", .type = COX_TEXT, .max = 1000,
        .at = COX_AT_TEXT(struct cox_stage, required_fields),
        .help =
            "Fields of a deal that must be filled to enter, by their names, with commas between."},
    [COX_STAGE_IS_ACTIVE] = {"is_active", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_stage, is_active),
        .alias = {"IsActive|is_active", "active", NULL},
        .help = "May deals enter it? Empty counts as yes."},
};
_Static_assert(COX_COUNT(stage_fields) == COX_STAGE_FIELD_COUNT, "one row for each field id");

/* Every name in the list is a field of a deal. */
static enum cox_rc check_required_fields(struct cox_call *call, struct cox_text list,
    struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(cox_call_registry(call), &cox_opportunity);

    while (list.ptr != NULL && list.size > 0) {
        struct cox_text name = cox_text_trim(cox_text_split(&list, ','));

        if (name.size > 0 && cox_table_field(table, name) == COX_NO_FIELD) {
            return cox_fail_at(reterr, COX_INVALID, "required_fields", 0,
                "a deal has no field \"%.*s\"", (int)name.size, name.ptr);
        }
    }
    return COX_OK;
}

/* What is certain about a stage that ends a deal. */
static void fill_closing_stage(struct cox_row *after, int64_t kind)
{
    if (kind == COX_STAGE_WON) {
        cox_row_set(after, COX_STAGE_WIN_PROB, cox_real(1));
        cox_row_set(after, COX_STAGE_FORECAST_CATEGORY, cox_int(COX_CATEGORY_CLOSED));
    } else if (kind == COX_STAGE_LOST) {
        cox_row_set(after, COX_STAGE_WIN_PROB, cox_real(0));
        cox_row_set(after, COX_STAGE_FORECAST_CATEGORY, cox_int(COX_CATEGORY_OMITTED));
    }
}

static enum cox_rc check_stage(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)before; /* a stage is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_STAGE_KIND, COX_STAGE_OPEN);
    cox_fill_int(after, COX_STAGE_FORECAST_CATEGORY, COX_CATEGORY_PIPELINE);
    cox_fill_int(after, COX_STAGE_IS_ACTIVE, 1);
    fill_closing_stage(after, cox_row_int(after, COX_STAGE_KIND));
    return check_required_fields(call, cox_row_text(after, COX_STAGE_REQUIRED_FIELDS), reterr);
}

const struct cox_entity cox_stage = {
    .name = "stage",
    .plural = "stages",
    .label = "Stage",
    .label_plural = "Stages",
    .number = 41,
    .fields = stage_fields,
    .field_count = COX_STAGE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_stage),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_STAGE_LABEL,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_stage,
    .external_alias = {"OpportunityStage", "deal_pipeline_stage|stages", "stages|maps"},
    .help = "One step of a pipeline.",
};

/* ---- allowed move ---- */

static const struct cox_field stage_move_fields[] = {
    [COX_STAGE_MOVE_FROM_STAGE] = {"from_stage", .type = COX_REF, .ref = &cox_stage,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_stage_move, from_stage), .help = "From here."},
    [COX_STAGE_MOVE_TO_STAGE] = {"to_stage", .type = COX_REF, .ref = &cox_stage,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_stage_move, to_stage), .help = "To there."},
};
_Static_assert(COX_COUNT(stage_move_fields) == COX_STAGE_MOVE_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_stage_move(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_row *from, *to;

    (void)before; /* a move is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(
        cox_peek(call, &cox_stage, cox_row_int(after, COX_STAGE_MOVE_FROM_STAGE), &from, reterr));
    COX_TRY(cox_peek(call, &cox_stage, cox_row_int(after, COX_STAGE_MOVE_TO_STAGE), &to, reterr));
    if (cox_row_int(from, COX_STAGE_PIPELINE) != cox_row_int(to, COX_STAGE_PIPELINE)) {
        return cox_fail_at(reterr, COX_INVALID, "to_stage", 0,
            "the two stages belong to different pipelines");
    }
    return COX_OK;
}

const struct cox_entity cox_stage_move = {
    .name = "stage_move",
    .plural = "stage_moves",
    .label = "Allowed move",
    .label_plural = "Allowed moves",
    .number = 42,
    .fields = stage_move_fields,
    .field_count = COX_STAGE_MOVE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_stage_move),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_STAGE_MOVE_FROM_STAGE,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_stage_move,
    .help =
        "Where a deal may go from a stage. A stage without any such row lets deals go anywhere in its pipeline.",
};

/* ---- reason for loss ---- */

static const struct cox_field loss_reason_fields[] = {
    [COX_LOSS_REASON_LABEL] = {"label", .type = COX_TEXT, .max = 200,
        .flags = COX_REQUIRED | COX_SORTED, .at = COX_AT_TEXT(struct cox_loss_reason, label),
        .help = "The reason."},
    [COX_LOSS_REASON_IS_ACTIVE] = {"is_active", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_loss_reason, is_active),
        .help = "Offered for new losses? Empty counts as yes."},
};
_Static_assert(COX_COUNT(loss_reason_fields) == COX_LOSS_REASON_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_loss_reason = {
    .name = "loss_reason",
    .plural = "loss_reasons",
    .label = "Reason for loss",
    .label_plural = "Reasons for loss",
    .number = 43,
    .fields = loss_reason_fields,
    .field_count = COX_LOSS_REASON_FIELD_COUNT,
    .struct_size = sizeof(struct cox_loss_reason),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_LOSS_REASON_LABEL,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .help = "Why deals are lost.",
};
