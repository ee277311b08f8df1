/*
 * record/inspect.h: does a store hold together? What audit.h does not look at: the database's own
 * structures, the log's numbers, references.
 */
#ifndef COX_RECORD_INSPECT_H
#define COX_RECORD_INSPECT_H

#include "record/record.h"

struct cox_inspect_report {
    int64_t reference_count; /* reference fields looked at */
    int64_t fault_count;
    char fault[300]; /* the first one, in words; "" when there is none */
};

/* Reads every index and table. COX_OK also when faults were found: look at the report. */
enum cox_rc cox_inspect(struct cox_call *call, struct cox_inspect_report *ret_report,
    struct cox_err *reterr) COX_NODISCARD;

/* Of that, the database's own structures alone: pages, and indexes against tables. */
enum cox_rc cox_inspect_file(struct cox_call *call, struct cox_inspect_report *report,
    struct cox_err *reterr) COX_NODISCARD;

#endif
