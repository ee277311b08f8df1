/*
 * base/csv_scan.h: finds the rows and fields in bytes that are already UTF-8, without changing or
 * copying them. Used by the reader (csv.c) and by the guess of the shape (csv_shape.c).
 */
#ifndef COX_BASE_CSV_SCAN_H
#define COX_BASE_CSV_SCAN_H

#include "base/csv.h"

enum { COX_CSV_PADDING = 64 }; /* readable bytes behind the end of what is scanned */

enum cox_csv_kind { COX_CSV_PLAIN, COX_CSV_QUOTED, COX_CSV_ESCAPED, COX_CSV_STRAY };

/* A field, without its quotes. */
struct cox_csv_span {
    size_t start, end;
    size_t quote_at; /* of COX_CSV_STRAY: where the closing quote stands */
    enum cox_csv_kind kind;
};

enum cox_csv_found {
    COX_CSV_ROW,
    COX_CSV_BLANK,        /* an empty line */
    COX_CSV_MORE,         /* the row does not end within the bytes */
    COX_CSV_OPEN_QUOTE,   /* ... nor within the file, because of a quote */
    COX_CSV_MANY_COLUMNS, /* more than span_max */
    COX_CSV_OUT_OF_MEMORY,
};

struct cox_csv_scan {
    const char *bytes;
    size_t size;
    bool at_end; /* nothing comes behind size */
    char delimiter, quote;
    bool backslash, blanks;
    struct cox_csv_span *spans; /* the scan's, see cox_csv_scan_done */
    size_t span_count, span_room, span_max;
    size_t next; /* behind the row */
    size_t quoted_count;
    bool stray;
    /* Places of interest in the 64 bytes from base, kept between fields. */
    size_t base;
    uint64_t ends, quotes;
};

void cox_csv_scan_init(struct cox_csv_scan *scan, const struct cox_csv_shape *shape,
    size_t span_max);
void cox_csv_scan_done(struct cox_csv_scan *scan);

/* The bytes to scan, after they have changed or moved. */
void cox_csv_scan_set(struct cox_csv_scan *scan, const char *bytes, size_t size, bool at_end);

/* The row that begins at a place before size. */
enum cox_csv_found cox_csv_scan_row(struct cox_csv_scan *scan, size_t at);

/* Line ends in bytes: LF, CR, CR LF. */
int64_t cox_csv_count_lines(const char *bytes, size_t size);

/* Any byte of 0x80 and above; any NUL. */
void cox_csv_look(const char *bytes, size_t size, bool *ret_high, bool *ret_nul);

#endif
