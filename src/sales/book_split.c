/*
 * sales/book_split.c: the parts that a book is read into: the open deals in one, those closed in others by the day
 * of closing, the removed ones in the last. What is open and what is recent is what is asked most, and is
 * found together; the others' extents say that they need not be looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sales/book_parts.h"

enum {
    CHUNK_DEALS = 65536, /* closed deals of a part, about */
    CLOSED_MAX = COX_BOOK_BASE_MAX - 2,
    SAMPLES = 8192, /* days of closing that the cuts are chosen by */
    SOURCES_MAX = COX_BOOK_PART_MAX
};

struct split {
    const struct cox_book_source *sources;
    size_t source_count;
    int32_t cuts[CLOSED_MAX]; /* first day of each closed part but the first */
    size_t cut_count;
    size_t deals[COX_BOOK_BASE_MAX], events[COX_BOOK_BASE_MAX];
    struct cox_book_columns **parts;
};

static size_t part_of(const struct split *split, const struct cox_book_fill *fill, size_t deal)
{
    size_t low = 0, high = split->cut_count;

    if (fill->stage[deal] == COX_BOOK_NO_STAGE) {
        return split->cut_count + 2;
    }
    if (fill->closed_day[deal] == COX_BOOK_NO_DAY) {
        return 0;
    }
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (split->cuts[mid] <= fill->closed_day[deal]) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low + 1;
}

static bool is_dead(const struct cox_book_source *source, size_t deal)
{
    return source->dead != NULL && (source->dead[deal / 64] >> deal % 64 & 1U) != 0;
}

/* ---- where to cut ---- */

static int compare_days(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static size_t count_closed(const struct split *split)
{
    size_t count = 0;

    for (size_t s = 0; s < split->source_count; s++) {
        const struct cox_book_fill *fill = &split->sources[s].columns->fill;
        for (size_t i = 0; i < fill->deal_count; i++) {
            count += fill->stage[i] != COX_BOOK_NO_STAGE && fill->closed_day[i] != COX_BOOK_NO_DAY;
        }
    }
    return count;
}

/* Days so that about as many deals lie between any two: chosen by every so many-th deal. */
static enum cox_rc choose_cuts(struct split *split, struct cox_err *reterr)
{
    size_t closed = count_closed(split), step = closed / SAMPLES + 1, seen = 0, count = 0;
    size_t wanted = closed / CHUNK_DEALS > CLOSED_MAX ? CLOSED_MAX : closed / CHUNK_DEALS;
    int32_t *days = cox_memory_alloc((closed / step + 2) * sizeof(*days));

    if (days == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t s = 0; s < split->source_count; s++) {
        const struct cox_book_fill *fill = &split->sources[s].columns->fill;
        for (size_t i = 0; i < fill->deal_count; i++) {
            if (fill->stage[i] != COX_BOOK_NO_STAGE && fill->closed_day[i] != COX_BOOK_NO_DAY &&
                seen++ % step == 0) {
                days[count++] = fill->closed_day[i];
            }
        }
    }
    if (count > 1) {
        qsort(days, count, sizeof(*days), compare_days);
    }
    for (size_t i = 1; i < wanted; i++) {
        split->cuts[split->cut_count++] = days[i * count / wanted];
    }
    cox_memory_free(days);
    return COX_OK;
}

/* ---- filling ---- */

static enum cox_rc open_parts(struct split *split, struct cox_err *reterr)
{
    for (size_t s = 0; s < split->source_count; s++) {
        const struct cox_book_fill *fill = &split->sources[s].columns->fill;
        for (size_t i = 0; i < fill->deal_count; i++) {
            if (!is_dead(&split->sources[s], i)) {
                size_t at = part_of(split, fill, i);
                split->deals[at]++;
                split->events[at] += fill->event_end[i] - (i == 0 ? 0 : fill->event_end[i - 1]);
            }
        }
    }
    for (size_t at = 0; at < split->cut_count + 3; at++) {
        if (split->deals[at] == 0) {
            continue;
        }
        split->parts[at] = cox_book_columns_open();
        if (split->parts[at] == NULL) {
            return cox_no_memory(reterr);
        }
        split->parts[at]->is_base = true;
        COX_TRY(cox_book_columns_reserve(split->parts[at], split->deals[at], split->events[at],
            reterr));
    }
    return COX_OK;
}

/* The source whose next deal has the smallest id; source_count: none is left. */
static size_t next_source(const struct split *split, const size_t *at)
{
    size_t found = split->source_count;
    int64_t id = 0;

    for (size_t s = 0; s < split->source_count; s++) {
        const struct cox_book_fill *fill = &split->sources[s].columns->fill;
        if (at[s] < fill->deal_count && (found == split->source_count || fill->id[at[s]] < id)) {
            found = s;
            id = fill->id[at[s]];
        }
    }
    return found;
}

static void fill_parts(const struct split *split)
{
    size_t at[SOURCES_MAX] = {0}, s;

    while ((s = next_source(split, at)) < split->source_count) {
        const struct cox_book_fill *fill = &split->sources[s].columns->fill;
        size_t deal = at[s]++;
        if (!is_dead(&split->sources[s], deal)) {
            cox_book_columns_copy(split->parts[part_of(split, fill, deal)], fill, deal);
        }
    }
}

enum cox_rc cox_book_split(const struct cox_book_source *sources, size_t source_count,
    struct cox_book_columns *ret_parts[static COX_BOOK_BASE_MAX], struct cox_err *reterr)
{
    struct cox_book_columns *parts[COX_BOOK_BASE_MAX] = {NULL};
    struct split split = {.sources = sources, .source_count = source_count, .parts = parts};
    enum cox_rc rc = choose_cuts(&split, reterr);

    rc = rc == COX_OK ? open_parts(&split, reterr) : rc;
    if (rc == COX_OK) {
        fill_parts(&split);
    }
    for (size_t i = 0; i < COX_BOOK_BASE_MAX; i++) {
        if (rc != COX_OK) {
            cox_book_columns_close(parts[i]);
        } else {
            ret_parts[i] = parts[i];
        }
    }
    return rc;
}
