/* command/stats_watch.c: coxswain stats watch. */
#include <math.h>

#include "command/stats.h"
#include "command/stats_table.h"
#include "kernel/stats/expect.h"
#include "kernel/stats/watch.h"

enum { MESSAGE_SIZE = 600 };

/* The file's columns, and each rep's rows of them in the order of weeks. */
struct weeks {
    struct stats_table table;
    struct stats_labels reps, weeks;
    int64_t *attempts, *events; /* attempts NULL: counts */
    double *expected;           /* of the file; NULL: learnt from the first weeks */
    double *worked;             /* share of the week at work; NULL: all of it */
    double *known; /* by rep: trials the expectation was learnt from; INFINITY: it was given */
    int64_t *rep_attempts, *rep_events; /* [rep][week] */
    double *rep_expected, *rep_worked;
    double dispersion;
    size_t *first, *next; /* rows of a rep as a list; SIZE_MAX ends it */
};

static enum cox_rc load_weeks(struct cox_cli *cli, struct weeks *in, struct cox_err *reterr)
{
    COX_TRY(stats_load(cli, cli->args[0], &in->table, reterr));
    COX_TRY(stats_label(cli, &in->table, "rep", false, &in->reps, reterr));
    COX_TRY(stats_label(cli, &in->table, "week", true, &in->weeks, reterr));
    COX_TRY(stats_ints(cli, &in->table, "attempts", false, &in->attempts, reterr));
    COX_TRY(stats_ints(cli, &in->table, "events", true, &in->events, reterr));
    COX_TRY(stats_reals(cli, &in->table, "expected", false, &in->expected, reterr));
    COX_TRY(stats_reals(cli, &in->table, "worked", false, &in->worked, reterr));
    if (in->expected == NULL && !cox_cli_has(cli, "baseline")) {
        return cox_fail_at(reterr, COX_INVALID, "expected", 0,
            "the file has no such column; with --baseline it is learnt from the first weeks");
    }
    if (in->expected != NULL && cox_cli_has(cli, "baseline")) {
        return cox_fail_at(reterr, COX_INVALID, "baseline", 0,
            "the file says what is expected; leave out one of the two");
    }
    in->rep_attempts =
        cox_arena_array(cli->arena, in->reps.count * in->weeks.count, sizeof(int64_t));
    in->rep_events = cox_arena_array(cli->arena, in->reps.count * in->weeks.count, sizeof(int64_t));
    in->rep_expected =
        cox_arena_array(cli->arena, in->reps.count * in->weeks.count, sizeof(double));
    in->rep_worked = cox_arena_array(cli->arena, in->reps.count * in->weeks.count, sizeof(double));
    in->known = COX_NEW_ARRAY(cli->arena, in->reps.count, double);
    in->first = COX_NEW_ARRAY(cli->arena, in->reps.count, size_t);
    in->next = COX_NEW_ARRAY(cli->arena, in->table.row_count, size_t);
    if (in->rep_worked == NULL || in->known == NULL || in->rep_attempts == NULL ||
        in->rep_events == NULL || in->rep_expected == NULL || in->first == NULL ||
        in->next == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < in->reps.count; i++) {
        in->first[i] = SIZE_MAX;
    }
    for (size_t i = in->table.row_count; i-- > 0;) {
        in->next[i] = in->first[in->reps.of_row[i]];
        in->first[in->reps.of_row[i]] = i;
    }
    return COX_OK;
}

/* The kernel would name the week of the rep; who made the file looks for its row. */
static enum cox_rc check_row(const struct weeks *in, size_t row, struct cox_err *reterr)
{
    const char *field = NULL, *what = NULL;
    double expected = in->expected == NULL ? (double)NAN : in->expected[row];

    if (in->attempts != NULL && in->attempts[row] < 0) {
        field = "attempts";
        what = "below 0";
    } else if (in->events[row] < 0 ||
               (in->attempts != NULL && in->events[row] > in->attempts[row])) {
        field = "events";
        what = "below 0, or more than attempts";
    } else if (expected <= 0 || (in->attempts != NULL && expected >= 1)) {
        field = "expected";
        what = "a rate must lie in (0, 1), a mean above 0";
    }
    return field == NULL
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, field, in->table.rows[row].row, "%s", what);
}

static enum cox_rc pick_week(const struct weeks *in, size_t rep, size_t row, struct cox_err *reterr)
{
    size_t at = rep * in->weeks.count + in->weeks.of_row[row];
    double worked = in->worked == NULL || isnan(in->worked[row]) ? 1 : in->worked[row];

    if (!isnan(in->rep_worked[at])) {
        return cox_fail_at(reterr, COX_INVALID, "week", in->table.rows[row].row,
            "this rep has a row for this week already");
    }
    if (!(worked >= 0 && worked <= 1)) {
        return cox_fail_at(reterr, COX_INVALID, "worked", in->table.rows[row].row,
            "a share of the week lies between 0 and 1");
    }
    COX_TRY(check_row(in, row, reterr));
    in->rep_worked[at] = worked;
    in->rep_attempts[at] = in->attempts == NULL ? 0 : in->attempts[row];
    in->rep_events[at] = in->events[row];
    if (in->expected != NULL && worked > 0) { /* a count shrinks with the week, a rate does not */
        in->rep_expected[at] = in->expected[row] * (in->attempts == NULL ? worked : 1);
    }
    return COX_OK;
}

/* Weeks without a row do not count. */
static enum cox_rc pick_rep(const struct weeks *in, size_t rep, struct cox_watch_series *ret_series,
    struct cox_err *reterr)
{
    size_t from = rep * in->weeks.count;

    for (size_t i = from; i < from + in->weeks.count; i++) {
        in->rep_attempts[i] = in->rep_events[i] = 0;
        in->rep_expected[i] = in->rep_worked[i] = (double)NAN;
    }
    for (size_t i = in->first[rep]; i != SIZE_MAX; i = in->next[i]) {
        COX_TRY(pick_week(in, rep, i, reterr));
    }
    in->known[rep] = (double)INFINITY;
    *ret_series = (struct cox_watch_series){
        .week_count = in->weeks.count,
        .attempts = in->attempts == NULL ? NULL : in->rep_attempts + from,
        .events = in->rep_events + from,
        .expected = in->rep_expected + from,
        .dispersion = in->dispersion,
    };
    return COX_OK;
}

/* The season of each week, from the column season; NULL: there is none. */
static enum cox_rc read_seasons(struct cox_cli *cli, const struct weeks *in,
    struct cox_expect_team *team, struct cox_err *reterr)
{
    struct stats_labels seasons;
    int32_t *of_week = COX_NEW_ARRAY(cli->arena, in->weeks.count, int32_t);

    if (of_week == NULL) {
        return cox_no_memory(reterr);
    }
    if (!stats_has(&in->table, "season")) {
        return COX_OK;
    }
    COX_TRY(stats_label(cli, &in->table, "season", true, &seasons, reterr));
    for (size_t i = 0; i < in->weeks.count; i++) {
        of_week[i] = -1;
    }
    for (size_t i = 0; i < in->table.row_count; i++) {
        int32_t *season = &of_week[in->weeks.of_row[i]];
        if (*season >= 0 && *season != (int32_t)seasons.of_row[i]) {
            return cox_fail_at(reterr, COX_INVALID, "season", in->table.rows[i].row,
                "must be the same in all rows of a week");
        }
        *season = (int32_t)seasons.of_row[i];
    }
    team->season = of_week;
    team->season_count = seasons.count;
    return COX_OK;
}

/* Without the column expected: from each rep's first weeks and the team's season. */
static enum cox_rc learn_expected(struct cox_cli *cli, const struct weeks *in,
    struct cox_err *reterr)
{
    struct cox_expect_team team = {
        .rep_count = in->reps.count,
        .week_count = in->weeks.count,
        .attempts = in->attempts == NULL ? NULL : in->rep_attempts,
        .events = in->rep_events,
        .worked = in->rep_worked,
    };
    int64_t baseline;
    void *space;

    COX_TRY(cox_cli_int(cli, "baseline", 8, 1000, 26, &baseline, reterr));
    team.baseline_weeks = (size_t)baseline;
    COX_TRY(read_seasons(cli, in, &team, reterr));
    for (size_t i = 0; i < in->reps.count * in->weeks.count; i++) {
        in->rep_worked[i] = isnan(in->rep_worked[i]) ? 0 : in->rep_worked[i];
    }
    space = cox_arena_alloc(cli->arena, cox_expect_workspace_size(&team));
    if (space == NULL) {
        return cox_no_memory(reterr);
    }
    return cox_expect_learn(&team, in->rep_expected, in->known, NULL, space, reterr);
}

/* One rep as it is told: the reading, its cause, the limit used and what it costs in false alarms. */
struct told {
    struct cox_watch_reading reading;
    struct cox_watch_finding finding;
    double limit,
        false_alarms; /* chance that a healthy year like this rep's raises one; NaN: unknown */
    bool stands_out;
};

/* Mean attempts and expected rate of the weeks that count. */
static void usual_week(const struct cox_watch_series *series, int64_t *ret_attempts,
    double *ret_rate)
{
    double attempts = 0, events = 0, weeks = 0;

    for (size_t i = 0; i < series->week_count && series->attempts != NULL; i++) {
        if (!isnan(series->expected[i]) && series->attempts[i] > 0) {
            attempts += (double)series->attempts[i];
            events += (double)series->attempts[i] * series->expected[i];
            weeks++;
        }
    }
    *ret_attempts = weeks > 0 ? llround(attempts / weeks) : 0;
    *ret_rate = attempts > 0 ? events / attempts : (double)NAN;
}

/* The limit by --budget, or as given; and the false alarms of a year that it stands for. */
static enum cox_rc set_limit(const struct cox_cli *cli, const struct cox_watch_series *series,
    double known, struct cox_watch_opt *opt, double budget, struct told *told,
    struct cox_err *reterr)
{
    int64_t attempts;
    double rate;

    usual_week(series, &attempts, &rate);
    if (budget > 0 && (series->attempts == NULL || opt->method != COX_WATCH_CUSUM)) {
        return cox_fail_at(reterr, COX_INVALID, "budget", 0,
            "needs attempts and the method cusum; say --limit else");
    }
    if (budget > 0 && attempts > 0) {
        COX_TRY(
            cox_watch_limit(attempts, rate, known, opt->ratio, 52, budget, &opt->limit, reterr));
    } else if (!cox_cli_has(cli, "limit")) {
        opt->limit = 0;
    }
    told->limit = opt->limit > 0 ? opt->limit : opt->method == COX_WATCH_CUSUM ? 4.5 : 2.75;
    told->false_alarms =
        opt->method == COX_WATCH_CUSUM && opt->ratio < 1 && attempts > 0
            ? cox_watch_alarm_prob(attempts, rate, known, opt->ratio, told->limit, 52)
            : (double)NAN;
    return COX_OK;
}

static enum cox_rc read_watch_opt(const struct cox_cli *cli, struct cox_watch_opt *opt,
    struct cox_err *reterr)
{
    const char *method = cox_cli_value(cli, "method");
    struct cox_text name = cox_text_of(method == NULL ? "cusum" : method);

    if (cox_text_same(name, COX_LIT("ewma"))) {
        opt->method = COX_WATCH_EWMA;
    } else if (!cox_text_same(name, COX_LIT("cusum"))) {
        return cox_fail_at(reterr, COX_INVALID, "method", 0, "must be cusum or ewma");
    }
    COX_TRY(stats_option(cli, "ratio", 0.01, 99, 0.6, &opt->ratio, reterr));
    return stats_option(cli, "limit", 0.01, 1000, 0, &opt->limit, reterr);
}

/* What, since when, how sure, the likely cause, one question. "" without alarm. */
static struct cox_text message(struct cox_cli *cli, const struct weeks *in, size_t rep,
    const struct told *told)
{
    const struct cox_watch_reading *r = &told->reading;
    struct cox_text name = in->reps.name[rep];
    char *room = COX_NEW_ARRAY(cli->arena, MESSAGE_SIZE, char);

    if (room == NULL || !r->alarm) {
        return COX_LIT("");
    }
    struct cox_text week = r->since_week < 0 ? COX_LIT("") : in->weeks.name[r->since_week];
    int size = snprintf(room, MESSAGE_SIZE,
        "%.*s%s%.*s: %.0f where %.1f were expected; chance of that without a change at most %.2g. "
        "Likely cause: %s. Ask: %s",
        (int)(name.size < 80 ? name.size : 80), name.ptr, week.size > 0 ? ", since " : ", lately",
        (int)(week.size < 40 ? week.size : 40), week.ptr, r->observed, r->expected, r->p_value,
        cox_watch_cause_text(told->finding.cause), cox_watch_question(told->finding.cause));
    return (struct cox_text){room, size < MESSAGE_SIZE ? (size_t)size : MESSAGE_SIZE - 1};
}

static void put_reading(struct cox_cli *cli, struct cox_json *json, const struct weeks *in,
    size_t rep, const struct told *told)
{
    const struct cox_watch_reading *r = &told->reading;
    const struct cox_watch_finding *f = &told->finding;

    cox_json_begin_object(json);
    cox_json_put_text(json, "rep", in->reps.name[rep]);
    cox_json_put_bool(json, "silent", r->silent);
    cox_json_put_bool(json, "alarm", r->alarm);
    cox_json_put_bool(json, "stands_out", told->stands_out);
    cox_json_put_text(json, "since",
        r->since_week < 0 ? (struct cox_text){0} : in->weeks.name[r->since_week]);
    cox_json_put_text(json, "first_alarm",
        r->first_week < 0 ? (struct cox_text){0} : in->weeks.name[r->first_week]);
    cox_json_put_real(json, "statistic", r->statistic);
    cox_json_put_real(json, "limit", told->limit);
    cox_json_put_real(json, "false_alarms_a_year", told->false_alarms);
    cox_json_put_real(json, "p_value", r->p_value);
    cox_json_put_real(json, "observed", r->observed);
    cox_json_put_real(json, "expected", r->expected);
    cox_json_put_int(json, "weeks", (int64_t)r->week_count);
    cox_json_put_real(json, "attempts_before", f->attempts_before);
    cox_json_put_real(json, "attempts_since", f->attempts_since);
    cox_json_put_real(json, "team_ratio", f->team_ratio);
    cox_json_put_string(json, "cause", r->alarm ? cox_watch_cause_text(f->cause) : NULL);
    cox_json_put_string(json, "question", r->alarm ? cox_watch_question(f->cause) : NULL);
    cox_json_put_text(json, "message",
        r->alarm ? message(cli, in, rep, told) : (struct cox_text){0});
    cox_json_end_object(json);
}

static void print_watch(struct cox_cli *cli, const struct weeks *in, size_t rep,
    const struct told *told)
{
    struct cox_text name = in->reps.name[rep], text = message(cli, in, rep, told);

    if (told->reading.silent) {
        fprintf(cli->out, "%-20.*s too little known\n", (int)name.size, name.ptr);
        return;
    }
    fprintf(cli->out, "%-20.*s %-6s %6.2f of %.2f%s\n", (int)name.size, name.ptr,
        told->reading.alarm ? "alarm" : "-", told->reading.statistic, told->limit,
        told->stands_out ? "  (stands out in the team)" : "");
    if (text.size > 0) {
        fprintf(cli->out, "  %.*s\n", (int)text.size, text.ptr);
    }
}

static enum cox_rc read_all(struct cox_cli *cli, struct weeks *in, struct told *told,
    struct cox_err *reterr)
{
    size_t reps = in->reps.count;
    struct cox_watch_series *series = COX_NEW_ARRAY(cli->arena, reps, struct cox_watch_series);
    struct cox_watch_reading *reading = COX_NEW_ARRAY(cli->arena, reps, struct cox_watch_reading);
    double *p_value = COX_NEW_ARRAY(cli->arena, 3 * reps, double), budget;
    bool *chosen = COX_NEW_ARRAY(cli->arena, reps, bool);

    if (series == NULL || reading == NULL || p_value == NULL || chosen == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(stats_option(cli, "budget", 1e-4, 0.5, 0, &budget, reterr));
    COX_TRY(stats_option(cli, "dispersion", 0, 100, 0, &in->dispersion, reterr));
    for (size_t i = 0; i < reps; i++) {
        COX_TRY(pick_rep(in, i, &series[i], reterr));
    }
    if (in->expected == NULL) {
        COX_TRY(learn_expected(cli, in, reterr));
    }
    for (size_t i = 0; i < reps; i++) {
        struct cox_watch_opt opt = {.method = COX_WATCH_CUSUM};
        COX_TRY(read_watch_opt(cli, &opt, reterr));
        COX_TRY(set_limit(cli, &series[i], in->known[i], &opt, budget, &told[i], reterr));
        COX_TRY(cox_watch_read(&series[i], &opt, &reading[i], reterr));
        p_value[i] = reading[i].silent ? (double)NAN : reading[i].p_value;
    }
    (void)cox_watch_stand_out(p_value, reps, 0.1, chosen, p_value + reps); /* count not shown */
    for (size_t i = 0; i < reps; i++) {
        told[i].reading = reading[i];
        told[i].finding = cox_watch_explain(series, reading, reps, i);
        told[i].stands_out = chosen[i];
    }
    return COX_OK;
}

enum cox_rc stats_run_watch(struct cox_cli *cli, struct cox_err *reterr)
{
    struct weeks in = {.attempts = NULL};
    struct cox_json json;

    COX_TRY(load_weeks(cli, &in, reterr));
    struct told *told = COX_NEW_ARRAY(cli->arena, in.reps.count, struct told);
    if (told == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_all(cli, &in, told, reterr));
    if (!cli->is_json) {
        for (size_t i = 0; i < in.reps.count; i++) {
            print_watch(cli, &in, i, &told[i]);
        }
        return COX_OK;
    }
    cox_cli_json(cli, &json);
    cox_json_begin_array(&json);
    for (size_t i = 0; i < in.reps.count; i++) {
        put_reading(cli, &json, &in, i, &told[i]);
    }
    cox_json_end_array(&json);
    return cox_json_done(&json, reterr);
}
