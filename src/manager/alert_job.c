/* manager/alert_job.c: from rules to alerts, an owner at a time. */
#include "manager/alert_job.h"

#include <stdlib.h>

#include "base/day.h"
#include "manager/alert_watch.h"
#include "manager/contest_read.h"
#include "manager/ticker.h"
#include "org/actor.h"
#include "org/line.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/analysis.h"
#include "serve/server.h"

enum { RULES_MAX = 5000, FIGURES_MAX = 64, MEMORY_MAX = 512 << 20, RECORDS_SIZE = 4000 };

static const struct cox_write_opt by_program = {
    .actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
    .cause = COX_CAUSE_JOB,
    .request = "alerts",
};

/* A rule's outcome: what is written. */
struct outcome {
    size_t series_count, quiet_count;
};

struct round {
    struct cox_store *store;
    struct cox_books *books;
    struct cox_arena *arena;      /* of the whole round: figures are shared by all owners */
    int64_t newest;               /* Monday of the newest week that is over */
    int64_t month_end;            /* likewise of the newest that ended a month */
    struct cox_alert_rule *rules; /* by owner */
    size_t rule_count, rule_room;
    struct cox_alert_figures figures[FIGURES_MAX];
    size_t figures_count;
    /* Of one owner. */
    size_t first, end; /* the owner's rules */
    int64_t budget;
    struct cox_alert_watched *watched;
    size_t watched_count, watched_room;
    struct outcome *outcomes; /* by rule of the owner */
    bool *is_rise;
};

/* ---- rules ---- */

static enum cox_rc note_rule(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct round *round = ctx;
    struct cox_alert_rule rule;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &rule);
    if (rule.is_paused == 1 || cox_sales_measure_find(rule.measure) == NULL ||
        round->rule_count == round->rule_room) {
        return COX_OK;
    }
    rule.measure = cox_text_of(cox_sales_measure_find(rule.measure)->name);
    round->rules[round->rule_count++] = rule;
    return COX_OK;
}

static int compare_rules(const void *a, const void *b)
{
    const struct cox_alert_rule *x = a, *y = b;

    if (x->owner != y->owner) {
        return x->owner < y->owner ? -1 : 1;
    }
    return (x->head.id > y->head.id) - (x->head.id < y->head.id);
}

static bool is_due(const struct round *round, const struct cox_alert_rule *rule)
{
    int64_t due = rule->cadence == COX_ALERT_MONTHLY ? round->month_end : round->newest;

    return rule->checked_day == COX_NULL || rule->checked_day < due;
}

static enum cox_rc load_rules(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct round *round = ctx;
    int64_t today = cox_call_today(call);

    round->newest = today - (cox_day_weekday(today) - 1) - 7;
    for (round->month_end = round->newest;
         cox_day_civil(round->month_end + 6).month == cox_day_civil(round->month_end + 13).month;) {
        round->month_end -= 7;
    }
    round->rule_count = 0;
    round->rule_room = RULES_MAX;
    round->rules = COX_NEW_ARRAY(round->arena, RULES_MAX, struct cox_alert_rule);
    if (round->rules == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_each(call, &cox_alert_rule, NULL, note_rule, round, reterr));
    if (round->rule_count > 1) {
        qsort(round->rules, round->rule_count, sizeof(*round->rules), compare_rules);
    }
    return COX_OK;
}

/* ---- what an owner watches ---- */

static enum cox_rc figures_of(struct cox_call *call, struct round *round,
    const struct cox_alert_rule *rule, const struct cox_alert_figures **ret_figures,
    struct cox_err *reterr)
{
    const struct cox_sales_measure *measure = cox_sales_measure_find(rule->measure);
    bool of_teams = rule->whose == COX_ALERT_OF_TEAM;
    struct cox_alert_figures *new = &round->figures[round->figures_count];

    for (size_t i = 0; i < round->figures_count; i++) {
        if (round->figures[i].measure == measure && round->figures[i].of_teams == of_teams) {
            *ret_figures = &round->figures[i];
            return COX_OK;
        }
    }
    if (round->figures_count == FIGURES_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "too many measures are watched");
    }
    COX_TRY(cox_alert_figures_read(call, round->books, round->arena, measure, of_teams,
        round->newest, new, reterr));
    round->figures_count++;
    *ret_figures = new;
    return COX_OK;
}

struct last_alert {
    int64_t week_day;
};

static enum cox_rc note_last(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct last_alert *last = ctx;
    int64_t day = cox_row_int(row, COX_ALERT_WEEK_DAY);

    (void)reterr; /* nothing can fail */
    last->week_day = day > last->week_day ? day : last->week_day;
    return COX_OK;
}

/* The newest alert of a figure, whatever became of it: what it was about is not told again. */
static enum cox_rc last_of(struct cox_call *call, int64_t rule, bool of_teams, int64_t id,
    int64_t *ret_week_day, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_ALERT_RULE, "eq", cox_int(rule)},
        {of_teams ? COX_ALERT_TEAM : COX_ALERT_USER, "eq", cox_int(id)},
    };
    struct last_alert last = {INT64_MIN};
    const struct cox_filter *filter;

    COX_TRY(cox_filter_build(call, &cox_alert, terms, COX_COUNT(terms), &filter, reterr));
    COX_TRY(cox_each(call, &cox_alert, filter, note_last, &last, reterr));
    *ret_week_day = last.week_day;
    return COX_OK;
}

static enum cox_rc add_watched(struct cox_call *call, struct round *round, size_t rule,
    int64_t subject, struct cox_err *reterr)
{
    const struct cox_alert_rule *row = &round->rules[round->first + rule];
    const struct cox_alert_figures *figures;
    const struct cox_alert_series *series;
    int64_t last;
    size_t from;

    COX_TRY(figures_of(call, round, row, &figures, reterr));
    series = cox_alert_series_find(figures, subject);
    if (series == NULL) {
        return COX_OK; /* never had any: nothing to expect */
    }
    if (round->watched_count == round->watched_room) {
        size_t room = round->watched_room == 0 ? 64 : 2 * round->watched_room;
        struct cox_alert_watched *grown =
            COX_NEW_ARRAY(round->arena, room, struct cox_alert_watched);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (round->watched_count > 0) {
            memcpy(grown, round->watched, round->watched_count * sizeof(*grown));
        }
        round->watched = grown;
        round->watched_room = room;
    }
    COX_TRY(last_of(call, row->head.id, figures->of_teams, subject, &last, reterr));
    from = last < figures->first_day ? 0 : (size_t)((last - figures->first_day) / 7 + 1);
    from = from > series->first ? from : series->first;
    round->watched[round->watched_count++] = (struct cox_alert_watched){.rule = rule,
        .figures = figures,
        .series = series,
        .from = from < COX_ALERT_WEEKS ? from : COX_ALERT_WEEKS};
    return COX_OK;
}

/* Whom the owner leads today, the owner included; all for an executive: is_all. */
struct line {
    const int64_t *below;
    size_t count;
    int64_t owner;
    bool is_all;
};

static bool is_in_line(const struct line *line, int64_t user)
{
    for (size_t i = 0; i < line->count; i++) {
        if (line->below[i] == user) {
            return true;
        }
    }
    return line->is_all || user == line->owner;
}

static enum cox_rc add_line(struct cox_call *call, struct round *round, size_t rule,
    const struct line *line, struct cox_err *reterr)
{
    const struct cox_alert_figures *figures;

    if (line->is_all) {
        COX_TRY(figures_of(call, round, &round->rules[round->first + rule], &figures, reterr));
        for (size_t i = 0; i < figures->count; i++) {
            COX_TRY(add_watched(call, round, rule, figures->series[i].id, reterr));
        }
        return COX_OK;
    }
    for (size_t i = 0; i < line->count; i++) {
        COX_TRY(add_watched(call, round, rule, line->below[i], reterr));
    }
    return COX_OK;
}

static enum cox_rc add_rule(struct cox_call *call, struct round *round, size_t rule,
    const struct line *line, struct cox_err *reterr)
{
    const struct cox_alert_rule *row = &round->rules[round->first + rule];
    const struct cox_row *team;

    if (row->whose == COX_ALERT_OF_LINE) {
        return add_line(call, round, rule, line, reterr);
    }
    if (row->whose == COX_ALERT_OF_PERSON) {
        return is_in_line(line, row->user) ? add_watched(call, round, rule, row->user, reterr)
                                           : COX_OK;
    }
    COX_TRY(cox_peek(call, &cox_team, row->team, &team, reterr));
    return is_in_line(line, cox_row_int(team, COX_TEAM_LEAD))
               ? add_watched(call, round, rule, row->team, reterr)
               : COX_OK;
}

static enum cox_rc note_budget(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct round *round = ctx;

    (void)reterr; /* nothing can fail */
    round->budget = cox_row_int(row, COX_ALERT_BUDGET_PER_QUARTER);
    return COX_OK;
}

static enum cox_rc load_owner(struct cox_call *call, struct round *round, struct line *line,
    struct cox_err *reterr)
{
    int64_t day = cox_call_today(call);
    const struct cox_filter_term term = {COX_ALERT_BUDGET_OWNER, "eq", cox_int(line->owner)};
    const struct cox_filter *filter;
    struct cox_actor actor;
    struct cox_err why = {0};

    round->budget = COX_ALERT_BUDGET_USUAL;
    COX_TRY(cox_filter_build(call, &cox_alert_budget, &term, 1, &filter, reterr));
    COX_TRY(cox_each(call, &cox_alert_budget, filter, note_budget, round, reterr));
    if (cox_actor_of_user(call, line->owner, day, &actor, &why) != COX_OK) {
        return COX_OK; /* has left: leads nobody, and is told nothing of others */
    }
    line->is_all = (actor.roles & COX_ROLE_BIT(COX_EXECUTIVE)) != 0;
    return cox_line_below(call, line->owner, day, &line->below, &line->count, reterr);
}

static enum cox_rc look(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct round *round = ctx;
    size_t count = round->end - round->first;
    struct line line = {.owner = round->rules[round->first].owner};

    round->watched_count = 0;
    round->outcomes = COX_NEW_ARRAY(round->arena, count, struct outcome);
    round->is_rise = COX_NEW_ARRAY(round->arena, count, bool);
    if (round->outcomes == NULL || round->is_rise == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(load_owner(call, round, &line, reterr));
    for (size_t i = 0; i < count; i++) {
        round->is_rise[i] = round->rules[round->first + i].direction == COX_ALERT_RISES;
        COX_TRY(add_rule(call, round, i, &line, reterr));
    }
    COX_TRY(cox_alert_look(round->watched, round->watched_count, round->is_rise,
        (double)round->budget, round->arena, reterr));
    for (size_t i = 0; i < round->watched_count; i++) {
        struct outcome *outcome = &round->outcomes[round->watched[i].rule];
        outcome->series_count++;
        outcome->quiet_count += round->watched[i].is_quiet;
    }
    return COX_OK;
}

/* ---- writing ---- */

/* The list of what is behind a person's figure: "opportunities?owner=eq.3&...". Of a team none: its people change. */
static void put_records(struct cox_call *call, const struct cox_alert_watched *w,
    struct cox_span days, struct cox_buf *text)
{
    const struct cox_sales_measure *measure = w->figures->measure;
    const char *plural = cox_measure_records(measure->behind);
    const struct cox_measure_ask ask = {.period = days, .by = {COX_BY_OWNER}};
    const struct cox_measure_frame frame = {.day = cox_call_today(call)};
    const int64_t keys[2] = {w->series->id, 0};

    if (plural == NULL || w->figures->of_teams) {
        return;
    }
    cox_buf_format(text, "%s?", plural);
    if (!cox_measure_add_filter(text, &ask, &frame, NULL, keys, measure->behind, frame.day)) {
        cox_buf_clear(text);
    }
}

static enum cox_rc put_alert(struct cox_call *call, const struct round *round,
    const struct cox_alert_watched *w, struct cox_err *reterr)
{
    const struct cox_alert_series *s = w->series;
    const struct cox_alert_rule *rule = &round->rules[round->first + w->rule];
    size_t since = w->from + (size_t)(w->reading.since_week < 0 ? 0 : w->reading.since_week);
    double trials = 0, weeks = 0, spread;
    struct cox_buf records;
    struct cox_alert alert;
    enum cox_rc rc;
    int64_t id;

    for (size_t i = since; i < COX_ALERT_WEEKS; i++) {
        if (!isnan(s->expected[i])) {
            trials += s->attempts == NULL ? 0 : (double)s->attempts[i];
            weeks++;
        }
    }
    spread = s->attempts == NULL ? 1 + s->dispersion * s->mean
                                 : 1 + s->dispersion * fmax(trials / fmax(weeks, 1) - 1, 0);
    cox_struct_init(&cox_alert, &alert);
    alert.owner = rule->owner;
    alert.rule = rule->head.id;
    alert.measure = rule->measure;
    alert.user = w->figures->of_teams ? COX_NULL : s->id;
    alert.team = w->figures->of_teams ? s->id : COX_NULL;
    alert.is_rise = rule->direction == COX_ALERT_RISES;
    alert.week_day = round->newest;
    alert.since_day = w->figures->first_day + 7 * (int64_t)since;
    alert.observed = w->reading.observed;
    alert.expected = w->reading.expected;
    cox_alert_interval(alert.observed, alert.expected, trials, spread, &alert.low, &alert.high);
    alert.statistic = w->reading.statistic;
    alert.limit = w->limit;
    alert.cause = cox_text_of(cox_watch_cause_text(w->cause));
    alert.question = cox_text_of(cox_watch_question(w->cause));
    alert.state = COX_ALERT_OPEN;
    cox_buf_init(&records, RECORDS_SIZE);
    put_records(call, w, (struct cox_span){alert.since_day, round->newest + 7}, &records);
    alert.records = records.failed ? (struct cox_text){0} : cox_buf_text(&records);
    rc = cox_create_struct(call, &cox_alert, &alert, &id, reterr);
    cox_buf_done(&records);
    return rc;
}

static enum cox_rc write_rule(struct cox_call *call, const struct round *round, size_t at,
    struct cox_err *reterr)
{
    const struct cox_alert_rule *rule = &round->rules[round->first + at];
    const struct outcome *outcome = &round->outcomes[at];
    const struct cox_change changes[] = {
        {COX_ALERT_RULE_CHECKED_DAY, cox_int(round->newest)},
        {COX_ALERT_RULE_SERIES_COUNT, cox_int((int64_t)outcome->series_count)},
        {COX_ALERT_RULE_QUIET_COUNT, cox_int((int64_t)outcome->quiet_count)},
    };
    const struct cox_row *now;
    struct cox_err why = {0};

    if (!is_due(round, rule)) {
        return COX_OK; /* it took its share of the budget, and is not looked at this time */
    }
    if (cox_get(call, &cox_alert_rule, rule->head.id, &now, &why) != COX_OK ||
        now->rev != rule->head.rev) {
        return COX_OK; /* gone, changed meanwhile (looked at again), or another node was faster */
    }
    for (size_t i = 0; i < round->watched_count; i++) {
        if (round->watched[i].rule == at && round->watched[i].reading.alarm) {
            COX_TRY(put_alert(call, round, &round->watched[i], reterr));
        }
    }
    return cox_change_fields(call, &cox_alert_rule, rule->head.id, 0, changes, COX_COUNT(changes),
        NULL, reterr);
}

static enum cox_rc write_owner(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct round *round = ctx;

    for (size_t i = 0; i < round->end - round->first; i++) {
        COX_TRY(write_rule(call, round, i, reterr));
    }
    return COX_OK;
}

static enum cox_rc run_owner(struct round *round, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {0};
    struct cox_commit commit;

    COX_TRY(cox_store_read(round->store, &opt, look, round, reterr));
    return cox_store_write(round->store, &by_program, write_owner, round, &commit, reterr);
}

enum cox_rc cox_alerts_run(struct cox_store *store, struct cox_books *books, struct cox_err *reterr)
{
    COX_AUTO_ARENA arena = cox_arena_open(MEMORY_MAX);
    struct round *round = arena == NULL ? NULL : COX_NEW(arena, struct round);
    const struct cox_read_opt opt = {0};
    enum cox_rc rc = COX_OK;

    if (round == NULL) {
        return cox_no_memory(reterr);
    }
    *round = (struct round){.store = store, .books = books, .arena = arena};
    COX_TRY(cox_store_read(store, &opt, load_rules, round, reterr));
    for (round->first = 0; round->first < round->rule_count; round->first = round->end) {
        bool has_due = false;
        struct cox_err err = {0};

        for (round->end = round->first;
             round->end < round->rule_count &&
             round->rules[round->end].owner == round->rules[round->first].owner;
             round->end++) {
            has_due = has_due || is_due(round, &round->rules[round->end]);
        }
        if (has_due && run_owner(round, &err) != COX_OK && rc == COX_OK) {
            rc = err.rc; /* one owner's trouble is not the others' */
            *reterr = err;
        }
    }
    return rc;
}

/* ---- the part ---- */

static enum cox_rc tick(struct cox_server *server, struct cox_err *reterr)
{
    return cox_alerts_run(cox_server_store(server), cox_books_of(server), reterr);
}

static const struct cox_tick every_five_minutes = {
    .name = "alerts", .feature = "alerts", .run = tick, .first_s = 10, .every_s = 300};

static enum cox_rc open_part(struct cox_server *server, void **ret_state, struct cox_err *reterr)
{
    struct cox_ticker *ticker;

    COX_TRY(cox_ticker_open(server, &every_five_minutes, &ticker, reterr));
    *ret_state = ticker;
    return COX_OK;
}

static void close_part(void *state)
{
    cox_ticker_close(state);
}

const struct cox_part cox_part_alerts = {.name = "alerts", .open = open_part, .close = close_part};
