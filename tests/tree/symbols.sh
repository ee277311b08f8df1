#!/bin/sh
# tests/tree/symbols.sh: kernels compute and nothing else: what their libraries leave undefined is on
# a short list; base/random.h, which computes too, is on it. COX_BUILD names the build folder. Prints TAP.
set -eu
cd "$(dirname "$0")/../.."
build=${COX_BUILD:-build/test}

# check: reads "nm" lines of all libraries and prints the undefined names that are not allowed.
check() {
    awk '
    BEGIN {
        n = split("acos asin atan atan2 cbrt ceil cos cosh erf erfc exp exp2 expm1 fabs floor fma fmax fmin " \
            "fmod frexp hypot ldexp lgamma lgamma_r llround log log10 log1p log2 lround modf nearbyint pow rint " \
            "round cabs carg cexp clog creal cimag cpow csqrt __muldc3 __divdc3 scalbn sin sincos sinh sqrt tan tanh tgamma trunc " \
            "memcpy memset memcmp memmove strlen cox_fail cox_fail_at __assert_fail " \
            "__stack_chk_fail __memcpy_chk __memset_chk __memmove_chk _GLOBAL_OFFSET_TABLE_", list, " ")
        for (i = 1; i <= n; i++) { allowed[list[i]]; allowed[list[i] "f"] } # sqrt and sqrtf
    }
    /^[^ ]*\.a:|^$|^[^ ]*:$/ { next }
    $1 == "U" { undefined[$2]; next }
    $2 ~ /^[TDRBWV]$/ { defined[$3] }
    $1 ~ /^[wv]$/ { undefined[$2] }
    END {
        for (name in undefined)
            if (!(name in allowed) && !(name in defined) && name !~ /^(__(asan|ubsan|sanitizer)_|cox_random_)/) print name
    }' | sort
}

echo 1..2
if [ "$(printf '                 U malloc\n                 U sqrt\n0000 T cox_x\n     U cox_x\n' | check)" = malloc ]; then
    echo 'ok 1 - a planted malloc is found'
else
    echo 'not ok 1 - a planted malloc is found'
fi
libraries=$(find "$build/src/kernel" -name '*.a' 2>/dev/null | sort)
if [ -z "$libraries" ]; then
    echo 'not ok 2 # SKIP no kernel has been built'
    exit 0
fi
found=$(nm $libraries 2>/dev/null | check)
if [ -z "$found" ]; then
    echo 'ok 2 - kernels need only arithmetic'
else
    echo 'not ok 2 - kernels need only arithmetic'
    for name in $found; do
        for library in $libraries; do
            nm -A "$library" 2>/dev/null | grep " [Uwv] $name\$" | sed "s/^/# /" | head -n 2
        done
    done
fi
