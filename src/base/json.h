/*
 * base/json.h: writes JSON as it comes, with no tree: into 8 KiB, then to the sink. Commas, escapes
 * and nesting are its business. The first failure sticks; cox_json_done tells it.
 */
#ifndef COX_BASE_JSON_H
#define COX_BASE_JSON_H

#include "base/text.h"

struct cox_arena;

enum { COX_JSON_DEPTH_MAX = 64 };

struct cox_json {
    struct cox_sink sink;
    char *bytes; /* the arena's */
    size_t size;
    int depth;
    uint64_t is_array; /* bit per depth */
    bool has_item, has_key;
    struct cox_err err;
};

/* Takes 8 KiB from the arena; without memory the writer starts failed. */
void cox_json_init(struct cox_json *json, struct cox_arena *arena, struct cox_sink sink);

void cox_json_begin_object(struct cox_json *json);
void cox_json_end_object(struct cox_json *json);
void cox_json_begin_array(struct cox_json *json);
void cox_json_end_array(struct cox_json *json);

/* In an object each value follows its key. Whether keys repeat is the caller's business. */
void cox_json_key(struct cox_json *json, const char *key);
void cox_json_key_text(struct cox_json *json, struct cox_text key);

void cox_json_text(struct cox_json *json, struct cox_text value); /* ptr NULL: null */
void cox_json_string(struct cox_json *json, const char *value);   /* NULL: null */
void cox_json_int(struct cox_json *json, int64_t value);
void cox_json_real(struct cox_json *json, double value); /* shortest; not finite: null */
void cox_json_bool(struct cox_json *json, bool value);
void cox_json_null(struct cox_json *json);
void cox_json_raw(struct cox_json *json, struct cox_text value); /* one complete value, as it is */

/* A line break between values of a stream (NDJSON); only outside of objects and arrays. */
void cox_json_newline(struct cox_json *json);

/* Hands over the rest. Everything begun must have been ended (an assertion, unless failed). */
enum cox_rc cox_json_done(struct cox_json *json, struct cox_err *reterr) COX_NODISCARD;

/* key and value in one line. */
static inline void cox_json_put_text(struct cox_json *json, const char *key, struct cox_text value)
{
    cox_json_key(json, key);
    cox_json_text(json, value);
}

static inline void cox_json_put_string(struct cox_json *json, const char *key, const char *value)
{
    cox_json_key(json, key);
    cox_json_string(json, value);
}

static inline void cox_json_put_int(struct cox_json *json, const char *key, int64_t value)
{
    cox_json_key(json, key);
    cox_json_int(json, value);
}

static inline void cox_json_put_real(struct cox_json *json, const char *key, double value)
{
    cox_json_key(json, key);
    cox_json_real(json, value);
}

static inline void cox_json_put_bool(struct cox_json *json, const char *key, bool value)
{
    cox_json_key(json, key);
    cox_json_bool(json, value);
}

#endif
