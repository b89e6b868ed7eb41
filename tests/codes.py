#!/usr/bin/python3
"""The table of codes from src/base/codes.def: (code, English sentence, is a reason)."""
import os
import re

DEF = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "src", "base", "codes.def")


def codes():
    with open(DEF, encoding="utf-8") as f:
        rows = re.findall(r'SK_CODE\((\w+),\s*"([^"]+)",\s*"((?:[^"\\]|\\.)*)"\)', f.read())
    return [(code, text, name.startswith("REASON_")) for name, code, text in rows]


if __name__ == "__main__":
    # The rows of the tables in sekisho-report(5).
    for reason in (False, True):
        print(".\\\" reasons" if reason else ".\\\" removals")
        for code, text, is_reason in codes():
            if is_reason == reason:
                print(".It Li " + code + "\n" + text.replace(". ", ".\n"))
