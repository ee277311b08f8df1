#!/bin/sh
# tests/cli/docs.sh: pages made from the command tables are up to date and well-formed. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
program=${COX_BUILD:-build/test}/src/command/coxswain
number=0
check() {
    number=$((number + 1))
    if [ "$2" = 0 ]; then echo "ok $number - $1"; else echo "not ok $number - $1"; fi
}

echo 1..5
"$program" help --man | cmp -s - docs/coxswain.1
check 'docs/coxswain.1 (else: tools/update-docs)' $?
"$program" help --bash | cmp -s - docs/coxswain.bash
check 'docs/coxswain.bash (else: tools/update-docs)' $?
bash -n docs/coxswain.bash
check 'the completion script is valid' $?
# shellcheck disable=SC3001
words=$(bash -c '. docs/coxswain.bash; COMP_WORDS=(coxswain user de); COMP_CWORD=2; _coxswain; echo "${COMPREPLY[*]}"')
[ "$words" = deactivate ]
check 'it completes a word' $?
wide=$("$program" help | awk 'length > 100')
for command in $("$program" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    wide=$wide$("$program" help "$command" | awk 'length > 100')
    "$program" help "$command" | grep -q '^  \$ coxswain' || wide="$wide $command: no example"
done
[ -z "$wide" ]
check 'every command explains itself with an example, within 100 columns' $?
[ -z "$wide" ] || printf '# %s\n' "$wide"
