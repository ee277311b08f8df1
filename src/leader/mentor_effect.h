/*
 * leader/mentor_effect.h: what a programme of pairs has done: those whose wave has begun beside those whose wave has
 * not, who are who they are by lot (kernel/stats/stagger.h), and what so many people could show at all.
 */
#ifndef COX_LEADER_MENTOR_EFFECT_H
#define COX_LEADER_MENTOR_EFFECT_H

#include "kernel/stats/stagger.h"

/*
 * With fewer people who have begun, or who had not when the first did, nothing is said, and with fewer in all
 * not even what could be found: single people would be seen through it.
 */
enum { COX_MENTOR_EFFECT_LEAST = 5 };

struct cox_mentor_effect {
    size_t started_count, waiting_count; /* waiting: not yet begun at the end of the figures */
    double effect, low, high;            /* a month, in the outcome's unit; NaN: not known */
    double p_value;
    double
        detectable; /* smallest true effect that such waves find with chance .8; NaN: none at all */
    bool is_known;  /* else: cannot know yet */
};

/* Bytes, aligned as for double. */
size_t cox_mentor_effect_workspace_size(size_t person_count, size_t month_count);

/*
 * panel as in stagger.h: outcome[person * months + month], start by person. Detectable comes from the spread of
 * figures before anybody's start about person and month (Hussey and Hughes, power.h).
 * Errors: none but those of a bad panel (COX_INVALID).
 */
enum cox_rc cox_mentor_effect_judge(const struct cox_stagger_panel *panel, void *workspace,
    struct cox_mentor_effect *ret_effect, struct cox_err *reterr) COX_NODISCARD;

#endif
