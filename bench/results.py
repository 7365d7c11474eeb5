"""Where measurements are kept: one JSON file each, under ``bench/results/``."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"


def write_result(name: str, result: Mapping[str, Any]) -> Path:
    """Keep what was measured, with what it was measured on.

    Args:
        name: The measurement; the file is called ``<name>.json``.
        result: JSON values.

    Returns:
        The file, which replaces the one of the last run.
    """
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    document = {
        "name": name,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "result": dict(result),
    }
    path.write_text(json.dumps(document, indent=2) + "\n")
    return path
