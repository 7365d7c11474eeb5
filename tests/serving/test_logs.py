"""What is logged, and that what somebody typed never is, by Reflex either."""

import asyncio
import logging
from typing import Any

import pytest
import structlog
from reflex.app import EventNamespace
from reflex_base.event.processor.base_state_processor import _prepare_event_payload
from structlog.testing import capture_logs

from portal_app.serving.logs import configure_logs
from portal_app.settings import Settings
from portal_app.state.auth.passwords import PasswordState

TYPED = "violet-otter-canoe-77"


def _logged(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records)


def test_an_event_without_a_token_is_logged_without_its_data(
    caplog: pytest.LogCaptureFixture,
) -> None:
    configure_logs(Settings(_env_file=None))
    namespace: Any = EventNamespace.__new__(EventNamespace)
    namespace._token_manager = type("Nobody", (), {"sid_to_token": {}})()
    with caplog.at_level(logging.WARNING):
        asyncio.run(namespace.on_event("sid", {"payload": {"password": TYPED}}))
    assert "no associated token" in _logged(caplog)
    assert TYPED not in _logged(caplog)


def test_an_event_of_the_wrong_type_is_logged_without_its_value(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure_logs(Settings(_env_file=None))
    handler: Any = PasswordState.rate
    monkeypatch.setattr(
        "reflex_base.event.processor.base_state_processor._transform_event_arg",
        _refusing,
    )
    with caplog.at_level(logging.WARNING):
        _prepare_event_payload(handler, {"password": TYPED})
    assert "Error transforming event argument 'password'" in _logged(caplog)
    assert TYPED not in _logged(caplog)


def _refusing(value: Any, hint: Any) -> Any:
    raise ValueError


def test_logs_that_are_set_up_again_reach_loggers_that_were_used_before() -> None:
    logger = structlog.get_logger("tests")
    configure_logs(Settings(_env_file=None))
    logger.info("before")
    configure_logs(Settings(_env_file=None))
    with capture_logs() as lines:
        logger.info("after")
    assert lines == [{"event": "after", "log_level": "info"}]
