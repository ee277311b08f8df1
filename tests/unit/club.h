/*
 * tests/unit/club.h: a small club for tests of rights and lists: members, houses with guests,
 * visits to houses, notes between two people, remarks on notes, reviews of a person. One entity of every reach, one
 * field of every type, in no sales words.
 */
#ifndef COX_TESTS_UNIT_CLUB_H
#define COX_TESTS_UNIT_CLUB_H

#include "record/record.h"

extern const struct cox_entity club_person, club_house, club_guest, club_visit, club_note,
    club_remark, club_review;
extern const struct cox_entity *const club_entities[]; /* in the order of the enum below */
enum {
    CLUB_PERSON,
    CLUB_HOUSE,
    CLUB_GUEST,
    CLUB_VISIT,
    CLUB_NOTE,
    CLUB_REMARK,
    CLUB_REVIEW,
    CLUB_COUNT
};

enum { CLUB_PERSON_NAME, CLUB_PERSON_COUNT };
enum { CLUB_HOUSE_NAME, CLUB_HOUSE_OWNER, CLUB_HOUSE_HEIGHT, CLUB_HOUSE_COUNT };
enum { CLUB_GUEST_HOUSE, CLUB_GUEST_USER, CLUB_GUEST_LABEL, CLUB_GUEST_COUNT };
enum {
    CLUB_VISIT_TITLE,
    CLUB_VISIT_OWNER,
    CLUB_VISIT_HOUSE,
    CLUB_VISIT_DAY,
    CLUB_VISIT_SEEN_AT,
    CLUB_VISIT_COST,
    CLUB_VISIT_PAID,
    CLUB_VISIT_RATING,
    CLUB_VISIT_KIND,
    CLUB_VISIT_MEMO,
    CLUB_VISIT_OLD,
    CLUB_VISIT_PHOTO,
    CLUB_VISIT_SECRET,
    CLUB_VISIT_CURRENCY,
    CLUB_VISIT_COUNT
};
enum { CLUB_NOTE_AUTHOR, CLUB_NOTE_OTHER, CLUB_NOTE_TEXT, CLUB_NOTE_PRIVATE, CLUB_NOTE_COUNT };
enum { CLUB_REMARK_NOTE, CLUB_REMARK_TEXT, CLUB_REMARK_COUNT };
enum { CLUB_REVIEW_ABOUT, CLUB_REVIEW_WITNESS, CLUB_REVIEW_TEXT, CLUB_REVIEW_COUNT };

#endif
