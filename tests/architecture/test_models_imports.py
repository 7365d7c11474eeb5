"""Whose tables a package uses besides its own."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What is left of a habit: a package should read another one by its functions. Take
# a line out when its last import goes; none is added.
ALLOWED = {
    "api": {"files"},
    "bookings": {"catalogue", "customers", "dependents", "scheduling"},
    "cli": {"accounts"},
    "customers": {"accounts", "business"},
    "demo": {
        "accounts",
        "bookings",
        "catalogue",
        "customers",
        "dependents",
        "fields",
        "scheduling",
    },
    "dependents": {"accounts", "customers"},
    "files": {"accounts"},
    "packs": {"catalogue", "dependents"},
    "scheduling": {"catalogue"},
    "sign_in": {"accounts", "customers"},
}


def _imported_models(path: Path) -> set[str]:
    """The domain packages whose ``models`` a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        else:
            continue
        for name in names:
            match name.split("."):
                case ["portal_app", "domain", package, "models", *_]:
                    found.add(package)
    return found


def test_imports_of_other_packages_models_only_become_fewer() -> None:
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "portal_app").rglob("*.py")):
        parts = path.relative_to(ROOT / "portal_app").with_suffix("").parts
        user = parts[1] if parts[0] == "domain" else parts[0]
        if user != "tables":
            found.setdefault(user, set()).update(_imported_models(path) - {user})
    assert {user: used for user, used in found.items() if used} == ALLOWED
