/* manager/brief.h: the manager's daily brief: pipeline, results, targets and pace, stuck deals. */
#ifndef COX_MANAGER_BRIEF_H
#define COX_MANAGER_BRIEF_H

#include "record/feature.h"

extern const struct cox_feature cox_feature_manager_brief;

#endif
