"""What people and the account's other services say to the functions."""

import json
from datetime import datetime, timezone

import function_logs
from cloud import Cloud
from rescue import METRIC
from settings import APPLICATION, STACK, alarm_about, arn
from steps import Failed, wait_for

# More than the plan's cool-down and soak, and than the minute between two ticks.
HELD_FOR = 90


def order(cloud: Cloud, region: str, command: str, **more) -> dict:
    """Gives an order, as README says."""
    return send(cloud, region, {"command": command, "application": APPLICATION, "author": "bob"} | more)


def status(cloud: Cloud, region: str) -> dict:
    """Asks how the application stands."""
    return send(cloud, region, {"command": "status", "application": APPLICATION})


def order_once_nothing_holds(cloud: Cloud, region: str, command: str, **more) -> dict:
    """Gives an order until it is not refused any more, and forces no guard."""
    answers = []

    def is_taken() -> bool:
        answers.append(order(cloud, region, command, **more))
        return answers[-1]["answer"] != "refused"

    try:
        wait_for("an order to which no guard objects", HELD_FOR, is_taken, function_logs.path(region, "operate"))
    except Failed as failure:
        raise Failed(f"{failure}; {answers[-1]['guards']}", failure.log) from None
    return answers[-1]


def figures(cloud: Cloud, region: str, analysis: str) -> dict:
    """Asks what the plan means."""
    return send(cloud, region, {"analysis": analysis}, "advise")


def a_week_is_over(cloud: Cloud, region: str) -> dict:
    """The event of the schedule that comes every Monday."""
    return send(cloud, region, {"understudy": "advise", "scheduled_at": "2026-11-23T08:00:00Z"}, "advise")


def send(cloud: Cloud, region: str, said: dict, function: str = "operate") -> dict:
    """Invokes a function, and gives its answer."""
    answer = cloud.client("lambda", region).invoke(FunctionName=f"{STACK}-{function}", Payload=json.dumps(said))
    text = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise Failed(f"{said}: {text}", function_logs.path(region, function))
    return json.loads(text)


def eventbridge_tells_of_an_alarm(cloud: Cloud, host: str, about: str, state: str):
    """The event that CloudWatch sends to the default bus by itself, which ministack's does not.

    Its time tells it from the one before, even within a second: what was told already wakes nobody to look."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
    metric = {"namespace": METRIC["Namespace"], "name": METRIC["MetricName"], "dimensions": {}}
    stat = {"metric": metric, "period": 60, "stat": "Sum"}
    detail = {
        "alarmName": alarm_about(about),
        "configuration": {"metrics": [{"id": "m1", "metricStat": stat, "returnData": True}]},
        "previousState": {"value": "ALARM", "reason": "as before", "timestamp": now},
        "state": {"value": state, "reason": "Threshold Crossed", "timestamp": now},
    }
    event = {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Resources": [arn("cloudwatch", host, f"alarm:{alarm_about(about)}")],
        "Detail": json.dumps(detail),
    }
    answer = cloud.client("events", host).put_events(Entries=[event])
    assert answer["FailedEntryCount"] == 0, answer
