/* base/utf8.h: one character at a time, for the parsers of this room. */
#ifndef COX_BASE_UTF8_H
#define COX_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { COX_UTF8_BAD = 0xFFFD, COX_UTF8_MAX = 4 };

/*
 * The character at bytes and how many bytes it takes (1..4); size is at least 1. What is not valid
 * UTF-8 (overlong, surrogate, cut off) gives ret_code -1 and takes one byte. NUL is a character here.
 */
size_t cox_utf8_read(const char *bytes, size_t size, int32_t *ret_code);

/* At most COX_UTF8_MAX bytes; code is a valid code point other than a surrogate. */
size_t cox_utf8_write(char *ret_bytes, uint32_t code);

#endif
