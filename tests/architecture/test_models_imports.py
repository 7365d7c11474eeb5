"""Whose tables a package reads besides its own; it writes none of them."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What is left of a habit: a package should read another one by its functions. Take
# a line out when its last import goes; none is added.
ALLOWED = {
    "api": {"files"},
    "backups": {"files"},
    "bookings": {"catalogue", "customers", "dependents", "scheduling"},
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


WRITES = {"update", "delete", "insert", "insert_into", "insert_once", "insert_all_once"}


def _writes_of_other_packages(user: str, source: str) -> list[str]:
    """Rows made, and tables changed by statement, that belong to another package."""
    tree = ast.parse(source)
    tables: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            match node.module.split("."):
                case ["portal_app", "domain", package, "models"] if package != user:
                    tables.update(alias.asname or alias.name for alias in node.names)
    found = []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda call: call.lineno):
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        written = [arg.id for arg in node.args if isinstance(arg, ast.Name)]
        names = {called} | set(written if called in WRITES else ())
        found += [f"{node.lineno}: {name}" for name in sorted(names & tables)]
    return found


def test_a_package_writes_only_its_own_tables() -> None:
    found = {}
    for path in sorted((ROOT / "portal_app").rglob("*.py")):
        parts = path.relative_to(ROOT / "portal_app").with_suffix("").parts
        user = parts[1] if parts[0] == "domain" else parts[0]
        # The demo writes what took months, at once.
        if user != "demo":
            found[str(path)] = _writes_of_other_packages(user, path.read_text())
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_writes_of_another_package_are_found() -> None:
    source = (
        "from portal_app.domain.accounts.models import Account\n"
        "tx.add(Account(id=1))\n"
        "tx.execute(update(Account).values(a=1))\n"
        "tx.execute(sa.delete(Account))\n"
        "tx.exec(select(Account))\n"
    )
    assert _writes_of_other_packages("sign_in", source) == [
        "2: Account",
        "3: Account",
        "4: Account",
    ]
    assert _writes_of_other_packages("accounts", source) == []
