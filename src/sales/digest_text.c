/*
 * sales/digest_text.c: the sections of somebody's home page as a plain text and as simple HTML. Words of records
 * between two people stay out: of such a section it says how many rows there are.
 */
#include <stdio.h>

#include "org/people.h"
#include "record/switches.h"
#include "sales/brief.h"
#include "sales/digest.h"

enum { PART_MAX = 1 << 20, ROWS_SHOWN = 8 };

struct digest {
    struct cox_call *call;
    const struct cox_feature *const *features;
    const struct cox_brief *brief;
    struct cox_buf text, html;
};

static void escape(struct cox_buf *buf, struct cox_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        switch (text.ptr[i]) {
        case '&':
            cox_buf_add_string(buf, "&amp;");
            break;
        case '<':
            cox_buf_add_string(buf, "&lt;");
            break;
        case '>':
            cox_buf_add_string(buf, "&gt;");
            break;
        case '"':
            cox_buf_add_string(buf, "&quot;");
            break;
        default:
            cox_buf_add_char(buf, text.ptr[i]);
        }
    }
}

/* A line of people's words stays one line. */
static void add_flat(struct cox_buf *buf, struct cox_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        cox_buf_add_char(buf, (unsigned char)text.ptr[i] < ' ' ? ' ' : text.ptr[i]);
    }
}

static bool is_shown(const struct cox_brief_section *section, size_t column)
{
    enum cox_brief_kind kind = section->columns[column].kind;

    return kind != COX_BRIEF_ID && kind != COX_BRIEF_KEY && (section->shared & 1u << column) == 0;
}

static struct cox_text cell_of(const struct digest *digest, const struct cox_brief_section *section,
    size_t row, size_t column, char room[COX_BRIEF_CELL_SIZE])
{
    return cox_brief_cell(digest->brief, section->columns[column].kind,
        &section->cells[row * section->column_count + column], room);
}

static void add_row(struct digest *digest, const struct cox_brief_section *section, size_t row)
{
    char room[COX_BRIEF_CELL_SIZE];
    bool is_first = true;

    cox_buf_add_string(&digest->text, "  - ");
    cox_buf_add_string(&digest->html, "<tr>");
    for (size_t c = 0; c < section->column_count; c++) {
        struct cox_text cell;
        if (!is_shown(section, c)) {
            continue;
        }
        cell = cell_of(digest, section, row, c, room);
        cox_buf_add_string(&digest->html, "<td style=\"padding:2px 12px 2px 0\">");
        escape(&digest->html, cell);
        cox_buf_add_string(&digest->html, "</td>");
        if (cell.size == 0) {
            continue;
        }
        cox_buf_add_string(&digest->text, is_first ? "" : "; ");
        if (section->columns[c].kind != COX_BRIEF_TEXT) {
            cox_buf_format(&digest->text, "%s ", section->columns[c].label);
        }
        add_flat(&digest->text, cell);
        is_first = false;
    }
    cox_buf_add_string(&digest->text, "\n");
    cox_buf_add_string(&digest->html, "</tr>\n");
}

static void add_head(struct digest *digest, const struct cox_brief_section *section)
{
    cox_buf_add_string(&digest->html, "<tr>");
    for (size_t c = 0; c < section->column_count; c++) {
        if (is_shown(section, c)) {
            cox_buf_format(&digest->html,
                "<th align=\"left\" style=\"padding:2px 12px 2px 0;font-weight:600\">%s</th>",
                section->columns[c].label);
        }
    }
    cox_buf_add_string(&digest->html, "</tr>\n");
}

static void add_section(struct digest *digest, const struct cox_brief_section *section)
{
    size_t shown = section->row_count < ROWS_SHOWN ? section->row_count : ROWS_SHOWN;
    size_t more = section->row_count - shown + section->more_count;

    cox_buf_format(&digest->text, "\n%s\n", section->title);
    cox_buf_add_string(&digest->html, "<h3 style=\"margin:18px 0 4px\">");
    escape(&digest->html, cox_text_of(section->title));
    cox_buf_add_string(&digest->html, "</h3>\n<table style=\"border-collapse:collapse\">\n");
    add_head(digest, section);
    for (size_t r = 0; r < shown; r++) {
        add_row(digest, section, r);
    }
    cox_buf_add_string(&digest->html, "</table>\n");
    if (more > 0) {
        cox_buf_format(&digest->text, "  ... and %zu more\n", more);
        cox_buf_format(&digest->html, "<p>and %zu more</p>\n", more);
    }
}

static enum cox_rc add_hat(struct digest *digest, enum cox_role hat, struct cox_err *reterr)
{
    const struct cox_brief_ask ask = {.hat = hat, .user = cox_call_actor(digest->call)->user_id};
    struct cox_brief brief;

    COX_TRY(cox_brief_open(digest->call, &ask, &brief, reterr));
    for (size_t f = 0; digest->features[f] != NULL; f++) {
        const struct cox_signal *const *signals =
            cox_call_is_off(digest->call, digest->features[f]->name) ? NULL
                                                                     : digest->features[f]->signals;
        for (size_t s = 0; signals != NULL && signals[s] != NULL; s++) {
            if ((signals[s]->hats & COX_ROLE_BIT(hat)) != 0) {
                COX_TRY(signals[s]->add(&brief, reterr));
            }
        }
    }
    digest->brief = &brief;
    for (const struct cox_brief_section *s = brief.first; s != NULL; s = s->next) {
        if (s->row_count > 0 && !s->is_for_screens) {
            add_section(digest, s);
        }
    }
    digest->brief = NULL;
    return COX_OK;
}

static enum cox_rc add_hats(struct digest *digest, struct cox_err *reterr)
{
    static const enum cox_role hats[] = {COX_MANAGER, COX_LEADER};
    unsigned roles = cox_call_actor(digest->call)->roles;
    bool has_one = false;

    for (size_t i = 0; i < COX_COUNT(hats); i++) {
        if ((roles & COX_ROLE_BIT(hats[i])) != 0) {
            COX_TRY(add_hat(digest, hats[i], reterr));
            has_one = true;
        }
    }
    return has_one ? COX_OK : add_hat(digest, COX_REP, reterr);
}

static void add_end(struct digest *digest, const char *app, const char *unsubscribe)
{
    cox_buf_format(&digest->text,
        "\nOpen it: %s/\nNo more of these: %s\nWhat two people share is on the page alone.\n", app,
        unsubscribe);
    cox_buf_format(&digest->html,
        "<p style=\"margin-top:18px\"><a href=\"%s/\">Open it</a></p>\n<p style=\"color:#666;font-size:12px\">"
        "What two people share is on the page alone. <a href=\"%s\">No more of these</a></p>\n</body></html>\n",
        app, unsubscribe);
}

static enum cox_rc take(struct cox_call *call, const struct cox_buf *buf, struct cox_text *ret_text,
    struct cox_err *reterr)
{
    *ret_text = cox_arena_text(cox_call_arena(call), cox_buf_text(buf));
    return buf->failed || ret_text->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc write_parts(struct digest *digest, const char *app, const char *unsubscribe,
    struct cox_digest_text *ret_text, struct cox_err *reterr)
{
    char day[COX_DAY_SIZE];
    char *subject;

    cox_day_format(cox_call_today(digest->call), day);
    subject = cox_arena_format(cox_call_arena(digest->call), "Coxswain: %s", day);
    if (subject == NULL) {
        return cox_no_memory(reterr);
    }
    cox_buf_format(&digest->text, "Your day, %s\n", day);
    cox_buf_format(&digest->html,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Coxswain: %s</title></head>\n"
        "<body style=\"font-family:sans-serif;font-size:14px;color:#222\">\n<h2>Your day, %s</h2>\n",
        day, day);
    COX_TRY(add_hats(digest, reterr));
    add_end(digest, app, unsubscribe);
    ret_text->subject = cox_text_of(subject);
    COX_TRY(take(digest->call, &digest->text, &ret_text->text, reterr));
    return take(digest->call, &digest->html, &ret_text->html, reterr);
}

enum cox_rc cox_digest_write(struct cox_call *call, const struct cox_feature *const *features,
    const char *app, const char *unsubscribe, struct cox_digest_text *ret_text,
    struct cox_err *reterr)
{
    struct digest digest = {.call = call, .features = features};
    enum cox_rc rc;

    cox_buf_init(&digest.text, PART_MAX);
    cox_buf_init(&digest.html, PART_MAX);
    rc = write_parts(&digest, app, unsubscribe, ret_text, reterr);
    cox_buf_done(&digest.text);
    cox_buf_done(&digest.html);
    return rc;
}
