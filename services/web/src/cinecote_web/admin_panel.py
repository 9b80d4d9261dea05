"""What the model's page shows to an admin."""

from dataclasses import dataclass

DONE = ("reload", "rollback", "traffic")
"""What may have been done."""


@dataclass(frozen=True, slots=True)
class AdminFault:
    """Why something wasn't done: a message of the section `admin`; `kind` and `detail` are the api's own words for it.

    `weight` is what was typed as the challenger's share; `signed_out` where the key isn't kept any longer.
    """

    message: str
    kind: str = ""
    detail: str = ""
    weight: str | None = None
    signed_out: bool = False


@dataclass(frozen=True, slots=True)
class AdminPanel:
    """Whether an admin's key is kept here, and what became of the form that was sent last."""

    signed_in: bool
    minutes: int
    done: str | None
    fault: AdminFault | None
