/* base/log.c: logfmt lines. A value can forge neither a pair nor a line. */
#include "base/log.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/day.h"

static const char cut_mark[] = " cut=true";

struct line {
    char text[COX_LOG_LINE_MAX + 1]; /* one more for the newline */
    size_t size;
    bool is_cut;
};

const char *cox_log_level_name(enum cox_log_level level)
{
    static const char *const names[COX_LOG_LEVEL_COUNT] = {"debug", "info", "warn", "error"};

    assert(level < COX_LOG_LEVEL_COUNT);
    return names[level];
}

/* All or nothing, so that a cut never leaves half an escape. */
static void add(struct line *line, const char *bytes, size_t size)
{
    /* Room is kept for a closing quote and the mark. */
    if (line->is_cut || line->size + size + 1 + sizeof(cut_mark) > COX_LOG_LINE_MAX) {
        line->is_cut = true;
        return;
    }
    memcpy(line->text + line->size, bytes, size);
    line->size += size;
}

static bool is_plain(struct cox_text value)
{
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f) {
            return false;
        }
    }
    return value.size > 0;
}

static void add_escaped(struct line *line, struct cox_text value)
{
    bool is_utf8 = cox_text_is_utf8(value);

    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        char escape[8];
        if (c == '"' || c == '\\') {
            escape[0] = '\\';
            escape[1] = (char)c;
            add(line, escape, 2);
        } else if (c == '\n') {
            add(line, "\\n", 2);
        } else if (c < ' ' || c == 0x7f || (c >= 0x80 && !is_utf8)) {
            (void)snprintf(escape, sizeof(escape), "\\x%02x", c);
            add(line, escape, 4);
        } else {
            add(line, value.ptr + i, 1);
        }
    }
}

/* A quoted value whose rest does not fit is still closed: the room for it is kept back. */
static void add_text(struct line *line, struct cox_text value)
{
    if (is_plain(value)) {
        add(line, value.ptr, value.size);
        return;
    }
    add(line, "\"", 1);
    bool is_open = !line->is_cut;
    add_escaped(line, value);
    if (is_open) {
        line->text[line->size] = '"';
        line->size++;
    }
}

static void add_string(struct line *line, const char *string)
{
    add(line, string, strlen(string));
}

static void add_value(struct line *line, const struct cox_log_pair *pair)
{
    char number[40];

    switch (pair->kind) {
    case COX_LOG_TEXT:
        add_text(line, pair->text);
        return;
    case COX_LOG_BOOL:
        add_string(line, pair->yes ? "true" : "false");
        return;
    case COX_LOG_REAL:
        (void)snprintf(number, sizeof(number), "%.6g", pair->real);
        add_string(line, number);
        return;
    case COX_LOG_INT:
        (void)snprintf(number, sizeof(number), "%lld", (long long)pair->number);
        add_string(line, number);
        return;
    case COX_LOG_END:
        return;
    }
}

static int64_t system_now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * COX_SECOND_US + now.tv_nsec / 1000;
}

static void write_line(const struct cox_log *log, enum cox_log_level level, struct line *line)
{
    if (log->write != NULL) {
        log->write(log->ctx, level, (struct cox_text){line->text, line->size});
        return;
    }
    line->text[line->size] = '\n';
    if (write(STDERR_FILENO, line->text, line->size + 1) < 0) {
        return; /* there is nowhere to say so */
    }
}

void cox_log(const struct cox_log *log, enum cox_log_level level, const char *event,
    const struct cox_log_pair *pairs)
{
    struct line line = {.size = 0};
    char at[COX_INSTANT_SIZE];

    if (log == NULL || level < log->least) {
        return;
    }
    cox_instant_format(log->now_us == NULL ? system_now_us() : log->now_us(log->ctx), at);
    add_string(&line, "at=");
    add_string(&line, at);
    add_string(&line, " level=");
    add_string(&line, cox_log_level_name(level));
    add_string(&line, " event=");
    add_text(&line, cox_text_of(event));
    for (; pairs != NULL && pairs->kind != COX_LOG_END && !line.is_cut; pairs++) {
        add_string(&line, " ");
        add_string(&line, pairs->key);
        add_string(&line, "=");
        add_value(&line, pairs);
    }
    if (line.is_cut) {
        memcpy(line.text + line.size, cut_mark, sizeof(cut_mark) - 1);
        line.size += sizeof(cut_mark) - 1;
    }
    write_line(log, level, &line);
}

void cox_log_err(const struct cox_log *log, enum cox_log_level level, const char *event,
    const struct cox_err *err)
{
    COX_LOG_EVENT(log, level, event, COX_LOGT("rc", cox_text_of(cox_rc_name(err->rc))),
        COX_LOGT("field", cox_text_of(err->field)), COX_LOGI("row", err->row),
        COX_LOGT("text", cox_text_of(err->text)));
}
