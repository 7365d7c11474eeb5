"""Every table of the portal, for migrations and for the architecture tests."""

from sqlmodel import SQLModel

from portal_app.domain.accounts import models as accounts
from portal_app.domain.bookings import models as bookings
from portal_app.domain.business import models as business
from portal_app.domain.catalogue import models as catalogue
from portal_app.domain.change_log import models as change_log
from portal_app.domain.customers import models as customers
from portal_app.domain.dependents import models as dependents
from portal_app.domain.fields import models as fields
from portal_app.domain.files import models as files
from portal_app.domain.imports import models as imports
from portal_app.domain.notifications import models as notifications
from portal_app.domain.office import models as office
from portal_app.domain.quotes import models as quotes
from portal_app.domain.rate_limits import models as rate_limits
from portal_app.domain.scheduling import models as scheduling
from portal_app.domain.sign_in import models as sign_in

metadata = SQLModel.metadata

__all__ = [
    "accounts",
    "bookings",
    "business",
    "catalogue",
    "change_log",
    "customers",
    "dependents",
    "fields",
    "files",
    "imports",
    "metadata",
    "notifications",
    "office",
    "quotes",
    "rate_limits",
    "scheduling",
    "sign_in",
]
