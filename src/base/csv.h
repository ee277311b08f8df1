/*
 * base/csv.h: delimited text as other programs really write it, read row by row in bounded memory,
 * and written as RFC 4180 says.
 */
#ifndef COX_BASE_CSV_H
#define COX_BASE_CSV_H

#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"

struct cox_arena;
struct cox_csv;

/* How the file is written. What is 0 in the options is detected from its first 256 KiB. */
struct cox_csv_shape {
    enum cox_encoding encoding;
    char delimiter; /* one of , ; tab | ^ ` when detected; any ASCII sign when given */
    char quote;     /* " or ' ; COX_CSV_NO_QUOTE: quotes are ordinary */
    bool backslash; /* \" inside quotes is a quote, instead of "" */
    bool blanks;    /* blanks at the beginning of fields do not count */
    /* Found, never asked for: */
    bool has_bom, has_sep_line, has_header;
};

enum { COX_CSV_NO_QUOTE = 1 };

struct cox_csv_opt {
    struct cox_csv_shape shape;
    size_t field_max;  /* bytes; 0: 4 MiB */
    size_t row_max;    /* bytes as written; 0: 16 MiB */
    size_t column_max; /* 0: 4096 */
    /* A quote that is never closed, or closes within another line, spoils its own line alone: that
     * line is read without quotes and flagged, and reading goes on with the next. */
    bool lenient;
};

/* Oddities of a row: told, not fatal. */
enum cox_csv_flag {
    COX_CSV_RAGGED = 1,      /* not as many fields as the first row */
    COX_CSV_RECODED = 2,     /* bytes that are not the file's encoding; taken for Windows-1252 */
    COX_CSV_STRAY_QUOTE = 4, /* text behind a closing quote, kept as it stands */
    COX_CSV_NUL = 8,         /* NUL bytes, dropped */
    COX_CSV_BAD_QUOTE = 16,  /* lenient: a quote of this line is not closed; read without quotes */
};

struct cox_csv_row {
    const struct cox_text *fields; /* valid UTF-8; valid until the next read */
    size_t field_count;            /* 0: the end */
    int64_t row;                   /* 1 is the first row that is not blank (the header, if any) */
    int64_t line;                  /* line of the file the row begins on, from 1 */
    unsigned flags;                /* of enum cox_csv_flag */
};

/* Totals so far. */
struct cox_csv_counts {
    int64_t rows, lines, ragged, recoded, stray_quotes, nuls;
};

/*
 * Reads the beginning and decides the shape. opt may be NULL. The source must outlive the reader.
 * Memory: a window of 256 KiB, more only for longer rows, at most about twice row_max.
 */
enum cox_rc cox_csv_open(struct cox_source source, const struct cox_csv_opt *opt,
    struct cox_csv **ret_csv, struct cox_err *reterr) COX_NODISCARD;
void cox_csv_close(struct cox_csv *csv); /* accepts NULL */
#define COX_AUTO_CSV __attribute__((cleanup(cox_csv_close_at))) struct cox_csv *
void cox_csv_close_at(struct cox_csv **csv);

const struct cox_csv_shape *cox_csv_shape(const struct cox_csv *csv);
struct cox_csv_counts cox_csv_counts(const struct cox_csv *csv);

/*
 * The next row; blank lines are passed over. A quote that is never closed, a field, row or column
 * count past its limit (the quote not with .lenient): COX_INVALID or COX_TOO_LARGE with the row and its line; the reader then
 * stays failed. Errors of the source come through.
 */
enum cox_rc cox_csv_read(struct cox_csv *csv, struct cox_csv_row *ret_row,
    struct cox_err *reterr) COX_NODISCARD;

/* The shape and the first rows (at most row_max), for a preview; takes what it needs of the source. */
struct cox_csv_sample {
    struct cox_csv_shape shape;
    size_t row_count, column_count; /* column_count: of the widest row */
    struct cox_csv_row *rows;       /* the arena's, fields too */
};
enum cox_rc cox_csv_sniff(struct cox_arena *arena, struct cox_source source,
    const struct cox_csv_opt *opt, size_t row_max, struct cox_csv_sample *ret_sample,
    struct cox_err *reterr) COX_NODISCARD;

/* Writing. Fields are quoted where they must be; rows end in CR LF, or LF with .lf. */
struct cox_csv_out {
    struct cox_sink sink;
    char delimiter; /* 0: comma */
    bool lf;        /* lines end in LF */
    bool guard;     /* text beginning with = + - @ tab CR gets a leading ', against formulas */
    size_t field_count, row_start;
    struct cox_buf buf; /* 64 KiB, more for longer rows */
    struct cox_err err;
};

/* Sets up; the settings delimiter, lf and guard may be changed before the first row. */
void cox_csv_out_init(struct cox_csv_out *out, struct cox_sink sink);
void cox_csv_out_text(struct cox_csv_out *out, struct cox_text field); /* ptr NULL: empty */
void cox_csv_out_plain(struct cox_csv_out *out, const char *field); /* number or date: no guard */
void cox_csv_out_end_row(struct cox_csv_out *out);

/* Hands over the rest and frees. The first failure has stuck and is told here. */
enum cox_rc cox_csv_out_done(struct cox_csv_out *out, struct cox_err *reterr) COX_NODISCARD;

#endif
