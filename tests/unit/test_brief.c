/* Tests of the brief: its figures against ones counted by hand, rights, instants, layout. */
#include <jansson.h>

#include "command/brief_text.h"
#include "command/command.h"
#include "command/feature_list.h"
#include "firm.h"
#include "leader/one_on_one.h"
#include "org/people.h"
#include "sales/activity.h"
#include "sales/book.h"
#include "sales/brief.h"
#include "sales/brief_json.h"
#include "sales/deals.h"
#include "sales/opportunity.h"
#include "sales/quota.h"

enum { QUALIFICATION, DISCOVERY, PROPOSAL, NEGOTIATION, WON, LOST };

static const struct cox_as_of now = {0};

/* ---- a brief, and what is looked for in it ---- */

struct view {
    struct firm *f;
    struct cox_brief_ask ask;
    size_t width;
    const char *text; /* in the test's arena */
    void (*look)(struct firm *f, const struct cox_brief *brief);
    struct cox_text of_book;
    bool has_book;
};

static int outlook_count;  /* with something open */
static int compared_count; /* briefs that came of a book too */

static enum cox_rc add_sections(struct cox_brief *brief, struct cox_err *reterr)
{
    for (size_t i = 0; cox_features[i] != NULL; i++) {
        for (size_t s = 0; cox_features[i]->signals != NULL && cox_features[i]->signals[s] != NULL;
             s++) {
            if ((cox_features[i]->signals[s]->hats & COX_ROLE_BIT(brief->hat)) != 0) {
                COX_TRY(cox_features[i]->signals[s]->add(brief, reterr));
            }
        }
    }
    return COX_OK;
}

static struct cox_text as_json(struct firm *f, const struct cox_brief *brief)
{
    struct cox_text text;
    struct cox_json json;
    struct cox_buf buf;

    cox_buf_init(&buf, 4 << 20);
    cox_json_init(&json, f->arena, cox_buf_sink(&buf));
    cox_brief_put_json(brief, COX_BRIEF_MINOR, &json);
    OK(cox_json_done(&json, &f->err));
    text = cox_arena_text(f->arena, cox_buf_text(&buf));
    cox_buf_done(&buf);
    return text;
}

/* The range to the period's end is told of a book alone. */
static void take_outlook(struct cox_brief *brief)
{
    for (struct cox_brief_section **at = &brief->first; *at != NULL; at = &(*at)->next) {
        const struct cox_value *cells = (*at)->cells;

        if (strcmp((*at)->name, "outlook") != 0) {
            continue;
        }
        assert_int_equal((*at)->row_count, 1);
        assert_true(cells[0].number <= cells[1].number && cells[1].number <= cells[2].number);
        assert_true(cells[0].number >= 0);
        assert_true(cells[3].kind == COX_VALUE_NULL || (cells[3].real >= 0 && cells[3].real <= 1));
        outlook_count += cells[0].number < cells[2].number;
        *at = (*at)->next;
        return;
    }
}

static enum cox_rc make_of_book(struct cox_brief *brief, void *ctx, struct cox_err *reterr)
{
    struct view *view = ctx;

    view->has_book = brief->deals->generation != NULL;
    COX_TRY(add_sections(brief, reterr));
    take_outlook(brief);
    view->of_book = as_json(view->f, brief);
    return COX_OK;
}

/* Every brief of these tests is made of the records and of the book: the same to the byte. */
static void compare_with_book(struct view *view, struct cox_call *call,
    const struct cox_brief *brief)
{
    struct firm *f = view->f;
    struct cox_text of_records = as_json(f, brief);
    struct cox_books *books;
    enum cox_rc rc;

    OK(cox_books_open(&books, &f->err));
    rc = cox_brief_with_books(call, &view->ask, books, make_of_book, view, &f->err);
    cox_books_close(books);
    OK(rc);
    if (!cox_text_same(of_records, view->of_book)) {
        size_t at = 0;
        while (at < of_records.size && at < view->of_book.size &&
               of_records.ptr[at] == view->of_book.ptr[at]) {
            at++;
        }
        at = at > 200 ? at - 200 : 0;
        fail_msg("records: %.300s\nbook: %.300s", of_records.ptr + at, view->of_book.ptr + at);
    }
    compared_count += view->has_book;
}

static enum cox_rc make_view(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct view *view = ctx;
    struct cox_brief brief;
    struct cox_buf buf;

    COX_TRY(cox_brief_open(call, &view->ask, &brief, reterr));
    COX_TRY(add_sections(&brief, reterr));
    cox_buf_init(&buf, 1 << 20);
    cox_brief_write_text(&brief, view->width == 0 ? 100 : view->width, &buf);
    view->text = cox_arena_text(view->f->arena, cox_buf_text(&buf)).ptr;
    cox_buf_done(&buf);
    if (view->look != NULL) {
        view->look(view->f, &brief);
    }
    compare_with_book(view, call, &brief);
    return COX_OK;
}

static const char *see(struct firm *f, struct cox_actor actor, struct cox_as_of as_of,
    enum cox_role hat, void (*look)(struct firm *f, const struct cox_brief *brief))
{
    struct view view = {.f = f, .ask = {.hat = hat, .user = actor.user_id}, .look = look};

    OK(firm_read(f, actor, as_of, make_view, &view));
    return view.text;
}

static const struct cox_brief_section *section_of(const struct cox_brief *brief, const char *name)
{
    for (const struct cox_brief_section *s = brief->first; s != NULL; s = s->next) {
        if (strcmp(s->name, name) == 0) {
            return s;
        }
    }
    fail_msg("the brief has no section \"%s\"", name);
    abort(); /* fail_msg does not come back, but the compiler is not told */
}

/* The cell of a column, in the row whose first cell is label (NULL: the first row). */
static const struct cox_value *cell_of(const struct cox_brief *brief, const char *section_name,
    const char *label, const char *column)
{
    const struct cox_brief_section *section = section_of(brief, section_name);

    assert_non_null(section);
    for (size_t row = 0; row < section->row_count; row++) {
        const struct cox_value *cells = &section->cells[row * section->column_count];

        if (label != NULL && !cox_text_same(cells[0].text, cox_text_of(label))) {
            continue;
        }
        for (size_t c = 0; c < section->column_count; c++) {
            if (strcmp(section->columns[c].name, column) == 0) {
                return &cells[c];
            }
        }
    }
    fail_msg("no %s of %s in %s", column, label == NULL ? "it" : label, section_name);
    return NULL;
}

#define NUMBER(section, label, column) ((int64_t)cell_of(brief, section, label, column)->number)

/* ---- records of a small team ---- */

static int64_t closed_deal(struct firm *f, const char *name, int64_t owner, int64_t amount,
    int stage, int64_t closed_day)
{
    struct cox_opportunity deal;
    int64_t id;

    cox_struct_init(&cox_opportunity, &deal);
    deal.name = cox_text_of(name);
    deal.owner = owner;
    deal.amount = amount;
    deal.stage = f->stages[stage];
    deal.created_day = closed_day - 40;
    deal.closed_day = closed_day;
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_opportunity, &deal, &id));
    return id;
}

static int64_t open_deal(struct firm *f, const char *name, int64_t owner, int64_t amount, int stage,
    int64_t close_day)
{
    struct cox_opportunity deal;
    int64_t id;

    cox_struct_init(&cox_opportunity, &deal);
    deal.name = cox_text_of(name);
    deal.owner = owner;
    deal.amount = amount;
    deal.stage = f->stages[stage];
    deal.created_day = FIRM_TODAY - 10;
    deal.stage_day = FIRM_TODAY - 5;
    deal.close_day = close_day;
    deal.next_step = COX_LIT("Call");
    deal.next_step_day = FIRM_TODAY + 1;
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_opportunity, &deal, &id));
    return id;
}

static void quota(struct firm *f, int64_t user, int64_t from_day, int64_t to_day, int64_t amount)
{
    struct cox_quota row;

    cox_struct_init(&cox_quota, &row);
    row.user = user;
    row.from_day = from_day;
    row.to_day = to_day;
    row.amount = amount;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_quota, &row, NULL));
}

struct team {
    int64_t mia, ada, ben, eve; /* Ada and Ben report to Mia, Eve to nobody */
};

static struct team make_team(struct firm *f)
{
    struct team t = {
        .mia = firm_user(f, "Mia", "mia@example.com"),
        .ada = firm_user(f, "Ada Öztürk", "ada@example.com"),
        .ben = firm_user(f, "佐久間 花子", "ben@example.com"),
        .eve = firm_user(f, "Eve", "eve@example.com"),
    };
    struct cox_hat hat;

    firm_line(f, t.ada, t.mia);
    firm_line(f, t.ben, t.mia);
    cox_struct_init(&cox_hat, &hat);
    hat.user = t.mia;
    hat.role = COX_MANAGER;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_hat, &hat, NULL));
    hat.role = COX_LEADER;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_hat, &hat, NULL));
    return t;
}

static struct cox_actor mia(const struct team *t)
{
    return (struct cox_actor){t->mia, COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER)};
}

/* ---- figures ---- */

static double weekdays(int64_t from_day, int64_t to_day)
{
    double count = 0;

    for (int64_t day = from_day; day < to_day; day++) {
        count += cox_day_weekday(day) <= 5 ? 1 : 0;
    }
    return count;
}

static void look_at_quarter(struct firm *f, const struct cox_brief *brief)
{
    int64_t from = cox_day_ymd(2026, 4, 1), to = cox_day_ymd(2026, 7, 1);
    double pace = weekdays(from, FIRM_TODAY + 1) / weekdays(from, to);
    double may = weekdays(cox_day_ymd(2026, 5, 1), cox_day_ymd(2026, 6, 1));
    double year = weekdays(cox_day_ymd(2026, 1, 1), cox_day_ymd(2027, 1, 1));
    int64_t target = 500000 + (int64_t)nearbyint(1000000 * weekdays(from, to) / year);

    (void)f, (void)may;
    assert_int_equal(NUMBER("quarter", NULL, "won_count"), 3);
    assert_int_equal(NUMBER("quarter", NULL, "won"), 100000 + 60000 + 1);
    assert_int_equal(NUMBER("quarter", NULL, "target"), target);
    assert_true(fabs(cell_of(brief, "quarter", NULL, "pace")->real - pace) < 1e-12);
    assert_int_equal(NUMBER("quarter", NULL, "due_count"), 2); /* one of them past its day */
    assert_int_equal(NUMBER("quarter", NULL, "due"), 30000 + 40000);
    assert_int_equal(NUMBER("quarter", NULL, "due_weighted"), 30000 * 0.45 + 40000 * 0.7);
    assert_true(fabs(cell_of(brief, "quarter", NULL, "coverage")->real -
                     70000.0 / (double)(target - 160001)) < 1e-12);

    assert_int_equal(NUMBER("pipeline", "Proposal", "count"), 2);
    assert_int_equal(NUMBER("pipeline", "Proposal", "amount"), 30000 + 90000);
    assert_int_equal(NUMBER("pipeline", "Total", "count"), 3);
    assert_int_equal(NUMBER("pipeline", "Total", "weighted"), 13500 + 40500 + 28000);

    assert_int_equal(NUMBER("results", "Ada Öztürk", "won_count"), 2);
    assert_int_equal(NUMBER("results", "Ada Öztürk", "won"), 70000 + 1); /* 30 % went to Ben */
    assert_int_equal(NUMBER("results", "佐久間 花子", "won"), 30000 + 60000);
    assert_int_equal(NUMBER("results", "佐久間 花子", "lost"), 5000);
    assert_true(cell_of(brief, "results", "佐久間 花子", "win_rate")->real == 0.5);
    assert_int_equal(NUMBER("targets", "Ada Öztürk", "target"), 500000);
    assert_int_equal(NUMBER("targets", "Ada Öztürk", "result"), 70001);
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

static void fill_quarter(struct firm *f, const struct team *t)
{
    int64_t deal = closed_deal(f, "Acorn", t->ada, 100000, WON, FIRM_TODAY - 3);
    struct sharing s = {deal,
        {{t->ada, COX_SPLIT_REVENUE, 7000}, {t->ben, COX_SPLIT_REVENUE, 3000}}};

    OK(firm_write(f, firm_operator, COX_CAUSE_UI, save_shares, &s));
    (void)closed_deal(f, "Alder", t->ada, 1, WON, cox_day_ymd(2026, 4, 1));
    (void)closed_deal(f, "Earlier", t->ada, 777, WON, cox_day_ymd(2026, 3, 31));
    (void)closed_deal(f, "Beech", t->ben, 60000, WON, FIRM_TODAY - 20);
    (void)closed_deal(f, "Birch", t->ben, 5000, LOST, FIRM_TODAY - 1);
    (void)closed_deal(f, "Of Eve", t->eve, 999999, WON, FIRM_TODAY - 1);
    (void)open_deal(f, "Cedar", t->ada, 30000, PROPOSAL, FIRM_TODAY - 2);
    (void)open_deal(f, "Cherry", t->ben, 40000, NEGOTIATION, cox_day_ymd(2026, 6, 30));
    (void)open_deal(f, "Next quarter", t->ben, 90000, PROPOSAL, cox_day_ymd(2026, 7, 1));
    (void)open_deal(f, "Of Eve too", t->eve, 888888, PROPOSAL, FIRM_TODAY);
    quota(f, t->ada, cox_day_ymd(2026, 4, 1), cox_day_ymd(2026, 7, 1), 500000);
    quota(f, t->ben, cox_day_ymd(2026, 1, 1), cox_day_ymd(2027, 1, 1), 1000000);
    quota(f, t->eve, cox_day_ymd(2026, 4, 1), cox_day_ymd(2026, 7, 1), 123);
}

static void test_figures_are_those_counted_by_hand(void **state)
{
    struct firm *f = firm_of(state);
    struct team t = make_team(f);

    fill_quarter(f, &t);
    (void)see(f, mia(&t), now, COX_MANAGER, look_at_quarter);
}

static void look_at_company(struct firm *f, const struct cox_brief *brief)
{
    (void)f;
    assert_int_equal(NUMBER("quarter", NULL, "won"), 160001 + 999999);
    assert_int_equal(NUMBER("results", "Eve", "won"), 999999);
}

static void look_at_last_quarter(struct firm *f, const struct cox_brief *brief)
{
    (void)f;
    assert_int_equal(NUMBER("quarter", NULL, "won"), 777);
    assert_true(cell_of(brief, "quarter", NULL, "pace")->real == 1);
    assert_string_equal(brief->period.label, "FY2026 Q1");
    assert_int_equal(NUMBER("quarter", NULL, "due_count"), 0);
}

static void test_an_earlier_quarter_is_counted_whole(void **state)
{
    struct firm *f = firm_of(state);
    struct team t = make_team(f);
    struct view view = {.f = f,
        .ask = {COX_MANAGER, t.mia, 0, true, cox_day_ymd(2026, 2, 14), 0},
        .look = look_at_last_quarter};

    fill_quarter(f, &t);
    OK(firm_read(f, mia(&t), now, make_view, &view));
}

static void look_at_team(struct firm *f, const struct cox_brief *brief)
{
    (void)f;
    assert_int_equal(NUMBER("quarter", NULL, "won_count"), 2);   /* Ada's alone */
    assert_int_equal(NUMBER("quarter", NULL, "target"), 500000); /* people's before teams' */
    assert_int_equal(NUMBER("targets", "North", "target"), 90000);
    assert_int_equal(NUMBER("targets", "North", "result"), 70001);
    assert_int_equal(NUMBER("count_targets", "Ada Öztürk", "target"), 4);
    assert_int_equal(NUMBER("count_targets", "Ada Öztürk", "result"), 2);
    assert_true(cell_of(brief, "count_targets", "Ada Öztürk", "attainment")->real == 0.5);
}

static void hold_meeting(struct firm *f, int64_t owner, int64_t day)
{
    struct cox_activity meeting;

    cox_struct_init(&cox_activity, &meeting);
    meeting.kind = COX_ACTIVITY_MEETING;
    meeting.subject = COX_LIT("Demo");
    meeting.owner = owner;
    meeting.start_us = day * COX_DAY_US;
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_activity, &meeting, NULL));
}

static void test_a_team_has_its_own_brief(void **state)
{
    struct firm *f = firm_of(state);
    struct team t = make_team(f);
    struct view view = {.f = f, .ask = {.hat = COX_MANAGER}, .look = look_at_team};
    struct cox_team_member member;
    struct cox_quota row;
    struct cox_team team;
    int64_t north;

    fill_quarter(f, &t);
    cox_struct_init(&cox_team, &team);
    team.name = COX_LIT("Europe");
    team.lead = t.mia;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_team, &team, &view.ask.team));
    team.name = COX_LIT("North");
    team.parent = view.ask.team; /* the team asked for has it below */
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_team, &team, &north));
    cox_struct_init(&cox_team_member, &member);
    member.team = north;
    member.user = t.ada;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_team_member, &member, NULL));
    member.user = t.ben;
    member.to_day = FIRM_TODAY; /* was there until yesterday */
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_team_member, &member, NULL));
    cox_struct_init(&cox_quota, &row);
    row.team = north;
    row.from_day = cox_day_ymd(2026, 4, 1);
    row.to_day = cox_day_ymd(2026, 7, 1);
    row.amount = 90000;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_quota, &row, NULL));
    row.team = row.amount = COX_NULL;
    row.user = t.ada;
    row.measure = COX_MEASURE_MEETINGS;
    row.count = 4;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_quota, &row, NULL));
    hold_meeting(f, t.ada, FIRM_TODAY - 1);
    hold_meeting(f, t.ada, cox_day_ymd(2026, 4, 1));
    hold_meeting(f, t.ada, cox_day_ymd(2026, 3, 31)); /* the quarter before */
    hold_meeting(f, t.ada, FIRM_TODAY + 1);           /* not held yet */
    hold_meeting(f, t.ben, FIRM_TODAY - 1);
    OK(firm_read(f, firm_operator, now, make_view, &view));
}

static void test_the_operator_sees_the_company_and_a_rep_oneself(void **state)
{
    struct firm *f = firm_of(state);
    struct team t = make_team(f);
    const char *text;

    fill_quarter(f, &t);
    (void)see(f, firm_operator, now, COX_MANAGER, look_at_company);
    text = see(f, firm_actor(t.eve, COX_MANAGER), now, COX_MANAGER, NULL);
    assert_null(strstr(text, "Ada"));
    assert_null(strstr(text, "Cedar"));
    assert_non_null(strstr(text, "10,000")); /* Eve's own 999,999 cents */
}

static void test_a_brief_of_an_earlier_commit_stays_as_it_was(void **state)
{
    struct firm *f = firm_of(state);
    struct team t = make_team(f);
    struct cox_as_of then;
    const char *before;
    int64_t deal;

    fill_quarter(f, &t);
    deal = open_deal(f, "Hazel", t.ada, 12345, DISCOVERY, FIRM_TODAY + 5);
    then = (struct cox_as_of){f->now_us, 0};
    before = see(f, firm_operator, then, COX_MANAGER, NULL);
    f->now_us += 3 * COX_DAY_US;
    OK(firm_change(f, firm_operator, &cox_opportunity, deal, COX_OPPORTUNITY_STAGE,
        cox_int(f->stages[WON])));
    OK(firm_change(f, firm_operator, &cox_opportunity, deal, COX_OPPORTUNITY_AMOUNT, cox_int(999)));
    OK(firm_change(f, firm_operator, &cox_user, t.ada, COX_USER_NAME,
        cox_text_value(COX_LIT("Renamed"))));
    (void)closed_deal(f, "Later", t.ben, 5, WON, FIRM_TODAY);
    /* All but the number of the commit known by then. */
    assert_string_equal(strstr(before, "The quarter so far"),
        strstr(see(f, firm_operator, then, COX_MANAGER, NULL), "The quarter so far"));
    assert_string_not_equal(strstr(before, "The quarter so far"),
        strstr(see(f, firm_operator, now, COX_MANAGER, NULL), "The quarter so far"));
}

/* ---- a week of moves ---- */

static int64_t total_count, total_sum;

static void look_at_total(struct firm *f, const struct cox_brief *brief)
{
    (void)f;
    total_count = NUMBER("pipeline", "Proposal", "count"); /* all of them are there */
    total_sum = NUMBER("pipeline", "Proposal", "amount");
}

/* Of what is due in the quarter: the deal that went past its end moved out, the one that came moved in. */
static void look_at_due_moves(const struct cox_brief *brief)
{
    const struct cox_brief_section *due = section_of(brief, "due_moves");
    const struct cox_brief_section *moved = section_of(brief, "moved_deals");
    int64_t sum = 0;

    assert_non_null(due);
    assert_non_null(moved);
    for (size_t row = 0; row + 1 < due->row_count; row++) {
        sum += due->cells[row * due->column_count + 2].number;
    }
    assert_int_equal(sum, NUMBER("due_moves", "Open now", "amount"));
    assert_int_equal(NUMBER("due_moves", "Moved out of the period", "amount"), -5000);
    assert_int_equal(NUMBER("due_moves", "Pulled into the period", "amount"), 900);
    assert_int_equal(NUMBER("coverage", "FY2026 Q2", "due"),
        NUMBER("due_moves", "Open now", "amount"));
    assert_int_equal(moved->row_count, 8); /* every one of them did something */
    sum = 0;
    for (size_t row = 0; row < moved->row_count; row++) {
        const struct cox_value *change = &moved->cells[row * moved->column_count + 2];

        sum += change->kind == COX_VALUE_INT ? change->number : 0;
    }
    assert_int_equal(sum,
        NUMBER("moves", "Open now", "amount") - NUMBER("moves", "Open then", "amount"));
}

static void look_at_moves(struct firm *f, const struct cox_brief *brief)
{
    static const char *const parts[] = {"Open then", "New", "Raised", "Lowered", "Won", "Lost",
        "Came in (reopened, imported)"};
    int64_t sum = 0;

    (void)f;
    assert_int_equal(NUMBER("moves", "Open then", "count"), total_count);
    assert_int_equal(NUMBER("moves", "Open then", "amount"), total_sum);
    for (size_t i = 0; i < COX_COUNT(parts); i++) {
        sum += NUMBER("moves", parts[i], "amount");
    }
    assert_int_equal(sum, NUMBER("moves", "Open now", "amount"));
    assert_int_equal(NUMBER("moves", "Open now", "amount"), NUMBER("pipeline", "Total", "amount"));
    assert_int_equal(NUMBER("moves", "New", "amount"), 7);
    assert_int_equal(NUMBER("moves", "Raised", "amount"), 500);
    assert_int_equal(NUMBER("moves", "Lowered", "amount"), -30);
    assert_int_equal(NUMBER("moves", "Won", "amount"), -3000);
    assert_int_equal(NUMBER("moves", "Lost", "amount"), -4000);
    assert_int_equal(NUMBER("moves", "Came in (reopened, imported)", "amount"), 60);
    assert_int_equal(NUMBER("moves", "Of these, expected later than then", "count"), 1);
    look_at_due_moves(brief);
}

static void test_a_week_of_moves_adds_up(void **state)
{
    struct firm *f = firm_of(state);
    struct team t = make_team(f);
    int64_t week_ago, ids[7];

    for (int i = 0; i < 5; i++) {
        ids[i] = open_deal(f, "Deal", t.ada, 1000 * (i + 1), PROPOSAL, FIRM_TODAY + 30);
    }
    ids[6] = open_deal(f, "Pulled in", t.ada, 900, PROPOSAL, FIRM_TODAY + 90);
    ids[5] = closed_deal(f, "Reopened", t.ben, 60, LOST, FIRM_TODAY - 3);
    f->now_us += COX_DAY_US;
    week_ago = f->now_us;
    (void)see(f, firm_operator, (struct cox_as_of){week_ago, 0}, COX_MANAGER, look_at_total);
    assert_int_equal(total_sum, 15900);

    OK(firm_change(f, firm_operator, &cox_opportunity, ids[0], COX_OPPORTUNITY_AMOUNT,
        cox_int(1500)));
    OK(firm_change(f, firm_operator, &cox_opportunity, ids[1], COX_OPPORTUNITY_AMOUNT,
        cox_int(1970)));
    /* Won for more than it was a week ago: it leaves with the amount of then. */
    OK(firm_change(f, firm_operator, &cox_opportunity, ids[2], COX_OPPORTUNITY_AMOUNT,
        cox_int(3999)));
    OK(firm_change(f, firm_operator, &cox_opportunity, ids[2], COX_OPPORTUNITY_STAGE,
        cox_int(f->stages[WON])));
    OK(firm_change(f, firm_operator, &cox_opportunity, ids[3], COX_OPPORTUNITY_STAGE,
        cox_int(f->stages[LOST])));
    OK(firm_change(f, firm_operator, &cox_opportunity, ids[4], COX_OPPORTUNITY_CLOSE_DAY,
        cox_int(FIRM_TODAY + 60)));
    OK(firm_change(f, firm_operator, &cox_opportunity, ids[6], COX_OPPORTUNITY_CLOSE_DAY,
        cox_int(FIRM_TODAY + 20)));
    OK(firm_change(f, firm_operator, &cox_opportunity, ids[5], COX_OPPORTUNITY_STAGE,
        cox_int(f->stages[QUALIFICATION])));
    f->now_us = week_ago + 3 * COX_DAY_US;
    (void)firm_deal(f, "New", t.ada, 7, QUALIFICATION);
    f->now_us = week_ago + 7 * COX_DAY_US;
    (void)see(f, firm_operator, now, COX_MANAGER, look_at_moves);
}

/* ---- stuck deals ---- */

struct past {
    struct firm *f;
    int64_t owner, days;
};

/* Won 30 days ago after so many days in Proposal. */
static enum cox_rc put_won(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct past *past = ctx;
    int64_t entered = FIRM_TODAY - 30 - past->days, id;
    const int64_t days[] = {entered, FIRM_TODAY - 30};
    struct cox_version versions[2];
    bool is_changed;

    for (size_t i = 0; i < 2; i++) {
        struct cox_opportunity deal;

        cox_struct_init(&cox_opportunity, &deal);
        deal.name = COX_LIT("Past");
        deal.owner = past->owner;
        deal.stage = past->f->stages[i == 0 ? PROPOSAL : WON];
        versions[i].from_us = days[i] * COX_DAY_US + 5;
        versions[i].row = cox_row_new(call, &cox_opportunity);
        cox_row_pack(versions[i].row, &deal);
    }
    return cox_put_history(call, &cox_opportunity, 0, versions, 2, COX_FOREVER, &id, &is_changed,
        reterr);
}

static int64_t learnt_days;
static size_t stuck_count;

static void look_at_learnt(struct firm *f, const struct cox_brief *brief)
{
    for (size_t i = 0; i < brief->deals->stage_count; i++) {
        if (brief->deals->stages[i].id == f->stages[PROPOSAL]) {
            learnt_days = brief->deals->stages[i].learnt_days;
        }
    }
    stuck_count = section_of(brief, "stuck")->row_count;
}

static void test_stuck_is_learnt_from_won_deals(void **state)
{
    struct firm *f = firm_of(state);
    struct team t = make_team(f);
    struct past past = {f, t.ada, 0};
    struct cox_opportunity deal;
    const char *text;
    int64_t id;

    for (past.days = 1; past.days <= 9; past.days++) {
        OK(firm_write(f, firm_operator, COX_CAUSE_IMPORT, put_won, &past));
    }
    (void)see(f, firm_operator, now, COX_MANAGER, look_at_learnt);
    assert_int_equal(learnt_days, COX_NULL); /* nine are too few to learn from */
    past.days = 10;
    OK(firm_write(f, firm_operator, COX_CAUSE_IMPORT, put_won, &past));
    id = open_deal(f, "Cedar", t.ada, 30000, PROPOSAL, FIRM_TODAY + 20);
    (void)see(f, firm_operator, now, COX_MANAGER, look_at_learnt);
    assert_int_equal(learnt_days,
        9); /* four in five of 1..10 took at most eight: the next counts */
    assert_int_equal(stuck_count, 0);

    OK(firm_change(f, firm_operator, &cox_opportunity, id, COX_OPPORTUNITY_STAGE_DAY,
        cox_int(FIRM_TODAY - 10)));
    text = see(f, firm_operator, now, COX_MANAGER, look_at_learnt);
    assert_int_equal(stuck_count, 1);
    assert_non_null(strstr(text, "10 days in stage, usual are 9"));

    cox_struct_init(&cox_opportunity, &deal);
    deal.name = COX_LIT("Quiet");
    deal.owner = t.ben;
    deal.stage = f->stages[QUALIFICATION];
    deal.created_day = FIRM_TODAY - 22;
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_opportunity, &deal, &id));
    text = see(f, firm_operator, now, COX_MANAGER, look_at_learnt);
    assert_int_equal(stuck_count, 2);
    assert_non_null(strstr(text, "no next step; no activity since it was created, for 22 days"));
    struct cox_activity call;
    cox_struct_init(&cox_activity, &call);
    call.kind = COX_ACTIVITY_CALL;
    call.owner = t.ben;
    call.opportunity = id;
    call.start_us = f->now_us - COX_DAY_US;
    OK(firm_create(f, firm_operator, COX_CAUSE_UI, &cox_activity, &call, NULL));
    (void)see(f, firm_operator, now, COX_MANAGER, look_at_learnt);
    assert_int_equal(stuck_count, 1); /* somebody called */
}

/* ---- quotas ---- */

static void test_nobody_sets_ones_own_quota(void **state)
{
    struct firm *f = firm_of(state);
    struct team t = make_team(f);
    struct cox_quota row;
    int64_t id;

    cox_struct_init(&cox_quota, &row);
    row.user = t.mia;
    row.from_day = 100;
    row.to_day = 200;
    row.amount = 1;
    REFUSED(COX_DENIED, "user", firm_create(f, mia(&t), COX_CAUSE_API, &cox_quota, &row, NULL));
    row.user = t.ada;
    OK(firm_create(f, mia(&t), COX_CAUSE_API, &cox_quota, &row, &id));
    assert_int_equal(
        firm_change(f, firm_actor(t.ada, COX_REP), &cox_quota, id, COX_QUOTA_AMOUNT, cox_int(5)),
        COX_DENIED);
    row.user = t.eve; /* not in Mia's line */
    assert_int_equal(firm_create(f, mia(&t), COX_CAUSE_API, &cox_quota, &row, NULL), COX_DENIED);
    row.count = 5;
    REFUSED(COX_INVALID, "amount",
        firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_quota, &row, NULL));
    row.amount = COX_NULL;
    row.measure = COX_MEASURE_DEALS;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_quota, &row, NULL));
    row.user = COX_NULL;
    REFUSED(COX_INVALID, "user",
        firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_quota, &row, NULL));
}

/* ---- a rep ---- */

static void look_at_progress(struct firm *f, const struct cox_brief *brief)
{
    const struct cox_brief_section *progress = section_of(brief, "progress");
    int64_t from = cox_day_ymd(2026, 4, 1), today = FIRM_TODAY - from;

    (void)f;
    assert_non_null(progress);
    assert_int_equal(progress->row_count, 91);
    assert_int_equal(progress->cells[today * 4 + 1].number, NUMBER("quarter", NULL, "won"));
    assert_int_equal(progress->cells[(today + 1) * 4 + 1].kind, COX_VALUE_NULL);
    assert_int_equal(progress->cells[90 * 4 + 2].number, NUMBER("quarter", NULL, "target"));
    assert_int_equal(progress->cells[today * 4 + 1].number - progress->cells[today * 4 + 2].number,
        NUMBER("quarter", NULL, "gap"));
}

static void look_at_desk(struct firm *f, const struct cox_brief *brief)
{
    look_at_progress(f, brief);
    assert_int_equal(NUMBER("quarter", NULL, "target"), 500000);
    assert_int_equal(section_of(brief, "next_steps")->row_count, 2);
    assert_int_equal(cell_of(brief, "next_steps", "Ring back", "overdue_days")->number, 2);
    assert_int_equal(section_of(brief, "closing")->row_count, 1);
    assert_int_equal(NUMBER("closing", "Mine", "amount"), 4000);
    assert_int_equal(NUMBER("next_one_on_one", "Mia", "day"), FIRM_TODAY + 2);
    assert_int_equal(NUMBER("next_one_on_one", "Mia", "last_day"), FIRM_TODAY - 12);
    assert_int_equal(NUMBER("activity", "Call", "count"), 1);
    assert_int_equal(NUMBER("activity", "Call", "before_count"), 1);
}

static void act(struct firm *f, const char *subject, int64_t owner, int64_t due_day,
    int64_t done_day)
{
    struct cox_activity activity;

    cox_struct_init(&cox_activity, &activity);
    activity.kind = COX_ACTIVITY_CALL;
    activity.subject = cox_text_of(subject);
    activity.owner = owner;
    activity.due_day = due_day;
    activity.done_day = done_day;
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_activity, &activity, NULL));
}

static int64_t hold_talk(struct firm *f, const struct team *t, int64_t person, int64_t day);

static void test_a_rep_has_a_brief_of_the_own_work(void **state)
{
    struct firm *f = firm_of(state);
    struct team t = make_team(f);
    struct cox_actor ada = firm_actor(t.ada, COX_REP);
    struct view view = {.f = f, .ask = {.hat = COX_REP}};

    quota(f, t.ada, cox_day_ymd(2026, 4, 1), cox_day_ymd(2026, 7, 1), 500000);
    (void)closed_deal(f, "Won", t.ada, 7000, WON, FIRM_TODAY - 3);
    (void)closed_deal(f, "Another's", t.ben, 9000, WON, FIRM_TODAY - 3);
    (void)open_deal(f, "Mine", t.ada, 4000, PROPOSAL, FIRM_TODAY + 1);
    (void)open_deal(f, "Ben's", t.ben, 5000, PROPOSAL, FIRM_TODAY + 1);
    act(f, "Ring back", t.ada, FIRM_TODAY - 2, COX_NULL);
    act(f, "Ben's call", t.ben, FIRM_TODAY - 2, COX_NULL);
    act(f, "Rung", t.ada, COX_NULL, FIRM_TODAY - 6);
    act(f, "Rung before", t.ada, COX_NULL, FIRM_TODAY - 7);
    (void)hold_talk(f, &t, t.ada, FIRM_TODAY - 12);
    (void)hold_talk(f, &t, t.ada, FIRM_TODAY + 2);
    (void)see(f, ada, now, COX_REP, look_at_desk);
    assert_int_equal(firm_read(f, firm_operator, now, make_view, &view), COX_INVALID);
}

/* ---- the leader ---- */

static int64_t hold_talk(struct firm *f, const struct team *t, int64_t person, int64_t day)
{
    struct cox_one_on_one talk;
    int64_t id;

    cox_struct_init(&cox_one_on_one, &talk);
    talk.leader = t->mia;
    talk.person = person;
    talk.day = day;
    talk.state = day <= FIRM_TODAY ? COX_ONE_ON_ONE_HELD : COX_ONE_ON_ONE_PLANNED;
    talk.shared_note = COX_LIT("shared between two");
    OK(firm_create(f, mia(t), COX_CAUSE_UI, &cox_one_on_one, &talk, &id));
    return id;
}

static void look_at_crew(struct firm *f, const struct cox_brief *brief)
{
    (void)f;
    assert_int_equal(section_of(brief, "one_on_ones")->row_count, 2);
    assert_int_equal(cell_of(brief, "one_on_ones", "佐久間 花子", "last_day")->kind,
        COX_VALUE_NULL);
    assert_int_equal(NUMBER("one_on_ones", "Ada Öztürk", "days_since"), 12);
    assert_int_equal(NUMBER("one_on_ones", "Ada Öztürk", "next_day"), FIRM_TODAY + 2);
    assert_true(
        cox_text_same(cell_of(brief, "one_on_ones", "Ada Öztürk", "last")->text, COX_LIT("hh")));
    assert_true(cox_text_same(cell_of(brief, "one_on_ones", "佐久間 花子", "why")->text,
        COX_LIT("no 1:1 held yet")));
    assert_int_equal(section_of(brief, "promises")->row_count, 1);
    assert_int_equal(NUMBER("promises", NULL, "overdue_days"), 4);
    assert_int_equal(section_of(brief, "wins")->row_count, 2); /* 14 days; of those Mia sees */
    assert_int_equal(NUMBER("load", "佐久間 花子", "count"), 2);
    assert_true(cell_of(brief, "load", "佐久間 花子", "count_ratio")->real == 2 / 1.5);
    assert_int_equal(section_of(brief, "newcomers")->row_count, 1);
    assert_int_equal(NUMBER("newcomers", "Ada Öztürk", "days"), 100);
    assert_int_equal(NUMBER("newcomers", "Ada Öztürk", "won_90"), 100001 + 777 + 4);
}

static void test_the_leader_sees_own_talks_and_nobody_else_does(void **state)
{
    struct firm *f = firm_of(state);
    struct team t = make_team(f);
    struct cox_private_note note;
    struct cox_action_item item;
    const char *text;
    int64_t talk, id;

    fill_quarter(f, &t);
    (void)closed_deal(f, "Small", t.ada, 4, WON, FIRM_TODAY - 13);
    OK(firm_change(f, firm_operator, &cox_user, t.ada, COX_USER_HIRE_DAY,
        cox_int(FIRM_TODAY - 100)));
    (void)hold_talk(f, &t, t.ada, FIRM_TODAY - 40);
    talk = hold_talk(f, &t, t.ada, FIRM_TODAY - 12);
    (void)hold_talk(f, &t, t.ada, FIRM_TODAY + 2);
    cox_struct_init(&cox_private_note, &note);
    note.author = t.mia;
    note.other = t.ada;
    note.one_on_one = talk;
    note.text = COX_LIT("for myself");
    OK(firm_create(f, mia(&t), COX_CAUSE_UI, &cox_private_note, &note, &id));
    cox_struct_init(&cox_action_item, &item);
    item.author = t.mia;
    item.other = t.ada;
    item.owner = t.ada;
    item.text = COX_LIT("Send the list");
    item.due_day = FIRM_TODAY - 4;
    OK(firm_create(f, mia(&t), COX_CAUSE_UI, &cox_action_item, &item, NULL));
    item.due_day = FIRM_TODAY + 8; /* not due yet */
    OK(firm_create(f, mia(&t), COX_CAUSE_UI, &cox_action_item, &item, NULL));

    (void)see(f, mia(&t), now, COX_LEADER, look_at_crew);
    text = see(f, firm_operator, now, COX_LEADER, NULL);
    assert_non_null(strstr(text, "ask with --user"));
    assert_null(strstr(text, "Send the list"));
    text = see(f, firm_actor(t.eve, COX_LEADER), now, COX_LEADER, NULL);
    assert_null(strstr(text, "Send the list"));

    assert_int_equal(
        firm_load(f, firm_operator, now, &cox_one_on_one, talk, &(struct cox_one_on_one){0}),
        COX_MISSING);
    OK(firm_load(f, firm_actor(t.ada, COX_REP), now, &cox_private_note, id, &note));
    assert_null(note.text.ptr); /* that it exists, not what it says */
    REFUSED(COX_INVALID, "reason",
        firm_change(f, mia(&t), &cox_action_item, id + 1, COX_ACTION_ITEM_STATE,
            cox_int(COX_ACTION_ITEM_DROPPED)));
}

/* ---- layout ---- */

static void test_no_line_is_wider_than_the_terminal(void **state)
{
    struct firm *f = firm_of(state);
    struct team t = make_team(f);
    struct view view = {.f = f, .ask = {.hat = COX_MANAGER}};

    fill_quarter(f, &t);
    for (view.width = COX_WIDTH_MIN; view.width <= 160; view.width += 3) {
        struct cox_text rest;

        view.ask.hat = view.ask.hat == COX_MANAGER ? COX_LEADER : COX_MANAGER;
        OK(firm_read(f, firm_operator, now, make_view, &view));
        rest = cox_text_of(view.text);
        assert_true(cox_text_is_utf8(rest));
        while (rest.ptr != NULL) {
            struct cox_text line = cox_text_split(&rest, '\n');

            if (cox_text_columns(line) > view.width) {
                print_message("# %zu: %.*s\n", view.width, (int)line.size, line.ptr);
            }
            assert_true(cox_text_columns(line) <= view.width);
        }
    }
    assert_int_equal(cox_text_columns(COX_LIT("佐久間 花子")), 11);
    assert_int_equal(cox_text_columns(COX_LIT("e\xcc\x81")), 1);
    assert_int_equal(cox_text_fit(COX_LIT("佐久間"), 3).size, 3);
}

/* ---- the command ---- */

static int run(struct firm *f, char **ret_out, char **ret_err, const char *const *words, int count)
{
    const char *argv[16] = {"coxswain", "brief", "--db", f->place.url};
    size_t out_size, err_size;
    FILE *out = open_memstream(ret_out, &out_size), *err = open_memstream(ret_err, &err_size);
    int status;

    for (int i = 0; i < count; i++) {
        argv[4 + i] = words[i];
    }
    status = cox_cli_main(4 + count, argv, out, err);
    fclose(out);
    fclose(err);
    return status;
}

static void test_the_command_writes_json(void **state)
{
    struct firm *f = firm_of(state);
    struct team t = make_team(f);
    const char *words[] = {"--json", "--as-of", "2026-05-20", "--user", "mia@example.com"};
    const char *no_hat[] = {"--user", "eve@example.com", "--hat", "leader"};
    const char *no_team[] = {"--team", "Nowhere"};
    const char *bad_hat[] = {"--hat", "fool"};
    char *out, *err;
    json_t *json;

    fill_quarter(f, &t);
    assert_int_equal(run(f, &out, &err, words, 5), COX_EXIT_DONE);
    json = json_loads(out, 0, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "day")), "2026-05-20");
    assert_int_equal(
        json_integer_value(json_object_get(
            json_array_get(
                json_object_get(json_object_get(json_object_get(json, "sections"), "quarter"),
                    "rows"),
                0),
            "won_minor")),
        160001);
    json_decref(json);
    free(out);
    free(err);
    assert_int_equal(run(f, &out, &err, no_hat, 4), COX_EXIT_MISSING);
    assert_non_null(strstr(err, "does not wear the leader's hat"));
    free(out);
    free(err);
    assert_int_equal(run(f, &out, &err, no_team, 2), COX_EXIT_MISSING);
    free(out);
    free(err);
    assert_int_equal(run(f, &out, &err, bad_hat, 2), COX_EXIT_USAGE);
    free(out);
    free(err);
}

/* Last: the briefs above were not made of the records twice. */
static void test_most_briefs_came_of_a_book_too(void **state)
{
    (void)state;
    assert_true(compared_count >= 10);
    assert_true(outlook_count >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_figures_are_those_counted_by_hand),
        BOTH(test_an_earlier_quarter_is_counted_whole),
        BOTH(test_a_team_has_its_own_brief),
        BOTH(test_the_operator_sees_the_company_and_a_rep_oneself),
        BOTH(test_a_brief_of_an_earlier_commit_stays_as_it_was),
        BOTH(test_a_week_of_moves_adds_up),
        BOTH(test_stuck_is_learnt_from_won_deals),
        BOTH(test_nobody_sets_ones_own_quota),
        BOTH(test_a_rep_has_a_brief_of_the_own_work),
        BOTH(test_the_leader_sees_own_talks_and_nobody_else_does),
        BOTH(test_no_line_is_wider_than_the_terminal),
        BOTH(test_the_command_writes_json),
        cmocka_unit_test(test_most_briefs_came_of_a_book_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
