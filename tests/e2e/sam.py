"""The command `sam`, as README and samconfig.toml say that it is used."""

import subprocess
from pathlib import Path

from settings import BUILT, LOGS, PLAN, ROOT, TOOLS, WORK
from steps import Failed

# Of one command. A stack that waits for an answer that does not come would wait for nearly an hour.
PATIENCE = 300


class Hung(Exception):
    """Whoever expects that a command fails does not expect this."""

    def __init__(self, why: str, log: Path):
        super().__init__(why)
        self.log = log


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
            how = {"cwd": ROOT, "env": self.environment, "stdout": file, "stderr": subprocess.STDOUT}
            try:
                done = subprocess.run([str(word) for word in command], timeout=PATIENCE, **how)
            except subprocess.TimeoutExpired:
                raise Hung(f"sam {verb} has not ended after {PATIENCE} s", log) from None
        if done.returncode != 0:
            raise Failed(f"sam {verb} ended with {done.returncode}", log)


def said(failure: Failed) -> str:
    return Path(failure.log).read_text()
