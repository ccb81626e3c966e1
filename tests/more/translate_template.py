"""Translates a SAM template to CloudFormation, as AWS does; run in the venv of infra's tools."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoPolicies:
    """AWS's managed policies, of which the template uses none."""

    def load(self) -> dict[str, str]:
        """Return their ARNs by their names."""
        return {}


def main(file: str, parameters: str) -> None:
    """Print the translated template."""
    template = yaml_parse(Path(file).read_text(encoding="utf-8"))
    # `sam deploy` has uploaded the artefact by then, and put its address here.
    template["Resources"]["Function"]["Properties"]["CodeUri"] = "s3://bucket/key"
    print(json.dumps(transform(template, json.loads(parameters), NoPolicies())))


if __name__ == "__main__":
    main(*sys.argv[1:])
