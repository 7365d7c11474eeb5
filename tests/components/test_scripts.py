"""The logic of the scripts in ``assets/react``, tested by node's own runner."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NODE = Path(sys.executable).parent / "node"
TESTS = sorted((ROOT / "tests" / "react").glob("*.test.mjs"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_the_logic_of_scripts(path):
    finished = subprocess.run(
        # Their type is told by how they are written, which node warns about.
        [
            NODE,
            "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
            "--test",
            "--test-reporter=tap",
            path,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    expected = path.read_text(encoding="utf-8").count('\ntest("')
    assert expected > 0
    assert f"\n# pass {expected}\n" in finished.stdout


def test_every_script_of_logic_is_tested():
    tested = "".join(path.read_text(encoding="utf-8") for path in TESTS)
    for script in (ROOT / "assets" / "react").glob("*.js"):
        assert f"assets/react/{script.name}" in tested, script.name
