"""What `sam build` left: what would be uploaded."""

import re
from pathlib import Path

from settings import BUILT, PLAN, ROOT, functions

# Amazon Linux 2023, on which provided.al2023 runs (Amazon Linux 2023 User Guide, "Comparing AL2 and AL2023").
GLIBC = 34


def binaries() -> dict[str, Path]:
    """By function, the one file of its artefact."""
    return {function: BUILT / f"{function.capitalize()}Function" / "bootstrap" for function in functions()}


def linked() -> dict[str, float]:
    """What cargo linked for the target that cargo-lambda chooses, and when."""
    folder = ROOT / "target" / "x86_64-unknown-linux-gnu" / "release" / "deps"
    files = [file for function in functions() for file in folder.glob(f"{function}-*") if not file.suffix]
    assert len(files) >= len(functions()), files
    return {file.name: file.stat().st_mtime for file in files}


def every_function_is_built():
    for function, binary in binaries().items():
        found = sorted(file.name for file in binary.parent.iterdir())
        assert found == ["bootstrap"], f"{function}: {found}"
        content = binary.read_bytes()
        assert content[:4] == b"\x7fELF" and content[18] == 0x3E, f"{function} is no binary for x86_64"
        newest = max(int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", content))
        assert newest <= GLIBC, f"{function} needs glibc 2.{newest}; provided.al2023 has 2.{GLIBC}"


def make_build_made_them():
    for function, binary in binaries().items():
        made = ROOT / "target" / "lambda" / function / "bootstrap"
        assert made.read_bytes() == binary.read_bytes(), f"{function} is another one than make build made"


def the_layer_holds_the_plan_alone():
    found = {file.name: file.read_bytes() for file in (BUILT / "PlanLayer").iterdir()}
    assert found == {"failover.toml": PLAN.read_bytes()}, f"the layer holds {sorted(found)}"
