/* command/feature_list.h: the list of everything the program can do. */
#ifndef COX_COMMAND_FEATURE_LIST_H
#define COX_COMMAND_FEATURE_LIST_H

#include "base/arena.h"
#include "record/feature.h"

/* NULL-terminated. Adding a feature is one line in features.c. */
extern const struct cox_feature *const cox_features[];

/* All entities of all features, NULL-terminated, in arena; NULL without memory. */
const struct cox_entity *const *cox_features_entities(struct cox_arena *arena);

#endif
