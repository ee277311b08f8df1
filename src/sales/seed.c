/* sales/seed.c: what a new company starts with. */
#include "sales/seed.h"

#include "base/money.h"
#include "org/calendar.h"
#include "org/currency.h"
#include "record/query.h"
#include "sales/pipeline.h"

static enum cox_rc has_any(struct cox_call *call, const struct cox_entity *entity, bool *ret_has,
    struct cox_err *reterr)
{
    const struct cox_query query = {.entity = entity, .limit = 1};
    struct cox_page page;

    COX_TRY(cox_list(call, &query, &page, reterr));
    *ret_has = page.count > 0;
    return COX_OK;
}

static enum cox_rc seed_setting(struct cox_call *call, const char *key, const char *wanted,
    const char *otherwise, struct cox_err *reterr)
{
    struct cox_text value;

    COX_TRY(cox_setting_get(call, key, &value, reterr));
    if (wanted == NULL && value.ptr != NULL) {
        return COX_OK;
    }
    if (wanted != NULL && cox_text_same(value, cox_text_of(wanted))) {
        return COX_OK;
    }
    return cox_setting_put(call, key, cox_text_of(wanted != NULL ? wanted : otherwise), reterr);
}

static enum cox_rc seed_currencies(struct cox_call *call, struct cox_err *reterr)
{
    static const char *const codes[] = {"EUR", "USD", "GBP", "CHF", "JPY", "SEK", "PLN", "CAD",
        "AUD", "INR", "BRL"};
    bool has;

    COX_TRY(has_any(call, &cox_currency, &has, reterr));
    for (size_t i = 0; !has && i < COX_COUNT(codes); i++) {
        const struct cox_iso_currency *iso = cox_iso_currency_find(cox_text_of(codes[i]));
        struct cox_currency row;
        int64_t id;

        cox_struct_init(&cox_currency, &row);
        row.code = cox_text_of(iso->code);
        row.name = cox_text_of(iso->name);
        row.digits = iso->digits;
        COX_TRY(cox_create_struct(call, &cox_currency, &row, &id, reterr));
    }
    return COX_OK;
}

static enum cox_rc seed_calendar(struct cox_call *call, const struct cox_seed_opt *opt,
    struct cox_err *reterr)
{
    int year = cox_day_civil(cox_call_day(call, cox_call_now_us(call))).year;
    struct cox_fiscal_calendar calendar;
    int64_t id;
    bool has;

    COX_TRY(has_any(call, &cox_fiscal_calendar, &has, reterr));
    if (has) {
        return COX_OK;
    }
    cox_struct_init(&cox_fiscal_calendar, &calendar);
    calendar.name = COX_LIT("Fiscal year");
    calendar.kind = COX_FISCAL_MONTHS;
    calendar.start_month = opt->fiscal_start_month == 0 ? 1 : opt->fiscal_start_month;
    calendar.name_rule = COX_FISCAL_BY_END;
    COX_TRY(cox_create_struct(call, &cox_fiscal_calendar, &calendar, &id, reterr));
    return cox_fiscal_fill(call, id, opt->from_year == 0 ? year - 3 : opt->from_year,
        opt->to_year == 0 ? year + 3 : opt->to_year, reterr);
}

static enum cox_rc seed_hours(struct cox_call *call, struct cox_err *reterr)
{
    bool has;

    COX_TRY(has_any(call, &cox_working_hours, &has, reterr));
    for (int64_t weekday = 1; !has && weekday <= 5; weekday++) {
        struct cox_working_hours hours;
        int64_t id;

        cox_struct_init(&cox_working_hours, &hours);
        hours.name = COX_LIT("Office hours");
        hours.weekday = weekday;
        hours.from_minute = INT64_C(9) * 60;
        hours.to_minute = INT64_C(17) * 60;
        COX_TRY(cox_create_struct(call, &cox_working_hours, &hours, &id, reterr));
    }
    return COX_OK;
}

static enum cox_rc seed_loss_reasons(struct cox_call *call, struct cox_err *reterr)
{
    static const char *const reasons[] = {"Price", "Competitor", "No budget", "No decision",
        "Missing feature", "Timing", "Lost contact"};
    bool has;

    COX_TRY(has_any(call, &cox_loss_reason, &has, reterr));
    for (size_t i = 0; !has && i < COX_COUNT(reasons); i++) {
        struct cox_loss_reason reason;
        int64_t id;

        cox_struct_init(&cox_loss_reason, &reason);
        reason.label = cox_text_of(reasons[i]);
        reason.is_active = 1;
        COX_TRY(cox_create_struct(call, &cox_loss_reason, &reason, &id, reterr));
    }
    return COX_OK;
}

static enum cox_rc seed_pipeline(struct cox_call *call, struct cox_err *reterr)
{
    static const struct {
        const char *label;
        double win_prob;
        enum cox_forecast_category category;
        enum cox_stage_kind kind;
    } stages[] = {
        {"Qualification", 0.10, COX_CATEGORY_PIPELINE, COX_STAGE_OPEN},
        {"Discovery", 0.20, COX_CATEGORY_PIPELINE, COX_STAGE_OPEN},
        {"Proposal", 0.45, COX_CATEGORY_BEST_CASE, COX_STAGE_OPEN},
        {"Negotiation", 0.70, COX_CATEGORY_COMMIT, COX_STAGE_OPEN},
        {"Won", 1.00, COX_CATEGORY_CLOSED, COX_STAGE_WON},
        {"Lost", 0.00, COX_CATEGORY_OMITTED, COX_STAGE_LOST},
    };
    struct cox_pipeline pipeline;
    int64_t pipeline_id;
    bool has;

    COX_TRY(has_any(call, &cox_pipeline, &has, reterr));
    if (has) {
        return COX_OK;
    }
    cox_struct_init(&cox_pipeline, &pipeline);
    pipeline.name = COX_LIT("Sales");
    pipeline.position = 0;
    pipeline.is_default = 1;
    pipeline.is_active = 1;
    COX_TRY(cox_create_struct(call, &cox_pipeline, &pipeline, &pipeline_id, reterr));
    for (size_t i = 0; i < COX_COUNT(stages); i++) {
        struct cox_stage stage;
        int64_t id;

        cox_struct_init(&cox_stage, &stage);
        stage.pipeline = pipeline_id;
        stage.label = cox_text_of(stages[i].label);
        stage.position = (int64_t)i + 1;
        stage.win_prob = stages[i].win_prob;
        stage.forecast_category = (int64_t)stages[i].category;
        stage.kind = (int64_t)stages[i].kind;
        COX_TRY(cox_create_struct(call, &cox_stage, &stage, &id, reterr));
    }
    return COX_OK;
}

enum cox_rc cox_seed(struct cox_call *call, const struct cox_seed_opt *opt, struct cox_err *reterr)
{
    COX_TRY(seed_setting(call, "zone", opt->zone, "UTC", reterr));
    COX_TRY(seed_setting(call, "currency", opt->currency, "EUR", reterr));
    COX_TRY(seed_currencies(call, reterr));
    COX_TRY(seed_calendar(call, opt, reterr));
    COX_TRY(seed_hours(call, reterr));
    COX_TRY(seed_loss_reasons(call, reterr));
    return opt->no_pipeline ? COX_OK : seed_pipeline(call, reterr);
}

enum cox_rc cox_default_pipeline(struct cox_call *call, int64_t *ret_pipeline,
    struct cox_err *reterr)
{
    struct cox_query query = {.entity = &cox_pipeline, .limit = COX_PAGE_MAX};
    struct cox_page page;
    int64_t pipeline = 0;

    COX_TRY(cox_list(call, &query, &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        if (pipeline == 0 || cox_row_int(&page.rows[i], COX_PIPELINE_IS_DEFAULT) == 1) {
            pipeline = page.rows[i].id;
        }
    }
    if (pipeline == 0) {
        return cox_fail_at(reterr, COX_MISSING, "pipeline", 0, "the company has no pipeline yet");
    }
    *ret_pipeline = pipeline;
    return COX_OK;
}
