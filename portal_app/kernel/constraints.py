"""The name of the database constraint that a failed write violated."""

from sqlalchemy.exc import IntegrityError

_UNIQUE = "UNIQUE constraint failed: "


def violated_constraint(error: IntegrityError) -> str:
    """The name of the constraint, index or trigger that refused a write.

    PostgreSQL tells the name. SQLite tells a trigger's own message and, for a
    unique constraint, its columns; from those the name that the naming
    convention gives is put together, so that both databases answer alike.

    Args:
        error: What the session raised.

    Returns:
        Such as ``uq_booking_number``; the database's whole message where no
        name can be told (a partial unique index on SQLite is named by the
        columns it covers).
    """
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name or "")
    message = str(error.orig)
    if not message.startswith(_UNIQUE):
        return message
    columns = [column.strip() for column in message.removeprefix(_UNIQUE).split(",")]
    table = columns[0].partition(".")[0]
    return "_".join(["uq", table, *(column.partition(".")[2] for column in columns)])
