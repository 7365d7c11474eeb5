"""Things that are told from each other by their names, as rows of a table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

from portal_app.domain.imports.cells import key_of_name
from portal_app.domain.imports.kinds import Cells
from portal_app.kernel.errors import InvalidInput


class _Archivable(Protocol):
    @property
    def archived(self) -> bool: ...


T = TypeVar("T", bound=_Archivable)


def name_key(_context: object, cells: Cells) -> str:
    """The key of a row that has a name; for ``Kind.key_of``.

    Raises:
        InvalidInput: If it has none.
    """
    key = key_of_name(cells.get("name", ""))
    if not key:
        raise InvalidInput({"name": "Please enter a name."})
    return key


@dataclass(frozen=True, slots=True)
class ByName(Generic[T]):
    """Things by the keys of their names.

    Attributes:
        in_use: In their order; of several with one name the first.
        archived: The keys of those that are put away.
    """

    in_use: Mapping[str, T]
    archived: frozenset[str]

    @classmethod
    def of(cls, things: Sequence[T], name: Callable[[T], str]) -> Self:
        """Sort things that are in order by what ``name`` says of each."""
        in_use: dict[str, T] = {}
        for one in things:
            if not one.archived:
                in_use.setdefault(key_of_name(name(one)), one)
        return cls(
            in_use, frozenset(key_of_name(name(one)) for one in things if one.archived)
        )

    def get(self, name: str) -> T | None:
        """The one of this name."""
        return self.in_use.get(key_of_name(name))

    def among(self, keys: Iterable[str]) -> dict[str, T]:
        """Those that are there under these keys."""
        return {key: self.in_use[key] for key in keys if key in self.in_use}

    def refusals(self, keys: Iterable[str], words: str) -> dict[str, InvalidInput]:
        """These words for each key that only something archived has."""
        return {
            key: InvalidInput({"name": words})
            for key in keys
            if key in self.archived and key not in self.in_use
        }
