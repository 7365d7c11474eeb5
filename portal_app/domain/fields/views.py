"""What a browser may see of fields: enough to draw a form, and what is in it."""

from dataclasses import dataclass, field

from portal_app.domain.files.views import FileView


@dataclass(frozen=True, slots=True)
class FieldChoiceView:
    """One choice; ``key`` is what is sent back."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of a form with what was entered.

    Attributes:
        key: The name under which the answer is sent back.
        kind: ``text``, ``long_text``, ``number``, ``date``, ``yes_no``,
            ``choice``, ``choices``, ``file`` or ``signature``.
        minimum: Of a number (``0.5``) or a date (ISO); empty for none.
        maximum: As ``minimum``.
        step: Of a number, such as ``1`` or ``0.1``.
        editable: Whether whoever is looking may change it.
        shown: Whether it is shown with what is stored now.
        depends_on: The key of the field of this form that decides whether it is
            shown, or empty.
        depends_on_values: It is shown while that field has one of these
            (``yes``, ``no``, or keys of choices).
        value: What goes into the input: text, a number, an ISO date, ``yes`` or
            ``no``, a choice's key, a file's id, or ``typed:NAME`` and
            ``file:ID`` for a signature.
        values: The chosen keys of ``choices``.
        text: What was entered, as a person reads it; empty for nothing.
        earlier: What was entered before the business changed the field so that
            it no longer fits, as text. It is kept until something is entered.
        file: Of a ``file`` or a drawn ``signature``.
    """

    key: str = ""
    name: str = ""
    kind: str = "text"
    help: str = ""
    unit: str = ""
    minimum: str = ""
    maximum: str = ""
    step: str = ""
    max_length: int = 0
    choices: list[FieldChoiceView] = field(default_factory=list)
    required: bool = False
    editable: bool = False
    shown: bool = True
    depends_on: str = ""
    depends_on_values: list[str] = field(default_factory=list)
    value: str = ""
    values: list[str] = field(default_factory=list)
    text: str = ""
    earlier: str = ""
    file: FileView = field(default_factory=FileView)

    @property
    def is_filled_in(self) -> bool:
        """Whether anything was entered into it, and it is shown."""
        return self.shown and bool(self.text or self.earlier or self.file.id)


@dataclass(frozen=True, slots=True)
class ChoiceDefinitionView:
    """A choice of a definition; a retired one is kept only where it was chosen."""

    key: str = ""
    name: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """A field as the office defines it: what its form holds, and words for a list.

    Attributes:
        key: What ``shown_when`` of other fields names; never shown.
        choices: Offered ones in order, then the retired ones.
        shown_when: The key of the field that decides, or empty.
        details: Such as ``From 0.5 to 120 kg · 1 decimal place``.
        condition: Such as ``When “Kind of animal” is Dog``, or empty.
        who: Who sees and changes it, where that is not the usual.
        answers: How many have filled it in.
        version: Goes back with a change.
    """

    id: str = ""
    key: str = ""
    name: str = ""
    kind: str = "text"
    kind_name: str = ""
    help: str = ""
    unit: str = ""
    minimum: str = ""
    maximum: str = ""
    decimals: str = ""
    period: str = ""
    choices: list[ChoiceDefinitionView] = field(default_factory=list)
    required: bool = False
    shown_when: str = ""
    shown_values: list[str] = field(default_factory=list)
    visible_to: list[str] = field(default_factory=list)
    editable_by: list[str] = field(default_factory=list)
    details: str = ""
    condition: str = ""
    who: str = ""
    answers: int = 0
    archived: bool = False
    version: int = 0
