/* command/brief_text.h: a brief as text for a terminal of a given width. */
#ifndef COX_COMMAND_BRIEF_TEXT_H
#define COX_COMMAND_BRIEF_TEXT_H

#include "sales/brief.h"

enum { COX_WIDTH_MIN = 40, COX_WIDTH_USUAL = 100, COX_WIDTH_MAX = 400 };

/* Columns of the terminal behind a descriptor; COX_WIDTH_USUAL when it is none. */
size_t cox_terminal_width(int fd);

/* Columns that a text takes: 2 for wide East Asian characters, 0 for combining marks. */
size_t cox_text_columns(struct cox_text text);

/* The longest beginning of a text that takes at most columns; never splits a character. */
struct cox_text cox_text_fit(struct cox_text text, size_t columns);

/*
 * All sections. A table that is too wide puts its last text below each row, and if it is still too
 * wide each row becomes a list of label and value. What is cut ends in "…".
 */
void cox_brief_write_text(const struct cox_brief *brief, size_t width, struct cox_buf *buf);

/* The same without the lines above them that say whose brief it is. */
void cox_brief_write_sections(const struct cox_brief *brief, size_t width, struct cox_buf *buf);

#endif
