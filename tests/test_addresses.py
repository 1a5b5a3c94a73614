"""Which texts are addresses, and which network they are in."""

import ipaddress

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingsessions_nb.addresses import KnownNetworks, networks, whole

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
    held = KnownNetworks({"ours": cidr}).hold(column(*spellings))
    assert held.tolist() == [address in network] * 3
    assert not KnownNetworks({"ours": cidr}).hold(column("174.xx.xx.xxx", None, "x")).any()


def test_the_network_of_an_address_has_a_name():
    known = KnownNetworks({"Office": "203.0.113.0/29", "VPN": "198.51.100.0/28"})
    assert known.name_of("198.51.100.3") == "VPN"
    assert known.name_of("8.8.8.8") is None
    assert known.name_of("174.xx.xx.xxx") is None
