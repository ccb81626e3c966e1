"""Where requests go: what Alexa can call, what it is told about the certificate, and what is refused."""

from __future__ import annotations

import pytest

from skill.alexa.endpoint import SHARED, Certificate, EndpointError, public_address, read_endpoint

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:gentle-back"


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("https://skill.example.org/alexa", "https://skill.example.org/alexa"),
        ("HTTPS://Skill.Example.ORG/alexa", "https://skill.example.org/alexa"),
        ("https://skill.example.org:443/alexa", "https://skill.example.org/alexa"),
        ("https://xn--bcher-kva.example/alexa", "https://xn--bcher-kva.example/alexa"),
        ("https://my-node.tail1234.ts.net/alexa", "https://my-node.tail1234.ts.net/alexa"),
        ("https://back.duckdns.org/alexa", "https://back.duckdns.org/alexa"),
        ("https://notngrok.io/alexa", "https://notngrok.io/alexa"),
    ],
)
def test_a_name_with_its_own_certificate_is_trusted(text: str, uri: str) -> None:
    target = read_endpoint(text)
    assert (target.uri, target.certificate, target.warnings) == (uri, Certificate.TRUSTED, ())


@pytest.mark.parametrize("domain", [domain for domains in SHARED.values() for domain in domains])
def test_a_name_below_a_shared_domain_has_a_wildcard_certificate(domain: str) -> None:
    assert read_endpoint(f"https://a1b2.{domain}/alexa").certificate is Certificate.WILDCARD
    assert read_endpoint(f"https://A1.B2.{domain.upper()}/alexa").certificate is Certificate.WILDCARD
    assert read_endpoint(f"https://other{domain}/alexa").certificate is Certificate.TRUSTED


@pytest.mark.parametrize("kind", Certificate)
def test_who_knows_better_says_so(kind: Certificate) -> None:
    for host in ("skill.example.org", "a1b2.ngrok-free.app"):
        assert read_endpoint(f"https://{host}/alexa", kind).certificate is kind


@pytest.mark.parametrize("path", ["", "/", "/alexa/", "/Alexa", "/v1/alexa"])
def test_another_path_than_the_door_s_is_warned_of(path: str) -> None:
    target = read_endpoint(f"https://skill.example.org{path}")
    assert target.uri == f"https://skill.example.org{path}"
    assert [warning.split(",")[0] for warning in target.warnings] == ["gentle-back serve answers at /alexa"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "does not begin with https://"),
        ("http://skill.example.org/alexa", "does not begin with https://"),
        ("skill.example.org/alexa", "does not begin with https://"),
        ("ftp://skill.example.org/alexa", "does not begin with https://"),
        ("https:skill.example.org/alexa", "names no host"),
        ("https:///alexa", "names no host"),
        ("https://", "names no host"),
        ("https://me@skill.example.org/alexa", "has a user"),
        ("https://me:secret@skill.example.org/alexa", "has a user"),
        ("https://@skill.example.org/alexa", "has a user"),
        ("https://skill.example.org:8443/alexa", "Alexa calls port 443 only"),
        ("https://skill.example.org:80/alexa", "Alexa calls port 443 only"),
        ("https://skill.example.org:0/alexa", "Alexa calls port 443 only"),
        ("https://skill.example.org:port/alexa", "is no address"),
        ("https://skill.example.org:99999/alexa", "is no address"),
        ("https://[::1/alexa", "is no address"),
        ("https://[::1]/alexa", "is no public name"),
        ("https://[2001:db8::1]/alexa", "is no public name"),
        ("https://192.0.2.7/alexa", "is no public name"),
        ("https://127.1/alexa", "is no public name"),
        ("https://2130706433/alexa", "is no public name"),
        ("https://0x7f.0x1/alexa", "is no public name"),
        ("https://skill/alexa", "is no public name"),
        ("https://skill.example.org./alexa", "is no public name"),
        ("https://.example.org/alexa", "is no public name"),
        ("https://-skill.example.org/alexa", "is no public name"),
        ("https://my_skill.example.org/alexa", "is no public name"),
        (f"https://{'a' * 64}.org/alexa", "is no public name"),
        ("https://localhost/alexa", "your own network"),
        ("https://LOCALHOST:443/alexa", "your own network"),
        ("https://skill.localhost/alexa", "your own network"),
        ("https://echo.local/alexa", "your own network"),
        ("https://echo.home.arpa/alexa", "your own network"),
        ("https://skill.example.org/alexa?key=1", "a query or a fragment"),
        ("https://skill.example.org/alexa?", "a query or a fragment"),
        ("https://skill.example.org/alexa#top", "a query or a fragment"),
        (" https://skill.example.org/alexa", "a space or a line break"),
        ("https://skill.example.org/alexa\n", "a space or a line break"),
        ("https://skill.exa\tmple.org/alexa", "a space or a line break"),
        ("https://skill.example.org/al exa", "a space or a line break"),
        ("https://skill.example.org/\u00a0alexa", "a space or a line break"),
        ("https://b\u00fccher.example/alexa", "write xn--bcher-kva.example"),
        ("https://" + 70 * "\u00fc" + ".example/alexa", "as a certificate has it"),
        ("https://skill.example.org/\u00e4lexa", "a character that no address has"),
        ("https://skill.example.org\\alexa", "a character that no address has"),
        ("https://skill.example.org/<alexa>", "a character that no address has"),
    ],
)
def test_an_address_that_alexa_cannot_call_is_refused(text: str, message: str) -> None:
    with pytest.raises(EndpointError) as caught:
        read_endpoint(text)
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert "secret" not in str(caught.value), "what is refused may be logged"


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "us-west-2"])
def test_the_alias_of_a_function_needs_no_certificate(region: str) -> None:
    text = FUNCTION.replace("eu-west-1", region) + ":live"
    target = read_endpoint(text)
    assert (target.uri, target.certificate, target.warnings) == (text, None, ())


@pytest.mark.parametrize("text", [FUNCTION, f"{FUNCTION}:7"])
def test_a_function_without_an_alias_is_warned_of(text: str) -> None:
    [warning] = read_endpoint(text).warnings
    assert warning.startswith(f"{text} names no alias")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("arn:", "is no ARN"),
        ("arn:aws:lambda", "is no ARN"),
        (f"{FUNCTION}:live ", "is no ARN"),
        ("arn:aws:s3:::bucket", "something else than a Lambda function"),
        ("arn:aws:iam::123456789012:role/alexa", "something else than a Lambda function"),
        (
            "arn:aws:lambda:eu-west-1:123456789012:layer:gentle-back:1",
            "something else than a Lambda function",
        ),
        (f"{FUNCTION}:live".replace("aws", "aws-cn"), "partition aws only, and not of 'aws-cn'"),
        (f"{FUNCTION}:live".replace("eu-west-1", "eu-central-1"), "no function in 'eu-central-1'"),
        (f"{FUNCTION}:live".replace("eu-west-1", ""), "no function in ''"),
        (f"{FUNCTION}:live".replace("123456789012", "12345678901"), "is no ARN of a function"),
        (f"{FUNCTION}:live".replace("123456789012", "\u0661" * 12), "is no ARN of a function"),
        (f"{FUNCTION}:live".replace("gentle-back", ""), "is no ARN of a function"),
        (f"{FUNCTION}:live".replace("gentle-back", "gentle back"), "is no ARN"),
        (f"{FUNCTION}:live".replace("gentle-back", "a" * 65), "is no ARN of a function"),
        (f"{FUNCTION}:$LATEST", "name the alias"),
        (f"{FUNCTION}:", "is no ARN of an alias"),
        (f"{FUNCTION}:live:1", "is no ARN of an alias"),
        (f"{FUNCTION}:li/ve", "is no ARN of an alias"),
    ],
)
def test_what_is_no_function_that_alexa_can_call_is_refused(text: str, message: str) -> None:
    with pytest.raises(EndpointError) as caught:
        read_endpoint(text)
    assert message in str(caught.value)


def test_a_function_is_given_no_certificate() -> None:
    with pytest.raises(EndpointError, match="has no certificate"):
        read_endpoint(f"{FUNCTION}:live", Certificate.TRUSTED)


def test_a_page_may_be_anywhere_in_the_public_internet() -> None:
    page = public_address("https://Example.org:8443/privacy?of=me#top")
    assert page.geturl() == "https://example.org:8443/privacy?of=me#top"
