/* manager/contest_job.c: the end of contests. */
#include "manager/contest_job.h"

#include <stdio.h>

#include "base/zone.h"
#include "manager/contest_read.h"
#include "manager/ticker.h"
#include "record/pin.h"
#include "record/query.h"
#include "sales/analysis.h"
#include "serve/server.h"

enum { DUE_MAX = 200, MEMORY_MAX = 256 << 20 };

static const struct cox_write_opt by_program = {
    .actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
    .cause = COX_CAUSE_JOB,
    .request = "contests",
};

struct due {
    int64_t id;
    bool ends;
};

struct round {
    struct cox_store *store;
    struct cox_books *books;
    struct cox_arena *arena;
    int64_t day;
    struct due due[DUE_MAX];
    size_t due_count;
    /* The one whose results are being written. */
    int64_t id, at_us, seq;
    struct cox_contest contest;
    struct cox_standing_ask ask;
    struct cox_standing_users hidden;
    struct cox_standing_line *lines;
    size_t count;
};

static int64_t frozen_day_of(const struct cox_contest *contest)
{
    return contest->to_day + (contest->grace_days == COX_NULL ? 0 : contest->grace_days);
}

/* ---- what is due ---- */

static enum cox_rc note_due(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct round *round = ctx;
    struct cox_contest contest;
    bool ends;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &contest);
    ends = round->day >= frozen_day_of(&contest);
    if (round->due_count < DUE_MAX &&
        (ends || contest.state != (int64_t)cox_contest_state_on(&contest, round->day))) {
        round->due[round->due_count++] = (struct due){row->id, ends};
    }
    return COX_OK;
}

static enum cox_rc find_due(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct round *round = ctx;
    const struct cox_filter_term terms[] = {
        {COX_CONTEST_FROZEN_DAY, "is", cox_null()},
        {COX_CONTEST_FROM_DAY, "lte", cox_int(cox_call_today(call))},
    };
    const struct cox_filter *filter;

    round->day = cox_call_today(call);
    round->due_count = 0;
    COX_TRY(cox_filter_build(call, &cox_contest, terms, COX_COUNT(terms), &filter, reterr));
    return cox_each(call, &cox_contest, filter, note_due, round, reterr);
}

/* ---- the results ---- */

static enum cox_rc load_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct round *round = ctx;
    struct cox_contest *contest = &round->contest;

    COX_TRY(cox_load(call, &cox_contest, round->id, contest, reterr));
    contest->name = cox_arena_text(round->arena, contest->name);
    contest->measure = cox_arena_text(round->arena, contest->measure);
    round->at_us = cox_zone_day_start(cox_call_zone(call), frozen_day_of(contest));
    round->hidden = (struct cox_standing_users){0};
    COX_TRY(cox_standing_hidden(call, round->arena, &round->hidden, reterr));
    return cox_contest_ask(call, round->arena, round->id, contest, &round->ask, reterr);
}

static enum cox_rc read_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct round *round = ctx;

    round->seq = cox_call_as_of(call).seq;
    return cox_standing_read(call, round->books, round->arena, &round->ask, &round->hidden,
        &round->lines, &round->count, reterr);
}

static enum cox_rc put_result(struct cox_call *call, const struct round *round,
    const struct cox_standing_line *line, struct cox_err *reterr)
{
    bool of_teams = round->contest.among == COX_AMONG_TEAMS;
    struct cox_contest_result result;
    int64_t id;

    cox_struct_init(&cox_contest_result, &result);
    result.contest = round->id;
    result.user = of_teams ? COX_NULL : line->id;
    result.team = of_teams ? line->id : COX_NULL;
    result.place = line->place == 0 ? COX_NULL : line->place;
    result.is_winner = line->is_winner;
    result.value = line->value;
    result.past = line->past;
    result.base = line->base;
    result.reached_day = line->reached_day;
    result.low = line->low;
    result.high = line->high;
    return cox_create_struct(call, &cox_contest_result, &result, &id, reterr);
}

static enum cox_rc write_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct round *round = ctx;
    const struct cox_row *now;
    char name[60], scope[60];
    int64_t pin;

    COX_TRY(cox_get(call, &cox_contest, round->id, &now, reterr));
    if (cox_row_int(now, COX_CONTEST_FROZEN_DAY) != COX_NULL ||
        frozen_day_of(&round->contest) > cox_call_today(call)) {
        return COX_OK; /* another node was faster, or the days were changed meanwhile */
    }
    (void)snprintf(name, sizeof(name), "contest %lld", (long long)round->id);   /* fits */
    (void)snprintf(scope, sizeof(scope), "contest:%lld", (long long)round->id); /* likewise */
    COX_TRY(cox_pin_put(call, cox_text_of(name), cox_text_of(scope), COX_LIT("end of a contest"),
        &pin, reterr));
    for (size_t i = 0; i < round->count; i++) {
        COX_TRY(put_result(call, round, &round->lines[i], reterr));
    }
    const struct cox_change changes[] = {
        {COX_CONTEST_FROZEN_DAY, cox_int(frozen_day_of(&round->contest))},
        {COX_CONTEST_PIN_SEQ, cox_int(round->seq)},
        {COX_CONTEST_STATE, cox_int(COX_CONTEST_ENDED)},
    };
    return cox_change_fields(call, &cox_contest, round->id, 0, changes, COX_COUNT(changes), NULL,
        reterr);
}

static enum cox_rc end_one(struct round *round, struct cox_err *reterr)
{
    struct cox_read_opt opt = {0};
    struct cox_commit commit;

    COX_TRY(cox_store_read(round->store, &opt, load_one, round, reterr));
    opt.as_of.at_us = round->at_us;
    COX_TRY(cox_store_read(round->store, &opt, read_one, round, reterr));
    return cox_store_write(round->store, &by_program, write_one, round, &commit, reterr);
}

/* The check fills in what the day says; a contest that is there already changes nothing. */
static enum cox_rc begin_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct round *round = ctx;
    const struct cox_change change = {COX_CONTEST_STATE, cox_int(COX_CONTEST_RUNNING)};

    return cox_change_fields(call, &cox_contest, round->id, 0, &change, 1, NULL, reterr);
}

enum cox_rc cox_contests_run(struct cox_store *store, struct cox_books *books,
    struct cox_err *reterr)
{
    COX_AUTO_ARENA arena = cox_arena_open(MEMORY_MAX);
    const struct cox_read_opt opt = {0};
    struct round round = {.store = store, .books = books, .arena = arena};
    enum cox_rc rc = COX_OK;

    if (arena == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_store_read(store, &opt, find_due, &round, reterr));
    for (size_t i = 0; i < round.due_count; i++) { /* one that fails keeps no other from its end */
        struct cox_err err = {0};
        struct cox_commit commit;
        enum cox_rc one;

        round.id = round.due[i].id;
        one = round.due[i].ends
                  ? end_one(&round, &err)
                  : cox_store_write(store, &by_program, begin_one, &round, &commit, &err);
        if (one != COX_OK && rc == COX_OK) {
            rc = one;
            *reterr = err;
        }
    }
    return rc;
}

/* ---- the part ---- */

static enum cox_rc tick(struct cox_server *server, struct cox_err *reterr)
{
    return cox_contests_run(cox_server_store(server), cox_books_of(server), reterr);
}

static const struct cox_tick every_minute = {
    .name = "contests", .feature = "contests", .run = tick, .first_s = 5, .every_s = 60};

static enum cox_rc open_part(struct cox_server *server, void **ret_state, struct cox_err *reterr)
{
    struct cox_ticker *ticker;

    COX_TRY(cox_ticker_open(server, &every_minute, &ticker, reterr));
    *ret_state = ticker;
    return COX_OK;
}

static void close_part(void *state)
{
    cox_ticker_close(state);
}

const struct cox_part cox_part_contests = {
    .name = "contests", .open = open_part, .close = close_part};
