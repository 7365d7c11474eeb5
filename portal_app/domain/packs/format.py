"""What a pack says, in the words of the domain."""

from dataclasses import dataclass, field

from portal_app.domain.business.message_templates import TemplateText
from portal_app.domain.business.policies import PolicyText
from portal_app.domain.catalogue.definitions import (
    CategoryDefinition,
    ServiceDefinition,
)
from portal_app.domain.dependents.rules import TypeDefinition
from portal_app.domain.fields.rules import Definition
from portal_app.kernel.errors import DomainError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class TypePack:
    """A type of dependent with the fields it is asked."""

    definition: TypeDefinition
    fields: tuple[Definition, ...] = ()


@dataclass(frozen=True, slots=True)
class ServicePack:
    """A service with the fields asked when it is booked."""

    definition: ServiceDefinition
    fields: tuple[Definition, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """A trade in one file: everything a business of its kind starts with."""

    name: str
    summary: str = ""
    types: tuple[TypePack, ...] = ()
    customer_fields: tuple[Definition, ...] = ()
    categories: tuple[CategoryDefinition, ...] = ()
    services: tuple[ServicePack, ...] = ()
    policies: tuple[PolicyText, ...] = ()
    templates: tuple[TemplateText, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong with a pack, and where.

    Attributes:
        line: Counted from 1.
        where: Such as ``services.dog-walk.price``, or empty for the file.
        sentence: In words.
    """

    line: int
    where: str
    sentence: str = field(compare=False)

    def __str__(self) -> str:
        """The line, the place and the sentence, for a person to read."""
        place = f"{self.where}: " if self.where else ""
        return f"line {self.line}: {place}{self.sentence}"


class PackError(DomainError):
    """A pack that cannot be imported; nothing was changed.

    Attributes:
        problems: Everything that is wrong, in the order of the file.
    """

    def __init__(self, problems: list[Problem]) -> None:
        count = "one place" if len(problems) == 1 else f"{len(problems)} places"
        super().__init__(f"The pack is wrong in {count}. Nothing was changed.")
        self.problems = sorted(problems)
