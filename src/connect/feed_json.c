/*
 * connect/feed_json.c: records of a JSON reply, one at a time. The list of records is found by
 * structure: the first array of objects at the top or one level below it ("records", "results",
 * "data"); without one, each top-level object is a record (one a line).
 */
#include <jansson.h>
#include <stdlib.h>

#include "base/num.h"
#include "connect/feed.h"

enum { WINDOW_SIZE = 1 << 16, RECORD_MAX = 1 << 24, DEPTH_MAX = 4, HEADER_MAX = 200 };

struct cox_feed_json {
    struct cox_arena *arena; /* the feed's: for the object's name only */
    struct cox_source source;
    char *window;
    size_t at, size;
    struct cox_buf record;
    struct cox_arena *row_arena;
    bool is_list;  /* inside the list of records; else records stand one after the other */
    bool is_first; /* record holds the first object, read while looking for the list */
    char list_key[32];
    struct cox_text object;
    /* A record with a list of its own (a pipeline's stages) gives one row for each of that list. */
    json_t *parent;
    json_t *children; /* borrowed from parent */
    size_t child;
};

void cox_feed_json_close(struct cox_feed_json *json)
{
    if (json != NULL) {
        json_decref(json->parent);
        cox_buf_done(&json->record);
        cox_arena_close(json->row_arena);
        cox_memory_free(json->window);
        cox_memory_free(json);
    }
}

struct cox_text cox_feed_json_object(const struct cox_feed_json *json)
{
    return json->object;
}

/* ---- bytes ---- */

/* ret_byte -1: the end. */
static enum cox_rc peek(struct cox_feed_json *json, int *ret_byte, struct cox_err *reterr)
{
    if (json->at == json->size) {
        json->at = 0;
        COX_TRY(
            json->source.read(json->source.ctx, json->window, WINDOW_SIZE, &json->size, reterr));
    }
    *ret_byte = json->size == 0 ? -1 : (unsigned char)json->window[json->at];
    return COX_OK;
}

static bool is_between(int byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t' || byte == ',' ||
           byte == 0xef || byte == 0xbb || byte == 0xbf;
}

static enum cox_rc skip_between(struct cox_feed_json *json, int *ret_byte, struct cox_err *reterr)
{
    COX_TRY(peek(json, ret_byte, reterr));
    while (is_between(*ret_byte)) {
        json->at++;
        COX_TRY(peek(json, ret_byte, reterr));
    }
    return COX_OK;
}

static enum cox_rc keep(struct cox_feed_json *json, int byte, struct cox_err *reterr)
{
    cox_buf_add_char(&json->record, (char)byte);
    json->at++;
    return json->record.failed ? cox_fail(reterr, COX_TOO_LARGE,
                                     "a JSON record is larger than %d MiB", RECORD_MAX >> 20)
                               : COX_OK;
}

/* A string's bytes with both quotes, into record; the next byte is its opening quote. */
static enum cox_rc keep_string(struct cox_feed_json *json, struct cox_err *reterr)
{
    bool escaped = true; /* the opening quote closes nothing */

    for (int byte;;) {
        COX_TRY(peek(json, &byte, reterr));
        if (byte < 0) {
            return cox_fail(reterr, COX_INVALID, "the JSON text ends inside a string");
        }
        COX_TRY(keep(json, byte, reterr));
        if (byte == '"' && !escaped) {
            return COX_OK;
        }
        escaped = byte == '\\' && !escaped;
    }
}

/* One object into record, up to its closing brace; stop_at_list: or up to its first list of objects. */
static enum cox_rc keep_object(struct cox_feed_json *json, bool stop_at_list, bool *ret_is_list,
    struct cox_err *reterr)
{
    int depth = 0;
    size_t key_at = 0;

    *ret_is_list = false;
    for (int byte;;) {
        COX_TRY(peek(json, &byte, reterr));
        if (byte < 0) {
            return cox_fail(reterr, COX_INVALID, "the JSON text ends inside an object");
        }
        if (byte == '"') {
            size_t start = json->record.size;

            COX_TRY(keep_string(json, reterr));
            key_at = depth == 1 ? start : key_at;
            continue;
        }
        depth += (byte == '{' || byte == '[') - (byte == '}' || byte == ']');
        COX_TRY(keep(json, byte, reterr));
        if (depth == 0) {
            return COX_OK;
        }
        if (stop_at_list && byte == '[' && depth == 2) {
            COX_TRY(skip_between(json, &byte, reterr));
            if (byte == '{' || byte == ']') {
                (void)snprintf(json->list_key, sizeof json->list_key, "%.*s",
                    (int)strcspn(json->record.ptr + key_at + 1, "\""),
                    json->record.ptr + key_at + 1); /* cut is fine: it is only a hint */
                *ret_is_list = byte == '{';
                if (*ret_is_list) {
                    return COX_OK;
                }
            }
        }
    }
}

/* ---- opening ---- */

static enum cox_rc find_list(struct cox_feed_json *json, struct cox_err *reterr)
{
    int byte;

    COX_TRY(skip_between(json, &byte, reterr));
    if (byte == '[') {
        json->at++;
        json->is_list = true;
        return COX_OK;
    }
    if (byte != '{') {
        return cox_fail(reterr, COX_INVALID, "this is no JSON list or object");
    }
    COX_TRY(keep_object(json, true, &json->is_list, reterr));
    json->is_first = !json->is_list;
    return COX_OK;
}

enum cox_rc cox_feed_json_open(struct cox_arena *arena, struct cox_source source,
    struct cox_feed_json **ret_json, struct cox_err *reterr)
{
    struct cox_feed_json *json = cox_memory_alloc(sizeof *json);
    enum cox_rc rc;

    if (json == NULL) {
        return cox_no_memory(reterr);
    }
    *json = (struct cox_feed_json){.arena = arena,
        .source = source,
        .window = cox_memory_alloc(WINDOW_SIZE),
        .row_arena = cox_arena_open((size_t)RECORD_MAX * 4)};
    cox_buf_init(&json->record, RECORD_MAX);
    rc = json->window == NULL || json->row_arena == NULL ? cox_no_memory(reterr)
                                                         : find_list(json, reterr);
    if (rc != COX_OK) {
        cox_feed_json_close(json);
        return rc;
    }
    *ret_json = json;
    return COX_OK;
}

/* ---- a record's cells ---- */

struct cells {
    struct cox_feed_json *json;
    cox_cell_fn cell;
    void *ctx;
};

/* A scalar as text; ptr NULL for null. */
static struct cox_text scalar(struct cox_arena *arena, const json_t *value)
{
    char number[COX_NUM_TEXT_MAX];

    switch (json_typeof(value)) {
    case JSON_STRING:
        return (struct cox_text){json_string_value(value), json_string_length(value)};
    case JSON_INTEGER:
        return cox_text_of(cox_arena_format(arena, "%lld", (long long)json_integer_value(value)));
    case JSON_REAL:
        return cox_text_of(
            cox_arena_string(arena, cox_num_format_real(json_real_value(value), number)));
    case JSON_TRUE:
        return COX_LIT("true");
    case JSON_FALSE:
        return COX_LIT("false");
    case JSON_NULL:
    case JSON_OBJECT:
    case JSON_ARRAY:
    default:
        return (struct cox_text){0};
    }
}

/* "a;b" of a list's texts, or of the ids (else names) of its objects. */
static struct cox_text joined(struct cox_arena *arena, const json_t *list)
{
    char *text = NULL;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        struct cox_text one;

        if (json_is_object(item)) {
            const json_t *id = json_object_get(item, "id");

            id = id != NULL ? id : json_object_get(item, "toObjectId");
            item = id != NULL ? id : json_object_get(item, "name");
        }
        one = item == NULL ? (struct cox_text){0} : scalar(arena, item);
        if (one.size > 0) {
            text = cox_arena_format(arena, "%s%s%.*s", text == NULL ? "" : text,
                text == NULL ? "" : ";", (int)one.size, one.ptr);
        }
    }
    return cox_text_of(text);
}

/* "a;b" of the names of a list's objects, the one that is the primary one first. */
static struct cox_text names_of(struct cox_arena *arena, const json_t *list)
{
    const char *text = NULL;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *item = json_array_get(list, i);
            const char *name = json_string_value(json_object_get(item, "name"));

            if (name != NULL && json_is_true(json_object_get(item, "primary")) == (pass == 0)) {
                text = cox_arena_format(arena, "%s%s%s", text == NULL ? "" : text,
                    text == NULL ? "" : ";", name);
            }
        }
    }
    return cox_text_of(text);
}

static enum cox_rc give(const struct cells *cells, const char *prefix, const char *key,
    struct cox_text value, struct cox_err *reterr)
{
    const char *header =
        cox_arena_format(cells->json->row_arena, "%s%s%s", prefix, *prefix == '\0' ? "" : ".", key);

    return header == NULL ? cox_no_memory(reterr)
                          : cells->cell(cells->ctx, cox_text_of(header), value, reterr);
}

/* Lists of things that have an id and a name say the names too: "teams.names". */
static enum cox_rc give_names(const struct cells *cells, const json_t *list, const char *prefix,
    const char *key, struct cox_err *reterr)
{
    const json_t *first = json_array_get(list, 0);
    const char *below;

    if (!json_is_string(json_object_get(first, "name")) || json_object_get(first, "id") == NULL) {
        return COX_OK;
    }
    below = cox_arena_format(cells->json->row_arena, "%s.names", key);
    return below == NULL
               ? cox_no_memory(reterr)
               : give(cells, prefix, below, names_of(cells->json->row_arena, list), reterr);
}

/* Earlier values of a property stay JSON: history.c reads them. */
static enum cox_rc give_past(const struct cells *cells, const json_t *past, struct cox_err *reterr)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)past, key, value)
    {
        char *text = json_dumps(value, JSON_COMPACT);
        struct cox_text copy =
            cox_arena_text(cells->json->row_arena, cox_text_of(text == NULL ? "" : text));

        free(text);
        COX_TRY(give(cells, "propertiesWithHistory", key, copy, reterr));
    }
    return COX_OK;
}

static enum cox_rc give_members(const struct cells *cells, const json_t *object, const char *prefix,
    int depth, struct cox_err *reterr);

static enum cox_rc give_nested(const struct cells *cells, const json_t *value, const char *prefix,
    const char *key, int depth, struct cox_err *reterr)
{
    const char *below;

    if (strcmp(key, "attributes") == 0) {
        struct cox_text type = cox_text_of(json_string_value(json_object_get(value, "type")));

        /* The outermost type is the record's own. */
        if (depth == 0 && type.ptr != NULL && cells->json->object.ptr == NULL) {
            cells->json->object = cox_arena_text(cells->json->arena, type);
        }
        return COX_OK;
    }
    if (strcmp(key, "propertiesWithHistory") == 0) {
        return give_past(cells, value, reterr);
    }
    if (strcmp(key, "properties") == 0 && depth == 0) {
        return give_members(cells, value, "", 1, reterr);
    }
    if (json_is_array(json_object_get(value, "results"))) {
        return give(cells, prefix, key,
            joined(cells->json->row_arena, json_object_get(value, "results")), reterr);
    }
    below =
        cox_arena_format(cells->json->row_arena, "%s%s%s", prefix, *prefix == '\0' ? "" : ".", key);
    if (below == NULL) {
        return cox_no_memory(reterr);
    }
    return depth + 1 < DEPTH_MAX ? give_members(cells, value, below, depth + 1, reterr) : COX_OK;
}

static enum cox_rc give_members(const struct cells *cells, const json_t *object, const char *prefix,
    int depth, struct cox_err *reterr)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (strlen(key) > HEADER_MAX || value == cells->json->children) {
            continue;
        }
        if (json_is_object(value)) {
            COX_TRY(give_nested(cells, value, prefix, key, depth, reterr));
        } else if (json_is_array(value)) {
            COX_TRY(give(cells, prefix, key, joined(cells->json->row_arena, value), reterr));
            COX_TRY(give_names(cells, value, prefix, key, reterr));
        } else {
            COX_TRY(give(cells, prefix, key, scalar(cells->json->row_arena, value), reterr));
        }
    }
    return COX_OK;
}

/* ---- records ---- */

/* The text of the next record into json->record; ret_is_row false at the end. */
static enum cox_rc next_record(struct cox_feed_json *json, bool *ret_is_row, struct cox_err *reterr)
{
    bool is_list;
    int byte;

    if (json->is_first) {
        json->is_first = false;
        *ret_is_row = true;
        return COX_OK;
    }
    cox_buf_clear(&json->record);
    COX_TRY(skip_between(json, &byte, reterr));
    *ret_is_row = byte == '{';
    if (byte == '{') {
        return keep_object(json, false, &is_list, reterr);
    }
    if (byte < 0 ? json->is_list : byte != ']') {
        return cox_fail(reterr, COX_INVALID, "the list of records ends in the middle");
    }
    return COX_OK;
}

static enum cox_rc give_child(const struct cells *cells, struct cox_err *reterr)
{
    struct cox_feed_json *json = cells->json;

    COX_TRY(give_members(cells, json->parent, "pipeline", 1, reterr));
    return give_members(cells, json_array_get(json->children, json->child++), "", 1, reterr);
}

enum cox_rc cox_feed_json_next(struct cox_feed_json *json, cox_cell_fn cell, void *ctx,
    bool *ret_is_row, struct cox_err *reterr)
{
    struct cells cells = {json, cell, ctx};
    json_error_t error;

    cox_arena_rewind(json->row_arena, (struct cox_mark){0});
    if (json->children != NULL && json->child < json_array_size(json->children)) {
        *ret_is_row = true;
        return give_child(&cells, reterr);
    }
    COX_TRY(next_record(json, ret_is_row, reterr));
    if (!*ret_is_row) {
        return COX_OK;
    }
    json_decref(json->parent);
    json->children = NULL;
    json->parent = json_loadb(json->record.ptr, json->record.size, 0, &error);
    if (json->parent == NULL) {
        return cox_fail(reterr, COX_INVALID, "this is no JSON: %s", error.text);
    }
    for (size_t i = 0; i < 2 && json->children == NULL; i++) {
        json->children = json_object_get(json->parent, i == 0 ? "stages" : "maps");
        json->children = json_is_array(json->children) ? json->children : NULL;
    }
    json->child = 0;
    if (json->children != NULL && json_array_size(json->children) > 0) {
        return give_child(&cells, reterr);
    }
    return give_members(&cells, json->parent, "", 0, reterr);
}
