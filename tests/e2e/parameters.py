"""The stack's parameters, and what CloudFormation would say of them.

CloudFormation checks values against AllowedValues and AllowedPattern before it creates anything (CloudFormation User
Guide, "Parameters"). ministack knows no AllowedPattern, so that patterns are held here against what would be sent.
"""

import re
import tomllib
from functools import cache

import yaml

from settings import BUCKET, PROVISIONER, REGIONS, ROOT, SERVED, STACK, arn


def of_the_stack(zone: str, region: str) -> dict[str, str]:
    """What a deployer reads off the plan. Lists are the same in each region: a stack leaves itself out."""
    return {
        "HostedZoneIds": zone,
        "ServedNames": SERVED,
        "EpochNames": f"now._understudy.{SERVED},e*._understudy.{SERVED}",
        "SweepNames": f"e*._understudy.{SERVED}",
        "Peers": in_each_region("dynamodb", f"table/{STACK}-state"),
        "PeerTickFunctions": in_each_region("lambda", f"function:{STACK}-tick"),
        "TopicArns": in_each_region("sns", f"{STACK}-ops-team"),
        "Provision": "on" if region == PROVISIONER else "verify",
        "OverrideBucket": BUCKET,
    }


def in_each_region(service: str, rest: str) -> str:
    return ",".join(arn(service, region, rest) for region in REGIONS)


def faults(given: dict[str, str]) -> list[str]:
    """Every fault of these values, in CloudFormation's words."""
    known = template()["Parameters"]
    unknown = [f"Parameters: [{name}] do not exist in the template" for name in given.keys() - known.keys()]
    return unknown + [fault for name, rules in known.items() for fault in of_one(name, rules, given.get(name))]


def of_one(name: str, rules: dict, value: str | None) -> list[str]:
    if value is None:
        return [] if "Default" in rules else [f"Parameters: [{name}] must have values"]
    allowed = [str(one) for one in rules.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return [f"Parameter {name} must be one of AllowedValues: {', '.join(allowed)}"]
    # Of a list, the pattern holds for each item as well as for the whole: which of the two is not documented.
    values = [value, *value.split(",")] if rules["Type"] == "CommaDelimitedList" else [value]
    pattern = rules.get("AllowedPattern", ".*")
    if all(re.fullmatch(pattern, one.strip()) for one in values):
        return []
    return [f"Parameter {name} failed to satisfy constraint: {rules['ConstraintDescription']}"]


@cache
def template() -> dict:
    return yaml.load((ROOT / "template.yaml").read_text(), Loader=Loader)


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (!Ref and the like) as their plain content."""


def content(loader, _, node):
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


Loader.add_multi_constructor("!", content)


def of_samconfig(region: str) -> dict[str, str]:
    """The parameters of that region's environment in samconfig.toml."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    return dict(one.split("=", 1) for one in config[region]["deploy"]["parameters"]["parameter_overrides"])
