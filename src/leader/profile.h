/* leader/profile.h: the feature of 360 rounds and of the six-aspect profile. */
#ifndef COX_LEADER_PROFILE_H
#define COX_LEADER_PROFILE_H

#include "record/feature.h"

extern const struct cox_feature cox_feature_profile;

#endif
