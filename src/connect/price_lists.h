/*
 * connect/price_lists.h: price lists that the files of prices ask for: one that no file describes, and one
 * for each further currency (a list has one currency here, in Salesforce any number).
 */
#ifndef COX_CONNECT_PRICE_LISTS_H
#define COX_CONNECT_PRICE_LISTS_H

#include "connect/work.h"

/* A list that no file describes: called name, in currency (ptr NULL: the company's), known as text. */
enum cox_rc cox_price_list_make(struct cox_call *call, struct cox_job *job, const char *name,
    struct cox_text text, struct cox_text currency, int64_t *ret_id,
    struct cox_err *reterr) COX_NODISCARD;

/* The list itself when its prices are in currency, else its sister "NAME (EUR)", made when there is none. */
enum cox_rc cox_price_list_in(struct cox_call *call, struct cox_job *job, int64_t list,
    struct cox_text currency, int64_t *ret_id, struct cox_err *reterr) COX_NODISCARD;

#endif
