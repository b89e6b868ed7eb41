#!/bin/sh
# Writes man/sekisho-report.5 from its head and the table of codes; a test compares, so that it cannot fall behind.
set -eu
cd "$(dirname "$0")/.."
cat man/sekisho-report.5.head
python3 tests/codes.py | awk '
/^\.\\" removals/ { print ".Sh REMOVALS\n.Bl -tag -width Ds"; next }
/^\.\\" reasons/ { print ".El\n.Sh REASONS\n.Bl -tag -width Ds"; next }
{ print }
END { print ".El\n.Sh SEE ALSO\n.Xr sekisho 1 ,\n.Xr sekisho 3" }'
