/*
 * base/csv_scan.c: the scanner. 64 bytes at a time become two bit masks (ends of fields, quotes);
 * fields are then found by counting zero bits, which does not care how short they are.
 */
#include "base/csv_scan.h"

#include <string.h>

#include "base/arena.h"
#ifdef __SSE2__
#    include <emmintrin.h>
#endif

enum { BLOCK = 64 };

#ifdef __SSE2__
static uint64_t places_of(const __m128i *block, char wanted)
{
    const __m128i pattern = _mm_set1_epi8(wanted);
    uint64_t mask = 0;

    for (int i = 0; i < 4; i++) {
        __m128i bytes = _mm_loadu_si128(block + i);
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, pattern)) << (16 * i);
    }
    return mask;
}

static void load_block(struct cox_csv_scan *scan, size_t base)
{
    const __m128i *block = (const __m128i *)(const void *)(scan->bytes + base);

    scan->base = base;
    scan->ends =
        places_of(block, scan->delimiter) | places_of(block, '\n') | places_of(block, '\r');
    scan->quotes = places_of(block, scan->quote);
}
#else
static void load_block(struct cox_csv_scan *scan, size_t base)
{
    scan->base = base;
    scan->ends = scan->quotes = 0;
    for (int i = 0; i < BLOCK; i++) {
        char c = scan->bytes[base + (size_t)i];
        scan->ends |= (uint64_t)(c == scan->delimiter || c == '\n' || c == '\r') << i;
        scan->quotes |= (uint64_t)(c == scan->quote) << i;
    }
}
#endif

/* The next end of field (or quote) from at on, or size. */
static size_t find(struct cox_csv_scan *scan, size_t at, bool quote)
{
    size_t base = at / BLOCK * BLOCK;
    uint64_t mask = ~UINT64_C(0) << (at - base);

    for (; base < scan->size; base += BLOCK) {
        if (base != scan->base) {
            load_block(scan, base);
        }
        mask &= quote ? scan->quotes : scan->ends;
        if (mask != 0) {
            size_t found = base + (size_t)__builtin_ctzll(mask);
            return found < scan->size ? found : scan->size;
        }
        mask = ~UINT64_C(0);
    }
    return scan->size;
}

void cox_csv_scan_init(struct cox_csv_scan *scan, const struct cox_csv_shape *shape,
    size_t span_max)
{
    *scan = (struct cox_csv_scan){
        .delimiter = shape->delimiter,
        .quote = shape->quote,
        .backslash = shape->backslash,
        .blanks = shape->blanks,
        .span_max = span_max,
        .base = SIZE_MAX,
    };
}

void cox_csv_scan_done(struct cox_csv_scan *scan)
{
    cox_memory_free(scan->spans);
    scan->spans = NULL;
    scan->span_room = 0;
}

void cox_csv_scan_set(struct cox_csv_scan *scan, const char *bytes, size_t size, bool at_end)
{
    scan->bytes = bytes;
    scan->size = size;
    scan->at_end = at_end;
    scan->base = SIZE_MAX;
}

static enum cox_csv_found grow_spans(struct cox_csv_scan *scan)
{
    size_t room = scan->span_room == 0 ? 64 : scan->span_room * 2;
    struct cox_csv_span *grown;

    if (scan->span_count == scan->span_max) {
        return COX_CSV_MANY_COLUMNS;
    }
    room = room < scan->span_max ? room : scan->span_max;
    grown = cox_memory_resize(scan->spans, room * sizeof(*grown));
    if (grown == NULL) {
        return COX_CSV_OUT_OF_MEMORY;
    }
    scan->spans = grown;
    scan->span_room = room;
    return COX_CSV_ROW;
}

static inline enum cox_csv_found add_span(struct cox_csv_scan *scan, struct cox_csv_span span)
{
    if (scan->span_count == scan->span_room) {
        enum cox_csv_found found = grow_spans(scan);
        if (found != COX_CSV_ROW) {
            return found;
        }
    }
    scan->spans[scan->span_count++] = span;
    return COX_CSV_ROW;
}

/*
 * Fields without quotes, the usual case: from end to end through the masks. Stops at the sign that
 * ends the row, before a field that has quotes or may, or at size. *at is where a field begins, and
 * then where one ended or begins.
 */
static enum cox_csv_found scan_plain(struct cox_csv_scan *scan, size_t *at, bool *ret_row_end)
{
    size_t start = *at, base = start / BLOCK * BLOCK;
    uint64_t left = ~UINT64_C(0) << (start - base);

    *ret_row_end = false;
    for (; base < scan->size; base += BLOCK, left = ~UINT64_C(0)) {
        if (base != scan->base) {
            load_block(scan, base);
        }
        for (uint64_t mask = scan->ends & left; mask != 0; mask &= mask - 1) {
            size_t end = base + (size_t)__builtin_ctzll(mask);
            if (end >= scan->size || scan->bytes[start] == scan->quote) {
                *at = start;
                return COX_CSV_ROW;
            }
            enum cox_csv_found found =
                add_span(scan, (struct cox_csv_span){.start = start, .end = end});
            if (found != COX_CSV_ROW) {
                return found;
            }
            if (scan->bytes[end] != scan->delimiter) {
                *at = end;
                *ret_row_end = true;
                return COX_CSV_ROW;
            }
            start = end + 1;
        }
    }
    *at = start;
    return COX_CSV_ROW;
}

/* Is the quote at a place behind a backslash that is not itself behind one? */
static bool is_escaped(const struct cox_csv_scan *scan, size_t start, size_t at)
{
    size_t count = 0;

    while (at - count > start && scan->bytes[at - count - 1] == '\\') {
        count++;
    }
    return count % 2 == 1;
}

/* The closing quote of the field whose text starts at span->start; sets span->kind. */
static enum cox_csv_found close_quote(struct cox_csv_scan *scan, struct cox_csv_span *span)
{
    size_t at = span->start;

    for (;;) {
        at = find(scan, at, true);
        if (at == scan->size) {
            return scan->at_end ? COX_CSV_OPEN_QUOTE : COX_CSV_MORE;
        }
        if (scan->backslash && is_escaped(scan, span->start, at)) {
            span->kind = COX_CSV_ESCAPED;
            at++;
            continue;
        }
        if (at + 1 == scan->size && !scan->at_end) {
            return COX_CSV_MORE;
        }
        if (at + 1 == scan->size || scan->bytes[at + 1] != scan->quote) {
            break;
        }
        span->kind = COX_CSV_ESCAPED;
        at += 2;
    }
    if (scan->backslash && span->kind == COX_CSV_QUOTED &&
        memchr(scan->bytes + span->start, '\\', at - span->start) != NULL) {
        span->kind = COX_CSV_ESCAPED;
    }
    span->end = at;
    return COX_CSV_ROW;
}

/* Does the field at *at begin with a quote? Moves over blanks where they do not count. */
static bool opens_quote(const struct cox_csv_scan *scan, size_t *at)
{
    while (scan->blanks && *at < scan->size && scan->bytes[*at] == ' ') {
        ++*at;
    }
    return *at < scan->size && scan->bytes[*at] == scan->quote && scan->quote != COX_CSV_NO_QUOTE;
}

/* One field; *at moves to the sign that ends it, or to size. */
static enum cox_csv_found scan_field(struct cox_csv_scan *scan, size_t *at)
{
    bool quoted = opens_quote(scan, at);
    struct cox_csv_span span = {.start = *at + quoted};

    if (quoted) {
        enum cox_csv_found found;

        span.kind = COX_CSV_QUOTED;
        scan->quoted_count++;
        found = close_quote(scan, &span);
        if (found != COX_CSV_ROW) {
            return found;
        }
        *at = find(scan, span.end + 1, false);
        if (*at > span.end + 1) {
            scan->stray = true;
            span.kind = COX_CSV_STRAY;
            span.quote_at = span.end;
            span.end = *at;
        }
    } else {
        *at = find(scan, *at, false);
        span.end = *at;
    }
    if (*at == scan->size && !scan->at_end) {
        return COX_CSV_MORE;
    }
    return add_span(scan, span);
}

/* All fields; *at moves to the sign that ends the row, or to size. */
static enum cox_csv_found scan_fields(struct cox_csv_scan *scan, size_t *at)
{
    for (;;) {
        enum cox_csv_found found = COX_CSV_ROW;
        bool row_end = false;

        if (!scan->blanks) {
            found = scan_plain(scan, at, &row_end);
        }
        if (found == COX_CSV_ROW && !row_end) {
            found = scan_field(scan, at); /* with quotes, or the last of the bytes */
        }
        if (found != COX_CSV_ROW || row_end || *at == scan->size ||
            scan->bytes[*at] != scan->delimiter) {
            return found;
        }
        ++*at;
        if (*at == scan->size && !scan->at_end) {
            return COX_CSV_MORE;
        }
    }
}

enum cox_csv_found cox_csv_scan_row(struct cox_csv_scan *scan, size_t at)
{
    enum cox_csv_found found;
    size_t start = at;

    scan->span_count = scan->quoted_count = 0;
    scan->stray = false;
    found = scan_fields(scan, &at);
    if (found != COX_CSV_ROW) {
        return found;
    }
    scan->next = at == scan->size ? at : at + 1;
    if (at < scan->size && scan->bytes[at] == '\r') {
        if (at + 1 == scan->size && !scan->at_end) {
            return COX_CSV_MORE;
        }
        scan->next += at + 1 < scan->size && scan->bytes[at + 1] == '\n';
    }
    return at == start ? COX_CSV_BLANK : COX_CSV_ROW;
}

int64_t cox_csv_count_lines(const char *bytes, size_t size)
{
    int64_t count = 0;

    for (size_t i = 0; i < size; i++) {
        count += bytes[i] == '\n' || (bytes[i] == '\r' && (i + 1 == size || bytes[i + 1] != '\n'));
    }
    return count;
}

void cox_csv_look(const char *bytes, size_t size, bool *ret_high, bool *ret_nul)
{
    uint64_t high = 0, nul = 0, eight = 0;
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    size_t i = 0;

    for (; size - i >= sizeof(eight); i += sizeof(eight)) {
        memcpy(&eight, bytes + i, sizeof(eight));
        high |= eight;
        nul |= (eight - ones) & ~eight;
    }
    for (; i < size; i++) {
        high |= (unsigned char)bytes[i];
        nul |= bytes[i] == '\0' ? 0x80 : 0;
    }
    *ret_high = (high & tops) != 0;
    *ret_nul = (nul & tops) != 0;
}
