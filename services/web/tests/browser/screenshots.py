"""Pictures of the main pages for the README: screenshots.py ADDRESS FOLDER."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

FILM = "/?revenue=150+M&budget=30+M&vote_count=5200&runtime=121"
# By the picture's name: the page, its language, light or dark, and the window's size.
PICTURES = {
    "estimate": (f"{FILM}", "light", (1200, 1450)),
    "curve": (f"{FILM}&along=vote_count#curve", "light", (1200, 700)),
    "charts": ("/charts/films-by-year-and-category", "light", (1200, 850)),
    "films": ("/films?category=bien&sort=-revenue", "dark", (1200, 850)),
    "phone": (f"{FILM}&lang=en#answer", "dark", (390, 844)),
    "model": ("/model", "light", (1200, 1150)),
}


def main(address: str, folder: Path) -> None:
    """Take every picture of the page served at `address`."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (path, scheme, (width, height)) in PICTURES.items():
            page = chromium.new_page(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            page.goto(address + path, wait_until="networkidle")
            page.screenshot(path=folder / f"{name}.png")
            page.close()
        chromium.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(sys.argv[1].rstrip("/"), Path(sys.argv[2]))
    except Error as fault:
        sys.exit(f"error: no pictures of {sys.argv[1]}: {fault.message.splitlines()[0]}")
