"""The command `sam`, as README and samconfig.toml say that it is used."""

import subprocess
from pathlib import Path

from settings import BUILT, LOGS, PLAN, ROOT, TOOLS, WORK
from steps import Failed


class Sam:
    def __init__(self, environment: dict):
        path = f"{TOOLS}:{environment['PATH']}"
        own = {"SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": str(WORK / "sam"), "PLAN": str(PLAN)}
        self.environment = environment | own | {"PATH": path}

    def build(self):
        self.run("build", "build", "--template-file", ROOT / "template.yaml", "--base-dir", ROOT, "--build-dir", BUILT)

    def deploy(self, region: str, parameters: dict[str, str]):
        overrides = [f"{name}={value}" for name, value in parameters.items()]
        where = ["--config-env", region, "--template-file", BUILT / "template.yaml"]
        self.run(f"deploy-{region}", "deploy", *where, "--parameter-overrides", *overrides)

    def delete(self, region: str):
        self.run(f"delete-{region}", "delete", "--config-env", region, "--no-prompts")

    def run(self, name: str, verb: str, *arguments):
        log = LOGS / f"sam-{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [TOOLS / "sam", verb, "--config-file", ROOT / "samconfig.toml", *arguments]
        with log.open("wb") as file:
            done = subprocess.run(
                [str(word) for word in command], cwd=ROOT, env=self.environment, stdout=file, stderr=subprocess.STDOUT
            )
        if done.returncode != 0:
            raise Failed(f"sam {verb} ended with {done.returncode}", log)


def said(failure: Failed) -> str:
    return Path(failure.log).read_text()
