/*
 * leader/skill.h: the catalogue of skills: what people of both hats and those who sell are good at, with what
 * a level looks like. It is the company's: it begins with the program's own (skill_seed.c) and is changed
 * and added to.
 */
#ifndef COX_LEADER_SKILL_H
#define COX_LEADER_SKILL_H

#include "record/record.h"

enum { COX_SKILL_LEVEL_MAX = 5 }; /* levels are 1 to 5 */

/* Whose skill it is first of all: nobody is kept from having another. */
enum cox_skill_hat { COX_SKILL_MANAGER, COX_SKILL_LEADER, COX_SKILL_SELLER, COX_SKILL_HAT_COUNT };
extern const struct cox_choice cox_skill_hats[];

enum {
    COX_SKILL_NAME,
    COX_SKILL_HAT,
    COX_SKILL_HELP,
    COX_SKILL_LEVEL_1, /* five texts in a row: what each level looks like */
    COX_SKILL_LEVEL_2,
    COX_SKILL_LEVEL_3,
    COX_SKILL_LEVEL_4,
    COX_SKILL_LEVEL_5,
    COX_SKILL_POSITION,
    COX_SKILL_IS_ACTIVE,
    COX_SKILL_KEY,
    COX_SKILL_FIELD_COUNT
};

struct cox_skill {
    struct cox_head head;
    struct cox_text name;
    int64_t hat;
    struct cox_text help, level_1, level_2, level_3, level_4, level_5;
    int64_t position, is_active;
    struct cox_text key; /* of the program's catalogue; none: the company's own */
};
extern const struct cox_entity cox_skill;

/* The program's skills whose key is not there yet, as records. ret_count: how many were added. */
enum cox_rc cox_skill_seed(struct cox_call *call, size_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;

/* ---- what comes with the program ---- */

struct cox_skill_text {
    const char *key, *name;
    enum cox_skill_hat hat;
    const char *help, *low, *middle, *high; /* levels 1, 3 and 5; 2 and 4 lie between */
};
extern const struct cox_skill_text cox_skill_texts[]; /* ends with {0} */

#endif
