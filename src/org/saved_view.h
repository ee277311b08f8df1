/*
 * org/saved_view.h: a list or board as somebody wants to find it again: entity, filters, columns.
 * Everybody has own ones; one with a team stands in the menu of that team and those below it, and
 * may be read by whoever sees the team, as it holds no record.
 */
#ifndef COX_ORG_SAVED_VIEW_H
#define COX_ORG_SAVED_VIEW_H

#include "record/feature.h"

enum cox_view_layout { COX_VIEW_LIST, COX_VIEW_BOARD };

enum {
    COX_SAVED_VIEW_NAME,
    COX_SAVED_VIEW_OWNER,
    COX_SAVED_VIEW_ENTITY,
    COX_SAVED_VIEW_LAYOUT,
    COX_SAVED_VIEW_QUERY,
    COX_SAVED_VIEW_COLUMNS,
    COX_SAVED_VIEW_IS_PINNED,
    COX_SAVED_VIEW_POSITION,
    COX_SAVED_VIEW_TEAM,
    COX_SAVED_VIEW_FIELD_COUNT
};

struct cox_saved_view {
    struct cox_head head;
    struct cox_text name;
    int64_t owner;
    struct cox_text entity;  /* name of an entity */
    int64_t layout;          /* enum cox_view_layout */
    struct cox_text query;   /* of the list's address: filters, order, search */
    struct cox_text columns; /* names of fields, "," between */
    int64_t is_pinned, position, team;
};
extern const struct cox_entity cox_saved_view;

extern const struct cox_feature cox_feature_saved_view;

#endif
