"""Nothing leaks: no token to strangers, no secret in anything that is shown or kept."""

from __future__ import annotations

import base64
import contextlib
import logging
import pickle
import ssl
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from conftest import SEED_USER
from hypothesis import given
from hypothesis import strategies as st

import pingsessions_nb as ps
from pingsessions_nb.sandbox import scim
from pingsessions_nb.tenant import scim_filters

SECRET = "S3CRET-do-not-show-me"


@pytest.fixture
def stranger():
    """A server of somebody else's, and the requests that reached it."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            got.append(dict(self.headers))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"_embedded":{"users":[],"sessions":[]}}')

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["/users", "/sessions"])
@pytest.mark.parametrize("form", ["{}/v1/x", "//{host}/v1/x", "http://127.0.0.1@{host}/v1/x"])
def test_a_next_page_elsewhere_is_refused_before_a_token_goes_there(
    sandbox, answer, stranger, path, form
):
    address, got = stranger
    host = address.removeprefix("http://")
    href = form.format(address, host=host)
    body = f'{{"_embedded":{{"users":[],"sessions":[]}},"_links":{{"next":{{"href":"{href}"}}}}}}'
    sandbox.recorder.instead[path] = answer(200, body.encode())
    tenant = sandbox.connect()
    with pytest.raises(ps.MalformedResponse, match=r"another address.*No token"):
        tenant.users() if path == "/users" else tenant.history(SEED_USER)
    assert got == []


@pytest.mark.parametrize(
    "href", ["https://[", "http://127.0.0.1:99999999/", "\\u0000", "file:///x"]
)
def test_a_next_page_that_is_no_address_is_a_sentence(sandbox, answer, href):
    body = f'{{"_embedded":{{"users":[]}},"_links":{{"next":{{"href":"{href}"}}}}}}'
    sandbox.recorder.instead["/users"] = answer(200, body.encode())
    with pytest.raises(ps.MalformedResponse):
        sandbox.connect(deadline=0.2).users()


def test_a_list_that_never_ends_is_refused(sandbox, answer):
    body = b'{"_embedded":{"users":[]},"_links":{"next":{"href":"?cursor=again"}}}'
    sandbox.recorder.instead["/users"] = answer(200, body)
    with pytest.raises(ps.MalformedResponse, match="read before"):
        sandbox.connect().users()


@pytest.mark.parametrize("path", ["/populations", "/as/token"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_elsewhere_is_not_followed(sandbox, answer, stranger, path, status):
    address, got = stranger
    sandbox.recorder.instead[path] = answer(status, b"", location=f"{address}/x")
    with pytest.raises(ps.MalformedResponse, match="never sent to another address"):
        sandbox.connect().populations()
    assert got == []


@given(st.text())
def test_no_value_breaks_out_of_its_quotes(text):
    node = scim.parse(f"username eq {scim_filters.quoted(text)}")
    expected = text.encode("utf-8", "replace").decode()
    assert (node.attribute, node.operator, node.value) == ("username", "eq", expected)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=6))
def test_a_search_has_a_comparison_for_each_word_and_no_more(words):
    text = " ".join(words)
    wanted = scim_filters.search(text)
    if not text.split():
        assert wanted is None
        return
    assert scim.parse(wanted) is not None
    assert wanted.count(" sw ") >= 4 * min(len(text.split()), 6)


def test_a_hostile_name_finds_nobody_else(sandbox):
    tenant = sandbox.connect()
    for name in ('x" or username sw "', '" or enabled eq true or username eq "', "\\", '\\" or "'):
        assert tenant.users(search=name).empty
        with pytest.raises(ps.NotFound):
            tenant.history(name)


def test_a_tenant_is_neither_pickled_nor_copied(sandbox):
    tenant = sandbox.connect()
    tenant.populations()
    with pytest.raises(TypeError, match=r"connect\(\) again"):
        pickle.dumps(tenant)


@contextlib.contextmanager
def everything_logged():
    """Collect every log record of every library at DEBUG, as text with its arguments."""
    lines = []

    class Collector(logging.Handler):
        def emit(self, record):
            lines.append(f"{record.name} {record.getMessage()} {record.__dict__!r}")

    handler, root = Collector(level=1), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(1)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def shown(error):
    """What tracebacks show of an error: also those that print every frame's variables."""
    inner = error.__traceback__
    while inner is not None and inner.tb_frame.f_code.co_filename == __file__:
        inner = inner.tb_next  # this file knows the secret
    error = error.with_traceback(inner)
    detailed = traceback.TracebackException.from_exception(error, capture_locals=True)
    chain, text = [error], "".join(detailed.format())
    while chain:
        one = chain.pop()
        text += repr(one) + str(one) + repr(vars(one))
        chain += [e for e in (one.__cause__, one.__context__) if e is not None]
    return text


def refusals(sandbox, answer):
    """Ways for a connection to fail, each with what is answered in the sandbox's place."""
    return {
        "nothing": {},
        "unauthorized": {"/sessions": answer(401, b"{}")},
        "forbidden": {"/sessions": answer(403, b'{"code":"ACCESS_FAILED"}')},
        "limited": {"/sessions": answer(429, b"{}")},
        "broken": {"/sessions": answer(500, b"{}")},
        "garbled": {"/sessions": answer(200, b"{")},
        "no token": {"/as/token": answer(401, b'{"error":"invalid_client"}')},
        "no token server": {"/as/token": answer(503, b"")},
        "redirected": {"/as/token": answer(302, b"", location="http://example.com/")},
    }


@pytest.mark.parametrize("case", refusals(None, lambda *a, **k: None))
@pytest.mark.parametrize("method", [None, "client_secret_post"])
def test_no_secret_and_no_token_is_in_logs_reprs_and_tracebacks(start, answer, case, method):
    sandbox = start(client_secret=SECRET)
    sandbox.recorder.instead = refusals(sandbox, answer)[case]
    with everything_logged() as lines:
        tenant = sandbox.connect(
            client_secret=SECRET, token_endpoint_auth_method=method, deadline=0.3
        )
        texts = [repr(tenant), repr(vars(tenant)), repr(vars(tenant._api))]
        texts += [repr(vars(tenant._api._token)), repr(vars(tenant._api._token._settings))]
        try:
            texts.append(repr(tenant.history(SEED_USER).__dict__))
        except ps.PingSessionsError as error:
            texts.append(shown(error))
        future = tenant.search_users("a")
        error = future.exception()
        texts.append(repr(future.result()) if error is None else shown(error))
    tokens = {c.headers["authorization"].split()[-1] for c in sandbox.recorder.api}
    sent = {
        c.headers["authorization"].split()[-1]
        for c in sandbox.recorder.tokens
        if "authorization" in c.headers
    }
    assert lines, "nothing was logged, so nothing was looked at"
    if "token" not in case and case != "redirected":
        assert tokens
    for text in (*texts, *lines):
        for hidden in (SECRET, *tokens, *sent):
            assert hidden not in text


def test_a_wrong_setting_shows_no_secret_in_its_traceback():
    with pytest.raises(ps.ConfigurationError) as raised:
        ps.connect(
            "not-a-uuid", "client", SECRET, private_key=SECRET + "2", proxy="http://u:" + SECRET
        )
    frames = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    ours = [f for f in frames.stack if "pingsessions_nb" in f.filename and f.locals]
    assert ours
    assert SECRET not in repr([f.locals for f in ours])


def variables_of(error):
    """All variables of the frames of ours that an error came through, as text."""
    text, frame = "", error.__traceback__
    while frame is not None:
        if "/tests/" not in frame.tb_frame.f_code.co_filename:
            text += repr(frame.tb_frame.f_locals)
        frame = frame.tb_next
    return text + repr(error)


@pytest.mark.parametrize("token", ["S3CRET\\nx", "S3CRETü", "S3CRET x", "", "\\u0000"])
def test_a_token_that_cannot_be_sent_is_not_shown(sandbox, answer, token):
    body = f'{{"access_token":"{token}"}}'.encode()
    sandbox.recorder.instead["/as/token"] = answer(200, body)
    with pytest.raises(ps.MalformedResponse, match="no access_token") as raised:
        sandbox.connect(deadline=0.2).populations()
    assert "S3CRET" not in variables_of(raised.value)
    assert sandbox.recorder.api == []


@pytest.mark.parametrize("given", [{"client_id": "клиент"}, {"client_secret": "S3CRET\nx"}])
def test_credentials_that_cannot_be_sent_are_refused_unseen(sandbox, given):
    with pytest.raises(ps.ConfigurationError, match="that PingOne never puts into one") as raised:
        sandbox.connect(**{"client_secret": SECRET, **given})
    assert "S3CRET" not in variables_of(raised.value)


def test_what_copying_brought_along_is_no_part_of_the_credentials(sandbox):
    tenant = sandbox.connect(client_id=" sandbox-client\n", client_secret="sandbox-secret\n")
    assert len(tenant.populations()) > 0


def test_a_wrong_setting_does_not_show_the_environment_variables(monkeypatch):
    monkeypatch.setenv("PINGONE_CLIENT_SECRET", SECRET)
    with pytest.raises(ps.ConfigurationError) as raised:
        ps.connect("not-a-uuid", "client")
    assert SECRET not in variables_of(raised.value)


@pytest.mark.parametrize("ask", ["populations", "history"])
def test_a_closed_tenant_says_so_and_shows_no_token(sandbox, ask):
    with sandbox.connect() as tenant:
        tenant.populations()
    token = sandbox.recorder.api[0].headers["authorization"]
    with pytest.raises(ps.ConfigurationError, match=r"was closed.*connect\(\)") as raised:
        tenant.populations() if ask == "populations" else tenant.history([SEED_USER] * 2)
    assert token not in variables_of(raised.value)


def test_trouble_that_the_client_does_not_know_is_a_sentence_too(sandbox, monkeypatch):
    tenant = sandbox.connect(deadline=0.2)
    tenant.populations()

    async def alert(*_, **__):
        raise ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] certificate required")

    monkeypatch.setattr(httpx.AsyncClient, "send", alert)
    with pytest.raises(ps.ServiceUnavailable, match="CERTIFICATE_REQUIRED") as raised:
        tenant.populations()
    assert "Bearer" not in variables_of(raised.value)


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("me:S3CRET@proxy:3128", "proxy= is not an address"),
        ("ftp://me:S3CRET@proxy:21", "proxy= is not an address"),
        ("socks5://me:S3CRET@proxy:1080", "proxy= names a SOCKS proxy.*socksio"),
    ],
)
def test_a_proxy_that_is_none_is_a_sentence_without_its_password(proxy, words):
    with pytest.raises(ps.ConfigurationError, match=words) as raised:
        ps.connect(SEED_USER, "client", "secret", proxy=proxy)
    assert "S3CRET" not in variables_of(raised.value)


def test_a_proxy_of_the_environment_that_is_none_is_a_sentence(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "localhost,[fe80::1]")
    with pytest.raises(ps.ConfigurationError, match="NO_PROXY is not an address"):
        ps.connect(SEED_USER, "client", "secret")


def test_nothing_that_is_kept_or_handed_on_holds_a_secret(start, tmp_path):
    sandbox = start(client_secret=SECRET)
    tenant = sandbox.connect(client_secret=SECRET)
    history = tenant.history(SEED_USER)
    history.save(tmp_path / "history")
    (tmp_path / "history.pickle").write_bytes(pickle.dumps(history))
    (tmp_path / "history.html").write_text(history._repr_html_())
    ps.Archive(tmp_path / "archive").record(history)
    ps.report(tenant, SEED_USER, path=tmp_path / "report.html", progress=False)
    token = sandbox.recorder.api[0].headers["authorization"].split()[1]
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {file.suffix for file in files} >= {".html", ".json", ".parquet", ".pickle"}
    for file in files:
        for hidden in (SECRET, token, base64.b64encode(SECRET.encode()).decode()):
            assert hidden.encode() not in file.read_bytes(), file


def test_a_checkpoint_holds_no_secret(start, tmp_path):
    sandbox = start(client_secret=SECRET)
    path = tmp_path / "run.checkpoint"
    sandbox.connect(client_secret=SECRET).history(checkpoint=path)
    import zlib

    from pingsessions_nb.tenant import checkpoint

    with path.open("rb") as file:
        file.read(len(checkpoint._MAGIC))
        places = [(at, length) for _, at, length in checkpoint._entries(file)]
    raw = path.read_bytes()
    plain = b"".join(zlib.decompress(raw[at : at + length]) for at, length in places)
    assert len(places) == 22
    token = sandbox.recorder.api[0].headers["authorization"].split()[1].encode()
    for hidden in (SECRET.encode(), token):
        assert hidden not in raw + plain
    if sys.platform != "win32":
        assert Path(path).stat().st_mode & 0o077 == 0
