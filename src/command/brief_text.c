/* command/brief_text.c: a brief as text for a terminal. */
#include "command/brief_text.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

enum { COLUMN_MAX = 16, TEXT_MIN = 10, GAP = 2, INDENT = 2 };

size_t cox_terminal_width(int fd)
{
    struct winsize size;

    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return COX_WIDTH_USUAL;
    }
    return size.ws_col < COX_WIDTH_MIN   ? COX_WIDTH_MIN
           : size.ws_col > COX_WIDTH_MAX ? COX_WIDTH_MAX
                                         : size.ws_col;
}

/* ---- width of characters ---- */

/* Source: Unicode 15 East_Asian_Width W and F, general category Mn, in coarse ranges. */
static const struct {
    int32_t from, to;
    unsigned columns;
} odd_widths[] = {
    {0x0300, 0x036F, 0},
    {0x0483, 0x0489, 0},
    {0x0591, 0x05BD, 0},
    {0x064B, 0x065F, 0},
    {0x0E31, 0x0E31, 0},
    {0x0E34, 0x0E3A, 0},
    {0x1100, 0x115F, 2},
    {0x1AB0, 0x1AFF, 0},
    {0x200B, 0x200F, 0},
    {0x20D0, 0x20FF, 0},
    {0x2E80, 0x303E, 2},
    {0x3041, 0xA4CF, 2},
    {0xAC00, 0xD7A3, 2},
    {0xF900, 0xFAFF, 2},
    {0xFE00, 0xFE0F, 0},
    {0xFE20, 0xFE2F, 0},
    {0xFE30, 0xFE6F, 2},
    {0xFF00, 0xFF60, 2},
    {0xFFE0, 0xFFE6, 2},
    {0x1F300, 0x1FAFF, 2},
    {0x20000, 0x3FFFD, 2},
};

static size_t columns_of(int32_t code)
{
    for (size_t i = 0; i < COX_COUNT(odd_widths); i++) {
        if (code >= odd_widths[i].from && code <= odd_widths[i].to) {
            return odd_widths[i].columns;
        }
    }
    return 1;
}

size_t cox_text_columns(struct cox_text text)
{
    size_t columns = 0;
    int32_t code;

    for (size_t at = 0; at < text.size; columns += columns_of(code)) {
        at += cox_utf8_read(text.ptr + at, text.size - at, &code);
    }
    return columns;
}

struct cox_text cox_text_fit(struct cox_text text, size_t columns)
{
    size_t at = 0, used = 0;

    while (at < text.size) {
        int32_t code;
        size_t size = cox_utf8_read(text.ptr + at, text.size - at, &code);

        if (used + columns_of(code) > columns) {
            break;
        }
        used += columns_of(code);
        at += size;
    }
    text.size = at;
    return text;
}

/* ---- cells ---- */

static const struct cox_value *cell_at(const struct cox_brief_section *section, size_t row,
    size_t column)
{
    return &section->cells[row * section->column_count + column];
}

static void pad(struct cox_buf *buf, size_t columns)
{
    for (size_t i = 0; i < columns; i++) {
        cox_buf_add_char(buf, ' ');
    }
}

/* Cut with an ellipsis where it does not fit; texts to the left, figures to the right. */
static void write_cell(struct cox_buf *buf, struct cox_text text, size_t width, bool is_text,
    bool is_last)
{
    size_t used = cox_text_columns(text);

    if (used > width) {
        text = cox_text_fit(text, width - 1);
        used = cox_text_columns(text) + 1;
        cox_buf_add_text(buf, text);
        cox_buf_add_string(buf, "…");
    } else {
        if (!is_text) {
            pad(buf, width - used);
        }
        cox_buf_add_text(buf, text);
    }
    if (is_text && !is_last && used < width) {
        pad(buf, width - used);
    }
}

/* Words of a text on lines of a width, each indented. */
static void write_wrapped(struct cox_buf *buf, struct cox_text text, size_t indent, size_t width)
{
    size_t room = width > indent + 20 ? width - indent : 20;

    while (text.size > 0) {
        struct cox_text line = cox_text_fit(text, room);

        if (line.size < text.size) {
            size_t cut = line.size;

            while (cut > 0 && text.ptr[cut] != ' ') {
                cut--;
            }
            line.size = cut > 0 ? cut : line.size;
        }
        pad(buf, indent);
        cox_buf_add_text(buf, line);
        cox_buf_add_char(buf, '\n');
        text.ptr += line.size;
        text.size -= line.size;
        text = cox_text_trim(text);
    }
}

/* ---- tables ---- */

struct layout {
    size_t widths[COLUMN_MAX];
    size_t columns; /* shown side by side */
    size_t total;
    bool has_below; /* the last column stands below its row */
};

static bool is_text_column(const struct cox_brief_section *section, size_t column)
{
    return section->columns[column].kind == COX_BRIEF_TEXT;
}

static void measure(const struct cox_brief *brief, const struct cox_brief_section *section,
    struct layout *layout)
{
    char room[COX_BRIEF_CELL_SIZE];

    layout->total = INDENT;
    for (size_t c = 0; c < layout->columns; c++) {
        size_t widest = cox_text_columns(cox_text_of(section->columns[c].label));

        for (size_t r = 0; r < section->row_count; r++) {
            size_t width = cox_text_columns(
                cox_brief_cell(brief, section->columns[c].kind, cell_at(section, r, c), room));

            widest = width > widest ? width : widest;
        }
        layout->widths[c] = widest;
        layout->total += widest + (c > 0 ? GAP : 0);
    }
}

/* Narrows the widest text columns until the row fits; false when they are all narrow already. */
static bool shrink(const struct cox_brief_section *section, struct layout *layout, size_t width)
{
    while (layout->total > width) {
        size_t widest = layout->columns;

        for (size_t c = 0; c < layout->columns; c++) {
            if (is_text_column(section, c) && layout->widths[c] > TEXT_MIN &&
                (widest == layout->columns || layout->widths[c] > layout->widths[widest])) {
                widest = c;
            }
        }
        if (widest == layout->columns) {
            return false;
        }
        layout->widths[widest]--;
        layout->total--;
    }
    return true;
}

static bool lay_out(const struct cox_brief *brief, const struct cox_brief_section *section,
    size_t width, struct layout *layout)
{
    size_t last = section->column_count - 1;

    *layout = (struct layout){.columns = section->column_count};
    measure(brief, section, layout);
    if (layout->total > width && last > 0 && is_text_column(section, last)) {
        layout->columns = last;
        layout->has_below = true;
        measure(brief, section, layout);
    }
    return shrink(section, layout, width);
}

static void write_table(const struct cox_brief *brief, const struct cox_brief_section *section,
    const struct layout *layout, size_t width, struct cox_buf *buf)
{
    char room[COX_BRIEF_CELL_SIZE];

    pad(buf, INDENT);
    for (size_t c = 0; c < layout->columns; c++) {
        pad(buf, c > 0 ? GAP : 0);
        write_cell(buf, cox_text_of(section->columns[c].label), layout->widths[c],
            is_text_column(section, c), c + 1 == layout->columns);
    }
    cox_buf_add_char(buf, '\n');
    for (size_t r = 0; r < section->row_count; r++) {
        pad(buf, INDENT);
        for (size_t c = 0; c < layout->columns; c++) {
            pad(buf, c > 0 ? GAP : 0);
            write_cell(buf,
                cox_brief_cell(brief, section->columns[c].kind, cell_at(section, r, c), room),
                layout->widths[c], is_text_column(section, c), c + 1 == layout->columns);
        }
        cox_buf_add_char(buf, '\n');
        if (layout->has_below) {
            write_wrapped(buf,
                cox_brief_cell(brief, COX_BRIEF_TEXT, cell_at(section, r, layout->columns), room),
                INDENT + 2, width);
        }
    }
}

/* One row as label and value below each other. */
static void write_facts(const struct cox_brief *brief, const struct cox_brief_section *section,
    size_t row, size_t width, struct cox_buf *buf)
{
    size_t label_width = 0, value_width = 0;
    char room[COX_BRIEF_CELL_SIZE];

    for (size_t c = 0; c < section->column_count; c++) {
        size_t label = cox_text_columns(cox_text_of(section->columns[c].label));
        size_t value = cox_text_columns(
            cox_brief_cell(brief, section->columns[c].kind, cell_at(section, row, c), room));

        label_width = label > label_width ? label : label_width;
        value_width = !is_text_column(section, c) && value > value_width ? value : value_width;
    }
    for (size_t c = 0; c < section->column_count; c++) {
        struct cox_text value =
            cox_brief_cell(brief, section->columns[c].kind, cell_at(section, row, c), room);
        size_t left = width > INDENT + label_width + GAP ? width - INDENT - label_width - GAP : 1;

        pad(buf, INDENT);
        write_cell(buf, cox_text_of(section->columns[c].label), label_width, true, false);
        pad(buf, GAP);
        write_cell(buf, value, is_text_column(section, c) ? left : value_width,
            is_text_column(section, c), true);
        cox_buf_add_char(buf, '\n');
    }
}

static void write_section(const struct cox_brief *brief, const struct cox_brief_section *section,
    size_t width, struct cox_buf *buf)
{
    struct layout layout;

    cox_buf_add_char(buf, '\n');
    cox_buf_add_string(buf, section->title);
    cox_buf_add_char(buf, '\n');
    if (section->row_count == 0) {
        write_wrapped(buf, cox_text_of(section->empty == NULL ? "Nothing." : section->empty),
            INDENT, width);
        return;
    }
    if (section->is_facts) {
        write_facts(brief, section, 0, width, buf);
    } else if (lay_out(brief, section, width, &layout)) {
        write_table(brief, section, &layout, width, buf);
    } else {
        for (size_t r = 0; r < section->row_count; r++) {
            write_facts(brief, section, r, width, buf);
            cox_buf_add_string(buf, r + 1 < section->row_count ? "\n" : "");
        }
    }
    if (section->more_count > 0) {
        cox_buf_format(buf, "  ... and %zu more\n", section->more_count);
    }
    if (section->note != NULL) {
        write_wrapped(buf, cox_text_of(section->note), INDENT, width);
    }
}

static bool is_for_programs(const struct cox_brief_column *column)
{
    return column->kind == COX_BRIEF_ID || column->kind == COX_BRIEF_KEY;
}

/*
 * A section without the ids, which nobody reads on a terminal; false without memory, and the
 * section is then left as it is.
 */
static bool hide_ids(const struct cox_brief *brief, const struct cox_brief_section *section,
    struct cox_brief_section *ret_shown)
{
    struct cox_arena *arena = cox_call_arena(brief->call);
    struct cox_brief_column *columns =
        COX_NEW_ARRAY(arena, section->column_count, struct cox_brief_column);
    struct cox_value *cells =
        COX_NEW_ARRAY(arena, section->column_count * section->row_count, struct cox_value);
    size_t width = 0, at = 0;

    *ret_shown = *section;
    if (columns == NULL || cells == NULL) {
        return false;
    }
    for (size_t c = 0; c < section->column_count; c++) {
        if (!is_for_programs(&section->columns[c])) {
            columns[width++] = section->columns[c];
        }
    }
    for (size_t i = 0; i < section->column_count * section->row_count; i++) {
        if (!is_for_programs(&section->columns[i % section->column_count])) {
            cells[at++] = section->cells[i];
        }
    }
    ret_shown->columns = columns;
    ret_shown->column_count = width;
    ret_shown->cells = cells;
    return true;
}

static void write_head(const struct cox_brief *brief, size_t width, struct cox_buf *buf)
{
    const struct cox_person *person = cox_brief_person(brief, brief->user);
    char day[COX_DAY_SIZE], from[COX_DAY_SIZE], to[COX_DAY_SIZE];
    struct cox_buf line;

    cox_day_format(brief->day, day);
    cox_day_format(brief->period.span.from_day, from);
    cox_day_format(brief->period.span.to_day - 1, to);
    cox_buf_init(&line, 1000);
    cox_buf_add_string(&line, brief->hat == COX_LEADER ? "Crew brief of "
                              : brief->hat == COX_REP  ? "Brief of "
                                                       : "Course brief of ");
    cox_buf_add_text(&line,
        person != NULL ? person->name : COX_LIT("the whole company, as the operator sees it"));
    write_wrapped(buf, cox_buf_text(&line), 0, width);
    cox_buf_clear(&line);
    cox_buf_format(&line,
        "As of %s (commit %lld). Quarter %s: %s to %s. Money in %.*s, rounded to whole units.", day,
        (long long)cox_call_as_of(brief->call).seq, brief->period.label, from, to,
        (int)brief->currency.size, brief->currency.size > 0 ? brief->currency.ptr : "");
    write_wrapped(buf, cox_buf_text(&line), 0, width);
    cox_buf_done(&line);
}

void cox_brief_write_text(const struct cox_brief *brief, size_t width, struct cox_buf *buf)
{
    write_head(brief, width, buf);
    cox_brief_write_sections(brief, width, buf);
}

void cox_brief_write_sections(const struct cox_brief *brief, size_t width, struct cox_buf *buf)
{
    for (const struct cox_brief_section *section = brief->first; section != NULL;
         section = section->next) {
        struct cox_brief_section shown;

        if (section->is_for_screens) {
            continue;
        }
        if (!hide_ids(brief, section, &shown)) {
            buf->failed = true;
            return;
        }
        write_section(brief, &shown, width, buf);
    }
}
