"""A connection in a real kernel: asked, interrupted by errors, shown in every way, and saved."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

SECRET = "S3CRET-do-not-show-me"

CELLS = [
    "%xmode Verbose\nimport logging, warnings\nlogging.basicConfig(level=1)\n"
    "import pingsessions_nb as ps\ntenant = ps.connect(api_url={url!r}, auth_url={url!r})\ntenant",
    "history = tenant.history()\nlen(history.users)",
    "vars(tenant)",
    "vars(tenant._api), vars(tenant._api._token), tenant._api._token._settings",
    "tenant.history('nobody')",
    "tenant.end_session('a', 'b')",
    "import pickle\npickle.dumps(tenant)",
    "tenant.search_users('a').result()",
    "wrong = ps.connect(client_secret=tenant._api._token._settings.credential,"
    " client_id='no', api_url={url!r}, auth_url={url!r})\nwrong.users()",
    "history.users.head(2)",
]


@pytest.fixture
def environment(monkeypatch, sandbox_with_secret):
    for name, value in {
        "PINGONE_ENVIRONMENT_ID": sandbox_with_secret.synthetic.environment_id,
        "PINGONE_CLIENT_ID": "sandbox-client",
        "PINGONE_CLIENT_SECRET": SECRET,
    }.items():
        monkeypatch.setenv(name, value)
    return sandbox_with_secret


@pytest.fixture
def sandbox_with_secret(start):
    return start(client_secret=SECRET)


def test_a_saved_notebook_holds_no_secret_and_no_token(environment):
    sources = [cell.replace("{url!r}", repr(environment.url)) for cell in CELLS]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
    saved = nbformat.writes(notebook)
    assert "Tenant(" in saved
    assert "NotFound" in saved
    assert "AuthenticationError" in saved
    assert "httpcore" in saved  # the logs are in it
    tokens = {call.headers["authorization"].split()[1] for call in environment.recorder.api}
    assert tokens
    for hidden in (SECRET, *tokens):
        assert hidden not in saved


def test_a_short_reading_leaves_no_bar_in_a_notebook(environment):
    source = "import pingsessions_nb as ps\nlen(ps.demo(users=200).history().users)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output["data"] == {"text/plain": "200"}
