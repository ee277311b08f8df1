/* manager/contest_read.c: figures of people and teams from the book, ranked. */
#include "manager/contest_read.h"

#include <stdlib.h>

#include "base/day.h"
#include "base/money.h"
#include "base/num.h"
#include "org/actor.h"
#include "org/calendar.h"
#include "org/line.h"
#include "org/people.h"
#include "record/query.h"

/* ---- a measure's figures ---- */

static bool is_money(const struct cox_sales_measure *measure)
{
    return measure->unit == COX_UNIT_MONEY || measure->unit == COX_UNIT_MONEY_A_DAY;
}

double cox_standing_value(const struct cox_sales_measure *measure, double minor_per_unit,
    const int64_t sums[static COX_SUM_COUNT])
{
    double value = measure->value != NULL ? measure->value(sums) : (double)sums[measure->sum];

    return is_money(measure) ? value / minor_per_unit : value;
}

/* The sums that count what is behind a measure; none: nothing is counted behind it. */
static uint64_t counts_of(const struct cox_sales_measure *measure)
{
    static const uint64_t counts[] = {[COX_BEHIND_OPEN] = COX_SUM_BIT(COX_SUM_OPEN_COUNT),
        [COX_BEHIND_DUE] = COX_SUM_BIT(COX_SUM_DUE_COUNT),
        [COX_BEHIND_WON] = COX_SUM_BIT(COX_SUM_WON_COUNT),
        [COX_BEHIND_LOST] = COX_SUM_BIT(COX_SUM_LOST_COUNT),
        [COX_BEHIND_CLOSED] = COX_SUM_BIT(COX_SUM_WON_COUNT) | COX_SUM_BIT(COX_SUM_LOST_COUNT),
        [COX_BEHIND_CREATED] = COX_SUM_BIT(COX_SUM_CREATED_COUNT),
        [COX_BEHIND_DUE_BY] = COX_SUM_BIT(COX_SUM_DUE_BY_COUNT)};

    return (size_t)measure->behind < COX_COUNT(counts)
               ? counts[measure->behind]
               : cox_measure_uses(measure) & COX_SUMS_OF_ACTIVITIES;
}

int64_t cox_standing_base(const struct cox_sales_measure *measure,
    const int64_t sums[static COX_SUM_COUNT])
{
    uint64_t bits = counts_of(measure);
    int64_t base = 0;

    for (unsigned s = 0; s < COX_SUM_COUNT; s++) {
        base += (bits & COX_SUM_BIT(s)) != 0 ? sums[s] : 0;
    }
    if (bits == 0) {
        double value = cox_standing_value(measure, 1, sums);
        return !isnan(value) && value != 0;
    }
    return base;
}

double cox_minor_per_unit(struct cox_call *call)
{
    const struct cox_iso_currency *currency = cox_iso_currency_find(cox_call_currency(call));

    return pow(10, currency == NULL ? 2 : currency->digits);
}

/* ---- users ---- */

bool cox_standing_has(const struct cox_standing_users *users, int64_t user)
{
    return users->count > 0 &&
           bsearch(&user, users->at, users->count, sizeof(*users->at), cox_num_compare) != NULL;
}

static enum cox_rc add_user(struct cox_arena *arena, struct cox_standing_users *users, int64_t user,
    struct cox_err *reterr)
{
    if (users->count == users->room) {
        size_t room = users->room == 0 ? 64 : 2 * users->room;
        int64_t *grown = COX_NEW_ARRAY(arena, room, int64_t);

        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (users->count > 0) {
            memcpy(grown, users->at, users->count * sizeof(*grown));
        }
        users->at = grown;
        users->room = room;
    }
    users->at[users->count++] = user;
    return COX_OK;
}

static void sort_users(struct cox_standing_users *users)
{
    if (users->count > 1) {
        qsort(users->at, users->count, sizeof(*users->at), cox_num_compare);
    }
}

enum cox_rc cox_standing_hidden(struct cox_call *call, struct cox_arena *arena,
    struct cox_standing_users *users, struct cox_err *reterr)
{
    const struct cox_filter_term term = {COX_BOARD_CHOICE_IS_HIDDEN, "eq", cox_int(1)};
    struct cox_query query = {.entity = &cox_board_choice, .limit = COX_PAGE_MAX};
    struct cox_page page;

    COX_TRY(cox_filter_build(call, &cox_board_choice, &term, 1, &query.filter, reterr));
    do {
        COX_TRY(cox_peek_list(call, &query, &page, reterr));
        for (size_t i = 0; i < page.count; i++) {
            COX_TRY(
                add_user(arena, users, cox_row_int(&page.rows[i], COX_BOARD_CHOICE_USER), reterr));
        }
        query.cursor = page.next;
    } while (page.next.ptr != NULL);
    sort_users(users);
    return COX_OK;
}

/* ---- lines ---- */

struct reading {
    struct cox_call *call;
    struct cox_books *books;
    struct cox_arena *arena;
    const struct cox_standing_ask *ask;
    struct cox_measure_ask question;
    double minor_per_unit;
    struct cox_standing_line *lines;
    size_t count, room;
};

static struct cox_standing_line *line_of(struct reading *r, int64_t id)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->lines[i].id == id) {
            return &r->lines[i];
        }
    }
    return NULL;
}

static bool takes_part(const struct cox_standing_ask *ask, int64_t id)
{
    for (size_t i = 0; i < ask->count; i++) {
        if (ask->ids[i] == id) {
            return true;
        }
    }
    return false;
}

struct everybody {
    struct cox_arena *arena;
    const struct cox_standing_users *hidden;
    struct cox_standing_users users;
};

static enum cox_rc note_user(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct everybody *all = ctx;

    return cox_standing_has(all->hidden, row->id)
               ? COX_OK
               : add_user(all->arena, &all->users, row->id, reterr);
}

/* Whose deals count: those who take part, or for teams everybody; never who stays off. */
static enum cox_rc choose_owners(struct reading *r, const struct cox_standing_users *hidden,
    struct cox_err *reterr)
{
    struct everybody all = {.arena = r->arena, .hidden = hidden};

    if (r->ask->among == COX_AMONG_TEAMS) {
        COX_TRY(cox_each(r->call, &cox_user, NULL, note_user, &all, reterr));
    }
    for (size_t i = 0; r->ask->among == COX_AMONG_PEOPLE && i < r->ask->count; i++) {
        if (!cox_standing_has(hidden, r->ask->ids[i])) {
            COX_TRY(add_user(r->arena, &all.users, r->ask->ids[i], reterr));
        }
    }
    sort_users(&all.users);
    r->question.owners = all.users.at;
    r->question.owner_count = all.users.count;
    return COX_OK;
}

static enum cox_rc read_now(struct reading *r, struct cox_err *reterr)
{
    struct cox_measure_result found;

    r->question.period = r->ask->period;
    COX_TRY(cox_measure_read(r->call, r->books, &r->question, &found, reterr));
    r->lines = COX_NEW_ARRAY(r->arena, found.count + 1, struct cox_standing_line);
    if (r->lines == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < found.count; i++) {
        const struct cox_measure_row *row = &found.rows[i];
        struct cox_standing_line line = {.id = row->keys[0],
            .value = cox_standing_value(r->ask->measure, r->minor_per_unit, row->sums),
            .past = (double)NAN,
            .base = cox_standing_base(r->ask->measure, row->sums),
            .trials = -1,
            .reached_day = COX_NULL,
            .last_day = COX_NULL};

        if (line.base == 0 || !takes_part(r->ask, line.id)) {
            continue;
        }
        if (!cox_measure_trials(r->ask->measure, row->sums, &line.events, &line.trials)) {
            line.trials = -1;
        }
        r->lines[r->count++] = line;
    }
    return COX_OK;
}

static enum cox_rc read_past(struct reading *r, struct cox_err *reterr)
{
    int64_t length = r->ask->period.to_day - r->ask->period.from_day;
    struct cox_measure_result found;

    r->question.period =
        (struct cox_span){r->ask->period.from_day - length, r->ask->period.from_day};
    COX_TRY(cox_measure_read(r->call, r->books, &r->question, &found, reterr));
    for (size_t i = 0; i < found.count; i++) {
        struct cox_standing_line *line = line_of(r, found.rows[i].keys[0]);

        if (line != NULL) {
            line->past = cox_standing_value(r->ask->measure, r->minor_per_unit, found.rows[i].sums);
            line->past_base = cox_standing_base(r->ask->measure, found.rows[i].sums);
        }
    }
    return COX_OK;
}

static bool reaches(const struct reading *r, double value, int64_t base)
{
    const struct cox_standing_opt *opt = &r->ask->opt;

    return base >= (opt->base_min > 1 ? opt->base_min : 1) && !isnan(value) &&
           (opt->low_is_best ? value <= opt->target : value >= opt->target);
}

/* The rows of one line, day by day; they are in order of key and day. */
static void follow(const struct reading *r, struct cox_standing_line *line,
    const struct cox_measure_row *rows, size_t count)
{
    int64_t sums[COX_SUM_COUNT] = {0};

    for (size_t i = 0; i < count; i++) {
        double value;

        for (int s = 0; s < COX_SUM_COUNT; s++) {
            sums[s] += rows[i].sums[s];
        }
        value = cox_standing_value(r->ask->measure, r->minor_per_unit, sums);
        if (cox_standing_base(r->ask->measure, rows[i].sums) == 0) {
            continue;
        }
        line->last_day = rows[i].keys[1];
        if (line->reached_day == COX_NULL && r->ask->opt.rule == COX_CONTEST_FIRST &&
            reaches(r, value, cox_standing_base(r->ask->measure, sums))) {
            line->reached_day = rows[i].keys[1];
        }
    }
}

static enum cox_rc read_days(struct reading *r, struct cox_err *reterr)
{
    struct cox_measure_result found;
    size_t end;

    r->question.period = r->ask->period;
    r->question.by[1] = COX_BY_DAY;
    COX_TRY(cox_measure_read(r->call, r->books, &r->question, &found, reterr));
    for (size_t i = 0; i < found.count; i = end) {
        struct cox_standing_line *line = line_of(r, found.rows[i].keys[0]);

        end = i + 1;
        while (end < found.count && found.rows[end].keys[0] == found.rows[i].keys[0]) {
            end++;
        }
        if (line != NULL) {
            follow(r, line, found.rows + i, end - i);
        }
    }
    r->question.by[1] = COX_BY_NOTHING;
    return COX_OK;
}

enum cox_rc cox_standing_read(struct cox_call *call, struct cox_books *books,
    struct cox_arena *arena, const struct cox_standing_ask *ask,
    const struct cox_standing_users *hidden, struct cox_standing_line **ret_lines,
    size_t *ret_count, struct cox_err *reterr)
{
    struct reading r = {.call = call,
        .books = books,
        .arena = arena,
        .ask = ask,
        .minor_per_unit = cox_minor_per_unit(call),
        .question = {.by = {ask->among == COX_AMONG_TEAMS ? COX_BY_TEAM : COX_BY_OWNER},
            .wants = cox_measure_uses(ask->measure) | counts_of(ask->measure)}};

    *ret_lines = NULL;
    *ret_count = 0;
    COX_TRY(choose_owners(&r, hidden, reterr));
    if (r.question.owner_count == 0) {
        return COX_OK; /* no owners would mean all of them */
    }
    COX_TRY(read_now(&r, reterr));
    if (ask->opt.rule == COX_CONTEST_IMPROVED) {
        COX_TRY(read_past(&r, reterr));
    }
    if (ask->opt.rule == COX_CONTEST_FIRST || ask->opt.tie == COX_TIE_EARLIER) {
        COX_TRY(read_days(&r, reterr));
    }
    COX_TRY(cox_standing_rank(r.lines, r.count, &ask->opt, arena, reterr));
    *ret_lines = r.lines;
    *ret_count = r.count;
    return COX_OK;
}

/* ---- who and what ---- */

struct entering {
    struct cox_arena *arena;
    bool of_teams;
    struct cox_standing_users ids;
};

static enum cox_rc note_entry(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct entering *entering = ctx;
    int64_t id =
        cox_row_int(row, entering->of_teams ? COX_CONTEST_ENTRY_TEAM : COX_CONTEST_ENTRY_USER);

    return id == COX_NULL ? COX_OK : add_user(entering->arena, &entering->ids, id, reterr);
}

static enum cox_rc find_measure(struct cox_text name, const struct cox_sales_measure **ret_measure,
    struct cox_err *reterr)
{
    *ret_measure = cox_sales_measure_find(name);
    return *ret_measure != NULL ? COX_OK
                                : cox_fail_at(reterr, COX_INVALID, "measure", 0,
                                      "there is no measure of this name any more");
}

enum cox_rc cox_contest_ask(struct cox_call *call, struct cox_arena *arena, int64_t id,
    const struct cox_contest *contest, struct cox_standing_ask *ret_ask, struct cox_err *reterr)
{
    const struct cox_filter_term term = {COX_CONTEST_ENTRY_CONTEST, "eq", cox_int(id)};
    struct entering entering = {.arena = arena, .of_teams = contest->among == COX_AMONG_TEAMS};
    const struct cox_sales_measure *measure;
    const struct cox_filter *filter;

    COX_TRY(find_measure(contest->measure, &measure, reterr));
    COX_TRY(cox_filter_build(call, &cox_contest_entry, &term, 1, &filter, reterr));
    COX_TRY(cox_each(call, &cox_contest_entry, filter, note_entry, &entering, reterr));
    *ret_ask = (struct cox_standing_ask){.measure = measure,
        .period = {contest->from_day, contest->to_day},
        .among = (enum cox_contest_among)contest->among,
        .ids = entering.ids.at,
        .count = entering.ids.count,
        .opt = {.rule = (enum cox_contest_rule)contest->rule,
            .tie = (enum cox_contest_tie)contest->tie,
            .low_is_best = cox_measure_low_is_best(measure),
            .target = contest->target,
            .base_min = contest->base_min,
            .is_share = measure->unit == COX_UNIT_SHARE}};
    return COX_OK;
}

static enum cox_rc period_of(struct cox_call *call, int64_t period, struct cox_span *ret_span,
    struct cox_err *reterr)
{
    int64_t day = cox_call_as_of_day(call);
    struct cox_civil civil = cox_day_civil(day);
    struct cox_period_at at;

    if (period == COX_LEADERBOARD_90_DAYS) {
        *ret_span = (struct cox_span){day - 89, day + 1};
    } else if (period == COX_LEADERBOARD_MONTH) {
        int64_t first = cox_day_ymd(civil.year, civil.month, 1);
        *ret_span = (struct cox_span){first, cox_day_add_months(first, 1)};
    } else {
        COX_TRY(cox_fiscal_at_day(call,
            period == COX_LEADERBOARD_YEAR ? COX_PERIOD_YEAR : COX_PERIOD_QUARTER, day, &at,
            reterr));
        *ret_span = at.span;
    }
    return COX_OK;
}

struct gathering {
    struct cox_arena *arena;
    int64_t team, day;
    const struct cox_standing_users *line; /* NULL: everybody */
    bool of_teams;
    struct cox_standing_users ids;
};

static enum cox_rc note_member(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct gathering *g = ctx;
    int64_t user = cox_row_int(row, COX_TEAM_MEMBER_USER);

    if (!cox_days_hold(cox_row_int(row, COX_TEAM_MEMBER_FROM_DAY),
            cox_row_int(row, COX_TEAM_MEMBER_TO_DAY), g->day) ||
        cox_row_int(row, COX_TEAM_MEMBER_TEAM) != g->team ||
        (g->line != NULL && !cox_standing_has(g->line, user))) {
        return COX_OK;
    }
    return add_user(g->arena, &g->ids, user, reterr);
}

static enum cox_rc note_anybody(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct gathering *g = ctx;

    return add_user(g->arena, &g->ids, row->id, reterr);
}

static enum cox_rc note_team(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct gathering *g = ctx;

    return g->line != NULL && !cox_standing_has(g->line, cox_row_int(row, COX_TEAM_LEAD))
               ? COX_OK
               : add_user(g->arena, &g->ids, row->id, reterr);
}

/* The owner and who is below; for an executive, whose line is everybody, count is left 0. */
static enum cox_rc line_of_owner(struct cox_call *call, struct gathering *g, int64_t owner,
    struct cox_standing_users *line, struct cox_err *reterr)
{
    struct cox_err why = {0};
    struct cox_actor actor;
    const int64_t *below;
    size_t count;

    if (cox_actor_of_user(call, owner, g->day, &actor, &why) == COX_OK &&
        (actor.roles & COX_ROLE_BIT(COX_EXECUTIVE)) != 0) {
        return COX_OK;
    }
    COX_TRY(cox_line_below(call, owner, g->day, &below, &count, reterr));
    for (size_t i = 0; i < count; i++) {
        COX_TRY(add_user(g->arena, line, below[i], reterr));
    }
    COX_TRY(add_user(g->arena, line, owner, reterr));
    sort_users(line);
    g->line = line;
    return COX_OK;
}

enum cox_rc cox_leaderboard_ask(struct cox_call *call, struct cox_arena *arena,
    const struct cox_leaderboard *board, struct cox_standing_ask *ret_ask, struct cox_err *reterr)
{
    struct gathering g = {.arena = arena,
        .team = board->team,
        .day = cox_call_as_of_day(call),
        .of_teams = board->among == COX_AMONG_TEAMS};
    struct cox_standing_users line = {0};
    const struct cox_sales_measure *measure;

    COX_TRY(find_measure(board->measure, &measure, reterr));
    COX_TRY(line_of_owner(call, &g, board->owner, &line, reterr));
    if (g.of_teams) {
        COX_TRY(cox_each(call, &cox_team, NULL, note_team, &g, reterr));
    } else if (board->team != COX_NULL) {
        COX_TRY(cox_each(call, &cox_team_member, NULL, note_member, &g, reterr));
    } else if (g.line != NULL) {
        g.ids = line;
    } else {
        COX_TRY(cox_each(call, &cox_user, NULL, note_anybody, &g, reterr));
    }
    *ret_ask = (struct cox_standing_ask){.measure = measure,
        .among = (enum cox_contest_among)board->among,
        .ids = g.ids.at,
        .count = g.ids.count,
        .opt = {.rule = COX_CONTEST_MOST,
            .low_is_best = cox_measure_low_is_best(measure),
            .target = (double)NAN,
            .base_min = board->base_min,
            .is_share = measure->unit == COX_UNIT_SHARE}};
    return period_of(call, board->period, &ret_ask->period, reterr);
}
