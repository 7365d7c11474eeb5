"""How strong a password is while it is being chosen, and what the business asks.

What is typed is estimated and forgotten: no var ever holds it.
"""

import reflex as rx

from portal_app.domain.accounts import passwords
from portal_app.state import worker
from portal_app.state.access import PUBLIC, event_for

NOT_YET = -1


class PasswordState(rx.State):
    """The meter under a new password. ``score`` is 0 to 4, -1 for nothing typed."""

    score: int = NOT_YET
    advice: str = ""

    @event_for(PUBLIC)
    async def rate(self, password: str) -> None:
        """Estimate what was typed so far."""
        if not isinstance(password, str) or not password:
            self.score, self.advice = NOT_YET, ""
            return
        policy = await worker.query(passwords.policy_of)
        found = await worker.compute(passwords.strength, password, policy=policy)
        self.score, self.advice = found.score, found.advice

    @event_for(PUBLIC)
    def clear(self) -> None:
        """Begin with an empty field."""
        self.score, self.advice = NOT_YET, ""
