"""What `helm test` tells: a film estimated by the api and on the page, with one answer."""

import json
import os
import urllib.parse
import urllib.request

FILM = {"revenue": 150_000_000, "budget": 30_000_000, "vote_count": 5200, "runtime": 121}


def read(address: str, body: bytes | None = None, media_type: str = "application/json") -> str:
    headers = {"Content-Type": media_type} if body else {}
    if key := os.environ.get("CINECOTE_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(address, body, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(answer.read().decode())


def main() -> None:
    api, web = os.environ["API"], os.environ["WEB"]
    read(f"{api}/readyz")
    answer = json.loads(read(f"{api}/v1/predictions", json.dumps(FILM).encode()))
    print(f"the api says {answer['category']}, by version {answer['model']['version']}")
    assert abs(sum(answer["probabilities"].values()) - 1) < 1e-6, answer

    page = read(f"{web}/?" + urllib.parse.urlencode(FILM))
    assert answer["category"] in page, "the page says something else"
    print("the page says so too")

    films = json.loads(read(f"{api}/v1/films?limit=1"))["films"]
    assert films, "there are no films"
    print(f"and the database has films: {films[0]['title']}")


if __name__ == "__main__":
    main()
