/* org/org.h: the feature every company has: people, teams, lines, hats, calendar, currencies. */
#ifndef COX_ORG_ORG_H
#define COX_ORG_ORG_H

#include "record/feature.h"

extern const struct cox_feature cox_feature_org;

#endif
