/* Tests of one whole import: the Maven set by one command, on both engines. */
#include <signal.h>
#include <sys/wait.h>

#include "base/day.h"
#include "intake.h"
#include "org/people.h"
#include "record/undo.h"
#include "sales/account.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/product.h"

enum { ROWS = 8800, PEOPLE_MAX = 60 };

/* ---- what the files say, read apart from the importer ---- */

struct sums {
    int64_t manager_won_minor[PEOPLE_MAX];
    char manager[PEOPLE_MAX][60];
    size_t manager_count;
    char agent[PEOPLE_MAX][60];
    size_t agent_manager[PEOPLE_MAX];
    size_t agent_count;
    int64_t won, lost, engaging, prospecting;
    int64_t engaged_on_day; /* in "Engaging" at the end of that day */
};

/* Field at of a line without quotes, into room. */
static void cut(const char *line, int at, char *room, size_t size)
{
    size_t n = 0;

    for (; at > 0; line++) {
        at -= *line == ',';
    }
    while (
        line[n] != ',' && line[n] != '\r' && line[n] != '\n' && line[n] != '\0' && n + 1 < size) {
        room[n] = line[n];
        n++;
    }
    room[n] = '\0';
}

static size_t find_name(char names[][60], size_t *count, const char *name)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    assert_true(*count < PEOPLE_MAX);
    (void)snprintf(names[*count], 60, "%s", name);
    return (*count)++;
}

static void sum_team_line(struct sums *sums, const char *line)
{
    char agent[60], manager[60];

    cut(line, 0, agent, sizeof agent);
    cut(line, 1, manager, sizeof manager);
    sums->agent_manager[find_name(sums->agent, &sums->agent_count, agent)] =
        find_name(sums->manager, &sums->manager_count, manager);
}

static void sum_deal_line(struct sums *sums, const char *line, const char *day)
{
    char agent[60], stage[30], engaged[20], closed[20], value[20];

    cut(line, 1, agent, sizeof agent);
    cut(line, 4, stage, sizeof stage);
    cut(line, 5, engaged, sizeof engaged);
    cut(line, 6, closed, sizeof closed);
    cut(line, 7, value, sizeof value);
    sums->won += strcmp(stage, "Won") == 0;
    sums->lost += strcmp(stage, "Lost") == 0;
    sums->engaging += strcmp(stage, "Engaging") == 0;
    sums->prospecting += strcmp(stage, "Prospecting") == 0;
    sums->engaged_on_day += engaged[0] != '\0' && strcmp(engaged, day) <= 0 &&
                            (closed[0] == '\0' || strcmp(closed, day) > 0);
    if (strcmp(stage, "Won") == 0) {
        size_t at = find_name(sums->agent, &sums->agent_count, agent);

        sums->manager_won_minor[sums->agent_manager[at]] +=
            (int64_t)(strtod(value, NULL) * 100 + 0.5);
    }
}

static void each_line(struct intake *in, const char *path, void (*fn)(struct sums *, const char *),
    struct sums *sums)
{
    size_t size;
    char *text = intake_read(in, path, &size);

    for (char *line = strchr(text, '\n'); line != NULL && line[1] != '\0';
         line = strchr(line + 1, '\n')) {
        fn(sums, line + 1);
    }
}

static void sum_deal(struct sums *sums, const char *line)
{
    sum_deal_line(sums, line, "2017-06-01");
}

static void sum_files(struct intake *in, const char *folder, struct sums *sums)
{
    memset(sums, 0, sizeof *sums);
    each_line(in, cox_arena_format(in->arena, "%s/sales_teams.csv", folder), sum_team_line, sums);
    each_line(in, cox_arena_format(in->arena, "%s/sales_pipeline.csv", folder), sum_deal, sums);
}

/* ---- what the store says ---- */

struct stored {
    int64_t stage[4], label_count;
    char label[4][30];
    int64_t stage_rows[4];
    int64_t user[PEOPLE_MAX], manager[PEOPLE_MAX];
    size_t line_count;
    int64_t won_minor[PEOPLE_MAX]; /* by line */
    int64_t won_stage;
    int64_t reps, managers, offices, no_account;
};

static void take_stage(void *ctx, const struct cox_row *row)
{
    struct stored *stored = ctx;
    struct cox_text label = cox_row_text(row, COX_STAGE_LABEL);

    assert_true(stored->label_count < 4);
    stored->stage[stored->label_count] = row->id;
    if (cox_row_int(row, COX_STAGE_KIND) == COX_STAGE_WON) {
        stored->won_stage = row->id;
    }
    (void)snprintf(stored->label[stored->label_count++], 30, "%.*s", (int)label.size, label.ptr);
}

static void take_line(void *ctx, const struct cox_row *row)
{
    struct stored *stored = ctx;

    stored->user[stored->line_count] = cox_row_int(row, COX_REPORTING_LINE_USER);
    stored->manager[stored->line_count++] = cox_row_int(row, COX_REPORTING_LINE_MANAGER);
}

static void take_hat(void *ctx, const struct cox_row *row)
{
    struct stored *stored = ctx;

    stored->reps += cox_row_int(row, COX_HAT_ROLE) == COX_REP;
    stored->managers += cox_row_int(row, COX_HAT_ROLE) == COX_MANAGER;
}

static void take_team(void *ctx, const struct cox_row *row)
{
    struct stored *stored = ctx;

    stored->offices += cox_row_int(row, COX_TEAM_KIND) == COX_TEAM_OFFICE;
}

static void take_deal(void *ctx, const struct cox_row *row)
{
    struct stored *stored = ctx;
    int64_t stage = cox_row_int(row, COX_OPPORTUNITY_STAGE);

    stored->no_account += cox_row_int(row, COX_OPPORTUNITY_ACCOUNT) == COX_NULL;
    for (int i = 0; i < 4; i++) {
        stored->stage_rows[i] += stored->stage[i] == stage;
    }
    for (size_t i = 0; stage == stored->won_stage && i < stored->line_count; i++) {
        if (stored->user[i] == cox_row_int(row, COX_OPPORTUNITY_OWNER)) {
            stored->won_minor[i] += cox_row_int(row, COX_OPPORTUNITY_AMOUNT);
        }
    }
}

static void take_all(struct intake *in, struct cox_as_of as_of, struct stored *stored)
{
    memset(stored, 0, sizeof *stored);
    intake_each(in, &cox_stage, (struct cox_as_of){0}, take_stage, stored);
    intake_each(in, &cox_reporting_line, (struct cox_as_of){0}, take_line, stored);
    intake_each(in, &cox_hat, (struct cox_as_of){0}, take_hat, stored);
    intake_each(in, &cox_team, (struct cox_as_of){0}, take_team, stored);
    intake_each(in, &cox_opportunity, as_of, take_deal, stored);
}

static int64_t in_stage(const struct stored *stored, const char *label)
{
    for (int i = 0; i < stored->label_count; i++) {
        if (strcmp(stored->label[i], label) == 0) {
            return stored->stage_rows[i];
        }
    }
    return -1;
}

/* ---- the tests ---- */

static void test_one_command_takes_all_of_it(void **state)
{
    struct intake *in = intake_of(state);
    const char *folder = intake_shared(in, "maven-crm");
    struct stored stored;
    struct sums sums;

    sum_files(in, folder, &sums);
    intake_import(in, folder, NULL);
    COUNTS(in, "sales_teams.csv", 35, 35, 0, 0, 0);
    COUNTS(in, "products.csv", 7, 7, 0, 0, 0);
    COUNTS(in, "accounts.csv", 85, 85, 0, 0, 0);
    COUNTS(in, "sales_pipeline.csv", ROWS, ROWS, 0, 0, 0);
    assert_true(intake_file(in, "data_dictionary.csv")->is_skipped);
    take_all(in, (struct cox_as_of){0}, &stored);
    assert_int_equal(in_stage(&stored, "Won"), 4238);
    assert_int_equal(in_stage(&stored, "Lost"), 2473);
    assert_int_equal(in_stage(&stored, "Engaging"), 1589);
    assert_int_equal(in_stage(&stored, "Prospecting"), 500);
    assert_int_equal(stored.reps, 35);
    assert_int_equal(stored.managers, 6);
    assert_int_equal(stored.offices, 3);
    assert_int_equal(stored.line_count, 35);
    assert_int_equal(stored.no_account, 1425);
    assert_int_equal(sums.manager_count, 6);
    for (size_t m = 0; m < sums.manager_count; m++) {
        int64_t id = intake_find(in, &cox_user, sums.manager[m])->id, won_minor = 0;

        for (size_t i = 0; i < stored.line_count; i++) {
            won_minor += stored.manager[i] == id ? stored.won_minor[i] : 0;
        }
        assert_int_equal(won_minor, sums.manager_won_minor[m]);
    }
}

static void test_the_dictionary_gives_units(void **state)
{
    struct intake *in = intake_of(state);

    intake_import(in, intake_shared(in, "maven-crm"), NULL);
    /* 1100.04 in the file, "in millions of USD" in the dictionary. */
    assert_int_equal(
        cox_row_int(intake_find(in, &cox_account, "Acme Corporation"), COX_ACCOUNT_ANNUAL_REVENUE),
        INT64_C(110004000000));
}

static void test_a_near_name_is_proposed_not_taken(void **state)
{
    struct intake *in = intake_of(state);
    const char *folder = intake_shared(in, "maven-crm");
    const struct cox_import_opt with_map = {.from = -1,
        .map_path = cox_arena_format(in->arena, "%s/import.map", in->folder)};
    const struct cox_import_file *told;
    const struct cox_row *deal;
    size_t size;

    intake_import(in, folder, NULL);
    assert_int_equal(in->report.unmatched_count, 1480);
    assert_non_null(in->report.map_path);
    assert_non_null(
        strstr(intake_read(in, in->report.map_path, &size), "value product: GTXPro = GTX Pro"));
    told = intake_file(in, "sales_pipeline.csv");
    assert_int_equal(told->unknown_count, 1);
    assert_string_equal(told->unknowns[0].column, "product");
    assert_string_equal(told->unknowns[0].text, "GTXPro");
    assert_string_equal(told->unknowns[0].near, "GTX Pro");
    assert_int_equal(told->unknowns[0].count, 1480);
    deal = intake_find(in, &cox_opportunity, "Isdom: GTXPro");
    assert_int_equal(cox_row_int(deal, COX_OPPORTUNITY_PRODUCT), COX_NULL);
    assert_true(
        cox_text_same(cox_row_text(deal, COX_OPPORTUNITY_UNMATCHED), COX_LIT("product: GTXPro")));

    intake_import(in, folder, &with_map);
    COUNTS(in, "sales_pipeline.csv", ROWS, 0, 1480, ROWS - 1480, 0);
    deal = intake_find(in, &cox_opportunity, "Isdom: GTXPro");
    assert_int_equal(cox_row_int(deal, COX_OPPORTUNITY_PRODUCT),
        intake_find(in, &cox_product, "GTX Pro")->id);
    assert_null(cox_row_text(deal, COX_OPPORTUNITY_UNMATCHED).ptr);
}

static void test_the_same_files_again_leave_no_trace(void **state)
{
    struct intake *in = intake_of(state);
    const char *folder = intake_shared(in, "maven-crm");
    char before[65], after[65];
    int64_t head;

    intake_import(in, folder, NULL);
    head = intake_head(in);
    intake_digest(in, before);
    intake_import(in, folder, NULL);
    COUNTS(in, "sales_teams.csv", 35, 0, 0, 35, 0);
    COUNTS(in, "sales_pipeline.csv", ROWS, 0, 0, ROWS, 0);
    assert_int_equal(in->report.batch, 0);
    assert_int_equal(intake_head(in), head);
    intake_digest(in, after);
    assert_string_equal(before, after);
}

static void test_the_pipeline_as_it_stood(void **state)
{
    struct intake *in = intake_of(state);
    const char *folder = intake_shared(in, "maven-crm");
    struct cox_as_of then = {.at_us = (cox_day_ymd(2017, 6, 2) * INT64_C(86400) * 1000000) - 1};
    struct stored stored;
    struct sums sums;

    sum_files(in, folder, &sums);
    intake_import(in, folder, NULL);
    take_all(in, then, &stored);
    assert_int_equal(in_stage(&stored, "Engaging"), sums.engaged_on_day);
}

/* The dates of sales_pipeline.csv in another order. */
static void write_variant(struct intake *in, const char *folder, bool day_first)
{
    static const char *const others[] = {"accounts.csv", "products.csv", "sales_teams.csv",
        "data_dictionary.csv"};
    struct cox_buf buf;
    size_t size;
    char *text =
        intake_read(in, cox_arena_format(in->arena, "%s/sales_pipeline.csv", folder), &size);

    cox_buf_init(&buf, (size_t)1 << 24);
    for (char *at = text; *at != '\0';) {
        int y, m, d, used = 0;

        if (*at == ',' && sscanf(at, ",%4d-%2d-%2d%n", &y, &m, &d, &used) == 3 && used == 11) {
            cox_buf_add_char(&buf, ',');
            if (day_first) {
                cox_buf_format(&buf, "%02d-%02d-%d", d, m, y);
            } else {
                cox_buf_format(&buf, "%d/%d/%d", m, d, y);
            }
            at += used;
        } else {
            cox_buf_add_char(&buf, *at++);
        }
    }
    (void)intake_write(in, "sales_pipeline.csv", buf.ptr, buf.size);
    cox_buf_done(&buf);
    for (size_t i = 0; i < COX_COUNT(others); i++) {
        text = intake_read(in, cox_arena_format(in->arena, "%s/%s", folder, others[i]), &size);
        (void)intake_write(in, others[i], text, size);
    }
}

static void test_other_date_forms_give_the_same_state(void **state)
{
    struct intake *in = intake_of(state);
    const char *folder = intake_shared(in, "maven-crm");
    char wanted[65], got[65];

    intake_import(in, folder, NULL);
    intake_digest(in, wanted);
    for (int i = 0; i < 2; i++) {
        struct intake *other;
        void *other_state;

        assert_int_equal(in->place.engine == COX_SQLITE ? intake_sqlite(&other_state)
                                                        : intake_postgres(&other_state),
            0);
        other = other_state;
        write_variant(other, folder, i == 0);
        intake_import(other, other->folder, NULL);
        intake_digest(other, got);
        assert_string_equal(got, wanted);
        (void)intake_close(&other_state);
    }
}

static void test_an_import_is_taken_back_as_a_whole(void **state)
{
    struct intake *in = intake_of(state);
    const char *folder = intake_shared(in, "maven-crm");
    struct cox_undo_report undone;
    struct cox_undo_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)}};

    intake_import(in, folder, NULL);
    opt.target.batch = in->report.batch;
    OK(cox_undo(in->store, &opt, &undone, &in->err));
    assert_int_equal(intake_count(in, &cox_opportunity), 0);
    assert_int_equal(intake_count(in, &cox_account), 0);
    intake_import(in, folder, NULL);
    assert_int_equal(intake_count(in, &cox_opportunity), ROWS);
    assert_int_equal(intake_count(in, &cox_account), 85);
}

/* The process is killed in the middle; the same command goes on. */
static void test_after_a_crash_the_same_command_goes_on(void **state)
{
    struct intake *in = intake_of(state);
    const char *folder = intake_shared(in, "maven-crm");
    struct cox_import_opt stop = {.from = -1, .stop_after = 4};
    const struct cox_import_file *file;
    int status;
    pid_t child;

    cox_store_close(in->store);
    in->store = NULL;
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        intake_open(in);
        intake_import(in, folder, &stop);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

    intake_open(in);
    assert_true(intake_count(in, &cox_opportunity) > 0);
    assert_true(intake_count(in, &cox_opportunity) < ROWS);
    intake_import(in, folder, NULL);
    assert_true(in->report.is_resumed);
    file = intake_file(in, "sales_pipeline.csv");
    assert_int_equal(file->read, ROWS);
    assert_int_equal(file->created, ROWS);
    assert_int_equal(intake_count(in, &cox_opportunity), ROWS);
    assert_int_equal(intake_count(in, &cox_account), 85);
    intake_import(in, folder, NULL);
    assert_int_equal(in->report.batch, 0);
}

static void test_a_dry_run_counts_the_same_and_keeps_nothing(void **state)
{
    struct intake *in = intake_of(state);
    const char *folder = intake_shared(in, "maven-crm");
    const struct cox_import_opt dry = {.from = -1, .dry_run = true};
    int64_t head = intake_head(in);

    intake_import(in, folder, &dry);
    COUNTS(in, "sales_pipeline.csv", ROWS, ROWS, 0, 0, 0);
    assert_int_equal(intake_head(in), head);
    assert_int_equal(intake_count(in, &cox_opportunity), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_one_command_takes_all_of_it),
        SQLITE(test_the_dictionary_gives_units),
        SQLITE(test_a_near_name_is_proposed_not_taken),
        BOTH(test_the_same_files_again_leave_no_trace),
        SQLITE(test_the_pipeline_as_it_stood),
        SQLITE(test_other_date_forms_give_the_same_state),
        BOTH(test_an_import_is_taken_back_as_a_whole),
        SQLITE(test_after_a_crash_the_same_command_goes_on),
        BOTH(test_a_dry_run_counts_the_same_and_keeps_nothing),
    };

    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
