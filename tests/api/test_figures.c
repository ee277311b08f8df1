/*
 * Tests of figures over time and place: what was known of an earlier instant stays to the byte whatever is reorganised
 * later, in a company with three years behind it; and two servers over one database tell the same after saves on either.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/feature_list.h"
#include "demo/demo.h"
#include "manager/contest.h"
#include "manager/leaderboard.h"
#include "org/calendar.h"
#include "org/people.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/product.h"
#include "site.h"

/* Every route of figures; the instant is put behind. */
static const char *const paths[] = {
    "measures/query?measure=pipeline,weighted,won,lost,created,win_rate,velocity,due_by_end&by=team",
    "measures/query?measure=won,lost,due&by=team,quarter",
    "measures/query?measure=won,pipeline_count&by=stage,month",
    "measures/query?measure=quota,credited,attainment,expected,to_pace,coverage,slippage&by=team",
    "measures/query?measure=quota,pace,activities,calls,activities_per_win&by=owner,month",
    "measures/query?measure=active_share,open_age&by=owner",
    "pipeline/waterfall?by=team",
    "pipeline/waterfall?by=owner&move=won",
    "pipeline/funnel?by=quarter",
    "pipeline/velocity?",
    "pipeline/slippage?by=team",
    "pipeline/ageing?",
    "pipeline/risk?",
    "pipeline/hygiene?",
    "pipeline/reasons?",
    "home?hat=manager",
    "home?hat=rep",
    "board?",
    "performance?by=team&view=was",
    "performance?by=office&view=was",
    "pipeline/velocity?by=month",
};

/* What exists for three months only, looked at as of the newest instant: in front of a record's number, and behind it. */
static const struct {
    const char *before, *behind;
} late_paths[] = {
    {"leaderboards/", "/standing?"},
    {"contests/", "/standing?"},
    {"goals/tree?", ""},
};

/* Without the newest commit's number, which every later save moves. */
static struct cox_text figures(struct site *site, const char *path, const char *more)
{
    static const char mark[] = "\"as_of_seq\":";
    char url[300], *seq;
    struct answer answer;
    size_t digits;

    (void)snprintf(url, sizeof(url), "/api/v1/%s%s", path, more);
    answer = site_get(site, SITE_EXECUTIVE, url, 200);
    seq = strstr(answer.body.ptr, mark);
    if (seq != NULL) { /* how many commits there are by now is no part of the past */
        seq += strlen(mark);
        digits = strspn(seq, "0123456789");
        memmove(seq, seq + digits, strlen(seq + digits) + 1);
        answer.body.size -= digits;
    }
    return answer.body;
}

static void assert_same(const char *path, const char *more, struct cox_text a, struct cox_text b)
{
    size_t at = 0;

    if (cox_text_same(a, b)) {
        return;
    }
    while (at < a.size && at < b.size && a.ptr[at] == b.ptr[at]) {
        at++;
    }
    at = at > 120 ? at - 120 : 0;
    fail_msg("%s%s\n%.300s\n%.300s", path, more, a.ptr + at, b.ptr + at);
}

/* ---- the past of a company ---- */

enum { INSTANTS = 4, DAY_STEP = 180 };

struct company {
    struct firm firm;
    struct site site;
    int64_t teams[8], people[12], products[4], boss, board, contest;
    size_t team_count, person_count, product_count;
    int64_t deals[40];
    size_t deal_count;
};

static int64_t company_clock(void *ctx)
{
    return ((struct firm *)ctx)->now_us;
}

static enum cox_rc note_team(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct company *c = ctx;

    (void)reterr;
    if (c->team_count < COX_COUNT(c->teams)) {
        c->teams[c->team_count++] = row->id;
    }
    return COX_OK;
}

static enum cox_rc note_deal(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct company *c = ctx;

    (void)reterr;
    if (c->deal_count < COX_COUNT(c->deals)) {
        c->deals[c->deal_count++] = row->id;
    }
    return COX_OK;
}

static enum cox_rc note_stage(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct company *c = ctx;
    int64_t position = cox_row_int(row, COX_STAGE_POSITION);

    (void)reterr;
    if (position >= 1 && position <= 6) {
        c->firm.stages[position - 1] = row->id;
    }
    return COX_OK;
}

static enum cox_rc note_boss(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct company *c = ctx;

    (void)reterr;
    if (cox_row_int(row, COX_HAT_ROLE) == COX_EXECUTIVE) {
        c->boss = cox_row_int(row, COX_HAT_USER);
    }
    return COX_OK;
}

static enum cox_rc note_person(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct company *c = ctx;

    (void)reterr;
    if (row->id != c->boss && c->person_count < COX_COUNT(c->people)) {
        c->people[c->person_count++] = row->id;
    }
    return COX_OK;
}

static enum cox_rc note_product(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct company *c = ctx;

    (void)reterr;
    if (c->product_count < COX_COUNT(c->products)) {
        c->products[c->product_count++] = row->id;
    }
    return COX_OK;
}

static enum cox_rc note_first(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    int64_t *id = ctx;

    (void)reterr;
    *id = *id == 0 ? row->id : *id;
    return COX_OK;
}

static enum cox_rc look_around(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct company *c = ctx;

    COX_TRY(cox_each(call, &cox_team, NULL, note_team, ctx, reterr));
    COX_TRY(cox_each(call, &cox_stage, NULL, note_stage, ctx, reterr));
    COX_TRY(cox_each(call, &cox_hat, NULL, note_boss, ctx, reterr));
    COX_TRY(cox_each(call, &cox_user, NULL, note_person, ctx, reterr));
    COX_TRY(cox_each(call, &cox_product, NULL, note_product, ctx, reterr));
    COX_TRY(cox_each(call, &cox_leaderboard, NULL, note_first, &c->board, reterr));
    COX_TRY(cox_each(call, &cox_contest, NULL, note_first, &c->contest, reterr));
    return cox_each(call, &cox_opportunity, NULL, note_deal, ctx, reterr);
}

static enum cox_rc add_token(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct company *c = ctx;

    return cox_token_add(call, c->boss, COX_LIT("test"), COX_TOKEN_WRITE | COX_TOKEN_PEOPLE,
        COX_NULL, c->site.tokens[SITE_EXECUTIVE], reterr);
}

/* The server's log is kept with the site: nothing of it is asked for here. */
static void drop_line(void *ctx, enum cox_log_level level, struct cox_text line)
{
    (void)ctx;
    (void)level;
    (void)line;
}

static bool open_company(struct company *c, enum cox_engine engine)
{
    struct firm *f = &c->firm;
    const int64_t today = cox_day_ymd(2026, 7, 1);
    struct cox_demo_report report;
    struct cox_demo_opt demo = {.seed = 9, .today = today};
    struct cox_store_opt store = {.now_us = company_clock, .ctx = f};

    memset(c, 0, sizeof(*c));
    f->now_us = today * COX_DAY_US + COX_DAY_US / 2;
    f->is_there = place_make(&f->place, engine, "past");
    if (!f->is_there) {
        return false;
    }
    f->arena = cox_arena_open((size_t)64 << 20);
    demo.url = store.url = f->place.url;
    demo.entities = store.entities = cox_features_entities(f->arena);
    OK(cox_demo_make(&demo, &report, &f->err));
    OK(cox_store_open(&store, &f->store, &f->err));
    OK(firm_read(f, firm_operator, (struct cox_as_of){0}, look_around, c));
    c->site.firm = f;
    c->site.log = (struct cox_log){.write = drop_line};
    c->site.arena = cox_arena_open((size_t)512 << 20);
    for (int i = 0; i < SITE_ROLE_COUNT; i++) {
        c->site.clients[i].fd = -1;
    }
    OK(firm_write(f, firm_operator, COX_CAUSE_CLI, add_token, c));
    site_restart(&c->site, NULL);
    return true;
}

static void close_company(struct company *c)
{
    client_close(&c->site.clients[SITE_EXECUTIVE]);
    cox_server_stop(c->site.server, 5000);
    cox_server_close(c->site.server);
    cox_arena_close(c->site.arena);
    cox_store_close(c->firm.store);
    cox_arena_close(c->firm.arena);
    place_drop(&c->firm.place);
}

/* A team that is no more, people who have left, products that are no longer sold. */
static void archive(struct company *c)
{
    struct firm *f = &c->firm;
    const int64_t day = cox_day_ymd(2026, 7, 1);

    OK(firm_change(f, firm_operator, &cox_team, c->teams[c->team_count - 1], COX_TEAM_TO_DAY,
        cox_int(day)));
    for (size_t i = 0; i < c->person_count; i += 2) {
        OK(firm_change(f, firm_operator, &cox_user, c->people[i], COX_USER_LEAVE_DAY,
            cox_int(day)));
        OK(firm_change(f, firm_operator, &cox_user, c->people[i], COX_USER_IS_ACTIVE, cox_int(0)));
    }
    for (size_t i = 0; i < c->product_count; i++) {
        OK(firm_change(f, firm_operator, &cox_product, c->products[i], COX_PRODUCT_IS_ACTIVE,
            cox_int(0)));
    }
}

/* Teams under another, people elsewhere, deals closed, changed and removed, stages and calendar others. */
static void reorganise(struct company *c)
{
    struct firm *f = &c->firm;
    struct cox_fiscal_calendar calendar;
    int64_t calendar_id;

    for (size_t i = 1; i < c->team_count; i++) {
        (void)firm_change(f, firm_operator, &cox_team, c->teams[i], COX_TEAM_PARENT,
            cox_int(c->teams[i % 2 == 0 ? 0 : c->team_count - 1]));
        OK(firm_change(f, firm_operator, &cox_team, c->teams[i], COX_TEAM_NAME,
            cox_text_value(cox_text_of(cox_arena_format(f->arena, "New %zu", i)))));
    }
    for (size_t i = 0; i < c->deal_count; i++) {
        enum cox_rc rc = i % 4 == 0   ? firm_remove(f, firm_operator, &cox_opportunity, c->deals[i])
                         : i % 4 == 1 ? firm_change(f, firm_operator, &cox_opportunity, c->deals[i],
                                            COX_OPPORTUNITY_OWNER, cox_int(c->boss))
                         : i % 4 == 2 ? firm_change(f, firm_operator, &cox_opportunity, c->deals[i],
                                            COX_OPPORTUNITY_AMOUNT, cox_int(1))
                                      : firm_change(f, firm_operator, &cox_opportunity, c->deals[i],
                                            COX_OPPORTUNITY_STAGE, cox_int(f->stages[5]));
        assert_true(rc == COX_OK || rc == COX_INVALID);
    }
    OK(firm_change(f, firm_operator, &cox_stage, f->stages[1], COX_STAGE_IS_ACTIVE, cox_int(0)));
    OK(firm_change(f, firm_operator, &cox_stage, f->stages[2], COX_STAGE_WIN_PROB, cox_real(0.99)));
    OK(firm_change(f, firm_operator, &cox_stage, f->stages[0], COX_STAGE_POSITION, cox_int(99)));
    cox_struct_init(&cox_fiscal_calendar, &calendar);
    calendar.name = cox_text_of("February to January");
    calendar.kind = COX_FISCAL_MONTHS;
    calendar.start_month = 2;
    OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_fiscal_calendar, &calendar, &calendar_id));
}

static void the_past_stays(enum cox_engine engine)
{
    struct cox_text before[INSTANTS][COX_COUNT(paths)], late[COX_COUNT(late_paths)];
    static struct company c;
    char more[INSTANTS][40], day[COX_DAY_SIZE], of[COX_COUNT(late_paths)][80];

    if (!open_company(&c, engine)) {
        skip();
    }
    for (int i = 0; i < INSTANTS; i++) {
        cox_day_format(cox_day_ymd(2026, 6, 20) - (int64_t)i * DAY_STEP, day);
        (void)snprintf(more[i], sizeof(more[i]), "&as_of=%s", day);
        for (size_t p = 0; p < COX_COUNT(paths); p++) {
            before[i][p] = figures(&c.site, paths[p], more[i]);
            assert_true(before[i][p].size > 300);
        }
    }
    for (size_t p = 0; p < COX_COUNT(late_paths); p++) {
        char number[32] = "";
        if (late_paths[p].behind[0] != '\0') {
            (void)snprintf(number, sizeof(number), "%lld",
                (long long)(p == 0 ? c.board : c.contest));
        }
        (void)snprintf(of[p], sizeof(of[p]), "%s%s%s", late_paths[p].before, number,
            late_paths[p].behind);
        late[p] = figures(&c.site, of[p], more[0]);
        assert_true(late[p].size > 300);
    }
    reorganise(&c);
    archive(&c);
    for (size_t p = 0; p < COX_COUNT(late_paths); p++) {
        assert_same(of[p], more[0], late[p], figures(&c.site, of[p], more[0]));
    }
    for (int i = 0; i < INSTANTS; i++) {
        for (size_t p = 0; p < COX_COUNT(paths); p++) {
            assert_same(paths[p], more[i], before[i][p], figures(&c.site, paths[p], more[i]));
        }
    }
    close_company(&c);
}

static void test_the_past_stays_on_sqlite(void **state)
{
    (void)state;
    the_past_stays(COX_SQLITE);
}

static void test_the_past_stays_on_postgres(void **state)
{
    (void)state;
    the_past_stays(COX_POSTGRES);
}

/* ---- two nodes ---- */

struct nodes {
    struct site *first;
    struct site second;
    struct cox_store *store;
};

static void open_second(struct nodes *n, struct site *site)
{
    memset(n, 0, sizeof(*n));
    n->first = site;
    site_open_second(site, &n->second, &n->store, NULL);
}

static void close_second(struct nodes *n)
{
    site_close_second(&n->second, n->store);
}

static struct site *node(struct nodes *n, int at)
{
    return at % 2 == 0 ? n->first : &n->second;
}

/* A save through one of the nodes, as the manager; the record's number. */
static int64_t save(struct nodes *n, int at, const char *method, const char *path, const char *body)
{
    struct site *site = node(n, at);
    struct answer answer;

    site->firm->now_us += COX_SECOND_US;
    answer = site_ask(site, SITE_ADMIN, method, path, body, NULL);
    if (answer.status / 100 != 2) {
        fail_msg("%s %s %s: %d %s", method, path, body, answer.status, answer.body.ptr);
    }
    return answer.body.size == 0
               ? 0
               : json_integer_value(json_object_get(site_json(site, &answer), "id"));
}

static void compare_nodes(struct nodes *n)
{
    for (size_t p = 0; p < COX_COUNT(paths); p++) {
        assert_same(paths[p], "", figures(n->first, paths[p], ""),
            figures(&n->second, paths[p], ""));
    }
}

static void test_two_nodes_tell_the_same(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    int64_t deals[12];
    static struct nodes n; /* too large for the stack */

    open_second(&n, site);
    for (int i = 0; i < 12; i++) {
        deals[i] = save(&n, i, "POST", "/api/v1/opportunities",
            cox_arena_format(f->arena,
                "{\"name\":\"Deal %d\",\"owner\":%lld,\"stage\":%lld,\"amount\":%d,"
                "\"close_day\":\"2026-06-%02d\"}",
                i, (long long)site->users[SITE_REP + i % 3], (long long)f->stages[i % 4],
                1000 * (i + 1), 1 + i));
    }
    compare_nodes(&n);
    for (int i = 0; i < 12; i++) {
        const char *path =
            cox_arena_format(f->arena, "/api/v1/opportunities/%lld", (long long)deals[i]);
        char *body = i % 3 == 0 ? cox_arena_format(f->arena, "{\"amount\":%d}", 77 * (i + 1))
                     : i % 3 == 1
                         ? cox_arena_format(f->arena, "{\"stage\":%lld}", (long long)f->stages[4])
                         : cox_arena_format(f->arena, "{\"next_step\":\"Call\",\"owner\":%lld}",
                               (long long)site->users[SITE_MANAGER]);
        (void)save(&n, i + 1, "PATCH", path, body); /* made on the one, changed on the other */
        (void)save(&n, i, "POST", "/api/v1/activities",
            cox_arena_format(f->arena,
                "{\"kind\":\"call\",\"subject\":\"Said\",\"owner\":%lld,\"opportunity\":%lld,"
                "\"done_day\":\"2026-05-20\",\"is_done\":true}",
                (long long)site->users[SITE_REP], (long long)deals[i]));
        if (i % 3 == 2) {
            compare_nodes(&n);
        }
    }
    (void)save(&n, 1, "DELETE",
        cox_arena_format(f->arena, "/api/v1/opportunities/%lld", (long long)deals[3]), NULL);
    compare_nodes(&n);
    close_second(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_past_stays_on_sqlite),
        cmocka_unit_test(test_the_past_stays_on_postgres),
        {"test_two_nodes_tell_the_same on PostgreSQL", test_two_nodes_tell_the_same, site_postgres,
            site_close, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
