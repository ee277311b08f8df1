/* command/report.c: coxswain report pipeline: the measures of the API for a terminal, as JSON or as CSV. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/money.h"
#include "command/brief_text.h"
#include "command/command.h"
#include "org/actor.h"
#include "org/people.h"
#include "sales/measure_route.h"
#include "sales/pipeline.h"
#include "sales/product.h"
#include "sales/team.h"

static const struct cox_option options[] = {
    {"measure", "NAMES", "which, with commas (usual: the pipeline, won, lost, win rate)", false},
    {"by", "NAMES", "one or two of owner, team, stage, product, month, quarter, week, day", false},
    {"period", "PERIOD", "2026-Q1, 2026, 2026-03, a day, or FROM..TO (usual: the quarter)", false},
    {"as-of", "WHEN", "as it stood then: a date, an instant, seq:NUMBER, or last (closing)", false},
    {"view", "VIEW", "was (usual): teams and calendar of the instant; is: those of today", false},
    {"team", "TEAM", "only the people of this team and those below it: name or number", false},
    {"user", "PERSON", "as this person sees it: e-mail address or number", false},
    {"csv", NULL, "as CSV", false},
    {0},
};

static const char usual_measures[] = "pipeline_count,pipeline,weighted,won,lost,win_rate";

struct report {
    struct cox_cli *cli;
    struct cox_measure_query query;
    struct cox_actor actor;
    struct cox_analysis a;
    struct cox_measure_result result, total;
};

/* ---- cells as text ---- */

static enum cox_rc key_text(struct report *r, size_t at, int64_t key, struct cox_text *ret_text,
    struct cox_err *reterr)
{
    static const struct cox_entity *const entities[COX_BY_COUNT] = {[COX_BY_OWNER] = &cox_user,
        [COX_BY_TEAM] = &cox_team,
        [COX_BY_STAGE] = &cox_stage,
        [COX_BY_PRODUCT] = &cox_product};
    const struct cox_entity *entity = entities[r->query.ask.by[at]];
    char day[COX_DAY_SIZE];

    if (entity == NULL) {
        cox_day_format(key, day);
        *ret_text = cox_arena_text(cox_call_arena(r->a.call), cox_text_of(day));
        return ret_text->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
    }
    *ret_text = COX_LIT("(none)");
    if (key != 0) {
        COX_TRY(cox_ref_name(r->a.call, entity, key, ret_text, reterr));
    }
    *ret_text = ret_text->ptr == NULL ? COX_LIT("(hidden)") : *ret_text;
    return COX_OK;
}

/* What a measure is of these sums: minor units, a count, or a real; none where nothing can be said. */
static struct cox_value value_of(const struct cox_sales_measure *measure, const int64_t *sums)
{
    double value;

    if (measure->value == NULL) {
        return cox_int(sums[measure->sum]);
    }
    value = measure->value(sums);
    if (measure->unit == COX_UNIT_MONEY || measure->unit == COX_UNIT_MONEY_A_DAY ||
        measure->unit == COX_UNIT_COUNT) {
        return isfinite(value) && fabs(value) < 9e18 ? cox_int((int64_t)nearbyint(value))
                                                     : cox_null();
    }
    return cox_real(value);
}

/* ---- a table ---- */

static enum cox_brief_kind kind_of(const struct cox_sales_measure *measure)
{
    switch (measure->unit) {
    case COX_UNIT_MONEY:
    case COX_UNIT_MONEY_A_DAY:
        return COX_BRIEF_MONEY;
    case COX_UNIT_SHARE:
        return COX_BRIEF_SHARE;
    case COX_UNIT_DAYS:
        return COX_BRIEF_DAYS;
    case COX_UNIT_RATIO:
        return COX_BRIEF_RATIO;
    case COX_UNIT_COUNT:
    case COX_UNIT_COUNT_OF:
        break;
    }
    return COX_BRIEF_COUNT;
}

static size_t key_count(const struct report *r)
{
    return (r->query.ask.by[0] != COX_BY_NOTHING ? 1U : 0U) +
           (r->query.ask.by[1] != COX_BY_NOTHING ? 1U : 0U);
}

static enum cox_rc add_row(struct report *r, struct cox_brief *brief,
    struct cox_brief_section *section, const struct cox_measure_row *row, bool is_total,
    struct cox_err *reterr)
{
    struct cox_value cells[COX_MEASURES_MAX + 2];
    size_t keys = key_count(r);

    for (size_t i = 0; i < keys; i++) {
        struct cox_text text = i == 0 ? COX_LIT("Total") : COX_LIT("");
        if (!is_total) {
            COX_TRY(key_text(r, i, row->keys[i], &text, reterr));
        }
        cells[i] = cox_text_value(text);
    }
    for (size_t i = 0; i < r->query.count; i++) {
        struct cox_value value = value_of(r->query.measures[i], row->sums);
        bool is_days = r->query.measures[i]->unit == COX_UNIT_DAYS;
        cells[keys + i] =
            is_days && value.kind == COX_VALUE_REAL ? cox_int(llround(value.real)) : value;
    }
    return cox_brief_row(brief, section, cells, reterr);
}

static enum cox_rc fill_section(struct report *r, struct cox_brief *brief, struct cox_err *reterr)
{
    static const char *const labels[COX_BY_COUNT] = {"", "Owner", "Team", "Stage", "Product",
        "Month", "Quarter"};
    struct cox_brief_column *columns =
        COX_NEW_ARRAY(cox_call_arena(r->a.call), COX_MEASURES_MAX + 2, struct cox_brief_column);
    size_t keys = key_count(r);
    struct cox_brief_section *section;
    char day[COX_DAY_SIZE];

    if (columns == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < keys; i++) {
        columns[i] = (struct cox_brief_column){cox_measure_by_name(r->query.ask.by[i]),
            labels[r->query.ask.by[i]], COX_BRIEF_TEXT};
    }
    for (size_t i = 0; i < r->query.count; i++) {
        columns[keys + i] = (struct cox_brief_column){r->query.measures[i]->name,
            r->query.measures[i]->label, kind_of(r->query.measures[i])};
    }
    section =
        cox_brief_section(brief, "pipeline", r->a.period.label, columns, keys + r->query.count);
    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    cox_day_format(brief->day, day);
    section->note = cox_arena_format(cox_call_arena(r->a.call), "As of %s; money in %.*s.", day,
        (int)brief->currency.size, brief->currency.ptr == NULL ? "" : brief->currency.ptr);
    for (size_t i = 0; i < r->result.count && keys > 0; i++) {
        COX_TRY(add_row(r, brief, section, &r->result.rows[i], false, reterr));
    }
    return add_row(r, brief, section,
        r->total.count > 0 ? &r->total.rows[0] : &(const struct cox_measure_row){0}, true, reterr);
}

static enum cox_rc write_text(struct report *r, struct cox_err *reterr)
{
    struct cox_brief brief = {.call = r->a.call,
        .hat = COX_MANAGER,
        .day = cox_call_as_of_day(r->a.call),
        .period = r->a.period,
        .currency = cox_call_currency(r->a.call)};
    struct cox_sink sink = cox_cli_sink(r->cli);
    struct cox_buf buf;
    enum cox_rc rc;

    brief.last = &brief.first;
    COX_TRY(fill_section(r, &brief, reterr));
    cox_buf_init(&buf, 16 << 20);
    cox_brief_write_sections(&brief, cox_terminal_width(fileno(r->cli->out)), &buf);
    rc = buf.failed ? cox_no_memory(reterr) : sink.write(sink.ctx, buf.ptr, buf.size, reterr);
    cox_buf_done(&buf);
    return rc;
}

/* ---- CSV ---- */

static void csv_value(struct report *r, struct cox_csv_out *out,
    const struct cox_sales_measure *measure, const int64_t *sums)
{
    struct cox_value value = value_of(measure, sums);
    char text[COX_NUM_TEXT_MAX];
    bool is_money = measure->unit == COX_UNIT_MONEY || measure->unit == COX_UNIT_MONEY_A_DAY;

    if (value.kind == COX_VALUE_NULL) {
        cox_csv_out_plain(out, "");
    } else if (is_money && r->a.iso != NULL) {
        cox_csv_out_plain(out, cox_money_format(value.number, r->a.iso, text));
    } else {
        if (value.kind == COX_VALUE_INT) {
            (void)snprintf(text, sizeof(text), "%lld", (long long)value.number); /* fits */
        } else {
            (void)snprintf(text, sizeof(text), "%.6g", value.real); /* likewise */
        }
        cox_csv_out_plain(out, text);
    }
}

static enum cox_rc write_csv(struct report *r, struct cox_err *reterr)
{
    struct cox_csv_out out;
    size_t keys = key_count(r);

    cox_csv_out_init(&out, cox_cli_sink(r->cli));
    for (size_t i = 0; i < keys; i++) {
        cox_csv_out_plain(&out, cox_measure_by_name(r->query.ask.by[i]));
    }
    for (size_t i = 0; i < r->query.count; i++) {
        cox_csv_out_plain(&out, r->query.measures[i]->name);
    }
    cox_csv_out_end_row(&out);
    for (size_t row = 0; row < r->result.count; row++) {
        for (size_t i = 0; i < keys; i++) {
            struct cox_text text;
            COX_TRY(key_text(r, i, r->result.rows[row].keys[i], &text, reterr));
            cox_csv_out_text(&out, text);
        }
        for (size_t i = 0; i < r->query.count; i++) {
            csv_value(r, &out, r->query.measures[i], r->result.rows[row].sums);
        }
        cox_csv_out_end_row(&out);
    }
    return cox_csv_out_done(&out, reterr);
}

/* ---- the figures ---- */

static enum cox_rc write_json(struct report *r, struct cox_err *reterr)
{
    cox_cli_json(r->cli, &r->a.json);
    cox_json_begin_object(&r->a.json);
    cox_analysis_put_head(&r->a);
    COX_TRY(cox_measure_query_put(&r->a, reterr));
    cox_json_end_object(&r->a.json);
    COX_TRY(cox_json_done(&r->a.json, reterr));
    return fputc('\n', r->cli->out) == EOF ? cox_fail(reterr, COX_IO, "writing the output failed")
                                           : COX_OK;
}

static enum cox_rc answer(struct report *r, struct cox_err *reterr)
{
    const struct cox_measure_ask *ask = &r->query.ask;
    const struct cox_measure_ask whole = {.period = ask->period,
        .wants = ask->wants,
        .as_it_is = ask->as_it_is,
        .owners = ask->owners,
        .owner_count = ask->owner_count};
    struct cox_analysis *a = &r->a;

    COX_TRY(cox_book_ask_of(a->call, a->generation, &a->ask, reterr));
    COX_TRY(cox_analysis_narrow(a, reterr));
    a->iso = cox_iso_currency_find(cox_call_currency(a->call));
    if (r->cli->is_json) {
        return write_json(r, reterr);
    }
    COX_TRY(cox_measure_sum_deals(a->call, a->generation, &a->ask, ask, r->query.frame, &r->result,
        reterr));
    COX_TRY(cox_measure_sum_deals(a->call, a->generation, &a->ask, &whole, r->query.frame,
        &r->total, reterr));
    return cox_cli_has(r->cli, "csv") ? write_csv(r, reterr) : write_text(r, reterr);
}

/* People, teams and calendar: as of the instant, or (view is) as of now. */
static enum cox_rc load_frame(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct report *r = ctx;
    const char *team_name = cox_cli_value(r->cli, "team");
    struct cox_text period = cox_text_of(cox_cli_value(r->cli, "period"));
    int64_t team;

    r->a.call = call;
    r->a.frame_day = cox_call_as_of_day(call);
    COX_TRY(cox_measure_query_check(call, &r->query, false, reterr));
    if (team_name != NULL) {
        COX_TRY(cox_team_find(call, cox_text_of(team_name), &team, reterr));
        COX_TRY(cox_analysis_load_people(&r->a, r->cli->arena, team, reterr));
    }
    COX_TRY(period.size > 0 ? cox_analysis_period(call, period, &r->a.period, reterr)
                            : cox_fiscal_at_day(call, COX_PERIOD_QUARTER, r->a.frame_day,
                                  &r->a.period, reterr));
    r->query.ask.period = r->a.period.span;
    r->query.ask.as_it_is = r->a.as_it_is;
    r->query.ask.owners = r->a.people;
    r->query.ask.owner_count = r->a.people_count;
    return cox_measure_frame_load(call, &r->query.ask, r->cli->arena, &r->query.frame, reterr);
}

static enum cox_rc make(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct report *r = ctx;
    const struct cox_book_generation *generation;
    enum cox_rc rc;

    if (r->query.frame == NULL) {
        COX_TRY(load_frame(call, r, reterr));
    }
    r->a.call = call;
    COX_TRY(cox_books_use(r->a.books, call, &generation, reterr));
    r->a.generation = generation;
    rc = r->a.as_it_is ? COX_OK : cox_book_stages_then(call, generation, &r->a.generation, reterr);
    rc = rc == COX_OK ? answer(r, reterr) : rc;
    cox_books_release(r->a.books, generation);
    return rc;
}

static enum cox_rc find_actor(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct report *r = ctx;

    return cox_actor_find(call, cox_text_of(cox_cli_value(r->cli, "user")), cox_call_today(call),
        &r->actor, reterr);
}

static enum cox_rc read_view(struct report *r, struct cox_err *reterr)
{
    const char *view = cox_cli_value(r->cli, "view");

    r->a.as_it_is = view != NULL && strcmp(view, "is") == 0;
    return view == NULL || r->a.as_it_is || strcmp(view, "was") == 0
               ? COX_OK
               : cox_fail(reterr, COX_INVALID, "--view is was or is");
}

static enum cox_rc read_and_make(struct report *r, struct cox_store *store, struct cox_err *reterr)
{
    struct cox_read_opt opt = cox_cli_read_opt();
    enum cox_rc rc;

    r->actor = cox_cli_actor();
    if (cox_cli_has(r->cli, "user")) {
        COX_TRY(cox_store_read(store, &opt, find_actor, r, reterr));
    }
    opt.actor = r->actor;
    if (r->a.as_it_is) {
        COX_TRY(cox_store_read(store, &opt, load_frame, r, reterr));
    }
    COX_TRY(cox_cli_as_of(store, cox_cli_value(r->cli, "as-of"), &opt.as_of, reterr));
    COX_TRY(cox_books_open(&r->a.books, reterr));
    rc = cox_store_read(store, &opt, make, r, reterr);
    cox_books_close(r->a.books);
    return rc;
}

static enum cox_rc run_pipeline(struct cox_cli *cli, struct cox_err *reterr)
{
    struct report *r = COX_NEW(cli->arena, struct report);
    const char *measures = cox_cli_value(cli, "measure"), *by = cox_cli_value(cli, "by");
    struct cox_store *store;

    if (r == NULL) {
        return cox_no_memory(reterr);
    }
    r->cli = cli;
    r->a.ctx = &r->query;
    COX_TRY(read_view(r, reterr));
    COX_TRY(cox_measure_query_parse(cox_text_of(measures == NULL ? usual_measures : measures),
        cox_text_of(by == NULL ? "stage" : by), &r->query, reterr));
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    return read_and_make(r, store, reterr);
}

static const struct cox_subcommand subcommands[] = {
    {"pipeline", "", "measures of the pipeline by any dimension, as of any instant", 0, 0,
        run_pipeline},
    {0},
};

const struct cox_command cox_command_report = {
    .name = "report",
    .usage = "",
    .line = "figures as the web app and the API show them",
    .help = "Measures of the pipeline, of quotas and activities by one or two dimensions, for\n"
            "a period, as of any instant: teams, stages and the fiscal calendar are those of\n"
            "then (--view is: of today). With --json\n"
            "it is the reply of the API's /measures/query, with the filter of the records\n"
            "behind each figure. Without --user it is the whole company's.\n"
            "\n"
            "  $ coxswain report pipeline\n"
            "  $ coxswain report pipeline --as-of 2026-03-31 --by team,stage\n"
            "  $ coxswain report pipeline --measure won,win_rate --by month --period 2026 --csv\n"
            "  $ coxswain report pipeline --measure quota,attainment,to_pace,coverage --by team",
    .options = options,
    .subcommands = subcommands,
};
