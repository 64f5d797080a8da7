"""ministack, mended where it is not as AWS is, as far as our stack depends on it:

- A layer's content stands under /opt (Lambda Developer Guide, "Packaging your layer content"). ministack unpacks none
  for binaries, and nobody may write to this machine's /opt: paths there lead to where the layer was unpacked.
- What a function writes goes to its log. ministack drops it: here it goes to <logs>/<region>/<function>.log.
- A parameter of type CommaDelimitedList is a list (CloudFormation User Guide, "Parameters"). To ministack it is a
  text, so that Fn::Join puts its delimiter between the letters; and conditions know no Fn::Join.
- DynamoDB takes a table's ARN for its name (API reference, `PutItem`), by which a controller reads and writes its peers.
- A stack tells whether it is protected (CloudFormation API reference, "Stack"): `sam delete` asks.
- What its CloudFormation makes of the template is mended in `mended_stacks.py`.

Started by `cloud.py`: python emulator.py <folder for logs> <folder for layers>
"""

import hashlib
import io
import os
import re
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

from ministack import app
from ministack.services import dynamodb, lambda_svc
from ministack.services.cloudformation import changesets, engine, handlers, stacks

import mended_stacks


class CommaDelimited(list):
    """A list that is shown as the text that it was given as."""

    def __str__(self):
        return ",".join(self)


def mend_lists():
    resolve, evaluate = engine._resolve_parameters, engine._evaluate_conditions

    def resolve_parameters(template, *given):
        resolved = resolve(template, *given)
        for name, parameter in template.get("Parameters", {}).items():
            if parameter.get("Type") == "CommaDelimitedList":
                items = str(resolved[name]["Value"]).split(",")
                resolved[name]["Value"] = CommaDelimited(item.strip() for item in items)
        return resolved

    def evaluate_conditions(template, parameters):
        def joined(part):
            if isinstance(part, dict) and "Fn::Join" in part:
                return engine._resolve_refs(part, {}, parameters, {}, {}, "", "")
            if isinstance(part, dict):
                return {key: joined(value) for key, value in part.items()}
            return [joined(item) for item in part] if isinstance(part, list) else part

        return evaluate({"Conditions": joined(template.get("Conditions", {}))}, parameters)

    for module in (engine, handlers, changesets, stacks):
        module._resolve_parameters = resolve_parameters
        module._evaluate_conditions = evaluate_conditions


def mend_protection():
    describe = handlers._ACTION_HANDLERS["DescribeStacks"]

    def describe_stacks(parameters):
        status, headers, body = describe(parameters)
        told = b"<EnableTerminationProtection>false</EnableTerminationProtection><StackStatus>"
        return status, headers, body.replace(b"<StackStatus>", told)

    handlers._ACTION_HANDLERS["DescribeStacks"] = describe_stacks


def mend_tables():
    handle = dynamodb.handle_request
    arn = re.compile(rb'"TableName":\s*"arn:aws:dynamodb:[^"]*:table/([^"]+)"')

    async def handle_request(method, path, headers, body, query):
        return await handle(method, path, headers, arn.sub(rb'"TableName":"\1"', body or b""), query)

    dynamodb.handle_request = handle_request


class Functions:
    """In the place of the module `subprocess`, where ministack starts functions."""

    def __init__(self, logs: Path, layers: Path):
        self.logs, self.layers, self.unpacking = logs, layers, threading.Lock()

    def __getattr__(self, name):
        return getattr(subprocess, name)

    def Popen(self, command, *, env, stdout, stderr, **options):
        opt = self.opt(env["AWS_LAMBDA_FUNCTION_NAME"])
        env = {name: f"{opt}{value[4:]}" if value.startswith("/opt/") else value for name, value in env.items()}
        log = self.logs / env["AWS_REGION"] / f"{env['AWS_LAMBDA_FUNCTION_NAME']}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as file:
            return subprocess.Popen(command, env=env, stdout=file, stderr=subprocess.STDOUT, **options)

    def opt(self, function: str) -> Path:
        """The folder that holds what the function finds under /opt."""
        arns = [layer["Arn"] for layer in lambda_svc._functions[function]["config"]["Layers"]]
        folder = self.layers / hashlib.sha256(" ".join(arns).encode()).hexdigest()[:16]
        with self.unpacking:
            if not folder.exists():
                for arn in arns:
                    zipfile.ZipFile(io.BytesIO(lambda_svc._resolve_layer_zip(arn))).extractall(folder)
        return folder


def main():
    logs, layers = (Path(folder).resolve() for folder in sys.argv[1:3])
    del sys.argv[1:]
    mend_lists()
    mend_protection()
    mend_tables()
    mended_stacks.mend_all()
    lambda_svc.subprocess = Functions(logs, layers)
    os.umask(0o022)
    app.main()


if __name__ == "__main__":
    main()
