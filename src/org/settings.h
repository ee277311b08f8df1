/*
 * org/settings.h: what administrators settle: the company, features on and off, run-time fields, backups,
 * the audit chain; and for everybody, who looked at one's data.
 */
#ifndef COX_ORG_SETTINGS_H
#define COX_ORG_SETTINGS_H

#include "record/feature.h"

extern const struct cox_feature cox_feature_settings;

#endif
