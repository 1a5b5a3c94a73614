"""Data and code within a page of HTML: packed, in letters that can be no markup."""

from __future__ import annotations

import base64
import gzip
import json


def packed_text(text: str) -> str:
    """Zip a text, in base64; the page's own script unpacks it."""
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode("ascii")


def packed_json(data: object) -> str:
    """Write data as JSON, packed."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return packed_text(text.encode("utf-8", "replace").decode())
