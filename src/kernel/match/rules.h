/*
 * kernel/match/rules.h: which pairs must not be, and why: for mentors and peer meetings alike. The
 * reason is what the person who asks "why not these two?" is told.
 */
#ifndef COX_KERNEL_MATCH_RULES_H
#define COX_KERNEL_MATCH_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cox_match_why {
    COX_MATCH_MAY,
    COX_MATCH_SAME_PERSON,
    COX_MATCH_LISTED, /* somebody has said that these two shall not be a pair */
    COX_MATCH_SAME_TEAM,
    COX_MATCH_SAME_LINE, /* one leads the other, through however many */
    COX_MATCH_NO_LANGUAGE,
    COX_MATCH_WHY_COUNT
};

/* Caller's arrays of count. Everybody, not only those to be paired: lines pass through others. */
struct cox_match_people {
    size_t count;
    const int64_t *team;     /* 0: none */
    const uint32_t *manager; /* position in these arrays; COX_MATCH_NOBODY: none here */
    const uint64_t
        *language; /* a bit each; 0: not known, which hinders nothing; NULL: nobody's is */
};

struct cox_match_rules {
    bool other_team, other_line, common_language; /* what a pair must fulfil */
    const uint32_t (*listed)[2];                  /* positions that shall not be a pair */
    size_t listed_count;
};

/* May a and b be a pair, or the first rule that is against it. Cost: O(levels + listed_count). */
enum cox_match_why cox_match_why(const struct cox_match_people *people,
    const struct cox_match_rules *rules, uint32_t a, uint32_t b);

/*
 * Strikes the pairs that must not be out of score[row * col_count + col]; rows and cols are positions
 * in people. ret_count (may be NULL) has COX_MATCH_WHY_COUNT elements: pairs by reason.
 */
void cox_match_strike(const struct cox_match_people *people, const struct cox_match_rules *rules,
    const uint32_t *rows, size_t row_count, const uint32_t *cols, size_t col_count, int64_t *score,
    size_t *ret_count);

#endif
