/* leader/notice.h: what happened to somebody's records, and what waits for them. */
#ifndef COX_LEADER_NOTICE_H
#define COX_LEADER_NOTICE_H

#include "record/feature.h"

extern const struct cox_feature cox_feature_notice;

#endif
