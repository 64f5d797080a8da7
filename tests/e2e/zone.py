"""Route 53: our strict model of it, and in it what belongs to the application's owner; the plan for all else."""

import json
import subprocess
from dataclasses import dataclass

from processes import Processes
from settings import ADDRESSES, LOGS, PRIMARY, REGIONS, ROOT, SERVED, ZONE

NAME_SERVERS = 4
TTL = 2


@dataclass
class Twin:
    endpoint: str
    name_servers: list[str]
    zone: str


def start(processes: Processes, env: dict) -> Twin:
    command = [ROOT / "target" / "debug" / "twin", "--http", "127.0.0.1:0", "--dns", "127.0.0.1:0"]
    command += ["--name-servers", NAME_SERVERS, "--zone", ZONE, "--propagation", "100ms..1s"]
    command += ["--allow-private", "--json"]
    process = processes.start(command, LOGS / "twin.log", env, output=subprocess.PIPE)
    told = json.loads(process.stdout.readline())
    return Twin(told["environment"]["AWS_ENDPOINT_URL_ROUTE_53"], told["dns"], told["zones"][0]["id"])


def fill(route53, zone: str):
    """Makes the names by which people and checkers reach one region."""
    records = [record(direct(region), address) for region, address in ADDRESSES.items()]
    changes = [{"Action": "CREATE", "ResourceRecordSet": one} for one in records]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def record(name: str, address: str) -> dict:
    return {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": address}]}


def direct(region: str) -> str:
    """The name that always leads to that region."""
    return f"{region}.direct.{ZONE}"


def plan(zone: str, port: int) -> str:
    """The plan file. Times are compressed."""
    return HEAD.format(zone=zone, served=SERVED, name=ZONE, port=port, ttl=TTL) + "".join(
        REGION.format(
            region=region,
            role="primary" if region == PRIMARY else "standby",
            address=ADDRESSES[region],
            direct=direct(region),
            port=port,
            # Hosted in the other region: it still speaks when this one is gone.
            host=REGIONS[1 - REGIONS.index(region)],
        )
        for region in REGIONS
    )


HEAD = """\
[controller]
regions = ["us-east-1", "us-west-2"]

[topics]
ops-team = [
  "arn:aws:sns:us-east-1:123456789012:understudy-ops-team",
  "arn:aws:sns:us-west-2:123456789012:understudy-ops-team",
]

[application.shop]
name = "{served}"
zone = {{ id = "{zone}", name = "{name}" }}
provision = true
native = "off"
rto = "5m"
ttl = "{ttl}s"
notify = {{ critical = ["ops-team"], info = ["ops-team"] }}
reach = {{ probe = "http://{served}:{port}/health", contains = "OK", private = true }}

[application.shop.timing]
interval = "1s"
timeout = "500ms"
dwell = "3s"
freshness = "6s"
cooldown = "8s"
cooldown_unacknowledged = "8s"
soak = "5s"
"""

REGION = """
[[application.shop.region]]
region = "{region}"
role = "{role}"
check = {{ endpoint = "http://{direct}:{port}/health", contains = "OK", interval = "10s", threshold = 1 }}
record = {{ a = ["{address}"] }}
signals = [
  {{ probe = "http://{direct}:{port}/health", contains = "OK", private = true }},
  {{ alarm = "arn:aws:cloudwatch:{host}:123456789012:alarm:shop-{region}-errors" }},
]
"""
