/* connect/seen.c: the last row of each record of an import. */
#include "connect/seen.h"

#include "base/map.h"
#include "connect/convert.h"

enum { POSITION_BITS = 40 };

struct cox_seen {
    struct cox_imap *by_hash;     /* of table, source and id -> file and row */
    struct cox_imap *modified_us; /* the same hash -> when that row was modified there */
};

static const struct cox_hash_key seen_key = {0x7365656e, 0x726f7773};

enum cox_rc cox_seen_open(struct cox_arena *arena, struct cox_seen **ret_seen,
    struct cox_err *reterr)
{
    struct cox_seen *seen = COX_NEW(arena, struct cox_seen);

    if (seen == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_imap_open_in(arena, 0, &seen->by_hash, reterr));
    COX_TRY(cox_imap_open_in(arena, 0, &seen->modified_us, reterr));
    *ret_seen = seen;
    return COX_OK;
}

/* Without an id: 0. */
static int64_t hash_of(const struct cox_mapping *mapping, const struct cox_feed_row *row)
{
    char text[300];
    struct cox_text id = cox_text_trim(row->cells[mapping->key]);

    if (id.size == 0 || id.size > sizeof text - 8) {
        return 0;
    }
    /* The long form of a Salesforce id begins with the short one. */
    if (mapping->guess.source == COX_SALESFORCE && id.size == 18 && mapping->key == mapping->id) {
        id.size = 15;
    }
    memcpy(text, &mapping->guess.table->entity->number, 2);
    text[2] = (char)mapping->guess.source;
    memcpy(text + 3, id.ptr, id.size);
    return (int64_t)cox_hash_text(&seen_key, (struct cox_text){text, id.size + 3});
}

static int64_t modified_of(const struct cox_mapping *mapping, const struct cox_feed_row *row)
{
    const struct cox_convert convert = {.zone = cox_zone_utc()};
    struct cox_column column = {.order = COX_DATE_YMD};
    struct cox_err ignored;
    int64_t us;

    if (mapping->modified == mapping->count) {
        return 0;
    }
    return cox_convert_instant(&convert, &column, row->cells[mapping->modified], &us, &ignored) ==
                   COX_OK
               ? us
               : 0;
}

static uint64_t position_of(uint32_t file, const struct cox_feed_row *row)
{
    return (uint64_t)file << POSITION_BITS | (uint64_t)row->row;
}

enum cox_rc cox_seen_note(struct cox_seen *seen, const struct cox_mapping *mapping, uint32_t file,
    const struct cox_feed_row *row, struct cox_err *reterr)
{
    int64_t hash = hash_of(mapping, row), modified_us = 0;
    uint64_t *place, before = 0;
    bool is_new;

    if (hash == 0) {
        return COX_OK;
    }
    modified_us = modified_of(mapping, row);
    COX_TRY(cox_imap_add(seen->by_hash, hash, position_of(file, row), &place, &is_new, reterr));
    if (!is_new) {
        if (cox_imap_find(seen->modified_us, hash, &before) && (int64_t)before > modified_us &&
            modified_us != 0) {
            return COX_OK; /* an older state further down */
        }
        *place = position_of(file, row);
    }
    return modified_us == 0 ? COX_OK
                            : cox_imap_put(seen->modified_us, hash, (uint64_t)modified_us, reterr);
}

bool cox_seen_counts(const struct cox_seen *seen, const struct cox_mapping *mapping, uint32_t file,
    const struct cox_feed_row *row)
{
    int64_t hash = hash_of(mapping, row);
    uint64_t position;

    return hash == 0 || !cox_imap_find(seen->by_hash, hash, &position) ||
           position == position_of(file, row);
}
