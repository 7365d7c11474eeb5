"""Damaged archives, the same ones in every run; none of them may be restored."""

import copy
import gzip
import io
import random
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.support.archives import DIGEST_LENGTH, Parts, parts_of, sealed

Case = tuple[str, bytes]

_MISSING_ROW = "01AAAAAAAAAAAAAAAAAAAAAAAA"


def damaged_archives(whole: bytes, encrypted: bytes, folder: Path) -> Iterator[Case]:
    """Archives by what is wrong with them.

    Args:
        whole: An archive of a ``small_portal``.
        encrypted: The same, encrypted.
        folder: For files of other programs.
    """
    seed = random.Random(20261128)
    for name, archive in (("plain", whole), ("encrypted", encrypted)):
        yield from _cut(name, archive, seed, 40)
        yield from _flipped(name, archive, seed, 60)
        yield from _swapped(name, archive, seed, 20)
        yield f"{name}: more follows", archive + b"\0"
        yield f"{name}: twice", archive + archive
    yield from _foreign(whole, folder)
    parts = parts_of(whole)
    yield from _wrong_entries(parts, seed)
    yield from _wrong_manifests(parts)
    yield from _wrong_rows(parts)


def _cut(name: str, archive: bytes, seed: random.Random, count: int) -> Iterator[Case]:
    for length in (0, 1, DIGEST_LENGTH, len(archive) - 1):
        yield f"{name}: cut to {length}", archive[:length]
    for _ in range(count - 4):
        length = seed.randrange(2, len(archive) - 1)
        yield f"{name}: cut to {length}", archive[:length]


def _flipped(
    name: str, archive: bytes, seed: random.Random, count: int
) -> Iterator[Case]:
    # The first and the last bytes are those that readers pass over.
    places = [*range(10), *range(len(archive) - 10, len(archive))]
    places += [seed.randrange(len(archive)) for _ in range(count - len(places))]
    for place in places:
        changed = bytearray(archive)
        changed[place] ^= 1 << seed.randrange(8)
        yield f"{name}: a bit of byte {place}", bytes(changed)


def _swapped(
    name: str, archive: bytes, seed: random.Random, count: int
) -> Iterator[Case]:
    while count:
        length = seed.randrange(1, len(archive) // 4)
        first = seed.randrange(len(archive) - 2 * length)
        second = seed.randrange(first + length, len(archive) - length + 1)
        a, b = archive[first : first + length], archive[second : second + length]
        if a == b:
            continue
        middle = archive[first + length : second]
        yield (
            f"{name}: {length} bytes at {first} and {second} swapped",
            archive[:first] + b + middle + a + archive[second + length :],
        )
        count -= 1


def _foreign(whole: bytes, folder: Path) -> Iterator[Case]:
    yield "a diary", b"dear diary\n" * 100
    yield "zeros", bytes(10_000)
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(500)
    yield "gzip", gzip.compress(whole)
    with sqlite3.connect(folder / "foreign.db") as database:
        database.execute("CREATE TABLE account (id TEXT)")
    database.close()
    yield "a SQLite database", (folder / "foreign.db").read_bytes()
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        archive.add(folder / "foreign.db", arcname="portal.db")
    yield "a tar", target.getvalue()
    for comment in (b"", b"0" * DIGEST_LENGTH):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as packed:
            packed.writestr("readme.txt", "hello")
            packed.comment = comment
        yield f"a ZIP with a comment of {len(comment)}", target.getvalue()
    yield "a ZIP with a digest", sealed(target.getvalue())
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.comment = b"0" * DIGEST_LENGTH
    yield "an empty ZIP with a digest", sealed(target.getvalue())
    yield "only a digest", sealed(b"0" * DIGEST_LENGTH)


def _wrong_entries(whole: Parts, seed: random.Random) -> Iterator[Case]:
    names = sorted(whole.entries)
    files = [name for name in names if name.startswith("files/")]
    for name in [*seed.sample(names, 20), *files]:
        parts = copy.deepcopy(whole)
        del parts.entries[name]
        yield f"without {name}", parts.packed()
        del parts.manifest["entries"][name]
        yield f"without {name} and its line", parts.packed()
        parts = copy.deepcopy(whole)
        parts.entries[name] += b" "
        yield f"{name} longer", parts.packed()
        parts.manifest["entries"][name]["size"] += 1
        yield f"{name} longer, with its size", parts.packed()
    for name in files:
        parts = copy.deepcopy(whole)
        if name.endswith("/full"):
            parts.set_entry(name, b"another picture")
            yield f"{name} replaced, with its digest", parts.packed()
        parts.set_entry(f"{name}x", b"a file that nobody knows")
        yield f"{name} beside another", parts.packed()
    full = [name for name in files if name.endswith("/full")]
    parts = copy.deepcopy(whole)
    first, second = (parts.entries[name] for name in full)
    parts.set_entry(full[0], second)
    parts.set_entry(full[1], first)
    yield "two files swapped, with their digests", parts.packed()
    for name in (
        "../escaped",
        "/escaped",
        "files/../../escaped",
        "files\\escaped",
        "files/A",
        "files/é",
        "tables/../escaped.jsonl",
        "tables/escaped",
        "portal.db",
    ):
        parts = copy.deepcopy(whole)
        parts.set_entry(name, b"escaped")
        yield f"an entry {name}", parts.packed()
        parts = copy.deepcopy(whole)
        parts.extra.append((name, b"escaped"))
        yield f"an entry {name} that is not listed", parts.packed()
    for kind in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield f"packed by method {kind}", whole.packed(kind)


def _wrong_manifests(whole: Parts) -> Iterator[Case]:
    for name in list(whole.manifest):
        parts = copy.deepcopy(whole)
        del parts.manifest[name]
        yield f"a manifest without {name}", parts.packed()
        for value in (None, -1, "", [], {"a": 1}):
            parts = copy.deepcopy(whole)
            if parts.manifest[name] == value:
                continue
            parts.manifest[name] = value
            yield f"a manifest whose {name} is {value!r}", parts.packed()
    for name, value in (
        ("program", "another-portal"),
        ("format", 2),
        ("format", "1"),
        ("revision", "9999_of_next_year"),
        ("revision", "head"),
        ("revision", "base"),
        ("database", "oracle"),
        ("created_at", "yesterday"),
        ("more", "of it"),
    ):
        parts = copy.deepcopy(whole)
        parts.manifest[name] = value
        yield f"a manifest whose {name} is {value!r}", parts.packed()
    parts = copy.deepcopy(whole)
    huge = 10**18
    for entry in parts.manifest["entries"].values():
        entry["size"] = huge
    yield "a manifest of huge entries", parts.packed()


def _wrong_rows(whole: Parts) -> Iterator[Case]:
    changes: dict[str, Callable[[Parts], None]] = {
        "a table fewer": _drop_table,
        "an unknown table": _add_table,
        "a column fewer": _drop_column,
        "a row more than said": lambda p: p.manifest["tables"]["account"].update(
            rows=0
        ),
        "the same row twice": lambda p: p.set_rows("account", p.rows("account") * 2),
        "no rows of accounts": lambda p: p.set_rows("account", []),
        "a row that is text": lambda p: p.set_entry(
            "tables/account.jsonl", b"account\n"
        ),
        "a row that is an object": lambda p: p.set_entry(
            "tables/account.jsonl", b"{}\n"
        ),
        "a row cut short": lambda p: p.set_rows("account", [p.rows("account")[0][:-1]]),
        "a list in a row": lambda p: _set(p, "account", "email", ["a"]),
        "a number too large": lambda p: _set(p, "stored_file", "width", 2**70),
        "a negative size": lambda p: _set(p, "stored_file", "size", -1),
        "an instant of words": lambda p: _set(p, "account", "created_at", "noon"),
        "nothing where something belongs": lambda p: _set(p, "account", "email", None),
        "a customer of nobody": lambda p: _set(
            p, "customer", "account_id", _MISSING_ROW
        ),
        "sizes of words": lambda p: _set(p, "stored_file", "sizes", "large"),
        "a file elsewhere": lambda p: _set(
            p, "stored_file", "storage_key", "../../escaped"
        ),
    }
    for name, change in changes.items():
        parts = copy.deepcopy(whole)
        change(parts)
        yield name, parts.packed()


def _set(parts: Parts, table: str, column: str, value: object) -> None:
    rows = parts.rows(table)
    rows[0][parts.column(table, column)] = value
    parts.set_rows(table, rows)


def _drop_table(parts: Parts) -> None:
    del parts.manifest["tables"]["booking_draft"]
    del parts.manifest["entries"]["tables/booking_draft.jsonl"]
    del parts.entries["tables/booking_draft.jsonl"]


def _add_table(parts: Parts) -> None:
    parts.manifest["tables"]["spy"] = {"columns": ["id"], "rows": 0}
    parts.set_entry("tables/spy.jsonl", b"")


def _drop_column(parts: Parts) -> None:
    columns = parts.manifest["tables"]["account"]["columns"]
    rows = [row[:-1] for row in parts.rows("account")]
    columns.pop()
    parts.set_rows("account", rows)
