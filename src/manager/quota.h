/* manager/quota.h: quotas are measured with the deals: sales/quota.h. */
#ifndef COX_MANAGER_QUOTA_H
#define COX_MANAGER_QUOTA_H

#include "sales/quota.h"

#endif
