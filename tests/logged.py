"""A program with a log, waited for: posts of tests and benches."""
import time

PATIENCE = 120  # seconds: only against waiting for ever


def wait_for(what, get, patience=PATIENCE):
    """What get() gives when it is true at last."""
    end = time.monotonic() + patience
    while True:
        got = get()
        if got:
            return got
        if time.monotonic() > end:
            raise TimeoutError(what() if callable(what) else what)
        time.sleep(0.02)


class Logged:
    """Has `zone`, `log` (a path) and `process`."""

    def said(self):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def count(self, text):
        return self.said().count(text)

    def await_line(self, text, times=1):
        """Until it stands in the log so often."""
        def there():
            if self.process.poll() is not None and self.count(text) < times:
                raise AssertionError(f"{self.zone} ended with {self.process.returncode}:\n{self.said()[-4000:]}")
            return self.count(text) >= times
        wait_for(lambda: f"never {times} times '{text}':\n{self.said()[-4000:]}", there)
