"""Measurements, of which nothing is in the skill."""
