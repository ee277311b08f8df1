/* tests/unit/check.h: cmocka with the headers it wants before it, in the order it wants them. */
#ifndef COX_TESTS_UNIT_CHECK_H
#define COX_TESTS_UNIT_CHECK_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
