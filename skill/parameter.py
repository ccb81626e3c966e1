"""A secret of a fleet: a SecureString of AWS's Systems Manager, read by its name."""

from __future__ import annotations

from skill.core.errors import StoreError

CONNECT_SECONDS = 0.5
"""How long a connection may take."""
READ_SECONDS = 0.6
"""How long an answer may take. It is tried once, for whoever waits for it asks again: at worst 1.1 s, and
with the slowest table (5.6 s) still within the 7 s of the function, and the 8 s of Alexa (A1)."""
SECURE = "SecureString"
"""The type of a parameter that is encrypted."""


class ParameterError(StoreError):
    """A parameter cannot be read; of why, a code is told, and nothing that AWS has said."""


def read(name: str, region: str) -> bytes:
    """Return the value of a parameter.

    Args:
        name: its name.
        region: where it is, as AWS names it.

    Raises:
        ParameterError: it is missing, denied or no secret, or Systems Manager cannot be reached.
    """
    # Loaded when it is needed, as for a table: it takes longer than most of a start.
    try:
        from botocore.config import Config
        from botocore.exceptions import ClientError
        from botocore.session import Session
    except ImportError as error:
        raise ParameterError(f"SSM parameter {name}: botocore is not installed") from error

    config = Config(
        connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 1}
    )
    try:
        client = Session().create_client("ssm", region_name=region or None, config=config)
        found = client.get_parameter(Name=name, WithDecryption=True)["Parameter"]
        kind, value = str(found["Type"]), str(found["Value"])
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        raise ParameterError(f"SSM parameter {name}: {code}") from error
    except Exception as error:
        # Not only botocore's own: of an answer that is garbage it raises whatever it trips over.
        raise ParameterError(f"SSM parameter {name}: {type(error).__name__}") from error
    if kind != SECURE:
        raise ParameterError(f"SSM parameter {name}: it is a {kind}, and no {SECURE}")
    return value.encode()
