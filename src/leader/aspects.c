/* leader/aspects.c: names of the six aspects and of their ends. */
#include "leader/aspects.h"

const struct cox_aspect_words cox_aspects[COX_ASPECT_COUNT] = {
    [COX_ASPECT_FOCUS] = {"focus", "Focus", "Tasks and metrics", "People, vision, culture"},
    [COX_ASPECT_APPROACH] = {"approach", "Approach", "Direct and control", "Inspire"},
    [COX_ASPECT_HORIZON] = {"horizon", "Time horizon", "Short", "Long"},
    [COX_ASPECT_RELATIONSHIP] = {"relationship", "Relationship", "Oversee", "Coach"},
    [COX_ASPECT_DECISION] = {"decision", "Decision making", "Tactical", "Strategic"},
    [COX_ASPECT_MOTIVATION] = {"motivation", "Motivation", "Targets", "Trust and empowerment"},
};

const struct cox_choice cox_aspect_choices[] = {
    [COX_ASPECT_FOCUS] = {"focus", "Focus", NULL},
    [COX_ASPECT_APPROACH] = {"approach", "Approach", NULL},
    [COX_ASPECT_HORIZON] = {"horizon", "Time horizon", NULL},
    [COX_ASPECT_RELATIONSHIP] = {"relationship", "Relationship", NULL},
    [COX_ASPECT_DECISION] = {"decision", "Decision making", NULL},
    [COX_ASPECT_MOTIVATION] = {"motivation", "Motivation", NULL},
    {0},
};
