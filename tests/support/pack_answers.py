"""An answer to everything that a shipped pack asks."""

from tests.support.packs import PackField

DAY, LATER_DAY = "2020-03-03", "2031-03-03"


def _answer_to(asked: PackField, form: list[PackField]) -> str:
    """One fitting answer; of choices, the first that has something else shown."""
    deciding = [one.needs[1] for one in form if one.needs and one.needs[0] == asked.key]
    keys = ["yes", "no"] if asked.kind == "yes_no" else list(asked.choices)
    if keys:
        return next((key for key in keys if any(key in d for d in deciding)), keys[0])
    return {
        "number": asked.minimum,
        "date": LATER_DAY if asked.future else DAY,
        "file": "paper.pdf",
        "signature": "Ada Tester",
    }.get(asked.kind, f"About {asked.key}")


def answers_to(form: list[PackField]) -> dict[str, str]:
    """An answer to every field that is shown with these answers."""
    given: dict[str, str] = {}
    for asked in form:
        shown = asked.needs is None or given.get(asked.needs[0]) in asked.needs[1]
        if shown and asked.editable:
            given[asked.key] = _answer_to(asked, form)
    return given


def words_of(
    asked: list[PackField], answers: dict[str, str], days: dict[str, str]
) -> dict[str, str]:
    """Answers as a person reads them, who reads days as ``days`` has them."""
    return {
        one.name: _words_of(one, answers[one.key], days)
        for one in asked
        if one.key in answers
    }


def _words_of(asked: PackField, answer: str, days: dict[str, str]) -> str:
    match asked.kind:
        case "yes_no":
            return answer.capitalize()
        case "choice" | "choices":
            return asked.choices[answer]
        case "number":
            return f"{answer} {asked.unit}".strip()
        case "date":
            return days[answer]
        case _:
            return answer
