/* leader/aspects.h: the six aspects of how somebody leads. Both ends are good ends. */
#ifndef COX_LEADER_ASPECTS_H
#define COX_LEADER_ASPECTS_H

#include "record/entity.h"

enum cox_aspect {
    COX_ASPECT_FOCUS,
    COX_ASPECT_APPROACH,
    COX_ASPECT_HORIZON,
    COX_ASPECT_RELATIONSHIP,
    COX_ASPECT_DECISION,
    COX_ASPECT_MOTIVATION,
    COX_ASPECT_COUNT
};

/* low: the manager's end (0); high: the leader's (1). In words for people. */
struct cox_aspect_words {
    const char *name, *label, *low, *high;
};
extern const struct cox_aspect_words cox_aspects[COX_ASPECT_COUNT];

/* The same as choices of a field; name and label alike. */
extern const struct cox_choice cox_aspect_choices[];

#endif
