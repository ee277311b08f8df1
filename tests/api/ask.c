/* tests/api/ask.c: see the header. */
#include "ask.h"

#include <stdarg.h>
#include <stdio.h>

struct answer say(struct site *site, enum site_role who, const char *method, const char *path,
    const char *body)
{
    site->firm->now_us += COX_SECOND_US; /* the clock of tests stands still */
    return site_ask(site, who, method, path, body, NULL);
}

json_t *ask(struct site *site, enum site_role who, const char *method, const char *path, int status,
    const char *format, ...)
{
    char body[4000];
    struct answer answer;
    va_list args;

    va_start(args, format);
    int size = vsnprintf(body, sizeof(body), format, args);
    va_end(args);
    assert_true(size >= 0 && (size_t)size < sizeof(body));
    answer = say(site, who, method, path, size == 0 ? NULL : body);
    if (answer.status != status) {
        fail_msg("%s %s %s as %d: %d: %.*s", method, path, body, (int)who, answer.status,
            (int)answer.body.size, answer.body.ptr);
    }
    return answer.body.size == 0 ? NULL : site_json(site, &answer);
}

json_t *get(struct site *site, enum site_role who, const char *path)
{
    return ask(site, who, "GET", path, 200, "%s", "");
}

int64_t number(const json_t *json, const char *key)
{
    return json_integer_value(json_object_get(json, key));
}

const char *string(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    return text == NULL ? "(none)" : text;
}

double real(const json_t *json, const char *key)
{
    return json_number_value(json_object_get(json, key));
}

bool is_true(const json_t *json, const char *key)
{
    return json_is_true(json_object_get(json, key));
}
