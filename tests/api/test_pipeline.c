/*
 * Tests of the questions about the pipeline: each figure against the list that its own filter gives, for every
 * role and dimension; waterfalls against lists as of both ends.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "org/calendar.h"
#include "org/people.h"
#include "sales/activity.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/product.h"
#include "sales/quota.h"
#include "site.h"

enum { DEALS = 48, DAYS = 60, EVENTS = 5 };

struct world {
    struct site *site;
    struct cox_random random;
    int64_t owners[4], teams[2], deals[DEALS];
    int64_t start_us, day;
    int64_t moved[16]; /* of each kind, over all waterfalls */
};

static int64_t below(struct world *w, int64_t count)
{
    return (int64_t)cox_random_below(&w->random, (uint64_t)count);
}

static int64_t make_team(struct firm *f, const char *name)
{
    struct cox_team row;
    int64_t id;

    cox_struct_init(&cox_team, &row);
    row.name = cox_text_of(name);
    row.kind = COX_TEAM_TEAM;
    OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_team, &row, &id));
    return id;
}

static void join(struct firm *f, int64_t team, int64_t user, int64_t from, int64_t to)
{
    struct cox_team_member row;
    int64_t id;

    cox_struct_init(&cox_team_member, &row);
    row.team = team;
    row.user = user;
    row.from_day = from;
    row.to_day = to;
    OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_team_member, &row, &id));
}

static void make_deal(struct world *w, int at)
{
    struct firm *f = w->site->firm;
    struct cox_opportunity deal;
    char name[32];

    (void)snprintf(name, sizeof(name), "Deal %d", at);
    cox_struct_init(&cox_opportunity, &deal);
    deal.name = cox_text_of(name);
    deal.owner = w->owners[below(w, 4)];
    deal.amount = below(w, 1000000);
    deal.stage = f->stages[below(w, 4)];
    deal.close_day = w->day + below(w, 60);
    if (at % 3 == 0) {
        deal.next_step = COX_LIT("Call");
        deal.next_step_day = w->day + below(w, 80);
    }
    if (at % 7 == 0) {
        deal.amount = COX_NULL;
    }
    OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_opportunity, &deal, &w->deals[at]));
}

/* Something happens to a deal: one of every kind of move. */
static void change_deal(struct world *w, int64_t id)
{
    struct firm *f = w->site->firm;
    static const uint32_t fields[] = {COX_OPPORTUNITY_AMOUNT, COX_OPPORTUNITY_CLOSE_DAY,
        COX_OPPORTUNITY_OWNER, COX_OPPORTUNITY_STAGE, COX_OPPORTUNITY_STAGE};
    int64_t what = below(w, 31);
    int64_t values[] = {below(w, 1000000), w->day + below(w, 60), w->owners[below(w, 4)],
        f->stages[below(w, 6)], f->stages[4 + below(w, 2)]};

    if (what == 30) {
        OK(firm_remove(f, firm_operator, &cox_opportunity, id));
    } else {
        OK(firm_change(f, firm_operator, &cox_opportunity, id, fields[what % 5],
            cox_int(values[what % 5])));
    }
}

static bool is_gone(struct world *w, int64_t id)
{
    struct cox_opportunity deal;

    return firm_load(w->site->firm, firm_operator, (struct cox_as_of){0}, &cox_opportunity, id,
               &deal) != COX_OK;
}

/* The next two months, in which deals come and change; the second owner changes teams in the middle. */
static void open_world(struct world *w, struct site *site)
{
    struct firm *f = site->firm;
    int64_t made = 0;

    *w = (struct world){.site = site, .start_us = f->now_us};
    cox_random_init(&w->random, 11);
    w->owners[0] = site->users[SITE_REP];
    w->owners[1] = site->users[SITE_PEER];
    w->owners[2] = site->users[SITE_MANAGER];
    w->owners[3] = site->users[SITE_LEADER];
    w->teams[0] = make_team(f, "North");
    w->teams[1] = make_team(f, "South");
    join(f, w->teams[0], w->owners[0], FIRM_TODAY - 900, COX_NULL);
    join(f, w->teams[0], w->owners[1], FIRM_TODAY - 900, FIRM_TODAY + 30);
    join(f, w->teams[1], w->owners[1], FIRM_TODAY + 30, COX_NULL);
    join(f, w->teams[1], w->owners[2], FIRM_TODAY - 900, COX_NULL);
    for (int day = 0; day < DAYS; day++) {
        f->now_us = w->start_us + day * COX_DAY_US;
        w->day = FIRM_TODAY + day;
        for (; made < (day + 1) * DEALS / DAYS; made++) {
            make_deal(w, (int)made);
        }
        for (int i = 0; i < EVENTS && made > 0; i++) {
            int64_t id = w->deals[below(w, made)];
            f->now_us += COX_SECOND_US;
            if (!is_gone(w, id)) {
                change_deal(w, id);
            }
        }
    }
}

/* ---- asking ---- */

static json_t *get(struct world *w, enum site_role who, const char *path)
{
    struct answer answer = site_get(w->site, who, path, 200);

    return site_json(w->site, &answer);
}

static int64_t number(const json_t *json, const char *key)
{
    return json_integer_value(json_object_get(json, key));
}

static int64_t cents(const json_t *json, const char *key)
{
    return llround(json_number_value(json_object_get(json, key)) * 100.0);
}

struct sum {
    int64_t count, minor;
};

/* Of the list that a figure's filter gives. */
static struct sum list_sum(struct world *w, enum site_role who, const char *filter,
    const char *as_of)
{
    char path[4000];
    struct sum sum = {0};
    json_t *rows;

    (void)snprintf(path, sizeof(path), "/api/v1/opportunities?limit=1000&%s%s%s", filter,
        as_of == NULL ? "" : "&as_of=", as_of == NULL ? "" : as_of);
    rows = json_object_get(get(w, who, path), "rows");
    sum.count = (int64_t)json_array_size(rows);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        sum.minor += cents(json_array_get(rows, i), "amount");
    }
    return sum;
}

/* ---- measures ---- */

static const char *const counts[] = {"pipeline_count", "due_count", "won_count", "lost_count",
    "created_count"};
static const char *const amounts[] = {"pipeline", "due", "won", "lost", "created"};

static struct sum check_row(struct world *w, enum site_role who, const json_t *row,
    const char *as_of, size_t which)
{
    const json_t *values = json_object_get(row, "values");
    const char *filter =
        json_string_value(json_object_get(json_object_get(row, "filters"), counts[which]));
    struct sum list = list_sum(w, who, filter, as_of);

    if (list.count != number(values, counts[which]) ||
        list.minor != cents(values, amounts[which])) {
        fail_msg("%s: %s is %lld, its list %lld (%s)", json_dumps(row, 0), counts[which],
            (long long)number(values, counts[which]), (long long)list.count, filter);
    }
    return list;
}

static void check_query(struct world *w, enum site_role who, const char *by, const char *more,
    const char *as_of)
{
    char path[600];
    json_t *json, *rows;

    (void)snprintf(path, sizeof(path),
        "/api/v1/measures/query?measure=pipeline,pipeline_count,due,due_count,won,won_count,lost,"
        "lost_count,created,created_count,win_rate&period=2026-06-01..2026-07-31&by=%s%s%s%s",
        by, more, as_of == NULL ? "" : "&as_of=", as_of == NULL ? "" : as_of);
    json = get(w, who, path);
    rows = json_object_get(json, "rows");
    for (size_t which = 0; which < COX_COUNT(counts); which++) {
        struct sum whole = {0}, total;
        for (size_t i = 0; i < json_array_size(rows); i++) {
            struct sum sum = check_row(w, who, json_array_get(rows, i), as_of, which);
            whole.count += sum.count;
            whole.minor += sum.minor;
        }
        total = check_row(w, who, json_object_get(json, "total"), as_of, which);
        /* Open deals that are expected in other months are in no month. */
        assert_true(which == 0 || (total.count == whole.count && total.minor == whole.minor));
        /* there is some */
        assert_true(total.count > 0 || who != SITE_LEADER || as_of != NULL || more[0] == '&');
    }
}

static void check_every_figure(struct world *w)
{
    static const char *const by[] = {"", "owner", "team", "stage", "month", "team,stage",
        "product,quarter"};

    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        check_query(w, (enum site_role)who, "team,month", "", NULL);
        check_query(w, (enum site_role)who, "owner", "", "2026-06-28");
    }
    for (size_t i = 0; i < COX_COUNT(by); i++) {
        check_query(w, SITE_LEADER, by[i], "", NULL);
        check_query(w, SITE_LEADER, by[i], "", "2026-07-02T10:00:00Z");
    }
    check_query(w, SITE_LEADER, "owner", "", NULL);
    check_query(w, SITE_LEADER, "owner", "&amount=gte.3000&name=ilike.*2*", NULL);
    check_query(w, SITE_LEADER, "team", "&view=is", NULL);
    check_query(w, SITE_LEADER, "team", "&view=is", "2026-06-28");
}

/* ---- measures of quotas and activities ---- */

/* Quotas of the quarter for the people, one team's own, and something done now and then. */
static void fill_people(struct world *w)
{
    struct firm *f = w->site->firm;

    for (int i = 0; i < 4; i++) {
        struct cox_quota quota;
        cox_struct_init(&cox_quota, &quota);
        quota.user = w->owners[i];
        quota.from_day = cox_day_ymd(2026, 4, 1);
        quota.to_day = cox_day_ymd(2026, 10, 1);
        quota.amount = 3000001 + i;
        OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_quota, &quota, NULL));
    }
    for (int i = 0; i < 60; i++) {
        struct cox_activity activity;
        cox_struct_init(&cox_activity, &activity);
        activity.subject = COX_LIT("Said");
        activity.owner = w->owners[i % 4];
        activity.kind = i % COX_ACTIVITY_KIND_COUNT;
        activity.done_day = FIRM_TODAY + i;
        activity.is_done = 1;
        activity.opportunity = is_gone(w, w->deals[i % 20]) ? COX_NULL : w->deals[i % 20];
        OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_activity, &activity, NULL));
    }
}

static int64_t list_count(struct world *w, enum site_role who, const char *entity,
    const char *filter, const char *as_of)
{
    char path[4000];

    (void)snprintf(path, sizeof(path), "/api/v1/%s?limit=1000&%s%s%s", entity, filter,
        as_of == NULL ? "" : "&as_of=", as_of == NULL ? "" : as_of);
    return (int64_t)json_array_size(json_object_get(get(w, who, path), "rows"));
}

static void check_done(struct world *w, enum site_role who, const char *by, const char *as_of)
{
    static const char *const names[] = {"activities", "calls", "emails", "quota", "coverage"};
    char path[400];
    const json_t *json, *rows;
    int64_t whole = 0;

    (void)snprintf(path, sizeof(path),
        "/api/v1/measures/query?measure=activities,calls,emails,quota,coverage&period=2026-06&by=%s%s%s",
        by, as_of == NULL ? "" : "&as_of=", as_of == NULL ? "" : as_of);
    json = get(w, who, path);
    rows = json_object_get(json, "rows");
    for (size_t i = 0; i <= json_array_size(rows); i++) {
        const json_t *row =
            i < json_array_size(rows) ? json_array_get(rows, i) : json_object_get(json, "total");
        const json_t *values = json_object_get(row, "values");
        const json_t *filters = json_object_get(row, "filters");
        for (size_t n = 0; n < 3; n++) {
            const char *filter = json_string_value(json_object_get(filters, names[n]));
            int64_t count = filter == NULL ? number(values, names[n]) /* of no team */
                                           : list_count(w, who, "activities", filter, as_of);
            if (count != number(values, names[n])) {
                fail_msg("%s: %s is %lld, its list %lld (%s)", path, names[n],
                    (long long)number(values, names[n]), (long long)count, filter);
            }
            whole += n > 0 ? 0 : i < json_array_size(rows) ? count : -count;
        }
        assert_true(json_is_null(json_object_get(values, "quota")) ||
                    json_is_null(json_object_get(filters, "quota")) ||
                    list_count(w, who, "quotas",
                        json_string_value(json_object_get(filters, "quota")), as_of) > 0);
        (void)list_sum(w, who, json_string_value(json_object_get(filters, "coverage")), as_of);
        assert_true(json_is_string(json_object_get(filters, "activities")) || by[0] == 't');
    }
    assert_int_equal(whole, 0);
}

/* As the slippage page has it. */
static void check_slippage(struct world *w, enum site_role who, const char *by)
{
    char path[200];
    const json_t *page, *json, *rows, *groups;
    double rate;

    (void)snprintf(path, sizeof(path), "/api/v1/pipeline/slippage?period=2026-06&by=%s", by);
    page = get(w, who, path);
    rate = json_number_value(json_object_get(page, "rate"));
    (void)snprintf(path, sizeof(path),
        "/api/v1/measures/query?measure=slippage&period=2026-06&by=%s", by);
    json = get(w, who, path);
    assert_true(
        json_number_value(json_object_get(json_object_get(json_object_get(json, "total"), "values"),
            "slippage")) == rate);
    rows = json_object_get(json, "rows");
    groups = json_object_get(page, "rows");
    for (size_t i = 0, g = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i), *group, *moves;
        int64_t id = number(json_array_get(json_object_get(row, "keys"), 0), "id"), due;
        while (number(json_array_get(groups, g), "id") != id) {
            assert_true(++g < json_array_size(groups));
        }
        group = json_array_get(groups, g);
        moves = json_object_get(group, "moves");
        due = number(json_object_get(group, "opening"), "count");
        for (size_t m = 0; m < json_array_size(moves); m++) {
            int64_t in = number(json_array_get(moves, m), "in_count");
            due += in > 0 ? in : 0;
        }
        rate = (double)-number(json_array_get(moves, 4), "in_count") / (double)due;
        assert_true(
            json_number_value(json_object_get(json_object_get(row, "values"), "slippage")) == rate);
    }
}

/* Deals about which something was done within three weeks, counted from the lists. */
static void check_active(struct world *w, enum site_role who)
{
    const json_t *json = get(w, who, "/api/v1/measures/query?measure=active_share,pipeline_count");
    const json_t *values = json_object_get(json_object_get(json, "total"), "values");
    const json_t *deals =
        json_object_get(get(w, who, "/api/v1/opportunities?limit=1000&closed_day=is.null"), "rows");
    char path[200], first[COX_DAY_SIZE], last[COX_DAY_SIZE];
    int64_t active = 0, day = cox_us_day(w->site->firm->now_us);

    cox_day_format(day - 21, first);
    cox_day_format(day, last);
    for (size_t i = 0; i < json_array_size(deals); i++) {
        (void)snprintf(path, sizeof(path), "done_day=gte.%s&done_day=lte.%s&opportunity=eq.%lld",
            first, last, (long long)number(json_array_get(deals, i), "id"));
        active += list_count(w, who, "activities", path, NULL) > 0;
    }
    assert_int_equal(json_array_size(deals), number(values, "pipeline_count"));
    assert_int_equal(active, llround(json_number_value(json_object_get(values, "active_share")) *
                                     (double)number(values, "pipeline_count")));
    assert_true(active > 0 || who != SITE_LEADER);
}

static void check_people_measures(struct world *w)
{
    static const char *const by[] = {"", "owner", "team", "month", "team,month", "quarter"};

    fill_people(w);
    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        check_done(w, (enum site_role)who, "owner", NULL);
        check_slippage(w, (enum site_role)who, "owner");
    }
    for (size_t i = 0; i < COX_COUNT(by); i++) {
        check_done(w, SITE_LEADER, by[i], i % 2 == 0 ? NULL : "2026-06-28");
    }
    check_slippage(w, SITE_LEADER, "team");
    check_active(w, SITE_LEADER);
    check_active(w, SITE_REP);
}

/* ---- waterfall ---- */

static void check_flow(const json_t *flow)
{
    const json_t *moves = json_object_get(flow, "moves");
    const json_t *opening = json_object_get(flow, "opening");
    const json_t *closing = json_object_get(flow, "closing");
    struct sum sum = {number(opening, "count"), cents(opening, "amount")};

    for (size_t i = 0; i < json_array_size(moves); i++) {
        sum.count += number(json_array_get(moves, i), "in_count");
        sum.minor += cents(json_array_get(moves, i), "amount");
    }
    assert_int_equal(sum.count, number(closing, "count"));
    assert_int_equal(sum.minor, cents(closing, "amount"));
}

static void check_end(struct world *w, enum site_role who, const json_t *end)
{
    struct sum list = list_sum(w, who, json_string_value(json_object_get(end, "filter")),
        json_string_value(json_object_get(end, "as_of")));

    assert_int_equal(list.count, number(end, "count"));
    assert_int_equal(list.minor, cents(end, "amount"));
}

/* The moves' deals add up to the bar. */
static void check_deals(struct world *w, enum site_role who, const char *path, const json_t *json)
{
    const json_t *moves = json_object_get(json, "moves"), *deals;
    char with[600];

    for (size_t i = 0; i < json_array_size(moves); i++) {
        const json_t *move = json_array_get(moves, i);
        int64_t minor = 0;
        (void)snprintf(with, sizeof(with), "%s&limit=1000&move=%s", path,
            json_string_value(json_object_get(move, "key")));
        deals = json_object_get(get(w, who, with), "deals");
        for (size_t d = 0; d < json_array_size(deals); d++) {
            minor += cents(json_array_get(deals, d), "amount");
            assert_true(json_is_integer(json_object_get(json_array_get(deals, d), "id")));
        }
        assert_int_equal(json_array_size(deals), number(move, "count"));
        w->moved[i] += number(move, "count");
        assert_int_equal(minor, cents(move, "amount"));
    }
}

/* Likewise of each row, several moves at once: a handover is a move of both owners. */
static void check_row_deals(struct world *w, enum site_role who, const char *path,
    const json_t *rows)
{
    char with[700];

    for (size_t r = 0; r < json_array_size(rows); r++) {
        const json_t *row = json_array_get(rows, r), *moves = json_object_get(row, "moves"), *deals;
        int64_t count = 0, minor = 0;
        (void)snprintf(with, sizeof(with),
            "%s&limit=1000&of=%lld&move=new,raised,lowered,pulled_in,pushed_out,received,"
            "handed_over,reopened,won,lost,removed",
            path, (long long)number(row, "id"));
        deals = json_object_get(get(w, who, with), "deals");
        for (size_t d = 0; d < json_array_size(deals); d++) {
            minor += cents(json_array_get(deals, d), "amount");
        }
        for (size_t i = 0; i < json_array_size(moves); i++) {
            count += number(json_array_get(moves, i), "count");
            minor -= cents(json_array_get(moves, i), "amount");
        }
        assert_int_equal(json_array_size(deals), count);
        assert_int_equal(minor, 0);
    }
}

static void check_pushes(struct world *w, enum site_role who)
{
    const json_t *pushes =
        json_object_get(get(w, who, "/api/v1/pipeline/slippage?period=2026-06"), "pushes");
    int64_t open = list_sum(w, who, "closed_day=is.null", NULL).count;
    char path[200];

    for (size_t i = 0; i < json_array_size(pushes); i++) {
        const json_t *deals, *push = json_array_get(pushes, i);
        int64_t minor = 0;
        (void)snprintf(path, sizeof(path),
            "/api/v1/pipeline/slippage?period=2026-06&limit=1000&pushed=%zu", i);
        deals = json_object_get(get(w, who, path), "deals");
        for (size_t d = 0; d < json_array_size(deals); d++) {
            minor += cents(json_array_get(deals, d), "amount");
        }
        assert_int_equal(json_array_size(deals), number(push, "count"));
        assert_int_equal(minor, cents(push, "amount"));
        open -= number(push, "count");
    }
    assert_int_equal(open, 0);
}

static void check_waterfalls(struct world *w)
{
    static const char *const windows[] = {"", "&period=2026-07", "&by=owner", "&by=team"};
    char path[400];

    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        for (size_t i = 0; i < COX_COUNT(windows); i++) {
            int64_t from = FIRM_TODAY + below(w, 30), to = from + below(w, 30);
            char first[COX_DAY_SIZE], last[COX_DAY_SIZE];
            json_t *json, *rows;
            cox_day_format(from, first);
            cox_day_format(to, last);
            (void)snprintf(path, sizeof(path), "/api/v1/pipeline/waterfall?from=%s&to=%s%s", first,
                last, windows[i]);
            json = get(w, (enum site_role)who, path);
            check_flow(json);
            check_end(w, (enum site_role)who, json_object_get(json, "closing"));
            if (who == SITE_LEADER) {
                check_end(w, (enum site_role)who, json_object_get(json, "opening"));
                check_deals(w, (enum site_role)who, path, json);
            }
            rows = json_object_get(json, "rows");
            for (size_t r = 0; r < json_array_size(rows); r++) {
                check_flow(json_array_get(rows, r));
            }
            check_row_deals(w, (enum site_role)who, path, rows);
        }
    }
    (void)snprintf(path, sizeof(path), "/api/v1/pipeline/waterfall?from=2026-05-20");
    check_deals(w, SITE_LEADER, path, get(w, SITE_LEADER, path));
    (void)snprintf(path, sizeof(path), "/api/v1/pipeline/waterfall?from=2026-05-21&period=2026-07");
    check_deals(w, SITE_LEADER, path, get(w, SITE_LEADER, path));
    for (size_t i = 0; i < 11; i++) { /* each happened; all owners are the leader's */
        assert_true(w->moved[i] > 0 || i == 5 || i == 6);
    }
    check_flow(get(w, SITE_LEADER, "/api/v1/pipeline/slippage?period=2026-06&by=team"));
    check_pushes(w, SITE_LEADER);
    check_pushes(w, SITE_REP);
}

/* ---- velocity and funnel ---- */

/* Each month: what was open at its end, what is known of its closed deals; the parts of now lead to their deals. */
static void check_velocity(struct world *w)
{
    static const char *const closed[] = {"win_rate", "average_deal", "cycle"};
    static const char *const months[] = {"2026-05", "2026-06", "2026-07"};
    static const char *const ends[] = {"&as_of=2026-05-31", "&as_of=2026-06-30", ""};
    const json_t *json, *spans, *filters;
    char path[200];

    json = get(w, SITE_LEADER, "/api/v1/pipeline/velocity?period=2026-05-01..2026-08-31&by=month");
    spans = json_object_get(json, "spans");
    filters = json_object_get(json, "filters");
    assert_int_equal(json_array_size(json_object_get(json, "stages")), 4);
    assert_int_equal(json_array_size(spans), COX_COUNT(ends)); /* August has not begun */
    for (size_t i = 0; i < COX_COUNT(ends); i++) {
        const json_t *span = json_array_get(spans, i), *then, *now;
        double part = json_number_value(json_object_get(span, "pipeline_count"));
        (void)snprintf(path, sizeof(path), "/api/v1/pipeline/velocity?period=%s%s", months[i],
            ends[i]);
        then = get(w, SITE_LEADER, path);
        (void)snprintf(path, sizeof(path), "/api/v1/pipeline/velocity?period=%s", months[i]);
        now = get(w, SITE_LEADER, path);
        assert_true(json_equal(json_object_get(span, "pipeline_count"),
            json_object_get(then, "pipeline_count")));
        for (size_t c = 0; c < COX_COUNT(closed); c++) {
            assert_true(
                json_equal(json_object_get(span, closed[c]), json_object_get(now, closed[c])));
            part *= c < 2 ? json_number_value(json_object_get(span, closed[c])) : 1.0;
        }
        if (json_is_null(json_object_get(span, "velocity"))) {
            assert_true(!(json_number_value(json_object_get(span, "cycle")) > 0.0));
            continue;
        }
        part /= json_number_value(json_object_get(span, "cycle"));
        assert_true(fabs(part - json_number_value(json_object_get(span, "velocity"))) <
                    0.01 + 0.001 * fabs(part));
    }
    assert_int_equal(list_sum(w, SITE_LEADER,
                         json_string_value(json_object_get(filters, "pipeline_count")), NULL)
                         .count,
        llround(json_number_value(json_object_get(json, "pipeline_count"))));
    assert_true(
        list_sum(w, SITE_LEADER, json_string_value(json_object_get(filters, "win_rate")), NULL)
            .count > 0);
}

static void check_funnels(struct world *w)
{
    static const char *const outcomes[] = {"entered", "onward", "still", "lost"};
    const json_t *json, *steps, *cohorts;
    char path[300];

    json = get(w, SITE_LEADER, "/api/v1/pipeline/funnel?period=2026-05-01..2026-07-31&by=month");
    steps = json_object_get(json, "steps");
    cohorts = json_object_get(json, "cohorts");
    assert_int_equal(json_array_size(steps), 4);
    assert_int_equal(json_array_size(cohorts), 3);
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);
        int64_t entered = 0;
        for (size_t o = 0; o < COX_COUNT(outcomes); o++) {
            const json_t *deals;
            (void)snprintf(path, sizeof(path),
                "/api/v1/pipeline/funnel?period=2026-05-01..2026-07-31&step=%lld&outcome=%s",
                (long long)number(step, "stage"), outcomes[o]);
            deals = json_object_get(get(w, SITE_LEADER, path), "deals");
            assert_int_equal(json_array_size(deals), number(step, outcomes[o]));
            entered += o > 0 ? number(step, outcomes[o]) : 0;
        }
        assert_int_equal(entered, number(step, "entered"));
        for (size_t c = 0; c < json_array_size(cohorts); c++) {
            entered -= number(
                json_array_get(json_object_get(json_array_get(cohorts, c), "steps"), i), "entered");
        }
        assert_int_equal(entered, 0);
    }
    check_velocity(w);
}

/* ---- what waits ---- */

/* Each count is that of its list, where there is one, and of the deals told. */
static void check_counts(struct world *w, enum site_role who, const char *path, const char *name,
    const json_t *rows, const char *told)
{
    char with[200];

    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *filter = json_string_value(json_object_get(row, "filter"));
        (void)snprintf(with, sizeof(with), "%s?limit=1000&%s=%s", path, name,
            json_string_value(json_object_get(row, "key")));
        assert_int_equal(json_array_size(json_object_get(get(w, who, with), told)),
            number(row, "count"));
        if (filter != NULL) {
            struct sum list = list_sum(w, who, filter, NULL);
            assert_int_equal(list.count, number(row, "count"));
            assert_int_equal(list.minor, cents(row, "amount"));
        }
    }
}

static void check_what_waits(struct world *w)
{
    const json_t *json, *rows;

    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        int64_t count = 0;
        json = get(w, (enum site_role)who, "/api/v1/pipeline/hygiene");
        check_counts(w, (enum site_role)who, "/api/v1/pipeline/hygiene", "problem",
            json_object_get(json, "problems"), "deals");
        rows = json_object_get(json, "rows");
        for (size_t i = 0; i < json_array_size(rows); i++) {
            count += number(json_array_get(rows, i), "count");
        }
        assert_int_equal(count, number(json, "count"));
        assert_int_equal(count, list_sum(w, (enum site_role)who, "closed_day=is.null", NULL).count);
        json = get(w, (enum site_role)who, "/api/v1/pipeline/risk?limit=1000");
        assert_int_equal(json_array_size(json_object_get(json, "rows")), number(json, "count"));
        assert_true(who != SITE_LEADER || number(json, "count") > 0);
        check_counts(w, (enum site_role)who, "/api/v1/pipeline/risk", "reason",
            json_object_get(json, "reasons"), "rows");
    }
}

static int64_t make_product(struct firm *f)
{
    struct cox_product row;
    int64_t id;

    cox_struct_init(&cox_product, &row);
    row.name = cox_text_of("Pump");
    OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_product, &row, &id));
    return id;
}

/* Twelve deals of a product took 3 days in the first stage; one has been there for 20. */
static void test_ageing_is_learnt_by_product(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    int64_t start_us = f->now_us, product = make_product(f), ids[13];
    struct world w = {.site = site};
    const json_t *json, *segment;
    struct cox_opportunity deal;

    for (int i = 0; i < 13; i++) {
        cox_struct_init(&cox_opportunity, &deal);
        deal.name = cox_text_of("Sale");
        deal.owner = site->users[SITE_REP];
        deal.stage = f->stages[0];
        deal.amount = 5000;
        deal.product = product;
        OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_opportunity, &deal, &ids[i]));
    }
    f->now_us += 3 * COX_DAY_US + COX_SECOND_US;
    for (int i = 0; i < 12; i++) {
        OK(firm_change(f, firm_operator, &cox_opportunity, ids[i], COX_OPPORTUNITY_STAGE,
            cox_int(f->stages[4])));
    }
    f->now_us = start_us + 20 * COX_DAY_US;
    json = get(&w, SITE_MANAGER, "/api/v1/pipeline/ageing");
    segment = json_array_get(json_object_get(json, "segments"), 0);
    assert_int_equal(number(segment, "product"), product);
    assert_int_equal(number(segment, "usual_days"), 3);
    assert_int_equal(number(segment, "usual_count"), 12);
    assert_int_equal(number(segment, "over_count"), 1);
    assert_int_equal(cents(segment, "over_amount"), 5000);
    json = json_array_get(json_object_get(json, "deals"), 0);
    assert_int_equal(number(json, "id"), ids[12]);
    assert_int_equal(number(json, "days"), 20);
    json = get(&w, SITE_PEER, "/api/v1/pipeline/ageing");
    assert_int_equal(json_array_size(json_object_get(json, "stages")), 0);
    assert_int_equal(json_array_size(json_object_get(json, "deals")), 0);
}

static void check_reasons(struct world *w)
{
    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        const json_t *json =
            get(w, (enum site_role)who, "/api/v1/pipeline/reasons?period=2026-05-01..2026-07-31");
        const json_t *rows = json_object_get(json, "rows"), *lost = json_object_get(json, "lost");
        struct sum sum = {0}, list;
        for (size_t i = 0; i < json_array_size(rows); i++) {
            const json_t *row = json_array_get(rows, i);
            list = list_sum(w, (enum site_role)who,
                json_string_value(json_object_get(row, "filter")), NULL);
            assert_int_equal(list.count, number(row, "count"));
            assert_int_equal(list.minor, cents(row, "amount"));
            sum.count += list.count;
            sum.minor += list.minor;
        }
        assert_int_equal(sum.count, number(lost, "count"));
        assert_int_equal(sum.minor, cents(lost, "amount"));
        list = list_sum(w, (enum site_role)who,
            json_string_value(json_object_get(json_object_get(json, "won"), "filter")), NULL);
        assert_int_equal(list.count, number(json_object_get(json, "won"), "count"));
        assert_true(who != SITE_LEADER || (sum.count > 0 && list.count > 0));
    }
}

/* ---- a reorganisation moves no earlier figure ---- */

enum { KEPT = 13 };
static const char *const kept_paths[KEPT] = {
    "measures/query?measure=pipeline,won,lost,created,win_rate,velocity,weighted&by=team",
    "measures/query?measure=won,lost,due&by=team,quarter&period=2026",
    "measures/query?measure=won,pipeline_count&by=stage,month&period=2026-Q2",
    "pipeline/waterfall?from=2026-05-25&by=team&to=",
    "pipeline/funnel?by=quarter&period=2026",
    "pipeline/velocity?period=2026-Q2",
    "pipeline/slippage?by=team&period=2026-06",
    "pipeline/ageing?",
    "pipeline/risk?",
    "pipeline/hygiene?",
    "pipeline/reasons?period=2026-Q2",
    "measures/query?measure=quota,attainment,expected,to_pace,coverage,activities,slippage&by=team",
    "measures/query?measure=quota,pace,calls_attainment,activities_per_win&by=owner,month",
};

/* At a commit: the reply is the same for ever. */
static struct answer ask_kept(struct world *w, size_t at, int64_t seq)
{
    char path[300];
    bool has_to = strstr(kept_paths[at], "&to=") != NULL;

    (void)snprintf(path, sizeof(path), "/api/v1/%s%sseq:%lld", kept_paths[at],
        has_to ? "" : "&as_of=", (long long)seq);
    return site_get(w->site, SITE_LEADER, path, 200);
}

static void reorganise(struct world *w)
{
    struct firm *f = w->site->firm;
    struct cox_fiscal_calendar calendar;
    int64_t calendar_id;

    for (int i = 0; i < DEALS; i++) {
        f->now_us += COX_SECOND_US;
        if (!is_gone(w, w->deals[i])) {
            change_deal(w, w->deals[i]);
        }
    }
    /* Both teams under a new one; names, order, chances and calendar change; every deal goes on. */
    join(f, w->teams[1], w->owners[0], FIRM_TODAY + DAYS, COX_NULL);
    OK(firm_change(f, firm_operator, &cox_team, w->teams[0], COX_TEAM_PARENT,
        cox_int(make_team(f, "Europe"))));
    OK(firm_change(f, firm_operator, &cox_team, w->teams[1], COX_TEAM_NAME,
        cox_text_value(COX_LIT("Far south"))));
    OK(firm_change(f, firm_operator, &cox_stage, f->stages[1], COX_STAGE_IS_ACTIVE, cox_int(0)));
    OK(firm_change(f, firm_operator, &cox_stage, f->stages[2], COX_STAGE_LABEL,
        cox_text_value(COX_LIT("Offer"))));
    OK(firm_change(f, firm_operator, &cox_stage, f->stages[0], COX_STAGE_POSITION, cox_int(99)));
    OK(firm_change(f, firm_operator, &cox_stage, f->stages[3], COX_STAGE_WIN_PROB, cox_real(0.99)));
    cox_struct_init(&cox_fiscal_calendar, &calendar);
    calendar.name = cox_text_of("February to January");
    calendar.kind = COX_FISCAL_MONTHS;
    calendar.start_month = 2;
    OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_fiscal_calendar, &calendar, &calendar_id));
}

static void check_as_it_was(struct world *w)
{
    struct answer before[KEPT];
    int64_t seq = number(get(w, SITE_LEADER, "/api/v1/session"), "seq");

    (void)make_team(w->site->firm, "Later"); /* the newest commit is read as of now */
    for (size_t i = 0; i < KEPT; i++) {
        before[i] = ask_kept(w, i, seq);
    }
    reorganise(w);
    for (size_t i = 0; i < KEPT; i++) {
        struct answer after = ask_kept(w, i, seq);
        if (!cox_text_same(after.body, before[i].body)) {
            size_t at = 0;
            while (at < after.body.size && at < before[i].body.size &&
                   after.body.ptr[at] == before[i].body.ptr[at]) {
                at++;
            }
            at = at > 60 ? at - 60 : 0;
            fail_msg("%s\n%.200s\n%.200s", kept_paths[i], before[i].body.ptr + at,
                after.body.ptr + at);
        }
    }
}

static void test_figures_are_their_records(void **state)
{
    struct world w;

    open_world(&w, site_of(state));
    check_every_figure(&w);
    check_waterfalls(&w);
    check_funnels(&w);
    check_what_waits(&w);
    check_reasons(&w);
    check_people_measures(&w);
    check_as_it_was(&w);
}

/* ---- refusals ---- */

static void test_nonsense_is_refused(void **state)
{
    static const struct {
        const char *path;
        int status;
        const char *code;
    } cases[] = {
        {"/api/v1/measures/query", 400, "COX_INVALID"},
        {"/api/v1/measures/query?measure=luck", 400, "COX_INVALID"},
        {"/api/v1/measures/query?measure=won&by=weather", 400, "COX_INVALID"},
        {"/api/v1/measures/query?measure=velocity&by=month", 400, "COX_INVALID"},
        {"/api/v1/pipeline/waterfall?from=2026-05-21&move=won&of=1", 400, "COX_INVALID"},
        {"/api/v1/pipeline/slippage?pushed=5", 400, "COX_INVALID"},
        {"/api/v1/pipeline/slippage?pushed=1&move=won", 400, "COX_INVALID"},
        {"/api/v1/pipeline/velocity?by=team", 400, "COX_INVALID"},
        {"/api/v1/measures/query?measure=won&by=owner,owner", 400, "COX_INVALID"},
        {"/api/v1/measures/query?measure=won&period=2026-Q5", 400, "COX_INVALID"},
        {"/api/v1/measures/query?measure=won&period=2026-05-02..2026-05-01", 400, "COX_INVALID"},
        {"/api/v1/measures/query?measure=won&view=perhaps", 400, "COX_INVALID"},
        {"/api/v1/measures/query?measure=won&weather=eq.fine", 400, "COX_INVALID"},
        {"/api/v1/measures/query?measure=won&team=999999", 404, "COX_MISSING"},
        {"/api/v1/measures/query?measure=attainment&by=stage", 400, "COX_INVALID"},
        {"/api/v1/measures/query?measure=calls&amount=gte.5", 400, "COX_INVALID"},
        {"/api/v1/pipeline/waterfall?from=2027-01-01", 400, "COX_INVALID"},
        {"/api/v1/pipeline/waterfall?by=stage", 400, "COX_INVALID"},
        {"/api/v1/pipeline/waterfall?move=sideways", 400, "COX_INVALID"},
        {"/api/v1/pipeline/slippage?period=2027-01", 400, "COX_INVALID"},
        {"/api/v1/pipeline/hygiene?problem=dust", 400, "COX_INVALID"},
        {"/api/v1/pipeline/risk?reason=weather", 400, "COX_INVALID"},
        {"/api/v1/pipeline/ageing?limit=0", 400, "COX_INVALID"},
        {"/api/v1/pipeline/reasons?period=soon", 400, "COX_INVALID"},
        {"/api/v1/pipeline/funnel?by=owner", 400, "COX_INVALID"},
        {"/api/v1/pipeline/funnel?step=999999", 404, "COX_MISSING"},
        {"/api/v1/pipeline/funnel?outcome=maybe", 400, "COX_INVALID"},
    };
    struct site *site = site_of(state);

    (void)firm_deal(site->firm, "Sale", site->users[SITE_REP], 100, 0);
    for (size_t i = 0; i < COX_COUNT(cases); i++) {
        struct answer answer = site_ask(site, SITE_LEADER, "GET", cases[i].path, NULL, NULL);
        if (answer.status != cases[i].status) {
            fail_msg("%s: %d: %s", cases[i].path, answer.status, answer.body.ptr);
        }
        site_refused(site, &answer, cases[i].status, cases[i].code);
        answer = site_ask(site, SITE_NOBODY, "GET", cases[i].path, NULL, NULL);
        assert_int_equal(answer.status, 401);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_figures_are_their_records),
        BOTH_SITES(test_ageing_is_learnt_by_product),
        BOTH_SITES(test_nonsense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
