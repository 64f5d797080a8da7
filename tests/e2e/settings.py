"""What all parts know: where things are, and what they are called."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "e2e"
LOGS = WORK / "logs"
BUILT = WORK / "build"
PLAN = WORK / "failover.toml"
TOOLS = ROOT / ".venv" / "bin"

STACK = "understudy"
ACCOUNT = "123456789012"
ZONE = "example.com"
APPLICATION = "shop"
SERVED = f"{APPLICATION}.{ZONE}"
# The first serves when all is well, the second takes over. Each has an environment in samconfig.toml.
REGIONS = ("us-east-1", "us-west-2")
PRIMARY, STANDBY = REGIONS
# It makes health checks and records: the first controller that is in no primary region. It is deployed first.
PROVISIONER = STANDBY
BUCKET = "understudy-override"

# Where each region's application answers.
ADDRESSES = {PRIMARY: "127.0.1.1", STANDBY: "127.0.2.1"}


def functions() -> list[str]:
    """Every function has a folder, and a resource in the template that is built from it."""
    return sorted(folder.name for folder in (ROOT / "functions").iterdir())


def arn(service: str, region: str, rest: str) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{rest}"


def alarm_about(region: str) -> str:
    return f"{APPLICATION}-{region}-errors"
