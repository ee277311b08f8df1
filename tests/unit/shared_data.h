/* tests/unit/shared_data.h: the data sets beside the tree, for tests that use them where present. */
#ifndef COX_TESTS_UNIT_SHARED_DATA_H
#define COX_TESTS_UNIT_SHARED_DATA_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* NULL where the data is not there. */
static inline FILE *open_shared(const char *name)
{
    char path[512];
    const char *root = getenv("COX_SHARED");

    for (int i = 0; i < 4; i++) {
        static const char *const beside[] = {"../shared", "../../shared", "../../../shared"};
        (void)snprintf(path, sizeof(path), "%s/data/%s",
            i == 0 && root != NULL ? root : beside[i % 3], name);
        FILE *file = fopen(path, "r");
        if (file != NULL) {
            return file;
        }
    }
    return NULL;
}

/* Field number at (from 0) of a line without quotes; "" past the end. */
static inline const char *field_of(const char *line, int at, char *room, size_t size)
{
    size_t n = 0;

    for (; at > 0 && *line != '\0'; line++) {
        at -= *line == ',';
    }
    while (
        line[n] != '\0' && line[n] != ',' && line[n] != '\n' && line[n] != '\r' && n + 1 < size) {
        room[n] = line[n];
        n++;
    }
    room[n] = '\0';
    return room;
}

/* Days since 1970-01-01 of "YYYY-MM-DD". */
static inline int32_t day_of_text(const char *text)
{
    int y = 0, m = 0, d = 0;

    if (sscanf(text, "%d-%d-%d", &y, &m, &d) != 3) {
        return INT32_MIN;
    }
    y -= m <= 2;
    int era = y / 400, yoe = y - era * 400, doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

#endif
