"""Known networks: an office says where a user is, a VPN does not; both travel with a history."""

import pandas as pd
from made_history import event, history, session, usual

import pingsessions_nb as ps

OFFICE = {
    "range": "192.0.2.0/28",
    "kind": "office",
    "city": "munich",
    "state": "bavaria",
    "country": "germany",
}
NETWORKS = {"Munich": OFFICE, "VPN": "198.51.100.0/28"}


def stolen(ip, minutes=8):
    """One session: at home or at work by an address, then in Lagos."""
    return session(0, event(0, "nowhere", ip), event(minutes / 60, "lagos", "185.9.9.9"), name="x")


def kinds(*sessions, networks=NETWORKS):
    return set(ps.signals(history(*sessions), known_networks=networks)["kind"])


def test_a_cookie_that_goes_from_the_office_to_lagos_is_found():
    found = ps.signals(history(stolen("192.0.2.5")), known_networks=NETWORKS)
    assert found["kind"].tolist() == ["geovelocity_anomaly"]
    assert found["severity"].tolist() == ["high"]
    assert found["from_place"].tolist() == ["Munich, Bavaria, DE"]
    assert kinds(stolen("::FFFF:192.0.2.5")) == {"geovelocity_anomaly"}


def test_a_hop_by_vpn_is_not():
    by_vpn = session(0, event(0), event(0.2, "lagos", "198.51.100.7"), event(0.4))
    assert kinds(by_vpn) == set()
    assert kinds(by_vpn, networks={"HQ": OFFICE}) == {"geovelocity_anomaly"}


def test_an_office_is_where_it_is_whatever_its_address_is_geolocated_to():
    wrong = session(0, event(0, "lagos", "192.0.2.5"), event(0.1, "lagos", "185.9.9.9"))
    assert kinds(wrong) == {"geovelocity_anomaly"}


def test_office_addresses_do_not_count_as_many():
    crowd = [
        session(0, event(n / 20, "nowhere", f"192.0.2.{n + 1}"), user=f"user {n}") for n in range(9)
    ]
    hops = session(9, *(event(9 + n / 60, "nowhere", f"192.0.2.{n + 1}") for n in range(9)))
    assert kinds(*crowd, hops) == set()


def test_networks_travel_with_a_history(tmp_path):
    some = history(*usual(), stolen("192.0.2.5"))
    some.known_networks = NETWORKS
    found = ps.signals(some)
    assert "geovelocity_anomaly" in set(found["kind"])
    some.save(tmp_path / "saved")
    archive = ps.Archive(tmp_path / "archive", buckets=2)
    archive.record(some)
    for other in (
        ps.read_history(tmp_path / "saved"),
        some.between("2020-01-01").for_users("ann"),
        ps.History.concat([history(), some]),
        ps.Archive(tmp_path / "archive").history(),
    ):
        assert other.known_networks == NETWORKS
        pd.testing.assert_frame_equal(ps.signals(other), found)
    pd.testing.assert_frame_equal(archive.signals(), found)
    ours = {"VPN": "192.0.2.0/24"}
    assert "geovelocity_anomaly" not in set(ps.signals(some, known_networks=ours)["kind"])


def test_an_archive_keeps_the_networks_it_is_given(tmp_path):
    archive = ps.Archive(tmp_path / "archive", buckets=1, known_networks=NETWORKS)
    assert archive.known_networks == NETWORKS
    archive.record(history(stolen("192.0.2.5")))
    assert ps.Archive(tmp_path / "archive").known_networks == NETWORKS
    ps.Archive(tmp_path / "archive", known_networks={"VPN": "10.0.0.0/8"})
    again = ps.Archive(tmp_path / "archive")
    assert again.history().known_networks == {"VPN": "10.0.0.0/8"}
    assert len(again.snapshots()) == 1
