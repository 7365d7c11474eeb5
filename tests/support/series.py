"""Bookings that repeat, in the sample business."""

from datetime import datetime, timedelta
from typing import Any

from portal_app.domain.bookings import confirmation, draft_repetition, drafts
from portal_app.domain.bookings.draft_repetition import NEVER, RepetitionForm
from portal_app.domain.bookings.repetition import WEEKS
from portal_app.domain.bookings.views import DraftView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from tests.support.sample_business import TUESDAY_NINE, ready_draft

WEEKLY = RepetitionForm(WEEKS, visits=4)
ENDLESS = RepetitionForm(WEEKS, ends=NEVER)


def week(number: int) -> datetime:
    """The Tuesday at nine, so many weeks later; there is no daylight saving."""
    return TUESDAY_NINE + timedelta(weeks=number)


def repeating_draft(
    db: Database, who: Actor, form: RepetitionForm = WEEKLY, **choices: Any
) -> DraftView:
    """A draft with every step done that repeats; ``choices`` as ``ready_draft``."""
    draft = ready_draft(db, who, **choices)
    return db.call(draft_repetition.choose_repetition, who, draft.id, form)


def book_series(
    db: Database, who: Actor, form: RepetitionForm = WEEKLY, **choices: Any
) -> str:
    """Confirm such a draft; returns the number of the first visit."""
    draft = repeating_draft(db, who, form, **choices)
    return confirmation.confirm(db, who, draft.id, draft.shown)


def book_once(db: Database, who: Actor, starts_at: datetime, **choices: Any) -> str:
    """Book one visit; returns its number."""
    draft = ready_draft(db, who, starts_at=starts_at, **choices)
    return confirmation.confirm(db, who, draft.id, draft.shown)


def shown_again(db: Database, who: Actor, draft: DraftView) -> DraftView:
    """The draft as it is now."""
    return db.query(drafts.get_draft, who, draft.id)
