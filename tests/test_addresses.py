"""Which texts are addresses, and which network they are in."""

import ipaddress

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingsessions_nb.addresses import canonical, links, networks, whole
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.known_networks import KnownNetworks, described

TEXTS = {
    "174.21.3.4": "174.21.3.",
    "0.0.0.0": "0.0.0.",
    "2001:db8::1": "2001:0db8:0000",
    "2001:DB8:0:0::2": "2001:0db8:0000",
    "::1": "0000:0000:0000",
    "174.xx.xx.xxx": None,
    "256.1.1.1": None,
    "1.2.3": None,
    "1.2.3.4.5": None,
    "01.2.3.4": None,
    "1.2.3.4 ": None,
    "2001:db8::xx": None,
    "a:b\x00:c": None,
    "": None,
    None: None,
}


def column(*texts):
    return pa.array(texts, pa.large_string())


def test_only_whole_addresses_count():
    assert whole(column(*TEXTS)).tolist() == [name is not None for name in TEXTS.values()]


def test_networks_are_a_24_or_a_48():
    known = {text: name for text, name in TEXTS.items() if name}
    assert networks(column(*known)).to_pylist() == [
        name.replace(" ", "") for name in known.values()
    ]


@pytest.mark.parametrize(
    "cidr",
    [
        *("0.0.0.0/0", "10.0.0.0/7", "10.0.0.0/8", "172.16.0.0/12", "192.168.1.0/24"),
        *("192.168.1.128/25", "192.168.1.7/32", "192.168.1.9/29"),
        *("::/0", "::/16", "2000::/3", "2001:db8::/32", "2001:db8::1/128"),
    ],
)
@given(data=st.data())
def test_known_networks_hold_what_python_says_they_hold(cidr, data):
    network = ipaddress.ip_network(cidr, strict=False)
    kind = type(network.network_address)
    near = st.integers(-3, network.num_addresses + 2).map(
        lambda by: max(0, min(int(network.network_address) + by, 2**network.max_prefixlen - 1))
    )
    anywhere = st.integers(0, 2**network.max_prefixlen - 1)
    address = kind(data.draw(st.one_of(near, anywhere)))
    spellings = [str(address), address.exploded, str(address).upper()]
    inside = KnownNetworks({"ours": cidr}).which(column(*spellings)) == 0
    assert inside.tolist() == [address in network] * 3
    outside = KnownNetworks({"ours": cidr}).which(column("174.xx.xx.xxx", None, "x"))
    assert outside.tolist() == [-1] * 3


def test_the_network_of_an_address_is_found_among_several():
    known = KnownNetworks({"Office": "203.0.113.0/29", "VPN": "198.51.100.0/28"})
    found = known.which(column("198.51.100.3", "8.8.8.8", "174.xx.xx.xxx", "203.0.113.1"))
    assert found.tolist() == [1, -1, -1, 0]


SPELLINGS = {
    "172.16.5.9": ["172.16.5.9", " 172.16.5.9", "172.16.5.9:8443", "::ffff:172.16.5.9",
                   "::FFFF:AC10:0509", "[::ffff:172.16.5.9]:80"],
    "2a01:7e00::5": ["2a01:7e00::5", "2A01:7E00::5", "2a01:7e00:0:0:0:0:0:5", "[2a01:7e00::5]",
                     "[2a01:7e00::5]:443", "2a01:7e00::5%eth0", "2a01:7e00:0000::0005\t"],
}  # fmt: skip


@pytest.mark.parametrize("plain", SPELLINGS)
def test_an_address_has_one_spelling(plain):
    assert canonical(column(*SPELLINGS[plain], None)).to_pylist() == [
        *[plain] * len(SPELLINGS[plain]),
        None,
    ]


@pytest.mark.parametrize("text", ["174.xx.xx.xxx", "256.1.1.1", "1.2.3", "a:b", "1.2.3.4:x", ""])
def test_what_is_no_whole_address_stays_as_it_is(text):
    assert canonical(column(text)).to_pylist() == [text]


@given(st.integers(0, 2**128 - 1))
def test_canonical_is_what_python_writes(number):
    address = ipaddress.IPv6Address(number)
    told = canonical(column(address.exploded, str(address).upper())).to_pylist()
    assert {ipaddress.ip_address(text) for text in told} == {address.ipv4_mapped or address}
    assert canonical(column(*told)).to_pylist() == told
    assert len(set(told)) == 1


def test_a_64_counts_as_one_address():
    some = column(
        "2a01:7e00:1:2::9", "2a01:7e00:1:2:a:b:c:d", "2a01:7e00:1:3::9", "10.0.0.1", "x:y"
    )
    first, second, third, fourth, masked = links(some).to_pylist()
    assert first == second == "2a01:7e00:1:2::/64"
    assert third == "2a01:7e00:1:3::/64"
    assert (fourth, masked) == ("10.0.0.1", "x:y")
    assert whole(links(some)).tolist() == [True, True, True, True, False]


OFFICE = {"range": "192.0.2.0/28", "kind": "office", "city": "Lyon", "country": "France"}


def test_an_office_has_a_place_and_a_vpn_has_none():
    known = KnownNetworks({"HQ": OFFICE, "VPN": {"range": "192.0.2.16/28", "kind": "vpn"}})
    assert known.all[0].place["country"] == "France"
    assert known.all[0].place["latitude"] == pytest.approx(45.75, abs=0.1)
    assert known.all[1].place is None
    assert described({"HQ": OFFICE, "VPN": "192.0.2.16/28"}) == {
        "HQ": OFFICE,
        "VPN": "192.0.2.16/28",
    }


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({**OFFICE, "kind": "shop"}, "'HQ' is of kind 'shop'"),
        ({**OFFICE, "cidr": "x"}, "'HQ' has 'cidr'"),
        ({**OFFICE, "city": "Xyzzy", "country": "Nowhereland"}, "Xyzzy, Nowhereland, which is"),
        ({"range": "192.0.2.0/28", "kind": "office"}, "no city and no country"),
        ({**OFFICE, "range": "192.0.2.0/99"}, "is not an address range"),
        ({"kind": "vpn"}, "None, named 'HQ', is not an address range"),
    ],
)
def test_a_network_that_cannot_be_is_refused_with_a_sentence(told, sentence):
    with pytest.raises(ConfigurationError, match=sentence):
        KnownNetworks({"HQ": told})
