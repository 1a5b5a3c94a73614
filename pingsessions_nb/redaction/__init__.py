"""`redact`: the same history with consistent pseudonyms in place of people."""

from pingsessions_nb.redaction.redacting import redact, redact_words

__all__ = ["redact", "redact_words"]
