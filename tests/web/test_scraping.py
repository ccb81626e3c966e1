"""The app that Prometheus scrapes."""

from __future__ import annotations

import pytest

from skill.web.scraping import create_app

METRICS = create_app(lambda accept: (f"up 1 {accept}".encode(), "text/plain; version=0.0.4")).test_client()


@pytest.mark.parametrize("host", ["127.0.0.1:9464", "localhost:9464", "localhost"])
def test_this_machine_is_told(host: str) -> None:
    answer = METRICS.get("/metrics", headers={"Host": host, "Accept": "text/plain"})
    assert (answer.status_code, answer.data) == (200, b"up 1 text/plain")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""])
def test_a_name_that_was_made_to_lead_here_is_refused(host: str) -> None:
    answer = METRICS.get("/metrics", headers={"Host": host})
    assert answer.status_code == 400
    assert b"up" not in answer.data


def test_there_is_one_page() -> None:
    assert METRICS.get("/").status_code == 404
    assert METRICS.post("/metrics").status_code == 405
