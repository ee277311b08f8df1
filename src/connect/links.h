/*
 * connect/links.h: files of pairs of ids (deal and company, deal and contact, contact and company):
 * each sets a reference that is still empty. A deal has one contact here: the first pair counts.
 */
#ifndef COX_CONNECT_LINKS_H
#define COX_CONNECT_LINKS_H

#include "connect/work.h"

/* Reads such a file to its end and counts its rows. */
enum cox_rc cox_links_file(struct cox_job *job, struct cox_err *reterr) COX_NODISCARD;

#endif
