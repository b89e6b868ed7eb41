#!/bin/sh
# Everything `./do lint` looks at; closes with "N passed, N failed" and exits 1 when any of it is not as it should be.
set -u
cd "$(dirname "$0")/.."
passed=0 failed=0
sources=$(git ls-files 'src/*.c' 'src/*.h' 'include/*.h' 'bench/*.c' 'doc/*.c')
compiled=$(git ls-files 'src/*.c' | grep -v -e '/fuzz-' -e 'fuzz-replay')

# step NAME COMMAND...: run it, remember a failure
step() {
	name=$1
	shift
	if "$@"; then
		printf 'ok    %s\n' "$name"
		passed=$((passed + 1))
	else
		printf 'FAIL  %s\n' "$name"
		failed=$((failed + 1))
	fi
}

format() {
	# shellcheck disable=SC2086
	clang-format --dry-run -Werror $sources
}

# Style opinions are off; what is left are findings about behaviour.
# - missingIncludeSystem: the system's headers are not analysed
# - unusedStructMember, unusedFunction: seen one file at a time everything public is unused
# - normalCheckLevelMaxBranches: an informational notice
# - autoVariables, returnDanglingLifetime: pointers to a caller's locals are lent for the time of a call
# - uninitvar: gcc, -ftrivial-auto-var-init and the sanitizers see it better
static_analysis() {
	cppcheck --quiet --error-exitcode=1 --std=c17 --enable=warning,portability --inline-suppr -j "$(nproc)" \
		--suppress=missingIncludeSystem --suppress=unusedStructMember --suppress=normalCheckLevelMaxBranches \
		--suppress=autoVariables --suppress=returnDanglingLifetime --suppress=uninitvar \
		--library=tests/cppcheck.cfg -D__x86_64__ -D_GNU_SOURCE -Isrc -Iinclude --template='{file}:{line}: {id}: {message}' src
}

# The checks and the reasons for those left out stand in .clang-tidy.
# A clang-tidy that ends badly has said nothing about its files; xargs tells by its status.
tidy() {
	said=$(mktemp)
	# shellcheck disable=SC2086
	printf '%s\n' $compiled | xargs -P "$(nproc)" -n 8 clang-tidy --quiet -p build \
		--extra-arg=-Wno-unknown-warning-option --extra-arg=-enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang >"$said" 2>&1
	status=$?
	grep -E 'warning:|error:|terminated by signal|Stack dump' "$said" || [ $status = 0 ] || tail -n 20 "$said"
	! grep -qE 'warning:|error:' "$said" && [ $status = 0 ]
	result=$?
	rm -f "$said"
	return $result
}

# banned.h is in force everywhere, and nothing undoes it.
banned() {
	! git grep -nE '#\s*undef\s+(strcpy|strcat|sprintf|strtok|gets|atoi|system|popen)' -- src ':!src/base/banned.h' &&
		grep -q "'-include'.*" src/meson.build
}

translations() {
	left=$(msgfmt --check-format -o /dev/null --statistics po/ja.po 2>&1)
	printf '%s\n' "$left"
	case $left in *untranslated* | *fuzzy*) return 1 ;; esac
	xgettext --language=C --keyword=_ --keyword=N_ --keyword=SK_CODE:3 --keyword=SK_FT:5 --keyword=SK_DIAG:4 \
		--keyword=SK_WHY:3 --keyword=SK_FACT:3 --from-code=UTF-8 \
		-o build/lint.pot -f po/POTFILES
	msgcmp --use-untranslated po/ja.po build/lint.pot >/dev/null 2>&1 || {
		printf 'po/ja.po lacks sentences of the sources: run ./do po\n'
		return 1
	}
}

# The pages: types, and what web/tools/lint.mjs says. Sentences without Japanese fail their tests.
web() {
	[ -d web/node_modules ] || {
		printf 'web/node_modules is not there: ./do build says why\n'
		return 1
	}
	npm --prefix web run --silent lint
}

manuals() {
	mandoc -T lint -W warning man/*.[0-9]
}

step format format
step cppcheck static_analysis
step clang-tidy tidy
step layers python3 tests/layers.py
step openapi python3 tests/openapi.py --check
step banned banned
step translations translations
step manuals manuals
step web web
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
