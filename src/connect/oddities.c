/* connect/oddities.c: looking at saved rows, and telling what was odd. */
#include "connect/oddities.h"

#include "connect/stages.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

static const char *const says[] = {
    [COX_ODD_CLOSE_BEFORE_CREATED] = "close before they were created",
    [COX_ODD_CLOSED_IN_FUTURE] = "are closed on a day yet to come",
    [COX_ODD_FAR_DAY] = "have a day before 1980 or after 2100",
    [COX_ODD_NEGATIVE_AMOUNT] = "have a negative amount",
};

static void note(struct cox_oddities *oddities, enum cox_odd odd, int64_t line)
{
    if (oddities->count[odd] < COX_ODD_LINES) {
        oddities->lines[odd][oddities->count[odd]] = line;
    }
    oddities->count[odd]++;
}

/* The value a row gives a field; COX_NULL: none. */
static int64_t value_of(const struct cox_job *job, const struct cox_prepared *row, uint32_t field)
{
    size_t at = cox_mapping_find(&job->mapping, COX_COL_FIELD, field);

    return at < job->mapping.count && row->values[at].kind == COX_VALUE_INT ? row->values[at].number
                                                                            : COX_NULL;
}

static bool is_closed(const struct cox_job *job, const struct cox_prepared *row)
{
    const struct cox_stage_line *line;
    int64_t stage;

    if (row->stage.size == 0) {
        return false;
    }
    cox_stages_of_row(job, row->pipeline, row->stage, row->closed, row->won, &stage);
    line = cox_stages_line(job, stage);
    return line != NULL && line->kind != COX_STAGE_OPEN;
}

static bool is_far(int64_t day)
{
    return day != COX_NULL && (day < cox_day_ymd(1980, 1, 1) || day > cox_day_ymd(2100, 12, 31));
}

void cox_oddities_look(const struct cox_job *job, const struct cox_prepared *row, int64_t today,
    struct cox_oddities *oddities)
{
    int64_t created, close, closed, amount;

    if (job->mapping.guess.table->entity != &cox_opportunity || row->is_deleted) {
        return;
    }
    created = value_of(job, row, COX_OPPORTUNITY_CREATED_DAY);
    close = value_of(job, row, COX_OPPORTUNITY_CLOSE_DAY);
    closed = value_of(job, row, COX_OPPORTUNITY_CLOSED_DAY);
    amount = value_of(job, row, COX_OPPORTUNITY_AMOUNT);
    closed = closed == COX_NULL ? close : closed;
    if (created != COX_NULL && closed != COX_NULL && closed < created) {
        note(oddities, COX_ODD_CLOSE_BEFORE_CREATED, row->line);
    }
    if (closed != COX_NULL && closed > today && is_closed(job, row)) {
        note(oddities, COX_ODD_CLOSED_IN_FUTURE, row->line);
    }
    if (is_far(created) || is_far(close) || is_far(closed)) {
        note(oddities, COX_ODD_FAR_DAY, row->line);
    }
    if (amount != COX_NULL && amount < 0) {
        note(oddities, COX_ODD_NEGATIVE_AMOUNT, row->line);
    }
}

void cox_oddities_tell(const struct cox_job *job, const struct cox_oddities *oddities)
{
    for (size_t odd = 0; odd < COX_ODD_COUNT; odd++) {
        int64_t count = oddities->count[odd];
        const char *lines = "";

        for (int64_t i = 0; i < count && i < COX_ODD_LINES && lines != NULL; i++) {
            lines = cox_arena_format(job->work->arena, "%s%s%lld", lines, i == 0 ? "" : ", ",
                (long long)oddities->lines[odd][i]);
        }
        if (count > 0 && lines != NULL) {
            cox_import_note(job->file, job->work->arena,
                "look at %lld %s, taken as they are: they %s (line %s%s)", (long long)count,
                count == 1 ? "deal" : "deals", says[odd], lines,
                count > COX_ODD_LINES ? " ..." : "");
        }
    }
}
