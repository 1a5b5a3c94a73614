"""What a sentence cuts short, "a, b, c and 9 more", so that a reader can have all of it."""

from __future__ import annotations

from collections.abc import Mapping

from pingsessions_nb.wording import several


def cut_lists(sentence: str, evidence: object) -> list[tuple[str, list[str]]]:
    """Find the lists of a finding's evidence that its sentence cuts short.

    Returns
    -------
    list of tuple
        The words in the sentence, and all that they stand for.
    """
    values = evidence.values() if isinstance(evidence, Mapping) else ()
    lists = [[str(one) for one in value] for value in values if isinstance(value, list | tuple)]
    words = [(several(each), each) for each in lists if each]
    return [(cut, each) for cut, each in words if cut.endswith(" more") and cut in sentence]
