/* kernel/book/extent.c: what a part holds at all, so that questions pass over the parts that cannot answer them. */
#include <string.h>

#include "kernel/book/pass.h"

static void widen(struct cox_book_range *range, int32_t day)
{
    range->from = day < range->from ? day : range->from;
    range->to = day > range->to ? day : range->to;
}

struct cox_book_extent cox_book_extent_of(const struct cox_book_part *part)
{
    const struct cox_book_range none = {INT32_MAX, INT32_MIN};
    struct cox_book_extent extent = {.is_known = true,
        .close = none,
        .created = none,
        .closed = none,
        .first_s = UINT32_MAX};

    for (size_t i = 0; i < part->deal_count; i++) {
        size_t first = cox_book_first_event(part, i), end = part->event_end[i];
        if (first < end) {
            extent.first_s =
                part->at_s[first] < extent.first_s ? part->at_s[first] : extent.first_s;
            extent.last_s =
                part->at_s[end - 1] > extent.last_s ? part->at_s[end - 1] : extent.last_s;
        }
        widen(&extent.created, part->created_day[i]);
        if (part->stage[i] != COX_BOOK_NO_STAGE) {
            widen(&extent.close, part->close_day[i]);
            widen(&extent.closed, part->closed_day[i]);
            extent.stages[part->stage[i] % COX_BOOK_STAGE_MARKS / 64] |= UINT64_C(1)
                                                                         << part->stage[i] % 64;
        }
    }
    return extent;
}

static bool meets(struct cox_book_days days, struct cox_book_range range)
{
    return range.to >= days.from && (days.to == INT32_MAX || range.from < days.to);
}

bool cox_book_has_stage(const struct cox_book *book, const struct cox_book_part *part,
    const unsigned char *in, bool of_open)
{
    if (!part->extent.is_known) {
        return true;
    }
    for (size_t i = 0; i < book->stage_count; i++) {
        if ((in == NULL || in[i] != 0) && (!of_open || book->stages[i].kind == COX_BOOK_OPEN) &&
            (part->extent.stages[i % COX_BOOK_STAGE_MARKS / 64] >> i % 64 & 1U) != 0) {
            return true;
        }
    }
    return false;
}

bool cox_book_may_answer(const struct cox_book *book, const struct cox_book_part *part,
    const struct cox_book_ask *ask)
{
    const struct cox_book_extent *extent = &part->extent;

    if (!extent->is_known) {
        return true;
    }
    if (!meets(ask->created, extent->created) || extent->first_s > cox_book_second(ask->at_us)) {
        return false; /* the first instant also tells of those without any event */
    }
    if (!cox_book_is_settled(part, ask->at_us)) {
        return true;
    }
    return cox_book_has_stage(book, part, ask->stage_in, false) &&
           meets(ask->close, extent->close) && meets(ask->closed, extent->closed);
}
