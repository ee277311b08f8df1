/* base/json.c: the streaming JSON writer. */
#include "base/json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/num.h"
#include "base/utf8.h"

enum { BUFFER_SIZE = 8192 };

void cox_json_init(struct cox_json *json, struct cox_arena *arena, struct cox_sink sink)
{
    *json = (struct cox_json){.sink = sink, .bytes = cox_arena_alloc(arena, BUFFER_SIZE)};
    if (json->bytes == NULL) {
        (void)cox_no_memory(&json->err); /* told by cox_json_done */
    }
}

static void write_out(struct cox_json *json, const char *bytes, size_t size)
{
    if (json->err.rc == COX_OK && size > 0) {
        json->err.rc = json->sink.write(json->sink.ctx, bytes, size, &json->err);
    }
}

static void put(struct cox_json *json, const char *bytes, size_t size)
{
    if (json->err.rc != COX_OK || size == 0) {
        return;
    }
    if (size > BUFFER_SIZE - json->size) {
        write_out(json, json->bytes, json->size);
        json->size = 0;
        if (size > BUFFER_SIZE) {
            write_out(json, bytes, size);
            return;
        }
    }
    memcpy(json->bytes + json->size, bytes, size);
    json->size += size;
}

static void put_char(struct cox_json *json, char c)
{
    if (json->size < BUFFER_SIZE && json->err.rc == COX_OK) {
        json->bytes[json->size++] = c;
    } else {
        put(json, &c, 1);
    }
}

/* How many bytes from the beginning need no care, in steps of eight. */
static size_t plain_size(const char *bytes, size_t size)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    size_t at = 0;

    for (uint64_t eight; size - at >= sizeof(eight); at += sizeof(eight)) {
        memcpy(&eight, bytes + at, sizeof(eight));
        uint64_t quote = eight ^ (ones * '"'), slash = eight ^ (ones * '\\');
        /* A top bit for bytes above ASCII, below the blank, quotes and backslashes. */
        if (((eight | (eight - ones * 0x20) | (quote - ones) | (slash - ones)) & tops) != 0) {
            break;
        }
    }
    return at;
}

static bool in_array(const struct cox_json *json)
{
    return json->depth == 0 || (json->is_array >> (json->depth - 1) & 1) != 0;
}

/* What comes before a value: a comma in arrays; in objects the key has seen to it. */
static void before_value(struct cox_json *json)
{
    assert(json->has_key || in_array(json));
    assert(!(json->depth == 0 && json->has_item));
    if (!json->has_key && json->has_item) {
        put_char(json, ',');
    }
    json->has_key = false;
    json->has_item = true;
}

static void begin(struct cox_json *json, bool array)
{
    before_value(json);
    assert(json->depth < COX_JSON_DEPTH_MAX);
    put_char(json, array ? '[' : '{');
    json->is_array &= ~(UINT64_C(1) << json->depth);
    json->is_array |= (uint64_t)array << json->depth;
    json->depth++;
    json->has_item = false;
}

static void end(struct cox_json *json, bool array)
{
    assert(json->depth > 0 && !json->has_key && in_array(json) == array);
    put_char(json, array ? ']' : '}');
    json->depth--;
    json->has_item = true;
}

void cox_json_begin_object(struct cox_json *json)
{
    begin(json, false);
}

void cox_json_end_object(struct cox_json *json)
{
    end(json, false);
}

void cox_json_begin_array(struct cox_json *json)
{
    begin(json, true);
}

void cox_json_end_array(struct cox_json *json)
{
    end(json, true);
}

static void put_escape(struct cox_json *json, unsigned char c)
{
    static const char letters[] = "btn.fr"; /* 8 to 13; there is none for 11 */
    char escape[8];

    if (c == '"' || c == '\\') {
        (void)snprintf(escape, sizeof(escape), "\\%c", c);
    } else if (c >= 8 && c <= 13 && c != 11) {
        (void)snprintf(escape, sizeof(escape), "\\%c", letters[c - 8]);
    } else {
        (void)snprintf(escape, sizeof(escape), "\\u%04x", c);
    }
    put(json, escape, strlen(escape));
}

/* Most texts are short and need no care: straight into the buffer, with the quotes. */
static bool put_plain(struct cox_json *json, struct cox_text value, size_t plain)
{
    for (; plain < value.size; plain++) {
        unsigned char c = (unsigned char)value.ptr[plain];
        if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') {
            return false;
        }
    }
    if (json->err.rc != COX_OK || value.size + 2 > BUFFER_SIZE - json->size) {
        return false;
    }
    char *to = json->bytes + json->size;
    *to = '"';
    memcpy(to + 1, value.ptr, value.size);
    to[value.size + 1] = '"';
    json->size += value.size + 2;
    return true;
}

/* Runs of what needs no care go out as one piece. */
static void put_quoted(struct cox_json *json, struct cox_text value)
{
    size_t from = 0, at = plain_size(value.ptr, value.size);

    if (put_plain(json, value, at)) {
        return;
    }
    put_char(json, '"');
    while (at < value.size) {
        unsigned char c = (unsigned char)value.ptr[at];
        size_t taken = 1;
        int32_t code = c;

        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            at++;
            continue;
        }
        if (c >= 0x80) {
            taken = cox_utf8_read(value.ptr + at, value.size - at, &code);
            if (code >= 0) {
                at += taken;
                continue;
            }
        }
        put(json, value.ptr + from, at - from);
        if (code < 0) {
            put(json, "\xef\xbf\xbd", 3);
        } else {
            put_escape(json, c);
        }
        at += taken;
        from = at;
    }
    put(json, value.ptr + from, at - from);
    put_char(json, '"');
}

void cox_json_key_text(struct cox_json *json, struct cox_text key)
{
    assert(!in_array(json) && !json->has_key);
    if (json->has_item) {
        put_char(json, ',');
    }
    put_quoted(json, key);
    put_char(json, ':');
    json->has_key = true;
}

void cox_json_key(struct cox_json *json, const char *key)
{
    cox_json_key_text(json, cox_text_of(key));
}

void cox_json_raw(struct cox_json *json, struct cox_text value)
{
    before_value(json);
    put(json, value.ptr, value.size);
}

void cox_json_null(struct cox_json *json)
{
    cox_json_raw(json, COX_LIT("null"));
}

void cox_json_text(struct cox_json *json, struct cox_text value)
{
    if (value.ptr == NULL) {
        cox_json_null(json);
        return;
    }
    before_value(json);
    put_quoted(json, value);
}

void cox_json_string(struct cox_json *json, const char *value)
{
    cox_json_text(json, cox_text_of(value));
}

void cox_json_int(struct cox_json *json, int64_t value)
{
    char digits[24];
    char *at = digits + sizeof(digits);
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0) {
        *--at = '-';
    }
    before_value(json);
    put(json, at, (size_t)(digits + sizeof(digits) - at));
}

void cox_json_real(struct cox_json *json, double value)
{
    char text[COX_NUM_TEXT_MAX];

    if (value - value != 0) {
        cox_json_null(json); /* infinite or not a number: JSON has no word for it */
        return;
    }
    cox_json_raw(json, cox_text_of(cox_num_format_real(value, text)));
}

void cox_json_bool(struct cox_json *json, bool value)
{
    cox_json_raw(json, value ? COX_LIT("true") : COX_LIT("false"));
}

void cox_json_newline(struct cox_json *json)
{
    assert(json->depth == 0);
    put_char(json, '\n');
    json->has_item = false;
}

enum cox_rc cox_json_done(struct cox_json *json, struct cox_err *reterr)
{
    assert(json->err.rc != COX_OK || (json->depth == 0 && !json->has_key));
    write_out(json, json->bytes, json->size);
    json->size = 0;
    if (json->err.rc != COX_OK && reterr != NULL) {
        *reterr = json->err;
    }
    return json->err.rc;
}
