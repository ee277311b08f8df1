/*
 * demo/goals.c: where the invented company is going: a vision with pillars, who has read it, what they ask;
 * goals from the whole company down to a rep, with key results told by hand and read from the deals.
 */
#include <math.h>

#include "demo/write.h"
#include "leader/objective.h"
#include "leader/vision.h"
#include "org/people.h"

enum { PILLARS = 3, VISION_AGE_DAYS = 320, CHECK_IN_WEEKS = 14 };

struct direction {
    struct demo_writer *writer;
    int64_t vision, pillars[PILLARS];
    int64_t year_from, year_to, quarter_from, quarter_to;
    const struct demo_person *head, *lead, *second, *rep;
    int64_t rep_id; /* of the receipts: whose turn it is */
};

static int64_t at_noon(int64_t day)
{
    return day * COX_DAY_US + INT64_C(12) * 3600 * COX_SECOND_US;
}

/* Noon of the day, or of yesterday when the day is still to come: in the first days of a year. */
static int64_t at_noon_before(const struct demo_plan *plan, int64_t day)
{
    return at_noon(day < plan->today ? day : plan->today - 1);
}

/* ---- the vision ---- */

static const char *const pillars[PILLARS][2] = {
    {"Trusted where it matters", "Customers in regulated trades choose us first, and stay."},
    {"We close when we say", "A date in the pipeline is a promise to those who plan with it."},
    {"A place to become good", "Newcomers are good sooner, and people talk about how they work."},
};

static const char statement[] = "People trust what they measure, because of us.";

static const char narrative[] =
    "A dairy, a hospital, a power grid: all of them decide on numbers from our instruments. We want "
    "to be the ones they call first when a number has to be right.\n\nFor us in sales that means "
    "fewer, better understood customers, sold to by people who stay long enough to know them. We "
    "say early what will not work, we keep the dates we give, and nobody learns the trade alone.";

static enum cox_rc put_vision(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct direction *d = (struct direction *)ctx;
    int64_t day = d->writer->plan->today - VISION_AGE_DAYS;
    struct cox_vision vision;

    cox_struct_init(&cox_vision, &vision);
    vision.statement = cox_text_of(statement);
    vision.narrative = cox_text_of(narrative);
    vision.from_day = day;
    COX_TRY(demo_put(call, &cox_vision, &vision, at_noon(day), &d->vision, reterr));
    for (int i = 0; i < PILLARS; i++) {
        struct cox_pillar pillar;

        cox_struct_init(&cox_pillar, &pillar);
        pillar.vision = d->vision;
        pillar.name = cox_text_of(pillars[i][0]);
        pillar.text = cox_text_of(pillars[i][1]);
        pillar.position = i + 1;
        COX_TRY(demo_put(call, &cox_pillar, &pillar, at_noon(day), &d->pillars[i], reterr));
    }
    return COX_OK;
}

static enum cox_rc put_receipt(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct direction *d = (struct direction *)ctx;
    int64_t day = d->writer->plan->today - VISION_AGE_DAYS + 1 + d->rep_id % 40, id;
    struct cox_vision_read read;

    cox_struct_init(&cox_vision_read, &read);
    read.vision = d->vision;
    read.user = d->rep_id;
    return demo_put(call, &cox_vision_read, &read, at_noon(day), &id, reterr);
}

/* Five of six have read it. */
static enum cox_rc put_receipts(struct direction *d, struct cox_err *reterr)
{
    const struct demo_plan *plan = d->writer->plan;
    struct cox_random random = cox_random_part(plan->opt->seed, UINT64_C(7) << 40);

    for (int i = 0; i < plan->people_count; i++) {
        const struct demo_person *person = &plan->people[i];

        d->rep_id = person->id;
        if (person->leave_day == COX_NULL &&
            person->hire_day < plan->today - VISION_AGE_DAYS + 40 &&
            cox_random_chance(&random, 0.83)) {
            COX_TRY(demo_write(d->writer, person, put_receipt, d, reterr));
        }
    }
    return COX_OK;
}

struct question {
    const char *text, *answer;
    int days_ago;
};

static enum cox_rc put_question(struct cox_call *call, const struct direction *d,
    const struct demo_person *author, const struct question *question, struct cox_err *reterr)
{
    int64_t day = d->writer->plan->today - question->days_ago, id;
    struct cox_vision_question versions[2];
    const int64_t at_us[2] = {at_noon(day), at_noon(day + 3)};

    cox_struct_init(&cox_vision_question, &versions[0]);
    versions[0].vision = d->vision;
    versions[0].author = author->id;
    versions[0].text = cox_text_of(question->text);
    versions[0].day = day;
    versions[1] = versions[0];
    if (question->answer != NULL) {
        versions[1].answer = cox_text_of(question->answer);
        versions[1].answered_by = d->head->id;
        versions[1].answered_day = day + 3;
    }
    return demo_put_versions(call, &cox_vision_question, versions, at_us,
        question->answer == NULL ? 1 : 2, &id, reterr);
}

static enum cox_rc ask_as_rep(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    static const struct question open = {
        "Fewer customers, but my quota counts new ones. Which one wins?", NULL, 4};
    const struct direction *d = (const struct direction *)ctx;

    return put_question(call, d, d->rep, &open, reterr);
}

static enum cox_rc ask_as_lead(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    static const struct question answered = {
        "Does \"we close when we say\" mean that a deal may not slip?",
        "It may, when the customer moves. Then we say so the same day, and why.", 140};
    const struct direction *d = (const struct direction *)ctx;

    return put_question(call, d, d->lead, &answered, reterr);
}

/* ---- goals ---- */

struct told {
    double first, step, wobble; /* of check-ins each week */
};

static enum cox_rc put_goal(struct cox_call *call, const struct direction *d,
    const struct cox_objective *like, int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_objective goal = *like;
    int64_t known = goal.from_day - 10;

    goal.state = COX_OBJECTIVE_ACTIVE;
    goal.weight = 1;
    if (known < d->writer->plan->start_day) {
        known = d->writer->plan->start_day;
    }
    return demo_put(call, &cox_objective, &goal, at_noon(known), ret_id, reterr);
}

/* With measure NULL: told by hand. */
static enum cox_rc put_result(struct cox_call *call, const struct direction *d, int64_t goal,
    const char *name, const char *measure, double start, double target, int64_t whose,
    int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_key_result result;

    cox_struct_init(&cox_key_result, &result);
    result.objective = goal;
    result.name = cox_text_of(name);
    result.kind = measure == NULL ? COX_KEY_RESULT_MANUAL : COX_KEY_RESULT_MEASURE;
    result.measure = measure == NULL ? (struct cox_text){0} : cox_text_of(measure);
    result.whose = whose;
    result.direction = target < start ? COX_AT_MOST : COX_AT_LEAST;
    result.start = start;
    result.target = target;
    result.weight = 1;
    return demo_put(call, &cox_key_result, &result, at_noon_before(d->writer->plan, d->year_from),
        ret_id, reterr);
}

static enum cox_rc tell(struct cox_call *call, const struct direction *d, int64_t result,
    const struct told *told, const char *text, struct cox_err *reterr)
{
    const struct demo_plan *plan = d->writer->plan;
    struct cox_random random =
        cox_random_part(plan->opt->seed, (UINT64_C(8) << 40) + (uint64_t)result);

    for (int week = 0; week < CHECK_IN_WEEKS; week++) {
        int64_t day = plan->today - 3 - 7 * (CHECK_IN_WEEKS - 1 - week), id;
        double value = told->first + told->step * week + told->wobble * cox_random_normal(&random);
        struct cox_check_in check;

        cox_struct_init(&cox_check_in, &check);
        check.key_result = result;
        check.value = nearbyint(value);
        check.confidence = 4 + week / 4;
        check.day = day;
        check.text = week == CHECK_IN_WEEKS - 1 ? cox_text_of(text) : (struct cox_text){0};
        COX_TRY(demo_put(call, &cox_check_in, &check, at_noon(day), &id, reterr));
    }
    return COX_OK;
}

/* What all reps together should win in a year, in units of the company's currency. */
static double company_year(const struct demo_plan *plan)
{
    double amount = DEMO_AMOUNT_MEDIAN * exp(DEMO_AMOUNT_SIGMA * DEMO_AMOUNT_SIGMA / 2);

    return (double)plan->scale.deals / DEMO_YEARS * amount * DEMO_QUOTA_FACTOR;
}

static double round_off(double value)
{
    double step = pow(10, floor(log10(value)) - 1);

    return nearbyint(value / step) * step;
}

static enum cox_rc put_member(struct cox_call *call, const struct direction *d, int64_t goal,
    const struct demo_person *person, const char *part, struct cox_err *reterr)
{
    struct cox_objective_member member;
    int64_t id;

    cox_struct_init(&cox_objective_member, &member);
    member.objective = goal;
    member.user = person->id;
    member.part = cox_text_of(part);
    return demo_put(call, &cox_objective_member, &member,
        at_noon_before(d->writer->plan, d->year_from + 5), &id, reterr);
}

struct tree_ids {
    int64_t company, region, dates, growth;
};

static enum cox_rc put_company(struct cox_call *call, const struct direction *d,
    struct tree_ids *ids, struct cox_err *reterr)
{
    const struct demo_plan *plan = d->writer->plan;
    struct cox_objective goal;
    int64_t result;

    cox_struct_init(&cox_objective, &goal);
    goal.name = COX_LIT("Grow by a tenth with customers who stay");
    goal.text = COX_LIT("Not by more deals, but by deals we understand.");
    goal.owner = plan->people[plan->boss].id;
    goal.pillar = d->pillars[0];
    goal.from_day = d->year_from;
    goal.to_day = d->year_to;
    goal.is_open = 1;
    COX_TRY(put_goal(call, d, &goal, &ids->company, reterr));
    COX_TRY(put_result(call, d, ids->company, "Won in the year", "won", 0,
        round_off(company_year(plan) * 0.92), COX_WHOSE_ALL, &result, reterr));
    goal.name = COX_LIT("Customers who measure most choose us first");
    goal.text = COX_LIT("Regulated trades before all others.");
    goal.owner = d->head->id;
    goal.parent = ids->company;
    COX_TRY(put_goal(call, d, &goal, &ids->region, reterr));
    COX_TRY(put_result(call, d, ids->region, "Deals won", "won_count", 0,
        round_off((double)plan->scale.deals / DEMO_YEARS / plan->scale.regions * 0.3),
        COX_WHOSE_LINE, &result, reterr));
    COX_TRY(put_result(call, d, ids->region, "Win rate", "win_rate", 0.2, 0.4, COX_WHOSE_LINE,
        &result, reterr));
    COX_TRY(put_result(call, d, ids->region, "Audits passed at the first try, %", NULL, 70, 90,
        COX_WHOSE_LINE, &result, reterr));
    COX_TRY(tell(call, d, result, &(struct told){74, 0.8, 1.5},
        "Two labs passed without a remark. The third wants new papers.", reterr));
    return put_member(call, d, ids->region, d->second, "Service: audit papers", reterr);
}

static enum cox_rc put_dates(struct cox_call *call, const struct direction *d, struct tree_ids *ids,
    struct cox_err *reterr)
{
    struct cox_objective goal;
    int64_t result;

    cox_struct_init(&cox_objective, &goal);
    goal.name = COX_LIT("A date in the pipeline is a date");
    goal.owner = d->lead->id;
    goal.team = d->writer->plan->teams[0].id;
    goal.parent = ids->region;
    goal.pillar = d->pillars[1];
    goal.from_day = d->quarter_from;
    goal.to_day = d->quarter_to;
    goal.is_open = 1;
    COX_TRY(put_goal(call, d, &goal, &ids->dates, reterr));
    COX_TRY(put_result(call, d, ids->dates, "Slippage", "slippage", 0.6, 0.25, COX_WHOSE_LINE,
        &result, reterr));
    COX_TRY(put_result(call, d, ids->dates, "Won in the quarter", "won", 0,
        round_off(company_year(d->writer->plan) / 4 / d->writer->plan->scale.teams * 0.85),
        COX_WHOSE_LINE, &result, reterr));
    goal.name = COX_LIT("Three customers who speak for us");
    goal.owner = d->rep->id;
    goal.team = COX_NULL;
    goal.parent = ids->dates;
    goal.is_open = 0;
    COX_TRY(put_goal(call, d, &goal, &result, reterr));
    COX_TRY(put_result(call, d, result, "References agreed", NULL, 0, 3, COX_WHOSE_OWNER, &result,
        reterr));
    return tell(call, d, result, &(struct told){0, 0.15, 0},
        "The second one has asked their lawyers.", reterr);
}

static enum cox_rc put_growth(struct cox_call *call, const struct direction *d,
    struct tree_ids *ids, struct cox_err *reterr)
{
    struct cox_objective goal;
    int64_t result, other;

    cox_struct_init(&cox_objective, &goal);
    goal.name = COX_LIT("New people are good sooner, and stay");
    goal.owner = d->lead->id;
    goal.team = d->writer->plan->teams[0].id;
    goal.parent = ids->company;
    goal.pillar = d->pillars[2];
    goal.from_day = d->year_from;
    goal.to_day = d->year_to;
    goal.is_open = 1;
    COX_TRY(put_goal(call, d, &goal, &ids->growth, reterr));
    COX_TRY(put_result(call, d, ids->growth, "Days to the first deal", NULL, 150, 110,
        COX_WHOSE_LINE, &result, reterr));
    COX_TRY(tell(call, d, result, &(struct told){146, -1.1, 3},
        "The last one took 131 days; the demo kit came late.", reterr));
    COX_TRY(put_result(call, d, ids->growth, "Talks held as planned, %", NULL, 60, 85,
        COX_WHOSE_LINE, &result, reterr));
    COX_TRY(tell(call, d, result, &(struct told){66, 1.4, 2},
        "Better since they are in the week's plan.", reterr));
    goal.name = COX_LIT("Marketing and sales speak of one customer");
    goal.text = COX_LIT("One list of names, one word for what stage they are in.");
    goal.owner = d->second->id;
    goal.team = COX_NULL;
    goal.pillar = d->pillars[0];
    COX_TRY(put_goal(call, d, &goal, &other, reterr));
    return put_member(call, d, other, d->lead, "Sales: the words for stages", reterr);
}

static enum cox_rc put_goals(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct direction *d = (const struct direction *)ctx;
    struct tree_ids ids = {0};

    COX_TRY(put_company(call, d, &ids, reterr));
    COX_TRY(put_dates(call, d, &ids, reterr));
    return put_growth(call, d, &ids, reterr);
}

enum cox_rc demo_write_goals(struct demo_writer *writer, struct cox_err *reterr)
{
    struct demo_plan *plan = writer->plan;
    struct cox_civil civil = cox_day_civil(plan->today);
    struct direction d = {
        .writer = writer,
        .year_from = cox_day_ymd(civil.year, 1, 1),
        .year_to = cox_day_ymd(civil.year + 1, 1, 1),
        .quarter_from = cox_day_ymd(civil.year, (civil.month - 1) / 3 * 3 + 1, 1),
        .head = &plan->people[plan->regions[plan->teams[0].region_after].head],
        .lead = &plan->people[plan->teams[0].manager],
        .second = &plan->people[plan->teams[1].manager],
    };

    d.quarter_to = cox_day_add_months(d.quarter_from, 3);
    for (int seat = 0; seat < plan->scale.seats && d.rep == NULL; seat++) {
        if (demo_team_on(plan, seat, plan->today) == 0) {
            d.rep = demo_seat_on(plan, seat, plan->today);
            d.rep = d.rep->seat == seat ? d.rep : NULL; /* else the seat is empty */
        }
    }
    d.rep = d.rep == NULL ? d.lead : d.rep;
    COX_TRY(demo_write(writer, NULL, put_vision, &d, reterr));
    COX_TRY(put_receipts(&d, reterr));
    COX_TRY(demo_write(writer, d.rep, ask_as_rep, &d, reterr));
    COX_TRY(demo_write(writer, d.lead, ask_as_lead, &d, reterr));
    return demo_write(writer, &plan->people[plan->boss], put_goals, &d, reterr);
}
