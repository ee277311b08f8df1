/* manager/contest_note.c: deals behind a contest that somebody should look at. */
#include "manager/contest_note.h"

#include <stdlib.h>

#include "record/query.h"
#include "sales/opportunity.h"

struct winning {
    struct cox_arena *arena;
    struct cox_contest_wins *wins;
};

static int64_t number(const struct cox_value *value)
{
    return value->kind == COX_VALUE_INT ? value->number : COX_NULL;
}

static enum cox_rc note_win(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    struct winning *winning = ctx;
    struct cox_contest_wins *wins = winning->wins;

    if (wins->count == wins->room) {
        size_t room = wins->room == 0 ? 256 : 2 * wins->room;
        struct cox_contest_win *grown = COX_NEW_ARRAY(winning->arena, room, struct cox_contest_win);

        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (wins->count > 0) {
            memcpy(grown, wins->at, wins->count * sizeof(*grown));
        }
        wins->at = grown;
        wins->room = room;
    }
    wins->at[wins->count++] = (struct cox_contest_win){.id = id,
        .owner = number(&values[0]),
        .is_same_day = number(&values[1]) != COX_NULL && number(&values[1]) == number(&values[2])};
    return COX_OK;
}

static int compare_wins(const void *a, const void *b)
{
    const struct cox_contest_win *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

enum cox_rc cox_contest_wins_read(struct cox_call *call, struct cox_arena *arena,
    struct cox_span period, struct cox_contest_wins *ret_wins, struct cox_err *reterr)
{
    static const uint32_t fields[] = {COX_OPPORTUNITY_OWNER, COX_OPPORTUNITY_CREATED_DAY,
        COX_OPPORTUNITY_WON_DAY};
    const struct cox_filter_term terms[] = {
        {COX_OPPORTUNITY_WON_DAY, "gte", cox_int(period.from_day)},
        {COX_OPPORTUNITY_WON_DAY, "lt", cox_int(period.to_day)},
    };
    struct winning winning = {arena, ret_wins};
    struct cox_query query = {.entity = &cox_opportunity};

    *ret_wins = (struct cox_contest_wins){0};
    COX_TRY(
        cox_filter_build(call, &cox_opportunity, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_scan(call, &query, fields, COX_COUNT(fields), note_win, &winning, reterr));
    if (ret_wins->count > 1) {
        qsort(ret_wins->at, ret_wins->count, sizeof(*ret_wins->at), compare_wins);
    }
    return COX_OK;
}

struct cox_contest_note cox_contest_note_of(const struct cox_contest_wins *then,
    const struct cox_contest_wins *now, int64_t user)
{
    struct cox_contest_note note = {.user = user};

    for (size_t i = 0; i < then->count; i++) {
        const struct cox_contest_win *win = &then->at[i];

        if (win->owner != user) {
            continue;
        }
        note.same_day_count += win->is_same_day;
        if (now != NULL && (now->count == 0 || bsearch(win, now->at, now->count, sizeof(*win),
                                                   compare_wins) == NULL)) {
            note.reopened_count++;
        }
    }
    return note;
}
