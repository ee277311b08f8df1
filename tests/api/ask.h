/*
 * tests/api/ask.h: to ask as one of the site's people, the clock a second later each time, and to look into
 * the answer.
 */
#ifndef COX_TESTS_API_ASK_H
#define COX_TESTS_API_ASK_H

#include "site.h"

/* body NULL: none. */
struct answer say(struct site *site, enum site_role who, const char *method, const char *path,
    const char *body);

/* Fails unless the status is this; "" as format: no body. NULL where the answer has none. */
json_t *ask(struct site *site, enum site_role who, const char *method, const char *path, int status,
    const char *format, ...) COX_PRINTF(6, 7);

/* ask with GET and 200. */
json_t *get(struct site *site, enum site_role who, const char *path);

/* What is not there: 0, "(none)", 0, false. */
int64_t number(const json_t *json, const char *key);
const char *string(const json_t *json, const char *key);
double real(const json_t *json, const char *key);
bool is_true(const json_t *json, const char *key);

#endif
