#!/bin/sh
# The first part of `./do run`: make samples that carry what must not pass, clean them, show what came of it.
set -eu
sekisho=$1
root=$(CDPATH='' cd "$(dirname "$0")/.." && pwd)
work=$root/build/demo
rm -rf "$work"
mkdir -p "$work/in" "$work/out"
python3 "$root/tests/samples.py" "$work/in"

printf '\n== The jails of this machine\n'
"$sekisho" selftest

printf '\n== Cleaning build/demo/in\n'
status=0
"$sekisho" clean --report "$work/report.jsonl" -o "$work/out" "$work/in" || status=$?
[ "$status" = 1 ] || { # 1: the program among the samples is refused, everything else is clean
	printf 'the demonstration failed: exit %s, expected 1\n' "$status" >&2
	exit 1
}

printf '\n== The clean files: build/demo/out   the report: build/demo/report.jsonl\n'
ls -l "$work/out"
if grep -rlq PLANTED "$work/out"; then
	printf 'the demonstration failed: something planted is left\n' >&2
	exit 1
fi
