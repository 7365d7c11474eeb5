from portal_app.kernel.changes import Change, compare

LABELS = {"name": "Name", "text": "Text"}


def test_differing_fields_in_the_order_of_the_form() -> None:
    yours, now = {"text": "a", "name": "Rex"}, {"text": "", "name": "Rexi"}
    assert compare(LABELS, yours, now) == [
        Change("name", "Name", "Rex", "Rexi"),
        Change("text", "Text", "a", ""),
    ]
    assert compare(LABELS, yours, yours) == []


def test_excerpts_of_long_texts() -> None:
    start, end = "a" * 400, "z" * 400
    yours, now = {"text": f"{start} one {end}"}, {"text": f"{start} two {end}"}
    [change] = compare(LABELS, yours, now)
    assert change.yours == f"…{'a' * 59} one {'z' * 59}…"
    assert change.now == f"…{'a' * 59} two {'z' * 59}…"
    [change] = compare(LABELS, {"text": start}, {"text": ""})
    assert (change.yours, change.now) == (start, "")
    [change] = compare(LABELS, {"text": start}, {"text": start + "!"})
    assert (change.yours, change.now) == (f"…{'a' * 60}", f"…{'a' * 60}!")
