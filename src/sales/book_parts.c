/* sales/book_parts.c: the book's columns: growing and merging them. */
#include "sales/book_parts.h"

#include <string.h>

#include "base/arena.h"

/* ---- directories ---- */

enum cox_rc cox_book_directory_add(struct cox_book_directory *directory, int64_t id,
    uint16_t *ret_at, struct cox_err *reterr)
{
    uint64_t at;

    if (directory->at == NULL) {
        COX_TRY(cox_imap_open(64, 0, &directory->at, reterr));
    }
    if (cox_imap_find(directory->at, id, &at)) {
        *ret_at = (uint16_t)at;
        return COX_OK;
    }
    if (directory->count == UINT16_MAX - 1) {
        return cox_fail(reterr, COX_TOO_LARGE,
            "the book holds at most 65,534 owners, stages and "
            "products");
    }
    if (directory->count == directory->room) {
        size_t room = directory->room == 0 ? 64 : directory->room * 2;
        int64_t *grown = cox_memory_resize(directory->ids, room * sizeof(*grown));
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        directory->ids = grown;
        directory->room = room;
    }
    COX_TRY(cox_imap_put(directory->at, id, directory->count, reterr));
    *ret_at = (uint16_t)directory->count;
    directory->ids[directory->count++] = id;
    return COX_OK;
}

void cox_book_directory_done(struct cox_book_directory *directory)
{
    cox_memory_free(directory->ids);
    cox_imap_close(directory->at);
    *directory = (struct cox_book_directory){0};
}

/* ---- columns ---- */

struct cox_book_columns *cox_book_columns_open(void)
{
    struct cox_book_columns *columns = cox_memory_alloc(sizeof(*columns));

    if (columns != NULL) {
        *columns = (struct cox_book_columns){0};
    }
    return columns;
}

/* Every column with the size of an element: one list for growing, closing and measuring. */
struct column {
    void **at;
    size_t size;
    bool is_event;
};
enum { COLUMN_COUNT = 14 };

static void list_columns(struct cox_book_fill *f, struct column ret[static COLUMN_COUNT])
{
    const struct column all[COLUMN_COUNT] = {
        {(void **)&f->id, sizeof(*f->id), false},
        {(void **)&f->event_end, sizeof(*f->event_end), false},
        {(void **)&f->amount_minor, sizeof(*f->amount_minor), false},
        {(void **)&f->close_day, sizeof(*f->close_day), false},
        {(void **)&f->created_day, sizeof(*f->created_day), false},
        {(void **)&f->closed_day, sizeof(*f->closed_day), false},
        {(void **)&f->owner, sizeof(*f->owner), false},
        {(void **)&f->stage, sizeof(*f->stage), false},
        {(void **)&f->win_bp, sizeof(*f->win_bp), false},
        {(void **)&f->code, sizeof(*f->code), false},
        {(void **)&f->cause, sizeof(*f->cause), false},
        {(void **)&f->at_s, sizeof(*f->at_s), true},
        {(void **)&f->at_us, sizeof(*f->at_us), true},
        {(void **)&f->word, sizeof(*f->word), true},
    };

    memcpy(ret, all, sizeof(all));
}

void cox_book_columns_close(struct cox_book_columns *columns)
{
    struct column all[COLUMN_COUNT];

    if (columns == NULL) {
        return;
    }
    list_columns(&columns->fill, all);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        cox_memory_free(*all[i].at);
    }
    cox_memory_free(columns->owned_from);
    cox_memory_free(columns->owned_at);
    cox_memory_free(columns);
}

static size_t room_for(size_t room, size_t wanted)
{
    size_t grown = room == 0 && wanted > 256 ? wanted : room == 0 ? 256 : room;

    while (grown < wanted) {
        grown += grown / 2;
    }
    return grown;
}

enum cox_rc cox_book_columns_reserve(struct cox_book_columns *columns, size_t deals, size_t events,
    struct cox_err *reterr)
{
    struct cox_book_fill *fill = &columns->fill;
    size_t deal_room = room_for(fill->deal_room, fill->deal_count + deals);
    size_t event_room = room_for(fill->event_room, fill->event_count + events);
    struct column all[COLUMN_COUNT];

    list_columns(fill, all);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        size_t room = all[i].is_event ? event_room : deal_room;
        size_t before = all[i].is_event ? fill->event_room : fill->deal_room;
        void *grown;
        if (room == before) {
            continue;
        }
        grown = cox_memory_resize(*all[i].at, room * all[i].size);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        *all[i].at = grown;
    }
    fill->deal_room = deal_room;
    fill->event_room = event_room;
    return COX_OK;
}

enum { OWNED_LEAST = 4096 /* deals of a part: fewer are looked at one by one as fast */ };

enum cox_rc cox_book_columns_survey(struct cox_book_columns *columns, size_t owner_count,
    struct cox_err *reterr)
{
    const struct cox_book_part part = cox_book_filled(&columns->fill);
    size_t chunks = cox_book_chunk_count(part.deal_count), count;

    if (columns->extent.is_known) {
        return COX_OK;
    }
    if (part.deal_count >= OWNED_LEAST) {
        columns->owned_from =
            cox_memory_alloc(chunks * (owner_count + 1) * sizeof(*columns->owned_from));
        if (columns->owned_from == NULL) {
            return cox_no_memory(reterr);
        }
        count = cox_book_count_owned(&part, owner_count, columns->owned_from);
        columns->owned_at = cox_memory_alloc((count + 1) * sizeof(*columns->owned_at));
        if (columns->owned_at == NULL) {
            return cox_no_memory(reterr);
        }
        cox_book_fill_owned(&part, owner_count, columns->owned_from, columns->owned_at);
        columns->owned =
            (struct cox_book_owned){chunks, owner_count, columns->owned_from, columns->owned_at};
    }
    columns->extent = cox_book_extent_of(&part);
    return COX_OK;
}

size_t cox_book_columns_size(const struct cox_book_columns *columns)
{
    const struct cox_book_owned *owned = &columns->owned;
    struct cox_book_fill fill = columns->fill;
    struct column all[COLUMN_COUNT];
    size_t size = 0;

    if (owned->chunk_count > 0) {
        size_t places = owned->chunk_count * (owned->owner_count + 1);
        size = places * sizeof(*owned->from) + owned->from[places - 1] * sizeof(*owned->at);
    }

    list_columns(&fill, all);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        size += all[i].size * (all[i].is_event ? fill.event_room : fill.deal_room);
    }
    return size;
}

/* ---- merging ---- */

static void copy_deal(struct cox_book_fill *to, const struct cox_book_fill *from, size_t deal)
{
    size_t first = deal == 0 ? 0 : from->event_end[deal - 1], at = to->deal_count++;
    size_t count = from->event_end[deal] - first;

    memcpy(to->at_s + to->event_count, from->at_s + first, count * sizeof(*to->at_s));
    memcpy(to->at_us + to->event_count, from->at_us + first, count * sizeof(*to->at_us));
    memcpy(to->word + to->event_count, from->word + first, count * sizeof(*to->word));
    to->event_count += count;
    to->id[at] = from->id[deal];
    to->event_end[at] = (uint32_t)to->event_count;
    to->amount_minor[at] = from->amount_minor[deal];
    to->close_day[at] = from->close_day[deal];
    to->created_day[at] = from->created_day[deal];
    to->closed_day[at] = from->closed_day[deal];
    to->owner[at] = from->owner[deal];
    to->stage[at] = from->stage[deal];
    to->win_bp[at] = from->win_bp[deal];
    to->code[at] = from->code[deal];
    to->cause[at] = from->cause[deal];
}

void cox_book_columns_copy(struct cox_book_columns *columns, const struct cox_book_fill *from,
    size_t deal)
{
    copy_deal(&columns->fill, from, deal);
}

static bool is_dead(const uint64_t *dead, size_t at)
{
    return dead != NULL && (dead[at / 64] >> at % 64 & 1U) != 0;
}

enum cox_rc cox_book_columns_merge(const struct cox_book_columns *a, const uint64_t *a_dead,
    const struct cox_book_columns *b, const uint64_t *b_dead, struct cox_book_columns *ret_columns,
    struct cox_err *reterr)
{
    const struct cox_book_fill *x = &a->fill, *y = &b->fill;
    size_t i = 0, j = 0;

    COX_TRY(cox_book_columns_reserve(ret_columns, x->deal_count + y->deal_count,
        x->event_count + y->event_count, reterr));
    while (i < x->deal_count || j < y->deal_count) {
        if (i < x->deal_count && is_dead(a_dead, i)) {
            i++;
        } else if (j < y->deal_count && is_dead(b_dead, j)) {
            j++;
        } else if (j == y->deal_count || (i < x->deal_count && x->id[i] < y->id[j])) {
            copy_deal(&ret_columns->fill, x, i++);
        } else {
            copy_deal(&ret_columns->fill, y, j++);
        }
    }
    return COX_OK;
}
