/* kernel/match/rules.c: which pairs must not be. */
#include "kernel/match/rules.h"

#include <string.h>

#include "kernel/match/assign.h"

/* A line longer than there are people would be a loop: it ends there. */
static bool leads(const struct cox_match_people *people, uint32_t leader, uint32_t person)
{
    for (size_t step = 0; step < people->count; step++) {
        person = people->manager[person];
        if (person == COX_MATCH_NOBODY) {
            return false;
        }
        if (person == leader) {
            return true;
        }
    }
    return false;
}

static bool is_listed(const struct cox_match_rules *rules, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < rules->listed_count; i++) {
        const uint32_t *pair = rules->listed[i];

        if ((pair[0] == a && pair[1] == b) || (pair[0] == b && pair[1] == a)) {
            return true;
        }
    }
    return false;
}

static bool can_talk(const struct cox_match_people *people, uint32_t a, uint32_t b)
{
    return people->language == NULL || people->language[a] == 0 || people->language[b] == 0 ||
           (people->language[a] & people->language[b]) != 0;
}

enum cox_match_why cox_match_why(const struct cox_match_people *people,
    const struct cox_match_rules *rules, uint32_t a, uint32_t b)
{
    if (a == b) {
        return COX_MATCH_SAME_PERSON;
    }
    if (is_listed(rules, a, b)) {
        return COX_MATCH_LISTED;
    }
    if (rules->other_team && people->team[a] != 0 && people->team[a] == people->team[b]) {
        return COX_MATCH_SAME_TEAM;
    }
    if (rules->other_line && (leads(people, a, b) || leads(people, b, a))) {
        return COX_MATCH_SAME_LINE;
    }
    if (rules->common_language && !can_talk(people, a, b)) {
        return COX_MATCH_NO_LANGUAGE;
    }
    return COX_MATCH_MAY;
}

void cox_match_strike(const struct cox_match_people *people, const struct cox_match_rules *rules,
    const uint32_t *rows, size_t row_count, const uint32_t *cols, size_t col_count, int64_t *score,
    size_t *ret_count)
{
    if (ret_count != NULL) {
        memset(ret_count, 0, COX_MATCH_WHY_COUNT * sizeof(*ret_count));
    }
    for (size_t row = 0; row < row_count; row++) {
        for (size_t col = 0; col < col_count; col++) {
            enum cox_match_why why = cox_match_why(people, rules, rows[row], cols[col]);

            if (why != COX_MATCH_MAY) {
                score[row * col_count + col] = COX_MATCH_FORBIDDEN;
            }
            if (ret_count != NULL) {
                ret_count[why]++;
            }
        }
    }
}
