/* base/zone_read.c: reading TZif files (RFC 8536) and finding them by name. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/zone.h"
#include "base/zone_parts.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"

enum {
    HEADER_SIZE = 44,
    FILE_MAX = 1 << 20, /* the largest known is under 4 KiB, "fat" ones included */
    NAME_MAX_SIZE = 100,
    EAST_MAX_S = 26 * 3600,
};

struct header {
    int version;
    uint32_t utc_count, standard_count, leap_count, time_count, type_count, char_count;
};

static enum cox_rc corrupt(struct cox_err *reterr, const char *what)
{
    return cox_fail(reterr, COX_CORRUPT, "the time zone file is not valid: %s", what);
}

static int64_t big_endian(const unsigned char *bytes, size_t size)
{
    uint64_t value = bytes[0] >= 0x80 ? UINT64_MAX : 0; /* signed */

    for (size_t i = 0; i < size; i++) {
        value = value << 8 | bytes[i];
    }
    return (int64_t)value;
}

static enum cox_rc read_header(struct cox_text bytes, struct header *ret, struct cox_err *reterr)
{
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    uint32_t counts[6];

    if (bytes.size < HEADER_SIZE || memcmp(at, "TZif", 4) != 0) {
        return corrupt(reterr, "it does not start as one");
    }
    for (size_t i = 0; i < COX_COUNT(counts); i++) {
        counts[i] = (uint32_t)big_endian(at + 20 + 4 * i, 4);
    }
    struct header header = {.version = at[4] == '\0' ? 1 : at[4] - '0',
        .utc_count = counts[0],
        .standard_count = counts[1],
        .leap_count = counts[2],
        .time_count = counts[3],
        .type_count = counts[4],
        .char_count = counts[5]};
    if (header.version < 1 || header.version > 9) {
        return corrupt(reterr, "unknown version");
    }
    if (header.type_count == 0 || header.type_count > 256 || header.char_count == 0 ||
        (header.utc_count != 0 && header.utc_count != header.type_count) ||
        (header.standard_count != 0 && header.standard_count != header.type_count)) {
        return corrupt(reterr, "its counts contradict each other");
    }
    *ret = header;
    return COX_OK;
}

/* Bytes of the block behind a header. Counts are 32 bits wide, so the sum fits 64. */
static uint64_t block_size(const struct header *header, uint64_t time_size)
{
    return header->time_count * (time_size + 1) + header->type_count * UINT64_C(6) +
           header->char_count + header->leap_count * (time_size + 4) + header->standard_count +
           header->utc_count;
}

static enum cox_rc read_times(const unsigned char *at, const struct header *header,
    size_t time_size, struct cox_zone *zone, struct cox_arena *arena, struct cox_err *reterr)
{
    int64_t *times = COX_NEW_ARRAY(arena, header->time_count, int64_t);
    uint8_t *type_at = COX_NEW_ARRAY(arena, header->time_count, uint8_t);
    const unsigned char *types = at + header->time_count * time_size;

    if (times == NULL || type_at == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < header->time_count; i++) {
        times[i] = big_endian(at + i * time_size, time_size);
        type_at[i] = types[i];
        if (i > 0 && times[i] <= times[i - 1]) {
            return corrupt(reterr, "its transitions are not in order");
        }
        if (type_at[i] >= header->type_count) {
            return corrupt(reterr, "a transition names a type that is not there");
        }
    }
    zone->times = times;
    zone->type_at = type_at;
    zone->time_count = header->time_count;
    return COX_OK;
}

static enum cox_rc read_types(const unsigned char *at, const struct header *header,
    struct cox_zone *zone, struct cox_arena *arena, struct cox_err *reterr)
{
    struct zone_type *types = COX_NEW_ARRAY(arena, header->type_count, struct zone_type);

    if (types == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < header->type_count; i++) {
        types[i].east_s = big_endian(at + 6 * i, 4);
        if (types[i].east_s < -EAST_MAX_S || types[i].east_s > EAST_MAX_S) {
            return corrupt(reterr, "an offset is more than 26 hours");
        }
    }
    zone->types = types;
    zone->type_count = header->type_count;
    return COX_OK;
}

/* The text between two newlines behind the second block; empty: no rule. */
static enum cox_rc read_footer(struct cox_text rest, struct cox_zone *zone, struct cox_err *reterr)
{
    if (rest.size < 2 || rest.ptr[0] != '\n') {
        return corrupt(reterr, "its end is missing");
    }
    const char *end = memchr(rest.ptr + 1, '\n', rest.size - 1);
    if (end == NULL) {
        return corrupt(reterr, "its end is missing");
    }
    struct cox_text text = {rest.ptr + 1, (size_t)(end - rest.ptr) - 1};
    if (text.size == 0) {
        return COX_OK;
    }
    zone->has_rule = true;
    return zone_rule_parse(text, &zone->rule, reterr);
}

enum cox_rc cox_zone_read(struct cox_text bytes, struct cox_text name, struct cox_arena *arena,
    const struct cox_zone **ret_zone, struct cox_err *reterr)
{
    struct cox_zone *zone = COX_NEW(arena, struct cox_zone);
    struct cox_text rest = bytes;
    struct header header;
    size_t time_size = 4;

    if (zone == NULL) {
        return cox_no_memory(reterr);
    }
    zone->name = cox_arena_text(arena, name);
    if (name.ptr != NULL && zone->name.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_header(rest, &header, reterr));
    if (header.version >= 2) { /* the first block repeats the second in 32 bits: skip it */
        uint64_t skip = HEADER_SIZE + block_size(&header, 4);
        if (skip > rest.size) {
            return corrupt(reterr, "it is cut short");
        }
        rest = (struct cox_text){rest.ptr + skip, rest.size - (size_t)skip};
        COX_TRY(read_header(rest, &header, reterr));
        time_size = 8;
    }
    uint64_t size = HEADER_SIZE + block_size(&header, time_size);
    if (size > rest.size) {
        return corrupt(reterr, "it is cut short");
    }
    if (header.leap_count > 0) {
        return cox_fail(reterr, COX_UNSUPPORTED,
            "this time zone file counts leap seconds: use the one outside the folder \"right\"");
    }
    const unsigned char *at = (const unsigned char *)rest.ptr + HEADER_SIZE;
    COX_TRY(read_times(at, &header, time_size, zone, arena, reterr));
    COX_TRY(read_types(at + header.time_count * (time_size + 1), &header, zone, arena, reterr));
    if (time_size == 8) {
        COX_TRY(read_footer((struct cox_text){rest.ptr + size, rest.size - (size_t)size}, zone,
            reterr));
    }
    *ret_zone = zone;
    return COX_OK;
}

/* Letters, figures, + - _ in parts with a slash between; no part starts with a dot or is empty. */
static bool is_name(struct cox_text name)
{
    bool is_start = true;

    if (name.size == 0 || name.size > NAME_MAX_SIZE) {
        return false;
    }
    for (size_t i = 0; i < name.size; i++) {
        char c = name.ptr[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '_';
        if (!is_plain && (is_start || c != '/')) {
            return false;
        }
        is_start = c == '/';
    }
    return !is_start;
}

static enum cox_rc read_file(int fd, char *ret_bytes, size_t room, size_t *ret_size,
    struct cox_err *reterr)
{
    size_t size = 0;

    while (size < room) {
        ssize_t got = read(fd, ret_bytes + size, room - size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return cox_fail(reterr, COX_IO, "reading the time zone file failed: %s",
                strerror(errno));
        }
        if (got == 0) {
            break;
        }
        size += (size_t)got;
    }
    *ret_size = size;
    return COX_OK;
}

static enum cox_rc absent(const char *folder, struct cox_text name, struct cox_err *reterr)
{
    struct stat status;

    if (stat(folder, &status) != 0) {
        return cox_fail(reterr, COX_MISSING,
            "the time zone \"%.*s\" needs the time zone database, which is not installed here "
            "(Debian package tzdata); UTC works without it",
            (int)name.size, name.ptr);
    }
    return cox_fail(reterr, COX_MISSING, "there is no time zone \"%.*s\"", (int)name.size,
        name.ptr);
}

static enum cox_rc read_named(int fd, struct cox_text name, struct cox_arena *arena,
    const struct cox_zone **ret_zone, struct cox_err *reterr)
{
    struct stat status;
    size_t size = 0;

    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        return cox_fail(reterr, COX_MISSING, "there is no time zone \"%.*s\"", (int)name.size,
            name.ptr);
    }
    if (status.st_size > FILE_MAX) {
        return corrupt(reterr, "it is too large");
    }
    char *bytes = cox_arena_alloc(arena, (size_t)status.st_size);
    if (bytes == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_file(fd, bytes, (size_t)status.st_size, &size, reterr));
    return cox_zone_read((struct cox_text){bytes, size}, name, arena, ret_zone, reterr);
}

enum cox_rc cox_zone_open_in(const char *folder, struct cox_text name, struct cox_arena *arena,
    const struct cox_zone **ret_zone, struct cox_err *reterr)
{
    char path[4096];

    if (cox_text_same(name, COX_LIT("UTC")) || cox_text_same(name, COX_LIT("Z")) ||
        cox_text_same(name, COX_LIT("GMT"))) {
        *ret_zone = cox_zone_utc();
        return COX_OK;
    }
    if (!is_name(name)) {
        return cox_fail(reterr, COX_INVALID,
            "this is not the name of a time zone; names look like Europe/Berlin or UTC");
    }
    int length = snprintf(path, sizeof(path), "%s/%.*s", folder, (int)name.size, name.ptr);
    if (length < 0 || (size_t)length >= sizeof(path)) {
        return cox_fail(reterr, COX_INVALID, "the folder of time zones has too long a name");
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return absent(folder, name, reterr);
    }
    enum cox_rc rc = read_named(fd, name, arena, ret_zone, reterr);
    (void)close(fd); /* only read from */
    return rc;
}

enum cox_rc cox_zone_open(struct cox_text name, struct cox_arena *arena,
    const struct cox_zone **ret_zone, struct cox_err *reterr)
{
    return cox_zone_open_in(ZONE_FOLDER, name, arena, ret_zone, reterr);
}
