"""`./do bench web`: the first page of the portal of a real post in a real browser, on a line of 10 Mbit/s and with nothing kept from before (web/e2e/first.mjs)."""
import web

MOST = 150  # KB over the line
SOON = 1  # seconds until it can be used


class Measured(web.Stories):
    def do_measured(self, m):
        self.measured = m


def run(want):
    why = web.missing()
    if why:
        print("  left out: " + why)
        return
    stories = Measured("first.mjs")
    try:
        failed = stories.run("first.mjs", "first")
        if failed:
            raise RuntimeError(failed)
        for name, page in (("login", stories.measured["login"]), ("home, logged in", stories.measured["home"])):
            want(f"{name}: over the line", page["bytes"] / 1000, MOST, unit=" KB")
            want(f"{name}: usable at 10 Mbit/s", page["seconds"], SOON, unit=" s")
    finally:
        stories.close()
