"""The internal switches that serving needs, pinned to this version of Reflex."""

import importlib.metadata
import re
from pathlib import Path

from reflex_base.environment import environment

from portal_app.serving.server import REFLEX_SWITCHES

ROOT = Path(__file__).resolve().parents[2]


def test_the_pinned_reflex_is_the_installed_one() -> None:
    pins = dict(
        re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "requirements.txt").read_text(), re.M)
    )
    assert pins["reflex"] == "0.10.1"
    assert importlib.metadata.version("reflex") == pins["reflex"]


def test_every_switch_is_one_that_reflex_reads() -> None:
    known = {
        variable.name
        for name in dir(type(environment))
        if hasattr(variable := getattr(environment, name), "name")
    }
    assert set(REFLEX_SWITCHES) <= known
