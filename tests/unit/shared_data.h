/* tests/unit/shared_data.h: the data sets beside the tree, for tests that use them where present. */
#ifndef COX_TESTS_UNIT_SHARED_DATA_H
#define COX_TESTS_UNIT_SHARED_DATA_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SHARED_PATH_SIZE = 512 };

/* Where a file of the shared data is (COX_SHARED names the folder); false where it is not there. */
static inline bool find_shared(const char *name, char ret_path[SHARED_PATH_SIZE])
{
    const char *const roots[] = {getenv("COX_SHARED"), "../shared", "../../shared",
        "../../../shared"};

    for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
        if (roots[i] == NULL) {
            continue;
        }
        (void)snprintf(ret_path, SHARED_PATH_SIZE, "%s/data/%s", roots[i], name); /* cut: absent */
        if (access(ret_path, R_OK) == 0) {
            return true;
        }
    }
    return false;
}

/* NULL where the data is not there. */
static inline FILE *open_shared(const char *name)
{
    char path[SHARED_PATH_SIZE];

    return find_shared(name, path) ? fopen(path, "r") : NULL;
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
