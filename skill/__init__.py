"""Gentle Back: a voice skill that guides gentle stretches, after a safety screen."""
