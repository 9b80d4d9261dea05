"""Follows the registry's challenger, and what of the requests goes to it."""

import structlog

from cinecote.registry import CHALLENGER, TRAFFIC_TAG
from cinecote_api.models.intake import Intake, is_present
from cinecote_api.models.served_model import RefusedModel
from cinecote_api.models.serving import Challenge, Serving
from cinecote_api.models.traffic import InvalidTraffic, Traffic, stored_traffic
from cinecote_api.registry.registry import RegisteredVersion, Registry

log = structlog.stdlib.get_logger(__name__)


class Challengers:
    """Brings what the registry asks for into place; where it can't, the challenge says why."""

    def __init__(self, registry: Registry, intake: Intake, serving: Serving) -> None:
        self._registry = registry
        self._intake = intake
        self._serving = serving

    def follow(self, *, at_once: bool = False) -> None:
        """Look once; with `at_once`, try a version that was refused a moment ago again. RegistryAway as it comes."""
        challenge = self._wanted(at_once)
        if challenge.fault and challenge.fault != self._serving.challenge.fault:
            log.error(
                "no challenger for the traffic that is asked for", model=self._serving.name, cause=challenge.fault
            )
        self._serving.set_challenge(challenge)

    def _wanted(self, at_once: bool) -> Challenge:
        try:
            traffic = stored_traffic(self._registry.tag(TRAFFIC_TAG))
        except InvalidTraffic as invalid:
            return Challenge(fault=f"the registry's tag {TRAFFIC_TAG} {invalid}")
        if not traffic.wants_challenger:
            self._intake.forget(CHALLENGER)
            return Challenge(traffic)
        wanted = self._registry.named(CHALLENGER)
        if wanted is None or is_present(self._serving.champion, wanted):
            self._intake.forget(CHALLENGER)
            fault = "the challenger is the champion" if wanted else "no version has the alias challenger"
            return Challenge(traffic, fault=fault)
        return self._taken(traffic, wanted, at_once)

    def _taken(self, traffic: Traffic, wanted: RegisteredVersion, at_once: bool) -> Challenge:
        present = self._serving.challenge.challenger
        if is_present(present, wanted):
            return Challenge(traffic, present)
        if self._intake.is_refused(CHALLENGER, wanted) and not at_once:
            return Challenge(traffic, fault=self._serving.challenge.fault)
        try:
            return Challenge(traffic, self._intake.take(CHALLENGER, wanted))
        except RefusedModel as refused:
            return Challenge(traffic, fault=f"version {wanted.version} is refused ({refused.reason}): {refused}")
