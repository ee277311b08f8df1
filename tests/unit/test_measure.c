/* Measures against sums counted from lists of the same reader at the same instant, on both engines. */
#include <math.h>

#include "base/random.h"
#include "firm.h"
#include "org/calendar.h"
#include "org/people.h"
#include "sales/activity.h"
#include "sales/measure.h"
#include "sales/opportunity.h"
#include "sales/quota.h"

enum { PEOPLE = 4, TEAMS = 2, DEALS = 60 };
#define DUE_BY COX_SUM_BITS(COX_SUM_DUE_BY_COUNT, COX_SUM_ACTIVE_COUNT)

struct world {
    struct firm *f;
    struct cox_books *books;
    struct cox_random random;
    int64_t people[PEOPLE], teams[TEAMS];
    int64_t change_day; /* the second person goes from the first team to the second */
    int64_t deals[DEALS];
    int deal_count;
};

#define OK_OF(w, call) firm_ok((call), &(w)->f->err, __LINE__)

static int64_t below(struct world *w, int64_t count)
{
    return (int64_t)cox_random_below(&w->random, (uint64_t)count);
}

static int64_t team(struct firm *f, const char *name)
{
    struct cox_team row;
    int64_t id;

    cox_struct_init(&cox_team, &row);
    row.name = cox_text_of(name);
    row.kind = COX_TEAM_TEAM;
    OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_team, &row, &id));
    return id;
}

static void join(struct firm *f, int64_t team_id, int64_t user, int64_t from, int64_t to)
{
    struct cox_team_member row;
    int64_t id;

    cox_struct_init(&cox_team_member, &row);
    row.team = team_id;
    row.user = user;
    row.from_day = from;
    row.to_day = to;
    OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_team_member, &row, &id));
}

static void make_deal(struct world *w, int at)
{
    struct firm *f = w->f;
    int stage = (int)below(w, 6);
    struct cox_opportunity deal;
    char name[32];
    int64_t id;

    (void)snprintf(name, sizeof(name), "Deal %d", at);
    cox_struct_init(&cox_opportunity, &deal);
    deal.name = cox_text_of(name);
    deal.owner = w->people[below(w, PEOPLE)];
    deal.amount = below(w, 1000000);
    deal.stage = f->stages[stage];
    deal.created_day = FIRM_TODAY - 200 + below(w, 150);
    deal.close_day = FIRM_TODAY - 40 + below(w, 120);
    if (stage >= 4) {
        deal.closed_day = deal.created_day + 1 + below(w, FIRM_TODAY - deal.created_day);
    }
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_opportunity, &deal, &id));
}

static void open_world(struct world *w, struct firm *f)
{
    static const char *const names[PEOPLE] = {"Ada", "Ben", "Cid", "Dan"};

    *w = (struct world){.f = f, .change_day = FIRM_TODAY - 60};
    cox_random_init(&w->random, 3);
    OK(cox_books_open(&w->books, &f->err));
    for (int i = 0; i < PEOPLE; i++) {
        char email[32];
        (void)snprintf(email, sizeof(email), "%s@example.com", names[i]);
        w->people[i] = firm_user(f, names[i], email);
    }
    w->teams[0] = team(f, "North");
    w->teams[1] = team(f, "South");
    firm_line(f, w->people[1], w->people[0]);
    firm_line(f, w->people[2], w->people[0]);
    join(f, w->teams[0], w->people[0], FIRM_TODAY - 900, COX_NULL);
    join(f, w->teams[0], w->people[1], FIRM_TODAY - 900, w->change_day);
    join(f, w->teams[1], w->people[1], w->change_day, COX_NULL);
    join(f, w->teams[1], w->people[2], FIRM_TODAY - 900, COX_NULL);
    for (int i = 0; i < DEALS; i++) {
        make_deal(w, i);
    }
}

/* ---- counted from a list ---- */

struct look {
    struct world *w;
    struct cox_measure_ask ask;
    struct cox_measure_result result; /* in the call's arena: looked at within the call */
    size_t count;
};

enum { GROUPS_MAX = 200 };
static int64_t group_sums[GROUPS_MAX][COX_SUM_COUNT],
    group_keys[GROUPS_MAX]; /* of one look at a time */

static int64_t *sums_of(struct look *look, int64_t key)
{
    for (size_t i = 0; i < look->count; i++) {
        if (group_keys[i] == key) {
            return group_sums[i];
        }
    }
    assert_true(look->count < GROUPS_MAX);
    group_keys[look->count] = key;
    memset(group_sums[look->count], 0, sizeof(group_sums[0]));
    return group_sums[look->count++];
}

static int64_t team_at(const struct world *w, int64_t user, int64_t day)
{
    return user == w->people[0]   ? w->teams[0]
           : user == w->people[1] ? (day < w->change_day ? w->teams[0] : w->teams[1])
           : user == w->people[2] ? w->teams[1]
                                  : 0;
}

static int64_t key_of(const struct look *look, const struct cox_opportunity *deal, int64_t day)
{
    struct cox_civil civil = cox_day_civil(day);

    switch (look->ask.by[0]) {
    case COX_BY_OWNER:
        return deal->owner;
    case COX_BY_TEAM:
        return team_at(look->w, deal->owner, look->ask.as_it_is ? FIRM_TODAY : day);
    case COX_BY_STAGE:
        return deal->stage;
    case COX_BY_MONTH:
        return cox_day_ymd(civil.year, civil.month, 1);
    case COX_BY_WEEK:
        return day - (cox_day_weekday(day) - 1);
    case COX_BY_DAY:
        return day;
    case COX_BY_NOTHING:
    case COX_BY_PRODUCT:
    case COX_BY_QUARTER:
    case COX_BY_COUNT:
        break;
    }
    return 0;
}

static bool is_in(const struct look *look, int64_t day)
{
    return day >= look->ask.period.from_day && day < look->ask.period.to_day;
}

/* Whole months or weeks that the period touches. */
static bool is_in_bounds(const struct look *look, int64_t day)
{
    const struct cox_opportunity none = {0};
    int64_t first = key_of(look, &none, look->ask.period.from_day);
    int64_t last = key_of(look, &none, look->ask.period.to_day - 1);

    return key_of(look, &none, day) >= first && key_of(look, &none, day) <= last;
}

static void count_open(struct look *look, const struct cox_opportunity *deal)
{
    bool by_time = cox_measure_by_is_time(look->ask.by[0]);
    int64_t key_day = by_time ? deal->close_day : FIRM_TODAY, *sums;
    int64_t weighted = (int64_t)llrint((double)deal->amount * deal->win_prob);

    /* Open deals of all days; by time only those within the bounds. */
    if (!by_time || is_in_bounds(look, deal->close_day)) {
        sums = sums_of(look, key_of(look, deal, key_day));
        sums[COX_SUM_OPEN_COUNT]++;
        sums[COX_SUM_OPEN] += deal->amount;
        sums[COX_SUM_WEIGHTED] += weighted;
        sums[COX_SUM_OPEN_AGE] += FIRM_TODAY - deal->created_day;
    }
    if (deal->close_day < look->ask.period.to_day &&
        (!by_time || is_in_bounds(look, deal->close_day))) {
        sums = sums_of(look, key_of(look, deal, key_day));
        sums[COX_SUM_DUE_BY_COUNT]++;
        sums[COX_SUM_DUE_BY] += deal->amount;
        sums[COX_SUM_DUE_BY_WEIGHTED] += weighted;
    }
    if (is_in(look, deal->close_day)) {
        sums = sums_of(look, key_of(look, deal, key_day));
        sums[COX_SUM_DUE_COUNT]++;
        sums[COX_SUM_DUE] += deal->amount;
        sums[COX_SUM_DUE_WEIGHTED] += weighted;
    }
}

static enum cox_rc count_row(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct look *look = ctx;
    struct cox_opportunity deal;
    int64_t *sums;

    (void)reterr;
    cox_row_unpack(row, &deal);
    if (deal.closed_day == COX_NULL) {
        count_open(look, &deal);
    } else if (is_in(look, deal.closed_day)) {
        bool is_won = deal.stage == look->w->f->stages[4];
        sums = sums_of(look, key_of(look, &deal, deal.closed_day));
        sums[is_won ? COX_SUM_WON_COUNT : COX_SUM_LOST_COUNT]++;
        sums[is_won ? COX_SUM_WON : COX_SUM_LOST] += deal.amount;
        sums[COX_SUM_WON_DAYS] += is_won ? deal.closed_day - deal.created_day : 0;
    }
    if (is_in(look, deal.created_day)) {
        sums = sums_of(look, key_of(look, &deal, deal.created_day));
        sums[COX_SUM_CREATED_COUNT]++;
        sums[COX_SUM_CREATED] += deal.amount;
    }
    return COX_OK;
}

static enum cox_rc compare(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct look *look = ctx;

    COX_TRY(cox_each(call, &cox_opportunity, NULL, count_row, look, reterr));
    COX_TRY(cox_measure_read(call, look->w->books, &look->ask, &look->result, reterr));
    if (look->result.count != look->count) {
        return cox_fail(reterr, COX_INVALID, "%zu groups instead of %zu", look->result.count,
            look->count);
    }
    for (size_t i = 0; i < look->result.count; i++) {
        const struct cox_measure_row *row = &look->result.rows[i];
        const int64_t *sums = sums_of(look, row->keys[0]);
        for (int s = 0; s < COX_SUM_COUNT; s++) {
            /* Weighted sums are rounded per deal; the test's own rounding may differ. */
            int64_t off =
                s == COX_SUM_WEIGHTED || s == COX_SUM_DUE_WEIGHTED || s == COX_SUM_DUE_BY_WEIGHTED
                    ? DEALS
                    : 0;
            if (llabs(row->sums[s] - sums[s]) > off) {
                return cox_fail(reterr, COX_INVALID, "by %d, group %lld, sum %d: %lld, not %lld",
                    (int)look->ask.by[0], (long long)row->keys[0], s, (long long)row->sums[s],
                    (long long)sums[s]);
            }
        }
        assert_true(i == 0 || row[-1].keys[0] < row->keys[0]);
    }
    return COX_OK;
}

static void sums_equal_lists_by_every_dimension(void **state)
{
    static const enum cox_measure_by dimensions[] = {COX_BY_NOTHING, COX_BY_OWNER, COX_BY_TEAM,
        COX_BY_STAGE, COX_BY_MONTH, COX_BY_WEEK, COX_BY_DAY};
    struct firm *f = firm_of(state);
    struct world w;

    open_world(&w, f);
    for (size_t d = 0; d < COX_COUNT(dimensions); d++) {
        for (int person = -1; person < PEOPLE; person++) {
            for (int view = 0; view < 2; view++) {
                struct look look = {.w = &w,
                    .ask = {.period = {FIRM_TODAY - 120, FIRM_TODAY + 30},
                        .by = {dimensions[d], COX_BY_NOTHING},
                        .as_it_is = view == 1,
                        .wants = COX_SUMS_OF_DEALS | DUE_BY}};
                struct cox_actor actor =
                    person < 0 ? firm_operator
                               : firm_actor(w.people[person], person == 0 ? COX_MANAGER : COX_REP);
                OK(firm_read(f, actor, (struct cox_as_of){0}, compare, &look));
            }
        }
    }
    cox_books_close(w.books);
}

/* Two dimensions add up to one. */
static enum cox_rc add_up(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct look *look = ctx;
    struct cox_measure_result one, two;

    COX_TRY(cox_measure_read(call, look->w->books, &look->ask, &two, reterr));
    look->ask.by[1] = COX_BY_NOTHING;
    COX_TRY(cox_measure_read(call, look->w->books, &look->ask, &one, reterr));
    assert_true(two.count > one.count);
    for (size_t i = 0; i < one.count; i++) {
        int64_t sums[COX_SUM_COUNT] = {0};
        for (size_t j = 0; j < two.count; j++) {
            for (int s = 0; s < COX_SUM_COUNT && two.rows[j].keys[0] == one.rows[i].keys[0]; s++) {
                sums[s] += two.rows[j].sums[s];
            }
        }
        assert_memory_equal(sums, one.rows[i].sums, sizeof(sums));
    }
    return COX_OK;
}

static void two_dimensions_add_up_to_one(void **state)
{
    struct firm *f = firm_of(state);
    struct look look = {0};
    struct world w;

    open_world(&w, f);
    look.w = &w;
    look.ask = (struct cox_measure_ask){.period = {FIRM_TODAY - 120, FIRM_TODAY + 30},
        .by = {COX_BY_TEAM, COX_BY_STAGE}};
    OK(firm_read(f, firm_operator, (struct cox_as_of){0}, add_up, &look));
    look.ask.by[0] = COX_BY_OWNER;
    look.ask.by[1] = COX_BY_TEAM;
    OK(firm_read(f, firm_operator, (struct cox_as_of){0}, add_up, &look));
    cox_books_close(w.books);
}

static void ratios_are_taken_of_sums(void **state)
{
    const int64_t sums[COX_SUM_COUNT] = {[COX_SUM_OPEN_COUNT] = 10,
        [COX_SUM_WON_COUNT] = 3,
        [COX_SUM_LOST_COUNT] = 1,
        [COX_SUM_WON] = 600,
        [COX_SUM_LOST] = 200,
        [COX_SUM_WON_DAYS] = 90};
    const int64_t none[COX_SUM_COUNT] = {0};

    (void)state;
    assert_true(cox_sales_measure_find(COX_LIT("win_rate"))->value(sums) == 0.75);
    assert_true(cox_sales_measure_find(COX_LIT("average_deal"))->value(sums) == 200.0);
    assert_true(cox_sales_measure_find(COX_LIT("cycle"))->value(sums) == 30.0);
    /* 10 deals x .75 x 200 / 30 days */
    assert_true(fabs(cox_sales_measure_find(COX_LIT("velocity"))->value(sums) - 50.0) < 1e-12);
    for (const struct cox_sales_measure *m = cox_sales_measures; m->name != NULL; m++) {
        assert_true((m->value == NULL) == (m->sum != COX_SUM_COUNT));
        assert_true(m->value == NULL || isnan(m->value(none))); /* nothing known, nothing said */
        assert_ptr_equal(cox_sales_measure_find(cox_text_of(m->name)), m);
    }
    assert_null(cox_sales_measure_find(COX_LIT("luck")));
}

/* ---- quotas, credit, activities ---- */

static void make_quota(struct world *w, int64_t user, int64_t own_team, int64_t measure,
    struct cox_span span, int64_t value)
{
    struct cox_quota row;

    cox_struct_init(&cox_quota, &row);
    row.user = user;
    row.team = own_team;
    row.measure = measure;
    row.from_day = span.from_day;
    row.to_day = span.to_day;
    *(measure == COX_MEASURE_REVENUE ? &row.amount : &row.count) = value;
    OK_OF(w, firm_create(w->f, firm_operator, COX_CAUSE_API, &cox_quota, &row, NULL));
}

static void make_holiday(struct world *w, int64_t day)
{
    struct cox_holiday row;

    cox_struct_init(&cox_holiday, &row);
    row.name = COX_LIT("Rest");
    row.day = day;
    OK_OF(w, firm_create(w->f, firm_operator, COX_CAUSE_API, &cox_holiday, &row, NULL));
}

static void make_activity(struct world *w, int64_t deal)
{
    struct cox_activity row;

    cox_struct_init(&cox_activity, &row);
    row.subject = COX_LIT("Said");
    row.kind = below(w, COX_ACTIVITY_KIND_COUNT);
    row.owner = w->people[below(w, PEOPLE)];
    row.done_day = FIRM_TODAY - 130 + below(w, 160); /* some are done tomorrow */
    row.is_done = 1;
    row.opportunity = deal;
    OK_OF(w, firm_create(w->f, firm_operator, COX_CAUSE_IMPORT, &cox_activity, &row, NULL));
}

struct sharing {
    int64_t deal;
    struct cox_split_share shares[2];
};

static enum cox_rc save_shares(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct sharing *s = ctx;

    return cox_split_save(call, s->deal, s->shares, 2, reterr);
}

static enum cox_rc note_id(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct world *w = ctx;

    (void)reterr;
    w->deals[w->deal_count++] = row->id;
    return COX_OK;
}

static enum cox_rc find_deals(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    return cox_each(call, &cox_opportunity, NULL, note_id, ctx, reterr);
}

static void fill_world(struct world *w)
{
    struct cox_span year = {cox_day_ymd(2026, 1, 1), cox_day_ymd(2027, 1, 1)};
    struct cox_span quarter = {cox_day_ymd(2026, 4, 1), cox_day_ymd(2026, 7, 1)};

    for (int i = 0; i < PEOPLE; i++) {
        make_quota(w, w->people[i], COX_NULL, COX_MEASURE_REVENUE, i % 2 == 0 ? year : quarter,
            1000003 + i);
        make_quota(w, w->people[i], COX_NULL, COX_MEASURE_CALLS, quarter, 17 + i);
    }
    make_quota(w, w->people[0], w->teams[0], COX_MEASURE_REVENUE, quarter, 5000);
    make_holiday(w, cox_day_ymd(2026, 4, 6));
    make_holiday(w, cox_day_ymd(2026, 5, 1));
    OK_OF(w, firm_read(w->f, firm_operator, (struct cox_as_of){0}, find_deals, w));
    for (int i = 0; i < DEALS; i++) {
        struct sharing s = {w->deals[i],
            {{w->people[i % 2], COX_SPLIT_REVENUE, 3333}, {w->people[3], COX_SPLIT_REVENUE, 6667}}};
        make_activity(w, w->deals[below(w, DEALS)]);
        if (i % 4 == 0) {
            OK_OF(w, firm_write(w->f, firm_operator, COX_CAUSE_UI, save_shares, &s));
        }
    }
}

static int64_t workdays(int64_t from, int64_t to)
{
    int64_t count = 0;

    for (int64_t day = from; day < to; day++) {
        count += cox_day_weekday(day) <= 5 && day != cox_day_ymd(2026, 4, 6) &&
                 day != cox_day_ymd(2026, 5, 1);
    }
    return count;
}

/* Day by day, so that neither months nor teams need be cut. */
static enum cox_rc count_quota(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct look *look = ctx;
    struct cox_quota quota;
    bool by_owner = look->ask.by[0] == COX_BY_OWNER, is_team;
    int64_t done = 0;

    (void)reterr;
    cox_row_unpack(row, &quota);
    is_team = quota.team != COX_NULL;
    for (int64_t day = quota.from_day; day < quota.to_day; day++) {
        double value = (double)(quota.measure == COX_MEASURE_REVENUE ? quota.amount : quota.count) *
                       (double)workdays(quota.from_day, day + 1) /
                       (double)workdays(quota.from_day, quota.to_day);
        int64_t until = llrint(value);
        if (is_in(look, day) && until > done && !(is_team && by_owner)) {
            struct cox_opportunity as = {.owner = quota.user};
            int64_t key =
                is_team && look->ask.by[0] == COX_BY_TEAM ? quota.team : key_of(look, &as, day);
            sums_of(look, key)[(is_team ? COX_SUM_TEAM_QUOTA : COX_SUM_QUOTA) + quota.measure] +=
                until - done;
        }
        done = until;
    }
    return COX_OK;
}

static enum cox_rc count_activity(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct look *look = ctx;
    struct cox_activity activity;
    struct cox_opportunity as;
    int64_t *sums;

    (void)reterr;
    cox_row_unpack(row, &activity);
    as = (struct cox_opportunity){.owner = activity.owner};
    if (is_in(look, activity.done_day) && activity.done_day <= FIRM_TODAY) {
        sums = sums_of(look, key_of(look, &as, activity.done_day));
        sums[COX_SUM_ACTIVITY + activity.kind]++;
        sums[COX_SUM_ACTIVITY_ALL]++;
    }
    return COX_OK;
}

struct crediting {
    struct cox_call *call;
    struct look *look;
    struct cox_opportunity deal;
    int64_t given;
};

static enum cox_rc credit_share(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct crediting *c = ctx;
    struct cox_opportunity_split split;
    struct cox_opportunity as;

    (void)reterr;
    cox_row_unpack(row, &split);
    if (split.opportunity == c->deal.head.id && split.kind == COX_SPLIT_REVENUE) {
        /* Two shares: the smaller is cut, the remainder of a cent goes where it is larger. */
        int64_t part = c->deal.amount * split.share_bp / 10000;
        int64_t rest = c->deal.amount * split.share_bp % 10000;
        part += rest >= 5000 ? 1 : 0;
        as = (struct cox_opportunity){.owner = split.user};
        sums_of(c->look, key_of(c->look, &as, c->deal.closed_day))[COX_SUM_CREDIT] += part;
        c->given += part;
    }
    return COX_OK;
}

static enum cox_rc credit_deal(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct crediting *c = ctx;

    cox_row_unpack(row, &c->deal);
    c->deal.head.id = row->id;
    c->given = 0;
    if (c->deal.stage != c->look->w->f->stages[4] || !is_in(c->look, c->deal.closed_day)) {
        return COX_OK;
    }
    COX_TRY(cox_each(c->call, &cox_opportunity_split, NULL, credit_share, c, reterr));
    if (c->given == 0) {
        sums_of(c->look, key_of(c->look, &c->deal, c->deal.closed_day))[COX_SUM_CREDIT] +=
            c->deal.amount;
    }
    return COX_OK;
}

#define OTHERS                                                                                     \
    (COX_SUMS_OF_QUOTAS | COX_SUMS_OF_ACTIVITIES | COX_SUMS_OF_DAYS | COX_SUM_BIT(COX_SUM_CREDIT))

static enum cox_rc compare_others(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct look *look = ctx;
    struct crediting crediting = {.call = call, .look = look};

    COX_TRY(cox_each(call, &cox_quota, NULL, count_quota, look, reterr));
    COX_TRY(cox_each(call, &cox_activity, NULL, count_activity, look, reterr));
    COX_TRY(cox_each(call, &cox_opportunity, NULL, credit_deal, &crediting, reterr));
    COX_TRY(cox_measure_read(call, look->w->books, &look->ask, &look->result, reterr));
    for (size_t i = 0; i < look->result.count; i++) {
        const struct cox_measure_row *row = &look->result.rows[i];
        const int64_t *sums = sums_of(look, row->keys[0]);
        for (int s = COX_SUM_CREDIT; s < COX_SUM_WORKDAYS; s++) {
            if (row->sums[s] != sums[s]) {
                return cox_fail(reterr, COX_INVALID, "by %d, group %lld, sum %d: %lld, not %lld",
                    (int)look->ask.by[0], (long long)row->keys[0], s, (long long)row->sums[s],
                    (long long)sums[s]);
            }
        }
        if (look->ask.by[0] == COX_BY_MONTH) {
            int64_t from = row->keys[0], to = cox_day_add_months(from, 1);
            from = from < look->ask.period.from_day ? look->ask.period.from_day : from;
            to = to > look->ask.period.to_day ? look->ask.period.to_day : to;
            assert_int_equal(row->sums[COX_SUM_WORKDAYS], workdays(from, to));
            assert_int_equal(row->sums[COX_SUM_WORKDAYS_PASSED],
                from > FIRM_TODAY ? 0 : workdays(from, to < FIRM_TODAY ? to : FIRM_TODAY + 1));
        }
    }
    /* Credit without its deal's owner in sight may come to 0 in the one and be no row in the other. */
    return look->result.count >= look->count || look->ask.by[0] == COX_BY_TEAM
               ? COX_OK
               : cox_fail(reterr, COX_INVALID, "%zu groups instead of %zu", look->result.count,
                     look->count);
}

static void quotas_credit_and_activities_equal_lists(void **state)
{
    static const enum cox_measure_by dimensions[] = {COX_BY_NOTHING, COX_BY_OWNER, COX_BY_TEAM,
        COX_BY_MONTH};
    struct firm *f = firm_of(state);
    struct world w;

    open_world(&w, f);
    fill_world(&w);
    for (size_t d = 0; d < COX_COUNT(dimensions); d++) {
        for (int person = -1; person < 2; person++) {
            for (int view = 0; view < 2; view++) {
                struct look look = {.w = &w,
                    .ask = {.period = {cox_day_ymd(2026, 2, 10), cox_day_ymd(2026, 6, 20)},
                        .by = {dimensions[d], COX_BY_NOTHING},
                        .as_it_is = view == 1,
                        .wants = OTHERS}};
                OK(firm_read(f,
                    person < 0 ? firm_operator
                               : firm_actor(w.people[person], person == 0 ? COX_MANAGER : COX_REP),
                    (struct cox_as_of){0}, compare_others, &look));
            }
        }
    }
    cox_books_close(w.books);
}

/* Ratios of a quarter by hand: one person, all known. */
static void attainment_and_coverage_are_of_sums(void **state)
{
    int64_t sums[COX_SUM_COUNT] = {[COX_SUM_CREDIT] = 300,
        [COX_SUM_QUOTA] = 1000,
        [COX_SUM_TEAM_QUOTA] = 7,
        [COX_SUM_DUE_BY] = 1400,
        [COX_SUM_DUE_BY_WEIGHTED] = 350,
        [COX_SUM_WORKDAYS] = 60,
        [COX_SUM_WORKDAYS_PASSED] = 15,
        [COX_SUM_SLIP_DUE] = 8,
        [COX_SUM_SLIP_OUT] = 2,
        [COX_SUM_WON_COUNT] = 4,
        [COX_SUM_ACTIVITY_ALL] = 30};
    static const struct {
        const char *name;
        double value;
    } expected[] = {{"quota", 1000}, {"attainment", 0.3}, {"pace", 0.25}, {"expected", 250},
        {"to_pace", 50}, {"still_to_win", 700}, {"coverage", 2}, {"weighted_coverage", 0.5},
        {"slippage", 0.25}, {"activities_per_win", 7.5}};

    (void)state;
    for (size_t i = 0; i < COX_COUNT(expected); i++) {
        const struct cox_sales_measure *m = cox_sales_measure_find(cox_text_of(expected[i].name));
        assert_non_null(m);
        assert_true(fabs(m->value(sums) - expected[i].value) < 1e-12);
        assert_true(m->value == NULL || cox_measure_uses(m) != 0);
    }
    sums[COX_SUM_QUOTA] = 0; /* nobody has a quota: the teams' own */
    assert_true(cox_sales_measure_find(COX_LIT("quota"))->value(sums) == 7.0);
    assert_true(isnan(cox_sales_measure_find(COX_LIT("coverage"))->value(sums)));
}

static enum cox_rc ask_nonsense(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct look *look = ctx;

    return cox_measure_read(call, look->w->books, &look->ask, &look->result, reterr);
}

static void nonsense_is_refused(void **state)
{
    struct firm *f = firm_of(state);
    struct look look = {0};
    struct world w;

    open_world(&w, f);
    look.w = &w;
    look.ask.period = (struct cox_span){5, 5};
    REFUSED(COX_INVALID, "period",
        firm_read(f, firm_operator, (struct cox_as_of){0}, ask_nonsense, &look));
    look.ask = (struct cox_measure_ask){.period = {0, 40000}, .by = {COX_BY_MONTH, COX_BY_NOTHING}};
    REFUSED(COX_INVALID, "period",
        firm_read(f, firm_operator, (struct cox_as_of){0}, ask_nonsense, &look));
    cox_books_close(w.books);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratios_are_taken_of_sums),
        BOTH(sums_equal_lists_by_every_dimension),
        BOTH(two_dimensions_add_up_to_one),
        cmocka_unit_test(attainment_and_coverage_are_of_sums),
        BOTH(quotas_credit_and_activities_equal_lists),
        BOTH(nonsense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
