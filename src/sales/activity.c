/* sales/activity.c: the table of activities. */
#include "sales/activity.h"

#include "org/people.h"
#include "sales/account.h"
#include "sales/lead.h"
#include "sales/opportunity.h"
#include "sales/rule.h"

static const struct cox_choice activity_kinds[] = {
    [COX_ACTIVITY_CALL] = {"call", "Call", "phone call|calls"},
    [COX_ACTIVITY_MEETING] = {"meeting", "Meeting", "event|appointment|meetings|visit|demo"},
    [COX_ACTIVITY_EMAIL] = {"email", "E-mail", "e-mail|mail|list email|incoming_email"},
    [COX_ACTIVITY_TASK] = {"task", "Task", "to-do|todo|tasks"},
    [COX_ACTIVITY_NOTE] = {"note", "Note", "notes|comment"},
    {0},
};

static const struct cox_choice directions[] = {
    [COX_OUTBOUND] = {"outbound", "Outbound", "out|outgoing"},
    [COX_INBOUND] = {"inbound", "Inbound", "in|incoming"},
    {0},
};

/* ---- activity ---- */

static const struct cox_field activity_fields[] = {
    [COX_ACTIVITY_KIND] = {"kind", .type = COX_CHOICE, .choices = activity_kinds,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_activity, kind),
        .alias = {"TaskSubtype|task_subtype|EventSubtype|Type",
            "hs_activity_type|type|task_type|property_hs_task_type|Activity type", "Activity_Type"},
        .also = "type|activity type", .help = "Call, meeting, e-mail, task or note."},
    [COX_ACTIVITY_SUBJECT] = {"subject", .type = COX_TEXT, .max = 500, .flags = COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_activity, subject),
        .alias = {"Subject",
            "hs_task_subject|hs_meeting_title|hs_call_title|hs_email_subject|title|Title|Call Title|Task Title|Meeting name|Email subject",
            "Subject|Event_Title|Title|Note_Title"},
        .also = "title|topic", .help = "What it is about."},
    [COX_ACTIVITY_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_activity, owner),
        .alias = {"OwnerId|Assigned To|Assigned",
            "hubspot_owner_id|property_hubspot_owner_id|Activity assigned to",
            "Owner|Task Owner.id|Task Owner|Event Owner.id|Event Owner|Call Owner.id|Call Owner|Host|Note Owner.id|Note Owner"},
        .also = "owner|sales_agent|sales agent|salesperson|rep|assigned to|account manager",
        .help = "Who is responsible."},
    [COX_ACTIVITY_BODY] = {"body", .type = COX_TEXT, .max = 64000,
        .flags = COX_SEARCHED | COX_PERSONAL, .at = COX_AT_TEXT(struct cox_activity, body),
        .alias = {"Description|Comments|Full Comments",
            "hs_task_body|hs_note_body|hs_call_body|hs_meeting_body|hs_email_text|body|Call notes|Meeting description|Note body|Task notes|Email body",
            "Description|Note_Content"},
        .also = "notes|comment|text", .help = "What was said or is to be done.",
        .purpose = "To remember what was agreed with the customer."},
    [COX_ACTIVITY_START_US] = {"start_us", .type = COX_INSTANT, .flags = COX_SORTED,
        .at = COX_AT_INT(struct cox_activity, start_us),
        .alias = {"StartDateTime|ActivityDateTime|activity_date_time|Start",
            "hs_timestamp|property_hs_timestamp|start_time|hs_meeting_start_time|Activity date|Meeting start time",
            "Start_DateTime|Call_Start_Time|Start DateTime|Call Start Time|From"},
        .also = "start|start time|when", .help = "When it starts or started."},
    [COX_ACTIVITY_DUE_DAY] = {"due_day", .type = COX_DATE, .flags = COX_SORTED,
        .at = COX_AT_INT(struct cox_activity, due_day),
        .alias = {"ActivityDate|activity_date|Due Date|Date", "hs_task_due_date|Due date",
            "Due_Date|Due Date"},
        .also = "due|due date|deadline", .help = "Day it is due."},
    [COX_ACTIVITY_DONE_DAY] = {"done_day", .type = COX_DATE, .flags = COX_SORTED,
        .at = COX_AT_INT(struct cox_activity, done_day),
        .alias = {"CompletedDateTime|Completed Date", "hs_task_completion_date|Completed at",
            "Closed_Time|Closed Time"},
        .also = "done|completed on", .help = "Day it was done, in the company zone."},
    [COX_ACTIVITY_IS_DONE] = {"is_done", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_activity, is_done), .alias = {"IsClosed|Closed", NULL, NULL},
        .help = "Is it done? Calls, meetings, e-mails and notes that started are."},
    [COX_ACTIVITY_STATUS] = {"status", .type = COX_TEXT, .max = 60,
        .at = COX_AT_TEXT(struct cox_activity, status),
        .alias = {"Status",
            "hs_task_status|hs_call_status|meeting_outcome|hs_meeting_outcome|Task status",
            "Status|Outgoing_Call_Status"},
        .help = "Where it stands, in the words of the source."},
    [COX_ACTIVITY_PRIORITY] = {"priority", .type = COX_TEXT, .max = 40,
        .at = COX_AT_TEXT(struct cox_activity, priority),
        .alias = {"Priority", "hs_task_priority|Priority", "Priority"},
        .help = "How urgent it is."},
    [COX_ACTIVITY_DURATION_MIN] = {"duration_min", .label = "Duration in minutes", .type = COX_INT,
        .min = 0, .max = 100000, .at = COX_AT_INT(struct cox_activity, duration_min),
        .alias = {"DurationInMinutes|duration_in_minutes|Duration",
            "Call duration|Call duration (HH:mm:ss)",
            "Call_Duration_min|Call Duration (in minutes)|Call_Duration|Call Duration"},
        .also = "minutes|duration", .help = "How long, in minutes."},
    [COX_ACTIVITY_DIRECTION] = {"direction", .type = COX_CHOICE, .choices = directions,
        .at = COX_AT_INT(struct cox_activity, direction),
        .alias = {"CallType|call_type|Call Type",
            "hs_call_direction|hs_email_direction|Call direction", "Call_Type|Call Type"},
        .help = "From us or to us."},
    [COX_ACTIVITY_OUTCOME] = {"outcome", .type = COX_TEXT, .max = 200,
        .at = COX_AT_TEXT(struct cox_activity, outcome),
        .alias = {"CallDisposition|call_disposition|Call Result",
            "hs_call_disposition|Call outcome", "Call_Result|Call Result"},
        .also = "result", .help = "What came of it."},
    [COX_ACTIVITY_LOCATION] = {"location", .type = COX_TEXT, .max = 255,
        .at = COX_AT_TEXT(struct cox_activity, location),
        .alias = {"Location", "hs_meeting_location|Meeting location", "Venue|Location"},
        .help = "Where."},
    [COX_ACTIVITY_OPPORTUNITY] = {"opportunity", .type = COX_REF, .ref = &cox_opportunity,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_activity, opportunity),
        .alias = {"WhatId|Related To|what_id|ParentId",
            "Associated Deal IDs|Associated Deal|deal_id|associations.deals",
            "What_Id|Related To.id|Related To|POTENTIALID|Deal Name.id|Parent_Id|Parent ID.id|Parent ID"},
        .also = "deal|opportunity", .help = "The deal it is about."},
    [COX_ACTIVITY_ACCOUNT] = {"account", .type = COX_REF, .ref = &cox_account,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_activity, account),
        .alias = {"AccountId|Account Name|Company / Account",
            "Associated Company IDs|Associated Company IDs (Primary)|Associated Company|company_id",
            "Account_Name|Account Name.id|Account Name"},
        .also = "account|customer", .help = "The account it is about."},
    [COX_ACTIVITY_CONTACT] = {"contact", .type = COX_REF, .ref = &cox_contact,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_activity, contact),
        .alias = {"WhoId|Name|Contact|who_id",
            "Associated Contact IDs|Associated Contact|contact_id",
            "Who_Id|Contact Name.id|Contact Name"},
        .also = "contact", .help = "With whom."},
    [COX_ACTIVITY_LEAD] = {"lead", .type = COX_REF, .ref = &cox_lead, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_activity, lead),
        .alias = {"LeadId|Lead", NULL, "LEADID|Lead Name"}, .also = "lead",
        .help = "The lead it is about."},
    [COX_ACTIVITY_CREATED_DAY] = {"created_day", .type = COX_DATE, .flags = COX_SORTED,
        .at = COX_AT_INT(struct cox_activity, created_day),
        .alias = {"CreatedDate|Created Date",
            "createdate|property_createdate|createdAt|created_at|Create Date",
            "Created_Time|Created Time"},
        .also = "created|date created|created on",
        .help = "Day it came to us, in the company zone."},
    [COX_ACTIVITY_UNMATCHED] = {"unmatched", .type = COX_TEXT, .max = 4000,
        .flags = COX_SEARCHED | COX_PERSONAL,
        .help =
            "What an import could not place, as \"field: text\" lines, so that nothing is lost.",
        .purpose = "So that nothing is lost on import; it may name people."},
    [COX_ACTIVITY_END_US] = {"end_us", .type = COX_INSTANT,
        .at = COX_AT_INT(struct cox_activity, end_us),
        .alias = {"EndDateTime|end_date_time|End", "hs_meeting_end_time|end_time|Meeting end time",
            "End_DateTime|End DateTime|To"},
        .also = "end|end time", .help = "When it ends or ended."},
};
_Static_assert(COX_COUNT(activity_fields) == COX_ACTIVITY_FIELD_COUNT, "one row for each field id");

/* What has started is done, except a task, which somebody ticks off. */
static void fill_done(struct cox_call *call, const struct cox_row *before, struct cox_row *after)
{
    int64_t at_us = cox_row_at_us(call, after);
    int64_t start_us = cox_row_int(after, COX_ACTIVITY_START_US);
    int64_t done_day = cox_row_int(after, COX_ACTIVITY_DONE_DAY);
    int64_t is_done = cox_row_int(after, COX_ACTIVITY_IS_DONE);

    if (is_done == COX_NULL) {
        is_done =
            done_day != COX_NULL || (cox_row_int(after, COX_ACTIVITY_KIND) != COX_ACTIVITY_TASK &&
                                        start_us != COX_NULL && start_us <= at_us);
    }
    if (is_done == 1 && done_day == COX_NULL) {
        if (start_us != COX_NULL && start_us <= at_us) {
            done_day = cox_call_day(call, start_us);
        } else if (after->imported || cox_is_own_entry(call)) {
            done_day = cox_call_day(call, at_us);
        } else {
            done_day = cox_row_int(after, COX_ACTIVITY_DUE_DAY);
        }
    } else if (is_done == 0 && before != NULL && cox_row_int(before, COX_ACTIVITY_IS_DONE) == 1) {
        done_day = COX_NULL; /* reopened */
    }
    cox_row_set(after, COX_ACTIVITY_IS_DONE, cox_int(is_done));
    cox_row_set(after, COX_ACTIVITY_DONE_DAY, cox_int(done_day));
}

static enum cox_rc check_activity(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_ACTIVITY_KIND, COX_ACTIVITY_TASK);
    cox_fill_created_day(call, before, after, COX_ACTIVITY_CREATED_DAY);
    fill_done(call, before, after);
    if (cox_row_text(after, COX_ACTIVITY_SUBJECT).size == 0 &&
        cox_row_text(after, COX_ACTIVITY_BODY).size == 0 &&
        cox_row_int(after, COX_ACTIVITY_OPPORTUNITY) == COX_NULL &&
        cox_row_int(after, COX_ACTIVITY_ACCOUNT) == COX_NULL &&
        cox_row_int(after, COX_ACTIVITY_CONTACT) == COX_NULL &&
        cox_row_int(after, COX_ACTIVITY_LEAD) == COX_NULL) {
        return cox_fail_at(reterr, COX_INVALID, "subject", 0,
            "an activity says what it is about, or whom");
    }
    return COX_OK;
}

/* Turning to a lead stops the clock of its first answer: what was said or sent, not a plan or a note. */
static enum cox_rc settle_activities(struct cox_call *call, const struct cox_edit *edits,
    size_t count, struct cox_err *reterr)
{
    for (size_t i = 0; cox_is_own_entry(call) && i < count; i++) {
        struct cox_activity activity;

        if (edits[i].after == NULL) {
            continue;
        }
        cox_row_unpack(edits[i].after, &activity);
        if (activity.lead != COX_NULL && activity.direction != COX_INBOUND &&
            activity.done_day != COX_NULL &&
            (activity.kind == COX_ACTIVITY_CALL || activity.kind == COX_ACTIVITY_MEETING ||
                activity.kind == COX_ACTIVITY_EMAIL)) {
            COX_TRY(cox_lead_answered(call, activity.lead, reterr));
        }
    }
    return COX_OK;
}

const struct cox_entity cox_activity = {
    .name = "activity",
    .plural = "activities",
    .label = "Activity",
    .label_plural = "Activities",
    .number = 54,
    .fields = activity_fields,
    .field_count = COX_ACTIVITY_FIELD_COUNT,
    .struct_size = sizeof(struct cox_activity),
    .reach = COX_REACH_LINE,
    .name_field = COX_ACTIVITY_SUBJECT,
    .owner_field = COX_ACTIVITY_OWNER,
    .parent_field = COX_ACTIVITY_OPPORTUNITY,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_records,
    .check = check_activity,
    .settle = settle_activities,
    .external_alias = {"Task|Event|sf_task|sf_event",
        "engagements|engagement_task|engagement_call|engagement_meeting|engagement_email|engagement_note|calls|meetings|tasks|emails|notes",
        "Tasks|Events|Calls|Notes"},
    .also = "activities|tasks|calls|meetings|events",
    .keep = {"To remember what was agreed with the customer.", COX_BASIS_INTEREST, 0},
    .help = "A call, meeting, e-mail, task or note.",
};
