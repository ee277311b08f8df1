/* connect/keep.h: columns nobody knows become fields made at run time. For connect/ itself. */
#ifndef COX_CONNECT_KEEP_H
#define COX_CONNECT_KEEP_H

#include "connect/work.h"

/*
 * Makes a text field for each column of the planned jobs that is unknown (with all) or that a map file
 * keeps. ret_is_made: the registry has changed, files are to be planned anew. A column whose field
 * cannot be made (more than COX_CUSTOM_MAX, a label taken) stays not imported and is told.
 */
enum cox_rc cox_keep_columns(struct cox_work *work, bool all, bool *ret_is_made,
    struct cox_err *reterr) COX_NODISCARD;

#endif
