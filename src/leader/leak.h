/*
 * leader/leak.h: where somebody's deals are lost against comparable peers, in money and with uncertainty.
 * Of the deals created in the year before: at each open stage of the pipeline with most of the peers'
 * deals, entries are those whose way on is known (went on, or lost); kernel/stats/diagnose.h shrinks.
 */
#ifndef COX_LEADER_LEAK_H
#define COX_LEADER_LEAK_H

#include "kernel/stats/diagnose.h"
#include "record/record.h"
#include "sales/book.h"

/* Fewer peers with entries at a stage: it is left out, else one could work out who the others are. */
enum { COX_LEAK_PEERS_MIN = 5, COX_LEAK_DAYS = 365, COX_LEAK_STAGES_MAX = 40 };

struct cox_leak {
    int64_t stage;
    char label[64];
    int64_t entries, onward;       /* of the person */
    struct cox_diagnose_cell cell; /* leak in minor units of the company's currency */
};

struct cox_leaks {
    struct cox_leak at[COX_LEAK_STAGES_MAX];
    size_t count;
    size_t peer_count; /* asked for, with the person */
};

/* As the program; users has the person first. What is worked out is the person's alone. */
enum cox_rc cox_leaks_load(struct cox_call *call, struct cox_books *books, const int64_t *users,
    size_t user_count, struct cox_leaks *ret_leaks, struct cox_err *reterr) COX_NODISCARD;

#endif
