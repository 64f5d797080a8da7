"""`make e2e`: template.yaml as SAM builds and deploys it, in two regions of an emulated AWS, and what it then does.

Everything runs on this host, at loopback addresses and free ports, and ends with this. Logs stay in target/e2e/logs.
"""

import os
import shutil
import time

import artefacts
import cloud
import function_logs
import parameters
import people
import provisioning
import rescue
import stacks
import zone
from processes import Processes
from sam import Sam
from settings import LOGS, PLAN, PRIMARY, PROVISIONER, REGIONS, STANDBY, WORK
from shop import Shop
from steps import step, wait_for

DAYS, DAYS_AT_FIRST = 30, 90
# The digest of no difference that anybody was shown.
NOBODYS = "0123456789ab"


def main():
    start = time.monotonic()
    shutil.rmtree(WORK, ignore_errors=True)
    LOGS.mkdir(parents=True)
    try:
        with Processes() as processes, Shop() as shop:
            story(processes, shop)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    print(f"All of it in {time.monotonic() - start:.0f} s. Logs: {LOGS}")


def story(processes: Processes, shop: Shop):
    print("The world")
    with step("a strict Route 53 with four name servers", LOGS / "twin.log"):
        twin = zone.start(processes, environment())
    with step("ministack in the place of the other services; an application in two regions, and its plan", cloud.log()):
        aws = cloud.start(processes, twin, environment())
        zone.fill(aws.client("route53", PRIMARY), twin.zone)
        PLAN.write_text(zone.plan(twin.zone, shop.port))
    sam = Sam(aws.environment)
    build(sam)
    refuse(aws, sam)
    deploy(aws, sam)
    queue = watch(aws)
    evacuate(aws, shop, queue)
    restore(aws, shop, queue)
    change(aws, sam)
    delete(aws, sam)


def build(sam: Sam):
    print("sam build")
    with step("takes what `make build` linked, as it is"):
        before = artefacts.linked()
        sam.build()
        assert artefacts.linked() == before, "sam build linked again"
        artefacts.make_build_made_them()
    with step("leaves binaries that provided.al2023 can run, and the plan in the layer"):
        artefacts.every_function_is_built()
        artefacts.the_layer_holds_the_plan_alone()


def refuse(aws: cloud.Cloud, sam: Sam):
    print("Parameters")
    with step("the patterns take what is meant, and nothing else (held here: ministack knows no AllowedPattern)"):
        stacks.bad_patterns_are_refused(aws.twin.zone)
        stacks.the_environments_of_samconfig_are_valid()
    with step("bad ones stop sam deploy with a word of which, before anything is created", cloud.log()):
        stacks.bad_parameters_create_nothing(aws, sam)


def deploy(aws: cloud.Cloud, sam: Sam):
    print("sam deploy")
    with step(f"{PROVISIONER}, which provisions", cloud.log()):
        provisioning.nothing_is_served(aws)
        deploy_to(aws, sam, PROVISIONER)
        stacks.deployed(aws, PROVISIONER)
    log = function_logs.path(PROVISIONER, "provision")
    with step("the stack made health checks and records, and tells their ids", log):
        provisioning.checks_are_made(aws)
        provisioning.records_are_made(aws, zone.TTL)
        provisioning.nothing_is_left_to_do(aws, PROVISIONER)
    with step(f"{PRIMARY}, which only compares", cloud.log()):
        made = provisioning.what_stands(aws)
        deploy_to(aws, sam, PRIMARY)
        stacks.deployed(aws, PRIMARY)
        provisioning.nothing_is_left_to_do(aws, PRIMARY)
        assert provisioning.what_stands(aws) == made
    with step("in each region a bucket for overrides, which anybody reads and two functions write", cloud.log()):
        for region in REGIONS:
            stacks.bucket_is_public_below_away(aws, region)
            stacks.those_who_move_may_write_overrides(aws, region)


def deploy_to(aws: cloud.Cloud, sam: Sam, region: str, **more: str):
    sam.deploy(region, parameters.of_the_stack(aws.twin.zone, region) | more)


def watch(aws: cloud.Cloud) -> str:
    print("All is well")
    with step("alarms, their topics and the function's permission, as their owner makes them", cloud.log()):
        rescue.alarms_are_set_up(aws)
        queue = rescue.subscriber(aws)
    with step("the schedule wakes tick in both regions, which move nothing", cloud.log()):
        rescue.each_minute_a_tick(aws)
        rescue.nobody_has_moved(aws)
    with step("`advise` computes from the plan, and its weekly event has one region tell the subscriber"):
        (shop,) = people.figures(aws, STANDBY, "rto")["result"]
        assert shop["application"] == "shop" and shop["judged"] == "met", shop
        assert people.a_week_is_over(aws, PRIMARY) == {"sent_from": STANDBY}
        people.a_week_is_over(aws, STANDBY)
        rescue.people_are_told(aws, queue, "Understudy: every application meets its targets by plan")
    return queue


def evacuate(aws: cloud.Cloud, shop: Shop, queue: str):
    print(f"{PRIMARY} fails")
    with step("(a tick has just ended, so that what happens within the next minute is the alarm's doing)"):
        rescue.just_after_a_tick()
    log = function_logs.path(STANDBY, "alarm")
    with step("its alarm goes to ALARM, SNS wakes the function alarm, and DNS answers the other region", log):
        shop.breaks(PRIMARY)
        rescue.the_alarm_moves_traffic(aws)
    with step("one run claimed the first epoch; records moved once", log):
        rescue.epoch(aws, 1, PRIMARY, STANDBY, "evacuate")
    with step("the table tells the story", log):
        rescue.the_table_tells(aws, STANDBY, ["decided", "run-ended"], [PRIMARY, STANDBY])
    with step("the subscriber got the message, once", log):
        rescue.people_are_told(aws, queue, f"shop failed over from {PRIMARY} to {STANDBY}")


def restore(aws: cloud.Cloud, shop: Shop, queue: str):
    print(f"{PRIMARY} is well again")
    log = function_logs.path(STANDBY, "alarm")
    with step("its alarm and Route 53's checkers see it", cloud.log()):
        shop.recovers(PRIMARY)
        rescue.it_is_seen_well(aws, PRIMARY)
    with step("whenever EventBridge tells of the alarm's OK, the rule wakes the function alarm, which looks", log):
        for _ in range(rescue.RISE):
            before = len(rescue.ended(STANDBY, "alarm"))
            people.eventbridge_tells_of_an_alarm(aws, STANDBY, PRIMARY, "OK")
            wait_for("a wake", 130, lambda seen=before: len(rescue.ended(STANDBY, "alarm")) > seen, log)
        looked = [line["outcome"] for line in rescue.ended(STANDBY, "alarm")[-rescue.RISE :]]
        assert not any("repeated" in outcome for outcome in looked), looked
    log = function_logs.path(STANDBY, "tick")
    with step("a person orders the way back until no guard objects; `operate` wakes tick, and DNS answers", log):
        answer = people.order_once_nothing_holds(aws, STANDBY, "fail-back", to=PRIMARY, reason="home again")
        assert answer["answer"] == "recorded" and set(answer["regions"].values()) == {"written"}, answer
        back = "the first region's address in every answer"
        wait_for(back, 110, lambda: rescue.served_from(aws.twin.name_servers) == [zone.ADDRESSES[PRIMARY]], log)
        wait_for("its end", 110, lambda: len(rescue.ended_runs(aws, STANDBY)) == 2, log)
    with step("it claimed the second epoch, is in the table, and was told", log):
        rescue.epoch(aws, 2, STANDBY, PRIMARY, "restore")
        rescue.the_table_tells(aws, STANDBY, ["decided", "run-ended", "command", "decided", "run-ended"], ["bob"])
        rescue.people_are_told(aws, queue, f"shop handed back from {STANDBY} to {PRIMARY}")


def change(aws: cloud.Cloud, sam: Sam):
    print("The stacks are changed: another plan, another retention of logs")
    layers = {region: stacks.layer(aws, region, "tick") for region in REGIONS}
    stood, log = provisioning.what_stands(aws), function_logs.path(PROVISIONER, "provision")
    ttl = stacks.another_plan()
    given = {"LogRetentionDays": str(DAYS)}
    with step("sam build, sam deploy with a digest that nobody was shown: it fails, and names the right one", log):
        sam.build()
        digest = provisioning.refused(aws, lambda: deploy_to(aws, sam, PROVISIONER, **given, ProvisionDigest=NOBODYS))
    with step("the stack is as it was, and so is Route 53", cloud.log()):
        stacks.taken_back(aws, PROVISIONER, layers[PROVISIONER], DAYS_AT_FIRST)
        assert provisioning.what_stands(aws) == stood
        assert provisioning.difference(aws, PROVISIONER)["changes"] == []
        # Made; refused; and asked for what stood before.
        assert provisioning.answers(PROVISIONER) == [True, False, True], provisioning.answers(PROVISIONER)
    with step("with that digest it succeeds, and the records follow under an epoch of their own", log):
        deploy_to(aws, sam, PROVISIONER, **given, ProvisionDigest=digest)
        provisioning.records_are_made(aws, ttl)
        rescue.epoch(aws, 3, PRIMARY, PRIMARY, "restore")
    with step(f"{PRIMARY}, too", cloud.log()):
        deploy_to(aws, sam, PRIMARY, **given)
        for region in REGIONS:
            stacks.changed(aws, region, layers[region], DAYS)
            provisioning.nothing_is_left_to_do(aws, region)
    with step("the state is kept, and the functions read the new plan", function_logs.path(STANDBY, "operate")):
        rescue.the_table_tells(aws, STANDBY, ["decided", "run-ended", "decided", "run-ended"], [])
        answer = people.status(aws, STANDBY)
        assert answer["answer"] == "status", answer
        read = [line["plan"] for line in function_logs.lines(STANDBY, "operate") if line.get("message") == "plan read"]
        assert read[-1] != read[0], read


def delete(aws: cloud.Cloud, sam: Sam):
    print("sam delete")
    served = provisioning.what_stands(aws)
    for region in REGIONS:
        with step(f"{region}: nothing is left but the state, and the bucket that checks may read", cloud.log()):
            sam.delete(region)
            stacks.deleted(aws, region)
    with step("no role and no policy is left", cloud.log()):
        stacks.no_role_is_left(aws)
    with step("users are served as before: health checks and records stand", LOGS / "twin.log"):
        assert provisioning.what_stands(aws) == served
        assert rescue.served_from(aws.twin.name_servers) == [zone.ADDRESSES[PRIMARY]]
        # What came after that: the other plan, by its digest; and farewell.
        assert provisioning.answers(PROVISIONER)[3:] == [True, True], provisioning.answers(PROVISIONER)


def environment() -> dict[str, str]:
    """This one's, without whatever leads to somebody's real account, and without what `make` tells a `make` below it:
    the one that SAM starts has its own order."""
    foreign = ("AWS_", "UNDERSTUDY_", "MAKE", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    files = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return kept | files | {"AWS_EC2_METADATA_DISABLED": "true"}


if __name__ == "__main__":
    main()
