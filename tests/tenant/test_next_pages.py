"""Links to the next page: followed at our own address alone, and each user counted once."""

from __future__ import annotations

import pytest
from conftest import listed, person, reply

import pingsessions_nb as ps


@pytest.fixture
def two_pages(sandbox):
    """List users on two pages; the function that is given makes the link of the first."""

    def begin(link, prefix="", shape=lambda link: {"href": link}):
        async def serve(scope, receive, send):
            second = b"cursor=" in scope["query_string"]
            page = listed(person(2) if second else person(1))
            if not second:
                path = scope["path"].removeprefix(prefix)
                page["_links"] = {"next": shape(link(sandbox.url, path))}
            await reply(send, page)

        sandbox.recorder.instead["/users"] = serve
        return sandbox.connect(api_url=sandbox.url + prefix, deadline=0.2)

    return begin


@pytest.mark.parametrize("prefix", ["", "/gateway/pingone"])
@pytest.mark.parametrize(
    "link",
    [
        "https://api.pingone.com{path}?cursor=a%2Bb%3D",
        "https://API.PingOne.EU:443{path}?cursor=a%2Bb%3D",
        "https://api.pingone.com.au{path}?cursor=a%2Bb%3D",
        "?cursor=a%2Bb%3D",
    ],
)
def test_behind_a_gateway_pingones_own_links_are_followed_there(sandbox, two_pages, link, prefix):
    tenant = two_pages(lambda _, path: link.format(path=path), prefix)
    assert tenant.users()["username"].tolist() == ["bob", "ada"]
    first, second = sandbox.recorder.of("/users")
    assert second.path == first.path
    assert second.query == "cursor=a%2Bb%3D"
    assert second.headers["authorization"] == first.headers["authorization"]


@pytest.mark.parametrize("shape", [str, lambda link: [{"href": link}]])
def test_a_link_is_read_as_a_text_and_in_a_list(two_pages, shape):
    tenant = two_pages(lambda url, path: f"{url}{path}?cursor=b", shape=shape)
    assert len(tenant.users()) == 2


@pytest.mark.parametrize(
    "link",
    [
        "http://api.pingone.com{path}",
        "https://api.pingone.com:8443{path}",
        "https://api.pingone.com:80{path}",
        "https://api.pingone.com:0{path}",
        "https://api.pingone.com.example.org{path}",
        "https://api.pingone.com.{path}",
        "https://api.pingone.com@example.org{path}",
        "https://me@api.pingone.com{path}",
        "https://me:pw@api.pingone.eu{path}",
        "https://:@api.pingone.com{path}",
        "https://xapi.pingone.com{path}",
        "https://auth.pingone.com{path}",
        "https://pingone.com{path}",
        "https://api.pingone.org{path}",
        "https://api-pingone.com{path}",
        "https://ap\u0131.pingone.com{path}",
        "https://api.p\u0456ngone.com{path}",
        "https://api.pingone.com%2eexample.org{path}",
        "https://api.pingone.com%00{path}",
        "https://api.pingone.com\t.example.org{path}",
        "https://api.pingone.com\\@example.org{path}",
        "https://api.pingone.com\\.example.org{path}",
        "https://example.org\u3002api.pingone.com{path}",
        "https://example.org#@api.pingone.com{path}",
        "https://example.org?@api.pingone.com{path}",
        "https://example.org/https://api.pingone.com{path}",
        "https://[::1]{path}",
        "https://[::ffff:127.0.0.1]{path}",
        "http://127.0.0.1{path}",
        "http://127.1:{port}{path}",
        "http://2130706433:{port}{path}",
        "http://0x7f000001:{port}{path}",
        "http://localhost:{port}{path}",
        "https://127.0.0.1:{port}{path}",
        "ws://127.0.0.1:{port}{path}",
        "http://127.0.0.1:{port}@example.org{path}",
        "http://127.0.0.1:{port}.example.org{path}",
        "ftp://api.pingone.com{path}",
        "//api.pingone.com{path}",
        "//example.org{path}",
        "https:///api.pingone.com{path}",
        "https:api.pingone.com{path}",
        "javascript:alert(1)//{path}",
        "data:,{path}",
        "file:///etc/passwd",
    ],
)
def test_whatever_only_looks_like_pingones_address_is_refused(sandbox, two_pages, link):
    tenant = two_pages(
        lambda url, path: link.format(path=path, port=url.rpartition(":")[2]) + "?cursor=a"
    )
    with pytest.raises(ps.MalformedResponse, match=r"next page lies at.*No token was sent there"):
        tenant.users()
    assert len(sandbox.recorder.of("/users")) == 1


@pytest.mark.parametrize(
    "link",
    ["///example.org{path}", "\\\\example.org{path}", "/\\example.org{path}", "http:x{path}"],
)
def test_what_is_relative_is_asked_for_here_however_it_looks(sandbox, two_pages, link):
    tenant = two_pages(lambda _, path: link.format(path=path) + "?cursor=a")
    assert tenant.users()["username"].tolist() == ["bob", "ada"]
    assert len(sandbox.recorder.of("/users")) == 2


def test_a_user_on_two_pages_is_one(sandbox):
    async def serve(scope, receive, send):
        number = int(scope["query_string"].partition(b"cursor=")[2] or 0)
        links = {"next": {"href": f"?cursor={number + 1}"}} if number < 3 else {}
        await reply(send, listed(person(number), person(number + 1), _links=links))

    sandbox.recorder.instead["/users"] = serve
    tenant = sandbox.connect()
    expected = [person(number)["id"] for number in range(5)]
    assert tenant.users()["user_id"].tolist() == expected
    assert tenant.users(limit=3)["user_id"].tolist() == expected[:3]
    assert tenant.search_users("a", limit=4).result()["user_id"].tolist() == expected[:4]
    sandbox.recorder.instead["/sessions"] = sandbox_without_sessions
    assert tenant.history().users["user_id"].tolist() == expected


async def sandbox_without_sessions(scope, receive, send):
    await reply(send, {"_embedded": {"sessions": []}})
