/*
 * leader/brief.c: the sections of the leader's brief. 1:1s and promises are read as the person asked
 * for, so they show that person's own and nobody else's; the operator has none.
 */
#include "leader/brief.h"

#include <stdlib.h>

#include "leader/balance.h"
#include "leader/one_on_one.h"
#include "leader/talks.h"
#include "record/query.h"
#include "sales/brief.h"
#include "sales/deals.h"

enum {
    NEWCOMER_DAYS = 365,
    WIN_DAYS = 14,
    WINS_SHOWN_MAX = 15,
    PROMISE_AHEAD_DAYS = 7,
};

/* ---- promises ---- */

static const struct cox_brief_column promise_columns[] = {
    {"text", "Promise", COX_BRIEF_TEXT},
    {"by", "By", COX_BRIEF_TEXT},
    {"to", "To", COX_BRIEF_TEXT},
    {"due_day", "Due", COX_BRIEF_DAY},
    {"overdue_days", "Overdue", COX_BRIEF_DAYS},
    {"action_item", "action_item", COX_BRIEF_ID},
    {"by_user", "user", COX_BRIEF_ID},
    {"to_user", "user", COX_BRIEF_ID},
    {"one_on_one", "one_on_one", COX_BRIEF_ID},
};

struct promises {
    struct cox_brief *brief;
    struct cox_brief_section *section;
};

static bool works_here(const struct cox_brief *brief, int64_t user)
{
    const struct cox_person *person = cox_brief_person(brief, user);

    return person != NULL && person->is_active;
}

static enum cox_rc note_promise(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct promises *promises = (struct promises *)ctx;
    struct cox_brief *brief = promises->brief;
    struct cox_action_item item;
    struct cox_text text;
    int64_t to;

    cox_row_unpack(row, &item);
    if (item.state != COX_ACTION_ITEM_OPEN || item.due_day == COX_NULL ||
        item.due_day > brief->day + PROMISE_AHEAD_DAYS) {
        return COX_OK;
    }
    to = item.owner == item.author ? item.other : item.author;
    if (!works_here(brief, item.owner) || !works_here(brief, to)) {
        return COX_OK;
    }
    text = cox_arena_text(cox_call_arena(brief->call), item.text);
    if (text.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    const struct cox_value cells[] = {
        cox_text_value(text),
        item.owner == brief->user ? cox_text_value(COX_LIT("you"))
                                  : cox_brief_name(brief, item.owner),
        to == brief->user ? cox_text_value(COX_LIT("you")) : cox_brief_name(brief, to),
        cox_int(item.due_day),
        cox_int(item.due_day < brief->day ? brief->day - item.due_day : COX_NULL),
        cox_int(row->id),
        cox_int(item.owner),
        cox_int(to),
        cox_int(item.one_on_one),
    };
    return cox_brief_row(brief, promises->section, cells, reterr);
}

static int compare_promises(const void *a, const void *b)
{
    const struct cox_value *x = (const struct cox_value *)a, *y = (const struct cox_value *)b;

    return (x[3].number > y[3].number) - (x[3].number < y[3].number);
}

static enum cox_rc add_promises(struct cox_brief *brief, struct cox_err *reterr)
{
    struct promises promises = {.brief = brief};

    if (brief->user == 0) {
        return COX_OK; /* said above */
    }
    promises.section = cox_brief_section(brief, "promises", "Promises due", promise_columns,
        COX_COUNT(promise_columns));
    if (promises.section == NULL) {
        return cox_no_memory(reterr);
    }
    promises.section->shared = 1u << 0; /* what was promised */
    promises.section->note = "Open promises by or to you, overdue or due within a week.";
    promises.section->empty = "No promise is due.";
    COX_TRY(cox_each(brief->call, &cox_action_item, NULL, note_promise, &promises, reterr));
    if (promises.section->row_count > 1) {
        qsort(promises.section->cells, promises.section->row_count,
            COX_COUNT(promise_columns) * sizeof(struct cox_value), compare_promises);
    }
    return COX_OK;
}

/* ---- wins to recognise ---- */

static const struct cox_brief_column win_columns[] = {
    {"person", "Person", COX_BRIEF_TEXT},
    {"deal", "Deal", COX_BRIEF_TEXT},
    {"amount", "Amount", COX_BRIEF_MONEY},
    {"won_day", "Won", COX_BRIEF_DAY},
    {"opportunity", "opportunity", COX_BRIEF_ID},
    {"user", "user", COX_BRIEF_ID},
};

static int compare_wins(const void *a, const void *b)
{
    const struct cox_deal *x = *(const struct cox_deal *const *)a;
    const struct cox_deal *y = *(const struct cox_deal *const *)b;

    if (x->amount_minor != y->amount_minor) {
        return x->amount_minor > y->amount_minor ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

static enum cox_rc add_wins(struct cox_brief *brief, struct cox_err *reterr)
{
    const struct cox_deals *deals = brief->deals;
    struct cox_brief_section *section =
        cox_brief_section(brief, "wins", "Wins to recognise", win_columns, COX_COUNT(win_columns));
    const struct cox_deal **wins =
        COX_NEW_ARRAY(cox_call_arena(brief->call), deals->count + 1, const struct cox_deal *);
    size_t count = 0;

    if (section == NULL || wins == NULL) {
        return cox_no_memory(reterr);
    }
    section->note = "Won in the last 14 days, largest first.";
    section->empty = "Nothing was won in the last 14 days.";
    for (size_t i = 0; i < deals->count; i++) {
        const struct cox_deal *deal = &deals->at[i];

        if (deal->won_day != COX_NULL && deal->won_day > brief->day - WIN_DAYS &&
            deal->won_day <= brief->day && deal->owner != brief->user &&
            cox_brief_counts(brief, deal->owner)) {
            wins[count++] = deal;
        }
    }
    qsort(wins, count, sizeof(*wins), compare_wins);
    for (size_t i = 0; i < count && i < WINS_SHOWN_MAX; i++) {
        struct cox_text name;

        COX_TRY(cox_deal_name(brief->call, wins[i]->id, &name, reterr));
        const struct cox_value cells[] = {
            cox_brief_name(brief, wins[i]->owner),
            cox_text_value(name),
            cox_int(wins[i]->amount_minor),
            cox_int(wins[i]->won_day),
            cox_int(wins[i]->id),
            cox_int(wins[i]->owner),
        };

        COX_TRY(cox_brief_row(brief, section, cells, reterr));
    }
    section->more_count = count > WINS_SHOWN_MAX ? count - WINS_SHOWN_MAX : 0;
    return COX_OK;
}

/* ---- load ---- */

static const struct cox_brief_column load_columns[] = {
    {"person", "Person", COX_BRIEF_TEXT},
    {"count", "Open deals", COX_BRIEF_COUNT},
    {"count_ratio", "Of median", COX_BRIEF_RATIO},
    {"amount", "Open sum", COX_BRIEF_MONEY},
    {"amount_ratio", "Of median", COX_BRIEF_RATIO},
    {"user", "user", COX_BRIEF_ID},
};

struct person_load {
    const struct cox_person *person;
    int64_t count, amount;
};

static int compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The middle one, or half the sum of the two middle ones. Sorts numbers. */
static double median(int64_t *numbers, size_t count)
{
    size_t middle = count / 2;

    if (count == 0) {
        return (double)NAN;
    }
    qsort(numbers, count, sizeof(*numbers), compare_numbers);
    return count % 2 == 1 ? (double)numbers[middle]
                          : ((double)numbers[middle - 1] + (double)numbers[middle]) / 2;
}

static int compare_loads(const void *a, const void *b)
{
    const struct person_load *x = (const struct person_load *)a;
    const struct person_load *y = (const struct person_load *)b;

    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return (x->person->id > y->person->id) - (x->person->id < y->person->id);
}

static enum cox_rc sum_loads(const struct cox_brief *brief, const struct cox_crew *crew,
    struct person_load *loads, size_t *ret_count, struct cox_err *reterr)
{
    struct cox_person_deals *sums;
    size_t count = 0;

    COX_TRY(cox_brief_sum_people(brief, brief->day, &sums, reterr));
    for (size_t i = 0; i < crew->count; i++) {
        const struct cox_person_deals *sum = &sums[crew->at[i] - brief->people];

        if (sum->open_count > 0) {
            loads[count++] = (struct person_load){.person = crew->at[i],
                .count = sum->open_count,
                .amount = sum->open_minor};
        }
    }
    qsort(loads, count, sizeof(*loads), compare_loads);
    *ret_count = count;
    return COX_OK;
}

static enum cox_rc fill_loads(struct cox_brief *brief, struct cox_brief_section *section,
    const struct person_load *loads, size_t count, struct cox_err *reterr)
{
    int64_t *numbers = COX_NEW_ARRAY(cox_call_arena(brief->call), count + 1, int64_t);
    double count_median, amount_median;

    if (numbers == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        numbers[i] = loads[i].count;
    }
    count_median = median(numbers, count);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = loads[i].amount;
    }
    amount_median = median(numbers, count);
    for (size_t i = 0; i < count; i++) {
        const struct cox_value cells[] = {
            cox_text_value(loads[i].person->name),
            cox_int(loads[i].count),
            cox_real(count_median > 0 ? (double)loads[i].count / count_median : (double)NAN),
            cox_int(loads[i].amount),
            cox_real(amount_median > 0 ? (double)loads[i].amount / amount_median : (double)NAN),
            cox_int(loads[i].person->id),
        };

        COX_TRY(cox_brief_row(brief, section, cells, reterr));
    }
    return COX_OK;
}

static enum cox_rc add_load(struct cox_brief *brief, struct cox_err *reterr)
{
    struct cox_brief_section *section = cox_brief_section(brief, "load", "Load of each person",
        load_columns, COX_COUNT(load_columns));
    struct person_load *loads;
    struct cox_crew crew;
    size_t count;

    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->note = "Open deals against the median of those here who have any.";
    section->empty = "No open deals.";
    COX_TRY(cox_crew_load(brief, &crew, reterr));
    loads = COX_NEW_ARRAY(cox_call_arena(brief->call), crew.count + 1, struct person_load);
    if (loads == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(sum_loads(brief, &crew, loads, &count, reterr));
    return fill_loads(brief, section, loads, count, reterr);
}

/* ---- newcomers ---- */

static const struct cox_brief_column newcomer_columns[] = {
    {"person", "Person", COX_BRIEF_TEXT},
    {"hire_day", "Here since", COX_BRIEF_DAY},
    {"days", "Days", COX_BRIEF_DAYS},
    {"first_win_days", "First win after", COX_BRIEF_DAYS},
    {"won_count_90", "Won", COX_BRIEF_COUNT},
    {"won_90", "Sum won", COX_BRIEF_MONEY},
    {"ramp", "Of median", COX_BRIEF_RATIO},
    {"user", "user", COX_BRIEF_ID},
};

enum { RAMP_DAYS = 90 };

static bool is_newcomer(const struct cox_brief *brief, const struct cox_person *person)
{
    return person->hire_day != COX_NULL && brief->day - person->hire_day < NEWCOMER_DAYS;
}

/* Median of what those here for longer won in the same days, of those who sell at all. */
static enum cox_rc tenured_median(const struct cox_brief *brief, const struct cox_crew *crew,
    const struct cox_person_deals *won, double *ret_median, struct cox_err *reterr)
{
    int64_t *sums = COX_NEW_ARRAY(cox_call_arena(brief->call), crew->count + 1, int64_t);
    size_t count = 0;

    if (sums == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < crew->count; i++) {
        const struct cox_person_deals *sum = &won[crew->at[i] - brief->people];

        if (!is_newcomer(brief, crew->at[i]) && sum->first_won_day != COX_NULL) {
            sums[count++] = sum->won_minor;
        }
    }
    *ret_median = median(sums, count);
    return COX_OK;
}

static enum cox_rc add_newcomers(struct cox_brief *brief, struct cox_err *reterr)
{
    struct cox_brief_section *section = cox_brief_section(brief, "newcomers",
        "Newcomers and their ramp", newcomer_columns, COX_COUNT(newcomer_columns));
    struct cox_person_deals *won;
    struct cox_crew crew;
    double others = (double)NAN;

    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->note =
        "Hired within a year; won in the last 90 days, against the median of those here "
        "for longer.";
    section->empty = "Nobody was hired within a year.";
    COX_TRY(cox_crew_load(brief, &crew, reterr));
    COX_TRY(cox_brief_sum_people(brief, brief->day - RAMP_DAYS, &won, reterr));
    COX_TRY(tenured_median(brief, &crew, won, &others, reterr));
    for (size_t i = 0; i < crew.count; i++) {
        const struct cox_person *person = crew.at[i];
        const struct cox_person_deals *sum = &won[person - brief->people];

        if (!is_newcomer(brief, person)) {
            continue;
        }
        const struct cox_value cells[] = {
            cox_text_value(person->name),
            cox_int(person->hire_day),
            cox_int(brief->day - person->hire_day),
            cox_int(
                sum->first_won_day == COX_NULL ? COX_NULL : sum->first_won_day - person->hire_day),
            cox_int(sum->won_count),
            cox_int(sum->won_minor),
            cox_real(others > 0 ? (double)sum->won_minor / others : (double)NAN),
            cox_int(person->id),
        };
        COX_TRY(cox_brief_row(brief, section, cells, reterr));
    }
    return COX_OK;
}

static const struct cox_signal signal_talks = {"one_on_ones", COX_ROLE_BIT(COX_LEADER),
    cox_talks_add};
static const struct cox_signal signal_next_talk = {"next_one_on_one", COX_ROLE_BIT(COX_REP),
    cox_next_talk_add};
static const struct cox_signal signal_promises = {"promises",
    COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_REP), add_promises};
static const struct cox_signal signal_wins = {"wins", COX_ROLE_BIT(COX_LEADER), add_wins};
static const struct cox_signal signal_newcomers = {"newcomers", COX_ROLE_BIT(COX_LEADER),
    add_newcomers};
static const struct cox_signal signal_load = {"load", COX_ROLE_BIT(COX_LEADER), add_load};

static const struct cox_signal *const signals[] = {
    &signal_talks,
    &signal_next_talk,
    &signal_promises,
    &signal_wins,
    &signal_newcomers,
    &signal_load,
    NULL,
};

const struct cox_feature cox_feature_leader_brief = {
    .name = "leader_brief",
    .help = "The leader's brief: 1:1s, promises, wins to recognise, newcomers, load.",
    .signals = signals,
    .routes = cox_routes_balance,
};
