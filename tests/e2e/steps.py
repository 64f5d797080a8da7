"""What a person sees: each step with its time, and of one that fails the end of the log concerned."""

import sys
import time
import traceback
from contextlib import contextmanager
from pathlib import Path

SHOWN, WIDTH = 30, 400


class Failed(Exception):
    """A step has failed; `log` tells more."""

    def __init__(self, why: str, log: Path | None = None):
        super().__init__(why)
        self.log = log


@contextmanager
def step(title: str, log: Path | None = None):
    """Prints the title with the time that it took; `log` is shown where a failure names none of its own."""
    start = time.monotonic()
    try:
        yield
    except Exception as failure:
        print(f"  {time.monotonic() - start:6.1f} s  FAILED: {title}\n", flush=True)
        if isinstance(failure, Failed):
            print(failure)
        else:
            traceback.print_exc(file=sys.stdout)
        tell(getattr(failure, "log", None) or log)
        raise SystemExit(1) from None
    print(f"  {time.monotonic() - start:6.1f} s  {title}", flush=True)


def tell(log: Path | None):
    if log is None or not log.exists():
        return
    lines = log.read_text(errors="replace").splitlines()
    print(f"\nThe last lines of {log}:\n", *(line[:WIDTH] for line in lines[-SHOWN:]), sep="\n")


def wait_for(what: str, seconds: float, look, log: Path | None = None):
    """Looks twice a second until there is something, and returns it."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > end:
            raise Failed(f"after {seconds:.0f} s there is still not: {what}", log)
        time.sleep(0.5)
    return seen
