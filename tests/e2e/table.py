"""The state table, as it stands."""

import json

from cloud import Cloud
from settings import APPLICATION, STACK


def rows(cloud: Cloud, region: str, partition: str) -> list[dict]:
    """The bodies of a partition's rows, in the order of their sort keys."""
    answer = cloud.client("dynamodb", region).query(
        TableName=f"{STACK}-state",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": partition}},
        ConsistentRead=True,
    )
    return [json.loads(row["body"]["S"]) for row in answer["Items"]]


def ledger(cloud: Cloud, region: str) -> list[dict]:
    return rows(cloud, region, f"ledger#{APPLICATION}")


def runs(cloud: Cloud, region: str) -> list[dict]:
    return rows(cloud, region, f"run#{APPLICATION}")


def house(cloud: Cloud, region: str) -> list[dict]:
    """What the controller keeps for itself: observations, one row for each application, what people said."""
    return rows(cloud, region, "controller")
