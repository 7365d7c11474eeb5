"""Who hears of what happens in a package below: the whole list, connected once.

A package that others build upon does not know them. It says what happened, and here
stands who is told, in the same transaction.
"""

from portal_app.domain.accounts import email_verification
from portal_app.domain.customers import merge
from portal_app.domain.scheduling import team
from portal_app.domain.sign_in import invitations


def connect() -> None:
    """Connect all of them; every process that works on the domain does. Repeatable."""
    # A mailbox is proven: what customers without an account have there is its owner's.
    email_verification.on_verified(merge.merge_customers)
    email_verification.waiting_data(merge.has_unclaimed_customer)
    # Somebody of the team accepted: their account is the fieldworker's.
    invitations.on_accepted(team.link_account)
