/* base/encoding.c: detecting encodings and decoding all but UTF-8. */
#include "base/encoding.h"

#include <assert.h>

#include "base/utf8.h"

static const char *const names[COX_ENCODING_COUNT] = {
    [COX_ENCODING_ANY] = "unknown",
    [COX_UTF_8] = "UTF-8",
    [COX_UTF_16LE] = "UTF-16LE",
    [COX_UTF_16BE] = "UTF-16BE",
    [COX_UTF_32LE] = "UTF-32LE",
    [COX_UTF_32BE] = "UTF-32BE",
    [COX_WINDOWS_1252] = "Windows-1252",
};

static const struct {
    const char *name;
    enum cox_encoding encoding;
} aliases[] = {
    {"utf8", COX_UTF_8},
    {"ascii", COX_UTF_8},
    {"us-ascii", COX_UTF_8},
    {"utf-16", COX_UTF_16LE},
    {"utf16", COX_UTF_16LE},
    {"ucs-2", COX_UTF_16LE},
    {"utf16le", COX_UTF_16LE},
    {"utf16be", COX_UTF_16BE},
    {"utf-32", COX_UTF_32LE},
    {"utf32", COX_UTF_32LE},
    {"cp1252", COX_WINDOWS_1252},
    {"win1252", COX_WINDOWS_1252},
    {"ansi", COX_WINDOWS_1252},
    {"latin1", COX_WINDOWS_1252},
    {"latin-1", COX_WINDOWS_1252},
    {"iso-8859-1", COX_WINDOWS_1252},
    {"iso8859-1", COX_WINDOWS_1252},
};

const char *cox_encoding_name(enum cox_encoding encoding)
{
    assert(encoding < COX_ENCODING_COUNT);
    return names[encoding];
}

enum cox_encoding cox_encoding_parse(struct cox_text name)
{
    for (unsigned i = COX_ENCODING_ANY + 1; i < COX_ENCODING_COUNT; i++) {
        if (cox_text_same_ascii(name, cox_text_of(names[i]))) {
            return (enum cox_encoding)i;
        }
    }
    for (size_t i = 0; i < COX_COUNT(aliases); i++) {
        if (cox_text_same_ascii(name, cox_text_of(aliases[i].name))) {
            return aliases[i].encoding;
        }
    }
    return COX_ENCODING_ANY;
}

static enum cox_encoding by_mark(struct cox_text head, size_t *ret_bom_size)
{
    static const struct {
        struct cox_text mark;
        enum cox_encoding encoding;
    } rows[] = {
        /* UTF-32LE first: its mark begins like that of UTF-16LE. */
        {{"\xff\xfe\0\0", 4}, COX_UTF_32LE},
        {{"\0\0\xfe\xff", 4}, COX_UTF_32BE},
        {{"\xff\xfe", 2}, COX_UTF_16LE},
        {{"\xfe\xff", 2}, COX_UTF_16BE},
        {{"\xef\xbb\xbf", 3}, COX_UTF_8},
    };

    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        if (cox_text_starts(head, rows[i].mark)) {
            *ret_bom_size = rows[i].mark.size;
            return rows[i].encoding;
        }
    }
    *ret_bom_size = 0;
    return COX_ENCODING_ANY;
}

/* Without a mark, wide encodings of western text show by zero bytes at the same places. */
static enum cox_encoding by_zeros(struct cox_text head)
{
    size_t zeros[4] = {0}, quarter = head.size / 4;

    for (size_t i = 0; i < quarter * 4; i++) {
        zeros[i % 4] += head.ptr[i] == '\0';
    }
    /* Nine in ten, or half for text with other scripts in it; the other places nearly none. */
    if (quarter >= 2 && zeros[1] + zeros[2] + zeros[3] > quarter * 27 / 10 &&
        zeros[0] * 20 < quarter) {
        return COX_UTF_32LE;
    }
    if (quarter >= 2 && zeros[0] + zeros[1] + zeros[2] > quarter * 27 / 10 &&
        zeros[3] * 20 < quarter) {
        return COX_UTF_32BE;
    }
    if (quarter >= 1 && zeros[1] + zeros[3] >= quarter && (zeros[0] + zeros[2]) * 20 < quarter) {
        return COX_UTF_16LE;
    }
    if (quarter >= 1 && zeros[0] + zeros[2] >= quarter && (zeros[1] + zeros[3]) * 20 < quarter) {
        return COX_UTF_16BE;
    }
    return COX_ENCODING_ANY;
}

enum cox_encoding cox_encoding_detect(struct cox_text head, size_t *ret_bom_size)
{
    enum cox_encoding encoding = by_mark(head, ret_bom_size);
    size_t good = 0, bad = 0;
    int32_t code;

    if (encoding == COX_ENCODING_ANY) {
        encoding = by_zeros(head);
    }
    if (encoding != COX_ENCODING_ANY) {
        return encoding;
    }
    for (size_t at = 0, size; at < head.size; at += size) {
        size = cox_utf8_read(head.ptr + at, head.size - at, &code);
        good += size > 1;
        bad += code < 0 && head.size - at >= COX_UTF8_MAX;
    }
    return bad == 0 || good >= 4 * bad ? COX_UTF_8 : COX_WINDOWS_1252;
}

/* 0x80 to 0x9F; the five bytes without a character stay the control characters of Latin-1. */
static const uint16_t windows_1252[32] = {0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020,
    0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C,
    0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178};

static size_t decode_bytes(struct cox_text from, char *ret_bytes)
{
    size_t size = 0;

    for (size_t i = 0; i < from.size; i++) {
        unsigned char c = (unsigned char)from.ptr[i];
        if (c < 0x80) {
            ret_bytes[size++] = (char)c;
        } else {
            size += cox_utf8_write(ret_bytes + size, c < 0xA0 ? windows_1252[c - 0x80] : c);
        }
    }
    return size;
}

static uint32_t unit_at(const char *bytes, size_t size, bool big)
{
    uint32_t unit = 0;

    for (size_t i = 0; i < size; i++) {
        unit = unit << 8 | (unsigned char)bytes[big ? i : size - 1 - i];
    }
    return unit;
}

static bool is_surrogate(uint32_t code, uint32_t first)
{
    return code >= first && code < first + 0x400;
}

static size_t decode_units(struct cox_text from, size_t unit_size, bool big, bool at_end,
    char *ret_bytes, size_t *ret_taken)
{
    size_t at = 0, size = 0;

    while (from.size - at >= unit_size) {
        uint32_t code = unit_at(from.ptr + at, unit_size, big), low;
        size_t step = unit_size;

        if (unit_size == 2 && is_surrogate(code, 0xD800)) {
            if (from.size - at < 4 && !at_end) {
                break;
            }
            low = from.size - at < 4 ? 0 : unit_at(from.ptr + at + 2, 2, big);
            if (is_surrogate(low, 0xDC00)) {
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                step = 4;
            }
        }
        if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
            code = COX_UTF8_BAD;
        }
        size += cox_utf8_write(ret_bytes + size, code);
        at += step;
    }
    if (at_end && at < from.size) {
        size += cox_utf8_write(ret_bytes + size, COX_UTF8_BAD); /* half a unit */
        at = from.size;
    }
    *ret_taken = at;
    return size;
}

size_t cox_encoding_decode(enum cox_encoding encoding, struct cox_text from, bool at_end,
    char *ret_bytes, size_t *ret_taken)
{
    bool big = encoding == COX_UTF_16BE || encoding == COX_UTF_32BE;

    assert(encoding > COX_UTF_8 && encoding < COX_ENCODING_COUNT);
    if (encoding == COX_WINDOWS_1252) {
        *ret_taken = from.size;
        return decode_bytes(from, ret_bytes);
    }
    return decode_units(from, encoding == COX_UTF_16LE || encoding == COX_UTF_16BE ? 2 : 4, big,
        at_end, ret_bytes, ret_taken);
}
