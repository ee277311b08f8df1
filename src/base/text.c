/* base/text.c: comparing, cutting and checking pieces of UTF-8, and the growable buffer. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"

int cox_text_compare(struct cox_text a, struct cox_text b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size == 0 ? 0 : memcmp(a.ptr, b.ptr, size);

    if (order != 0) {
        return order;
    }
    if (a.size != b.size) {
        return a.size < b.size ? -1 : 1;
    }
    return (a.ptr != NULL) - (b.ptr != NULL);
}

/* White_Space of Unicode, which has been stable since 6.3. */
static bool is_space(int32_t code)
{
    if (code < 0x80) {
        return code == ' ' || (code >= '\t' && code <= '\r');
    }
    return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
           code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

static size_t last_char_size(struct cox_text text)
{
    size_t size = 1;

    while (size < text.size && size < COX_UTF8_MAX &&
           ((unsigned char)text.ptr[text.size - size] & 0xC0) == 0x80) {
        size++;
    }
    return size;
}

struct cox_text cox_text_trim(struct cox_text text)
{
    int32_t code;

    while (text.size > 0) {
        size_t size = cox_utf8_read(text.ptr, text.size, &code);
        if (!is_space(code)) {
            break;
        }
        text.ptr += size;
        text.size -= size;
    }
    while (text.size > 0) {
        size_t size = last_char_size(text);
        if (cox_utf8_read(text.ptr + text.size - size, size, &code) != size || !is_space(code)) {
            break;
        }
        text.size -= size;
    }
    return text;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool cox_text_same_ascii(struct cox_text a, struct cox_text b)
{
    if (a.size != b.size || (a.ptr == NULL) != (b.ptr == NULL)) {
        return false;
    }
    for (size_t i = 0; i < a.size; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

bool cox_text_starts(struct cox_text text, struct cox_text with)
{
    return text.size >= with.size && (with.size == 0 || memcmp(text.ptr, with.ptr, with.size) == 0);
}

bool cox_text_ends(struct cox_text text, struct cox_text with)
{
    return text.size >= with.size &&
           (with.size == 0 || memcmp(text.ptr + text.size - with.size, with.ptr, with.size) == 0);
}

struct cox_text cox_text_split(struct cox_text *rest, char separator)
{
    struct cox_text part = *rest;
    const char *at = part.size == 0 ? NULL : memchr(part.ptr, separator, part.size);

    if (at == NULL) {
        *rest = (struct cox_text){0};
        return part;
    }
    part.size = (size_t)(at - part.ptr);
    rest->ptr = at + 1;
    rest->size -= part.size + 1;
    return part;
}

bool cox_text_is_utf8(struct cox_text text)
{
    size_t at = 0;

    while (at < text.size) {
        uint64_t eight;
        int32_t code;

        if (text.size - at >= sizeof(eight)) {
            memcpy(&eight, text.ptr + at, sizeof(eight));
            /* No high bit and no zero byte: eight plain characters. */
            if (((eight | (eight - 0x0101010101010101U)) & 0x8080808080808080U) == 0) {
                at += sizeof(eight);
                continue;
            }
        }
        at += cox_utf8_read(text.ptr + at, text.size - at, &code);
        if (code <= 0) {
            return false;
        }
    }
    return true;
}

size_t cox_text_length(struct cox_text text)
{
    size_t length = 0;

    for (size_t i = 0; i < text.size; i++) {
        length += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    }
    return length;
}

void cox_buf_init(struct cox_buf *buf, size_t max)
{
    *buf = (struct cox_buf){.max = max};
}

void cox_buf_done(struct cox_buf *buf)
{
    cox_memory_free(buf->ptr);
    *buf = (struct cox_buf){.max = buf->max};
}

void cox_buf_clear(struct cox_buf *buf)
{
    buf->size = 0;
    buf->failed = false;
}

/* Makes room for size more bytes, or marks the buffer as failed. */
static bool reserve(struct cox_buf *buf, size_t size)
{
    size_t need, room;
    char *grown;

    if (buf->failed || __builtin_add_overflow(buf->size, size, &need) || need > buf->max) {
        buf->failed = true;
        return false;
    }
    if (need <= buf->room) {
        return true;
    }
    room = buf->room < 128 ? 256 : buf->room * 2;
    room = room < need ? need : room > buf->max ? buf->max : room;
    grown = cox_memory_resize(buf->ptr, room);
    if (grown == NULL) {
        buf->failed = true;
        return false;
    }
    buf->ptr = grown;
    buf->room = room;
    return true;
}

void cox_buf_add(struct cox_buf *buf, const void *bytes, size_t size)
{
    if (size > 0 && reserve(buf, size)) {
        memcpy(buf->ptr + buf->size, bytes, size);
        buf->size += size;
    }
}

void cox_buf_add_text(struct cox_buf *buf, struct cox_text text)
{
    cox_buf_add(buf, text.ptr, text.size);
}

void cox_buf_add_string(struct cox_buf *buf, const char *string)
{
    cox_buf_add(buf, string, strlen(string));
}

void cox_buf_add_char(struct cox_buf *buf, char c)
{
    cox_buf_add(buf, &c, 1);
}

void cox_buf_format(struct cox_buf *buf, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length < 0) {
        buf->failed = true;
    } else if (reserve(buf, (size_t)length + 1)) {
        (void)vsnprintf(buf->ptr + buf->size, (size_t)length + 1, format, again); /* measured */
        buf->size += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

static enum cox_rc write_to_buf(void *ctx, const void *bytes, size_t size, struct cox_err *reterr)
{
    struct cox_buf *buf = ctx;

    cox_buf_add(buf, bytes, size);
    if (!buf->failed) {
        return COX_OK;
    }
    return buf->size + size > buf->max
               ? cox_fail(reterr, COX_TOO_LARGE, "more than %zu bytes", buf->max)
               : cox_no_memory(reterr);
}

struct cox_sink cox_buf_sink(struct cox_buf *buf)
{
    return (struct cox_sink){write_to_buf, buf};
}
