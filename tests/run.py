#!/usr/bin/python3
"""All tests: unit, seeds and jail in the production build, unit and seeds again under ASan and UBSan, then the
command from outside (tests/regress). Closes with "N passed, N failed".

run.py [--only NAME] [--long]
"""
import argparse
import json
import os
import signal
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Beyond these ceilings an allocation returns NULL, as in the jail.
SANITIZER = {"ASAN_OPTIONS": "allocator_may_return_null=1:max_allocation_size_mb=4000:hard_rss_limit_mb=6000:detect_leaks=1:abort_on_error=0",
             "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}

skipped = []  # (test, why)


def meson_tests(build, suites, only, env):
    """(passed, failed) of the suites of a build folder."""
    args = ["meson", "test", "-C", os.path.join(ROOT, build), "--no-rebuild", "--num-processes", "2", "--print-errorlogs"]
    if os.environ["SEKISHO_TEST_LONG"]:
        args += ["--timeout-multiplier", "20"]
    for s in suites:
        args += ["--suite", s]
    names = []
    if only:
        listed = subprocess.run(args[:4] + ["--list"] + args[7:], capture_output=True, text=True, check=False).stdout
        names = [line.rsplit("/", 1)[-1].strip() for line in listed.splitlines() if only in line]
        if not names:
            return 0, 0
    log = os.path.join(ROOT, build, "meson-logs", "testlog.json")
    if os.path.exists(log):
        os.remove(log)
    subprocess.run(args + names, env={**os.environ, **env}, check=False)
    passed = failed = 0
    with open(log, encoding="utf-8") as f:
        for line in f:
            result = json.loads(line)["result"]
            if result == "SKIP":
                skipped.append((json.loads(line)["name"], "it says so itself"))
            passed += result in ("OK", "EXPECTEDFAIL")
            failed += result not in ("OK", "EXPECTEDFAIL", "SKIP")
    return passed, failed


def web_tests(only):
    """(passed, failed) of the pages' own tests; where ./do build could not build them there is nothing to test."""
    web, out = os.path.join(ROOT, "web"), os.path.join(ROOT, "build", "web-tests.json")
    vitest = os.path.join(web, "node_modules", "vitest", "vitest.mjs")
    if not os.path.exists(vitest):
        skipped.append(("the pages of the portal", "Node or its packages cannot be had"))
        return 0, 0
    if os.path.exists(out):
        os.remove(out)
    args = ["node", vitest, "run", "--root", web, "--reporter=default", "--reporter=json", f"--outputFile.json={out}", "--passWithNoTests"]
    ended = subprocess.run(args + (["-t", only] if only else []), check=False, env={**os.environ, "CI": "1"}).returncode
    try:
        with open(out, encoding="utf-8") as f:
            told = json.load(f)
    except OSError:
        return 0, 1
    # A file that does not even load has no tests that could fail.
    broken = sum(s["status"] == "failed" and not s["assertionResults"] for s in told["testResults"])
    failed = told["numFailedTests"] + broken
    return told["numPassedTests"], failed or (1 if ended and not only else 0)


def regress_tests(only):
    """(passed, failed) of the tests of the command from outside."""
    sys.path[:0] = [os.path.join(ROOT, "tests"), os.path.join(ROOT, "tests", "regress")]
    loader = unittest.TestLoader()
    suite = loader.discover(os.path.join(ROOT, "tests", "regress"), pattern="test_*.py")
    if only:
        suite = unittest.TestSuite(t for t in flatten(suite) if only in t.id())
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
    skipped.extend((t.id(), why) for t, why in result.skipped)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    return result.testsRun - failed - len(result.skipped), failed


def flatten(suite):
    for t in suite:
        if isinstance(t, unittest.TestSuite):
            yield from flatten(t)
        else:
            yield t


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--only", help="tests whose name holds this")
    ap.add_argument("--long", action="store_true", help="also what takes minutes")
    args = ap.parse_args()
    # Whoever starts this in the background may have had these ignored, and every program below would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.environ["SEKISHO_TEST_LONG"] = "1" if args.long else ""
    parts = [meson_tests("build", ("unit", "seeds", "jail"), args.only, {}),
             meson_tests("build-asan", ("unit", "seeds"), args.only, SANITIZER), web_tests(args.only),
             regress_tests(args.only)]
    passed, failed = (sum(p[i] for p in parts) for i in (0, 1))
    if passed + failed == 0:
        print("no test has such a name", file=sys.stderr)
        return 2
    for test, why in skipped:
        print(f"skipped: {test}: {why}")
    print(f"{len(skipped)} skipped")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
