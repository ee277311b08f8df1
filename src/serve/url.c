/* serve/url.c: percent-decoding and queries. */
#include "serve/url.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct cox_text cox_url_decode(struct cox_arena *arena, struct cox_text text, bool is_query)
{
    const struct cox_text none = {0};
    char *out;
    size_t size = 0;

    if (text.size == 0 || (memchr(text.ptr, '%', text.size) == NULL &&
                              (!is_query || memchr(text.ptr, '+', text.size) == NULL))) {
        return cox_text_is_utf8(text) ? text : none;
    }
    out = cox_arena_alloc(arena, text.size);
    if (out == NULL) {
        return none;
    }
    for (size_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int high = i + 2 < text.size ? hex(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.size ? hex(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return none;
            }
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && is_query) {
            c = ' ';
        }
        out[size++] = c;
    }
    text = (struct cox_text){out, size};
    return cox_text_is_utf8(text) ? text : none; /* which excludes NUL */
}

bool cox_url_next(struct cox_text *rest, struct cox_text *ret_name, struct cox_text *ret_value)
{
    while (rest->ptr != NULL) {
        struct cox_text value = cox_text_split(rest, '&');
        if (value.size == 0) {
            continue;
        }
        *ret_name = cox_text_split(&value, '=');
        *ret_value = value.ptr == NULL ? COX_LIT("") : value;
        return true;
    }
    return false;
}
