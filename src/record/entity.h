/*
 * record/entity.h: how an entity is declared. An entity is static tables; storage, rights, history,
 * import, export, search and screens follow from them. Rules: docs/record-engine.md.
 */
#ifndef COX_RECORD_ENTITY_H
#define COX_RECORD_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct cox_call;
struct cox_row;

/* "No value" in typed structs: COX_NULL for whole numbers, NaN for reals, ptr NULL for text. */
#define COX_NULL INT64_MIN

enum cox_type {
    COX_TEXT = 1, /* UTF-8, trimmed; an empty text is stored as no value */
    COX_INT,
    COX_REAL,
    COX_BOOL,    /* 0 or 1 */
    COX_MONEY,   /* minor units of the row's currency (entity->currency_field), within +-9e15 */
    COX_DATE,    /* days since 1970-01-01 */
    COX_INSTANT, /* microseconds since 1970-01-01T00:00Z */
    COX_CHOICE,  /* position in choices */
    COX_REF,     /* id of a record of ref */
    COX_BYTES,   /* for content only: never filtered, sorted or searched */
    COX_TYPE_COUNT
};

enum cox_field_flag {
    COX_REQUIRED = 1 << 0, /* save refuses a row without it */
    COX_SORTED = 1 << 1,   /* indexed for lists as things are now */
    COX_SEARCHED = 1 << 2, /* its words are found by search */
    COX_PERSONAL =
        1 << 3, /* about a person: hashed apart, nulled by erasure; never changes for a field */
    COX_PRIVATE = 1 << 4, /* only the row's author (first participant) ever reads it */
    COX_UNIQUE = 1 << 5,  /* one live record per folded value (user e-mail only) */
    COX_FIXED = 1 << 6,   /* set when created, never changed */
    COX_SYSTEM = 1 << 7,  /* set by code (check, jobs), refused from outside */
    COX_RETIRED = 1 << 8, /* no longer shown or written; old versions keep it */
    /* With SORTED: lists as of any instant come in this order too, however many versions there are.
     * Every save pays for it: the two or three orders that people ask the past for. */
    COX_SORTED_PAST = 1 << 9,
};

/* Position in the array is what is stored: append only. Ends with {0}. */
struct cox_choice {
    const char *name;  /* in the API: lower_case */
    const char *label; /* for people */
    const char *alias; /* other spellings on import, '|' between them; may be NULL */
};

enum cox_on_delete { COX_REFUSE, COX_SET_NULL, COX_CASCADE };

enum { COX_SALESFORCE, COX_HUBSPOT, COX_ZOHO, COX_VENDOR_COUNT };

/* On what ground data about a person is held: GDPR, article 6(1). */
enum cox_basis {
    COX_BASIS_NONE,     /* field: the entity's; entity: holds nothing about people */
    COX_BASIS_CONSENT,  /* (a) the person agreed */
    COX_BASIS_CONTRACT, /* (b) a contract with the person, of employment too */
    COX_BASIS_DUTY,     /* (c) the law asks for it */
    COX_BASIS_INTEREST, /* (f) a legitimate interest that the person's do not outweigh */
    COX_BASIS_COUNT
};

/* Why and how long an entity holds data about people, where a field does not say otherwise; record/keep.h. */
struct cox_keeping {
    const char *purpose;
    enum cox_basis basis;
    uint32_t months; /* after its last change its personal values are erased; 0: only when asked */
};

/* One column. Position in entity->fields is its id in digests: append only, retire, never reuse. */
struct cox_field {
    const char *name;  /* column and API name */
    const char *label; /* for people; NULL: made from name */
    const char *was;   /* former name, for the migration */
    enum cox_type type;
    unsigned flags;
    int64_t min, max; /* TEXT: bytes at most (0: 255). INT, MONEY, REAL: bounds when max > min */
    int64_t per_unit; /* INT in other people's files: so many to what they call one; 0: the same */
    const struct cox_choice *choices;
    const struct cox_entity *ref;
    enum cox_on_delete on_delete; /* REF: what deleting the other record does to this one */
    size_t at;                    /* 1 + offset in the typed struct, by COX_AT_...; 0: not in it */
    /* Vendor names on import, '|' between several; API names first, then labels of CSV exports. */
    const char *alias[COX_VENDOR_COUNT];
    const char *also;     /* other usual headers in files of no known vendor, '|' between */
    const char *help;     /* one sentence for people */
    const char *purpose;  /* PERSONAL: why we hold it; docs and the record of processing show it */
    enum cox_basis basis; /* PERSONAL: when it is not the entity's */
    uint32_t months; /* PERSONAL, not REQUIRED: goes so long after the record's last change, where
                              that is earlier than the entity's keep.months; 0: with the entity */
    uint32_t custom_id; /* 0: compiled; else id of the custom_field record, column "x<id>" */
};

/* Is it part of what lists, files and the API's description show? Retired fields and contents are not. */
static inline bool cox_field_is_shown(const struct cox_field *field)
{
    return (field->flags & COX_RETIRED) == 0 && field->type != COX_BYTES;
}

/* Offsets that only compile when the member has the C type of the field's type. */
#define COX_AT_TYPED(structure, member, ctype)                                                     \
    (1 + offsetof(structure, member) + 0 * sizeof(struct {                                         \
        _Static_assert(_Generic(((structure *)0)->member, ctype : 1, default : 0),                 \
            "member has the wrong type");                                                          \
        int unused_;                                                                               \
    }))
#define COX_AT_INT(structure, member)  COX_AT_TYPED(structure, member, int64_t)
#define COX_AT_REAL(structure, member) COX_AT_TYPED(structure, member, double)
#define COX_AT_TEXT(structure, member) COX_AT_TYPED(structure, member, struct cox_text)

/* Who may reach a row, before grants are looked at. */
enum cox_reach {
    COX_REACH_LINE,         /* by owner, line below, share, membership or parent */
    COX_REACH_COMPANY,      /* everybody signed in (products, stages, calendar, users' names) */
    COX_REACH_PARTICIPANTS, /* people entities: only the two people named by participant fields */
    /* People entities about one person, the owner: by grants the owner and who leads the owner's line today
     * (for any instant), and whom the participant fields name, who read and change. Owner and participants
     * are COX_FIXED, no grant is COX_ALL, and who looked is written down. */
    COX_REACH_PERSON,
};

enum cox_role {
    COX_REP,
    COX_MANAGER,
    COX_LEADER,
    COX_EXECUTIVE,
    COX_ADMIN,
    COX_COUNCIL,  /* the works council: reads who looked at whose data, and no record of it */
    COX_OPERATOR, /* the command line: an administrator without people entities */
    COX_ROLE_COUNT
};
#define COX_ROLE_BIT(role) (1u << (unsigned)(role))

enum cox_verb { COX_READ, COX_CREATE, COX_CHANGE, COX_REMOVE, COX_VERB_COUNT };

/* How far a role reaches within COX_REACH_LINE. LINE includes OWN. */
enum cox_extent { COX_NONE, COX_OWN, COX_LINE, COX_ALL };

/* What a role may do; roles without a row may nothing. OPERATOR and ADMIN need rows too. */
struct cox_grant {
    unsigned roles; /* COX_ROLE_BIT(...) | ... */
    enum cox_extent read, create, change, remove;
};

/* Records of another entity that make their user see this one (splits, team members). */
struct cox_membership {
    const struct cox_entity *entity;
    uint32_t record_field, user_field; /* fields of that entity: REF to this one, REF to a user */
};

enum cox_cause {
    COX_CAUSE_UI,
    COX_CAUSE_API,
    COX_CAUSE_IMPORT,
    COX_CAUSE_SYNC,
    COX_CAUSE_RULE,
    COX_CAUSE_JOB,
    COX_CAUSE_CLI,
    COX_CAUSE_UNDO,
    COX_CAUSE_ERASE,
    COX_CAUSE_MIGRATE,
    COX_CAUSE_RESTORE,
    COX_CAUSE_COUNT
};

/*
 * The one rule of an entity, run on every path. before is NULL for a new row, after is NULL for a
 * removal. May read through call, fill derived fields of after (cox_row_set_...), and refuse;
 * never writes. fields it refuses are named in reterr. COX_REQUIRED is looked at after it, so that a
 * check may fill such a field. For a version of put_history, before is the version before it, and
 * after has its from_us and imported set.
 */
typedef enum cox_rc (*cox_check_fn)(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr);

/* One record of an entity as a call leaves it; before NULL: it is new, after NULL: removed. */
struct cox_edit {
    int64_t id;
    const struct cox_row *before, *after;
};

/*
 * Run once at the end of a call that changed records of the entity (every path, waived causes
 * too), in the same savepoint: for what must hold across rows (splits sum to 100 %) and for
 * derived tables (the closure of reporting lines). May refuse; the whole call then fails.
 * Only entities that have one pay for the list.
 */
typedef enum cox_rc (*cox_settle_fn)(struct cox_call *call, const struct cox_edit *edits,
    size_t count, struct cox_err *reterr);

#define COX_NO_FIELD UINT32_MAX

struct cox_entity {
    const char *name;   /* table and API name in the singular: "opportunity" */
    const char *plural; /* API path: "opportunities" */
    const char *label, *label_plural;
    const char *was;
    uint16_t number; /* stable forever: what the log stores; ranges in feature.h */
    const struct cox_field *fields;
    uint32_t field_count;
    size_t struct_size; /* typed struct; its first member is struct cox_head */
    enum cox_reach reach;
    uint32_t name_field;  /* shown where a record is referenced */
    uint32_t owner_field; /* REF to user, or COX_NO_FIELD */
    bool
        fills_owner; /* the check gives a new row without owner one: whoever may create own ones may */
    uint32_t parent_field;   /* REF: visible where the parent is, or COX_NO_FIELD */
    uint32_t currency_field; /* TEXT code of the row's MONEY fields, or COX_NO_FIELD */
    uint32_t
        participant[2]; /* REACH_PARTICIPANTS: REFs to users, the author first; REACH_PERSON: REFs
                                to users or COX_NO_FIELD */
    uint32_t
        open_field; /* 1 + a BOOL field: who has any grant to read reads the rows in which it is
                            true (as of T: was true then); 0: none. Not with people entities */
    struct cox_membership member;
    const struct cox_grant *grants; /* ends with {0}; unused for REACH_PARTICIPANTS */
    cox_check_fn check;
    cox_settle_fn settle;    /* NULL: nothing holds across rows */
    struct cox_keeping keep; /* of entities that hold anything about people */
    unsigned waived_causes;  /* 1u << cause: check is not run (undo of data older than a rule) */
    const char *external_alias[COX_VENDOR_COUNT]; /* vendor object names, '|' between several */
    const char *also;                             /* other words for it in file names, headers */
    const char *help;
};

/* Is who sees it a matter of people, not of roles alone? Its children are people's too. */
static inline bool cox_entity_is_people(const struct cox_entity *entity)
{
    return entity->reach == COX_REACH_PARTICIPANTS || entity->reach == COX_REACH_PERSON;
}

/* First member of every typed struct. */
struct cox_head {
    int64_t id, rev;
};

/* COX_SORTED, COX_REF fields and the owner get indexes; this says whether a field has one. */
bool cox_field_is_indexed(const struct cox_entity *entity, uint32_t field);

#endif
