"""What a browser does with a form that is posted."""

from bs4 import BeautifulSoup
from flask.testing import FlaskClient


def token(browser: FlaskClient, address: str = "/batch", **options: str) -> str:
    """The token that the page at `address` gives this browser, which keeps the cookie that goes with it."""
    field = BeautifulSoup(browser.get(address, **options).text, "html.parser").select_one("form [name=token]")
    assert field is not None
    return str(field["value"])
