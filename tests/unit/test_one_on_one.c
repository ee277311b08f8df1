/* Tests of 1:1s, private notes and promises: who sees and writes them, and what is refused. */
#include "firm.h"
#include "leader/one_on_one.h"
#include "org/people.h"

static const struct cox_as_of now = {0};

struct pair {
    int64_t mia, ada, eve;
    struct cox_actor leader, person, third;
};

static struct pair make_pair(struct firm *f)
{
    struct pair p = {
        .mia = firm_user(f, "Mia", "mia@example.com"),
        .ada = firm_user(f, "Ada", "ada@example.com"),
        .eve = firm_user(f, "Eve", "eve@example.com"),
    };

    firm_line(f, p.ada, p.mia);
    firm_line(f, p.mia, p.eve); /* Eve leads Mia and, through her, Ada */
    p.leader = firm_actor(p.mia, COX_LEADER);
    p.person = firm_actor(p.ada, COX_REP);
    p.third = firm_actor(p.eve, COX_LEADER);
    return p;
}

static enum cox_rc add_talk(struct firm *f, const struct pair *p, struct cox_actor actor,
    int64_t day, int64_t state, int64_t *ret_id)
{
    struct cox_one_on_one talk;

    cox_struct_init(&cox_one_on_one, &talk);
    talk.leader = p->mia;
    talk.person = p->ada;
    talk.day = day;
    talk.state = state;
    return firm_create(f, actor, COX_CAUSE_UI, &cox_one_on_one, &talk, ret_id);
}

static void test_a_talk_is_its_two_peoples(void **state)
{
    struct firm *f = firm_of(state);
    struct pair p = make_pair(f);
    struct cox_one_on_one talk;
    int64_t id;

    OK(add_talk(f, &p, p.leader, FIRM_TODAY, COX_NULL, &id));
    OK(firm_load(f, p.person, now, &cox_one_on_one, id, &talk));
    assert_int_equal(talk.state, COX_ONE_ON_ONE_PLANNED);
    OK(firm_change(f, p.person, &cox_one_on_one, id, COX_ONE_ON_ONE_SHARED_NOTE,
        cox_text_value(COX_LIT("We agreed on less travel"))));
    OK(firm_change(f, p.leader, &cox_one_on_one, id, COX_ONE_ON_ONE_STATE,
        cox_int(COX_ONE_ON_ONE_HELD)));
    OK(firm_load(f, p.leader, now, &cox_one_on_one, id, &talk));
    assert_true(cox_text_same(talk.shared_note, COX_LIT("We agreed on less travel")));
    /* Neither the leader's leader, nor an administrator, nor the command line. */
    assert_int_equal(firm_load(f, p.third, now, &cox_one_on_one, id, &talk), COX_MISSING);
    assert_int_equal(firm_load(f, firm_actor(p.eve, COX_ADMIN), now, &cox_one_on_one, id, &talk),
        COX_MISSING);
    assert_int_equal(firm_load(f, firm_operator, now, &cox_one_on_one, id, &talk), COX_MISSING);
    assert_int_equal(firm_change(f, p.third, &cox_one_on_one, id, COX_ONE_ON_ONE_STATE,
                         cox_int(COX_ONE_ON_ONE_MISSED)),
        COX_MISSING);
}

static void test_a_talk_takes_two_and_its_day(void **state)
{
    struct firm *f = firm_of(state);
    struct pair p = make_pair(f);
    struct cox_one_on_one talk;
    int64_t id;

    REFUSED(COX_INVALID, "state",
        add_talk(f, &p, p.leader, FIRM_TODAY + 1, COX_ONE_ON_ONE_HELD, NULL));
    assert_int_equal(add_talk(f, &p, p.third, FIRM_TODAY, COX_NULL, NULL), COX_DENIED);
    assert_int_equal(add_talk(f, &p, firm_operator, FIRM_TODAY, COX_NULL, NULL), COX_DENIED);
    cox_struct_init(&cox_one_on_one, &talk);
    talk.leader = talk.person = p.mia;
    talk.day = FIRM_TODAY;
    REFUSED(COX_INVALID, "person",
        firm_create(f, p.leader, COX_CAUSE_UI, &cox_one_on_one, &talk, NULL));
    OK(add_talk(f, &p, p.leader, FIRM_TODAY, COX_NULL, &id));
    assert_int_equal(
        firm_change(f, p.leader, &cox_one_on_one, id, COX_ONE_ON_ONE_LEADER, cox_int(p.eve)),
        COX_DENIED); /* nobody is put in another's place */
}

static void test_a_private_note_is_its_authors(void **state)
{
    struct firm *f = firm_of(state);
    struct pair p = make_pair(f);
    struct cox_private_note note;
    int64_t talk, id;

    OK(add_talk(f, &p, p.leader, FIRM_TODAY, COX_NULL, &talk));
    cox_struct_init(&cox_private_note, &note);
    note.author = p.ada;
    note.other = p.mia;
    note.one_on_one = talk;
    note.text = COX_LIT("What I did not say");
    OK(firm_create(f, p.person, COX_CAUSE_UI, &cox_private_note, &note, &id));
    OK(firm_load(f, p.person, now, &cox_private_note, id, &note));
    assert_true(cox_text_same(note.text, COX_LIT("What I did not say")));
    OK(firm_load(f, p.leader, now, &cox_private_note, id, &note));
    assert_null(note.text.ptr); /* that there is one, not what it says */
    assert_int_not_equal(firm_change(f, p.leader, &cox_private_note, id, COX_PRIVATE_NOTE_TEXT,
                             cox_text_value(COX_LIT("Mine now"))),
        COX_OK);
    assert_int_equal(firm_load(f, p.third, now, &cox_private_note, id, &note), COX_MISSING);

    cox_struct_init(&cox_private_note, &note);
    note.author = p.ada; /* in another's name */
    note.other = p.mia;
    note.one_on_one = talk;
    assert_int_equal(firm_create(f, p.leader, COX_CAUSE_UI, &cox_private_note, &note, NULL),
        COX_DENIED);
    note.author = p.mia;
    note.other = p.eve; /* not of this talk */
    REFUSED(COX_INVALID, "other",
        firm_create(f, p.leader, COX_CAUSE_UI, &cox_private_note, &note, NULL));
    note.author = p.eve;
    note.other = p.ada;
    assert_int_equal(firm_create(f, p.third, COX_CAUSE_UI, &cox_private_note, &note, NULL),
        COX_MISSING); /* Eve does not see the talk */
}

static void test_a_promise_is_kept_or_dropped_with_a_reason(void **state)
{
    struct firm *f = firm_of(state);
    struct pair p = make_pair(f);
    struct cox_action_item item;
    int64_t id;

    cox_struct_init(&cox_action_item, &item);
    item.author = p.mia;
    item.other = p.ada;
    item.text = COX_LIT("Find a mentor");
    item.due_day = FIRM_TODAY + 7;
    OK(firm_create(f, p.leader, COX_CAUSE_UI, &cox_action_item, &item, &id));
    OK(firm_load(f, p.person, now, &cox_action_item, id, &item));
    assert_int_equal(item.owner, p.mia); /* unless said otherwise, one's own promise */
    assert_int_equal(item.created_day, FIRM_TODAY);
    REFUSED(COX_INVALID, "reason",
        firm_change(f, p.leader, &cox_action_item, id, COX_ACTION_ITEM_STATE,
            cox_int(COX_ACTION_ITEM_DROPPED)));
    f->now_us += COX_DAY_US;
    OK(firm_change(f, p.person, &cox_action_item, id, COX_ACTION_ITEM_STATE,
        cox_int(COX_ACTION_ITEM_DONE)));
    OK(firm_load(f, p.leader, now, &cox_action_item, id, &item));
    assert_int_equal(item.done_day, FIRM_TODAY + 1);
    OK(firm_change(f, p.leader, &cox_action_item, id, COX_ACTION_ITEM_STATE,
        cox_int(COX_ACTION_ITEM_OPEN)));
    OK(firm_load(f, p.leader, now, &cox_action_item, id, &item));
    assert_int_equal(item.done_day, COX_NULL);

    item.head.id = 0;
    item.owner = p.eve;
    REFUSED(COX_INVALID, "owner",
        firm_create(f, p.leader, COX_CAUSE_UI, &cox_action_item, &item, NULL));
    assert_int_equal(firm_load(f, p.third, now, &cox_action_item, id, &item), COX_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_a_talk_is_its_two_peoples),
        BOTH(test_a_talk_takes_two_and_its_day),
        BOTH(test_a_private_note_is_its_authors),
        BOTH(test_a_promise_is_kept_or_dropped_with_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
