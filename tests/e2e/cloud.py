"""The emulated AWS, and clients of it as an operator has them."""

import sys
import urllib.error
import urllib.request
from pathlib import Path

import boto3

from processes import Processes, free_port
from settings import ACCOUNT, LOGS, WORK
from steps import wait_for
from zone import Twin

# ministack takes an access key of twelve digits for the account.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "secret"}


class Cloud:
    """Clients by service and region; `environment` is what every AWS tool needs to find the same."""

    def __init__(self, port: int, twin: Twin, environment: dict):
        self.twin, self.clients = twin, {}
        self.endpoint = f"http://127.0.0.1:{port}"
        self.environment = environment | CREDENTIALS | {
            "AWS_ENDPOINT_URL": self.endpoint,
            # Of an operator who asks Route 53, and inherited by the functions.
            "AWS_ENDPOINT_URL_ROUTE_53": twin.endpoint,
            "UNDERSTUDY_NAMESERVERS": ",".join(twin.name_servers),
        }

    def client(self, service: str, region: str):
        if (service, region) not in self.clients:
            self.clients[service, region] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.twin.endpoint if service == "route53" else self.endpoint,
                aws_access_key_id=ACCOUNT,
                aws_secret_access_key="secret",
            )
        return self.clients[service, region]


def start(processes: Processes, twin: Twin, environment: dict) -> Cloud:
    port = free_port()
    cloud = Cloud(port, twin, environment)
    own = {"BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "GATEWAY_PORT": str(port)}
    # What it does by itself, it does for this account.
    own["MINISTACK_ACCOUNT_ID"] = ACCOUNT
    # Or these two listen for everybody.
    own |= {"SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0", "TMPDIR": str(WORK / "tmp")}
    (WORK / "tmp").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, Path(__file__).with_name("emulator.py"), LOGS / "functions", WORK / "layers"]
    process = processes.start(command, log(), cloud.environment | own)
    wait_for("an answer of ministack", 60, lambda: process.poll() is not None or answers(cloud.endpoint), log())
    assert process.poll() is None, f"ministack has ended: {log()}"
    return cloud


def log() -> Path:
    return LOGS / "ministack.log"


def answers(endpoint: str) -> bool:
    try:
        return urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2).status == 200
    except (urllib.error.URLError, OSError):
        return False
