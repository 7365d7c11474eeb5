"""What an archive says of itself, and what may stand in one."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

PROGRAM = "customer-portal"
FORMAT = 1
MANIFEST_NAME = "manifest.json"
# A manifest has a line for each file; a million of them fit.
MAX_MANIFEST_BYTES = 256 * 1024 * 1024

_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_TableName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
# Tables, and files under keys of the storage. Never a path out of the archive.
_EntryName = Annotated[
    str,
    StringConstraints(
        pattern=r"^(tables/[a-z][a-z0-9_]{0,62}\.jsonl|files(/[a-z0-9]{1,64}){1,4})$"
    ),
]


class BackupError(Exception):
    """Nothing was kept or restored; the message is the one line to print."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Entry(_Part):
    """One entry's content: its size in bytes and its digest."""

    size: int = Field(ge=0)
    sha256: _Sha256


class Table(_Part):
    """One table: its columns in the order of the values, and how many rows."""

    columns: list[str]
    rows: int = Field(ge=0)


class Manifest(_Part):
    """What is in an archive.

    Attributes:
        revision: Of the database's schema.
        entries: Everything in the archive but the manifest.
        unfit_files: Keys of files that rows refer to and that were ``missing`` from
            the storage, or ``damaged`` there, when the backup was made.
    """

    program: Literal["customer-portal"]
    format: Literal[1]
    revision: str
    created_at: AwareDatetime
    database: Literal["sqlite", "postgresql"]
    tables: dict[_TableName, Table]
    entries: dict[_EntryName, Entry]
    unfit_files: dict[str, Literal["missing", "damaged"]]


class Origin(BaseModel):
    """Who wrote an archive, and in which format; read before all else."""

    program: str
    format: int


def table_entry(name: str) -> str:
    """The entry of a table's rows."""
    return f"tables/{name}.jsonl"


def file_entry(key: str) -> str:
    """The entry of a file of the storage."""
    return f"files/{key}"
