/* demo/names.h: invented names of people and companies, of several cultures. */
#ifndef COX_DEMO_NAMES_H
#define COX_DEMO_NAMES_H

#include "base/arena.h"
#include "base/random.h"
#include "base/text.h"

struct demo_name {
    const char *first, *last;
    struct cox_text full; /* in the order of the culture */
    const char *ascii;    /* "first.last" for addresses */
};

/* false: out of memory. */
bool demo_name_make(struct cox_random *random, struct cox_arena *arena, struct demo_name *ret_name);

struct demo_place {
    const char *city, *state, *country, *currency;
    double latitude, longitude;
};

struct demo_firm {
    const char *name, *website, *industry;
    const struct demo_place *place;
};
bool demo_firm_make(struct cox_random *random, struct cox_arena *arena, struct demo_firm *ret_firm);

const char *demo_pick(struct cox_random *random, const char *const *words, size_t count);
#define DEMO_PICK(random, words) demo_pick((random), (words), COX_COUNT(words))

#endif
