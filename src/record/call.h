/*
 * record/call.h: what the files of this room share: the call, the store, the registry's inside.
 * Nobody outside record/ includes it.
 */
#ifndef COX_RECORD_CALL_H
#define COX_RECORD_CALL_H

#include "base/map.h"
#include "base/zone.h"
#include "record/record.h"

enum { COX_ENTITY_NUMBER_MAX = 4096 };

/* An entity in the registry: the public table and the SQL made from it once. */
struct cox_table_inside {
    struct cox_table table; /* first: a cox_table pointer of the registry is also one of these */
    /* Columns both tables share, quoted: id rev from_us imported [psalt phash] fields folds. */
    struct cox_text columns;
    struct cox_text insert_sql;  /* current, in the order of columns */
    struct cox_text past_sql;    /* past: columns, then to_us, seq_to */
    struct cox_text archive_sql; /* copies current row $3 into past with to_us $1, seq_to $2 */
    struct cox_text tail_sql;    /* the same, into the tail of past (schema.h); SQLite alone */
    struct cox_text drop_sql;    /* current row $1 away */
    struct cox_text get_sql;     /* current row id = $1 as cox_row_read wants it [, psalt, phash] */
    struct cox_text name_sql; /* of current row id = $1: its name, then what route_fields names */
    uint32_t route_fields[4]; /* owner, parent, participants or open, as far as there are */
    unsigned route_count;
    struct cox_text versions_sql; /* past rows of id $1, likewise, then psalt, phash; by from_us */
    bool has_personal;
    bool has_search;
    bool has_tail; /* on SQLite */
    bool is_off;   /* of a feature that is switched off */
};

struct cox_registry {
    struct cox_arena *arena;
    struct cox_table_inside **tables; /* in order of entity number */
    size_t table_count;
    struct cox_table_inside **by_number; /* number -> table, NULL between; number_count of them */
    size_t number_count;
    const struct cox_zone *zone;  /* the company's; never NULL */
    struct cox_text currency;     /* the company's; ptr NULL: not set */
    struct cox_text features_off; /* names, a blank between; ptr NULL: none */
    int64_t schema_seq;           /* log_head.schema_seq it was read at */
    unsigned users;               /* under the store's lock: calls that read it now */
    bool is_old;                  /* swapped out: the last user frees it */
};

/* A field with "<name>_fold" beside it: text that is sorted, searched or the record's name. */
bool cox_field_has_fold(const struct cox_entity *entity, uint32_t field);

/* How a type is stored: 'i', 'r', 't' or 'b', as cox_db_type_name wants it. */
char cox_type_storage(enum cox_type type);

/* Run-time fields as stored, to be put beside the compiled ones. */
struct cox_custom_row {
    uint16_t entity;
    struct cox_field field; /* name is the column "x<id>"; texts live in the registry's arena */
};

/* A registry of these entities and run-time fields. customs may be NULL with count 0. */
enum cox_rc cox_registry_build(const struct cox_entity *const *entities,
    const struct cox_custom_row *customs, size_t custom_count, struct cox_registry **ret_registry,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Every select of versions starts with these columns, then one column a field in table order:
 * id, rev, from_us, to_us, seq_to, imported. From the current table to_us and seq_to are literals.
 */
enum { COX_ROW_COLUMNS = 6 };

/* Digest of anything: BLAKE2b-256. */
enum { COX_DIGEST_SIZE = 32, COX_SALT_SIZE = 16 };

/* One record that a write has touched so far: becomes a log_row. */
struct cox_entry {
    uint16_t entity;
    char op; /* c created, u updated, d deleted, h history put, w withdrawn, e erased */
    int64_t id;
    unsigned char digest[COX_DIGEST_SIZE];
    const struct cox_row *before, *after; /* kept for entities that settle, else NULL */
};

struct cox_commit_state {
    int64_t seq, at_us;
    int64_t next_id;
    struct cox_entry *entries;
    size_t count, room;
    struct cox_imap *by_record;  /* (entity, id) -> index in entries */
    struct cox_imap *known_refs; /* (entity, id) of records seen to exist and to be visible */
    bool is_noted; /* something without a record changed (setting, batch): commit all the same */
    bool is_schema_changed; /* run-time fields or company settings: registries are read anew */
};

/* Key of the two maps: entity numbers stay below 2^12, ids below 2^51. */
static inline int64_t cox_record_key(uint16_t entity, int64_t id)
{
    return (int64_t)(((uint64_t)entity << 51) ^ (uint64_t)id);
}

/* People data that a read has handed out: access.c writes it down. */
struct cox_look {
    uint16_t entity;
    int64_t id, subject;
};
struct cox_looks {
    struct cox_look *rows;
    size_t count, room;
};

/* Somebody's being in the actor's line, as a read has found it out: its rows have few owners. */
enum { COX_LINE_NOTE_COUNT = 8 };
struct cox_line_note {
    int64_t member;
    bool is_in;
};

struct cox_call {
    struct cox_store *store;
    struct cox_db *db;
    struct cox_arena *arena;
    const struct cox_registry *registry;
    struct cox_actor actor;
    struct cox_as_of as_of;      /* resolved: both parts set */
    bool is_now;                 /* current tables alone answer; else versions by as_of */
    int64_t head_seq;            /* newest commit when a read began */
    int64_t now_us;              /* clock at the start; for writes the commit's instant */
    int64_t today;               /* company day of the clock: authority is the actor's now */
    int64_t as_of_day;           /* company day of as_of.at_us */
    const struct cox_zone *zone; /* the registry's, or as this call has set it */
    struct cox_text currency;
    const struct cox_write_opt *write; /* NULL: a read */
    struct cox_commit_state commit;
    struct cox_looks looks;
    struct cox_line_note lines[COX_LINE_NOTE_COUNT]; /* a read's: who is in the actor's line */
    unsigned line_count;
};

/* 32 secret bytes of this store, for signing cursors; made when the store is created. */
const unsigned char *cox_store_key(const struct cox_store *store);

/* Random bytes of the store's source (fixed in tests). */
void cox_store_random(struct cox_store *store, void *bytes, size_t size);

/* Fills a row from a statement whose columns start as COX_ROW_COLUMNS says; texts are copied. */
enum cox_rc cox_row_read(struct cox_arena *arena, const struct cox_table *table,
    struct cox_stmt *stmt, struct cox_row *ret_row, struct cox_err *reterr) COX_NODISCARD;

#endif
