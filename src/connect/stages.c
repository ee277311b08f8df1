/* connect/stages.c: finding and making the stages of imported deals. */
#include "connect/stages.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "connect/run.h"
#include "record/query.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

enum { STAGES_MAX = 2000 };

/* ---- what vendors and people call stages ---- */

/* Keys (folded letters and digits) of names and ids. Sources: the vendors' default funnels. */
static const struct known_stage {
    const char *keys;
    double chance;
    int rank;
} known_stages[] = {
    {"prospect|prospecting|lead|new|open|suspect|created|outreach", 0.1, 10},
    {"qualifizierung|qualifikation|calificacion|qualificazione|qualificacao|kwalificatie|"
     "qualification|qualified|qualify|qualifying|appointmentscheduled",
        0.2, 20},
    {"contacted|contact|engaging|engaged|discovery|meetingscheduled", 0.25, 25},
    {"needsanalysis|analysis|assessment", 0.2, 30},
    {"qualifiedtobuy|initialoffer", 0.4, 35},
    {"valueproposition|demo|demonstration|presentation", 0.5, 40},
    {"presentationscheduled|iddecisionmakers|identifydecisionmakers", 0.6, 50},
    {"perceptionanalysis|evaluation|trial|pilot", 0.7, 55},
    {"angebot|propuesta|oferta|proposition|devis|proposta|offerte|proposalpricequote|proposal|quote|proposalquote|pricequote|offer",
        0.75, 60},
    {"decisionmakerboughtin", 0.8, 70},
    {"verhandlung|negociacion|negociation|negoziazione|negociacao|onderhandeling|"
     "negotiationreview|negotiation|negotiating|review",
        0.9, 80},
    {"contractsent|contract|commit|verbal|closing", 0.9, 85},
};

static const char won_keys[] =
    "won|closedwon|closewon|win|success|signed|sold|geschlossengewonnen|abgeschlossengewonnen|gewonnen|"
    "ganado|ganada|cierreganado|cerradoganado|cerradaganada|gagne|gagnee|fermegagne|fermeegagnee|"
    "vinto|vinta|chiusovinto|chiusavinta|ganho|fechadoganho|geslotengewonnen";
static const char lost_keys[] =
    "lost|closedlost|closelost|loss|lose|dead|abandoned|disqualified|rejected|cancelled|canceled|"
    "closedlosttocompetition|losttocompetition|nodecision|verloren|geschlossenverloren|"
    "abgeschlossenverloren|perdido|perdida|cierreperdido|cerradoperdido|cerradaperdida|perdu|perdue|"
    "fermeperdu|fermeeperdue|perso|persa|chiusoperso|chiusapersa|fechadoperdido|geslotenverloren";

static bool is_key_of(struct cox_text key, const char *keys)
{
    struct cox_text rest = cox_text_of(keys);

    for (struct cox_text one; cox_alias_next(&rest, &one);) {
        if (cox_text_same(one, key)) {
            return true;
        }
    }
    return false;
}

static const struct known_stage *find_known(struct cox_text key)
{
    for (size_t i = 0; i < COX_COUNT(known_stages); i++) {
        if (is_key_of(key, known_stages[i].keys)) {
            return &known_stages[i];
        }
    }
    return NULL;
}

double cox_stages_usual_chance(struct cox_arena *arena, struct cox_text label)
{
    const struct known_stage *known = find_known(cox_text_key(arena, label));

    return known != NULL ? known->chance : 0.5;
}

/* ---- a stage about to be made ---- */

struct plan {
    const struct cox_seen_stage *seen;
    int64_t pipeline; /* id; 0: that of plans[...].made */
    int64_t kind, category;
    double chance;
    double order;
    bool is_assumed; /* the chance is a usual one, not the file's */
};

static int64_t kind_of(const struct cox_seen_stage *seen, struct cox_text key)
{
    if (seen->won_count > seen->count / 10 && seen->lost_count > seen->count / 10) {
        return COX_STAGE_OPEN; /* both ends: the label is a step, the flag says how it ended */
    }
    if (seen->won_count > 0 && seen->won_count * 2 >= seen->count) {
        return COX_STAGE_WON;
    }
    if (seen->lost_count > 0 && seen->lost_count * 2 >= seen->count) {
        return COX_STAGE_LOST;
    }
    if (seen->closed_count > 0 && seen->closed_count == seen->count) {
        return is_key_of(key, won_keys) ? COX_STAGE_WON : COX_STAGE_LOST;
    }
    /* Flags that say "open" outweigh a name. */
    if (seen->closed_count == 0 && seen->won_count + seen->lost_count == 0 &&
        !is_key_of(key, won_keys) && !is_key_of(key, lost_keys)) {
        return COX_STAGE_OPEN;
    }
    return is_key_of(key, won_keys)    ? COX_STAGE_WON
           : is_key_of(key, lost_keys) ? COX_STAGE_LOST
                                       : COX_STAGE_OPEN;
}

static void plan_stage(struct cox_arena *arena, const struct cox_seen_stage *seen, size_t at,
    struct plan *ret_plan)
{
    struct cox_text key = cox_text_key(arena, seen->name);
    const struct known_stage *known = find_known(key);
    bool has_chance = seen->chance_count > 0;
    double mean = has_chance ? seen->chance_sum / (double)seen->chance_count : 0;

    *ret_plan = (struct plan){.seen = seen, .kind = kind_of(seen, key)};
    if (ret_plan->kind != COX_STAGE_OPEN) {
        ret_plan->chance = ret_plan->kind == COX_STAGE_WON ? 1 : 0;
        ret_plan->category =
            ret_plan->kind == COX_STAGE_WON ? COX_CATEGORY_CLOSED : COX_CATEGORY_OMITTED;
        ret_plan->order = (ret_plan->kind == COX_STAGE_WON ? 1000 : 2000) + (double)at / 1000;
        return;
    }
    ret_plan->is_assumed = !has_chance || known != NULL;
    ret_plan->chance = known != NULL ? known->chance : has_chance ? round(mean * 20) / 20 : 0.5;
    ret_plan->category = COX_CATEGORY_PIPELINE;
    ret_plan->order =
        (known != NULL ? known->rank : 10 + 80 * ret_plan->chance) + (double)at / 1000;
}

static int by_order(const void *left, const void *right)
{
    const struct plan *a = left, *b = right;

    return (a->order > b->order) - (a->order < b->order);
}

/* ---- reading what is there ---- */

struct ensuring {
    struct cox_job *job;
    struct cox_stage_line *lines;
    size_t count;
    int64_t pipeline;    /* for rows that name none; 0: to be made */
    struct cox_buf made; /* for the report */
};

static enum cox_rc read_stage(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct ensuring *ensuring = ctx;

    if (ensuring->count == STAGES_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "there are more than %d stages", STAGES_MAX);
    }
    ensuring->lines[ensuring->count++] = (struct cox_stage_line){.stage = row->id,
        .pipeline = cox_row_int(row, COX_STAGE_PIPELINE),
        .position = cox_row_int(row, COX_STAGE_POSITION),
        .kind = cox_row_int(row, COX_STAGE_KIND),
        .label = cox_arena_text(ensuring->job->work->arena, cox_row_text(row, COX_STAGE_LABEL))};
    return COX_OK;
}

static struct cox_text stage_key(struct cox_arena *arena, struct cox_text pipeline,
    struct cox_text stage)
{
    return cox_text_of(cox_arena_format(arena, "%.*s\x1f%.*s", (int)pipeline.size,
        pipeline.size > 0 ? pipeline.ptr : "", (int)stage.size, stage.size > 0 ? stage.ptr : ""));
}

static int64_t find_label(const struct ensuring *ensuring, int64_t pipeline, struct cox_text label)
{
    struct cox_arena *arena = ensuring->job->work->arena;
    struct cox_text fold = cox_text_fold(arena, label);

    for (size_t i = 0; i < ensuring->count; i++) {
        if (ensuring->lines[i].pipeline == pipeline &&
            cox_text_same(cox_text_fold(arena, ensuring->lines[i].label), fold)) {
            return ensuring->lines[i].stage;
        }
    }
    return 0;
}

/* ---- pipelines ---- */

static const char *pipeline_name(int source)
{
    switch (source) {
    case COX_SALESFORCE:
        return "Salesforce";
    case COX_HUBSPOT:
        return "HubSpot";
    case COX_ZOHO:
        return "Zoho";
    default:
        return "Imported";
    }
}

static enum cox_rc make_pipeline(struct cox_call *call, struct cox_job *job, struct cox_text name,
    int64_t *ret_id, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(cox_call_registry(call), &cox_pipeline);
    struct cox_row *row = cox_row_new(call, &cox_pipeline);

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(row, COX_PIPELINE_NAME, cox_text_value(name));
    cox_row_set(row, COX_PIPELINE_IS_ACTIVE, cox_int(1));
    COX_TRY(cox_create_since_ever(call, row, ret_id, reterr));
    return cox_resolver_add(job->work->resolver, table, *ret_id, name, (struct cox_text){0},
        reterr);
}

/*
 * The pipeline of deals that name none: the one the source calls its default, else its only one;
 * 0: there is none of either.
 */
static enum cox_rc source_pipeline(struct cox_call *call, const struct cox_job *job,
    int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_query query = {.entity = &cox_pipeline, .limit = COX_PAGE_MAX};
    struct cox_page page;
    int64_t id, only = 0;
    size_t count = 0;

    COX_TRY(
        cox_external_find(call, job->source, &cox_pipeline, COX_LIT("default"), ret_id, reterr));
    if (*ret_id != 0) {
        return COX_OK;
    }
    COX_TRY(cox_list(call, &query, &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        COX_TRY(cox_external_find(call, job->source, &cox_pipeline,
            cox_row_text(&page.rows[i], COX_PIPELINE_NAME), &id, reterr));
        count += id == page.rows[i].id;
        only = id == page.rows[i].id ? id : only;
    }
    *ret_id = count == 1 ? only : 0;
    return COX_OK;
}

enum cox_rc cox_stages_pipeline(struct cox_call *call, struct cox_job *job, struct cox_text text,
    int64_t *ret_id, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(cox_call_registry(call), &cox_pipeline);
    struct cox_text source = text.size > 0 ? job->source : (struct cox_text){0};
    struct cox_text name =
        text.size > 0 ? text : cox_text_of(pipeline_name(job->mapping.guess.source));
    enum cox_found how;

    COX_TRY(
        cox_resolver_find(job->work->resolver, call, table, source, name, ret_id, &how, reterr));
    if (*ret_id == 0 && text.size == 0 && job->mapping.guess.source != COX_FOREIGN) {
        COX_TRY(source_pipeline(call, job, ret_id, reterr));
    }
    if (*ret_id != 0) {
        return COX_OK;
    }
    COX_TRY(make_pipeline(call, job, name, ret_id, reterr));
    return text.size == 0
               ? COX_OK
               : cox_external_put(call, job->source, &cox_pipeline, text, *ret_id, reterr);
}

/* The first pipeline there is that knows every stage the file's rows name without one; 0: none. */
static int64_t find_home(const struct ensuring *ensuring)
{
    const struct cox_survey *survey = &ensuring->job->survey;

    for (size_t line = 0; line < ensuring->count; line++) {
        int64_t pipeline = ensuring->lines[line].pipeline;
        size_t known = 0;

        for (size_t i = 0; i < survey->stage_count; i++) {
            known += survey->stages[i].pipeline.size == 0 &&
                     find_label(ensuring, pipeline, survey->stages[i].name) != 0;
        }
        if (survey->stage_count > 0 && known == survey->stage_count) {
            return pipeline;
        }
    }
    return 0;
}

/* The pipeline of the deals that are there, when they have one in common; 0: they have not. */
static enum cox_rc common_pipeline(struct cox_call *call, int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_query query = {.entity = &cox_opportunity, .limit = COX_PAGE_MAX};
    struct cox_page page;

    COX_TRY(cox_list(call, &query, &page, reterr));
    *ret_id = page.count > 0 ? cox_row_int(&page.rows[0], COX_OPPORTUNITY_PIPELINE) : 0;
    for (size_t i = 1; i < page.count; i++) {
        if (cox_row_int(&page.rows[i], COX_OPPORTUNITY_PIPELINE) != *ret_id) {
            *ret_id = 0;
            break;
        }
    }
    return COX_OK;
}

/*
 * A file's text for a pipeline. "" stands for that of the deals (history); for one whose stages they
 * are, so that a list of one's own deals joins them; else for the source's own one.
 */
static enum cox_rc ensure_pipeline(struct cox_call *call, const struct ensuring *ensuring,
    struct cox_text text, int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_job *job = ensuring->job;

    *ret_id = 0;
    if (text.size == 0 && job->mapping.guess.kind == COX_KIND_SNAPSHOTS) {
        COX_TRY(common_pipeline(call, ret_id, reterr));
    }
    if (text.size == 0 && *ret_id == 0) {
        *ret_id = find_home(ensuring);
    }
    if (*ret_id == 0) {
        COX_TRY(cox_stages_pipeline(call, job, text, ret_id, reterr));
    }
    return cox_map_put(job->stages.pipes, text.size > 0 ? text : COX_LIT(""), (uint64_t)*ret_id,
        reterr);
}

/* ---- making ---- */

static int64_t next_position(const struct ensuring *ensuring, int64_t pipeline)
{
    int64_t position = 0;

    for (size_t i = 0; i < ensuring->count; i++) {
        if (ensuring->lines[i].pipeline == pipeline && ensuring->lines[i].position != COX_NULL &&
            ensuring->lines[i].position > position) {
            position = ensuring->lines[i].position;
        }
    }
    return position + 10;
}

static enum cox_rc make_stage(struct cox_call *call, struct ensuring *ensuring,
    const struct plan *plan, struct cox_text label, int64_t position, int64_t *ret_id,
    struct cox_err *reterr)
{
    struct cox_row *row = cox_row_new(call, &cox_stage);

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    if (ensuring->count == STAGES_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "there are more than %d stages", STAGES_MAX);
    }
    cox_row_set(row, COX_STAGE_PIPELINE, cox_int(plan->pipeline));
    cox_row_set(row, COX_STAGE_LABEL, cox_text_value(label));
    cox_row_set(row, COX_STAGE_POSITION, cox_int(position));
    cox_row_set(row, COX_STAGE_WIN_PROB, cox_real(plan->chance));
    cox_row_set(row, COX_STAGE_FORECAST_CATEGORY, cox_int(plan->category));
    cox_row_set(row, COX_STAGE_KIND, cox_int(plan->kind));
    cox_row_set(row, COX_STAGE_IS_ACTIVE, cox_int(1));
    COX_TRY(cox_create_since_ever(call, row, ret_id, reterr));
    ensuring->lines[ensuring->count++] =
        (struct cox_stage_line){*ret_id, plan->pipeline, position, plan->kind, label};
    cox_buf_format(&ensuring->made, "%s%.*s (%s%d %%)", ensuring->made.size > 0 ? ", " : "",
        (int)label.size, label.ptr, plan->is_assumed ? "assumed " : "",
        (int)lround(plan->chance * 100));
    return COX_OK;
}

static enum cox_rc ensure_stage(struct cox_call *call, struct ensuring *ensuring, struct plan *plan,
    struct cox_err *reterr)
{
    struct cox_job *job = ensuring->job;
    const struct cox_seen_stage *seen = plan->seen;
    uint64_t pipeline;
    int64_t id;

    COX_TRY(cox_external_find(call, job->source, &cox_stage, seen->name, &id, reterr));
    if (!cox_map_find(job->stages.pipes, seen->pipeline.size > 0 ? seen->pipeline : COX_LIT(""),
            &pipeline)) {
        return cox_fail(reterr, COX_INTERNAL, "a pipeline was not made");
    }
    plan->pipeline = (int64_t)pipeline;
    if (id == 0) {
        id = find_label(ensuring, plan->pipeline, seen->name);
    }
    if (id == 0) {
        COX_TRY(make_stage(call, ensuring, plan, seen->name,
            next_position(ensuring, plan->pipeline), &id, reterr));
    }
    return cox_map_put(job->stages.ids, stage_key(job->work->arena, seen->pipeline, seen->name),
        (uint64_t)id, reterr);
}

/* Rows whose flag contradicts their stage, and rows without one, need a place in their funnel. */
static enum cox_rc ensure_closers(struct cox_call *call, struct ensuring *ensuring,
    int64_t pipeline, struct cox_err *reterr)
{
    static const struct {
        int64_t kind, category;
        double chance;
        const char *label;
    } closers[] = {{COX_STAGE_WON, COX_CATEGORY_CLOSED, 1, "Closed Won"},
        {COX_STAGE_LOST, COX_CATEGORY_OMITTED, 0, "Closed Lost"}};

    for (size_t i = 0; i < COX_COUNT(closers); i++) {
        struct plan plan = {.pipeline = pipeline,
            .kind = closers[i].kind,
            .category = closers[i].category,
            .chance = closers[i].chance};
        bool has = false;
        int64_t id;

        for (size_t s = 0; s < ensuring->count; s++) {
            has |= ensuring->lines[s].pipeline == pipeline &&
                   ensuring->lines[s].kind == closers[i].kind;
        }
        if (!has) {
            COX_TRY(make_stage(call, ensuring, &plan, cox_text_of(closers[i].label),
                next_position(ensuring, pipeline), &id, reterr));
        }
    }
    return COX_OK;
}

static bool has_contradiction(const struct cox_job *job)
{
    for (size_t i = 0; i < job->survey.stage_count; i++) {
        const struct cox_seen_stage *seen = &job->survey.stages[i];

        if ((seen->won_count > 0 && seen->won_count < seen->count) ||
            (seen->lost_count > 0 && seen->lost_count < seen->count)) {
            return true;
        }
    }
    return false;
}

/* Rows without a stage: an open one that no forecast counts. */
static enum cox_rc ensure_none(struct cox_call *call, struct ensuring *ensuring, int64_t pipeline,
    struct cox_err *reterr)
{
    static const struct cox_text label = {"No stage given", 14};
    struct plan plan = {.pipeline = pipeline,
        .kind = COX_STAGE_OPEN,
        .category = COX_CATEGORY_OMITTED};
    int64_t id = find_label(ensuring, pipeline, label);

    if (id == 0) {
        COX_TRY(make_stage(call, ensuring, &plan, label, 0, &id, reterr));
    }
    ensuring->job->stages.none = id;
    return COX_OK;
}

static enum cox_rc ensure(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ensuring *ensuring = ctx;
    struct cox_job *job = ensuring->job;
    const struct cox_survey *survey = &job->survey;
    struct plan *plans = COX_NEW_ARRAY(cox_call_arena(call), survey->stage_count, struct plan);
    int64_t named = 0, pipeline;

    cox_resolver_forget(job->work->resolver);
    ensuring->count = 0;
    cox_buf_clear(&ensuring->made);
    if (plans == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_each(call, &cox_stage, NULL, read_stage, ensuring, reterr));
    for (size_t i = 0; i < survey->stage_count; i++) {
        plan_stage(cox_call_arena(call), &survey->stages[i], i, &plans[i]);
        named += survey->stages[i].count;
        COX_TRY(ensure_pipeline(call, ensuring, survey->stages[i].pipeline, &pipeline, reterr));
    }
    qsort(plans, survey->stage_count, sizeof *plans, by_order);
    for (size_t i = 0; i < survey->stage_count; i++) {
        COX_TRY(ensure_stage(call, ensuring, &plans[i], reterr));
        if (has_contradiction(job)) {
            COX_TRY(ensure_closers(call, ensuring, plans[i].pipeline, reterr));
        }
    }
    if (named < survey->row_count - survey->empty_count &&
        job->mapping.guess.kind == COX_KIND_RECORDS) {
        COX_TRY(ensure_pipeline(call, ensuring, (struct cox_text){0}, &pipeline, reterr));
        COX_TRY(ensure_none(call, ensuring, pipeline, reterr));
        COX_TRY(ensure_closers(call, ensuring, pipeline, reterr));
    }
    return COX_OK;
}

enum cox_rc cox_stages_ensure(struct cox_job *job, struct cox_err *reterr)
{
    struct cox_work *work = job->work;
    struct cox_map_opt opt = {.copy_keys = true};
    struct ensuring ensuring = {.job = job,
        .lines = COX_NEW_ARRAY(work->arena, STAGES_MAX, struct cox_stage_line)};
    enum cox_rc rc;

    if (ensuring.lines == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_map_open_in(work->arena, &opt, &job->stages.ids, reterr));
    COX_TRY(cox_map_open_in(work->arena, &opt, &job->stages.pipes, reterr));
    cox_buf_init(&ensuring.made, 1 << 16);
    rc = cox_work_write(work, ensure, &ensuring, reterr);
    if (rc == COX_OK) {
        cox_resolver_settle(work->resolver);
        job->stages.lines = ensuring.lines;
        job->stages.line_count = ensuring.count;
        if (ensuring.made.size > 0) {
            cox_import_note(job->file, work->arena, "stages made: %.*s", (int)ensuring.made.size,
                ensuring.made.ptr);
        }
    } else {
        cox_resolver_forget(work->resolver);
    }
    cox_buf_done(&ensuring.made);
    return rc;
}

/* ---- asking ---- */

const struct cox_stage_line *cox_stages_line(const struct cox_job *job, int64_t stage)
{
    for (size_t i = 0; i < job->stages.line_count; i++) {
        if (job->stages.lines[i].stage == stage) {
            return &job->stages.lines[i];
        }
    }
    return NULL;
}

int64_t cox_stages_by_label(const struct cox_job *job, int64_t pipeline, struct cox_text label,
    struct cox_arena *arena)
{
    struct cox_text fold = cox_text_fold(arena, label);

    for (size_t i = 0; i < job->stages.line_count; i++) {
        const struct cox_stage_line *line = &job->stages.lines[i];

        if (line->pipeline == pipeline && cox_text_same(cox_text_fold(arena, line->label), fold)) {
            return line->stage;
        }
    }
    return 0;
}

static int64_t closer_of(const struct cox_job *job, int64_t pipeline, int64_t kind)
{
    for (size_t i = 0; i < job->stages.line_count; i++) {
        const struct cox_stage_line *line = &job->stages.lines[i];

        if (line->pipeline == pipeline && line->kind == kind) {
            return line->stage;
        }
    }
    return 0;
}

void cox_stages_of_row(const struct cox_job *job, struct cox_text pipeline, struct cox_text stage,
    int closed, int won, int64_t *ret_stage)
{
    char key[600];
    uint64_t id = 0;
    const struct cox_stage_line *line;
    int64_t kind, closer;

    *ret_stage = stage.size == 0 ? job->stages.none : 0;
    if (stage.size > 0 && pipeline.size + stage.size + 2 < sizeof key) {
        int size = snprintf(key, sizeof key, "%.*s\x1f%.*s", (int)pipeline.size,
            pipeline.size > 0 ? pipeline.ptr : "", (int)stage.size, stage.ptr);

        if (cox_map_find(job->stages.ids, (struct cox_text){key, (size_t)size}, &id)) {
            *ret_stage = (int64_t)id;
        }
    }
    line = cox_stages_line(job, *ret_stage);
    if (line == NULL || closed == 0 || won < 0) {
        return;
    }
    kind = won == 1 ? COX_STAGE_WON : COX_STAGE_LOST;
    closer =
        line->kind == kind || (won == 0 && closed < 0) ? 0 : closer_of(job, line->pipeline, kind);
    *ret_stage = closer != 0 ? closer : *ret_stage;
}

/* "engaging" and "engagedate" share a stem of at least five letters. */
static bool share_stem(struct cox_text a, struct cox_text b)
{
    size_t same = 0;

    while (same < a.size && same < b.size && a.ptr[same] == b.ptr[same]) {
        same++;
    }
    return same >= 5;
}

int64_t cox_stages_opening(const struct cox_job *job, int64_t stage, struct cox_text header)
{
    const struct cox_stage_line *line = cox_stages_line(job, stage), *first = NULL;
    struct cox_arena *arena = job->work->arena;
    struct cox_mark mark = cox_arena_mark(arena);
    struct cox_text key = cox_text_key(arena, header);
    int64_t named = 0;

    for (size_t i = 0; line != NULL && i < job->stages.line_count; i++) {
        const struct cox_stage_line *other = &job->stages.lines[i];

        if (other->pipeline != line->pipeline || other->kind != COX_STAGE_OPEN ||
            other->stage == job->stages.none) {
            continue;
        }
        if (share_stem(cox_text_key(arena, other->label), key)) {
            named = other->stage;
        }
        if (first == NULL || other->position < first->position) {
            first = other;
        }
    }
    cox_arena_rewind(arena, mark);
    return named != 0 ? named : first != NULL ? first->stage : 0;
}
