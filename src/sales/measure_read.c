/*
 * sales/measure_read.c: the sums of every group, by a few passes over the book.
 *
 * A team is not a column of the book: people change teams. Deals are summed by owner within spans of days in
 * which nobody changed teams, and owners then folded into the teams of that span.
 */
#include <stdlib.h>

#include "base/day.h"
#include "org/calendar.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/measure_parts.h"

enum { CELLS_MAX = 4000000 };

/* ---- the frame ---- */

struct framing {
    struct cox_call *call;
    struct cox_arena *arena;
    const struct cox_measure_ask *ask;
    struct cox_measure_frame *frame;
    size_t member_room;
};

static enum cox_rc add_bound(struct framing *f, size_t at, int64_t day, struct cox_err *reterr)
{
    size_t *count = &f->frame->bound_count[at];

    if (*count > COX_MEASURE_BOUNDS_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "period", 0, "too many parts: at most %d",
            COX_MEASURE_BOUNDS_MAX);
    }
    f->frame->bounds[at][(*count)++] = (int32_t)day;
    return COX_OK;
}

/* The first day of the month, week or day that the period begins in. */
static int64_t first_bound(enum cox_measure_by by, int64_t from_day)
{
    struct cox_civil first = cox_day_civil(from_day);

    return by == COX_BY_DAY    ? from_day
           : by == COX_BY_WEEK ? from_day - (cox_day_weekday(from_day) - 1)
                               : cox_day_ymd(first.year, first.month, 1);
}

/* Months, fiscal quarters, weeks or days from the one that the period begins in to its end. */
static enum cox_rc make_bounds(struct framing *f, size_t at, struct cox_err *reterr)
{
    enum cox_measure_by by = f->ask->by[at];
    int64_t day = first_bound(by, f->ask->period.from_day);

    while (day < f->ask->period.to_day) {
        int64_t next = by == COX_BY_DAY    ? day + 1
                       : by == COX_BY_WEEK ? day + 7
                                           : cox_day_add_months(day, 1);
        if (by == COX_BY_QUARTER) {
            struct cox_period_at quarter;
            COX_TRY(cox_fiscal_at_day(f->call, COX_PERIOD_QUARTER,
                f->frame->bound_count[at] == 0 ? f->ask->period.from_day : day, &quarter, reterr));
            day = quarter.span.from_day;
            next = quarter.span.to_day;
        }
        COX_TRY(add_bound(f, at, day, reterr));
        day = next;
    }
    return add_bound(f, at, day, reterr);
}

static enum cox_rc note_member(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct framing *f = ctx;
    struct cox_measure_frame *frame = f->frame;
    int64_t from = cox_row_int(row, COX_TEAM_MEMBER_FROM_DAY);
    int64_t to = cox_row_int(row, COX_TEAM_MEMBER_TO_DAY);

    if (frame->member_count == f->member_room) {
        size_t room = f->member_room == 0 ? 64 : 2 * f->member_room;
        struct cox_measure_member *grown = COX_NEW_ARRAY(f->arena, room, struct cox_measure_member);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (frame->member_count > 0) {
            memcpy(grown, frame->members, frame->member_count * sizeof(*grown));
        }
        frame->members = grown;
        f->member_room = room;
    }
    frame->members[frame->member_count++] = (struct cox_measure_member){row->id,
        cox_row_int(row, COX_TEAM_MEMBER_USER), cox_row_int(row, COX_TEAM_MEMBER_TEAM),
        from == COX_NULL ? INT64_MIN : from, to == COX_NULL ? INT64_MAX : to};
    return COX_OK;
}

static int compare_members(const void *a, const void *b)
{
    const struct cox_measure_member *x = a, *y = b;

    if (x->user != y->user) {
        return x->user < y->user ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

static enum cox_rc load_members(struct framing *f, struct cox_err *reterr)
{
    COX_TRY(cox_each(f->call, &cox_team_member, NULL, note_member, f, reterr));
    if (f->frame->member_count > 1) {
        qsort(f->frame->members, f->frame->member_count, sizeof(*f->frame->members),
            compare_members);
    }
    return COX_OK;
}

/* The frame may outlive its call. */
static enum cox_rc load_week(struct framing *f, struct cox_err *reterr)
{
    struct cox_workweek *week = &f->frame->week;
    int64_t *holidays;

    COX_TRY(cox_workweek_load(f->call, f->frame->day, week, reterr));
    holidays = COX_NEW_ARRAY(f->arena, week->holiday_count + 1, int64_t);
    if (holidays == NULL) {
        return cox_no_memory(reterr);
    }
    if (week->holiday_count > 0) {
        memcpy(holidays, week->holidays, week->holiday_count * sizeof(*holidays));
    }
    week->holidays = holidays;
    return COX_OK;
}

static enum cox_rc check_period(const struct cox_measure_ask *ask, struct cox_err *reterr)
{
    return ask->period.from_day >= ask->period.to_day || ask->period.from_day < INT32_MIN + 1 ||
                   ask->period.to_day >= INT32_MAX
               ? cox_fail_at(reterr, COX_INVALID, "period", 0, "a period has at least one day")
               : COX_OK;
}

enum cox_rc cox_measure_frame_load(struct cox_call *call, const struct cox_measure_ask *ask,
    struct cox_arena *arena, struct cox_measure_frame **ret_frame, struct cox_err *reterr)
{
    struct framing f = {.call = call,
        .arena = arena,
        .ask = ask,
        .frame = COX_NEW(arena, struct cox_measure_frame)};

    COX_TRY(check_period(ask, reterr));
    if (f.frame == NULL) {
        return cox_no_memory(reterr);
    }
    f.frame->day = ask->as_it_is ? cox_call_today(call) : cox_call_as_of_day(call);
    for (size_t i = 0; i < 2; i++) {
        if (cox_measure_by_is_time(ask->by[i])) {
            COX_TRY(make_bounds(&f, i, reterr));
        }
    }
    if (ask->by[0] == COX_BY_TEAM || ask->by[1] == COX_BY_TEAM) {
        COX_TRY(load_members(&f, reterr));
    }
    if ((ask->wants & (COX_SUMS_OF_QUOTAS | COX_SUMS_OF_DAYS)) != 0) {
        COX_TRY(load_week(&f, reterr));
    }
    *ret_frame = f.frame;
    return COX_OK;
}

/* ---- axes ---- */

static enum cox_rc make_axis(struct cox_measure_reading *r, size_t at, struct cox_err *reterr)
{
    const struct cox_book *book = &r->generation->book;
    struct cox_measure_axis *axis = &r->axes[at];

    axis->by = r->ask->by[at];
    switch (axis->by) {
    case COX_BY_NOTHING:
        axis->group = (struct cox_book_group){.by = COX_BOOK_BY_NOTHING, .group_count = 1};
        return COX_OK;
    case COX_BY_OWNER:
    case COX_BY_TEAM:
        axis->group = (struct cox_book_group){.by = COX_BOOK_BY_OWNER,
            .group_count = book->owner_count,
            .map_count = book->owner_count};
        return COX_OK;
    case COX_BY_STAGE:
        axis->group = (struct cox_book_group){.by = COX_BOOK_BY_STAGE,
            .group_count = book->stage_count,
            .map_count = book->stage_count};
        return COX_OK;
    case COX_BY_PRODUCT:
        axis->group = (struct cox_book_group){.by = COX_BOOK_BY_CODE,
            .group_count = r->generation->code_count,
            .map_count = r->generation->code_count};
        return COX_OK;
    case COX_BY_MONTH:
    case COX_BY_QUARTER:
    case COX_BY_WEEK:
    case COX_BY_DAY:
        axis->group.bounds = r->frame->bounds[at];
        axis->group.group_count = r->frame->bound_count[at] - 1;
        return COX_OK;
    case COX_BY_COUNT:
        break;
    }
    return cox_fail_at(reterr, COX_INVALID, "by", 0, "there is no such dimension");
}

/* ---- teams ---- */

/* Position of the user's first membership, or of where it would stand. */
static size_t first_member_of(const struct cox_measure_frame *frame, int64_t user)
{
    size_t low = 0, high = frame->member_count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (frame->members[mid].user < user) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

int64_t cox_measure_team_of(const struct cox_measure_frame *frame, int64_t user, int64_t day)
{
    for (size_t i = first_member_of(frame, user);
         i < frame->member_count && frame->members[i].user == user; i++) {
        if (frame->members[i].from_day <= day && frame->members[i].to_day > day) {
            return frame->members[i].team;
        }
    }
    return 0;
}

int64_t cox_measure_next_team(const struct cox_measure_frame *frame, int64_t user, int64_t day,
    int64_t end)
{
    size_t first = user == 0 ? 0 : first_member_of(frame, user);

    for (size_t i = first; i < frame->member_count; i++) {
        int64_t from = frame->members[i].from_day, to = frame->members[i].to_day;
        if (user != 0 && frame->members[i].user != user) {
            break;
        }
        end = from > day && from < end ? from : end;
        end = to > day && to < end ? to : end;
    }
    return end;
}

/* ---- rows ---- */

static int64_t key_of(const struct cox_measure_reading *r, const struct cox_measure_axis *axis,
    size_t at, int64_t team_day)
{
    switch (axis->by) {
    case COX_BY_NOTHING:
    case COX_BY_COUNT:
        return 0;
    case COX_BY_OWNER:
        return r->generation->owners[at];
    case COX_BY_TEAM:
        return cox_measure_team_of(r->frame, r->generation->owners[at], team_day);
    case COX_BY_STAGE:
        return r->generation->stages[at].id;
    case COX_BY_PRODUCT:
        return r->generation->codes[at];
    case COX_BY_MONTH:
    case COX_BY_QUARTER:
    case COX_BY_WEEK:
    case COX_BY_DAY:
        return axis->group.bounds[at];
    }
    return 0;
}

enum cox_rc cox_measure_row_of(struct cox_measure_reading *r, int64_t first, int64_t second,
    struct cox_measure_row **ret_row, struct cox_err *reterr)
{
    int64_t keys[2] = {first, second};
    struct cox_text key;
    uint64_t *place;
    bool is_new;

    if (r->last_row < r->row_count && memcmp(r->rows[r->last_row].keys, keys, sizeof(keys)) == 0) {
        *ret_row = &r->rows[r->last_row]; /* groups come one beside the other */
        return COX_OK;
    }
    key = cox_arena_text(r->arena, (struct cox_text){(char *)keys, sizeof(keys)});
    if (key.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_map_add(r->by_key, key, r->row_count, &place, &is_new, reterr));
    if (is_new && r->row_count == r->row_room) {
        size_t room = r->row_room == 0 ? 64 : 2 * r->row_room;
        struct cox_measure_row *grown = COX_NEW_ARRAY(r->arena, room, struct cox_measure_row);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (r->row_count > 0) {
            memcpy(grown, r->rows, r->row_count * sizeof(*grown));
        }
        r->rows = grown;
        r->row_room = room;
    }
    if (is_new) {
        r->rows[r->row_count++] = (struct cox_measure_row){.keys = {first, second}};
    }
    r->last_row = *place;
    *ret_row = &r->rows[*place];
    return COX_OK;
}

bool cox_measure_counts(const struct cox_measure_ask *ask, int64_t user)
{
    for (size_t i = 0; ask->owners != NULL && i < ask->owner_count; i++) {
        if (ask->owners[i] == user) {
            return true;
        }
    }
    return ask->owners == NULL;
}

/* The key of a day among months or quarters; false when it lies outside of them. */
static bool bucket_of(const struct cox_measure_frame *frame, size_t at, int64_t day,
    int64_t *ret_key)
{
    const int32_t *bounds = frame->bounds[at];

    for (size_t i = 0; i + 1 < frame->bound_count[at]; i++) {
        if (bounds[i] <= day && day < bounds[i + 1]) {
            *ret_key = bounds[i];
            return true;
        }
    }
    return false;
}

static bool key_of_place(const struct cox_measure_reading *r, size_t at,
    const struct cox_measure_place *place, int64_t *ret_key)
{
    switch (r->axes[at].by) {
    case COX_BY_NOTHING:
        *ret_key = 0;
        return true;
    case COX_BY_OWNER:
        *ret_key = place->user;
        return place->team == 0;
    case COX_BY_TEAM:
        *ret_key = place->team != 0 ? place->team
                                    : cox_measure_team_of(r->frame, place->user,
                                          r->ask->as_it_is ? r->frame->day : place->day);
        return true;
    case COX_BY_MONTH:
    case COX_BY_QUARTER:
    case COX_BY_WEEK:
    case COX_BY_DAY:
        return bucket_of(r->frame, at, place->day, ret_key);
    case COX_BY_STAGE:
    case COX_BY_PRODUCT:
    case COX_BY_COUNT:
        break;
    }
    return false;
}

enum cox_rc cox_measure_add(struct cox_measure_reading *r, const struct cox_measure_place *place,
    int sum, int64_t value, struct cox_err *reterr)
{
    struct cox_measure_row *row;
    int64_t keys[2];

    if (value == 0 || !key_of_place(r, 0, place, &keys[0]) ||
        !key_of_place(r, 1, place, &keys[1])) {
        return COX_OK;
    }
    COX_TRY(cox_measure_row_of(r, keys[0], keys[1], &row, reterr));
    return __builtin_add_overflow(row->sums[sum], value, &row->sums[sum])
               ? cox_fail(reterr, COX_TOO_LARGE, "the sum is too large")
               : COX_OK;
}

int64_t cox_measure_next_change(const struct cox_measure_reading *r, int64_t user, int64_t day,
    int64_t end)
{
    for (size_t at = 0; at < 2; at++) {
        for (size_t i = 0; i < r->frame->bound_count[at]; i++) {
            int64_t bound = r->frame->bounds[at][i];
            end = bound > day && bound < end ? bound : end;
        }
    }
    return r->ask->as_it_is ? end : cox_measure_next_team(r->frame, user, day, end);
}

/* ---- passes ---- */

/* Which deals a pass is about. */
enum pass_of {
    OF_ALL_DAYS,
    OF_PERIOD, /* the day that counts lies in it */
    OF_DUE_BY,
    OF_ACTIVE,
};

/* Which sums a pass fills, from the fields of a cell. */
struct pass {
    enum cox_book_stage_kind kind;
    bool is_any_kind;
    enum cox_book_by day; /* the day that counts: for months, quarters and teams */
    enum pass_of of;
    enum cox_measure_sum count, amount, weighted, days, credit; /* SUM_COUNT: none */
};

static const struct pass passes[] = {
    {COX_BOOK_OPEN, false, COX_BOOK_BY_CLOSE_DAY, OF_ALL_DAYS, COX_SUM_OPEN_COUNT, COX_SUM_OPEN,
        COX_SUM_WEIGHTED, COX_SUM_OPEN_AGE, COX_SUM_COUNT},
    {COX_BOOK_OPEN, false, COX_BOOK_BY_CLOSE_DAY, OF_PERIOD, COX_SUM_DUE_COUNT, COX_SUM_DUE,
        COX_SUM_DUE_WEIGHTED, COX_SUM_COUNT, COX_SUM_COUNT},
    {COX_BOOK_OPEN, false, COX_BOOK_BY_CLOSE_DAY, OF_DUE_BY, COX_SUM_DUE_BY_COUNT, COX_SUM_DUE_BY,
        COX_SUM_DUE_BY_WEIGHTED, COX_SUM_COUNT, COX_SUM_COUNT},
    {COX_BOOK_OPEN, false, COX_BOOK_BY_CLOSE_DAY, OF_ACTIVE, COX_SUM_ACTIVE_COUNT, COX_SUM_COUNT,
        COX_SUM_COUNT, COX_SUM_COUNT, COX_SUM_COUNT},
    {COX_BOOK_WON, false, COX_BOOK_BY_CLOSED_DAY, OF_PERIOD, COX_SUM_WON_COUNT, COX_SUM_WON,
        COX_SUM_COUNT, COX_SUM_WON_DAYS, COX_SUM_CREDIT},
    {COX_BOOK_LOST, false, COX_BOOK_BY_CLOSED_DAY, OF_PERIOD, COX_SUM_LOST_COUNT, COX_SUM_LOST,
        COX_SUM_COUNT, COX_SUM_COUNT, COX_SUM_COUNT},
    {COX_BOOK_OPEN, true, COX_BOOK_BY_CREATED_DAY, OF_PERIOD, COX_SUM_CREATED_COUNT,
        COX_SUM_CREATED, COX_SUM_COUNT, COX_SUM_COUNT, COX_SUM_COUNT},
};

static uint64_t wants_of(const struct cox_measure_ask *ask)
{
    return ask->wants == 0 ? COX_SUMS_OF_DEALS : ask->wants;
}

/* Sums nobody asked for stay 0: without those who add to it a credit would be wrong. */
static void put(const struct cox_measure_reading *r, struct cox_measure_row *row,
    enum cox_measure_sum sum, int64_t value)
{
    if (sum != COX_SUM_COUNT && (wants_of(r->ask) & COX_SUM_BIT(sum)) != 0) {
        row->sums[sum] += value;
    }
}

static struct cox_book_group group_of(const struct cox_measure_axis *axis, const struct pass *pass)
{
    struct cox_book_group group = axis->group;

    if (cox_measure_by_is_time(axis->by)) {
        group.by = pass->day;
    }
    return group;
}

static struct cox_book_days *days_of(struct cox_book_ask *question, const struct pass *pass)
{
    return pass->day == COX_BOOK_BY_CLOSE_DAY     ? &question->close
           : pass->day == COX_BOOK_BY_CREATED_DAY ? &question->created
                                                  : &question->closed;
}

static struct cox_book_ask question_of(const struct cox_measure_reading *r, const struct pass *pass)
{
    struct cox_book_ask question = r->question;

    question.stage_in = pass->is_any_kind ? r->question.stage_in : r->kind_in;
    question.wants = (pass->weighted != COX_SUM_COUNT ? COX_BOOK_WEIGHTED : 0U) |
                     (pass->days != COX_SUM_COUNT ? COX_BOOK_DAYS : 0U);
    return question;
}

static void put_cell(const struct cox_measure_reading *r, struct cox_measure_row *row,
    const struct pass *pass, const struct cox_book_cell *cell)
{
    put(r, row, pass->count, cell->count);
    put(r, row, pass->amount, cell->amount_minor);
    put(r, row, pass->weighted, cell->weighted_minor);
    put(r, row, pass->days, cell->days);
    put(r, row, pass->credit, cell->amount_minor);
}

/* One sum over deals whose day that counts lies in days, folded into rows with the teams of team_day. */
static enum cox_rc run_span(struct cox_measure_reading *r, const struct pass *pass,
    struct cox_book_days days, int64_t team_day, struct cox_err *reterr)
{
    struct cox_book_group rows = group_of(&r->axes[0], pass);
    struct cox_book_group columns = group_of(&r->axes[1], pass);
    size_t count = rows.group_count * columns.group_count;
    struct cox_book_ask question = question_of(r, pass);

    *days_of(&question, pass) = days;
    memset(r->cells, 0, count * sizeof(*r->cells));
    COX_TRY(cox_book_sum(&r->generation->book, &question, &rows, &columns, r->cells, reterr));
    for (size_t at = 0; at < count; at++) {
        const struct cox_book_cell *cell = &r->cells[at];
        struct cox_measure_row *row = NULL;
        if (cell->count == 0) {
            continue;
        }
        COX_TRY(cox_measure_row_of(r, key_of(r, &r->axes[0], at / columns.group_count, team_day),
            key_of(r, &r->axes[1], at % columns.group_count, team_day), &row, reterr));
        put_cell(r, row, pass, cell);
    }
    return COX_OK;
}

/* Overdue deals are due in a period that has begun. */
static struct cox_book_days days_due_by(const struct cox_measure_reading *r)
{
    struct cox_span period = r->ask->period;

    return (struct cox_book_days){period.from_day > cox_call_as_of_day(r->call)
                                      ? (int32_t)period.from_day
                                      : COX_BOOK_NO_DAY + 1,
        (int32_t)period.to_day};
}

static enum cox_rc run_active(struct cox_measure_reading *r, const struct pass *pass,
    struct cox_err *reterr)
{
    const uint64_t *const *asked = r->question.picked;
    uint64_t **active;
    enum cox_rc rc;

    COX_TRY(cox_measure_active_deals(r, &active, reterr));
    r->question.picked = (const uint64_t *const *)active;
    rc = run_span(r, pass, COX_BOOK_ANY_DAY, r->frame->day, reterr);
    r->question.picked = asked;
    return rc;
}

/* ---- teams of the day ---- */

/* Days between which neither a team nor the other dimension's span changes. */
struct cuts {
    int32_t *days;
    size_t count;
};

static enum cox_rc make_cuts(const struct cox_measure_reading *r, struct cuts *ret_cuts,
    struct cox_err *reterr)
{
    struct cox_span period = r->ask->period;
    size_t room =
        2 * r->frame->member_count + r->frame->bound_count[0] + r->frame->bound_count[1] + 2;

    ret_cuts->days = COX_NEW_ARRAY(r->arena, room, int32_t);
    if (ret_cuts->days == NULL) {
        return cox_no_memory(reterr);
    }
    for (int64_t day = period.from_day; day < period.to_day;
         day = cox_measure_next_change(r, 0, day, period.to_day)) {
        ret_cuts->days[ret_cuts->count++] = (int32_t)day;
    }
    ret_cuts->days[ret_cuts->count++] = (int32_t)period.to_day;
    return COX_OK;
}

/* In one pass by owner and cut: the other dimension is none, or of time, and so known of the cut. */
static enum cox_rc run_cuts(struct cox_measure_reading *r, const struct pass *pass,
    const struct cuts *cuts, struct cox_err *reterr)
{
    size_t owner_count = r->generation->book.owner_count, width = cuts->count - 1;
    const struct cox_book_group owners = {.by = COX_BOOK_BY_OWNER,
        .group_count = owner_count,
        .map_count = owner_count};
    const struct cox_book_group days = {.by = pass->day,
        .group_count = width,
        .bounds = cuts->days};
    struct cox_book_cell *cells =
        COX_NEW_ARRAY(r->arena, owner_count * width + 1, struct cox_book_cell);
    struct cox_book_ask question = question_of(r, pass);

    if (cells == NULL) {
        return cox_no_memory(reterr);
    }
    *days_of(&question, pass) = (struct cox_book_days){cuts->days[0], cuts->days[width]};
    COX_TRY(cox_book_sum(&r->generation->book, &question, &owners, &days, cells, reterr));
    for (size_t at = 0; at < owner_count * width; at++) {
        const struct cox_measure_place place = {r->generation->owners[at / width], 0,
            cuts->days[at % width]};
        struct cox_measure_row *row;
        int64_t keys[2];
        if (cells[at].count == 0 || !key_of_place(r, 0, &place, &keys[0]) ||
            !key_of_place(r, 1, &place, &keys[1])) {
            continue;
        }
        COX_TRY(cox_measure_row_of(r, keys[0], keys[1], &row, reterr));
        put_cell(r, row, pass, &cells[at]);
    }
    return COX_OK;
}

static bool is_cut_by(enum cox_measure_by by)
{
    return by == COX_BY_NOTHING || by == COX_BY_TEAM || by == COX_BY_OWNER ||
           cox_measure_by_is_time(by);
}

/* By team, deals are of the team that their owner was in on the day that counts. */
static enum cox_rc run_period(struct cox_measure_reading *r, const struct pass *pass,
    struct cox_err *reterr)
{
    struct cox_book_days all = {(int32_t)r->ask->period.from_day, (int32_t)r->ask->period.to_day};
    bool has_teams = r->ask->by[0] == COX_BY_TEAM || r->ask->by[1] == COX_BY_TEAM;
    struct cuts cuts = {0};

    if (!has_teams || r->ask->as_it_is || pass->day == COX_BOOK_BY_CLOSE_DAY) {
        return run_span(r, pass, all, r->frame->day, reterr);
    }
    COX_TRY(make_cuts(r, &cuts, reterr));
    if (is_cut_by(r->ask->by[0]) && is_cut_by(r->ask->by[1]) &&
        r->generation->book.owner_count * cuts.count <= CELLS_MAX) {
        return run_cuts(r, pass, &cuts, reterr);
    }
    for (int64_t day = all.from; day < all.to;) {
        int64_t next = cox_measure_next_team(r->frame, 0, day, all.to);
        COX_TRY(
            run_span(r, pass, (struct cox_book_days){(int32_t)day, (int32_t)next}, day, reterr));
        day = next;
    }
    return COX_OK;
}

static enum cox_rc run_pass(struct cox_measure_reading *r, const struct pass *pass,
    struct cox_err *reterr)
{
    const unsigned char *asked = r->question.stage_in;

    for (size_t i = 0; i < r->generation->book.stage_count; i++) {
        r->kind_in[i] =
            r->generation->book.stages[i].kind == pass->kind && (asked == NULL || asked[i] != 0);
    }
    switch (pass->of) {
    case OF_ALL_DAYS: /* open deals belong to the team of the instant, whatever day they are due */
        return run_span(r, pass, COX_BOOK_ANY_DAY, r->frame->day, reterr);
    case OF_DUE_BY:
        return run_span(r, pass, days_due_by(r), r->frame->day, reterr);
    case OF_ACTIVE:
        return run_active(r, pass, reterr);
    case OF_PERIOD:
        break;
    }
    return run_period(r, pass, reterr);
}

static int compare_rows(const void *a, const void *b)
{
    const struct cox_measure_row *x = a, *y = b;

    for (int i = 0; i < 2; i++) {
        if (x->keys[i] != y->keys[i]) {
            return x->keys[i] < y->keys[i] ? -1 : 1;
        }
    }
    return 0;
}

static enum cox_rc prepare(struct cox_measure_reading *r, struct cox_err *reterr)
{
    const struct cox_map_opt opt = {.key = {1, 2}};
    size_t count;

    COX_TRY(make_axis(r, 0, reterr));
    COX_TRY(make_axis(r, 1, reterr));
    count = r->axes[0].group.group_count * r->axes[1].group.group_count;
    if (count > CELLS_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "by", 0, "too many groups: choose one dimension");
    }
    COX_TRY(cox_map_open_in(r->arena, &opt, &r->by_key, reterr));
    r->cells = COX_NEW_ARRAY(r->arena, count + 1, struct cox_book_cell);
    r->kind_in = COX_NEW_ARRAY(r->arena, r->generation->book.stage_count + 1, unsigned char);
    return r->cells == NULL || r->kind_in == NULL ? cox_no_memory(reterr) : COX_OK;
}

static bool is_wanted(const struct cox_measure_ask *ask, const struct pass *pass)
{
    uint64_t fills = COX_SUM_BIT(pass->count) | COX_SUM_BIT(pass->amount) |
                     COX_SUM_BIT(pass->weighted) | COX_SUM_BIT(pass->days) |
                     COX_SUM_BIT(pass->credit);

    return (wants_of(ask) & fills & ~COX_SUM_BIT(COX_SUM_COUNT)) != 0;
}

/* What the book has no column for. */
static enum cox_rc add_others(struct cox_measure_reading *r, struct cox_err *reterr)
{
    static const struct {
        uint64_t sums;
        enum cox_rc (*add)(struct cox_measure_reading *r, struct cox_err *reterr);
    } others[] = {
        {COX_SUM_BIT(COX_SUM_SLIP_DUE) | COX_SUM_BIT(COX_SUM_SLIP_OUT), cox_measure_add_slips},
        {COX_SUM_BIT(COX_SUM_CREDIT), cox_measure_add_credit},
        {COX_SUMS_OF_QUOTAS, cox_measure_add_quotas},
        {COX_SUMS_OF_ACTIVITIES, cox_measure_add_activities},
        {COX_SUMS_OF_DAYS, cox_measure_add_workdays}, /* last: to every row */
    };

    for (size_t i = 0; i < COX_COUNT(others); i++) {
        if ((wants_of(r->ask) & others[i].sums) != 0) {
            COX_TRY(others[i].add(r, reterr));
        }
    }
    return COX_OK;
}

enum cox_rc cox_measure_sum_deals(struct cox_call *call,
    const struct cox_book_generation *generation, const struct cox_book_ask *question,
    const struct cox_measure_ask *ask, const struct cox_measure_frame *frame,
    struct cox_measure_result *ret_result, struct cox_err *reterr)
{
    struct cox_measure_reading *r = COX_NEW(cox_call_arena(call), struct cox_measure_reading);

    if (r == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(check_period(ask, reterr));
    *r = (struct cox_measure_reading){.call = call,
        .arena = cox_call_arena(call),
        .ask = ask,
        .frame = frame,
        .generation = generation,
        .question = *question};
    COX_TRY(prepare(r, reterr));
    for (size_t i = 0; i < COX_COUNT(passes); i++) {
        if (is_wanted(ask, &passes[i])) {
            COX_TRY(run_pass(r, &passes[i], reterr));
        }
    }
    COX_TRY(add_others(r, reterr));
    if (r->row_count > 1) {
        qsort(r->rows, r->row_count, sizeof(*r->rows), compare_rows);
    }
    *ret_result = (struct cox_measure_result){.rows = r->rows,
        .count = r->row_count,
        .seq = generation->seq,
        .unrated_count = generation->unrated_count};
    return COX_OK;
}

static enum cox_rc read_rows(struct cox_call *call, const struct cox_book_generation *generation,
    const struct cox_measure_ask *ask, struct cox_measure_result *ret_result,
    struct cox_err *reterr)
{
    struct cox_measure_frame *frame;
    struct cox_book_ask question;

    COX_TRY(cox_measure_frame_load(call, ask, cox_call_arena(call), &frame, reterr));
    COX_TRY(cox_book_ask_of(call, generation, &question, reterr));
    if (ask->owners != NULL) {
        question.owner_in = cox_book_owner_bits(call, generation, ask->owners, ask->owner_count);
        if (question.owner_in == NULL) {
            return cox_no_memory(reterr);
        }
    }
    return cox_measure_sum_deals(call, generation, &question, ask, frame, ret_result, reterr);
}

enum cox_rc cox_measure_read(struct cox_call *call, struct cox_books *books,
    const struct cox_measure_ask *ask, struct cox_measure_result *ret_result,
    struct cox_err *reterr)
{
    const struct cox_book_generation *generation;
    enum cox_rc rc;

    COX_TRY(cox_books_use(books, call, &generation, reterr));
    rc = read_rows(call, generation, ask, ret_result, reterr);
    cox_books_release(books, generation);
    return rc;
}
