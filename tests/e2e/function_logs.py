"""What the deployed functions wrote."""

import json
from pathlib import Path

from settings import LOGS, STACK


def path(region: str, function: str) -> Path:
    return LOGS / "functions" / region / f"{STACK}-{function}.log"


def lines(region: str, function: str) -> list[dict]:
    log = path(region, function)
    text = log.read_text() if log.exists() else ""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
