"""Words to meaning: fills a turn's intent, slots and flags before the core sees it."""
