"""A recorder in a process of its own, to be killed or to compete: records snapshots in turn.

Arguments: the archive, then the snapshots' folders. It says when it begins and ends each.
"""

import sys

import pingsessions_nb as ps

archive = ps.Archive(sys.argv[1], buckets=2)
snapshots = [ps.History.load(folder) for folder in sys.argv[2:]]
print("ready", flush=True)
for snapshot in snapshots:
    archive.record(snapshot)
    print("recorded", flush=True)
