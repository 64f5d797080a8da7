"""ministack's CloudFormation, mended where it is not as AWS is, as far as our template depends on it:

- An update that fails is taken back: each resource that it reached, the one that failed too, is updated to what it was,
  and what is new is deleted (CloudFormation User Guide, "Update rollback"). ministack deletes all that it reached,
  functions and table among them.
- `DeletionPolicy: Retain` keeps a resource when its stack goes ("DeletionPolicy attribute"). ministack deletes it.
- A managed policy is attached to its `Roles`, which must exist ("AWS::IAM::ManagedPolicy"), and a role tells what is
  attached to it. ministack drops the first, and cannot read what it keeps of the second.
- A bucket is as its properties say ("AWS::S3::Bucket"). ministack drops who owns its objects and who is kept out.
"""

import asyncio

from ministack.services import cloudformation, iam, s3
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks


def mend_all():
    mend_updates()
    mend_retained()
    mend_policies()
    mend_buckets()


def mend_updates():
    deploy, update = stacks._deploy_stack_async, stacks._update_resource

    def update_resource(kind, physical_id, old, new, stack_name, logical_id=None, attributes=None):
        try:
            return update(kind, physical_id, old, new, stack_name, logical_id, attributes)
        except Exception:
            # Nobody knows how far it came: it is one that the rollback has to update.
            standing(stack_name)[logical_id]["Properties"] = new
            raise

    async def deploy_stack(name, stack_id, template, parameters, keep, tags, is_update=False, previous_stack=None):
        how = {"is_update": is_update, "previous_stack": previous_stack}
        await deploy(name, stack_id, template, parameters, keep or is_update, tags, **how)
        stack = cloudformation._stacks[name]
        if is_update and not keep and stack["StackStatus"] == "UPDATE_FAILED":
            # That it has failed for good is not so, and who follows its events would leave.
            cloudformation._stack_events[stack_id].pop()
            await roll_back(name, stack, previous_stack)

    stacks._update_resource = update_resource
    for module in (handlers, changesets):
        module._deploy_stack_async = deploy_stack


async def roll_back(name: str, stack: dict, before: dict):
    tell(name, stack, "UPDATE_ROLLBACK_IN_PROGRESS")
    try:
        await put_back(name, standing(name), before)
    except Exception as failure:
        tell(name, stack, "UPDATE_ROLLBACK_FAILED", str(failure))
        return
    for kept in ("_resources", "_template", "_resolved_params", "Outputs"):
        stack[kept] = before[kept]
    tell(name, stack, "UPDATE_ROLLBACK_COMPLETE")


async def put_back(name: str, now: dict, before: dict):
    then = before["_resources"]
    conditions = engine._evaluate_conditions(before["_template"], before["_resolved_params"])
    for logical_id in engine._topological_sort(before["_template"]["Resources"], conditions):
        was, wrong = then[logical_id], now[logical_id]["Properties"]
        known = was["Properties"], name, logical_id, was["Attributes"]
        await asyncio.to_thread(
            stacks._update_resource, was["ResourceType"], was["PhysicalResourceId"], wrong, *known
        )
    for logical_id in [one for one in now if one not in then]:
        new = now[logical_id]
        stacks._delete_resource(new["ResourceType"], new["PhysicalResourceId"], new["Properties"], name, logical_id)


def tell(name: str, stack: dict, status: str, reason: str = ""):
    stack["StackStatus"] = status
    stacks._add_event(stack["StackId"], name, name, "AWS::CloudFormation::Stack", status, reason, stack["StackId"])


def standing(name: str) -> dict:
    return cloudformation._stacks[name]["_resources"]


def mend_retained():
    delete = stacks._delete_resource

    def delete_resource(kind, physical_id, properties, stack_name=None, logical_id=None):
        template = cloudformation._stacks[stack_name].get("_template", {})
        if template.get("Resources", {}).get(logical_id, {}).get("DeletionPolicy") != "Retain":
            delete(kind, physical_id, properties, stack_name, logical_id)

    stacks._delete_resource = delete_resource


def mend_policies():
    of_policies, of_roles = (provisioners._RESOURCE_HANDLERS[f"AWS::IAM::{kind}"] for kind in ("ManagedPolicy", "Role"))
    create, create_role = of_policies["create"], of_roles["create"]

    def create_readable_role(logical_id, properties, stack_name):
        name, attributes = create_role(logical_id, properties, stack_name)
        iam._roles[name]["AttachedPolicies"] = list(properties.get("ManagedPolicyArns", []))
        return name, attributes

    def create_policy(logical_id, properties, stack_name):
        arn, attributes = create(logical_id, properties, stack_name)
        for role in properties.get("Roles", []):
            done(iam._attach_role_policy({"RoleName": [role], "PolicyArn": [arn]}))
        return arn, attributes

    of_policies["create"], of_roles["create"] = create_policy, create_readable_role


def mend_buckets():
    handler = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    create = handler["create"]

    def create_bucket(logical_id, properties, stack_name):
        name, attributes = create(logical_id, properties, stack_name)
        for rule in properties.get("OwnershipControls", {}).get("Rules", []):
            done(s3._put_bucket_ownership_controls(name, xml("OwnershipControls", Rule=xml_of(rule)).encode()))
        if block := properties.get("PublicAccessBlockConfiguration"):
            done(s3._put_public_access_block(name, xml("PublicAccessBlockConfiguration", **told(block)).encode()))
        return name, attributes

    handler["create"] = create_bucket


def done(answer: tuple):
    status, _, body = answer
    if status >= 400:
        raise ValueError(body.decode() if isinstance(body, bytes) else body)


def told(properties: dict) -> dict:
    """As S3's API writes them: `true` and `false`."""
    return {name: str(value).lower() for name, value in properties.items()}


def xml(root: str, **content: str) -> str:
    return f'<{root} xmlns="{s3.S3_NS}">{xml_of(content)}</{root}>'


def xml_of(content: dict[str, str]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in content.items())
