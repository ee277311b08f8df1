/* manager/alert_signal.h: open alerts on the home pages of all hats, and among the notifications. */
#ifndef COX_MANAGER_ALERT_SIGNAL_H
#define COX_MANAGER_ALERT_SIGNAL_H

#include "sales/brief.h"
#include "sales/notice.h"

extern const struct cox_signal cox_signal_alerts;
extern const struct cox_notice_source cox_notices_alerts;

#endif
