/* demo/crew.c: 1:1s, private notes and promises, each written as the leader who takes part. */
#include "demo/write.h"
#include "leader/one_on_one.h"

struct talks {
    struct demo_writer *writer;
    const struct demo_person *leader;
    int team;   /* of a manager; -1: a head or the boss, with those who lead below */
    int region; /* of a head; -1 */
    int64_t first_day, count;
};

static const char *const notes[] = {
    "Went through the three largest deals; agreed to qualify harder before a proposal.",
    "Talked about the discovery calls: fewer slides, more questions.",
    "Good month. Wants to try the larger accounts.",
    "Overloaded since the reorganisation; two deals go to a colleague.",
    "Practised how to talk about the price.",
    "Looked at what won and what was lost; the second meeting decides.",
};

static const char *const private_notes[] = {
    "Seems tired; ask how the family move went.",
    "Ready for more responsibility, say so next time.",
    "I promised too much here. Be careful.",
};

static const char *const promises[] = {
    "Join the next call with the customer",
    "Send the list of lost deals with reasons",
    "Introduce to the product team",
    "Clean up the overdue next steps",
    "Find a mentor",
    "Read the new playbook",
    "Settle the open question about the split",
};

static int64_t afternoon(int64_t day)
{
    return day * COX_DAY_US + INT64_C(15) * 3600 * COX_SECOND_US;
}

static enum cox_rc put_note(struct cox_call *call, const struct talks *talks,
    const struct demo_person *person, int64_t talk, int64_t at_us, struct cox_random *random,
    struct cox_err *reterr)
{
    struct cox_private_note note;
    int64_t id;

    cox_struct_init(&cox_private_note, &note);
    note.author = talks->leader->id;
    note.other = person->id;
    note.one_on_one = talk;
    note.text = cox_text_of(DEMO_PICK(random, private_notes));
    return demo_put(call, &cox_private_note, &note, at_us, &id, reterr);
}

static enum cox_rc put_promise(struct cox_call *call, const struct talks *talks,
    const struct demo_person *person, int64_t talk, int64_t day, struct cox_random *random,
    struct cox_err *reterr)
{
    const struct demo_plan *plan = talks->writer->plan;
    bool is_leaders = cox_random_chance(random, 0.4);
    double fate = cox_random_unit(random);
    struct cox_action_item versions[2];
    int64_t at_us[2] = {afternoon(day) + COX_SECOND_US, 0}, id;
    size_t count = 1;

    cox_struct_init(&cox_action_item, &versions[0]);
    versions[0].author = talks->leader->id;
    versions[0].other = person->id;
    versions[0].owner = is_leaders ? talks->leader->id : person->id;
    versions[0].one_on_one = talk;
    versions[0].text = cox_text_of(DEMO_PICK(random, promises));
    versions[0].due_day = day + cox_random_range(random, 7, 21);
    versions[0].state = COX_ACTION_ITEM_OPEN;
    versions[1] = versions[0];
    at_us[1] = afternoon(versions[0].due_day + cox_random_range(random, -6, 9));
    /* What nobody has kept for a quarter is dropped at one of the next talks. */
    if (fate >= 0.93 && day < plan->today - 120) {
        at_us[1] = afternoon(versions[0].due_day + cox_random_range(random, 40, 90));
    }
    if ((fate < 0.93 || day < plan->today - 120) && at_us[1] < plan->today * COX_DAY_US &&
        at_us[1] > at_us[0]) {
        versions[1].state = fate < 0.85 ? COX_ACTION_ITEM_DONE : COX_ACTION_ITEM_DROPPED;
        versions[1].reason = fate < 0.85 ? (struct cox_text){0} : COX_LIT("No longer needed");
        count = 2;
    }
    return demo_put_versions(call, &cox_action_item, versions, at_us, count, &id, reterr);
}

/* Planned a week before; then held, missed or cancelled; with notes and promises when held. */
static enum cox_rc put_talk(struct cox_call *call, struct talks *talks,
    const struct demo_person *person, int64_t day, struct cox_random *random,
    struct cox_err *reterr)
{
    const struct demo_plan *plan = talks->writer->plan;
    double fate = cox_random_unit(random);
    struct cox_one_on_one versions[2];
    int64_t at_us[2] = {afternoon(day - 7), afternoon(day)}, talk;
    bool is_past = day < plan->today - 1;

    if (at_us[0] >= plan->today * COX_DAY_US) {
        return COX_OK;
    }
    cox_struct_init(&cox_one_on_one, &versions[0]);
    versions[0].leader = talks->leader->id;
    versions[0].person = person->id;
    versions[0].day = day;
    versions[0].state = COX_ONE_ON_ONE_PLANNED;
    versions[0].agenda = COX_LIT("Deals, skills, anything in the way");
    versions[1] = versions[0];
    versions[1].state = fate < 0.86   ? COX_ONE_ON_ONE_HELD
                        : fate < 0.92 ? COX_ONE_ON_ONE_MISSED
                                      : COX_ONE_ON_ONE_CANCELLED;
    if (fate < 0.86) {
        versions[1].shared_note = cox_text_of(DEMO_PICK(random, notes));
    }
    COX_TRY(
        demo_put_versions(call, &cox_one_on_one, versions, at_us, is_past ? 2 : 1, &talk, reterr));
    talks->count++;
    if (!is_past || fate >= 0.86) {
        return COX_OK;
    }
    if (cox_random_chance(random, 0.2)) {
        COX_TRY(put_note(call, talks, person, talk, at_us[1] + COX_SECOND_US, random, reterr));
    }
    return cox_random_chance(random, 0.5)
               ? put_promise(call, talks, person, talk, day, random, reterr)
               : COX_OK;
}

/* Talks with one person from from_day to to_day, at the leader's cadence. */
static enum cox_rc put_talks(struct cox_call *call, struct talks *talks,
    const struct demo_person *person, int64_t from_day, int64_t to_day, struct cox_err *reterr)
{
    const struct demo_plan *plan = talks->writer->plan;
    int64_t cadence = talks->leader->cadence;
    struct cox_random random = cox_random_part(plan->opt->seed,
        (UINT64_C(5) << 40) + ((uint64_t)talks->leader->id << 20) + (uint64_t)person->id);
    int64_t day = from_day > talks->first_day ? from_day : talks->first_day;

    for (day += cox_random_range(&random, 1, cadence); day < to_day && day < plan->today + cadence;
         day += cadence) {
        int64_t on = day + cox_random_range(&random, 0, 3);

        if (cox_day_civil(on).month == 8 && cox_random_chance(&random, 0.5)) {
            continue; /* on holiday */
        }
        on += cox_day_weekday(on) > 5 ? 2 : 0;
        COX_TRY(put_talk(call, talks, person, on, &random, reterr));
    }
    return COX_OK;
}

static enum cox_rc talk_with_reps(struct cox_call *call, struct talks *talks,
    struct cox_err *reterr)
{
    const struct demo_plan *plan = talks->writer->plan;

    for (int i = 0; i < plan->people_count; i++) {
        const struct demo_person *rep = &plan->people[i];
        int64_t end, from, to;

        if (rep->seat < 0) {
            continue;
        }
        end = rep->leave_day == COX_NULL ? COX_FOREVER : rep->leave_day;
        from = plan->seats[rep->seat].team == talks->team ? rep->hire_day : plan->reorg_day;
        from = from > rep->hire_day ? from : rep->hire_day;
        to = plan->seats[rep->seat].team_after == talks->team ? end : plan->reorg_day;
        to = to < end ? to : end;
        if ((plan->seats[rep->seat].team == talks->team ||
                plan->seats[rep->seat].team_after == talks->team) &&
            from < to) {
            COX_TRY(put_talks(call, talks, rep, from, to, reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc talk_with_leads(struct cox_call *call, struct talks *talks,
    struct cox_err *reterr)
{
    const struct demo_plan *plan = talks->writer->plan;

    if (talks->region < 0) {
        for (int i = 0; i < plan->scale.regions; i++) {
            COX_TRY(put_talks(call, talks, &plan->people[plan->regions[i].head], plan->start_day,
                COX_FOREVER, reterr));
        }
        return COX_OK;
    }
    for (int i = 0; i < plan->scale.teams; i++) {
        const struct demo_team *team = &plan->teams[i];
        int64_t from = team->region == talks->region ? plan->start_day : plan->reorg_day;
        int64_t to = team->region_after == talks->region ? COX_FOREVER : plan->reorg_day;

        if ((team->region == talks->region || team->region_after == talks->region) && from < to) {
            COX_TRY(put_talks(call, talks, &plan->people[team->manager], from, to, reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc write_talks(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct talks *talks = (struct talks *)ctx;

    talks->count = 0;
    return talks->team >= 0 ? talk_with_reps(call, talks, reterr)
                            : talk_with_leads(call, talks, reterr);
}

static enum cox_rc write_leader(struct demo_writer *writer, int person, int team, int region,
    struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;
    struct talks talks = {
        .writer = writer,
        .leader = &plan->people[person],
        .team = team,
        .region = region,
        .first_day = plan->opt->size == COX_DEMO_LARGE ? plan->today - 120 : plan->start_day + 7,
    };

    if (!talks.leader->is_leader) {
        return COX_OK;
    }
    COX_TRY(demo_write(writer, talks.leader, write_talks, &talks, reterr));
    writer->report->talks += talks.count;
    return COX_OK;
}

enum cox_rc demo_write_crew(struct demo_writer *writer, struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;

    COX_TRY(write_leader(writer, plan->boss, -1, -1, reterr));
    for (int i = 0; i < plan->scale.regions; i++) {
        COX_TRY(write_leader(writer, plan->regions[i].head, -1, i, reterr));
    }
    for (int i = 0; i < plan->scale.teams; i++) {
        COX_TRY(write_leader(writer, plan->teams[i].manager, i, -1, reterr));
    }
    return COX_OK;
}
