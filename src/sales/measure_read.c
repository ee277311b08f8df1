/*
 * sales/measure_read.c: the sums of every group, by a few passes over the book.
 *
 * A team is not a column of the book: people change teams. Deals are summed by owner within spans of days in
 * which nobody changed teams, and owners then folded into the teams of that span.
 */
#include <stdlib.h>

#include "base/day.h"
#include "base/map.h"
#include "org/calendar.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/measure.h"

enum { CELLS_MAX = 4000000 };

struct axis {
    enum cox_measure_by by;
    struct cox_book_group group; /* but for the day that counts */
};

struct reading {
    struct cox_call *call;
    struct cox_arena *arena;
    const struct cox_measure_ask *ask;
    const struct cox_measure_frame *frame;
    const struct cox_book_generation *generation;
    struct cox_book_ask question;
    struct axis axes[2];
    struct cox_measure_row *rows;
    size_t row_count, row_room;
    struct cox_map *by_key;
    unsigned char *kind_in; /* by stage: what a pass is about */
    struct cox_book_cell *cells;
};

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
    frame->members[frame->member_count++] = (struct cox_measure_member){
        cox_row_int(row, COX_TEAM_MEMBER_USER), cox_row_int(row, COX_TEAM_MEMBER_TEAM),
        from == COX_NULL ? INT64_MIN : from, to == COX_NULL ? INT64_MAX : to};
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
        COX_TRY(cox_each(call, &cox_team_member, NULL, note_member, &f, reterr));
    }
    *ret_frame = f.frame;
    return COX_OK;
}

/* ---- axes ---- */

static enum cox_rc make_axis(struct reading *r, size_t at, struct cox_err *reterr)
{
    const struct cox_book *book = &r->generation->book;
    struct axis *axis = &r->axes[at];

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

int64_t cox_measure_team_of(const struct cox_measure_frame *frame, int64_t user, int64_t day)
{
    for (size_t i = 0; i < frame->member_count; i++) {
        if (frame->members[i].user == user && frame->members[i].from_day <= day &&
            frame->members[i].to_day > day) {
            return frame->members[i].team;
        }
    }
    return 0;
}

/* The next day after day on which somebody (user 0: anybody) changes teams, at most end. */
static int64_t next_change(const struct cox_measure_frame *frame, int64_t user, int64_t day,
    int64_t end)
{
    for (size_t i = 0; i < frame->member_count; i++) {
        int64_t from = frame->members[i].from_day, to = frame->members[i].to_day;
        if (user != 0 && frame->members[i].user != user) {
            continue;
        }
        end = from > day && from < end ? from : end;
        end = to > day && to < end ? to : end;
    }
    return end;
}

/* ---- rows ---- */

static int64_t key_of(const struct reading *r, const struct axis *axis, size_t at, int64_t team_day)
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

static enum cox_rc row_of(struct reading *r, int64_t first, int64_t second,
    struct cox_measure_row **ret_row, struct cox_err *reterr)
{
    int64_t keys[2] = {first, second};
    struct cox_text key = cox_arena_text(r->arena, (struct cox_text){(char *)keys, sizeof(keys)});
    uint64_t *place;
    bool is_new;

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
    *ret_row = &r->rows[*place];
    return COX_OK;
}

/* ---- passes ---- */

/* Which sums a pass fills, from the fields of a cell. */
struct pass {
    enum cox_book_stage_kind kind;
    bool is_any_kind;
    enum cox_book_by day; /* the day that counts: for months, quarters and teams */
    bool is_in_period;
    enum cox_measure_sum count, amount, weighted, days; /* SUM_COUNT: none */
};

static const struct pass passes[] = {
    {COX_BOOK_OPEN, false, COX_BOOK_BY_CLOSE_DAY, false, COX_SUM_OPEN_COUNT, COX_SUM_OPEN,
        COX_SUM_WEIGHTED, COX_SUM_OPEN_AGE},
    {COX_BOOK_OPEN, false, COX_BOOK_BY_CLOSE_DAY, true, COX_SUM_DUE_COUNT, COX_SUM_DUE,
        COX_SUM_DUE_WEIGHTED, COX_SUM_COUNT},
    {COX_BOOK_WON, false, COX_BOOK_BY_CLOSED_DAY, true, COX_SUM_WON_COUNT, COX_SUM_WON,
        COX_SUM_COUNT, COX_SUM_WON_DAYS},
    {COX_BOOK_LOST, false, COX_BOOK_BY_CLOSED_DAY, true, COX_SUM_LOST_COUNT, COX_SUM_LOST,
        COX_SUM_COUNT, COX_SUM_COUNT},
    {COX_BOOK_OPEN, true, COX_BOOK_BY_CREATED_DAY, true, COX_SUM_CREATED_COUNT, COX_SUM_CREATED,
        COX_SUM_COUNT, COX_SUM_COUNT},
};

static void put(struct cox_measure_row *row, enum cox_measure_sum sum, int64_t value)
{
    if (sum != COX_SUM_COUNT) {
        row->sums[sum] += value;
    }
}

static struct cox_book_group group_of(const struct axis *axis, const struct pass *pass)
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

/* One sum over deals whose day that counts lies in days, folded into rows with the teams of team_day. */
static enum cox_rc run_span(struct reading *r, const struct pass *pass, struct cox_book_days days,
    int64_t team_day, struct cox_err *reterr)
{
    struct cox_book_group rows = group_of(&r->axes[0], pass);
    struct cox_book_group columns = group_of(&r->axes[1], pass);
    size_t count = rows.group_count * columns.group_count;
    struct cox_book_ask question = r->question;

    question.stage_in = pass->is_any_kind ? r->question.stage_in : r->kind_in;
    question.wants = (pass->weighted != COX_SUM_COUNT ? COX_BOOK_WEIGHTED : 0U) |
                     (pass->days != COX_SUM_COUNT ? COX_BOOK_DAYS : 0U);
    *days_of(&question, pass) = days;
    memset(r->cells, 0, count * sizeof(*r->cells));
    COX_TRY(cox_book_sum(&r->generation->book, &question, &rows, &columns, r->cells, reterr));
    for (size_t at = 0; at < count; at++) {
        const struct cox_book_cell *cell = &r->cells[at];
        struct cox_measure_row *row = NULL;
        if (cell->count == 0) {
            continue;
        }
        COX_TRY(row_of(r, key_of(r, &r->axes[0], at / columns.group_count, team_day),
            key_of(r, &r->axes[1], at % columns.group_count, team_day), &row, reterr));
        put(row, pass->count, cell->count);
        put(row, pass->amount, cell->amount_minor);
        put(row, pass->weighted, cell->weighted_minor);
        put(row, pass->days, cell->days);
    }
    return COX_OK;
}

static enum cox_rc run_pass(struct reading *r, const struct pass *pass, struct cox_err *reterr)
{
    struct cox_book_days all = {(int32_t)r->ask->period.from_day, (int32_t)r->ask->period.to_day};
    bool has_teams = r->ask->by[0] == COX_BY_TEAM || r->ask->by[1] == COX_BY_TEAM;
    /* Open deals belong to the team of the instant, whatever day they are expected on. */
    int64_t team_day = r->frame->day;
    const unsigned char *asked = r->question.stage_in;

    for (size_t i = 0; i < r->generation->book.stage_count; i++) {
        r->kind_in[i] =
            r->generation->book.stages[i].kind == pass->kind && (asked == NULL || asked[i] != 0);
    }
    if (!pass->is_in_period) {
        return run_span(r, pass, COX_BOOK_ANY_DAY, team_day, reterr);
    }
    if (!has_teams || r->ask->as_it_is || pass->day == COX_BOOK_BY_CLOSE_DAY) {
        return run_span(r, pass, all, team_day, reterr);
    }
    for (int64_t day = all.from; day < all.to;) {
        int64_t next = next_change(r->frame, 0, day, all.to);
        COX_TRY(
            run_span(r, pass, (struct cox_book_days){(int32_t)day, (int32_t)next}, day, reterr));
        day = next;
    }
    return COX_OK;
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

static enum cox_rc prepare(struct reading *r, struct cox_err *reterr)
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
    unsigned fills = COX_SUM_BIT(pass->count) | COX_SUM_BIT(pass->amount) |
                     COX_SUM_BIT(pass->weighted) | COX_SUM_BIT(pass->days);

    return ask->wants == 0 || (ask->wants & fills & ~COX_SUM_BIT(COX_SUM_COUNT)) != 0;
}

enum cox_rc cox_measure_sum_deals(struct cox_call *call,
    const struct cox_book_generation *generation, const struct cox_book_ask *question,
    const struct cox_measure_ask *ask, const struct cox_measure_frame *frame,
    struct cox_measure_result *ret_result, struct cox_err *reterr)
{
    struct reading *r = COX_NEW(cox_call_arena(call), struct reading);

    if (r == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(check_period(ask, reterr));
    *r = (struct reading){.call = call,
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

/* ---- the deals behind a row ---- */

struct link {
    struct cox_buf *text;
    const struct cox_measure_ask *ask;
    const struct cox_measure_frame *frame;
    const struct cox_book_generation *generation;
    const char *day_field; /* the day that counts */
    struct cox_span days;  /* within which it lies; is_any: no matter */
    bool is_any, is_open;
};

static void add_days(struct link *link)
{
    char from[COX_DAY_SIZE], to[COX_DAY_SIZE];

    if (!link->is_any) {
        cox_day_format(link->days.from_day, from);
        cox_day_format(link->days.to_day, to);
        cox_buf_format(link->text, "%s=gte.%s&%s=lt.%s", link->day_field, from, link->day_field,
            to);
    }
}

/* The days of a key of time. */
static void narrow_days(struct link *link, size_t at, int64_t key)
{
    const int32_t *bounds = link->frame->bounds[at];
    struct cox_span bucket = {key, key};

    for (size_t i = 0; i + 1 < link->frame->bound_count[at]; i++) {
        bucket.to_day = bounds[i] == key ? bounds[i + 1] : bucket.to_day;
    }
    if (link->is_any) {
        link->days = bucket;
        link->is_any = false;
        return;
    }
    link->days.from_day =
        bucket.from_day > link->days.from_day ? bucket.from_day : link->days.from_day;
    link->days.to_day = bucket.to_day < link->days.to_day ? bucket.to_day : link->days.to_day;
}

/* One person's days in the team, as parts of an or. */
static void add_member_days(struct link *link, int64_t user, int64_t team, bool *is_first)
{
    char from_text[COX_DAY_SIZE], to_text[COX_DAY_SIZE];

    for (int64_t day = link->days.from_day, next; day < link->days.to_day; day = next) {
        next = next_change(link->frame, user, day, link->days.to_day);
        if (cox_measure_team_of(link->frame, user, day) != team) {
            continue;
        }
        cox_day_format(day, from_text);
        cox_day_format(next, to_text);
        cox_buf_format(link->text, "%sand(owner.eq.%lld,%s.gte.%s,%s.lt.%s)", *is_first ? "" : ",",
            (long long)user, link->day_field, from_text, link->day_field, to_text);
        *is_first = false;
    }
}

static void add_team(struct link *link, int64_t team)
{
    bool by_day = !link->ask->as_it_is && !link->is_open, is_first = true;

    cox_buf_add_string(link->text, by_day ? "or=(" : "owner=in.(");
    for (size_t i = 0; i < link->generation->book.owner_count; i++) {
        int64_t user = link->generation->owners[i];
        if (by_day) {
            add_member_days(link, user, team, &is_first);
        } else if (cox_measure_team_of(link->frame, user, link->frame->day) == team) {
            cox_buf_format(link->text, "%s%lld", is_first ? "" : ",", (long long)user);
            is_first = false;
        }
    }
    cox_buf_add_string(link->text, ")&");
}

static void add_key(struct link *link, size_t at, int64_t key)
{
    static const char *const fields[COX_BY_COUNT] =
        {[COX_BY_OWNER] = "owner", [COX_BY_STAGE] = "stage", [COX_BY_PRODUCT] = "product"};
    enum cox_measure_by by = link->ask->by[at];

    if (fields[by] != NULL && key == 0) {
        cox_buf_format(link->text, "%s=is.null&", fields[by]);
    } else if (fields[by] != NULL) {
        cox_buf_format(link->text, "%s=eq.%lld&", fields[by], (long long)key);
    } else if (by == COX_BY_TEAM) {
        add_team(link, key);
    }
}

void cox_measure_add_filter(struct cox_buf *text, const struct cox_measure_ask *ask,
    const struct cox_measure_frame *frame, const struct cox_book_generation *generation,
    const int64_t *keys, enum cox_measure_behind behind)
{
    static const char *const day_fields[] = {[COX_BEHIND_OPEN] = "close_day",
        [COX_BEHIND_DUE] = "close_day",
        [COX_BEHIND_WON] = "won_day",
        [COX_BEHIND_LOST] = "closed_day",
        [COX_BEHIND_CLOSED] = "closed_day",
        [COX_BEHIND_CREATED] = "created_day"};
    struct link link = {.text = text,
        .ask = ask,
        .frame = frame,
        .generation = generation,
        .day_field = day_fields[behind],
        .days = ask->period,
        .is_any = behind == COX_BEHIND_OPEN,
        .is_open = behind == COX_BEHIND_OPEN || behind == COX_BEHIND_DUE};

    for (size_t i = 0; i < 2 && keys != NULL; i++) {
        if (cox_measure_by_is_time(ask->by[i])) {
            narrow_days(&link, i, keys[i]);
        }
    }
    for (size_t i = 0; i < 2 && keys != NULL; i++) {
        add_key(&link, i, keys[i]);
    }
    cox_buf_add_string(text, link.is_open                ? "closed_day=is.null"
                             : behind == COX_BEHIND_LOST ? "won_day=is.null"
                                                         : "");
    cox_buf_add_string(text,
        !link.is_any && (link.is_open || behind == COX_BEHIND_LOST) ? "&" : "");
    add_days(&link);
}
