"""`python -m skill` is `gentle-back`."""

from skill.cli import main

main()
