/* base/fold_table.h: the tables behind cox_text_fold, one entry for each code point of a range. */
#ifndef COX_BASE_FOLD_TABLE_H
#define COX_BASE_FOLD_TABLE_H

#include <stdint.h>

enum {
    COX_FOLD_LATIN = 0xA0, /* Latin-1, Extended-A, Extended-B */
    COX_FOLD_LATIN_COUNT = 0x250 - COX_FOLD_LATIN,
    COX_FOLD_GREEK = 0x370, /* Greek, Cyrillic */
    COX_FOLD_GREEK_COUNT = 0x530 - COX_FOLD_GREEK,
    COX_FOLD_ADDED = 0x1E00, /* Latin Extended Additional, Greek Extended */
    COX_FOLD_ADDED_COUNT = 0x2000 - COX_FOLD_ADDED,
    COX_FOLD_PAIR = 0xE000, /* from here on: two ASCII letters */
    COX_FOLD_PAIR_COUNT = 11,
};

extern const char cox_fold_pairs[COX_FOLD_PAIR_COUNT][3];
extern const uint16_t cox_fold_latin[COX_FOLD_LATIN_COUNT];
extern const uint16_t cox_fold_greek[COX_FOLD_GREEK_COUNT];
extern const uint16_t cox_fold_added[COX_FOLD_ADDED_COUNT];

#endif
