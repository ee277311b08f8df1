/* leader/brief.h: the leader's daily brief: 1:1s, promises, wins to recognise, load, newcomers. */
#ifndef COX_LEADER_BRIEF_H
#define COX_LEADER_BRIEF_H

#include "record/feature.h"

extern const struct cox_feature cox_feature_leader_brief;

#endif
