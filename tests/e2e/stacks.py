"""The stacks: refused, deployed, changed, deleted."""

import json
import re

import parameters
from botocore.exceptions import ClientError
from cloud import Cloud
from sam import Sam, said
from settings import BUCKET, PLAN, PRIMARY, REGIONS, STACK, functions
from steps import Failed, wait_for
from zone import TTL

# What a stack is asked to be, and what is said of it. ministack refuses these, as CloudFormation does.
REFUSED = [
    ({"Architecture": "mips"}, "Architecture"),
    ({"Provision": "yes"}, "Provision"),
    ({"HostedZoneIds": None}, "HostedZoneIds"),
]

# CloudFormation refuses these by AllowedPattern, which ministack does not know.
MALFORMED = {
    "HostedZoneIds": ["", "/hostedzone/Z1", "z0123"],
    "ServedNames": ["", "Shop.example.com", "*.example.com;"],
    "EpochNames": ["", "now understudy"],
    "SweepNames": ["", "now._understudy.shop.example.com", "shop.example.com", "e*._understudy.a,now._understudy.a"],
    "ZoneRoles": ["role/dns", "arn:aws:iam::1:role/dns"],
    "Peers": ["understudy-state", "arn:aws:dynamodb:us-east-1:123456789012:table/"],
    "PeerTickFunctions": ["understudy-tick", "arn:aws:lambda:us-east-1:123456789012:function:a:b"],
    "TopicArns": ["ops-team", "arn:aws:sns:us-east-1:123456789012:a b"],
    "ProvisionDigest": ["0123456789a", "0123456789AB", "latest"],
    "OverrideBucket": ["ab", "Understudy", "-override", "under.study"],
}


def bad_parameters_create_nothing(cloud: Cloud, sam: Sam):
    good = parameters.of_the_stack(cloud.twin.zone, PRIMARY)
    for change, named in REFUSED:
        bad = {name: value for name, value in (good | change).items() if value is not None}
        assert parameters.faults(bad), f"{change} is taken"
        try:
            sam.deploy(PRIMARY, bad)
        except Failed as refusal:
            assert named in said(refusal), f"{change} is refused without a word of {named}: {refusal.log}"
        else:
            raise AssertionError(f"{change} is deployed")
    nothing_stands(cloud, PRIMARY)


def bad_patterns_are_refused(zone: str):
    for region in REGIONS:
        good = parameters.of_the_stack(zone, region)
        assert parameters.faults(good) == [], parameters.faults(good)
    for name, values in MALFORMED.items():
        for value in values:
            told = parameters.faults(good | {name: value})
            assert len(told) == 1 and name in told[0], f"{name}={value!r}: {told}"


def the_environments_of_samconfig_are_valid():
    for region in REGIONS:
        told = parameters.faults(parameters.of_samconfig(region))
        assert told == [], f"samconfig.toml, {region}: {told}"


def deployed(cloud: Cloud, region: str):
    assert stack(cloud, region)["StackStatus"] == "CREATE_COMPLETE"
    found = standing(cloud, region)
    assert all(found.values()), found
    assert found["functions"] == [f"{STACK}-{function}" for function in functions()], found["functions"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack(cloud, region)["Outputs"]}
    assert outputs["StateTable"] == f"{STACK}-state" and f":{region}:" in outputs["StateTableArn"], outputs
    for function in functions():
        environment = configuration(cloud, region, function)["Environment"]["Variables"]
        assert environment["UNDERSTUDY_PEERS"].count("arn:aws:dynamodb:") == len(REGIONS), environment


def bucket_is_public_below_away(cloud: Cloud, region: str):
    """As Route 53's checkers need it: whoever asks may read there, and nobody writes but by a role of the account."""
    s3, name = cloud.client("s3", region), bucket(region)
    [statement] = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
    readers = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    assert statement == readers | {"Sid": "Checkers", "Resource": f"arn:aws:s3:::{name}/away/*"}, statement
    block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert [key for key, is_on in block.items() if is_on] == ["BlockPublicAcls", "IgnorePublicAcls"], block
    [owner] = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    assert owner == {"ObjectOwnership": "BucketOwnerEnforced"}, owner


def those_who_move_may_write_overrides(cloud: Cloud, region: str):
    """The template attaches the policy to roles by the names that SAM gives them."""
    iam = cloud.client("iam", region)
    for function in ("alarm", "tick"):
        role = configuration(cloud, region, function)["Role"].rsplit("/", 1)[-1]
        attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        assert any("OverridePolicy" in policy["PolicyName"] for policy in attached), (role, attached)


def bucket(region: str) -> str:
    return f"{BUCKET}-{region}"


def changed(cloud: Cloud, region: str, layer_before: str, days: int):
    """The stack, after an update that gave it another plan and keeps logs for so many days."""
    assert stack(cloud, region)["StackStatus"] == "UPDATE_COMPLETE"
    logs_are_kept(cloud, region, days)
    for function in functions():
        assert layer(cloud, region, function) != layer_before, f"{function} has the old plan"


def taken_back(cloud: Cloud, region: str, layer_before: str, days: int):
    """The stack, after an update that failed: its functions are there, with the plan that they had."""
    assert stack(cloud, region)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE", stack(cloud, region)
    logs_are_kept(cloud, region, days)
    for function in functions():
        assert layer(cloud, region, function) == layer_before, f"{function} has another plan"


def logs_are_kept(cloud: Cloud, region: str, days: int):
    groups = cloud.client("logs", region).describe_log_groups(logGroupNamePrefix=f"/understudy/{STACK}/")["logGroups"]
    assert {group["retentionInDays"] for group in groups} == {days} and len(groups) == len(functions()), groups


def deleted(cloud: Cloud, region: str):
    """What a deleted stack must not take along is the state, and a name that health checks read."""
    wait_for("the end of the stack", 60, lambda: stack(cloud, region) is None)
    nothing_stands(cloud, region)
    assert f"{STACK}-state" in cloud.client("dynamodb", region).list_tables()["TableNames"]
    bucket_is_kept = cloud.client("s3", region).head_bucket(Bucket=bucket(region))
    assert bucket_is_kept["ResponseMetadata"]["HTTPStatusCode"] == 200


def nothing_stands(cloud: Cloud, region: str):
    left = {kind: names for kind, names in standing(cloud, region).items() if names}
    assert left == {}, f"{region} still has {left}"


def standing(cloud: Cloud, region: str) -> dict[str, list[str]]:
    """By kind, what carries the stack's name, or that of its layer."""
    kinds = {
        "functions": ("lambda", "list_functions", "Functions", "FunctionName"),
        "layers": ("lambda", "list_layers", "Layers", "LayerName"),
        "topics": ("sns", "list_topics", "Topics", "TopicArn"),
        "queues": ("sqs", "list_queues", "QueueUrls", None),
        "alarms": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
        "logs": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
        "rules": ("events", "list_rules", "Rules", "Name"),
        "schedules": ("scheduler", "list_schedules", "Schedules", "Arn"),
        "groups": ("scheduler", "list_schedule_groups", "ScheduleGroups", "Name"),
    }
    ours = re.compile(rf"(^|[/:]){STACK}\b|^PlanLayer$")

    def is_made_anew(one) -> bool:
        """A log group by a function that was awake while its stack went: that one keeps its logs for ever."""
        return "logGroupName" in one and "retentionInDays" not in one

    def names(service: str, call: str, listed: str, name: str | None) -> list[str]:
        answer = getattr(cloud.client(service, region), call)()
        found = [one[name] if name else one for one in answer.get(listed, []) if not is_made_anew(one)]
        return sorted(one for one in found if ours.search(one))

    return {kind: names(*how) for kind, how in kinds.items()}


def no_role_is_left(cloud: Cloud):
    """Roles and policies are of the account, not of a region: to be asked once all stacks are gone."""
    iam = cloud.client("iam", PRIMARY)
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"].startswith(STACK)]
    policies = [policy["PolicyName"] for policy in iam.list_policies(Scope="Local")["Policies"]]
    left = roles + [policy for policy in policies if policy.startswith(STACK)]
    assert left == [], left


def stack(cloud: Cloud, region: str) -> dict | None:
    try:
        return cloud.client("cloudformation", region).describe_stacks(StackName=STACK)["Stacks"][0]
    except ClientError:
        return None


def configuration(cloud: Cloud, region: str, function: str) -> dict:
    return cloud.client("lambda", region).get_function_configuration(FunctionName=f"{STACK}-{function}")


def layer(cloud: Cloud, region: str, function: str) -> str:
    [one] = configuration(cloud, region, function)["Layers"]
    return one["Arn"]


def another_plan() -> int:
    """A plan that decides alike, and wants another TTL of the records that serve; gives that."""
    text, wanted = PLAN.read_text(), f'ttl = "{TTL}s"'
    assert text.count(wanted) == 1, text
    PLAN.write_text(text.replace(wanted, f'ttl = "{TTL + 1}s"'))
    return TTL + 1
