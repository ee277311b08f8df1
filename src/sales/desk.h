/* sales/desk.h: what is on one's own desk, as sections of the brief. */
#ifndef COX_SALES_DESK_H
#define COX_SALES_DESK_H

#include "record/feature.h"

extern const struct cox_feature cox_feature_desk;

#endif
