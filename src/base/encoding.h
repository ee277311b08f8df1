/* base/encoding.h: the character encodings that files of other programs come in. */
#ifndef COX_BASE_ENCODING_H
#define COX_BASE_ENCODING_H

#include "base/text.h"

enum cox_encoding {
    COX_ENCODING_ANY, /* to be detected */
    COX_UTF_8,
    COX_UTF_16LE,
    COX_UTF_16BE,
    COX_UTF_32LE,
    COX_UTF_32BE,
    COX_WINDOWS_1252, /* and its subset Latin-1 */
    COX_ENCODING_COUNT,
};

/* "UTF-8", "Windows-1252" ...; parsing knows the usual aliases, COX_ENCODING_ANY for what it does not. */
const char *cox_encoding_name(enum cox_encoding encoding);
enum cox_encoding cox_encoding_parse(struct cox_text name);

/*
 * From the beginning of a file: by its byte order mark (ret_bom_size bytes, 0 without), by where the
 * zero bytes are, by being valid UTF-8 (a character cut off at the end is forgiven; so is one bad
 * byte in five characters above ASCII), else Windows-1252.
 */
enum cox_encoding cox_encoding_detect(struct cox_text head, size_t *ret_bom_size);

/* At most this many bytes of UTF-8 come from one byte of any encoding here, rounded up. */
enum { COX_ENCODING_GROWTH = 3 };

/*
 * Into UTF-8: as many whole characters as are there (all, when at_end). ret_bytes has room for
 * COX_ENCODING_GROWTH * from.size + 3. Broken units and surrogates become U+FFFD. Returns the bytes
 * written, *ret_taken those read. Not for COX_UTF_8 or COX_ENCODING_ANY.
 */
size_t cox_encoding_decode(enum cox_encoding encoding, struct cox_text from, bool at_end,
    char *ret_bytes, size_t *ret_taken);

#endif
