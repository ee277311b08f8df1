/* connect/files.h: the files of some paths, and what each of them is: the jobs of an import. */
#ifndef COX_CONNECT_FILES_H
#define COX_CONNECT_FILES_H

#include "connect/work.h"

enum { COX_IMPORT_FILES_MAX = 5000, COX_IMPORT_DEPTH_MAX = 16 };

/*
 * Fills work->jobs (and the report's files) in the order they are to run: people before their
 * records, records before what refers to them. Files that are no tables, and those nobody can say
 * what they are, are told in the report as skipped, with the reason.
 */
enum cox_rc cox_files_plan(struct cox_work *work, struct cox_err *reterr) COX_NODISCARD;

#endif
