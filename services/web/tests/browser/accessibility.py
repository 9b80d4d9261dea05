"""What axe finds wrong with a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_OPTIONS = {
    "resultTypes": ["violations"],
    # Of a style sheet that it can't read axe makes a style element, which the page's policy rightly refuses. It reads
    # sheets for a rule on turned screens alone, which is none of those that it runs unless asked.
    "preload": False,
}


def faults_in(page: Page) -> str:
    """Axe's report, empty where it finds nothing."""
    found = Axe().run(page, options=_OPTIONS)
    return found.generate_report() if found.violations_count else ""
