import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

import pingsessions_nb as ps
from pingsessions_nb.cli import main
from pingsessions_nb.sandbox import running, server

SEED_USER = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"


@pytest.fixture
def sandbox() -> Iterator[str]:
    """What `pingsessions sandbox` prints once it listens, in a process of its own."""
    command = [sys.executable, "-m", "pingsessions_nb", "sandbox", "--port", "0", "--users", "30"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "client_secret" in line:
                break
        yield "".join(lines)
        process.terminate()


def test_the_sandbox_in_one_process_is_read_from_another(sandbox: str) -> None:
    url = re.search(r"http://127\.0\.0\.1:\d+", sandbox)
    assert url is not None, sandbox
    program = f"""
import json, pingsessions_nb as ps
tenant = ps.connect(
    environment_id="abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
    client_id="sandbox-client", client_secret="sandbox-secret",
    api_url={url.group()!r}, auth_url={url.group()!r},
)
history = tenant.history({SEED_USER!r})
print(json.dumps([history.sessions.shape[0], history.locations["place"].tolist()]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(done.stdout) == [2, ["Tacoma, Washington, US"] * 5]


def test_an_unknown_verb_says_which_there_are() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pingsessions_nb", "rekord"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "lab" in done.stderr
    assert "sandbox" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["report", "--demo", "NAME", "--nonsense"], ["report", "NAME", "--history", "/NAME"]],
)
def test_what_acts_unseen_is_shown_in_an_error(arguments, capsys):
    unseen = "\u202e\u2066\u200b\u200e\x1b[31m\x9b"
    try:
        status = main([each.replace("NAME", f"a{unseen}b") for each in arguments])
    except SystemExit as stopped:
        status = stopped.code
    told = capsys.readouterr().err
    assert status
    assert told.startswith(("usage", "pingsessions report:"))
    assert [
        character for character in unseen if character in told and character not in "[31m"
    ] == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--faults", "flood=1"], "the kinds are 429"),
        (["--rate", "0"], "rate must be above 0"),
        (["--population", "Martians"], "no such population: Martians"),
        (["--port", "99999"], "port must be 0-65535"),
        (["--port", "TAKEN"], "cannot listen on 127.0.0.1"),
    ],
)
def test_a_sandbox_that_cannot_be_is_a_sentence(
    given: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = ["--port", "0", "--users", "3", *given]
        status = main(["sandbox", *(port if word == "TAKEN" else word for word in told)])
    assert status == 1
    said = capsys.readouterr().err
    assert said.startswith("pingsessions sandbox: ")
    assert words in said


def test_the_sandboxs_role_may_be_confined(monkeypatch: pytest.MonkeyPatch) -> None:
    served = []
    monkeypatch.setattr(server, "serve", lambda app, **_: served.append(app))
    assert (
        main(["sandbox", "--users", "40", "--population", "Stores", "--population", "Partners"])
        == 0
    )
    with running(served[0]) as url:
        tenant = ps.connect(
            served[0].state.tenant.environment_id,
            "sandbox-client",
            "sandbox-secret",
            api_url=url,
            auth_url=url,
        )
        assert set(tenant.populations()["name"]) == {"Stores", "Partners"}
