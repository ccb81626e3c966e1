"""How the skill is deployed: README.md."""
