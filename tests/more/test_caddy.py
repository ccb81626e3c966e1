"""The Caddyfile as it is shipped, in Debian's Caddy and in the image's: what passes it, and what does not."""

from __future__ import annotations

import http.client
import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import urllib3

from skill.alexa import certification
from skill.web.public import BODY_BYTES
from tests.alexa import envelopes
from tests.amazon import Amazon, Quiet, Storage
from tests.helpers import ROOT
from tests.served import PATIENCE, Response, Served, free_port, fresh, serving, settings

pytestmark = pytest.mark.more

CADDYFILE = ROOT / "infra" / "container" / "Caddyfile"
CADDIES = {
    "debian": ROOT / ".venv-infra" / "debian" / "usr" / "bin" / "caddy",
    "image": ROOT / ".venv-infra" / "bin" / "caddy",
}
CANARY = "zebrafish"


@dataclass
class Front:
    """A Caddy that serves this machine's name, with a certificate of its own."""

    port: int
    roots: str
    """The file of what its clients trust."""
    log: list[str]
    """What it logged; whole at its end."""
    version: ssl.TLSVersion | None = None
    """The one version of TLS that its clients speak, where they do not speak all."""

    def send(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] = b"",
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Send a request by TLS, on a connection of its own; Caddy's certificate is checked."""
        context = ssl.create_default_context(cafile=self.roots)
        if self.version:
            context.minimum_version = context.maximum_version = self.version
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=PATIENCE, context=context)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Response(answer.status, answer.read())
        finally:
            connection.close()


@contextmanager
def caddy(program: Path, folder: Path, upstream: int) -> Iterator[Front]:
    """Run a Caddy until the end of the block; it is adapted by its environment only."""
    port = free_port()
    environment = {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "GENTLE_BACK_HOSTNAME": "localhost",
        "GENTLE_BACK_HTTP_PORT": str(free_port()),
        "GENTLE_BACK_HTTPS_PORT": str(port),
        "GENTLE_BACK_UPSTREAM": f"127.0.0.1:{upstream}",
    }
    command = [str(program), "run", "--adapter", "caddyfile", "--config", str(CADDYFILE)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    log: list[str] = []
    with process:
        try:
            for line in process.stderr:
                log.append(line)
                if "certificate obtained" in line:
                    break
            roots = str(folder / "caddy/pki/authorities/local/root.crt")
            # It is written into the log a moment before it is used.
            patient = urllib3.Retry(60, backoff_factor=0.1, backoff_max=0.5)
            with urllib3.PoolManager(ca_certs=roots, retries=patient) as pool:
                pool.request("GET", f"https://localhost:{port}/", headers={"Connection": "close"})
            yield Front(port, roots, log)
        finally:
            process.terminate()
            log.extend(process.communicate(timeout=PATIENCE)[1].splitlines())


@dataclass
class Recorder:
    """Stands where the skill would, and notes what reaches it."""

    reached: list[str] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[int]:
        """Answer until the end of the block, and give the port."""
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def __getattr__(self, name: str) -> object:
                if name.startswith("do_"):
                    return self.note
                raise AttributeError(name)

            def note(self) -> None:
                recorder.reached.append(f"{self.command} {self.path}")
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        server = Quiet(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    amazon = Amazon()
    storage = Storage(amazon)
    folder = tmp_path_factory.mktemp("served")
    with storage.running() as proxy, serving(amazon, storage, settings(amazon, folder, proxy)) as server:
        yield server


@pytest.fixture(scope="module", params=CADDIES)
def program(request: pytest.FixtureRequest) -> Path:
    return CADDIES[request.param]


@pytest.fixture(scope="module")
def front(program: Path, served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Caddy before the real skill."""
    with caddy(program, tmp_path_factory.mktemp("caddy"), served.port) as front:
        yield front


def validated(program: Path, file: Path, name: str = "skill.example.com") -> int:
    command = [str(program), "validate", "--adapter", "caddyfile", "--config", str(file)]
    environment = {"HOME": str(file.parent), "GENTLE_BACK_HOSTNAME": name}
    done = subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE, check=False)
    return done.returncode


def test_caddy_takes_the_file(program: Path, tmp_path: Path) -> None:
    file = tmp_path / "Caddyfile"
    file.write_text(CADDYFILE.read_text())
    assert validated(program, file) == 0
    formatted = subprocess.run([program, "fmt", file], capture_output=True, text=True, check=False)
    assert (formatted.returncode, formatted.stdout) == (0, CADDYFILE.read_text())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("reverse_proxy", "reverse_prox"),
        ("max_size 128KiB", "max_size much"),
        ("dial_timeout 1s", "dial_timeout soon"),
        ("import skill", "import skull"),
    ],
)
def test_caddy_refuses_a_broken_file(program: Path, tmp_path: Path, right: str, wrong: str) -> None:
    text = CADDYFILE.read_text()
    assert right in text
    file = tmp_path / "Caddyfile"
    file.write_text(text.replace(right, wrong))
    assert validated(program, file) != 0


def test_without_a_name_nothing_is_served(program: Path, tmp_path: Path) -> None:
    file = tmp_path / "Caddyfile"
    file.write_text(CADDYFILE.read_text())
    assert validated(program, file, name="") != 0


def check_spoken(response: Response) -> None:
    assert response.status == 200, response.body
    assert certification.problems(response.json) == []


def test_a_signed_request_is_answered(front: Front, served: Served) -> None:
    body = fresh(envelopes.launch())
    check_spoken(front.send("POST", "/alexa", body, served.amazon.headers(body)))
    assert front.send("GET", "/healthz").json == {"alive": True}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_alexa_s_tls_is_spoken(front: Front, served: Served, version: ssl.TLSVersion) -> None:
    body = fresh(envelopes.launch())
    speaks = replace(front, version=version)
    check_spoken(speaks.send("POST", "/alexa", body, served.amazon.headers(body)))


def test_an_unsigned_request_is_refused_by_the_skill(front: Front) -> None:
    assert front.send("POST", "/alexa", b"{}").status == 400


def test_a_body_has_the_skill_s_own_limit(front: Front, served: Served) -> None:
    body = fresh(envelopes.launch())
    just = body + b" " * (BODY_BYTES - len(body))
    check_spoken(front.send("POST", "/alexa", just, served.amazon.headers(just)))
    for length in (BODY_BYTES + 1, 200_000):
        assert front.send("POST", "/alexa", b" " * length).status == 413
    in_pieces = front.send("POST", "/alexa", iter([b" " * 1000] * 200))
    # Debian's Caddy may find the skill's connection closed before it counts to the limit itself.
    assert in_pieces.status in (413, 502)


GETS = ("/", "/readyz", "/metrics", "/v1/turn", "/alexa", "/healthz/", "/healthz?x", "//healthz", "/HEALTHZ")
POSTS = (
    *("/", "/v1/turn", "/metrics", "/readyz", "/healthz", "/alexa/", "/alexa?x", "//alexa", "/ALEXA"),
    *(
        "/%61lexa",
        "/alexa/..%2freadyz",
        "/alexa/../readyz",
        "/alexa/../alexa",
        "/./alexa",
        "/alexa;x",
        "/alexa%00",
        "/alexa#x",
    ),
)
ELSEWHERE = [
    *(("GET", path) for path in GETS),
    *(("POST", path) for path in POSTS),
    *((method, "/alexa") for method in ("PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW")),
    *((method, "/healthz") for method in ("PUT", "HEAD", "OPTIONS", "post")),
]


def test_nothing_else_reaches_the_skill(program: Path, tmp_path: Path) -> None:
    recorder = Recorder()
    with recorder.running() as upstream, caddy(program, tmp_path, upstream) as front:
        for method, path in ELSEWHERE:
            answer = front.send(method, path, b"{}" if method == "POST" else b"")
            assert answer.status in (400, 404, 405), (method, path, answer.status)
        assert recorder.reached == []
        assert front.send("POST", "/alexa", b"{}").status == 200
        assert front.send("GET", "/healthz").status == 200
    assert recorder.reached == ["POST /alexa", "GET /healthz"]


def test_caddy_s_log_tells_a_failure_and_nothing_of_a_request(program: Path, tmp_path: Path) -> None:
    nobody = free_port()
    with caddy(program, tmp_path, nobody) as front:
        headers = {"X-Canary": CANARY, "User-Agent": CANARY}
        assert front.send("POST", "/alexa", CANARY.encode(), headers).status == 502
        assert front.send("GET", f"/{CANARY}", headers=headers).status == 404
    lines = [json.loads(line) for line in front.log]
    (told,) = [line for line in lines if line["level"] == "error"]
    assert (told["status"], "connection refused" in told["msg"]) == (502, True)
    assert CANARY not in "".join(front.log)
    assert not any({"request", "remote_ip", "headers"} & line.keys() for line in lines)
