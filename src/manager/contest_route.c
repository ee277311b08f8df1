/*
 * manager/contest_route.c: standings over HTTP. A contest that has ended shows the results as they were written,
 * and beside each what the same question gives today, where that differs.
 */
#include "manager/contest_route.h"

#include <stdlib.h>

#include "base/zone.h"
#include "manager/contest_note.h"
#include "manager/contest_read.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "sales/analysis.h"

struct standing {
    struct cox_exchange *x;
    int64_t id;
    bool is_board;
    struct cox_contest contest;
    struct cox_leaderboard board;
    struct cox_as_of as_of; /* of the asker's read, resolved */
    bool is_now;
    int64_t day, at_us;
    struct cox_text currency;
    enum cox_contest_state state;
    struct cox_standing_ask ask;
    struct cox_standing_users hidden;
    struct cox_standing_users
        hidden_then; /* of a contest that has ended: when results were written */
    struct cox_standing_line *lines;
    size_t count;
    /* Of a contest that has ended: the same question as things are known now. */
    struct cox_standing_line *today;
    size_t today_count;
    struct cox_contest_wins then, now;
    bool has_notes;
    bool is_hidden; /* the asker stays off */
    struct cox_standing_line *own;
    size_t own_count;
    struct cox_text *names; /* by line */
};

/* ---- who asks for what ---- */

static enum cox_rc load(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct standing *s = ctx;
    struct cox_arena *arena = s->x->arena;

    if (s->is_board) {
        COX_TRY(cox_load(call, &cox_leaderboard, s->id, &s->board, reterr));
        s->board.name = cox_arena_text(arena, s->board.name);
        s->board.measure = cox_arena_text(arena, s->board.measure);
    } else {
        COX_TRY(cox_load(call, &cox_contest, s->id, &s->contest, reterr));
        s->contest.name = cox_arena_text(arena, s->contest.name);
        s->contest.measure = cox_arena_text(arena, s->contest.measure);
        s->contest.prize = cox_arena_text(arena, s->contest.prize);
        s->contest.text = cox_arena_text(arena, s->contest.text);
    }
    s->as_of = cox_call_as_of(call);
    s->is_now = cox_call_is_now(call);
    s->day = cox_call_as_of_day(call);
    s->currency = cox_arena_text(arena, cox_call_currency(call));
    s->state = s->is_board ? COX_CONTEST_RUNNING : cox_contest_state_on(&s->contest, s->day);
    return COX_OK;
}

static enum cox_rc read_hidden(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct standing *s = ctx;

    return cox_standing_hidden(call, s->x->arena, &s->hidden, reterr);
}

/* ---- results that have been written ---- */

static enum cox_rc note_result(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct standing *s = ctx;
    struct cox_contest_result result;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &result);
    s->lines[s->count++] = (struct cox_standing_line){
        .id = s->contest.among == COX_AMONG_TEAMS ? result.team : result.user,
        .value = result.value,
        .past = result.past,
        .base = result.base,
        .trials = -1,
        .reached_day = result.reached_day,
        .last_day = COX_NULL,
        .low = result.low,
        .high = result.high,
        .place = result.place == COX_NULL ? 0 : result.place,
        .is_winner = result.is_winner == 1,
    };
    return COX_OK;
}

static int compare_places(const void *a, const void *b)
{
    const struct cox_standing_line *x = a, *y = b;

    if (x->place != y->place) {
        return x->place == 0 ? 1 : y->place == 0 || x->place < y->place ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

static void mark_ties(struct standing *s)
{
    for (size_t i = 1; i < s->count; i++) {
        if (s->lines[i].place != 0 && s->lines[i].place == s->lines[i - 1].place) {
            s->lines[i].is_tied = s->lines[i - 1].is_tied = true;
        }
    }
}

static enum cox_rc read_results(struct cox_call *call, struct standing *s, struct cox_err *reterr)
{
    const struct cox_filter_term term = {COX_CONTEST_RESULT_CONTEST, "eq", cox_int(s->id)};
    const struct cox_filter *filter;

    s->lines = COX_NEW_ARRAY(s->x->arena, s->ask.count + 1, struct cox_standing_line);
    if (s->lines == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_filter_build(call, &cox_contest_result, &term, 1, &filter, reterr));
    COX_TRY(cox_each(call, &cox_contest_result, filter, note_result, s, reterr));
    if (s->count > 1) {
        qsort(s->lines, s->count, sizeof(*s->lines), compare_places);
    }
    mark_ties(s);
    s->at_us = cox_zone_day_start(cox_call_zone(call), s->contest.frozen_day);
    return COX_OK;
}

/* ---- the standing ---- */

/* Somebody who stays off is told the own figure, and nobody else is. */
static enum cox_rc read_own(struct cox_call *call, struct standing *s, struct cox_err *reterr)
{
    const struct cox_standing_users nobody = {0};
    struct cox_standing_ask ask = s->ask;
    int64_t user = s->x->who.actor.user_id;
    bool takes_part = false;

    s->is_hidden = cox_standing_has(&s->hidden, user);
    for (size_t i = 0; i < s->ask.count; i++) {
        takes_part = takes_part || s->ask.ids[i] == user;
    }
    if (!s->is_hidden || !takes_part || s->ask.among != COX_AMONG_PEOPLE) {
        return COX_OK;
    }
    ask.ids = &user;
    ask.count = 1;
    return cox_standing_read(call, cox_books_of(s->x->server), s->x->arena, &ask, &nobody, &s->own,
        &s->own_count, reterr);
}

static enum cox_rc read_names(struct cox_call *call, struct standing *s, struct cox_err *reterr)
{
    const struct cox_entity *entity = s->ask.among == COX_AMONG_TEAMS ? &cox_team : &cox_user;

    s->names = COX_NEW_ARRAY(s->x->arena, s->count + 1, struct cox_text);
    if (s->names == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < s->count; i++) {
        COX_TRY(cox_ref_name(call, entity, s->lines[i].id, &s->names[i], reterr));
        s->names[i] = cox_arena_text(s->x->arena, s->names[i]);
    }
    return COX_OK;
}

static bool has_wins(const struct standing *s)
{
    return s->ask.among == COX_AMONG_PEOPLE && !s->is_board &&
           (s->ask.measure->behind == COX_BEHIND_WON ||
               s->ask.measure->behind == COX_BEHIND_CLOSED);
}

/* As the program, as of the instant that was asked for. */
static enum cox_rc measure(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct standing *s = ctx;
    struct cox_arena *arena = s->x->arena;

    COX_TRY(s->is_board ? cox_leaderboard_ask(call, arena, &s->board, &s->ask, reterr)
                        : cox_contest_ask(call, arena, s->id, &s->contest, &s->ask, reterr));
    COX_TRY(cox_standing_hidden(call, arena, &s->hidden, reterr));
    if (s->state == COX_CONTEST_ENDED) {
        COX_TRY(read_results(call, s, reterr));
    } else if (s->state == COX_CONTEST_RUNNING) {
        COX_TRY(cox_standing_read(call, cox_books_of(s->x->server), arena, &s->ask, &s->hidden,
            &s->lines, &s->count, reterr));
        COX_TRY(read_own(call, s, reterr));
    }
    COX_TRY(read_names(call, s, reterr));
    if (s->state == COX_CONTEST_RUNNING && has_wins(s)) {
        s->has_notes = true;
        COX_TRY(cox_contest_wins_read(call, arena, s->ask.period, &s->then, reterr));
    }
    return COX_OK;
}

/*
 * What the results would be today: corrections are told, and change nothing. Of those in the results, with the same
 * people counted: else the difference would be what somebody has who has chosen to stay off since.
 */
static enum cox_rc measure_today(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct standing *s = ctx;
    struct cox_standing_ask ask = s->ask;
    int64_t *ids = COX_NEW_ARRAY(s->x->arena, s->count + 1, int64_t);

    if (ids == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < s->count; i++) {
        ids[i] = s->lines[i].id;
    }
    ask.ids = ids;
    ask.count = s->count;
    COX_TRY(cox_standing_read(call, cox_books_of(s->x->server), s->x->arena, &ask, &s->hidden_then,
        &s->today, &s->today_count, reterr));
    if (has_wins(s)) {
        s->has_notes = true;
        COX_TRY(cox_contest_wins_read(call, s->x->arena, ask.period, &s->now, reterr));
    }
    return COX_OK;
}

static enum cox_rc read_hidden_then(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct standing *s = ctx;

    return cox_standing_hidden(call, s->x->arena, &s->hidden_then, reterr);
}

static enum cox_rc read_wins_then(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct standing *s = ctx;

    return cox_contest_wins_read(call, s->x->arena, s->ask.period, &s->then, reterr);
}

/* ---- as JSON ---- */

static const struct cox_standing_line *today_of(const struct standing *s, int64_t id)
{
    for (size_t i = 0; i < s->today_count; i++) {
        if (s->today[i].id == id) {
            return &s->today[i];
        }
    }
    return NULL;
}

static void put_figures(struct cox_json *json, const struct standing *s,
    const struct cox_standing_line *line)
{
    cox_json_put_real(json, "value", line->value);
    cox_json_put_int(json, "base", line->base);
    cox_json_put_real(json, "low", line->low);
    cox_json_put_real(json, "high", line->high);
    if (s->ask.opt.rule == COX_CONTEST_IMPROVED) {
        cox_json_put_real(json, "past", line->past);
    }
    if (s->ask.opt.rule == COX_CONTEST_FIRST) {
        cox_cell_put_day(json, "reached_day", line->reached_day);
    }
}

/* Figures are sums of rounded records: equal to the cent is the same. */
static void put_correction(struct cox_json *json, const struct standing *s,
    const struct cox_standing_line *line)
{
    const struct cox_standing_line *today = today_of(s, line->id);
    double value = today == NULL ? (double)NAN : today->value;
    bool is_same = isnan(value) == isnan(line->value) &&
                   (isnan(value) || fabs(value - line->value) <= 1e-9 * fmax(1, fabs(value)));

    cox_json_put_bool(json, "is_corrected", !is_same);
    cox_json_put_real(json, "value_today", value);
}

static void put_line(struct cox_json *json, const struct standing *s, size_t at)
{
    const struct cox_standing_line *line = &s->lines[at];

    cox_json_begin_object(json);
    cox_cell_put_number(json, "place", line->place == 0 ? COX_NULL : line->place);
    cox_json_put_bool(json, "is_tied", line->is_tied);
    cox_json_put_int(json, "id", line->id);
    cox_json_put_text(json, "name", s->names[at]);
    cox_json_put_bool(json, "is_me",
        s->ask.among == COX_AMONG_PEOPLE && line->id == s->x->who.actor.user_id);
    put_figures(json, s, line);
    if (s->is_board) {
        cox_json_end_object(json);
        return;
    }
    cox_json_put_bool(json, "is_winner", s->state == COX_CONTEST_ENDED && line->is_winner);
    if (s->state == COX_CONTEST_ENDED) {
        put_correction(json, s, line);
    }
    if (s->has_notes) {
        struct cox_contest_note note =
            cox_contest_note_of(&s->then, s->state == COX_CONTEST_ENDED ? &s->now : NULL, line->id);
        cox_json_put_int(json, "same_day_count", note.same_day_count);
        cox_json_put_int(json, "reopened_count", note.reopened_count);
    }
    cox_json_end_object(json);
}

static void put_contest(struct cox_json *json, const struct standing *s)
{
    static const char *const states[] = {"planned", "running", "ended"};
    const struct cox_contest *contest = &s->contest;

    cox_json_put_text(json, "name", contest->name);
    cox_json_put_string(json, "state", states[s->state]);
    cox_json_put_string(json, "rule",
        cox_contest.fields[COX_CONTEST_RULE].choices[contest->rule].name);
    cox_json_put_real(json, "target", contest->target);
    cox_json_put_string(json, "tie",
        cox_contest.fields[COX_CONTEST_TIE].choices[contest->tie].name);
    cox_json_put_text(json, "prize", contest->prize);
    cox_json_put_text(json, "text", contest->text);
    cox_cell_put_day(json, "frozen_day", contest->frozen_day);
    cox_cell_put_number(json, "pin_seq", contest->pin_seq);
    cox_cell_put_day(json, "results_day",
        contest->to_day + (contest->grace_days == COX_NULL ? 0 : contest->grace_days));
}

static void put_own(struct cox_json *json, const struct standing *s)
{
    cox_json_key(json, "own");
    if (!s->is_hidden) {
        cox_json_null(json);
        return;
    }
    cox_json_begin_object(json);
    cox_json_put_bool(json, "is_hidden", true);
    cox_json_put_real(json, "value", s->own_count > 0 ? s->own[0].value : (double)NAN);
    cox_json_put_int(json, "base", s->own_count > 0 ? s->own[0].base : 0);
    cox_json_end_object(json);
}

static enum cox_rc reply(struct standing *s, struct cox_err *reterr)
{
    const struct cox_sales_measure *measured = s->ask.measure;
    struct cox_json json;

    s->x->reply.seq = s->as_of.seq;
    cox_reply_json(s->x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "id", s->id);
    cox_json_put_int(&json, "as_of_seq", s->as_of.seq);
    cox_cell_put_day(&json, "day", s->day);
    if (s->is_board) {
        cox_json_put_text(&json, "name", s->board.name);
    } else {
        put_contest(&json, s);
    }
    cox_json_put_string(&json, "among", cox_among_choices[s->ask.among].name);
    cox_cell_put_day(&json, "from_day", s->ask.period.from_day);
    cox_cell_put_day(&json, "to_day", s->ask.period.to_day);
    cox_json_put_string(&json, "measure", measured->name);
    cox_json_put_string(&json, "label", measured->label);
    cox_json_put_string(&json, "formula", measured->formula);
    cox_json_put_string(&json, "unit", cox_measure_unit_name(measured->unit));
    cox_json_put_text(&json, "currency", s->currency);
    cox_json_put_bool(&json, "low_is_best", s->ask.opt.low_is_best);
    cox_json_put_int(&json, "base_min", s->ask.opt.base_min);
    put_own(&json, s);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < s->count; i++) {
        put_line(&json, s, i);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(s->x, &json, reterr);
}

/* ---- the routes ---- */

static enum cox_rc get_standing(struct cox_exchange *x, bool is_board, struct cox_err *reterr)
{
    struct standing *s = COX_NEW(x->arena, struct standing);
    struct cox_read_opt opt, own = {0};

    if (s == NULL) {
        return cox_no_memory(reterr);
    }
    s->x = x;
    s->is_board = is_board;
    COX_TRY(cox_exchange_id(x, 0, &s->id, reterr));
    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    COX_TRY(cox_store_read(x->store, &opt, load, s, reterr));
    COX_TRY(cox_store_read(x->store, &own, read_hidden, s, reterr));
    own.as_of = s->is_now ? (struct cox_as_of){0} : s->as_of;
    COX_TRY(cox_store_read(x->store, &own, measure, s, reterr));
    if (s->state == COX_CONTEST_ENDED) {
        own.as_of = (struct cox_as_of){.seq = s->contest.pin_seq};
        COX_TRY(cox_store_read(x->store, &own, read_hidden_then, s, reterr));
        own.as_of = (struct cox_as_of){0};
        COX_TRY(cox_store_read(x->store, &own, measure_today, s, reterr));
        if (s->has_notes) {
            own.as_of.at_us = s->at_us;
            COX_TRY(cox_store_read(x->store, &own, read_wins_then, s, reterr));
        }
    }
    return reply(s, reterr);
}

static enum cox_rc get_contest(struct cox_exchange *x, struct cox_err *reterr)
{
    return get_standing(x, false, reterr);
}

static enum cox_rc get_leaderboard(struct cox_exchange *x, struct cox_err *reterr)
{
    return get_standing(x, true, reterr);
}

static const struct cox_parameter parameters[] = {
    {"as_of", "string", "a date, an instant or seq:N"},
    {0},
};

#define FIGURES "\"value\":{\"type\":[\"number\",\"null\"]},\"base\":{\"type\":\"integer\"}"
#define OUT                                                                                        \
    "{\"type\":\"object\",\"required\":[\"id\",\"as_of_seq\",\"day\",\"among\",\"measure\","       \
    "\"unit\",\"rows\"],\"properties\":{\"own\":{\"type\":[\"object\",\"null\"],\"properties\":{"  \
    "\"is_hidden\":{\"type\":\"boolean\"}," FIGURES "}},\"rows\":{\"type\":\"array\",\"items\":{"  \
    "\"type\":\"object\",\"properties\":{\"place\":{\"type\":[\"integer\",\"null\"]},"             \
    "\"is_tied\":{\"type\":\"boolean\"},\"id\":{\"type\":\"integer\"},\"name\":{\"type\":["        \
    "\"string\",\"null\"]}," FIGURES "}}}}}"

const struct cox_route cox_routes_contests[] = {
    {.method = COX_GET,
        .path = "/api/v1/contests/{id}/standing",
        .handle = get_contest,
        .summary = "Who stands where in a contest; of one that has ended, its results.",
        .parameters = parameters,
        .out = OUT},
    {.method = COX_GET,
        .path = "/api/v1/leaderboards/{id}/standing",
        .handle = get_leaderboard,
        .summary = "Who does best by a measure in the running period, without those who stay off.",
        .parameters = parameters,
        .out = OUT},
    {0},
};
