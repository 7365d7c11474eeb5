"""A code of an authenticator app (RFC 6238), besides the password.

Whoever has one gets no session for a password, a provider or a link alone:
``service.redeem_ticket`` asks for a code then, whatever way they came. Guesses at a
code count as guesses at the password do. A code is good once, for half a minute and
one before and after it; recovery codes are good once.
"""

import base64
import hashlib
import secrets

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from portal_app.domain import wiring
from portal_app.domain.accounts import security_log, sessions, tokens
from portal_app.domain.accounts.attempts import counted_guess
from portal_app.domain.accounts.credentials import verify_current_password
from portal_app.domain.accounts.models import (
    Account,
    CodeRequest,
    RecoveryCode,
    SecondFactor,
)
from portal_app.domain.accounts.registration import lock_by_email
from portal_app.domain.accounts.rules import (
    CODE_REQUEST_LIFETIME,
    CUSTOMER,
    SIGN_IN,
    LinkInvalid,
    normal_email,
)
from portal_app.domain.accounts.tokens import TokenSubject
from portal_app.domain.accounts.views import SecondFactorOffer, SecondFactorView
from portal_app.domain.business import service as businesses
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.ownership import require_owner
from portal_app.kernel.statements import affected
from portal_app.kernel.text import code as plain_code

_STEP_SECONDS = 30
_DIGITS = 6
_RECOVERY_CODES = 10
_RECOVERY_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_RECOVERY_LENGTH = 12
_WRONG = "This code is not right. Please take the newest one of your app."


def describe(tx: Session, actor: Actor) -> SecondFactorView:
    """How the log-in of somebody who works here is secured.

    Raises:
        NotAllowed: If nobody who works here is signed in.
    """
    account = _staff_account(tx, actor)
    required = businesses.current_business(tx).second_factor_required
    row = tx.get(SecondFactor, account.id)
    if row is None or row.confirmed_at is None:
        return SecondFactorView(required=required)
    left = tx.exec(
        select(func.count()).where(
            RecoveryCode.account_id == account.id, col(RecoveryCode.used_at).is_(None)
        )
    ).one()
    since = businesses.formats(tx).day(row.confirmed_at)
    return SecondFactorView(on=True, since=since, codes_left=left, required=required)


def is_on(tx: Session, account_id: str) -> bool:
    """Whether a log-in to an account asks for a code."""
    row = tx.get(SecondFactor, account_id)
    return row is not None and row.confirmed_at is not None


def begin(tx: Session, actor: Actor) -> SecondFactorOffer:
    """Offer a secret for an app; nothing is asked before it is confirmed.

    Raises:
        NotAllowed: If nobody who works here is signed in.
        Conflict: If there is an app already.
    """
    account = _staff_account(tx, actor)
    row = tx.get(SecondFactor, account.id) or SecondFactor(
        account_id=account.id, secret=""
    )
    if row.confirmed_at is not None:
        raise Conflict("You have an authenticator app already.")
    secret = pyotp.random_base32()
    row.secret = _vault().encrypt(secret.encode()).decode()
    tx.add(row)
    tx.flush()
    name = businesses.current_business(tx).name
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return SecondFactorOffer(
        secret=groups,
        address=pyotp.TOTP(secret).provisioning_uri(
            name=account.email, issuer_name=name
        ),
    )


def confirm(db: Database, actor: Actor, typed: str) -> list[str]:
    """Switch it on with a first code.

    Args:
        db: The database; the count of attempts is kept whatever happens.
        actor: Who is signed in.
        typed: The code that the app shows.

    Returns:
        The recovery codes; they are shown once, and stored hashed.

    Raises:
        NotAllowed: If nobody who works here is signed in.
        InvalidInput: For ``code``.
        TooManyAttempts: If a limit was reached.
    """
    account = db.query(_staff_account, actor)
    with counted_guess(db, actor, account.email):
        codes = db.call(_confirm, actor, account.id, typed)
        if codes is None:
            raise InvalidInput({"code": _WRONG})
    return codes


def switch_off(db: Database, actor: Actor, password: str, typed: str) -> None:
    """Ask for no code any more, knowing password and code.

    Args:
        db: The database.
        actor: Who is signed in.
        password: Of the account.
        typed: A code of the app, or a recovery code.

    Raises:
        NotAllowed: If nobody who works here is signed in.
        Conflict: If the business asks everybody to have one.
        InvalidInput: For ``password`` or ``code``.
        NoPassword: If the account has none.
        TooManyAttempts: If a limit was reached.
    """
    account = db.query(_staff_account, actor)
    if db.query(businesses.current_business).second_factor_required:
        raise Conflict("The owner asks everybody to keep the two-step log-in.")
    verify_current_password(db, actor, password, "password")
    with counted_guess(db, actor, account.email):
        if not db.call(_switch_off, actor, account.id, typed):
            raise InvalidInput({"code": _WRONG})


def reset(tx: Session, actor: Actor, account: Account) -> None:
    """Take away an app that was lost; whoever does it knows who asked."""
    forget(tx, account.id)
    _record(tx, actor, "second_factor_off", account)


def reset_by_email(tx: Session, actor: Actor, email: str) -> None:
    """Take away the app of somebody who lost it and all codes (command line).

    Raises:
        InvalidInput: If it is no email at all.
        NotAllowed: If the actor is not an owner.
        NotFound: If nobody who works here has this email.
    """
    require_owner(actor)
    account = lock_by_email(tx, normal_email(email))
    if account is None or account.role == CUSTOMER or account.disabled_at is not None:
        raise NotFound("Nobody who works here has this email.")
    reset(tx, actor, account)


def forget(tx: Session, account_id: str) -> None:
    """Delete all of it, as part of closing an account."""
    for table in (SecondFactor, RecoveryCode, CodeRequest):
        tx.execute(delete(table).where(col(table.account_id) == account_id))
    tx.expire_all()


def ask_for_code(tx: Session, meaning: TokenSubject) -> str:
    """Let a log-in wait for its code; the secret is for the browser's cookie."""
    secret, now = new_secret(), utc_now()
    tx.add(
        CodeRequest(
            account_id=str(meaning.account_id),
            method=meaning.method,
            remember=meaning.remember,
            token_hash=hash_secret(secret),
            created_at=now,
            expires_at=now + CODE_REQUEST_LIFETIME,
        )
    )
    tx.flush()
    return secret


def give_code(db: Database, actor: Actor, request_hash: str, typed: str) -> str:
    """Go on with a log-in that waits for its code.

    Args:
        db: The database.
        actor: Who asks; guesses count as those at the password do.
        request_hash: Of the browser's secret from ``ask_for_code``.
        typed: A code of the app, or a recovery code.

    Returns:
        A ticket for ``service.redeem_ticket``.

    Raises:
        InvalidInput: For ``code``.
        LinkInvalid: If no log-in waits in this browser, or not any more.
        TooManyAttempts: If a limit was reached.
    """
    account = db.query(_waiting_account, request_hash)
    with counted_guess(db, actor, account.email):
        ticket = db.call(_give_code, actor, request_hash, typed)
        if ticket is None:
            db.call(_record, actor, "code_refused", account)
            raise InvalidInput({"code": _WRONG})
    return ticket


def is_waiting(tx: Session, request_hash: str) -> bool:
    """Whether a log-in of this browser waits for its code."""
    return _open_request(tx, request_hash) is not None


def purge(tx: Session) -> int:
    """Delete log-ins whose code never came; says how many."""
    return affected(
        tx, delete(CodeRequest).where(col(CodeRequest.expires_at) <= utc_now())
    )


def _give_code(tx: Session, actor: Actor, request_hash: str, typed: str) -> str | None:
    request = _open_request(tx, request_hash)
    if request is None:
        raise LinkInvalid
    account = tx.get(Account, request.account_id)
    if account is None or account.disabled_at is not None:
        raise LinkInvalid
    if not _use_code(tx, actor, account, typed):
        return None
    won = affected(
        tx,
        update(CodeRequest)
        .where(col(CodeRequest.id) == request.id, col(CodeRequest.used_at).is_(None))
        .values(used_at=utc_now()),
    )
    if not won:
        raise LinkInvalid
    return tokens.issue(
        tx,
        SIGN_IN,
        TokenSubject(
            account_id=account.id,
            method=request.method,
            remember=request.remember,
            second_factor=True,
        ),
    ).secret


def _confirm(
    tx: Session, actor: Actor, account_id: str, typed: str
) -> list[str] | None:
    row = tx.get(SecondFactor, account_id, with_for_update=True)
    account = tx.get_one(Account, account_id)
    if row is None or row.confirmed_at is not None:
        raise Conflict("Please begin again.")
    step = _step_of(row, typed)
    if step is None:
        return None
    row.confirmed_at, row.last_step = utc_now(), step
    codes = [_new_recovery_code() for _ in range(_RECOVERY_CODES)]
    tx.add_all(
        RecoveryCode(account_id=account_id, code_hash=_code_hash(one)) for one in codes
    )
    tx.flush()
    # Wherever else somebody is logged in, no code was asked.
    sessions.revoke_all(tx, account_id, but=actor.session_id)
    _record(tx, actor, "second_factor_on", account)
    return codes


def _switch_off(tx: Session, actor: Actor, account_id: str, typed: str) -> bool:
    account = tx.get_one(Account, account_id)
    if not _use_code(tx, actor, account, typed):
        return False
    reset(tx, actor, account)
    return True


def _use_code(tx: Session, actor: Actor, account: Account, typed: str) -> bool:
    """Use a code up, in one statement: of two who send it, one gets in."""
    row = tx.get(SecondFactor, account.id, populate_existing=True)
    if row is None or row.confirmed_at is None:
        return False
    step = _step_of(row, typed)
    if step is not None:
        return bool(
            affected(
                tx,
                update(SecondFactor)
                .where(
                    col(SecondFactor.account_id) == account.id,
                    col(SecondFactor.last_step) < step,
                )
                .values(last_step=step),
            )
        )
    used = affected(
        tx,
        update(RecoveryCode)
        .where(
            col(RecoveryCode.account_id) == account.id,
            col(RecoveryCode.code_hash) == _code_hash(typed),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=utc_now()),
    )
    if used:
        _record(tx, actor, "recovery_code_used", account)
    return bool(used)


def _step_of(row: SecondFactor, typed: str) -> int | None:
    """The half minute of a right code that was not used yet."""
    digits = "".join(plain_code(typed).split())
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdecimal()):
        return None
    try:
        secret = _vault().decrypt(row.secret.encode()).decode()
    except InvalidToken:
        # The portal's key is another one: recovery codes still open.
        return None
    now = int(utc_now().timestamp()) // _STEP_SECONDS
    generator = pyotp.TOTP(secret)
    right = [
        step
        for step in (now - 1, now, now + 1)
        if secrets.compare_digest(generator.generate_otp(step), digits)
    ]
    return next((step for step in right if step > row.last_step), None)


def _open_request(tx: Session, request_hash: str) -> CodeRequest | None:
    return tx.exec(
        select(CodeRequest).where(
            CodeRequest.token_hash == request_hash,
            col(CodeRequest.used_at).is_(None),
            col(CodeRequest.expires_at) > utc_now(),
        )
    ).first()


def _waiting_account(tx: Session, request_hash: str) -> Account:
    request = _open_request(tx, request_hash)
    if request is None:
        raise LinkInvalid
    return tx.get_one(Account, request.account_id)


def _staff_account(tx: Session, actor: Actor) -> Account:
    account = tx.get(Account, sessions.require_account(actor))
    if account is None or account.role == CUSTOMER:
        raise NotAllowed
    return account


def _record(tx: Session, actor: Actor, kind: str, account: Account) -> None:
    security_log.record(tx, actor, kind, account_id=account.id, about=account.email)


def _new_recovery_code() -> str:
    signs = "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_LENGTH))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def _code_hash(typed: str) -> str:
    return hash_secret("".join(filter(str.isalnum, plain_code(typed))).upper())


def _vault() -> Fernet:
    key = hashlib.sha256(f"second factor\n{wiring.current().secret_key}".encode())
    return Fernet(base64.urlsafe_b64encode(key.digest()))
