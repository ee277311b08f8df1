/* kernel/stats/watch_cause.c: what an alarm's own figures, and the others', say of why. */
#include <math.h>

#include "kernel/stats/watch.h"

static const double fell_too = 0.9, effort_fell = 0.75, effort_rose = 1.25;

static bool counts(const struct cox_watch_series *s, size_t week)
{
    return !isnan(s->expected[week]) && (s->attempts == NULL || s->attempts[week] > 0);
}

/* Mean attempts of the weeks that count; NaN without any. */
static double mean_attempts(const struct cox_watch_series *s, size_t from, size_t to)
{
    double sum = 0, n = 0;

    for (size_t i = from; i < to && s->attempts != NULL; i++) {
        sum += counts(s, i) ? (double)s->attempts[i] : 0;
        n += counts(s, i);
    }
    return n > 0 ? sum / n : (double)NAN;
}

struct fall {
    double observed, expected;
};

static struct fall fall_of(const struct cox_watch_series *s, size_t since)
{
    struct fall f = {0, 0};

    for (size_t week = since; week < s->week_count; week++) {
        if (counts(s, week)) {
            f.observed += (double)s->events[week];
            f.expected += s->expected[week] * (s->attempts == NULL ? 1 : (double)s->attempts[week]);
        }
    }
    return f;
}

/*
 * Events of the others over what was expected of them since a week. *ret_fell: two thirds of them are below,
 * and all together beyond chance, so that two who fell do not accuse the team of each other.
 */
static double ratio_of_others(const struct cox_watch_series *series, size_t count, size_t which,
    size_t since, bool *ret_fell)
{
    double observed = 0, expected = 0, others = 0, below = 0;

    for (size_t i = 0; i < count; i++) {
        struct fall f = i == which ? (struct fall){0, 0} : fall_of(&series[i], since);
        observed += f.observed;
        expected += f.expected;
        others += f.expected > 0;
        below += f.expected > 0 && f.observed < fell_too * f.expected;
    }
    double ratio = expected > 0 ? observed / expected : (double)NAN;
    *ret_fell =
        ratio < fell_too && (expected - observed) / sqrt(expected) > 2 && below >= others * 2 / 3;
    return ratio;
}

/* Two weeks or more before it did not count, after some that did. */
static bool was_away(const struct cox_watch_series *s, size_t since)
{
    bool before = false;

    for (size_t i = 0; i + 2 < since; i++) {
        before = before || counts(s, i);
    }
    return since >= 3 && before && !counts(s, since - 1) && !counts(s, since - 2);
}

struct cox_watch_finding cox_watch_explain(const struct cox_watch_series *series,
    const struct cox_watch_reading *reading, size_t count, size_t which)
{
    struct cox_watch_finding f = {COX_WATCH_NO_CAUSE, (double)NAN, (double)NAN, (double)NAN};
    const struct cox_watch_series *own = &series[which];
    bool others_fell = false;

    if (!reading[which].alarm) {
        return f;
    }
    /* The moving average knows no beginning: its last eight weeks stand for "since". */
    size_t recent = own->week_count > 8 ? own->week_count - 8 : 0;
    size_t since = reading[which].since_week >= 0 ? (size_t)reading[which].since_week : recent;
    f.attempts_before = mean_attempts(own, 0, since);
    f.attempts_since = mean_attempts(own, since, own->week_count);
    f.team_ratio = ratio_of_others(series, count, which, since, &others_fell);
    double effort = f.attempts_since / f.attempts_before;
    f.cause = others_fell             ? COX_WATCH_TEAM
              : was_away(own, since)  ? COX_WATCH_ABSENCE
              : own->attempts == NULL ? COX_WATCH_NUMBER
              : effort < effort_fell  ? COX_WATCH_EFFORT
              : effort > effort_rose  ? COX_WATCH_THIN
                                      : COX_WATCH_RATE;
    return f;
}

const char *cox_watch_cause_text(enum cox_watch_cause cause)
{
    static const char *const texts[COX_WATCH_CAUSE_COUNT] = {
        [COX_WATCH_NO_CAUSE] = "",
        [COX_WATCH_TEAM] = "the others fell at the same time: something they share",
        [COX_WATCH_ABSENCE] = "it began with the return from an absence",
        [COX_WATCH_EFFORT] = "attempts fell too",
        [COX_WATCH_THIN] = "more attempts than before, and fewer of them come through",
        [COX_WATCH_RATE] = "as many attempts as before, fewer come through",
        [COX_WATCH_NUMBER] = "fewer in number; attempts are not known",
    };

    return cause < COX_WATCH_CAUSE_COUNT ? texts[cause] : "";
}

const char *cox_watch_question(enum cox_watch_cause cause)
{
    static const char *const texts[COX_WATCH_CAUSE_COUNT] = {
        [COX_WATCH_NO_CAUSE] = "",
        [COX_WATCH_TEAM] =
            "What changed for everybody then: leads, prices, a competitor, the process?",
        [COX_WATCH_ABSENCE] = "What was handed over, and what has not come back?",
        [COX_WATCH_EFFORT] = "What takes the time that went into this before?",
        [COX_WATCH_THIN] =
            "Where do the additional attempts come from, and are they the right ones?",
        [COX_WATCH_RATE] = "What do the last few that did not come through have in common?",
        [COX_WATCH_NUMBER] = "Was less started, or did less come through?",
    };

    return cause < COX_WATCH_CAUSE_COUNT ? texts[cause] : "";
}
