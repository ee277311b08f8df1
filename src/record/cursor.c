/*
 * record/cursor.c: the place between two pages as text. Bytes: version, flags, hash of the
 * question, instant and seq read at, then a kind and a value for each key, then a MAC over all of
 * it under the store's key; in base64 for addresses. It grants nothing: every page asks the rights
 * anew.
 */
#include "record/list.h"

enum { CURSOR_VERSION = 1, CURSOR_SIZE_MAX = 16 * 1024, FLAG_IN_NULLS = 1 };

static enum cox_rc refused(struct cox_err *reterr, const char *why)
{
    return cox_fail_at(reterr, COX_INVALID, "cursor", 0, "%s: start again from the first page",
        why);
}

/* ---- writing ---- */

static void put_int(struct cox_buf *buf, int64_t number)
{
    unsigned char bytes[8];
    uint64_t bits = (uint64_t)number;

    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(bits >> (8 * i));
    }
    cox_buf_add(buf, bytes, sizeof bytes);
}

static void put_value(struct cox_buf *buf, const struct cox_value *value)
{
    int64_t bits = 0;

    cox_buf_add_char(buf, (char)value->kind);
    switch (value->kind) {
    case COX_VALUE_NULL:
        return;
    case COX_VALUE_INT:
        put_int(buf, value->number);
        return;
    case COX_VALUE_REAL:
        memcpy(&bits, &value->real, sizeof bits);
        put_int(buf, bits);
        return;
    case COX_VALUE_TEXT:
        put_int(buf, (int64_t)value->text.size);
        cox_buf_add_text(buf, value->text);
        return;
    }
}

static void put_place(struct cox_buf *buf, const struct cox_list *list,
    const struct cox_place *place)
{
    unsigned char bytes[crypto_auth_BYTES];
    const unsigned char *key = cox_store_key(list->call->store);

    cox_buf_add_char(buf, CURSOR_VERSION);
    cox_buf_add_char(buf, place->is_in_nulls ? FLAG_IN_NULLS : 0);
    cox_list_hash(list, bytes);
    cox_buf_add(buf, bytes, COX_LIST_HASH_SIZE);
    put_int(buf, list->call->is_now ? 0 : list->call->as_of.seq);
    for (unsigned i = 0; i < list->key_count; i++) {
        put_value(buf, &place->keys[i]);
    }
    if (!buf->failed) {
        (void)crypto_auth(bytes, (const unsigned char *)buf->ptr, buf->size, key);
        cox_buf_add(buf, bytes, crypto_auth_BYTES);
    }
}

enum cox_rc cox_cursor_write(const struct cox_list *list, const struct cox_place *place,
    struct cox_text *ret_cursor, struct cox_err *reterr)
{
    struct cox_buf buf;
    char *text = NULL;
    size_t room;

    cox_buf_init(&buf, (size_t)CURSOR_SIZE_MAX / 4 * 3);
    put_place(&buf, list, place);
    room = sodium_base64_encoded_len(buf.size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    if (!buf.failed) {
        text = cox_arena_alloc(list->call->arena, room);
    }
    if (text != NULL) {
        (void)sodium_bin2base64(text, room, (const unsigned char *)buf.ptr, buf.size,
            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    }
    cox_buf_done(&buf);
    if (text == NULL) {
        return cox_no_memory(reterr);
    }
    *ret_cursor = (struct cox_text){text, room - 1};
    return COX_OK;
}

/* ---- reading ---- */

struct reader {
    const unsigned char *bytes;
    size_t size, at;
    bool is_short;
};

static const unsigned char *take(struct reader *reader, size_t size)
{
    const unsigned char *piece = reader->bytes + reader->at;

    if (reader->is_short || size > reader->size - reader->at) {
        reader->is_short = true;
        return NULL;
    }
    reader->at += size;
    return piece;
}

static int64_t take_int(struct reader *reader)
{
    const unsigned char *bytes = take(reader, 8);
    uint64_t bits = 0;

    for (int i = 0; bytes != NULL && i < 8; i++) {
        bits |= (uint64_t)bytes[i] << (8 * i);
    }
    return (int64_t)bits;
}

static unsigned char take_char(struct reader *reader)
{
    const unsigned char *byte = take(reader, 1);

    return byte == NULL ? 0 : *byte;
}

static struct cox_value take_value(struct reader *reader)
{
    struct cox_value value = {.kind = (enum cox_value_kind)take_char(reader)};
    int64_t bits;

    switch (value.kind) {
    case COX_VALUE_NULL:
        break;
    case COX_VALUE_INT:
        value.number = take_int(reader);
        break;
    case COX_VALUE_REAL:
        bits = take_int(reader);
        memcpy(&value.real, &bits, sizeof bits);
        break;
    case COX_VALUE_TEXT:
        value.text.size = (size_t)take_int(reader);
        value.text.ptr = (const char *)take(reader, value.text.size);
        break;
    }
    return value;
}

/* The bytes under the text, when they were signed here. */
static enum cox_rc open_cursor(const struct cox_list *list, struct cox_text cursor,
    struct reader *ret_reader, struct cox_err *reterr)
{
    unsigned char *bytes;
    size_t size;

    if (cursor.size > CURSOR_SIZE_MAX) {
        return refused(reterr, "this cursor is not one of ours");
    }
    bytes = cox_arena_alloc(list->call->arena, cursor.size + 1);
    if (bytes == NULL) {
        return cox_no_memory(reterr);
    }
    if (sodium_base642bin(bytes, cursor.size + 1, cursor.ptr, cursor.size, NULL, &size, NULL,
            sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        size < crypto_auth_BYTES) {
        return refused(reterr, "this cursor is not one of ours");
    }
    size -= crypto_auth_BYTES;
    if (crypto_auth_verify(bytes + size, bytes, size, cox_store_key(list->call->store)) != 0) {
        return refused(reterr, "this cursor is not one of ours");
    }
    *ret_reader = (struct reader){.bytes = bytes, .size = size};
    return COX_OK;
}

enum cox_rc cox_cursor_read(struct cox_list *list, struct cox_text cursor, int64_t *ret_seq,
    struct cox_err *reterr)
{
    unsigned char hash[COX_LIST_HASH_SIZE];
    const unsigned char *asked;
    struct reader reader = {0};
    struct cox_place place = {.is_set = true};

    COX_TRY(open_cursor(list, cursor, &reader, reterr));
    if (take_char(&reader) != CURSOR_VERSION) {
        return refused(reterr, "this cursor is of another version of the program");
    }
    place.is_in_nulls = (take_char(&reader) & FLAG_IN_NULLS) != 0;
    asked = take(&reader, COX_LIST_HASH_SIZE);
    cox_list_hash(list, hash);
    if (asked == NULL || memcmp(asked, hash, sizeof hash) != 0) {
        return refused(reterr, "this cursor belongs to another filter or order");
    }
    *ret_seq = take_int(&reader);
    for (unsigned i = 0; i < list->key_count; i++) {
        place.keys[i] = take_value(&reader);
    }
    if (reader.is_short || reader.at != reader.size) {
        return refused(reterr, "this cursor is not one of ours");
    }
    list->place = place;
    return COX_OK;
}

/* ---- the question ---- */

static void hash_int(crypto_generichash_state *state, int64_t number)
{
    (void)crypto_generichash_update(state, (const unsigned char *)&number, sizeof number);
}

void cox_list_hash(const struct cox_list *list, unsigned char ret_hash[COX_LIST_HASH_SIZE])
{
    crypto_generichash_state state;

    (void)crypto_generichash_init(&state, NULL, 0, COX_LIST_HASH_SIZE);
    hash_int(&state, list->table->entity->number);
    hash_int(&state, list->call->is_now ? -1 : list->call->as_of.at_us);
    for (unsigned i = 0; i < list->key_count; i++) {
        hash_int(&state, list->keys[i].at);
        hash_int(&state, list->keys[i].is_descending ? 1 : 0);
    }
    hash_int(&state, (int64_t)list->words.size);
    (void)crypto_generichash_update(&state, (const unsigned char *)list->words.ptr,
        list->words.size);
    cox_filter_hash(list->filter, &state);
    (void)crypto_generichash_final(&state, ret_hash, COX_LIST_HASH_SIZE);
}
