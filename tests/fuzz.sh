#!/bin/sh
# Run each fuzzer (or one) for some seconds on its seeds; findings lie in build-fuzz/findings. ./do fuzz
set -eu
seconds=${1:-60}
only=${2:-}
cd "$(dirname "$0")/.."
failed=0
for exe in build-fuzz/src/fuzz-*; do
	[ -x "$exe" ] && [ -f "$exe" ] || continue
	name=${exe##*/fuzz-}
	[ -z "$only" ] || [ "$only" = "$name" ] || continue
	corpus=build-fuzz/corpus/$name
	findings=build-fuzz/findings/$name/
	mkdir -p "$corpus" "$findings" "tests/seeds/$name"
	set -- "$corpus" "tests/seeds/$name" -max_total_time="$seconds" -rss_limit_mb=2500 -timeout=25 \
		-artifact_prefix="$findings" -print_final_stats=1
	[ ! -f "tests/seeds/$name.dict" ] || set -- "$@" -dict="tests/seeds/$name.dict"
	if "$exe" "$@" >"build-fuzz/$name.log" 2>&1; then
		printf 'ok    %-20s %s runs\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "build-fuzz/$name.log")"
	else
		printf 'FOUND %-20s see build-fuzz/%s.log and %s\n' "$name" "$name" "$findings"
		failed=1
	fi
done
exit $failed
