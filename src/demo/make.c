/* demo/make.c: opens the store under a clock of the demo's own and writes the parts. */
#include <stdio.h>

#include "demo/demo.h"
#include "demo/write.h"
#include "org/calendar.h"
#include "record/query.h"
#include "sales/account.h"
#include "sales/activity.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/seed.h"

/* The store's clock stands at the start while the company is founded, then at today 0:00 UTC. */
struct clock {
    int64_t now_us;
    struct cox_random random; /* salts of personal fields: not secret here, but always the same */
};

static int64_t read_clock(void *ctx)
{
    return ((const struct clock *)ctx)->now_us;
}

static void read_random(void *ctx, void *ret_bytes, size_t size)
{
    struct clock *clock = (struct clock *)ctx;
    unsigned char *bytes = (unsigned char *)ret_bytes;

    for (size_t i = 0; i < size; i++) {
        bytes[i] = (unsigned char)cox_random_bits(&clock->random);
    }
}

enum cox_rc demo_write(struct demo_writer *writer, const struct demo_person *as, cox_call_fn fn,
    void *ctx, struct cox_err *reterr)
{
    const struct cox_write_opt opt = {
        .actor = {.user_id = as == NULL ? 0 : as->id,
            .roles = as == NULL ? COX_ROLE_BIT(COX_OPERATOR)
                                : COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER)},
        .cause = COX_CAUSE_IMPORT,
        .batch = writer->batch,
        .request = "demo",
    };
    struct cox_commit commit;

    return cox_store_write(writer->store, &opt, fn, ctx, &commit, reterr);
}

/* id 0: a new record. */
static enum cox_rc put_versions(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const void *structures, const int64_t *at_us, size_t count, int64_t *ret_id,
    struct cox_err *reterr)
{
    struct cox_version *versions = COX_NEW_ARRAY(cox_call_arena(call), count, struct cox_version);
    bool is_changed;

    if (versions == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        versions[i].from_us = at_us[i];
        versions[i].row = cox_row_new(call, entity);
        if (versions[i].row == NULL) {
            return cox_no_memory(reterr);
        }
        cox_row_pack(versions[i].row, (const char *)structures + i * entity->struct_size);
    }
    return cox_put_history(call, entity, id, versions, count, COX_FOREVER, ret_id, &is_changed,
        reterr);
}

enum cox_rc demo_put_versions(struct cox_call *call, const struct cox_entity *entity,
    const void *structures, const int64_t *at_us, size_t count, int64_t *ret_id,
    struct cox_err *reterr)
{
    return put_versions(call, entity, 0, structures, at_us, count, ret_id, reterr);
}

enum cox_rc demo_put_more(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const void *structures, const int64_t *at_us, size_t count, struct cox_err *reterr)
{
    return put_versions(call, entity, id, structures, at_us, count, &id, reterr);
}

enum cox_rc demo_put(struct cox_call *call, const struct cox_entity *entity, const void *structure,
    int64_t from_us, int64_t *ret_id, struct cox_err *reterr)
{
    return demo_put_versions(call, entity, structure, &from_us, 1, ret_id, reterr);
}

/* ---- founding ---- */

static enum cox_rc note_stage(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct demo_writer *writer = (struct demo_writer *)ctx;
    int64_t position = cox_row_int(row, COX_STAGE_POSITION);

    (void)reterr; /* nothing can fail */
    if (position >= 1 && position <= (int64_t)COX_COUNT(writer->stages)) {
        writer->stages[position - 1] = row->id;
        writer->pipeline = cox_row_int(row, COX_STAGE_PIPELINE);
    }
    return COX_OK;
}

static enum cox_rc note_reason(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct demo_writer *writer = (struct demo_writer *)ctx;

    (void)reterr; /* nothing can fail */
    if (writer->loss_reason_count < COX_COUNT(writer->loss_reasons)) {
        writer->loss_reasons[writer->loss_reason_count++] = row->id;
    }
    return COX_OK;
}

/* The few days on which nobody sells anywhere. */
static enum cox_rc found_holidays(struct cox_call *call, const struct demo_plan *plan,
    struct cox_err *reterr)
{
    static const struct {
        const char *name;
        int month, day;
    } holidays[] = {
        {"New Year's Day", 1, 1},
        {"Labour Day", 5, 1},
        {"Christmas Day", 12, 25},
        {"Second Day of Christmas", 12, 26},
    };
    int first = cox_day_civil(plan->start_day).year;

    for (int year = first; year <= first + DEMO_YEARS + 2; year++) {
        for (size_t i = 0; i < COX_COUNT(holidays); i++) {
            struct cox_holiday holiday;
            int64_t id;

            cox_struct_init(&cox_holiday, &holiday);
            holiday.name = cox_text_of(holidays[i].name);
            holiday.day = cox_day_ymd(year, holidays[i].month, holidays[i].day);
            COX_TRY(cox_create_struct(call, &cox_holiday, &holiday, &id, reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc found(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct demo_writer *writer = (struct demo_writer *)ctx;
    int year = cox_day_civil(writer->plan->start_day).year;
    const struct cox_seed_opt opt = {
        .currency = "EUR",
        .zone = "UTC",
        .from_year = year,
        .to_year = year + DEMO_YEARS + 2,
    };

    writer->loss_reason_count = 0;
    COX_TRY(cox_seed(call, &opt, reterr));
    COX_TRY(found_holidays(call, writer->plan, reterr));
    COX_TRY(cox_each(call, &cox_stage, NULL, note_stage, writer, reterr));
    return cox_each(call, &cox_loss_reason, NULL, note_reason, writer, reterr);
}

/* ---- all of it ---- */

static enum cox_rc refuse_filled(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_query query = {.entity = &cox_pipeline, .limit = 1};
    struct cox_page page;

    (void)ctx; /* nothing is handed back */
    COX_TRY(cox_list(call, &query, &page, reterr));
    if (page.count > 0) {
        return cox_fail(reterr, COX_CONFLICT,
            "there are records in this store already; the demo wants one of its own");
    }
    return COX_OK;
}

static enum cox_rc write_parts(struct demo_writer *writer, struct cox_err *reterr)
{
    static const struct cox_entity *const bulky[] = {&cox_account, &cox_opportunity, &cox_activity};
    bool is_bulk = writer->plan->opt->size == COX_DEMO_LARGE;

    COX_TRY(demo_write_org(writer, reterr));
    COX_TRY(demo_write_quotas(writer, reterr));
    COX_TRY(demo_write_routing(writer, reterr));
    if (is_bulk) {
        COX_TRY(cox_bulk_begin(writer->store, bulky, COX_COUNT(bulky), reterr));
    }
    COX_TRY(demo_write_market(writer, reterr));
    COX_TRY(demo_write_deals(writer, reterr));
    if (is_bulk) {
        COX_TRY(cox_bulk_end(writer->store, reterr));
    }
    COX_TRY(demo_write_crew(writer, reterr));
    COX_TRY(demo_write_contests(writer, reterr));
    COX_TRY(demo_write_pay(writer, reterr));
    COX_TRY(demo_write_goals(writer, reterr));
    COX_TRY(demo_write_coaching(writer, reterr));
    COX_TRY(demo_write_talent(writer, reterr));
    return demo_write_profile(writer, reterr);
}

static void note_guides(const struct demo_writer *writer)
{
    const struct demo_plan *plan = writer->plan;
    const struct demo_person *lead = demo_guide(plan);
    struct cox_demo_report *report = writer->report;

    report->people = plan->people_count;
    report->accounts = plan->scale.accounts;
    report->manager = report->leader = lead->id;
    (void)snprintf(report->manager_email, sizeof(report->manager_email), "%s", lead->email);
    (void)snprintf(report->leader_email, sizeof(report->leader_email), "%s", lead->email);
}

static enum cox_rc make(struct demo_writer *writer, struct clock *clock, struct cox_err *reterr)
{
    const struct cox_actor operator= {.roles = COX_ROLE_BIT(COX_OPERATOR)};
    const struct cox_read_opt opt = {.actor = operator};

    COX_TRY(cox_store_read(writer->store, &opt, refuse_filled, NULL, reterr));
    COX_TRY(demo_write(writer, NULL, found, writer, reterr));
    clock->now_us = writer->plan->today * COX_DAY_US;
    COX_TRY(cox_batch_open(writer->store, operator, "demo",
        cox_demo_size_names[writer->plan->opt->size], &writer->batch, reterr));
    COX_TRY(write_parts(writer, reterr));
    COX_TRY(cox_batch_close(writer->store, writer->batch, COX_BATCH_DONE, reterr));
    note_guides(writer);
    return COX_OK;
}

enum cox_rc cox_demo_make(const struct cox_demo_opt *opt, struct cox_demo_report *ret_report,
    struct cox_err *reterr)
{
    COX_AUTO_ARENA arena = cox_arena_open((size_t)1 << 30);
    struct cox_demo_report report = {0};
    struct demo_plan plan;
    struct demo_writer writer = {.plan = &plan, .report = &report};
    struct clock clock = {.random = cox_random_part(opt->seed, 2)};
    struct cox_store_opt store_opt = {
        .url = opt->url,
        .entities = opt->entities,
        .now_us = read_clock,
        .random = read_random,
        .ctx = &clock,
        .create = true,
        .migrate = true,
    };
    enum cox_rc rc;

    if (arena == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(demo_plan_make(opt, arena, &plan, reterr));
    clock.now_us = plan.start_day * COX_DAY_US;
    COX_TRY(cox_store_open(&store_opt, &writer.store, reterr));
    rc = make(&writer, &clock, reterr);
    cox_store_close(writer.store);
    if (rc == COX_OK) {
        *ret_report = report;
    }
    return rc;
}
