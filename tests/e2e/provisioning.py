"""The custom resource: health checks and records that a stack makes, as Route 53 and the stack tell of them."""

import json
import re
from collections.abc import Callable

import function_logs
import stacks
from cloud import Cloud
from settings import ADDRESSES, APPLICATION, PRIMARY, PROVISIONER, REGIONS, SERVED, STACK
from steps import Failed


def records(cloud: Cloud) -> list[dict]:
    pages = cloud.client("route53", PRIMARY).get_paginator("list_resource_record_sets")
    return [record for page in pages.paginate(HostedZoneId=cloud.twin.zone) for record in page["ResourceRecordSets"]]


def of_the_name(cloud: Cloud, name: str) -> dict[str, dict]:
    """The record sets of a name, by their side."""
    return {record["Failover"]: record for record in records(cloud) if record["Name"] == f"{name}."}


def checks(cloud: Cloud) -> dict[str, dict]:
    pages = cloud.client("route53", PRIMARY).get_paginator("list_health_checks")
    return {check["Id"]: check for page in pages.paginate() for check in page["HealthChecks"]}


def what_stands(cloud: Cloud) -> tuple:
    return records(cloud), checks(cloud)


def outputs(cloud: Cloud, region: str) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stacks.stack(cloud, region)["Outputs"]}


def ids(cloud: Cloud, region: str) -> dict[str, str]:
    """The ids of health checks, as the stack tells them."""
    return dict(one.split("=") for one in outputs(cloud, region)["HealthCheckIds"].split())


def nothing_is_served(cloud: Cloud):
    assert checks(cloud) == {} and not any(SERVED in record["Name"] for record in records(cloud))


def checks_are_made(cloud: Cloud):
    told, standing = ids(cloud, PROVISIONER), checks(cloud)
    wanted = [f"{APPLICATION}/{region}/{what}" for region in REGIONS for what in ("endpoint", "serving")]
    assert sorted(told) == wanted and set(told.values()) == set(standing), (told, standing)
    for region in REGIONS:
        endpoint, serving = (told[f"{APPLICATION}/{region}/{what}"] for what in ("endpoint", "serving"))
        # By its name, and always healthy, so that nothing moves but by a run: native = "off".
        assert standing[endpoint]["HealthCheckConfig"]["FullyQualifiedDomainName"].startswith(f"{region}.direct.")
        calculated = standing[serving]["HealthCheckConfig"]
        assert (calculated["HealthThreshold"], calculated["ChildHealthChecks"]) == (0, [endpoint]), calculated


def records_are_made(cloud: Cloud, ttl: int):
    told, served = ids(cloud, PROVISIONER), of_the_name(cloud, SERVED)
    for region, side in zip(REGIONS, ("PRIMARY", "SECONDARY"), strict=True):
        seat, up = served[side], of_the_name(cloud, f"up-{region}._understudy.{SERVED}")
        assert seat["ResourceRecords"] == [{"Value": ADDRESSES[region]}] and seat["TTL"] == ttl, seat
        assert seat["HealthCheckId"] == told[f"{APPLICATION}/{region}/serving"], seat
        assert up["PRIMARY"]["HealthCheckId"] == told[f"{APPLICATION}/{region}/endpoint"], up
        assert "HealthCheckId" not in up["SECONDARY"], up


def nothing_is_left_to_do(cloud: Cloud, region: str):
    assert outputs(cloud, region)["DifferenceLeft"] == "", outputs(cloud, region)
    assert outputs(cloud, region)["HealthCheckIdsLeftOut"] == "0", outputs(cloud, region)
    assert ids(cloud, region) == ids(cloud, PROVISIONER)


def difference(cloud: Cloud, region: str) -> dict:
    """What the function shows to whoever asks it."""
    asked = json.dumps({"understudy": "provision", "show": "difference"})
    answer = cloud.client("lambda", region).invoke(FunctionName=f"{STACK}-provision", Payload=asked)
    return json.loads(answer["Payload"].read())["difference"]


def answers(region: str) -> list[bool]:
    """Whether the stack might go on, as it was told each time that it asked."""
    told = function_logs.lines(region, "provision")
    return [line["success"] for line in told if line.get("message") == "CloudFormation is told"]


def refused(cloud: Cloud, deploy: Callable[[], None]) -> str:
    """Deploys; gives the digest by which the stack says that it would do what it refuses."""
    log = function_logs.path(PROVISIONER, "provision")
    try:
        deploy()
    except Failed:
        reason = why_it_failed(cloud, PROVISIONER)
    else:
        raise Failed("the stack took the digest of another difference", log)
    named = re.findall(r"apply it by its digest ([0-9a-f]{12})\b", reason)
    if len(named) != 1 or "ProvisionDigest" not in reason:
        raise Failed(f"the stack failed without a word of what to do: {reason}", log)
    return named[0]


def why_it_failed(cloud: Cloud, region: str) -> str:
    """The newest word of CloudFormation's on why the custom resource failed."""
    told = cloud.client("cloudformation", region).describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [event for event in told if event["ResourceStatus"] == "UPDATE_FAILED"]
    assert failed and all(event["LogicalResourceId"] == "Provisioning" for event in failed), failed
    return failed[0]["ResourceStatusReason"]
