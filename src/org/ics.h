/* org/ics.h: writes iCalendar text (RFC 5545): lines folded at 75 octets, texts escaped, CR LF. */
#ifndef COX_ORG_ICS_H
#define COX_ORG_ICS_H

#include "base/text.h"

/* "NAME:value" as it is: dates, numbers, what needs no escape. Folded, never within a UTF-8 character. */
void cox_ics_line(struct cox_buf *buf, const char *name, struct cox_text value);

/* The same with \, ; , and line ends of the value escaped; other controls are left out. */
void cox_ics_text(struct cox_buf *buf, const char *name, struct cox_text value);

/* "NAME;VALUE=DATE:20260520", and the instant as "NAME:20260520T120000Z". */
void cox_ics_day(struct cox_buf *buf, const char *name, int64_t day);
void cox_ics_instant(struct cox_buf *buf, const char *name, int64_t us);

#endif
