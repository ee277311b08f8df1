/* connect/survey.c: what a whole file says about how its values are written. */
#include "connect/survey.h"

#include <jansson.h>

#include "base/map.h"
#include "connect/convert.h"
#include "connect/seen.h"
#include "sales/opportunity.h"

enum { SAMPLES_FIRST = 300, SAMPLES_MAX = 400 };

struct samples {
    struct cox_text *text;
    size_t count;
    bool wanted, is_date;
};

struct taking {
    struct cox_arena *arena;
    struct cox_mapping *mapping;
    struct samples *samples;
    size_t stage, pipeline, closed, won, chance; /* columns; mapping->count: none */
    struct cox_map *seen;
    struct cox_survey *survey;
    size_t stage_room;
};

/* Does this date tell day from month? One of its first two numbers is above 12. */
static bool tells_order(struct cox_text text)
{
    int number[2] = {0, 0};
    size_t part = 0;

    for (size_t i = 0; i < text.size && part < 2; i++) {
        char c = text.ptr[i];

        if (c >= '0' && c <= '9' && number[part] < 1000) {
            number[part] = number[part] * 10 + (c - '0');
        } else if (c == '-' || c == '/' || c == '.' || c == ' ') {
            part++;
        } else {
            return false;
        }
    }
    return number[0] <= 31 && number[1] <= 31 && (number[0] > 12 || number[1] > 12);
}

/* Does this number tell its decimal mark? */
static bool tells_point(struct cox_text text)
{
    return memchr(text.ptr, ',', text.size) != NULL;
}

static enum cox_rc sample(struct taking *taking, size_t at, struct cox_text text,
    struct cox_err *reterr)
{
    struct samples *samples = &taking->samples[at];

    if (!samples->wanted || samples->count == SAMPLES_MAX || cox_is_no_value(text, COX_DATE)) {
        return COX_OK;
    }
    if (samples->count >= SAMPLES_FIRST &&
        !(samples->is_date ? tells_order(text) : tells_point(text))) {
        return COX_OK;
    }
    samples->text[samples->count] = cox_arena_text(taking->arena, cox_text_trim(text));
    return samples->text[samples->count++].ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

/* ---- stages ---- */

static enum cox_rc grow_stages(struct taking *taking, struct cox_err *reterr)
{
    struct cox_survey *survey = taking->survey;

    if (survey->stage_count == taking->stage_room) {
        size_t room = taking->stage_room * 2 + 16;
        struct cox_seen_stage *stages = COX_NEW_ARRAY(taking->arena, room, struct cox_seen_stage);

        if (stages == NULL) {
            return cox_no_memory(reterr);
        }
        if (survey->stage_count > 0) {
            memcpy(stages, survey->stages, survey->stage_count * sizeof *stages);
        }
        survey->stages = stages;
        taking->stage_room = room;
    }
    return COX_OK;
}

static enum cox_rc find_stage(struct taking *taking, struct cox_text name, struct cox_text pipeline,
    struct cox_seen_stage **ret_stage, struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(taking->arena);
    struct cox_text key = cox_text_of(cox_arena_format(taking->arena, "%.*s\x1f%.*s",
        (int)pipeline.size, pipeline.size > 0 ? pipeline.ptr : "", (int)name.size, name.ptr));
    struct cox_survey *survey = taking->survey;
    uint64_t *place;
    bool is_new;

    if (key.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_map_add(taking->seen, key, survey->stage_count, &place, &is_new, reterr));
    cox_arena_rewind(taking->arena, mark);
    if (!is_new) {
        *ret_stage = *place < survey->stage_count ? &survey->stages[*place] : NULL;
        return COX_OK;
    }
    *ret_stage = NULL;
    if (survey->stage_count == COX_SURVEY_STAGES_MAX) {
        return COX_OK; /* that is no list of stages; the rows are told one by one */
    }
    COX_TRY(grow_stages(taking, reterr));
    *ret_stage = &survey->stages[survey->stage_count++];
    **ret_stage = (struct cox_seen_stage){.name = cox_arena_text(taking->arena, name),
        .pipeline = cox_arena_text(taking->arena, pipeline)};
    return (*ret_stage)->name.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static void count_stage(const struct taking *taking, const struct cox_feed_row *row,
    struct cox_seen_stage *stage)
{
    size_t none = taking->mapping->count;
    int closed = taking->closed == none ? -1 : cox_bool_of(row->cells[taking->closed]);
    int won = taking->won == none ? -1 : cox_won_of(row->cells[taking->won]);
    bool is_word = won >= 0 && cox_bool_of(row->cells[taking->won]) < 0;
    struct cox_err ignored;
    double chance;

    stage->count++;
    /* A word such as Won or Lost closes by itself; a flag "won: no" of an open deal does not. */
    stage->closed_count += closed == 1 || (won >= 0 && is_word) || won == 1;
    stage->won_count += won == 1;
    stage->lost_count += won == 0 && (closed == 1 || is_word);
    if (taking->chance != none && row->cells[taking->chance].size > 0 &&
        cox_convert_chance(&taking->mapping->columns[taking->chance], row->cells[taking->chance],
            &chance, &ignored) == COX_OK) {
        stage->chance_sum += chance;
        stage->chance_count++;
    }
}

/* Stages that a deal has been in, by the headers that spell them out, though none is there now. */
static enum cox_rc take_entered(struct taking *taking, const struct cox_feed_row *row,
    struct cox_text pipeline, struct cox_err *reterr)
{
    struct cox_seen_stage *stage;

    for (size_t i = 0; i < taking->mapping->count; i++) {
        const struct cox_column *column = &taking->mapping->columns[i];
        struct cox_text name = cox_entered_stage(column->stage);

        if (column->role == COX_COL_ENTERED && name.size < column->stage.size &&
            !cox_is_no_value(cox_text_trim(row->cells[i]), COX_DATE)) {
            COX_TRY(find_stage(taking, name, pipeline, &stage, reterr));
        }
    }
    return COX_OK;
}

/* Stages that a deal has been in, by the history of its stage (JSON). */
static enum cox_rc take_past(struct taking *taking, const struct cox_feed_row *row,
    struct cox_text pipeline, struct cox_err *reterr)
{
    struct cox_seen_stage *stage;

    for (size_t i = 0; i < taking->mapping->count; i++) {
        const struct cox_column *column = &taking->mapping->columns[i];
        enum cox_rc rc = COX_OK;
        json_t *list;

        if (column->role != COX_COL_PAST || column->field != COX_OPPORTUNITY_STAGE ||
            row->cells[i].size == 0) {
            continue;
        }
        list = json_loadb(row->cells[i].ptr, row->cells[i].size, 0, NULL);
        for (size_t k = 0; rc == COX_OK && k < json_array_size(list); k++) {
            const char *was = json_string_value(json_object_get(json_array_get(list, k), "value"));

            if (was != NULL && *was != '\0') {
                rc = find_stage(taking, cox_text_of(was), pipeline, &stage, reterr);
            }
        }
        json_decref(list);
        COX_TRY(rc);
    }
    return COX_OK;
}

static enum cox_rc take_stage(struct taking *taking, const struct cox_feed_row *row,
    struct cox_err *reterr)
{
    size_t none = taking->mapping->count;
    struct cox_text name, pipeline = {0};
    struct cox_seen_stage *stage = NULL;

    if (taking->stage == none) {
        return COX_OK;
    }
    name = cox_text_trim(row->cells[taking->stage]);
    if (cox_is_no_value(name, COX_REF)) {
        return COX_OK;
    }
    if (taking->pipeline != none) {
        pipeline = cox_text_trim(row->cells[taking->pipeline]);
    }
    COX_TRY(find_stage(taking, name, pipeline, &stage, reterr));
    if (stage != NULL) {
        count_stage(taking, row, stage);
    }
    COX_TRY(take_past(taking, row, pipeline, reterr));
    return take_entered(taking, row, pipeline, reterr);
}

/* ---- the pass ---- */

static bool says_nothing(const struct cox_mapping *mapping, const struct cox_feed_row *row)
{
    for (size_t i = 0; i < mapping->count; i++) {
        if (row->cells[i].size > 0 && cox_column_is_taken(&mapping->columns[i])) {
            return false;
        }
    }
    return true;
}

static enum cox_rc prepare(struct taking *taking, struct cox_err *reterr)
{
    struct cox_mapping *mapping = taking->mapping;

    taking->samples = COX_NEW_ARRAY(taking->arena, mapping->count, struct samples);
    if (taking->samples == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < mapping->count; i++) {
        const struct cox_column *column = &mapping->columns[i];
        enum cox_type type = column->role == COX_COL_FIELD
                                 ? mapping->guess.table->fields[column->field]->type
                                 : COX_TEXT;
        struct samples *samples = &taking->samples[i];

        samples->is_date = type == COX_DATE || type == COX_INSTANT || column->is_since ||
                           column->role == COX_COL_AT || column->role == COX_COL_ENTERED;
        samples->wanted = samples->is_date || type == COX_INT || type == COX_REAL ||
                          type == COX_MONEY || column->role == COX_COL_CHANCE;
        if (samples->wanted) {
            samples->text = COX_NEW_ARRAY(taking->arena, SAMPLES_MAX, struct cox_text);
            if (samples->text == NULL) {
                return cox_no_memory(reterr);
            }
        }
    }
    return COX_OK;
}

/* What first days of spans are apart, in months: their greatest common divisor if it divides a
 * year, else 1. 0: they are different days of their months. */
static int64_t span_of(const struct cox_column *column, const struct samples *samples)
{
    const struct cox_date_opt opt = {.order = column->order};
    int64_t first = 0, span = 0;
    int day = 0;

    for (size_t i = 0; i < samples->count; i++) {
        struct cox_stamp stamp;
        struct cox_civil civil;
        struct cox_err ignored;
        int64_t months, rest;

        if (cox_stamp_parse(samples->text[i], &opt, &stamp, &ignored) != COX_OK) {
            continue;
        }
        civil = cox_day_civil(stamp.day);
        months = (int64_t)civil.year * 12 + civil.month;
        if (day != 0 && civil.day != day) {
            return 0;
        }
        first = day == 0 ? months : first;
        day = civil.day;
        months = months > first ? months - first : first - months;
        for (; months != 0; months = rest) {
            rest = span % months;
            span = months;
        }
    }
    if (day == 0) {
        return 0;
    }
    return span == 0 || 12 % span != 0 ? 1 : span;
}

static void settle_span(struct taking *taking)
{
    const struct cox_table *table = taking->mapping->guess.table;
    uint32_t from = table == NULL ? COX_NO_FIELD : cox_table_field(table, COX_LIT("from_day"));
    size_t at = from == COX_NO_FIELD ? taking->mapping->count
                                     : cox_mapping_find(taking->mapping, COX_COL_FIELD, from);

    if (at < taking->mapping->count) {
        taking->survey->span_months = span_of(&taking->mapping->columns[at], &taking->samples[at]);
    }
}

static void settle(struct taking *taking)
{
    size_t count = taking->mapping->count;
    const struct cox_text **texts = COX_NEW_ARRAY(taking->arena, count, const struct cox_text *);
    size_t *counts = COX_NEW_ARRAY(taking->arena, count, size_t);

    for (size_t i = 0; texts != NULL && counts != NULL && i < count; i++) {
        texts[i] = taking->samples[i].text;
        counts[i] = taking->samples[i].count;
    }
    if (texts != NULL && counts != NULL) {
        cox_mapping_settle(taking->mapping, texts, counts);
    }
}

enum cox_rc cox_survey_take(struct cox_arena *arena, const struct cox_survey_ask *ask,
    struct cox_survey *ret_survey, struct cox_err *reterr)
{
    struct cox_mapping *mapping = ask->mapping;
    struct cox_map_opt opt = {.copy_keys = true};
    struct cox_survey survey = {0};
    struct taking taking = {.arena = arena,
        .mapping = mapping,
        .survey = &survey,
        .stage = ask->stage == COX_NO_FIELD ? mapping->count
                                            : cox_mapping_find(mapping, COX_COL_FIELD, ask->stage),
        .pipeline = mapping->count,
        .closed = cox_mapping_find(mapping, COX_COL_CLOSED, COX_NO_FIELD),
        .won = cox_mapping_find(mapping, COX_COL_WON, COX_NO_FIELD),
        .chance = mapping->count};
    struct cox_feed_row row;

    if (ask->stage != COX_NO_FIELD) {
        taking.pipeline = cox_mapping_find(mapping, COX_COL_FIELD, COX_OPPORTUNITY_PIPELINE);
        taking.chance = cox_mapping_find(mapping, COX_COL_FIELD, COX_OPPORTUNITY_WIN_PROB);
    }
    COX_TRY(cox_map_open_in(arena, &opt, &taking.seen, reterr));
    COX_TRY(prepare(&taking, reterr));
    for (;;) {
        COX_TRY(cox_feed_next(ask->feed, &row, reterr));
        if (row.row == 0) {
            break;
        }
        survey.row_count = row.row;
        if (row.fault != NULL || says_nothing(mapping, &row)) {
            survey.empty_count++;
            continue;
        }
        for (size_t i = 0; i < mapping->count; i++) {
            if (taking.samples[i].wanted) {
                COX_TRY(sample(&taking, i, row.cells[i], reterr));
            }
        }
        COX_TRY(take_stage(&taking, &row, reterr));
        if (ask->seen != NULL && mapping->key < mapping->count) {
            COX_TRY(cox_seen_note(ask->seen, mapping, ask->file, &row, reterr));
        }
    }
    settle(&taking);
    settle_span(&taking);
    *ret_survey = survey;
    cox_feed_close(ask->feed);
    return COX_OK;
}
