/*
 * demo/profile.c: 360 rounds: two closed ones about each who leads, and an open one about each head of a region,
 * which the managers are asked in.
 */
#include <math.h>

#include "demo/write.h"
#include "kernel/stats/reliability.h"
#include "leader/aspects.h"
#include "leader/feedback.h"

enum { REPORTS_MAX = 40, ROUND_DAYS = 14 };

struct lead {
    struct demo_writer *writer;
    const struct demo_person *person;
    const struct demo_person *reports[REPORTS_MAX];
    size_t report_count;
    struct cox_random random;
};

static int64_t morning(int64_t day)
{
    return day * COX_DAY_US + INT64_C(10) * 3600 * COX_SECOND_US;
}

/* ---- how others see the person ---- */

/* What one group says of one aspect. */
struct said {
    int64_t round, day;
    int aspect;
    enum cox_feedback_cell cell;
    int64_t count;
    double truth;
};

static enum cox_rc put_result(struct cox_call *call, struct lead *lead, const struct said *said,
    struct cox_err *reterr)
{
    double values[REPORTS_MAX * 2];
    struct cox_feedback_result result;
    struct cox_mean mean;
    int64_t id;

    for (int64_t i = 0; i < said->count; i++) {
        values[i] = fmin(1, fmax(0, said->truth + .16 * cox_random_normal(&lead->random)));
    }
    mean = cox_mean_of(values, (size_t)said->count);
    cox_struct_init(&cox_feedback_result, &result);
    result.person = lead->person->id;
    result.round = said->round;
    result.day = said->day;
    result.instrument = COX_LIT(COX_FORM_SIX_ASPECTS " 1");
    result.scale = cox_text_of(cox_aspects[said->aspect].name);
    result.cell = said->cell;
    result.count = said->count;
    if (said->cell == COX_FEEDBACK_CELL_SELF) {
        mean.error = (double)NAN;
    } else {
        mean = cox_feedback_publish(mean);
        result.agreement = cox_random_range(&lead->random, COX_AGREEMENT_LOW, COX_AGREEMENT_HIGH);
    }
    result.mean = mean.mean;
    result.error = mean.error;
    return demo_put(call, &cox_feedback_result, &result, morning(said->day), &id, reterr);
}

static enum cox_rc put_round(struct cox_call *call, struct lead *lead, int64_t to_day,
    int64_t invited, int64_t *ret_id, struct cox_err *reterr)
{
    const struct demo_plan *plan = lead->writer->plan;
    struct cox_feedback_round versions[2];
    int64_t at_us[2] = {morning(to_day - ROUND_DAYS), morning(to_day)};
    bool is_over = to_day < plan->today;

    cox_struct_init(&cox_feedback_round, &versions[0]);
    versions[0].author = versions[0].person = lead->person->id;
    versions[0].to_day = to_day;
    versions[0].state = COX_FEEDBACK_OPEN;
    versions[0].opened_day = to_day - ROUND_DAYS;
    versions[0].invited_count = invited;
    versions[1] = versions[0];
    versions[1].state = COX_FEEDBACK_CLOSED;
    versions[1].closed_day = to_day;
    return demo_put_versions(call, &cox_feedback_round, versions, at_us, is_over ? 2 : 1, ret_id,
        reterr);
}

/* Half a year ago and lately: one aspect has moved, the others stand. */
static enum cox_rc write_rounds(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    /* Where leaders of this company mostly are, near what they do. */
    static const double usual[COX_ASPECT_COUNT] = {.72, .55, .35, .55, .5, .4};
    struct lead *lead = (struct lead *)ctx;
    const struct demo_plan *plan = lead->writer->plan;
    int64_t reports = (int64_t)lead->report_count, colleagues = 6, round;
    double truth[COX_ASPECT_COUNT];

    for (int a = 0; a < COX_ASPECT_COUNT; a++) {
        truth[a] = usual[a] + .25 * (cox_random_unit(&lead->random) - .5);
    }
    for (int r = 0; r < 2; r++) {
        int64_t day = plan->today - (r == 0 ? 200 : 21);

        COX_TRY(put_round(call, lead, day, reports + colleagues, &round, reterr));
        truth[COX_ASPECT_RELATIONSHIP] += r == 0 ? 0 : .22;
        for (int a = 0; a < COX_ASPECT_COUNT; a++) {
            struct said said[] = {
                {round, day, a, COX_FEEDBACK_CELL_SELF, 1, truth[a] + .1},
                {round, day, a, COX_FEEDBACK_CELL_ALL, reports + colleagues, truth[a]},
                {round, day, a, COX_FEEDBACK_CELL_REPORTS, reports, truth[a]},
                {round, day, a, COX_FEEDBACK_CELL_COLLEAGUES, colleagues, truth[a]},
            };

            for (size_t i = 0; i < (reports >= COX_FEEDBACK_LEAST ? 4u : 2u); i++) {
                COX_TRY(put_result(call, lead, &said[i], reterr));
            }
        }
    }
    return COX_OK;
}

/* Everybody who leads a team is asked about the head of a region. */
static enum cox_rc write_asking(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct lead *lead = (struct lead *)ctx;
    const struct demo_plan *plan = lead->writer->plan;
    int64_t opened = plan->today - 5, round;

    COX_TRY(put_round(call, lead, opened + ROUND_DAYS, plan->scale.teams, &round, reterr));
    for (int i = 0; i < plan->scale.teams; i++) {
        const struct demo_team *team = &plan->teams[i];
        struct cox_feedback_rater rater;
        int64_t id;

        cox_struct_init(&cox_feedback_rater, &rater);
        rater.author = rater.person = lead->person->id;
        rater.rater = plan->people[team->manager].id;
        rater.round = round;
        rater.group = &plan->people[plan->regions[team->region_after].head] == lead->person
                          ? COX_FEEDBACK_REPORT
                          : COX_FEEDBACK_PEER;
        COX_TRY(demo_put(call, &cox_feedback_rater, &rater, morning(opened), &id, reterr));
    }
    return COX_OK;
}

/* ---- all of it ---- */

static void find_reports(struct lead *lead, int team)
{
    const struct demo_plan *plan = lead->writer->plan;

    for (int seat = 0; seat < plan->scale.seats && lead->report_count < REPORTS_MAX; seat++) {
        const struct demo_person *rep = demo_seat_on(plan, seat, plan->today - 1);

        if (demo_team_on(plan, seat, plan->today - 1) == team && rep != lead->person) {
            lead->reports[lead->report_count++] = rep;
        }
    }
}

static enum cox_rc write_team(struct demo_writer *writer, int team, struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;
    struct lead lead = {.writer = writer,
        .person = &plan->people[plan->teams[team].manager],
        .random = cox_random_part(plan->opt->seed, (UINT64_C(11) << 40) + (uint64_t)team)};

    find_reports(&lead, team);
    return demo_write(writer, lead.person, write_rounds, &lead, reterr);
}

static enum cox_rc write_region(struct demo_writer *writer, int region, struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;
    struct lead lead = {.writer = writer,
        .person = &plan->people[plan->regions[region].head],
        .random = cox_random_part(plan->opt->seed, (UINT64_C(12) << 40) + (uint64_t)region)};

    for (int team = 0; team < plan->scale.teams && lead.report_count < REPORTS_MAX; team++) {
        if (plan->teams[team].region_after == region) {
            lead.reports[lead.report_count++] = &plan->people[plan->teams[team].manager];
        }
    }
    COX_TRY(demo_write(writer, lead.person, write_rounds, &lead, reterr));
    return demo_write(writer, lead.person, write_asking, &lead, reterr);
}

static enum cox_rc write_boss(struct demo_writer *writer, struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;
    struct lead lead = {.writer = writer,
        .person = &plan->people[plan->boss],
        .random = cox_random_part(plan->opt->seed, UINT64_C(13) << 40)};

    for (int region = 0; region < plan->scale.regions && region < REPORTS_MAX; region++) {
        lead.reports[lead.report_count++] = &plan->people[plan->regions[region].head];
    }
    return demo_write(writer, lead.person, write_rounds, &lead, reterr);
}

enum cox_rc demo_write_profile(struct demo_writer *writer, struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;
    int teams = plan->opt->size == COX_DEMO_LARGE ? 1 : plan->scale.teams;

    for (int team = 0; team < teams; team++) {
        COX_TRY(write_team(writer, team, reterr));
    }
    for (int region = 0; region < plan->scale.regions && plan->opt->size != COX_DEMO_LARGE;
         region++) {
        COX_TRY(write_region(writer, region, reterr));
    }
    return write_boss(writer, reterr);
}
