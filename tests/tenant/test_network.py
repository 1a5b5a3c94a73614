"""Corporate networks: a certificate authority of their own, and a proxy in between."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ipaddress
import threading
import time

import pytest
import uvicorn
from conftest import Recorder
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import pingsessions_nb as ps
from pingsessions_nb.sandbox import SyntheticTenant, create_app

API_HOST = "api.corp.test"  # found by the proxy alone
TEST_ENVIRONMENT = SyntheticTenant.environment_id


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A private certificate authority, and a server's certificate from it."""
    folder = tmp_path_factory.mktemp("authority")
    now = dt.datetime.now(dt.UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Corp CA")])

    def begin(subject, public_key):
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), False
            )
        )

    ca_usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    ca = (
        begin(ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), False)
        .add_extension(ca_usage, critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    names = [x509.DNSName(API_HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    server = (
        begin(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, API_HOST)]), key.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(ca_key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    (folder / "server.pem").write_bytes(server.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder


@pytest.fixture(scope="module")
def secure(authority):
    """The sandbox behind TLS, with its port and its record."""
    recorder = Recorder(create_app(SyntheticTenant(users=5)))
    config = uvicorn.Config(
        recorder,
        port=0,
        log_level="critical",
        lifespan="off",
        timeout_graceful_shutdown=1,
        ssl_certfile=authority / "server.pem",
        ssl_keyfile=authority / "server.key",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1], recorder
    server.should_exit = True
    thread.join()


@contextlib.contextmanager
def proxy_to(port, asked):
    """A proxy that tunnels every CONNECT to `port`, and writes down what it was asked."""
    loop = asyncio.new_event_loop()

    async def pump(reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader, writer):
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, there_writer), pump(there_reader, writer))

    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def connect(base, **given):
    return ps.connect(
        TEST_ENVIRONMENT,
        "sandbox-client",
        "sandbox-secret",
        api_url=base,
        auth_url=f"{base}/{TEST_ENVIRONMENT}/as",
        **given,
    )


def test_a_private_authority_is_trusted_by_its_file(secure, authority):
    port, _ = secure
    assert len(connect(f"https://127.0.0.1:{port}", verify=authority / "ca.pem").users()) == 5


def test_a_folder_of_authorities_is_trusted_whatever_its_files_are_called(
    secure, authority, tmp_path
):
    port, _ = secure
    (tmp_path / "corporate.crt").write_bytes((authority / "ca.pem").read_bytes())
    (tmp_path / "readme.txt").write_text("Ask IT.")
    assert len(connect(f"https://127.0.0.1:{port}", verify=tmp_path).users()) == 5


def test_nothing_is_not_the_current_folder(authority, monkeypatch):
    monkeypatch.chdir(authority)
    with pytest.raises(ps.ConfigurationError, match="verify= is ''"):
        connect("https://127.0.0.1:1", verify="")


def test_a_folder_without_an_authority_is_refused(tmp_path):
    (tmp_path / "readme.txt").write_text("Ask IT.")
    with pytest.raises(ps.ConfigurationError, match="verify="):
        connect("https://127.0.0.1:1", verify=tmp_path)


def test_the_systems_trust_store_counts(secure, authority, monkeypatch):
    port, _ = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "ca.pem"))
    assert len(connect(f"https://127.0.0.1:{port}").users()) == 5


def test_an_unknown_authority_is_refused_with_what_to_do(secure):
    port, recorder = secure
    recorder.calls.clear()
    with pytest.raises(ps.ServiceUnavailable, match=r"CERTIFICATE_VERIFY_FAILED.*verify="):
        connect(f"https://127.0.0.1:{port}").users()
    assert recorder.calls == []


@pytest.mark.parametrize("wrong", [False, "/no/such/ca.pem", __file__])
def test_what_is_no_authority_is_refused(wrong):
    with pytest.raises(ps.ConfigurationError, match="verify="):
        connect("https://127.0.0.1:1", verify=wrong)


@pytest.mark.parametrize("by", ["argument", "environment"])
def test_a_proxy_is_gone_through_and_sees_no_token(secure, authority, monkeypatch, by):
    port, recorder = secure
    recorder.calls.clear()
    asked = []
    with proxy_to(port, asked) as proxy:
        given = {"proxy": proxy.replace("//", "//me:hunter2@")}
        if by == "environment":
            monkeypatch.setenv("HTTPS_PROXY", given.pop("proxy"))
        tenant = connect(f"https://{API_HOST}", verify=authority / "ca.pem", **given)
        assert len(tenant.users()) == 5
        tenant.close()
    assert [line.split("\r\n")[0] for line in asked] == [f"CONNECT {API_HOST}:443 HTTP/1.1"] * 2
    assert all("Proxy-Authorization: Basic" in line for line in asked)
    assert "Bearer" not in "".join(asked)
    assert recorder.api[0].headers["authorization"].startswith("Bearer ")


def test_this_machine_is_never_reached_through_a_proxy(sandbox, monkeypatch):
    asked = []
    with proxy_to(1, asked) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy)
        assert len(sandbox.connect(proxy=proxy).users()) == 20
    assert asked == []
