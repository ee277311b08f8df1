/* sales/book_ask.c: a reader's question to the book: rights, instant, people. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "record/query.h"
#include "record/reach.h"
#include "sales/book.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

/* Directories are small beside deals, and asked a few times per figure. */
uint16_t cox_book_owner_of(const struct cox_book_generation *generation, int64_t user)
{
    for (size_t i = 0; i < generation->book.owner_count; i++) {
        if (generation->owners[i] == user) {
            return (uint16_t)i;
        }
    }
    return COX_BOOK_NO_OWNER;
}

uint16_t cox_book_stage_of(const struct cox_book_generation *generation, int64_t stage)
{
    for (size_t i = 0; i < generation->book.stage_count; i++) {
        if (generation->stages[i].id == stage) {
            return (uint16_t)i;
        }
    }
    return COX_BOOK_NO_STAGE;
}

static bool has_id(const int64_t *ids, size_t count, int64_t id)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t mid = (low + high) / 2;
        if (ids[mid] < id) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < count && ids[low] == id;
}

/* users ascending. */
static uint64_t *bits_of(struct cox_call *call, const struct cox_book_generation *generation,
    const int64_t *users, size_t count)
{
    size_t words = generation->book.owner_count / 64 + 1;
    uint64_t *bits = COX_NEW_ARRAY(cox_call_arena(call), words, uint64_t);

    for (size_t i = 0; bits != NULL && i < generation->book.owner_count; i++) {
        if (has_id(users, count, generation->owners[i])) {
            bits[i / 64] |= UINT64_C(1) << i % 64;
        }
    }
    return bits;
}

uint64_t *cox_book_owner_bits(struct cox_call *call, const struct cox_book_generation *generation,
    const int64_t *users, size_t count)
{
    int64_t *sorted = COX_NEW_ARRAY(cox_call_arena(call), count + 1, int64_t);

    if (sorted == NULL) {
        return NULL;
    }
    if (count > 0) {
        memcpy(sorted, users, count * sizeof(*sorted));
        qsort(sorted, count, sizeof(*sorted), cox_num_compare);
    }
    return bits_of(call, generation, sorted, count);
}

enum cox_rc cox_book_scope_of(struct cox_call *call, const struct cox_book_generation *generation,
    struct cox_book_scope *ret_scope, struct cox_err *reterr)
{
    struct cox_reach_set reach;

    COX_TRY(cox_reach_of(call, &cox_opportunity, &reach, reterr));
    *ret_scope = (struct cox_book_scope){0};
    if (reach.is_all) {
        return COX_OK;
    }
    ret_scope->now = bits_of(call, generation, reach.now, reach.now_count);
    ret_scope->then = bits_of(call, generation, reach.then, reach.then_count);
    ret_scope->extra_ids = reach.extra;
    ret_scope->extra_count = reach.extra_count;
    return ret_scope->now == NULL || ret_scope->then == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_book_scope_since(struct cox_call *call,
    const struct cox_book_generation *generation, int64_t from_us, struct cox_book_scope *scope,
    struct cox_err *reterr)
{
    const int64_t *users;
    size_t count;

    COX_TRY(cox_reach_between(call, &cox_opportunity, cox_call_day(call, from_us),
        cox_call_as_of_day(call), &users, &count, reterr));
    if (scope->now != NULL || scope->then != NULL) {
        scope->gone = cox_book_owner_bits(call, generation, users, count);
        return scope->gone == NULL ? cox_no_memory(reterr) : COX_OK;
    }
    return COX_OK;
}

bool cox_book_find(const struct cox_book_generation *generation, int64_t id, size_t *ret_part,
    size_t *ret_at)
{
    for (size_t p = generation->book.part_count; p-- > 0;) {
        const struct cox_book_part *part = &generation->book.parts[p];
        size_t low = 0, high = part->deal_count;
        while (low < high) {
            size_t mid = (low + high) / 2;
            if (part->id[mid] < id) {
                low = mid + 1;
            } else {
                high = mid;
            }
        }
        if (low < part->deal_count && part->id[low] == id &&
            (part->dead == NULL || (part->dead[low / 64] >> low % 64 & 1U) == 0)) {
            *ret_part = p;
            *ret_at = low;
            return true;
        }
    }
    return false;
}

struct stages_then {
    struct cox_book_generation shown;
    struct cox_book_stage *kinds;
    struct cox_book_stage_row *rows;
};

static enum cox_rc note_stage(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct stages_then *then = ctx;
    uint16_t at = cox_book_stage_of(&then->shown, row->id);
    double win_prob = cox_row_real(row, COX_STAGE_WIN_PROB);
    int64_t kind = cox_row_int(row, COX_STAGE_KIND);

    (void)reterr;
    if (at == COX_BOOK_NO_STAGE) {
        return COX_OK;
    }
    then->kinds[at].kind = kind == COX_STAGE_WON    ? COX_BOOK_WON
                           : kind == COX_STAGE_LOST ? COX_BOOK_LOST
                                                    : COX_BOOK_OPEN;
    then->kinds[at].win_bp = isnan(win_prob) ? 0 : (uint16_t)lround(win_prob * 10000.0);
    then->rows[at].pipeline = cox_row_int(row, COX_STAGE_PIPELINE);
    then->rows[at].position = cox_row_int(row, COX_STAGE_POSITION);
    return COX_OK;
}

enum cox_rc cox_book_stages_then(struct cox_call *call,
    const struct cox_book_generation *generation, const struct cox_book_generation **ret_generation,
    struct cox_err *reterr)
{
    size_t count = generation->book.stage_count;
    struct stages_then *then;

    *ret_generation = generation;
    if (cox_call_is_now(call) || count == 0) {
        return COX_OK;
    }
    then = COX_NEW(cox_call_arena(call), struct stages_then);
    if (then == NULL) {
        return cox_no_memory(reterr);
    }
    then->shown = *generation;
    then->kinds = COX_NEW_ARRAY(cox_call_arena(call), count, struct cox_book_stage);
    then->rows = COX_NEW_ARRAY(cox_call_arena(call), count, struct cox_book_stage_row);
    if (then->kinds == NULL || then->rows == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(then->kinds, generation->book.stages, count * sizeof(*then->kinds));
    memcpy(then->rows, generation->stages, count * sizeof(*then->rows));
    then->shown.book.stages = then->kinds;
    then->shown.stages = then->rows;
    COX_TRY(cox_each(call, &cox_stage, NULL, note_stage, then, reterr));
    *ret_generation = &then->shown;
    return COX_OK;
}

enum cox_rc cox_book_ask_of(struct cox_call *call, const struct cox_book_generation *generation,
    struct cox_book_ask *ret_ask, struct cox_err *reterr)
{
    struct cox_as_of as_of = cox_call_as_of(call);

    *ret_ask = (struct cox_book_ask){.at_us = as_of.at_us,
        .at_day = (int32_t)cox_call_as_of_day(call),
        .close = COX_BOOK_ANY_DAY,
        .created = COX_BOOK_ANY_DAY,
        .closed = COX_BOOK_ANY_DAY};
    if (cox_call_is_now(call)) {
        ret_ask->at_us = COX_BOOK_NOW;
    } else if (as_of.seq != generation->seq) {
        COX_TRY(cox_reach_check_seq(call, &cox_opportunity, as_of.seq, reterr));
    }
    return cox_book_scope_of(call, generation, &ret_ask->scope, reterr);
}
