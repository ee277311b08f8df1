/*
 * demo/life.c: one invented deal. A stage takes a lognormal number of days, longer for large deals
 * and slow reps; at its end the deal is lost with odds that the rep's skill and ramp shift, or moves
 * on. In between it slips, changes hands, and its next step is kept up more or less well.
 */
#include "demo/life.h"

#include <math.h>

enum { OPEN_STAGES = 4, TODO_MAX = 16 };

enum happening { SLIP, STEP, TURN };

struct todo {
    int64_t at_us;
    enum happening what;
};

struct deal {
    const struct demo_writer *writer;
    const struct demo_plan *plan;
    struct cox_random *random;
    struct demo_life *life;
    struct cox_opportunity state;
    const struct demo_person *rep;
    int64_t now_us; /* of the demo: nothing happens after it */
    int64_t at_us;
    double size;
    struct todo todo[TODO_MAX];
    size_t todo_count;
};

static void push(struct deal *deal, int64_t at_us)
{
    struct demo_life *life = deal->life;

    if (at_us >= deal->now_us || life->count == DEMO_LIFE_MAX) {
        return;
    }
    if (life->count > 0 && at_us <= life->at_us[life->count - 1]) {
        at_us = life->at_us[life->count - 1] + COX_SECOND_US;
    }
    life->versions[life->count] = deal->state;
    life->at_us[life->count++] = at_us;
}

static void set_step(struct deal *deal, int64_t day)
{
    static const char *const steps[] = {"Call to confirm the budget", "Send the proposal",
        "Demo for the team", "Meet who decides", "Legal review", "Answer the security questions",
        "Agree on the start", "Visit the site"};

    if (cox_random_chance(deal->random, deal->rep->hygiene)) {
        deal->state.next_step = cox_text_of(DEMO_PICK(deal->random, steps));
        deal->state.next_step_day = day + cox_random_range(deal->random, 4, 18);
    } else {
        deal->state.next_step = (struct cox_text){0};
        deal->state.next_step_day = COX_NULL;
    }
}

/* ---- the start ---- */

static int64_t draw_day(const struct demo_plan *plan, struct cox_random *random)
{
    double wanted = cox_random_unit(random) * plan->day_weights[DEMO_DAYS - 1];
    int low = 0, high = DEMO_DAYS - 1;

    while (low < high) {
        int middle = (low + high) / 2;

        if (plan->day_weights[middle] <= wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return plan->start_day + low;
}

/* A seat and day where somebody is there and, after ramping, busy enough to open a deal. */
static void draw_start(struct deal *deal, int64_t *ret_day)
{
    for (int tries = 0;; tries++) {
        int seat = (int)cox_random_below(deal->random, (uint64_t)deal->plan->scale.seats);
        int64_t day = draw_day(deal->plan, deal->random);
        const struct demo_person *rep = demo_seat_on(deal->plan, seat, day);

        if (tries == 20 ||
            (rep->seat == seat && cox_random_chance(deal->random, demo_ramp(rep, day)))) {
            deal->life->seat = seat;
            deal->rep = rep;
            *ret_day = day;
            return;
        }
    }
}

/* One of the seat's accounts that was there on the day; the first ones always were. */
static int64_t draw_account(const struct deal *deal, int64_t day)
{
    const struct demo_scale *scale = &deal->plan->scale;
    int64_t each = scale->accounts / scale->seats;

    for (int tries = 0; tries < 6; tries++) {
        int64_t at = deal->life->seat +
                     scale->seats * (int64_t)cox_random_below(deal->random, (uint64_t)each);

        if (deal->writer->accounts[at].created_day <= day) {
            return at;
        }
    }
    return deal->life->seat + scale->seats * (int64_t)cox_random_below(deal->random, 4);
}

static enum cox_rc start(struct deal *deal, struct cox_arena *arena, struct cox_err *reterr)
{
    static const char *const sources[] = {"Web", "Fair", "Referral", "Partner", "Cold call",
        "Existing customer"};
    const struct demo_account *account;
    struct demo_firm firm;
    size_t product;
    int64_t day;

    draw_start(deal, &day);
    deal->life->account = draw_account(deal, day);
    account = &deal->writer->accounts[deal->life->account];
    if (!demo_firm_of(deal->plan, deal->life->account, arena, &firm)) {
        return cox_no_memory(reterr);
    }
    product = cox_random_below(deal->random, COX_COUNT(demo_product_names));
    deal->size = account->size * cox_random_lognormal(deal->random, 0, DEMO_AMOUNT_SIGMA * 0.8);
    deal->at_us = demo_instant(deal->random, day);
    cox_struct_init(&cox_opportunity, &deal->state);
    deal->state.name =
        cox_text_of(cox_arena_format(arena, "%s: %s", firm.name, demo_product_names[product]));
    if (deal->state.name.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    deal->state.account = account->id;
    deal->state.contact = account->contact;
    deal->state.product = deal->writer->products[product];
    deal->state.owner = deal->rep->id;
    deal->state.pipeline = deal->writer->pipeline;
    deal->state.stage = deal->writer->stages[0];
    deal->state.amount = (int64_t)nearbyint(DEMO_AMOUNT_MEDIAN * deal->size / 100) * 100 * 100;
    deal->state.currency = cox_text_of(account->currency);
    deal->state.created_day = cox_us_day(deal->at_us);
    deal->state.close_day = deal->state.created_day + cox_random_range(deal->random, 45, 110);
    deal->state.lead_source = cox_text_of(DEMO_PICK(deal->random, sources));
    deal->state.type = cox_random_chance(deal->random, 0.3) ? COX_LIT("Existing business")
                                                            : COX_LIT("New business");
    set_step(deal, deal->state.created_day);
    push(deal, deal->at_us);
    return COX_OK;
}

/* ---- within a stage ---- */

static void add_todo(struct deal *deal, int64_t at_us, enum happening what, int64_t end_us)
{
    if (at_us <= deal->at_us || at_us >= end_us || deal->todo_count == TODO_MAX) {
        return;
    }
    size_t i = deal->todo_count++;

    for (; i > 0 && deal->todo[i - 1].at_us > at_us; i--) {
        deal->todo[i] = deal->todo[i - 1];
    }
    deal->todo[i] = (struct todo){at_us, what};
}

static void plan_turns(struct deal *deal, int64_t end_us)
{
    const struct demo_seat *seat = &deal->plan->seats[deal->life->seat];

    for (int i = seat->first; i < seat->first + seat->count; i++) {
        const struct demo_person *person = &deal->plan->people[i];

        add_todo(deal, person->hire_day * COX_DAY_US + COX_DAY_US / 3, TURN, end_us);
        if (person->leave_day != COX_NULL) {
            add_todo(deal, person->leave_day * COX_DAY_US + COX_DAY_US / 3, TURN, end_us);
        }
    }
}

static void plan_stage(struct deal *deal, int64_t end_us)
{
    int64_t days = (end_us - deal->at_us) / COX_DAY_US, close_day = deal->state.close_day;

    deal->todo_count = 0;
    plan_turns(deal, end_us);
    if (days > 14 && cox_random_chance(deal->random, deal->rep->hygiene)) {
        add_todo(deal, demo_instant(deal->random, cox_us_day(deal->at_us) + days / 2), STEP,
            end_us);
    }
    /* Whoever keeps records well moves the expected day when it has come; others leave it. */
    for (int i = 0; i < 4 && close_day * COX_DAY_US < end_us; i++) {
        int64_t day = close_day + cox_random_range(deal->random, -3, 6);

        if (!cox_random_chance(deal->random, 0.3 + 0.65 * deal->rep->hygiene)) {
            break;
        }
        add_todo(deal, demo_instant(deal->random, day), SLIP, end_us);
        close_day += 35;
    }
}

static void happen(struct deal *deal, const struct todo *todo)
{
    int64_t day = cox_us_day(todo->at_us);
    const struct demo_person *rep;

    switch (todo->what) {
    case SLIP:
        deal->state.close_day = day + cox_random_range(deal->random, 14, 60);
        break;
    case STEP:
        set_step(deal, day);
        break;
    case TURN:
        rep = demo_seat_on(deal->plan, deal->life->seat, day);
        if (rep->id == deal->state.owner) {
            return;
        }
        deal->rep = rep;
        deal->state.owner = rep->id;
        break;
    }
    push(deal, todo->at_us);
}

/* ---- from stage to stage ---- */

static double odds_of_loss(const struct deal *deal, int stage)
{
    static const double losses[OPEN_STAGES] = {0.34, 0.27, 0.24, 0.16};
    double skill = deal->rep->skill + 0.5 * (demo_ramp(deal->rep, cox_us_day(deal->at_us)) - 0.8);
    double odds = losses[stage] / (1 - losses[stage]) * exp(-skill) * pow(deal->size, 0.15);

    return odds / (1 + odds);
}

/* A third of the wins are pulled to the last days of the quarter they come near. */
static int64_t near_quarter_end(struct deal *deal, int64_t day)
{
    struct cox_civil civil = cox_day_civil(day);
    int64_t end = cox_day_add_months(cox_day_ymd(civil.year, (civil.month - 1) / 3 * 3 + 1, 1), 3);

    if (end - day < 25 && cox_random_chance(deal->random, 0.35)) {
        return end - cox_random_range(deal->random, 1, 5);
    }
    return day;
}

static void close(struct deal *deal, int64_t at_us, bool is_won)
{
    static const char *const notes[] = {"They went with a cheaper offer", "Project was put off",
        "No answer for weeks", "Chose a competitor", "Budget was cut", "Missing an integration"};

    if (at_us >= deal->now_us) {
        return;
    }
    deal->life->end_day = cox_us_day(at_us);
    deal->state.stage = deal->writer->stages[is_won ? OPEN_STAGES : OPEN_STAGES + 1];
    deal->state.closed_day = deal->life->end_day;
    deal->state.close_day = deal->life->end_day;
    deal->state.next_step = (struct cox_text){0};
    deal->state.next_step_day = COX_NULL;
    if (!is_won) {
        deal->state.loss_reason =
            deal->writer
                ->loss_reasons[cox_random_below(deal->random, deal->writer->loss_reason_count)];
        deal->state.close_note = cox_text_of(DEMO_PICK(deal->random, notes));
    }
    push(deal, at_us);
}

static void enter(struct deal *deal, int stage)
{
    deal->state.stage = deal->writer->stages[stage];
    if (stage == 2 && cox_random_chance(deal->random, 0.4)) {
        deal->state.amount =
            (int64_t)nearbyint(
                (double)deal->state.amount * cox_random_lognormal(deal->random, 0, 0.2) / 10000) *
            10000;
    } else if (stage == 3 && cox_random_chance(deal->random, 0.35)) {
        deal->state.amount = deal->state.amount / 100 * cox_random_range(deal->random, 82, 98);
    }
    set_step(deal, cox_us_day(deal->at_us));
    push(deal, deal->at_us);
}

static void live(struct deal *deal)
{
    static const double usual_days[OPEN_STAGES] = {9, 15, 14, 11};

    for (int stage = 0; stage < OPEN_STAGES; stage++) {
        bool is_lost = cox_random_chance(deal->random, odds_of_loss(deal, stage));
        bool is_forgotten = cox_random_chance(deal->random, 0.012);
        double days = usual_days[stage] * pow(deal->size, 0.2) / deal->rep->speed *
                      cox_random_lognormal(deal->random, 0, 0.65) * (is_lost ? 1.5 : 1);
        int64_t day = cox_us_day(deal->at_us) + 1 + (int64_t)(is_forgotten ? 2000 : days), end_us;

        if (stage == OPEN_STAGES - 1 && !is_lost) {
            day = near_quarter_end(deal, day);
        }
        end_us = demo_instant(deal->random, day);
        end_us = end_us > deal->at_us ? end_us : deal->at_us + COX_DAY_US / 24;
        plan_stage(deal, end_us);
        for (size_t i = 0; i < deal->todo_count; i++) {
            happen(deal, &deal->todo[i]);
        }
        deal->at_us = end_us;
        if (end_us >= deal->now_us) {
            return;
        }
        if (is_lost) {
            close(deal, end_us, false);
            return;
        }
        if (stage < OPEN_STAGES - 1) {
            enter(deal, stage + 1);
        }
    }
    close(deal, deal->at_us, true);
}

enum cox_rc demo_life_make(const struct demo_writer *writer, int64_t at, struct cox_arena *arena,
    struct demo_life *ret_life, struct cox_err *reterr)
{
    struct deal deal = {
        .writer = writer,
        .plan = writer->plan,
        .random = &ret_life->random,
        .life = ret_life,
        .now_us = writer->plan->today * COX_DAY_US,
    };

    ret_life->random = cox_random_part(writer->plan->opt->seed, (UINT64_C(4) << 40) + (uint64_t)at);
    ret_life->count = 0;
    ret_life->end_day = writer->plan->today;
    COX_TRY(start(&deal, arena, reterr));
    live(&deal);
    if (ret_life->count == 0) { /* born on the weekend before today: a day earlier */
        push(&deal, deal.now_us - COX_DAY_US / 2);
    }
    return COX_OK;
}
