"""What a browser may do with the page, and what another site's page may make it do: nothing."""

from flask import Flask, Response, abort, request

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def secure(app: Flask) -> None:
    """Send the security headers with every answer, errors too, and refuse what another site has a browser send."""

    @app.before_request
    def refuse_other_sites() -> None:
        # Every browser in use says so by itself; for others there are the tokens of the forms.
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            abort(403)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            # What isn't a page may have a stricter policy of its own.
            response.headers.setdefault(name, value)
        return response
