/*
 * record/switches.h: features that the company has switched off: for people and programs their routes,
 * entities and sections are then absent. What is stored of them stays, and comes back with them.
 */
#ifndef COX_RECORD_SWITCHES_H
#define COX_RECORD_SWITCHES_H

#include "record/feature.h"
#include "record/record.h"

/* These and no others are off from this commit on. */
enum cox_rc cox_switch_put(struct cox_call *call, const struct cox_feature *const *off,
    size_t count, struct cox_err *reterr) COX_NODISCARD;

/* As of the call's beginning, or as the store knows it (from its newest call). By the feature's name. */
bool cox_call_is_off(struct cox_call *call, const char *feature);
bool cox_store_is_off(struct cox_store *store, const char *feature);

/* Does it belong to such a feature? */
bool cox_table_is_off(const struct cox_table *table);

#endif
