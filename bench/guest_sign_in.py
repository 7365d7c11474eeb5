"""How long a wrong pair of email and booking number takes, whatever is wrong.

Nobody shall learn from the time of an answer whether an email has a booking. The
pairs are tried in turn, so that what else the machine does falls on all alike.
"""

import secrets
import statistics
import tempfile
import time
from pathlib import Path

from sqlmodel import delete

from bench.results import write_result
from portal_app.demo.loader import load_demo
from portal_app.domain.bookings import guests
from portal_app.domain.rate_limits.models import AttemptWindow
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.ids import new_number
from portal_app.migrations import migrate

_ROUNDS = 400
_KNOWN_EMAIL, _UNKNOWN_EMAIL = "maya@example.com", "nobody@example.com"


def main() -> None:
    """Measure and keep the medians."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'portal.db'}")
        migrate(database)
        load_demo(database)
        times: dict[str, list[float]] = {_KNOWN_EMAIL: [], _UNKNOWN_EMAIL: []}
        for _ in range(_ROUNDS):
            for email, taken in times.items():
                _forget_limits(database)
                taken.append(_refusal_ms(database, email))
        database.engine.dispose()
    right, wrong = (
        statistics.median(times[email]) for email in (_KNOWN_EMAIL, _UNKNOWN_EMAIL)
    )
    path = write_result(
        "guest_sign_in",
        {
            "guesses_each": _ROUNDS,
            "right_email_wrong_number_median_ms": round(right, 3),
            "wrong_email_wrong_number_median_ms": round(wrong, 3),
            "ratio": round(right / wrong, 3),
        },
    )
    print(
        f"guest_sign_in: {right:.2f} ms for a right email, {wrong:.2f} ms for a wrong "
        f"one (medians of {_ROUNDS}): {path.name}"
    )


def _refusal_ms(database: Database, email: str) -> float:
    stranger = Actor(address=f"198.51.100.{secrets.randbelow(250)}", device="bench")
    number = new_number("B")
    started = time.perf_counter()
    try:
        guests.sign_in_by_number(database, stranger, email, number)
    except InvalidInput:
        return (time.perf_counter() - started) * 1000
    raise AssertionError("a made-up number opened a booking")


def _forget_limits(database: Database) -> None:
    with database.write() as tx:
        tx.exec(delete(AttemptWindow))


if __name__ == "__main__":
    main()
