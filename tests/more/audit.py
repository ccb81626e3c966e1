"""Audits the installed packages for known weaknesses, where pip-audit's data can be reached."""

from __future__ import annotations

import json
import subprocess
import sys


def main() -> None:
    """Print how many packages were audited and what was found; fail if anything was."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--format",
        "json",
        "--skip-editable",
        "--progress-spinner",
        "off",
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    packages = json.loads(told)["dependencies"] if told else []
    audited = [package for package in packages if "vulns" in package]
    weak = [package for package in audited if package["vulns"]]
    if audited:
        print(f"pip-audit: {len(audited)} of {len(packages)} packages audited, {len(weak)} are weak")
    else:
        print("pip-audit: its data cannot be reached here, nothing was audited")
    for package in weak:
        print(package["name"], package["version"], *(found["id"] for found in package["vulns"]))
    sys.exit(bool(weak))


if __name__ == "__main__":
    main()
