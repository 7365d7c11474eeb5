"""What a browser may see of dependents: texts, ready to be read."""

from dataclasses import dataclass, field

from portal_app.domain.fields.views import DefinitionView, FieldView
from portal_app.domain.files.views import FileView


@dataclass(frozen=True, slots=True)
class DocumentKindView:
    """A paper to choose; ``expires`` is ``always``, ``sometimes`` or ``never``.

    A retired one is only kept where there is one; customers do not see it.
    """

    key: str = ""
    name: str = ""
    help: str = ""
    expires: str = "sometimes"
    required: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class TypeView:
    """A type of dependent; ``count`` is how many of it the customer has in use."""

    slug: str = ""
    singular: str = ""
    plural: str = ""
    icon: str = ""
    documents: list[DocumentKindView] = field(default_factory=list)
    count: int = 0


@dataclass(frozen=True, slots=True)
class BookedForView:
    """A type that a service may be for, as the office chooses it.

    Attributes:
        ticked: Whether the service is for it.
        shown_when: The key of the field that decides for which of them, or empty.
        shown_values: What that field must say.
        fields: Those that can decide.
    """

    slug: str = ""
    plural: str = ""
    ticked: bool = False
    shown_when: str = ""
    shown_values: list[str] = field(default_factory=list)
    fields: list[DefinitionView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A paper.

    Attributes:
        title: What it is, to read.
        kind: For the form; empty for one with a name of its own.
        expires_on: ISO, or empty.
        status: ``valid``, ``soon``, ``expired``, or empty without an end.
        status_text: Such as ``Expires on Tuesday, 24 November 2026``, or empty.
        version: Goes back with a change.
    """

    id: str = ""
    title: str = ""
    kind: str = ""
    name: str = ""
    file: FileView = field(default_factory=FileView)
    expires_on: str = ""
    status: str = ""
    status_text: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class DocumentGapView:
    """A required paper that lacks on a day; ``text`` begins with what it is called."""

    dependent_id: str = ""
    name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class DependentRowView:
    """A dependent in a list.

    ``summary`` is made of its first fields; ``notice`` says which paper has
    expired, soon will, or is missing, and is empty if all is well.
    """

    id: str = ""
    name: str = ""
    type: str = ""
    type_slug: str = ""
    icon: str = ""
    picture_url: str = ""
    summary: str = ""
    notice: str = ""
    archived: bool = False


@dataclass(frozen=True, slots=True)
class DependentPage:
    """One page of dependents, at most 50; ``total`` counts all pages.

    ``types`` are those to filter by, with how many there are of each.
    """

    rows: list[DependentRowView] = field(default_factory=list)
    types: list[TypeView] = field(default_factory=list)
    page: int = 1
    has_more: bool = False
    total: int = 0


@dataclass(frozen=True, slots=True)
class DependentView:
    """The page of one dependent.

    Attributes:
        fields: With what was entered; the form is made of them as well.
        missing: Names of required papers of which there is none that holds.
        version: Goes back with a change of name or fields.
    """

    id: str = ""
    name: str = ""
    type: TypeView = field(default_factory=TypeView)
    picture_url: str = ""
    fields: list[FieldView] = field(default_factory=list)
    documents: list[DocumentView] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    archived: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class TypeEntryView:
    """A type as the office defines it.

    Attributes:
        id: Its slug.
        documents: Those that are asked for in order, then the retired ones.
        asks: Such as ``5 fields · Vaccination certificate, Insurance``.
        count: How many dependents of it there are, archived ones left out.
        version: Goes back with a change.
    """

    id: str = ""
    singular: str = ""
    plural: str = ""
    icon: str = ""
    documents: list[DocumentKindView] = field(default_factory=list)
    asks: str = ""
    count: int = 0
    archived: bool = False
    version: int = 0
