"""What a browser does with a form that is posted."""

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def send(browser: FlaskClient, address: str, **fields: str) -> TestResponse:
    """The answer to a form of the model's page."""
    return browser.post(address, data={"token": token(browser, "/model"), **fields})


def token(browser: FlaskClient, address: str = "/batch", **options: str) -> str:
    """The token that the page at `address` gives this browser, which keeps the cookie that goes with it."""
    field = BeautifulSoup(browser.get(address, **options).text, "html.parser").select_one("form [name=token]")
    assert field is not None
    return str(field["value"])
