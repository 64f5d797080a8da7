"""A region fails, an alarm goes off, traffic moves; a person sends it back. All is seen from outside."""

import json

import function_logs
import table
from cloud import Cloud
from questions import checkers_say, newest_epoch, served_from
from settings import ADDRESSES, PRIMARY, REGIONS, SERVED, STACK, STANDBY, alarm_about, arn
from steps import Failed, wait_for

METRIC = {"Namespace": "Shop", "MetricName": "Errors"}
MOVED_WITHIN = 110
# So many good samples in a row, and a region that was bad has settled as good: the plan's default.
RISE = 3


def host(region: str) -> str:
    """Where the alarm about a region stands: it still speaks when that one is gone."""
    return REGIONS[1 - REGIONS.index(region)]


def alarms_are_set_up(cloud: Cloud):
    """As their owner does: an alarm, its topic, and the function as the topic's subscriber."""
    for region in REGIONS:
        here = host(region)
        topic = cloud.client("sns", here).create_topic(Name="shop-alarms")["TopicArn"]
        function = arn("lambda", here, f"function:{STACK}-alarm")
        cloud.client("lambda", here).add_permission(
            FunctionName=function,
            StatementId="shop-alarms",
            Action="lambda:InvokeFunction",
            Principal="sns.amazonaws.com",
            SourceArn=topic,
        )
        cloud.client("sns", here).subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
        cloud.client("cloudwatch", here).put_metric_alarm(
            AlarmName=alarm_about(region),
            **METRIC,
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=5,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=[topic],
        )
        errors(cloud, region, 0)
        assert state(cloud, region) == "OK", state(cloud, region)


def errors(cloud: Cloud, region: str, count: int):
    """The application's errors, as its owner counts them where the alarm is."""
    cloud.client("cloudwatch", host(region)).put_metric_data(
        Namespace=METRIC["Namespace"], MetricData=[{"MetricName": METRIC["MetricName"], "Value": count}]
    )


def it_is_seen_well(cloud: Cloud, region: str):
    """By its alarm, whose period goes by, and by Route 53's checkers."""

    def alarm_is_over() -> bool:
        errors(cloud, region, 0)
        return state(cloud, region) == "OK"

    wait_for("an alarm that is OK", 90, alarm_is_over)
    wait_for("checkers that say up", 60, lambda: checkers_say(cloud.twin.name_servers, region) == ['"up"'])


def state(cloud: Cloud, region: str) -> str:
    alarms = cloud.client("cloudwatch", host(region)).describe_alarms(AlarmNames=[alarm_about(region)])
    return alarms["MetricAlarms"][0]["StateValue"]


def subscriber(cloud: Cloud) -> str:
    """A queue in the place of a person on call, subscribed to the standby's topic."""
    url = cloud.client("sqs", STANDBY).create_queue(QueueName="on-call")["QueueUrl"]
    topic = arn("sns", STANDBY, f"{STACK}-ops-team")
    cloud.client("sns", STANDBY).subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn("sqs", STANDBY, "on-call"))
    return url


def each_minute_a_tick(cloud: Cloud):
    for region in REGIONS:
        log = function_logs.path(region, "tick")
        wait_for(f"a tick in {region} by its schedule", 100, lambda: ended(region, "tick"), log)
        assert table.house(cloud, region), f"the table in {region} is empty"


def ended(region: str, function: str) -> list[dict]:
    """The wakes that ended, as the function tells them."""
    return [line for line in function_logs.lines(region, function) if str(line.get("message")).startswith("awake for")]


def nobody_has_moved(cloud: Cloud):
    assert served_from(cloud.twin.name_servers) == [ADDRESSES[PRIMARY]]
    assert newest_epoch(cloud.twin.name_servers) == ""


def just_after_a_tick():
    """So that the next one is nearly a minute away, and what happens now is the alarm's doing."""
    before = len(ended(STANDBY, "tick"))
    wait_for("the next tick", 80, lambda: len(ended(STANDBY, "tick")) > before, function_logs.path(STANDBY, "tick"))


def the_alarm_moves_traffic(cloud: Cloud):
    errors(cloud, PRIMARY, 100)
    assert state(cloud, PRIMARY) == "ALARM", state(cloud, PRIMARY)
    log = function_logs.path(STANDBY, "alarm")
    wait_for("a move", MOVED_WITHIN, lambda: served_from(cloud.twin.name_servers) == [ADDRESSES[STANDBY]], log)
    wait_for("its end", MOVED_WITHIN, lambda: ended_runs(cloud, STANDBY), log)
    begun = [line for line in function_logs.lines(STANDBY, "alarm") if line.get("message") == "run begins"]
    if len(begun) != 1:
        raise Failed(f"the function alarm began {len(begun)} runs", log)


def epoch(cloud: Cloud, number: int, of: str, to: str, kind: str):
    """The newest epoch, by DNS and among the records."""
    told = newest_epoch(cloud.twin.name_servers)
    for word in [f"epoch={number}", f"from={of}", f"to={to}", f"kind={kind}"]:
        assert word in told.split(), told
    claimed = [f"e{epoch:08}._understudy.{SERVED}." for epoch in range(1, number + 1)]
    listed = cloud.client("route53", PRIMARY).list_resource_record_sets(HostedZoneId=cloud.twin.zone)
    names = [one["Name"] for one in listed["ResourceRecordSets"]]
    assert sorted(name for name in names if name.startswith("e0")) == claimed, names


def ended_runs(cloud: Cloud, region: str) -> list[dict]:
    return [run for run in table.runs(cloud, region) if "ended" in run["state"]]


def the_table_tells(cloud: Cloud, region: str, kinds: list[str], words: list[str]):
    """These kinds of entries stand in the ledger in this order, and these words in some of them."""
    entries = table.ledger(cloud, region)
    told = iter(entry["kind"] for entry in entries)
    assert all(kind in told for kind in kinds), [(entry["kind"], entry["text"]) for entry in entries]
    text = "\n".join(entry["text"] for entry in entries)
    assert all(word in text for word in words), text


def people_are_told(cloud: Cloud, queue: str, subject: str):
    subjects = []

    def arrived():
        answer = cloud.client("sqs", STANDBY).receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            subjects.append(json.loads(message["Body"])["Subject"])
            cloud.client("sqs", STANDBY).delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return subject in subjects

    try:
        wait_for(f"a message {subject!r}", 20, arrived)
    except Failed as failure:
        raise Failed(f"{failure}; there are {subjects}") from None
    assert subjects.count(subject) == 1, subjects
