"""Amazon's skill management and its login, as far as ask-cli's `deploy` asks them for a skill package."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SKILL_ID = "amzn1.ask.skill.11111111-2222-3333-4444-555555555555"
IMPORT = "amzn1.ask-package.import.1"
VENDOR = "M1VENDOR"
TOKEN = "Atza|of-the-stand-in"


class SkillManagement(ThreadingHTTPServer):
    """Takes one upload and says how its import went."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.errors = errors
        self.requests: list[tuple[str, str, Any]] = []
        self.uploaded: list[bytes] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def status(self) -> dict[str, Any]:
        """How the import went, in Amazon's form (ImportResponse)."""
        if not self.errors:
            return {"status": "SUCCEEDED", "skill": {"skillId": SKILL_ID, "resources": []}}
        resource = {
            "name": "Manifest",
            "status": "FAILED",
            "errors": [{"message": text} for text in self.errors],
        }
        return {"status": "FAILED", "skill": {"skillId": SKILL_ID, "resources": [resource]}}


class Asked(BaseHTTPRequestHandler):
    """One request of ask-cli's."""

    server: SkillManagement

    def do_POST(self) -> None:
        body = json.loads(self._body() or b"{}")
        self.server.requests.append(("POST", self.path, body))
        if self.path == "/auth/o2/token":
            self._answer(200, {"access_token": TOKEN, "refresh_token": "Atzr|r", "expires_in": 3600})
        elif self.headers["authorization"] != TOKEN:
            self._answer(401, {"message": "who are you?"})
        elif self.path == "/v1/skills/uploads":
            url = f"{self.server.address}/bucket/package.zip?signature=1"
            self._answer(201, {"uploadUrl": url, "expiresAt": "2026-12-01T13:00:00.000Z"})
        elif re.fullmatch(rf"/v1/skills/({SKILL_ID}/)?imports", self.path):
            self._answer(202, None, location=f"/v1/skills/imports/{IMPORT}")
        else:
            self._answer(404, {"message": self.path})

    def do_PUT(self) -> None:
        self.server.requests.append(("PUT", self.path, None))
        self.server.uploaded.append(self._body())
        self._answer(200, None)

    def do_GET(self) -> None:
        self.server.requests.append(("GET", self.path, None))
        known = self.path == f"/v1/skills/imports/{IMPORT}" and self.headers["authorization"] == TOKEN
        self._answer(200 if known else 404, self.server.status())

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, code: int, value: object, **headers: str) -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(code)
        for name, text in {"content-type": "application/json", **headers}.items():
            self.send_header(name, text)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def skill_management(*errors: str) -> Iterator[SkillManagement]:
    """A stand-in on a loopback port, whose imports fail with these errors, if any."""
    server = SkillManagement(list(errors))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
