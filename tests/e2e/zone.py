"""Route 53: our strict model of it, and in it what an operator makes by hand (README, "Use it")."""

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


def fill(route53, zone: str, port: int) -> dict[str, str]:
    """Makes the records and checks of the application; returns the check of each region's unit."""
    records, units = [], {}
    for region, address in ADDRESSES.items():
        records.append(record(direct(region), "A", 60, address))
        endpoint = check(route53, f"endpoint-{region}", endpoint_check(address, port))
        # Always healthy, so that nothing moves but by a run: native = "off".
        always = {"Type": "CALCULATED", "HealthThreshold": 0, "ChildHealthChecks": [endpoint]}
        units[region] = check(route53, f"unit-{region}", always)
        up = f"up-{region}._understudy.{SERVED}"
        records.append(record(up, "TXT", 1, '"up"', SetIdentifier="up", Failover="PRIMARY", HealthCheckId=endpoint))
        records.append(record(up, "TXT", 1, '"down"', SetIdentifier="down", Failover="SECONDARY"))
        role = "PRIMARY" if region == PRIMARY else "SECONDARY"
        unit = {"SetIdentifier": role.lower(), "Failover": role, "HealthCheckId": units[region]}
        records.append(record(SERVED, "A", TTL, address, **unit))
    changes = [{"Action": "CREATE", "ResourceRecordSet": one} for one in records]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    return units


def check(route53, reference: str, config: dict) -> str:
    return route53.create_health_check(CallerReference=reference, HealthCheckConfig=config)["HealthCheck"]["Id"]


def endpoint_check(address: str, port: int) -> dict:
    request = {"IPAddress": address, "Port": port, "Type": "HTTP", "ResourcePath": "/health"}
    return request | {"RequestInterval": 10, "FailureThreshold": 1}


def record(name: str, kind: str, ttl: int, value: str, **more) -> dict:
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": value}]} | more


def direct(region: str) -> str:
    """The name that always leads to that region."""
    return f"{region}.direct.{ZONE}"


def plan(zone: str, units: dict[str, str], port: int) -> str:
    """The plan file. Times are compressed."""
    return HEAD.format(zone=zone, served=SERVED, name=ZONE, port=port, ttl=TTL) + "".join(
        REGION.format(
            region=region,
            role="primary" if region == PRIMARY else "standby",
            unit=units[region],
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
health_check = "{unit}"
record = {{ a = ["{address}"] }}
signals = [
  {{ probe = "http://{direct}:{port}/health", contains = "OK", private = true }},
  {{ alarm = "arn:aws:cloudwatch:{host}:123456789012:alarm:shop-{region}-errors" }},
]
"""
