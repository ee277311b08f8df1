/*
 * sales/escalation.h: problems raised on a record, asked of somebody, with answer and decision.
 * Whoever takes part sees it; nobody decides what oneself has raised.
 */
#ifndef COX_SALES_ESCALATION_H
#define COX_SALES_ESCALATION_H

#include "record/entity.h"

enum cox_escalation_kind {
    COX_ESCALATION_PROBLEM,
    COX_ESCALATION_OWNERSHIP,
    COX_ESCALATION_SPLIT,
};

enum cox_escalation_state {
    COX_ESCALATION_OPEN,
    COX_ESCALATION_ANSWERED,
    COX_ESCALATION_DECIDED,
    COX_ESCALATION_WITHDRAWN,
};

enum {
    COX_ESCALATION_KIND,
    COX_ESCALATION_RECORD_KIND,
    COX_ESCALATION_RECORD_ID,
    COX_ESCALATION_SUBJECT,
    COX_ESCALATION_BODY,
    COX_ESCALATION_EVIDENCE,
    COX_ESCALATION_OWNER,
    COX_ESCALATION_ASKED_OF,
    COX_ESCALATION_RAISED_DAY,
    COX_ESCALATION_DUE_DAY,
    COX_ESCALATION_STATE,
    COX_ESCALATION_ANSWER,
    COX_ESCALATION_ANSWERED_DAY,
    COX_ESCALATION_DECISION,
    COX_ESCALATION_DECIDED_BY,
    COX_ESCALATION_DECIDED_DAY,
    COX_ESCALATION_FIELD_COUNT
};

struct cox_escalation {
    struct cox_head head;
    int64_t kind;
    struct cox_text record_kind;
    int64_t record_id;
    struct cox_text subject, body, evidence;
    int64_t owner, asked_of, raised_day, due_day, state;
    struct cox_text answer;
    int64_t answered_day;
    struct cox_text decision;
    int64_t decided_by, decided_day;
};
extern const struct cox_entity cox_escalation;

enum {
    COX_ESCALATION_PARTY_ESCALATION,
    COX_ESCALATION_PARTY_USER,
    COX_ESCALATION_PARTY_FIELD_COUNT
};

struct cox_escalation_party {
    struct cox_head head;
    int64_t escalation, user;
};
extern const struct cox_entity cox_escalation_party;

/* Raises one and makes owner and asked_of its parties, in the caller's commit. */
enum cox_rc cox_escalation_raise(struct cox_call *call, const struct cox_escalation *escalation,
    int64_t *ret_id, struct cox_err *reterr) COX_NODISCARD;

#endif
