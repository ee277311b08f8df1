/* org/ics.c: iCalendar text. */
#include "org/ics.h"

#include <stdio.h>
#include <string.h>

#include "base/day.h"

enum { LINE_MAX_OCTETS = 75 };

/* One octet of a content line; a fold goes before it where the line would grow too long. */
struct line {
    struct cox_buf *buf;
    size_t size; /* of the line so far, the blank of a fold included */
};

static void add_octets(struct line *line, const char *octets, size_t count)
{
    if (line->size + count > LINE_MAX_OCTETS) {
        cox_buf_add_string(line->buf, "\r\n ");
        line->size = 1;
    }
    cox_buf_add(line->buf, octets, count);
    line->size += count;
}

/* Octets of the UTF-8 character that begins here. */
static size_t character_size(struct cox_text text, size_t at)
{
    size_t end = at + 1;

    while (end < text.size && ((unsigned char)text.ptr[end] & 0xc0U) == 0x80U) {
        end++;
    }
    return end - at;
}

static void begin(struct line *line, struct cox_buf *buf, const char *name)
{
    *line = (struct line){.buf = buf};
    add_octets(line, name, strlen(name));
    add_octets(line, ":", 1);
}

void cox_ics_line(struct cox_buf *buf, const char *name, struct cox_text value)
{
    struct line line;

    begin(&line, buf, name);
    for (size_t at = 0; at < value.size;) {
        size_t size = character_size(value, at);
        add_octets(&line, value.ptr + at, size);
        at += size;
    }
    cox_buf_add_string(buf, "\r\n");
}

void cox_ics_text(struct cox_buf *buf, const char *name, struct cox_text value)
{
    struct line line;

    begin(&line, buf, name);
    for (size_t at = 0; at < value.size;) {
        size_t size = character_size(value, at);
        char escaped[2] = {'\\', value.ptr[at]};
        if (value.ptr[at] == '\n') {
            escaped[1] = 'n';
            add_octets(&line, escaped, 2);
        } else if (value.ptr[at] == '\\' || value.ptr[at] == ';' || value.ptr[at] == ',') {
            add_octets(&line, escaped, 2);
        } else if ((unsigned char)value.ptr[at] >= 0x20 && value.ptr[at] != 0x7f) {
            add_octets(&line, value.ptr + at, size);
        }
        at += size;
    }
    cox_buf_add_string(buf, "\r\n");
}

void cox_ics_day(struct cox_buf *buf, const char *name, int64_t day)
{
    struct cox_civil civil = cox_day_civil(day);

    cox_buf_format(buf, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, (int)civil.year, (int)civil.month,
        (int)civil.day);
}

void cox_ics_instant(struct cox_buf *buf, const char *name, int64_t us)
{
    struct cox_civil civil = cox_day_civil(cox_us_day(us));
    int64_t second = (us - cox_us_day(us) * COX_DAY_US) / COX_SECOND_US;

    cox_buf_format(buf, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, (int)civil.year,
        (int)civil.month, (int)civil.day, (int)(second / 3600), (int)(second / 60 % 60),
        (int)(second % 60));
}
