/*
 * org/line.c: the closure of reporting lines. A path counts on the days on which all of its steps
 * hold, so each step narrows the span of days and a path whose span is empty is no path.
 */
#include "org/line.h"

#include <stdlib.h>

#include "base/num.h"
#include "org/people.h"
#include "record/query.h"
#include "record/record.h"

struct step {
    int64_t id, user, manager;
    int64_t from_day, to_day; /* no value has become the widest day */
};

struct steps {
    struct cox_arena *arena;
    struct step *at;
    size_t count, room;
};

static enum cox_rc steps_add(struct steps *steps, struct step step, struct cox_err *reterr)
{
    if (steps->count == steps->room) {
        size_t room = steps->room == 0 ? 64 : 2 * steps->room;
        struct step *at = COX_NEW_ARRAY(steps->arena, room, struct step);

        if (at == NULL) {
            return cox_no_memory(reterr);
        }
        if (steps->count > 0) {
            memcpy(at, steps->at, steps->count * sizeof(*at));
        }
        steps->at = at;
        steps->room = room;
    }
    steps->at[steps->count++] = step;
    return COX_OK;
}

static struct step step_of(const struct cox_row *row)
{
    struct step step = {
        .id = row->id,
        .user = cox_row_int(row, COX_REPORTING_LINE_USER),
        .manager = cox_row_int(row, COX_REPORTING_LINE_MANAGER),
        .from_day = cox_row_int(row, COX_REPORTING_LINE_FROM_DAY),
        .to_day = cox_row_int(row, COX_REPORTING_LINE_TO_DAY),
    };

    if (step.to_day == COX_NULL) {
        step.to_day = COX_FOREVER;
    }
    return step; /* COX_NULL as from_day is the smallest number already */
}

static enum cox_rc note_step(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    return steps_add((struct steps *)ctx, step_of(row), reterr);
}

static int compare_steps(const void *a, const void *b)
{
    const struct step *x = (const struct step *)a, *y = (const struct step *)b;

    if (x->user != y->user) {
        return x->user < y->user ? -1 : 1;
    }
    if (x->from_day != y->from_day) {
        return x->from_day < y->from_day ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

/* First step of a user in sorted steps. */
static size_t first_of(const struct steps *steps, int64_t user)
{
    size_t low = 0, high = steps->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (steps->at[middle].user < user) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static enum cox_rc load_steps(struct cox_call *call, struct steps *steps, struct cox_err *reterr)
{
    *steps = (struct steps){.arena = cox_call_arena(call)};
    COX_TRY(cox_each(call, &cox_reporting_line, NULL, note_step, steps, reterr));
    if (steps->count > 1) {
        qsort(steps->at, steps->count, sizeof(*steps->at), compare_steps);
    }
    return COX_OK;
}

/* ---- check ---- */

/* One person on the way up from the new line's manager, with the days on which the way holds. */
struct climb {
    struct cox_call *call;
    int64_t bottom; /* the person who must not be met again */
    int64_t line;   /* the line being changed, not to be looked at; 0: a new one */
    int64_t way[COX_LINE_DEPTH_MAX + 1];
    int way_count;
};

/* The lines of one user, by the index on it: a check must not read the whole company. */
static enum cox_rc load_steps_of(struct cox_call *call, int64_t user, struct steps *steps,
    struct cox_err *reterr)
{
    const struct cox_filter_term term = {COX_REPORTING_LINE_USER, "eq", cox_int(user)};
    const struct cox_filter *filter;

    *steps = (struct steps){.arena = cox_call_arena(call)};
    COX_TRY(cox_filter_build(call, &cox_reporting_line, &term, 1, &filter, reterr));
    return cox_each(call, &cox_reporting_line, filter, note_step, steps, reterr);
}

/* Does the way up from user on these days lead to the bottom? Leaves the way in climb. */
static enum cox_rc climb_up(struct climb *climb, int64_t user, int64_t from_day, int64_t to_day,
    bool *ret_is_loop, struct cox_err *reterr)
{
    struct steps steps;

    if (climb->way_count > COX_LINE_DEPTH_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "manager", 0,
            "reporting lines go more than %d levels up", COX_LINE_DEPTH_MAX);
    }
    climb->way[climb->way_count++] = user;
    if (user == climb->bottom) {
        *ret_is_loop = true;
        return COX_OK;
    }
    COX_TRY(load_steps_of(climb->call, user, &steps, reterr));
    for (size_t i = 0; i < steps.count; i++) {
        const struct step *step = &steps.at[i];
        int64_t from = step->from_day > from_day ? step->from_day : from_day;
        int64_t to = step->to_day < to_day ? step->to_day : to_day;

        if (from < to && step->id != climb->line) {
            COX_TRY(climb_up(climb, step->manager, from, to, ret_is_loop, reterr));
            if (*ret_is_loop) {
                return COX_OK;
            }
        }
    }
    climb->way_count--;
    return COX_OK;
}

static enum cox_rc name_of(struct cox_call *call, int64_t user, struct cox_text *ret_name,
    struct cox_err *reterr)
{
    const struct cox_row *row;

    COX_TRY(cox_peek(call, &cox_user, user, &row, reterr));
    *ret_name = cox_row_text(row, COX_USER_NAME);
    return COX_OK;
}

/* "Ada reports to Ben reports to Ada" */
static enum cox_rc refuse_loop(struct cox_call *call, const struct climb *climb,
    struct cox_err *reterr)
{
    struct cox_buf buf;
    struct cox_text name;
    enum cox_rc rc = name_of(call, climb->bottom, &name, reterr);

    cox_buf_init(&buf, 4096);
    cox_buf_add_text(&buf, name);
    for (int i = 0; rc == COX_OK && i < climb->way_count; i++) {
        rc = name_of(call, climb->way[i], &name, reterr);
        if (rc == COX_OK) {
            cox_buf_add_string(&buf, " reports to ");
            cox_buf_add_text(&buf, name);
        }
    }
    if (rc == COX_OK) {
        rc = cox_fail_at(reterr, COX_INVALID, "manager", 0, "a loop: %.*s", (int)buf.size,
            buf.ptr == NULL ? "" : buf.ptr);
    }
    cox_buf_done(&buf);
    return rc;
}

/* Nobody has two managers on one day. */
static enum cox_rc check_overlap(struct cox_call *call, const struct step *made,
    struct cox_err *reterr)
{
    struct steps steps;

    COX_TRY(load_steps_of(call, made->user, &steps, reterr));
    for (size_t i = 0; i < steps.count; i++) {
        const struct step *other = &steps.at[i];
        struct cox_text name;

        if ((other->id == made->id && made->id != 0) || other->from_day >= made->to_day ||
            made->from_day >= other->to_day) {
            continue;
        }
        COX_TRY(name_of(call, other->manager, &name, reterr));
        return cox_fail_at(reterr, COX_INVALID, "from_day", 0,
            "reports to %.*s in that time already; end that line first", (int)name.size, name.ptr);
    }
    return COX_OK;
}

static enum cox_rc check_line(struct cox_call *call, const struct cox_row *after,
    struct cox_err *reterr)
{
    struct step made = step_of(after);
    struct climb climb = {.call = call, .bottom = made.user, .line = made.id};
    bool is_loop = false;

    COX_TRY(cox_days_check(cox_row_int(after, COX_REPORTING_LINE_FROM_DAY),
        cox_row_int(after, COX_REPORTING_LINE_TO_DAY), reterr));
    if (made.user == made.manager) {
        return cox_fail_at(reterr, COX_INVALID, "manager", 0, "nobody reports to oneself");
    }
    COX_TRY(check_overlap(call, &made, reterr));
    COX_TRY(climb_up(&climb, made.manager, made.from_day, made.to_day, &is_loop, reterr));
    return is_loop ? refuse_loop(call, &climb, reterr) : COX_OK;
}

enum cox_rc cox_line_check(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(cox_call_arena(call));
    enum cox_rc rc;

    (void)before; /* a line is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    rc = check_line(call, after, reterr);
    cox_arena_rewind(cox_call_arena(call), mark); /* thousands of lines may come in one call */
    return rc;
}

/* ---- closure ---- */

struct closure {
    struct cox_arena *arena;
    const struct steps *steps;
    struct cox_line_row *rows;
    size_t count, room;
};

static enum cox_rc closure_add(struct closure *closure, struct cox_line_row row,
    struct cox_err *reterr)
{
    if (closure->count == closure->room) {
        size_t room = closure->room == 0 ? 256 : 2 * closure->room;
        struct cox_line_row *rows = COX_NEW_ARRAY(closure->arena, room, struct cox_line_row);

        if (rows == NULL) {
            return cox_no_memory(reterr);
        }
        if (closure->count > 0) {
            memcpy(rows, closure->rows, closure->count * sizeof(*rows));
        }
        closure->rows = rows;
        closure->room = room;
    }
    closure->rows[closure->count++] = row;
    return COX_OK;
}

/* Everybody above user on these days leads member. */
static enum cox_rc close_up(struct closure *closure, int64_t member, const struct cox_line_row *at,
    int depth, struct cox_err *reterr)
{
    const struct steps *steps = closure->steps;

    if (depth > COX_LINE_DEPTH_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "manager", 0,
            "reporting lines go more than %d levels up", COX_LINE_DEPTH_MAX);
    }
    for (size_t i = first_of(steps, at->leader_id);
         i < steps->count && steps->at[i].user == at->leader_id; i++) {
        const struct step *step = &steps->at[i];
        struct cox_line_row row = {
            .leader_id = step->manager,
            .member_id = member,
            .from_day = step->from_day > at->from_day ? step->from_day : at->from_day,
            .to_day = step->to_day < at->to_day ? step->to_day : at->to_day,
        };

        if (row.from_day < row.to_day) {
            COX_TRY(closure_add(closure, row, reterr));
            COX_TRY(close_up(closure, member, &row, depth + 1, reterr));
        }
    }
    return COX_OK;
}

enum cox_rc cox_line_rebuild(struct cox_call *call, struct cox_err *reterr)
{
    struct steps steps;
    struct closure closure = {.arena = cox_call_arena(call), .steps = &steps};

    COX_TRY(load_steps(call, &steps, reterr));
    for (size_t i = 0; i < steps.count; i++) {
        const struct cox_line_row start = {
            .leader_id = steps.at[i].user,
            .member_id = steps.at[i].user,
            .from_day = COX_NULL,
            .to_day = COX_FOREVER,
        };

        if (i == 0 || steps.at[i - 1].user != steps.at[i].user) {
            COX_TRY(close_up(&closure, start.member_id, &start, 1, reterr));
        }
    }
    return cox_line_replace(call, closure.rows, closure.count, reterr);
}

enum cox_rc cox_line_settle(struct cox_call *call, const struct cox_edit *edits, size_t count,
    struct cox_err *reterr)
{
    (void)edits, (void)count; /* one changed line can move everybody below it */
    return cox_line_rebuild(call, reterr);
}

/* ---- who is below ---- */

enum cox_rc cox_line_below(struct cox_call *call, int64_t leader, int64_t day,
    const int64_t **ret_users, size_t *ret_count, struct cox_err *reterr)
{
    struct steps steps;
    int64_t *users;
    size_t count = 0, done = 0;

    COX_TRY(load_steps(call, &steps, reterr));
    users = COX_NEW_ARRAY(cox_call_arena(call), steps.count + 1, int64_t);
    if (users == NULL) {
        return cox_no_memory(reterr);
    }
    /* Breadth first: each pass looks for those who report to the next one found. One manager at a
     * time means that nobody is found twice. */
    for (int64_t at = leader;; at = users[done++]) {
        for (size_t i = 0; i < steps.count; i++) {
            const struct step *step = &steps.at[i];

            if (step->manager == at && step->from_day <= day && day < step->to_day) {
                users[count++] = step->user;
            }
        }
        if (done == count) {
            break;
        }
    }
    if (count > 1) {
        qsort(users, count, sizeof(*users), cox_num_compare);
    }
    *ret_users = users;
    *ret_count = count;
    return COX_OK;
}
