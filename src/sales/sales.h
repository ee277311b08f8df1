/* sales/sales.h: the feature of sales records. */
#ifndef COX_SALES_SALES_H
#define COX_SALES_SALES_H

#include "record/feature.h"

extern const struct cox_feature cox_feature_sales;

#endif
