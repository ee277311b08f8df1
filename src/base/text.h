/*
 * base/text.h: pieces of UTF-8 text, a growable buffer, and what search and matching need of text:
 * folding, tokens, likeness.
 */
#ifndef COX_BASE_TEXT_H
#define COX_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/err.h"

struct cox_arena;

/* A piece of text that somebody else owns. ptr NULL means "no value", which is not "". */
struct cox_text {
    const char *ptr;
    size_t size; /* bytes, without any terminator */
};

#define COX_LIT(literal) ((struct cox_text){"" literal "", sizeof(literal) - 1})

static inline struct cox_text cox_text_of(const char *string)
{
    return (struct cox_text){string, string == NULL ? 0 : strlen(string)};
}

static inline bool cox_text_same(struct cox_text a, struct cox_text b)
{
    return a.size == b.size && (a.ptr == NULL) == (b.ptr == NULL) &&
           (a.size == 0 || memcmp(a.ptr, b.ptr, a.size) == 0);
}

/* Bytewise order (that of COLLATE "C" and BINARY); shorter first; no value before "". */
int cox_text_compare(struct cox_text a, struct cox_text b);

/* Without ASCII and Unicode white space at either end. Points into text. */
struct cox_text cox_text_trim(struct cox_text text);

/* ASCII letters without regard to case, nothing else folded: for names of formats and options. */
bool cox_text_same_ascii(struct cox_text a, struct cox_text b);
bool cox_text_starts(struct cox_text text, struct cox_text with);
bool cox_text_ends(struct cox_text text, struct cox_text with);

/* The part before the next separator byte; *rest moves behind it, ptr NULL when nothing is left. */
struct cox_text cox_text_split(struct cox_text *rest, char separator);

/* Valid UTF-8 without surrogates, overlong forms or NUL. */
bool cox_text_is_utf8(struct cox_text text);

/* Characters (code points) of valid UTF-8. */
size_t cox_text_length(struct cox_text text);

/*
 * For comparing and searching: lower case, no accents (Latin, Greek, Cyrillic), ß to ss, typographic
 * hyphens and quotes to plain ones, white space runs to one blank, trimmed; what is not UTF-8 becomes
 * U+FFFD. Same bytes on every machine; needs no locale; folding twice changes nothing. ptr NULL
 * when memory ran out (or text had no value).
 */
struct cox_text cox_text_fold(struct cox_arena *arena, struct cox_text text);

/*
 * Search words of a text: folded, split at everything in ASCII that is neither letter nor digit and
 * at signs above it, cut at 64 bytes on a character boundary, without repeats, in bytewise order,
 * joined with one blank.
 */
struct cox_text cox_text_words(struct cox_arena *arena, struct cox_text text);

/* Folded letters and digits only, no blanks: "GTX Pro" and "GTXPro" give the same key. */
struct cox_text cox_text_key(struct cox_arena *arena, struct cox_text text);

/*
 * 0..1: 1 - Damerau-Levenshtein (optimal string alignment) / longer length, on the first 1000
 * characters of the keys; O(n*m). An empty key is like nothing: 0. Leaves the arena as it was.
 */
double cox_text_likeness(struct cox_arena *arena, struct cox_text a, struct cox_text b);

/* A buffer that grows up to max bytes. After a failure it stays failed and swallows the rest. */
struct cox_buf {
    char *ptr;
    size_t size, room, max;
    bool failed;
};

void cox_buf_init(struct cox_buf *buf, size_t max);
void cox_buf_done(struct cox_buf *buf);
void cox_buf_clear(struct cox_buf *buf);
void cox_buf_add(struct cox_buf *buf, const void *bytes, size_t size);
void cox_buf_add_text(struct cox_buf *buf, struct cox_text text);
void cox_buf_add_string(struct cox_buf *buf, const char *string);
void cox_buf_add_char(struct cox_buf *buf, char c);
void cox_buf_format(struct cox_buf *buf, const char *format, ...) COX_PRINTF(2, 3);
static inline struct cox_text cox_buf_text(const struct cox_buf *buf)
{
    return (struct cox_text){buf->ptr == NULL ? "" : buf->ptr, buf->size};
}

/* Where output goes: returns COX_OK or stops the writer. */
struct cox_sink {
    enum cox_rc (*write)(void *ctx, const void *bytes, size_t size, struct cox_err *reterr);
    void *ctx;
};

/* Output into a buffer: COX_TOO_LARGE past its max. */
struct cox_sink cox_buf_sink(struct cox_buf *buf);

#endif
