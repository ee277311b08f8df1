/* demo/deals.c: writes the deals with their activities, line items and splits. */
#include "demo/life.h"
#include "sales/activity.h"

enum { CHUNK = 200 };

struct chunk {
    struct demo_writer *writer;
    int64_t from, to, versions, activities; /* counted anew each run */
};

static enum cox_rc write_activities(struct cox_call *call, struct chunk *chunk,
    struct demo_life *life, int64_t deal, struct cox_err *reterr)
{
    static const char *const subjects[COX_ACTIVITY_KIND_COUNT][3] = {
        [COX_ACTIVITY_CALL] = {"Call about needs", "Call about the price", "Short check-in"},
        [COX_ACTIVITY_MEETING] = {"Demo", "Meeting on site", "Review with who decides"},
        [COX_ACTIVITY_EMAIL] = {"Sent the proposal", "Answered questions", "Asked for a date"},
        [COX_ACTIVITY_TASK] = {"Prepare the offer", "Check the contract", "Ask for references"},
        [COX_ACTIVITY_NOTE] = {"Budget is confirmed", "Competitor is in", "New contact there"},
    };
    static const double kinds[COX_ACTIVITY_KIND_COUNT] = {0.35, 0.20, 0.30, 0.10, 0.05};
    const struct demo_plan *plan = chunk->writer->plan;
    int64_t start_day = cox_us_day(life->at_us[0]);
    int64_t count = cox_random_poisson(&life->random, plan->scale.activities_per_deal);

    for (int64_t i = 0; i < count && life->end_day > start_day; i++) {
        int64_t day = cox_random_range(&life->random, start_day, life->end_day - 1), id;
        size_t kind = cox_random_pick(&life->random, kinds, COX_COUNT(kinds));
        struct cox_activity activity;
        int64_t at_us = demo_instant(&life->random, day);

        if (at_us >= plan->today * COX_DAY_US) {
            continue;
        }
        cox_struct_init(&cox_activity, &activity);
        activity.kind = (int64_t)kind;
        activity.subject = cox_text_of(subjects[kind][cox_random_below(&life->random, 3)]);
        activity.owner = demo_seat_on(plan, life->seat, day)->id;
        activity.start_us = at_us;
        activity.is_done = 1;
        activity.duration_min = kind == COX_ACTIVITY_MEETING ? 60 : COX_NULL;
        activity.opportunity = deal;
        activity.account = life->versions[0].account;
        activity.contact = life->versions[0].contact;
        COX_TRY(demo_put(call, &cox_activity, &activity, at_us, &id, reterr));
        chunk->activities++;
    }
    return COX_OK;
}

static enum cox_rc write_lines(struct cox_call *call, const struct demo_writer *writer,
    struct demo_life *life, int64_t deal, struct cox_err *reterr)
{
    const struct cox_opportunity *last = &life->versions[life->count - 1];
    struct cox_opportunity_line line;
    int64_t id;

    if (!cox_random_chance(&life->random, writer->plan->scale.lines_per_deal)) {
        return COX_OK;
    }
    cox_struct_init(&cox_opportunity_line, &line);
    line.opportunity = deal;
    line.product = last->product;
    line.quantity = (double)cox_random_range(&life->random, 1, 20);
    line.amount = last->amount;
    return demo_put(call, &cox_opportunity_line, &line, life->at_us[life->count - 1], &id, reterr);
}

/* One won deal in twenty was a joint effort with the seat next door. */
static enum cox_rc write_splits(struct cox_call *call, const struct demo_writer *writer,
    struct demo_life *life, int64_t deal, struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;
    const struct cox_opportunity *last = &life->versions[life->count - 1];
    int64_t day = cox_us_day(life->at_us[life->count - 1]), id;
    const struct demo_person *other =
        demo_seat_on(plan, (life->seat + plan->scale.teams) % plan->scale.seats, day);
    const struct cox_split_share shares[] = {
        {last->owner, COX_SPLIT_REVENUE, 7000},
        {other->id, COX_SPLIT_REVENUE, 3000},
    };

    if (last->stage != writer->stages[4] || other->id == last->owner ||
        !cox_random_chance(&life->random, 0.05)) {
        return COX_OK;
    }
    for (size_t i = 0; i < COX_COUNT(shares); i++) {
        struct cox_opportunity_split split;

        cox_struct_init(&cox_opportunity_split, &split);
        split.opportunity = deal;
        split.user = shares[i].user;
        split.kind = shares[i].kind;
        split.share_bp = shares[i].share_bp;
        COX_TRY(demo_put(call, &cox_opportunity_split, &split, life->at_us[life->count - 1], &id,
            reterr));
    }
    return COX_OK;
}

static enum cox_rc write_chunk(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct chunk *chunk = (struct chunk *)ctx;
    struct demo_life *life = COX_NEW(cox_call_arena(call), struct demo_life);
    bool is_large = chunk->writer->plan->opt->size == COX_DEMO_LARGE;

    if (life == NULL) {
        return cox_no_memory(reterr);
    }
    chunk->versions = chunk->activities = 0;
    for (int64_t at = chunk->from; at < chunk->to; at++) {
        int64_t id;

        COX_TRY(demo_life_make(chunk->writer, at, cox_call_arena(call), life, reterr));
        COX_TRY(demo_put_versions(call, &cox_opportunity, life->versions, life->at_us, life->count,
            &id, reterr));
        chunk->versions += (int64_t)life->count;
        if (!is_large) {
            COX_TRY(write_activities(call, chunk, life, id, reterr));
            COX_TRY(write_lines(call, chunk->writer, life, id, reterr));
            COX_TRY(write_splits(call, chunk->writer, life, id, reterr));
        }
    }
    return COX_OK;
}

enum cox_rc demo_write_deals(struct demo_writer *writer, struct cox_err *reterr)
{
    struct cox_progress *progress = writer->plan->opt->progress;
    int64_t count = writer->plan->scale.deals;

    cox_progress_init(progress, "writing deals", count);
    for (int64_t from = 0; from < count; from += CHUNK) {
        struct chunk chunk = {writer, from, from + CHUNK < count ? from + CHUNK : count, 0, 0};

        COX_TRY(demo_write(writer, NULL, write_chunk, &chunk, reterr));
        writer->report->deal_versions += chunk.versions;
        writer->report->activities += chunk.activities;
        cox_progress_at(progress, chunk.to);
    }
    cox_progress_done(progress);
    writer->report->deals = count;
    return COX_OK;
}
