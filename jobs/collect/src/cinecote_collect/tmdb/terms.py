"""What TMDB's terms ask of whoever collects from it."""

from pydantic import SecretStr

from cinecote.attribution import TMDB_NOTICE
from cinecote.exits import Refused, UsageError

_TERMS = (
    "TMDB's terms bar using its content in connection with machine learning, training included, without a written "
    "agreement, count that as commercial use, let nothing be kept longer than six months, and ask for its logo and the "
    f'notice "{TMDB_NOTICE}"; where you have that agreement and show the notice, set TMDB_TERMS_ACCEPTED=true'
)


def entitled(token: SecretStr | None, terms_accepted: bool) -> str:
    """The token; Refused where the terms weren't accepted, UsageError where there is none."""
    if not terms_accepted:
        raise Refused(_TERMS)
    if token is None:
        raise UsageError("TMDB_TOKEN: set it to the API Read Access Token of your account at TMDB (Settings, API)")
    return token.get_secret_value()
