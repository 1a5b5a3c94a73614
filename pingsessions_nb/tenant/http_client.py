"""The client for one origin: whom it trusts, and which proxy it goes through."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx
import truststore

from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.tenant.secret import PEM_PATH, Secret, repeated, repeated_address
from pingsessions_nb.tenant.settings import is_loopback

_TIMEOUT = httpx.Timeout(30.0, connect=10.0, pool=None)
_HEADERS = {
    "accept": "application/json",
    "accept-encoding": "gzip, deflate",  # what `answers` unpacks
    "user-agent": "pingsessions_nb",
}


def http_client(
    base_url: str,
    *,
    verify: bool | str | Path = True,
    proxy: Secret | None = None,
    connections: int = 100,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """Open a client for one origin.

    Parameters
    ----------
    base_url : str
        The server that it talks to. A proxy is never used to reach this machine.
    verify : True or path
        True: the system's trust store. A path to a PEM file or a folder of them: that as well.
    proxy : Secret, optional
        Proxy's URL, which may hold a password; without it, HTTPS_PROXY and NO_PROXY count.
    connections : int
        How many at once.
    transport
        In place of the network, for a server inside this process.

    Raises
    ------
    ConfigurationError
        The proxy has no valid address, or `verify` is not a certificate authority.
    """
    loopback = is_loopback(parsed(base_url).host)
    trusted = _trust(verify) if transport is None else True
    source = "HTTPS_PROXY, ALL_PROXY or NO_PROXY" if proxy is None else "proxy="
    msg = f"{source} is not an address such as http://proxy.example.com:8080."
    try:
        return httpx.AsyncClient(
            verify=trusted,
            proxy=None if loopback or proxy is None else proxy.reveal(),
            trust_env=not loopback,
            timeout=_TIMEOUT,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            transport=transport,
            headers=_HEADERS,
        )
    except ImportError:
        msg = f"{source} names a SOCKS proxy, which needs one more package: pip install socksio."
    except (ValueError, httpx.InvalidURL):
        pass
    # Raised out here: httpx's frames, and its sentence, show the proxy's password.
    raise ConfigurationError(msg)


def _trust(verify: bool | str | Path) -> ssl.SSLContext:
    """Trust what the system trusts (or SSL_CERT_FILE says), and an authority of your own."""
    if verify is False:
        raise ConfigurationError(
            "verify=False would send the secret to whoever answers. Pass the path of your "
            "organization's certificate authority instead: verify='/path/to/ca.pem'."
        )
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if verify is True:
        return context
    path = Path(verify).expanduser()
    try:
        if verify == "" or not path.is_dir():  # nothing is not the current folder
            context.load_verify_locations(cafile=path)
            return context
        context.load_verify_locations(capath=path)
        # OpenSSL finds in a folder what it is named after; people name files otherwise.
        files = [file for file in sorted(path.iterdir()) if _trusts(context, file)]
    except OSError:  # which ssl.SSLError is one of
        files = []
    if files:
        return context
    shown = repeated(verify, PEM_PATH)
    msg = f"verify= is {shown}, which is not a readable PEM file or folder of certificates."
    raise ConfigurationError(msg)


def _trusts(context: ssl.SSLContext, file: Path) -> bool:
    try:
        context.load_verify_locations(cafile=file)
    except OSError:
        return False
    return True


def parsed(url: str) -> httpx.URL:
    """Read an address as the HTTP client will; another parser may see another host in it."""
    try:
        return httpx.URL(url)
    except httpx.InvalidURL:
        msg = f"{repeated_address(url)} is not an address. Check api_url and auth_url."
    raise ConfigurationError(msg)
