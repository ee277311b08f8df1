/*
 * connect/meanings.h: ids that stand for values. A quota names its period by an id, a split its type;
 * files of periods and of split types say which days, and whether it is revenue. Such files make no
 * records; they are read before the others and asked for their ids.
 */
#ifndef COX_CONNECT_MEANINGS_H
#define COX_CONNECT_MEANINGS_H

#include "connect/names.h"

struct cox_job;
struct cox_meanings;
struct cox_prepared;
struct cox_work;

/* Marks the fields of a table that such an id gives. */
void cox_meanings_mark(const struct cox_table *table, bool *mapped);

/* Reads a file of meanings; work->meanings is made by the first. */
enum cox_rc cox_meanings_read(struct cox_work *work, struct cox_job *job,
    struct cox_err *reterr) COX_NODISCARD;

/* What an id of a row stands for, into row->meant; an id in no file is told in the row or its file. */
void cox_meanings_set(const struct cox_job *job, struct cox_prepared *row, struct cox_text id);

#endif
