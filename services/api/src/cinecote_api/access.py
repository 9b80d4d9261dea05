"""Who may do what."""

from starlette.requests import Request

from cinecote_api.problems import FORBIDDEN, Problem


class Access:
    """Admin's calls are closed unless `admin` opens them to everybody."""

    def __init__(self, *, admin: bool = False) -> None:
        self._admin = admin

    def require_admin(self, _request: Request) -> None:
        """Return where the request may change what is served; Problem 403 otherwise."""
        if not self._admin:
            raise Problem(FORBIDDEN, "this call takes a key with the scope admin")
