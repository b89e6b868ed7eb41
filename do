#!/bin/sh
# The one script of the project: ./do help
set -eu
cd "$(dirname "$0")"

# Debian 12 packages: to build; to test (independent readers and servers); to demonstrate; to lint; to compare speed.
build_packages="gcc libc6-dev meson ninja-build pkg-config gettext python3 libqpdf-dev libharfbuzz-dev
 libfreetype-dev libfontconfig-dev libjpeg62-turbo-dev libwebp-dev libtiff-dev libexpat1-dev libdeflate-dev
 zlib1g-dev libarchive-dev libbz2-dev liblzma-dev libzstd-dev libseccomp-dev nettle-dev libjansson-dev
 libcairo2-dev libopenjp2-7-dev libjbig2dec0-dev libgnutls28-dev libstdc++-12-dev libmupdf-dev libmujs-dev
 libgumbo-dev libsodium-dev libcmocka-dev libreofficekit-dev libde265-dev libdav1d-dev libfido2-dev libsqlite3-dev libpq-dev libmicrohttpd-dev libcurl4-gnutls-dev libunistring-dev liboath-dev libldap-dev libqrencode-dev"
test_packages="iproute2 procps util-linux systemd clang libclang-rt-14-dev qpdf poppler-utils mupdf-tools libarchive-tools clamav-daemon python3-lxml python3-pil
 python3-docx python3-openpyxl python3-olefile python3-cryptography 7zip libheif-examples postgresql-15 slapd openssl chromium libnss3-tools fonts-noto-cjk zbar-tools tesseract-ocr tesseract-ocr-jpn libreoffice-writer libreoffice-calc libreoffice-impress"
# The pages of the portal: Node from Debian, or any from 18.19 on that is there already.
web_packages="nodejs npm"
# What an installed post needs besides the libraries: the font of its receipts.
installed_packages="fonts-noto-cjk"
run_packages="fonts-noto-cjk clamav-daemon iproute2 procps util-linux"
lint_packages="clang-format clang-tidy cppcheck mandoc"
judge_packages="$test_packages antiword catdoc python3-pikepdf python3-numpy python3-xlrd
 python3-html5lib"
bench_packages="qpdf mupdf-tools ghostscript mat2 libheif-examples libimage-exiftool-perl libjpeg-turbo-progs python3-pil
 postgresql-15 strace"

say() {
	printf '%s\n' "$*"
}

# missing PACKAGE...: those that are not installed
missing() {
	for p in "$@"; do
		state=$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || true)
		[ "$state" = installed ] || printf '%s ' "$p"
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

need() {
	want=$(missing "$@")
	[ -n "$want" ] || return 0
	say "Installing Debian packages: $want"
	as_root apt-get update -qq
	# shellcheck disable=SC2086
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $want >/dev/null
}

# configure DIR [MESON-OPTION...]
configure() {
	dir=$1
	shift
	if [ -f "$dir/build.ninja" ]; then
		return 0
	fi
	meson setup "$dir" "$@" >/dev/null || {
		cat "$dir/meson-logs/meson-log.txt" >&2
		return 1
	}
}

build() {
	# shellcheck disable=SC2086
	need $build_packages
	configure build
	ninja -C build --quiet
	build_web
}

# node_there: Node and npm, of whatever origin
node_there() {
	command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' 2>/dev/null
}

# web_modules: the packages that web/package-lock.json names, as it names them; nothing of them is run at installation
web_modules() {
	# shellcheck disable=SC2086
	node_there || need $web_packages || return 1
	[ web/node_modules/.package-lock.json -nt web/package-lock.json ] ||
		npm --prefix web ci --ignore-scripts --no-audit --no-fund --loglevel=error >build/npm.log 2>&1
}

# build_web: the pages, into build/web
build_web() {
	web_modules || {
		say "The pages of the portal are not built: Node or its packages cannot be had (build/npm.log)." >&2
		return 0
	}
	[ -f build/web/index.html ] && [ -z "$(find web po/ja.po doc/openapi.json src/front src/base/codes.def src/base/filetype.def src/policy src/gate/note.def \
		-path web/node_modules -prune -o -newer build/web/index.html -type f -print -quit)" ] ||
		npm --prefix web run --silent build >build/web.log 2>&1 || {
		cat build/web.log >&2
		return 1
	}
}

build_sanitized() {
	# gcc warns falsely about instrumented code; the production build has -Werror
	configure build-asan -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 -Dwerror=false
	ninja -C build-asan --quiet
}

# build_fuzzers [NAME]
build_fuzzers() {
	# shellcheck disable=SC2086
	need $build_packages clang libclang-rt-14-dev
	CC=clang configure build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false \
		-Dc_args=-fsanitize=fuzzer-no-link -Doptimization=1
	fuzzers=${1:+src/fuzz-$1}
	ninja -C build-fuzz --quiet "${fuzzers:-fuzzers}"
}

cmd_run() {
	# shellcheck disable=SC2086
	need $build_packages $run_packages
	build
	sh tests/demo.sh build/src/cmd/sekisho
	exec /usr/bin/python3 tests/demo_posts.py
}

cmd_test() {
	# shellcheck disable=SC2086
	need $build_packages $test_packages
	build
	build_sanitized
	exec /usr/bin/python3 tests/run.py "$@"
}

cmd_lint() {
	# shellcheck disable=SC2086
	need $build_packages $lint_packages
	build
	exec sh tests/lint.sh
}

cmd_fuzz() {
	build_fuzzers "${2:-}"
	exec sh tests/fuzz.sh "$@"
}

cmd_bench() {
	# shellcheck disable=SC2086
	need $build_packages $bench_packages
	build
	exec /usr/bin/python3 bench/bench.py "$@"
}

installed_prefix() {
	meson introspect build --buildoptions | python3 -c 'import json, sys; print(next(o["value"] for o in json.load(sys.stdin) if o["name"] == "prefix"))'
}

# cmd_install [PREFIX]; DESTDIR is in front of it, for packages
cmd_install() {
	# shellcheck disable=SC2086
	need $build_packages $installed_packages
	build
	if [ $# -gt 0 ]; then
		meson configure build --prefix "$1"
		ninja -C build --quiet
	fi
	as_root env DESTDIR="${DESTDIR:-}" meson install -C build --no-rebuild
	prefix=$(installed_prefix)
	if [ -f build/web/index.html ]; then
		web=${DESTDIR:-}$prefix/share/sekisho/web
		as_root rm -rf "$web"
		as_root mkdir -p "$web"
		as_root cp -r --no-preserve=ownership build/web/. "$web"
		as_root chmod -R u=rwX,go=rX "$web"
	fi
	[ -n "${DESTDIR:-}" ] || make_known
}

# make_known: this system learns what was installed below $prefix: libraries, the users of a post's roles, its folders, its unit
make_known() {
	as_root ldconfig
	if command -v systemd-sysusers >/dev/null; then
		as_root systemd-sysusers "$prefix/lib/sysusers.d/sekisho.conf"
		as_root systemd-tmpfiles --create "$prefix/lib/tmpfiles.d/sekisho.conf"
	fi
	[ -d /run/systemd/system ] || return 0
	case $prefix in
	/usr | /usr/local) as_root systemctl daemon-reload ;;
	*) as_root systemctl --quiet link "$prefix/lib/systemd/system/sekishod.service" ;;
	esac
	! systemctl --quiet is-active sekishod.service ||
		say "The post that runs is still the one before: 'systemctl restart sekishod' starts the new one."
}

# cmd_uninstall: what ./do install brings below the prefix goes; configuration, keys, files, ledger and system users stay
cmd_uninstall() {
	configure build
	files=$(meson introspect build --installed | python3 -c 'import json, sys; print("\n".join(json.load(sys.stdin).values()))')
	prefix=$(installed_prefix)
	[ ! -d /run/systemd/system ] || as_root systemctl --quiet disable --now sekishod.service 2>/dev/null || true
	printf '%s\n' "$files" | tr '\n' '\0' | as_root xargs -0 rm -f --
	as_root rm -rf "$prefix/share/sekisho" "$prefix/libexec/sekisho" "$prefix/share/doc/sekisho"
	as_root ldconfig
	[ ! -d /run/systemd/system ] || as_root systemctl daemon-reload
	say "Taken away from $prefix. What belongs to a post stays: /etc/sekisho, /var/lib/sekisho, the system users sekisho-*."
}

cmd_po() {
	xgettext --language=C --keyword=_ --keyword=N_ --keyword=SK_CODE:3 --keyword=SK_FT:5 --keyword=SK_DIAG:4 --keyword=SK_WHY:3 --keyword=SK_FACT:3 --from-code=UTF-8 \
		--no-wrap --no-location --sort-output --package-name=sekisho -o build/c.pot -f po/POTFILES
	node web/tools/messages.mjs build/web.pot
	msgcat --no-wrap --no-location --sort-output --use-first -o build/sekisho.pot build/c.pot build/web.pot
	msgmerge -q --no-wrap --no-location --no-fuzzy-matching --sort-output --update --backup=none po/ja.po build/sekisho.pot
	sed -i '/^"POT-Creation-Date:/d' po/ja.po # it makes every two changes collide
	msgfmt --statistics -o /dev/null po/ja.po
}

cmd_help() {
	cat <<'EOF'
./do COMMAND
  deps                          install the Debian packages that build, run, test and lint need
  build                         build into build/
  run                           build, clean a set of samples, then have two posts send files to each other
  test [--only NAME] [--long]   all tests; closes with "N passed, N failed"
  bench [NAME]                  speed, size and memory beside other tools and the physical limit
  lint                          format, static analysis, layers, banned functions, translations, manuals
  fuzz [SECONDS] [NAME]         each fuzzer (or one) for SECONDS (60)
  po                            bring po/ja.po up to date with the sources
  install [PREFIX]              install below the prefix (/usr/local); once more over an older version
  uninstall                     take away what that brought; a post's configuration, keys and files stay
EOF
}

command=${1:-help}
[ $# -eq 0 ] || shift
case $command in
deps)
	# shellcheck disable=SC2086
	case ${1:-all} in
	judge) need $judge_packages ;;
	*) need $build_packages $test_packages $lint_packages
		node_there || need $web_packages
		;;
	esac
	;;
build) build ;;
run | test | bench | lint | fuzz | install | uninstall | po | help) "cmd_$command" "$@" ;;
*)
	say "do: there is no command '$command'" >&2
	cmd_help >&2
	exit 2
	;;
esac
