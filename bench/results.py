"""Where measurements are kept: one JSON file each, under ``bench/results/``."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
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


def print_rows(title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows that have the same keys as a table.

    Args:
        title: What was measured.
        rows: One mapping a row; the keys of the first are the columns.
    """
    columns = list(rows[0])
    print(title)
    print("".join(f"{column:>16}" for column in columns))
    for row in rows:
        print("".join(f"{row[column]!s:>16}" for column in columns))
