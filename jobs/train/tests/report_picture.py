"""The picture of a comparison's page for the README: report_picture.py PAGE PICTURE."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

WIDTH, HEIGHT = 1080, 1300


def main(page: Path, picture: Path) -> None:
    """The page's top, as a window shows it."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shown = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        shown.goto(page.absolute().as_uri())
        shown.screenshot(path=picture)
        chromium.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except Error as fault:
        sys.exit(f"error: no picture of {sys.argv[1]}: {fault.message.splitlines()[0]}")
