/*
 * base/zone.h: time zones, read from TZif files (RFC 8536, versions 1 to 4) by our own reader, since
 * the C library's zone is one per process. A zone is constant after opening and may be shared by
 * threads.
 */
#ifndef COX_BASE_ZONE_H
#define COX_BASE_ZONE_H

#include <stdint.h>

#include "base/day.h"
#include "base/err.h"
#include "base/text.h"

struct cox_arena;
struct cox_zone;

/* Always there, without any file. */
const struct cox_zone *cox_zone_utc(void);

/*
 * The zone of an IANA name ("Europe/Berlin") from the system's database (/usr/share/zoneinfo);
 * "UTC", "Z" and "GMT" are built in. Lives in arena. COX_MISSING: no such zone, or the database is
 * not installed, and says which; COX_INVALID: not a name (absolute, "..", odd characters);
 * COX_CORRUPT: the file is no TZif file.
 */
enum cox_rc cox_zone_open(struct cox_text name, struct cox_arena *arena,
    const struct cox_zone **ret_zone, struct cox_err *reterr) COX_NODISCARD;

/* The same from another folder, for tests and own databases. */
enum cox_rc cox_zone_open_in(const char *folder, struct cox_text name, struct cox_arena *arena,
    const struct cox_zone **ret_zone, struct cox_err *reterr) COX_NODISCARD;

/* From the bytes of a TZif file; nothing points into them afterwards. */
enum cox_rc cox_zone_read(struct cox_text bytes, struct cox_text name, struct cox_arena *arena,
    const struct cox_zone **ret_zone, struct cox_err *reterr) COX_NODISCARD;

struct cox_text cox_zone_name(const struct cox_zone *zone);

/*
 * Seconds east of UTC at an instant. Before the first transition the file's first type holds,
 * after the last one its footer (a POSIX TZ text), for ever.
 */
int64_t cox_zone_east_s(const struct cox_zone *zone, int64_t us);

/*
 * The instant at which clocks there show local_us (microseconds since 1970-01-01T00:00 on the wall
 * clock). Shown twice (clocks set back): the first of the two. Never shown (set forward): as if
 * the clock had not been moved yet, which is the gap's length after it (02:30 becomes 03:30).
 */
int64_t cox_zone_instant(const struct cox_zone *zone, int64_t local_us);

/* The civil day there. */
int64_t cox_zone_day(const struct cox_zone *zone, int64_t us);

/* First instant of a day there (00:00, or the end of a gap over midnight). */
int64_t cox_zone_day_start(const struct cox_zone *zone, int64_t day);

/*
 * One text as an instant, in the forms of cox_stamp_parse. Without a zone of its own it is read in
 * zone (NULL: UTC); without a time it is the start of its day there.
 */
enum cox_rc cox_instant_parse(struct cox_text text, const struct cox_date_opt *opt,
    const struct cox_zone *zone, int64_t *ret_us, struct cox_err *reterr) COX_NODISCARD;

/* "2026-03-05T14:15:00+01:00", with ".123456" only where it is not zero. */
enum { COX_LOCAL_SIZE = 36 };
void cox_zone_format(const struct cox_zone *zone, int64_t us, char ret_text[COX_LOCAL_SIZE]);

#endif
