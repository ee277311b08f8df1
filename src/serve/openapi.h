/* serve/openapi.h: the pieces of the OpenAPI text. For serve/openapi*.c only. */
#ifndef COX_SERVE_OPENAPI_H
#define COX_SERVE_OPENAPI_H

#include "serve/http.h"

/* The four schemas of an entity: the record, what makes one, what changes one, a page. */
void cox_openapi_put_schemas(struct cox_json *json, const struct cox_table *table);

/* Problem details and what else all routes share. */
void cox_openapi_put_shared_schemas(struct cox_json *json);

#endif
