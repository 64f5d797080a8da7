"""Processes that are started here, and ended whatever happens."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

PATIENCE = 10


class Processes:
    """Each leads a group of its own, so that a Ctrl-C here does not reach it before its turn, and so that what it
    started ends with it."""

    def __init__(self):
        self.running = []

    def __enter__(self):
        # An order to stop ends everything as a Ctrl-C does.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            end(process)

    def start(self, command: list, log: Path, env: dict, output=None) -> subprocess.Popen:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as file:
            process = subprocess.Popen(
                [str(word) for word in command],
                stdout=output or file,
                stderr=file,
                env=env,
                text=True,
                start_new_session=True,
            )
        self.running.append(process)
        return process


def end(process: subprocess.Popen):
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(PATIENCE)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            pass
    process.wait()


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]
