"""Where Alexa sends a skill's requests: an HTTPS address or a Lambda function, as the manifest names it."""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from skill.core.errors import GentleBackError

PATH = "/alexa"
"""Where `gentle-back serve` answers."""
HTTPS_PORT = 443
"""The one port on which Alexa calls (A3)."""
REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1")
"""AWS's regions whose functions the Alexa Skills Kit calls (alexa-samples/skill-sample-nodejs-trivia)."""
SHARED = {
    "a tunnel": (
        *("ngrok-free.app", "ngrok-free.dev", "ngrok.app", "ngrok.dev", "ngrok.io", "trycloudflare.com"),
        *("loca.lt", "devtunnels.ms", "pinggy.link", "serveo.net", "serveousercontent.com"),
    ),
    "a host of applications": (
        *("herokuapp.com", "azurewebsites.net", "azurecontainerapps.io", "run.app", "cloudfunctions.net"),
        *("appspot.com", "web.app", "onrender.com", "fly.dev", "railway.app", "vercel.app", "netlify.app"),
        *(
            "workers.dev",
            "pages.dev",
            "deno.dev",
            "koyeb.app",
            "ondigitalocean.app",
            "replit.app",
            "glitch.me",
        ),
        *("pythonanywhere.com", "hf.space", "github.dev"),
    ),
    "AWS": ("amazonaws.com", "on.aws", "awsapprunner.com", "cloudfront.net", "elasticbeanstalk.com"),
}
"""Domains, by who hands out names below them, where all names share one wildcard certificate, for which Alexa
has to be told so. Not here, because each name has a certificate of its own: Tailscale Funnel's `ts.net`,
`duckdns.org`, and whatever Caddy gets from Let's Encrypt."""
PRIVATE = ("localhost", "local", "lan", "internal", "intranet", "home.arpa", "test", "invalid", "onion")
"""Domains that lead nowhere in the public internet (RFC 6761, RFC 6762, RFC 8375)."""
ADDRESS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")
"""The characters of an address (RFC 3986)."""
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?=.{{1,253}}$)({LABEL}\.)+(?=[a-z]){LABEL}")
"""A public name: two labels or more, the last one no number."""
FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,64}")
QUALIFIER = re.compile(r"[A-Za-z0-9_-]{1,128}")
FORM = "arn:aws:lambda:REGION:ACCOUNT:function:NAME:live"
"""What the ARN of the template's function looks like."""


class EndpointError(GentleBackError):
    """An address is none that Alexa can call."""


class Certificate(StrEnum):
    """What Alexa is told about the certificate of an HTTPS address."""

    TRUSTED = "Trusted"
    """The name has a certificate of its own."""
    WILDCARD = "Wildcard"
    """The name is one of many below a wildcard certificate."""


class Endpoint(Struct, frozen=True):
    """Where requests and events go."""

    uri: str
    """The address, or the function's ARN."""
    certificate: Certificate | None = None
    """What certificate the address has; none for a function, which needs none."""
    warnings: tuple[str, ...] = ()
    """What may be wrong, though it can be meant."""


def read_endpoint(text: str, certificate: Certificate | None = None) -> Endpoint:
    """Return an endpoint as it is written on a command line.

    A function is called wherever the listener is: the manifest gets one endpoint for all of Amazon's regions.

    Args:
        text: an HTTPS address, or the ARN of a Lambda function.
        certificate: what the address has, where the table of shared domains does not know.

    Raises:
        EndpointError: Alexa cannot call it.
    """
    if not text.startswith("arn:"):
        return _address(text, certificate)
    if certificate is not None:
        raise EndpointError(f"a function has no certificate: leave it out for {text}")
    return _function(text)


def public_address(text: str) -> SplitResult:
    """Return the parts of an HTTPS address that anyone can call, its host in lower case.

    Raises:
        EndpointError: it is none.
    """
    if not text.isprintable() or " " in text:
        raise EndpointError(f"{text!r} has a space or a line break in it")
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise EndpointError(f"{text} is no address: {error}") from None
    if parts.scheme != "https":
        raise EndpointError(f"{text!r} does not begin with https://")
    if "@" in parts.netloc:
        raise EndpointError(f"the address of {host or 'no host'} has a user before its host: leave it out")
    if not host:
        raise EndpointError(f"{text} names no host")
    if not host.isascii():
        raise EndpointError(f"{host} is not written as a certificate has it{_ascii_form(host)}")
    if not ADDRESS.fullmatch(text):
        raise EndpointError(f"{text} has a character that no address has: write it as %XX")
    if any(host == name or host.endswith(f".{name}") for name in PRIVATE):
        raise EndpointError(f"{host} is a name of your own network: Alexa calls from the internet")
    if not HOST.fullmatch(host):
        raise EndpointError(f"{host} is no public name: a certificate needs one such as skill.example.org")
    return parts._replace(netloc=host if port in (None, HTTPS_PORT) else f"{host}:{port}")


def _address(text: str, certificate: Certificate | None) -> Endpoint:
    parts = public_address(text)
    if ":" in parts.netloc:
        raise EndpointError(f"{text} has a port: Alexa calls port {HTTPS_PORT} only")
    if "?" in text or "#" in text:
        raise EndpointError(f"{text} has a query or a fragment: leave it out")
    known = Certificate.WILDCARD if _is_shared(parts.netloc) else Certificate.TRUSTED
    warnings: tuple[str, ...] = ()
    if parts.path != PATH:
        warnings = (
            f"gentle-back serve answers at {PATH}, and not at {parts.path or '/'}, unless a proxy maps it",
        )
    return Endpoint(parts.geturl(), certificate or known, warnings)


def _is_shared(host: str) -> bool:
    return any(host.endswith(f".{domain}") for domains in SHARED.values() for domain in domains)


def _ascii_form(host: str) -> str:
    """Return a hint at the form of a name in a certificate, where it has one."""
    try:
        return f": write {host.encode('idna').decode()}"
    except UnicodeError:
        return ""


def _function(text: str) -> Endpoint:
    parts = text.split(":")
    if len(parts) < 6 or not text.isprintable() or " " in text:
        raise EndpointError(f"{text!r} is no ARN: it looks like {FORM}")
    partition, service, region, account, kind = (*parts[1:5], parts[5])
    if service != "lambda" or kind != "function":
        raise EndpointError(f"{text} is the ARN of something else than a Lambda function, {FORM}")
    if partition != "aws":
        raise EndpointError(f"Alexa calls functions of the partition aws only, and not of {partition!r}")
    if region not in REGIONS:
        raise EndpointError(f"Alexa calls no function in {region!r}, only in {', '.join(REGIONS)}")
    name, _, qualifier = text.removeprefix(":".join((*parts[:6], ""))).partition(":")
    if not re.fullmatch(r"[0-9]{12}", account) or not FUNCTION.fullmatch(name):
        raise EndpointError(f"{text} is no ARN of a function: it looks like {FORM}")
    if qualifier == "$LATEST":
        raise EndpointError(f"nobody can be allowed to call $LATEST: name the alias, {FORM}")
    if text.endswith(":") or (qualifier and not QUALIFIER.fullmatch(qualifier)):
        raise EndpointError(f"{text} is no ARN of an alias: it looks like {FORM}")
    warnings: tuple[str, ...] = ()
    if not qualifier or qualifier.isdigit():
        warnings = (
            f"{text} names no alias: the template of infra/aws lets Alexa call the alias live only, {FORM}",
        )
    return Endpoint(text, None, warnings)
