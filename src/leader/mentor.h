/*
 * leader/mentor.h: mentoring and peer meetings: a programme with its rules, who takes part and what for, pairs that
 * are drawn by lot near the best (kernel/match), and their meetings. Pairs begin in waves by lot, so that
 * those who have not begun yet show what would have been.
 *
 * What somebody asks for or offers is between them and who runs the programme; a pair is read by its two people and
 * who runs it. Looks are written down as with all people data.
 */
#ifndef COX_LEADER_MENTOR_H
#define COX_LEADER_MENTOR_H

#include "record/record.h"

enum cox_programme_kind { COX_MENTORING, COX_PEER_MEETINGS };
enum cox_programme_state { COX_PROGRAMME_OPEN, COX_PROGRAMME_DRAWN, COX_PROGRAMME_ENDED };

enum {
    COX_PROGRAMME_NAME,
    COX_PROGRAMME_KIND,
    COX_PROGRAMME_ORGANISER,
    COX_PROGRAMME_HELP,
    COX_PROGRAMME_FROM_DAY,
    COX_PROGRAMME_STATE,
    COX_PROGRAMME_OTHER_TEAM,
    COX_PROGRAMME_OTHER_LINE,
    COX_PROGRAMME_SLACK_PCT,
    COX_PROGRAMME_WAVE_COUNT,
    COX_PROGRAMME_WAVE_MONTHS,
    COX_PROGRAMME_SEED, /* from here on: what the draw has left behind */
    COX_PROGRAMME_DRAWN_DAY,
    COX_PROGRAMME_PAIR_COUNT,
    COX_PROGRAMME_SCORE,
    COX_PROGRAMME_BEST_SCORE,
    COX_PROGRAMME_BOUND,
    COX_PROGRAMME_FIELD_COUNT
};

struct cox_programme {
    struct cox_head head;
    struct cox_text name;
    int64_t kind, organiser;
    struct cox_text help;
    int64_t from_day, state;
    int64_t other_team, other_line, slack_pct, wave_count, wave_months;
    int64_t seed, drawn_day, pair_count, score, best_score, bound;
};
extern const struct cox_entity cox_programme;

enum cox_member_side { COX_SIDE_MENTOR, COX_SIDE_MENTEE, COX_SIDE_PEER };

enum {
    COX_MEMBER_AUTHOR,
    COX_MEMBER_OTHER,
    COX_MEMBER_PROGRAMME,
    COX_MEMBER_PERSON,
    COX_MEMBER_SIDE,
    COX_MEMBER_WANTED,
    COX_MEMBER_OFFERED,
    COX_MEMBER_CAPACITY,
    COX_MEMBER_HAS_LEFT,
    COX_MEMBER_FIELD_COUNT
};

/* Two people: who takes part, and who runs the programme; either of them writes it. */
struct cox_member {
    struct cox_head head;
    int64_t author, other, programme, person, side, wanted, offered, capacity, has_left;
};
extern const struct cox_entity cox_member;

enum {
    COX_APART_AUTHOR,
    COX_APART_OTHER,
    COX_APART_PROGRAMME,
    COX_APART_ONE,
    COX_APART_TWO,
    COX_APART_FIELD_COUNT
};

/* These two shall not be a pair: said by one of them to who runs it, or noted by that one alone. */
struct cox_apart {
    struct cox_head head;
    int64_t author, other, programme, one, two;
};
extern const struct cox_entity cox_apart;

enum {
    COX_PAIR_PROGRAMME,
    COX_PAIR_ORGANISER,
    COX_PAIR_MENTOR,
    COX_PAIR_MENTEE,
    COX_PAIR_SKILL,
    COX_PAIR_WAVE,
    COX_PAIR_START_DAY,
    COX_PAIR_END_DAY,
    COX_PAIR_FIELD_COUNT
};

struct cox_pair {
    struct cox_head head;
    int64_t programme, organiser, mentor, mentee; /* of peers: one and the other */
    int64_t skill, wave, start_day, end_day;
};
extern const struct cox_entity cox_pair;

enum {
    COX_PAIR_MEETING_PAIR,
    COX_PAIR_MEETING_DAY,
    COX_PAIR_MEETING_MINUTES,
    COX_PAIR_MEETING_FIELD_COUNT
};

struct cox_pair_meeting {
    struct cox_head head;
    int64_t pair, day, minutes;
};
extern const struct cox_entity cox_pair_meeting;

#endif
