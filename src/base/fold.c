/* base/fold.c: text made equal for comparing: folding, search words, keys, likeness. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fold_table.h"
#include "base/text.h"
#include "base/utf8.h"

enum {
    WORD_SIZE_MAX = 64,  /* bytes */
    LIKENESS_MAX = 1000, /* characters compared */
};

/* What folds to nothing: combining marks, soft hyphen, zero-width characters, byte order mark. */
static bool is_ignored(uint32_t code)
{
    return (code >= 0x300 && code <= 0x36F) || code == 0xAD || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2060 && code <= 0x2064) || code == 0xFEFF;
}

/* Blanks, and the typographic forms of hyphen and quotes, which people type either way. */
static uint32_t fold_sign(uint32_t code)
{
    if (code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
        code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000) {
        return ' ';
    }
    if ((code >= 0x2010 && code <= 0x2015) || code == 0x2212) {
        return '-';
    }
    if ((code >= 0x2018 && code <= 0x201B) || code == 0x2BC) {
        return '\'';
    }
    if (code >= 0x201C && code <= 0x201F) {
        return '"';
    }
    return code;
}

static uint32_t fold_code(uint32_t code)
{
    if (code >= COX_FOLD_LATIN && code < COX_FOLD_LATIN + COX_FOLD_LATIN_COUNT) {
        code = cox_fold_latin[code - COX_FOLD_LATIN];
    } else if (code >= COX_FOLD_GREEK && code < COX_FOLD_GREEK + COX_FOLD_GREEK_COUNT) {
        code = cox_fold_greek[code - COX_FOLD_GREEK];
    } else if (code >= COX_FOLD_ADDED && code < COX_FOLD_ADDED + COX_FOLD_ADDED_COUNT) {
        code = cox_fold_added[code - COX_FOLD_ADDED];
    } else if (code >= COX_FOLD_PAIR && code < COX_FOLD_PAIR + COX_FOLD_PAIR_COUNT) {
        return COX_UTF8_BAD; /* private use: no letter, and must not be taken for a pair */
    }
    return fold_sign(code);
}

static char fold_ascii(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (char)(c - 'A' + 'a');
    }
    return c >= '\t' && c <= '\r' ? ' ' : c;
}

static size_t fold_char(const char *from, size_t left, char *to, size_t *ret_taken)
{
    int32_t read;
    uint32_t code;

    *ret_taken = cox_utf8_read(from, left, &read);
    if (read >= 0 && is_ignored((uint32_t)read)) {
        return 0;
    }
    code = read < 0 ? COX_UTF8_BAD : fold_code((uint32_t)read);
    if (code >= COX_FOLD_PAIR && code < COX_FOLD_PAIR + COX_FOLD_PAIR_COUNT) {
        memcpy(to, cox_fold_pairs[code - COX_FOLD_PAIR], 2);
        return 2;
    }
    return cox_utf8_write(to, code);
}

/* Folds into ret_bytes, which has room for 3 bytes per byte of text; blanks run to one, trimmed. */
static size_t fold_into(struct cox_text text, char *ret_bytes)
{
    size_t size = 0;

    for (size_t at = 0; at < text.size;) {
        size_t start = size, taken = 1;
        if ((unsigned char)text.ptr[at] < 0x80) {
            ret_bytes[size++] = fold_ascii(text.ptr[at]);
        } else {
            size += fold_char(text.ptr + at, text.size - at, ret_bytes + size, &taken);
        }
        at += taken;
        if (size > start && ret_bytes[start] == ' ' &&
            (start == 0 || ret_bytes[start - 1] == ' ')) {
            size = start;
        }
    }
    return size > 0 && ret_bytes[size - 1] == ' ' ? size - 1 : size;
}

struct cox_text cox_text_fold(struct cox_arena *arena, struct cox_text text)
{
    size_t room;
    char *bytes;

    if (text.ptr == NULL || __builtin_mul_overflow(text.size, 3, &room)) {
        return (struct cox_text){0};
    }
    bytes = cox_arena_alloc(arena, room + 1);
    if (bytes == NULL) {
        return (struct cox_text){0};
    }
    return (struct cox_text){bytes, fold_into(text, bytes)};
}

/* Letters and digits: in ASCII as one knows them; above it all but signs and punctuation. */
static bool is_word(const char *bytes, size_t size, size_t *ret_taken)
{
    unsigned char c = (unsigned char)bytes[0];
    int32_t code;

    if (c < 0x80) {
        *ret_taken = 1;
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
    }
    *ret_taken = cox_utf8_read(bytes, size, &code);
    return !(code < 0xC0 && code != 0xB5) && code != 0xD7 && code != 0xF7 &&
           !(code >= 0x2000 && code < 0x2C00) && !(code >= 0x3000 && code < 0x3005) &&
           !(code >= 0x3008 && code <= 0x3020) && !(code >= 0xFE10 && code <= 0xFE6F) &&
           code != COX_UTF8_BAD;
}

struct cox_text cox_text_key(struct cox_arena *arena, struct cox_text text)
{
    struct cox_text folded = cox_text_fold(arena, text);
    char *bytes;
    size_t size = 0, taken;

    if (folded.ptr == NULL) {
        return folded;
    }
    bytes = cox_arena_alloc(arena, folded.size + 1);
    if (bytes == NULL) {
        return (struct cox_text){0};
    }
    for (size_t at = 0; at < folded.size; at += taken) {
        if (is_word(folded.ptr + at, folded.size - at, &taken)) {
            memcpy(bytes + size, folded.ptr + at, taken);
            size += taken;
        }
    }
    return (struct cox_text){bytes, size};
}

static int compare_words(const void *a, const void *b)
{
    return cox_text_compare(*(const struct cox_text *)a, *(const struct cox_text *)b);
}

static struct cox_text cut_word(struct cox_text word)
{
    if (word.size > WORD_SIZE_MAX) {
        word.size = WORD_SIZE_MAX;
        while (((unsigned char)word.ptr[word.size] & 0xC0) == 0x80) {
            word.size--;
        }
    }
    return word;
}

/* ret_words has room for one word per two bytes of text, rounded up. */
static size_t split_words(struct cox_text folded, struct cox_text *ret_words)
{
    size_t count = 0, taken;

    for (size_t at = 0; at < folded.size; at += taken) {
        size_t start = at;
        while (at < folded.size && is_word(folded.ptr + at, folded.size - at, &taken)) {
            at += taken;
        }
        if (at > start) {
            ret_words[count++] = cut_word((struct cox_text){folded.ptr + start, at - start});
        }
        taken = 0;
        if (at < folded.size) {
            (void)is_word(folded.ptr + at, folded.size - at, &taken); /* only its size is wanted */
        }
    }
    return count;
}

struct cox_text cox_text_words(struct cox_arena *arena, struct cox_text text)
{
    struct cox_text folded = cox_text_fold(arena, text);
    struct cox_text *words;
    size_t count, size = 0;
    char *joined;

    if (folded.ptr == NULL) {
        return folded;
    }
    words = COX_NEW_ARRAY(arena, folded.size / 2 + 1, struct cox_text);
    joined = cox_arena_alloc(arena, folded.size + 1);
    if (words == NULL || joined == NULL) {
        return (struct cox_text){0};
    }
    count = split_words(folded, words);
    if (count > 0) {
        qsort(words, count, sizeof(*words), compare_words);
    }
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && cox_text_same(words[i], words[i - 1])) {
            continue;
        }
        if (size > 0) {
            joined[size++] = ' ';
        }
        memcpy(joined + size, words[i].ptr, words[i].size);
        size += words[i].size;
    }
    return (struct cox_text){joined, size};
}

/* Code points of a key, at most LIKENESS_MAX. NULL when memory ran out. */
static int32_t *key_codes(struct cox_arena *arena, struct cox_text text, size_t *ret_count)
{
    struct cox_text key = cox_text_key(arena, text);
    int32_t *codes = COX_NEW_ARRAY(arena, LIKENESS_MAX, int32_t);
    size_t count = 0;

    if (key.ptr == NULL || codes == NULL) {
        return NULL;
    }
    for (size_t at = 0; at < key.size && count < LIKENESS_MAX; count++) {
        at += cox_utf8_read(key.ptr + at, key.size - at, &codes[count]);
    }
    *ret_count = count;
    return codes;
}

static size_t least3(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Optimal string alignment: edits and swaps of neighbours. rows has 3 * (b_count + 1) places. */
static size_t edits(const int32_t *a, size_t a_count, const int32_t *b, size_t b_count,
    size_t *rows)
{
    size_t *before = rows, *last = rows + b_count + 1, *now = rows + 2 * (b_count + 1);

    for (size_t j = 0; j <= b_count; j++) {
        last[j] = j;
    }
    for (size_t i = 1; i <= a_count; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b_count; j++) {
            now[j] = least3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < now[j]) {
                now[j] = before[j - 2] + 1;
            }
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b_count];
}

double cox_text_likeness(struct cox_arena *arena, struct cox_text a, struct cox_text b)
{
    struct cox_mark mark = cox_arena_mark(arena);
    size_t a_count = 0, b_count = 0;
    int32_t *a_codes = key_codes(arena, a, &a_count);
    int32_t *b_codes = key_codes(arena, b, &b_count);
    size_t *rows = COX_NEW_ARRAY(arena, 3 * (b_count + 1), size_t);
    double likeness = 0;

    if (a_codes != NULL && b_codes != NULL && rows != NULL && a_count > 0 && b_count > 0) {
        size_t longer = a_count > b_count ? a_count : b_count;
        likeness = 1 - (double)edits(a_codes, a_count, b_codes, b_count, rows) / (double)longer;
    }
    cox_arena_rewind(arena, mark);
    return likeness;
}
