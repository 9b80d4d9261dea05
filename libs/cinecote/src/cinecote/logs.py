"""Structured logs: JSON lines for machines, readable lines on a terminal; always to standard error."""

import logging
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor


def configure_logs(component: str, level: str = "INFO", form: str = "auto") -> None:
    """Send structlog's and the standard library's records through one format, each naming its component.

    `form` is json, text, or auto: text where standard error is a terminal.
    """

    def name_component(_logger: object, _method: str, event: "EventDict") -> "EventDict":
        return {"component": component, **event}

    shared: list[Processor] = [
        name_component,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Not Rich's, which it would take where that is installed: those tell the variables of each call, secrets too.
    plain = structlog.dev.plain_traceback
    last: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
        if is_text(form)
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def is_text(form: str) -> bool:
    """Whether lines of this form are for people."""
    return form == "text" or (form == "auto" and sys.stderr.isatty())
