/* kernel/book/pack.c: packing of events, filling of columns, replay of one deal. */
#include "kernel/book/pack.h"

#include <assert.h>

/* First event behind the instant. The second decides nearly always; within it the rest is put together. */
static inline size_t find_end(const struct cox_book_part *part, size_t first, size_t end,
    int64_t at_us)
{
    uint32_t second = at_us < 0                       ? 0
                      : at_us / 1000000 >= UINT32_MAX ? UINT32_MAX
                                                      : (uint32_t)(at_us / 1000000);
    size_t event = first;

    while (event < end && part->at_s[event] < second) {
        event++;
    }
    while (event < end && part->at_s[event] == second && cox_book_event_us(part, event) <= at_us) {
        event++;
    }
    return event;
}

size_t cox_book_replay_events(const struct cox_book_part *part, size_t deal, int64_t at_us,
    struct cox_book_state *ret_state)
{
    const struct cox_book_state none = cox_book_nothing();
    /* By kind, the last value stands: no branch per event. Room for all that 3 bits can say. */
    int64_t values[1 << COX_BOOK_KIND_BITS] = {none.amount_minor, none.close_day, none.closed_day,
        none.owner, none.win_bp, none.stage};
    size_t first = cox_book_first_event(part, deal);
    size_t end = find_end(part, first, part->event_end[deal], at_us);

    for (size_t event = first; event < end; event++) {
        values[part->word[event] & ((1 << COX_BOOK_KIND_BITS) - 1)] =
            cox_book_word_value(part->word[event]);
    }
    *ret_state = (struct cox_book_state){.amount_minor = values[COX_BOOK_AMOUNT],
        .close_day = (int32_t)values[COX_BOOK_CLOSE_DAY],
        .closed_day = (int32_t)values[COX_BOOK_CLOSED_DAY],
        .owner = (uint16_t)values[COX_BOOK_OWNER],
        .stage = (uint16_t)values[COX_BOOK_STAGE],
        .win_bp = (uint16_t)values[COX_BOOK_WIN_BP]};
    return end;
}

enum cox_rc cox_book_begin_deal(struct cox_book_fill *fill, int64_t id, int32_t created_day,
    uint16_t code, struct cox_err *reterr)
{
    assert(!fill->is_open);
    if (fill->deal_count == fill->deal_room) {
        return cox_fail(reterr, COX_FULL, "the book has no room for more deals");
    }
    if (id < 0 || (fill->deal_count > 0 && id <= fill->id[fill->deal_count - 1])) {
        return cox_fail_at(reterr, COX_INVALID, "id", (int64_t)fill->deal_count + 1,
            "ids must rise");
    }
    if (id > UINT32_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "id", (int64_t)fill->deal_count + 1,
            "the book holds deals with ids up to %u", UINT32_MAX);
    }
    fill->id[fill->deal_count] = (uint32_t)id;
    fill->created_day[fill->deal_count] = created_day;
    fill->code[fill->deal_count] = code;
    fill->cause[fill->deal_count] = 0;
    fill->last = cox_book_nothing();
    fill->last_us = 0;
    fill->is_open = true;
    return COX_OK;
}

static enum cox_rc add_event(struct cox_book_fill *fill, int64_t at_us, enum cox_book_kind kind,
    int64_t value, struct cox_err *reterr)
{
    size_t at = fill->event_count;
    uint64_t micros = (uint64_t)(at_us % 1000000);

    if (at == fill->event_room || at == UINT32_MAX) {
        return cox_fail(reterr, COX_FULL, "the book has no room for more events");
    }
    fill->at_s[at] = (uint32_t)(at_us / 1000000);
    fill->at_us[at] = (uint16_t)(micros / 16);
    fill->word[at] = (uint64_t)value << COX_BOOK_VALUE_SHIFT | (micros % 16) << COX_BOOK_KIND_BITS |
                     (uint64_t)kind;
    fill->event_count++;
    return COX_OK;
}

enum cox_rc cox_book_add_state(struct cox_book_fill *fill, int64_t at_us,
    const struct cox_book_state *state, struct cox_err *reterr)
{
    const int64_t before[COX_BOOK_KIND_COUNT] = {fill->last.amount_minor, fill->last.close_day,
        fill->last.closed_day, fill->last.owner, fill->last.win_bp, fill->last.stage};
    const int64_t after[COX_BOOK_KIND_COUNT] = {state->amount_minor, state->close_day,
        state->closed_day, state->owner, state->win_bp, state->stage};
    int64_t us = at_us < 0 ? 0 : at_us;

    assert(fill->is_open);
    if (us < fill->last_us || us / 1000000 > UINT32_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "at_us", (int64_t)fill->deal_count + 1,
            "instants of a deal must not fall, and lie before 2106");
    }
    for (int kind = 0; kind < COX_BOOK_KIND_COUNT; kind++) {
        if (before[kind] != after[kind]) {
            COX_TRY(add_event(fill, us, (enum cox_book_kind)kind, after[kind], reterr));
        }
    }
    fill->last = *state;
    fill->last_us = us;
    return COX_OK;
}

void cox_book_end_deal(struct cox_book_fill *fill)
{
    size_t at = fill->deal_count++;

    assert(fill->is_open);
    fill->event_end[at] = (uint32_t)fill->event_count;
    fill->amount_minor[at] = fill->last.amount_minor;
    fill->close_day[at] = fill->last.close_day;
    fill->closed_day[at] = fill->last.closed_day;
    /* What is no more belongs to nobody now: only who owned it then opens its past. */
    fill->owner[at] = fill->last.stage == COX_BOOK_NO_STAGE ? COX_BOOK_NO_OWNER : fill->last.owner;
    fill->stage[at] = fill->last.stage;
    fill->win_bp[at] = fill->last.win_bp;
    fill->is_open = false;
}

struct cox_book_part cox_book_filled(const struct cox_book_fill *fill)
{
    return (struct cox_book_part){
        .deal_count = fill->deal_count,
        .event_count = fill->event_count,
        .id = fill->id,
        .event_end = fill->event_end,
        .amount_minor = fill->amount_minor,
        .close_day = fill->close_day,
        .created_day = fill->created_day,
        .closed_day = fill->closed_day,
        .owner = fill->owner,
        .stage = fill->stage,
        .win_bp = fill->win_bp,
        .code = fill->code,
        .cause = fill->cause,
        .at_s = fill->at_s,
        .at_us = fill->at_us,
        .word = fill->word,
    };
}
