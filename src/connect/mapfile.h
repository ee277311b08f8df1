/*
 * connect/mapfile.h: decisions of a person about an import, as a text file:
 *
 *   [sales_pipeline.csv]                  which files: a name or pattern with * and ?
 *   entity = opportunity
 *   source = csv
 *   column engage_date = created_day, dmy
 *   column revenue = annual_revenue, scale 1000000, comma
 *   column notes = @keep                  (@ignore, @id ... names.h)
 *   value product: GTXPro = GTX Pro       a text of that field (or column) is read as another
 *
 * '#' begins a comment line; '\' before '=' or ':' takes its meaning away. A Data Loader mapping
 * (.sdl: "CsvColumn=ApiField") is read as columns of every file.
 */
#ifndef COX_CONNECT_MAPFILE_H
#define COX_CONNECT_MAPFILE_H

#include "connect/mapping.h"

struct cox_map_file;

/* Errors name the line. */
enum cox_rc cox_map_file_read(struct cox_arena *arena, const char *path,
    struct cox_map_file **ret_file, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_map_file_parse(struct cox_arena *arena, struct cox_text text, bool is_sdl,
    struct cox_map_file **ret_file, struct cox_err *reterr) COX_NODISCARD;

/* What it says about a file as a whole. file NULL: nothing. */
enum cox_rc cox_map_file_guess(const struct cox_map_file *file, struct cox_text name,
    const struct cox_registry *registry, struct cox_guess *guess, bool *ret_is_decided,
    struct cox_err *reterr) COX_NODISCARD;

/* What it says about its columns. A column or field that does not exist is an error. */
enum cox_rc cox_map_file_columns(const struct cox_map_file *file, struct cox_text name,
    const struct cox_names *names, struct cox_arena *arena, struct cox_mapping *mapping,
    struct cox_err *reterr) COX_NODISCARD;

/* Does it have values for this column? Then cox_map_file_value is worth asking. */
bool cox_map_file_has_values(const struct cox_map_file *file, struct cox_text name,
    const struct cox_column *column, const struct cox_table *table);
/* text, or what it is read as. */
struct cox_text cox_map_file_value(const struct cox_map_file *file, struct cox_text name,
    const struct cox_column *column, const struct cox_table *table, struct cox_text text);

/* ---- writing ---- */

/* A header or text with what has a meaning there taken away by "\". */
void cox_map_file_escape(struct cox_buf *buf, struct cox_text text);

/* A mapping as a section of such a file; what is only proposed is written as a comment. */
void cox_map_file_write(struct cox_buf *buf, struct cox_text name,
    const struct cox_mapping *mapping);
/* "value product: GTXPro = GTX Pro" with escapes; is_sure false: behind "# ". */
void cox_map_file_write_value(struct cox_buf *buf, struct cox_text field, struct cox_text text,
    struct cox_text meant, bool is_sure);

#endif
