"""The reader of TNTP files refuses what is cut off or does not add up."""

from pathlib import Path

import numpy as np
import pytest

from entrepot.core.errors import SourceError
from entrepot.data.tntp import read_tntp

NET = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 3
<FIRST THRU NODE> 3
<NUMBER OF LINKS> 2
<END OF METADATA>
~ \tinit_node\tterm_node\tcapacity\tlength\tfree_flow_time\tb\tpower\tspeed\ttoll\tlink_type\t;
\t1\t3\t900\t5\t1.5\t0.15\t4\t0\t0\t1\t;
\t3\t2\t800\t5\t2.5\t0.15\t4\t0\t0\t1;
"""
TRIPS = """<NUMBER OF ZONES> 2
<TOTAL OD FLOW>   7.5
<END OF METADATA>

Origin \t1
    1 :      1.5;     2 :     6.0;
"""


def write(folder: Path, net: str = NET, trips: str = TRIPS) -> tuple[Path, Path]:
    (folder / "net").write_text(net)
    (folder / "trips").write_text(trips)
    return folder / "net", folder / "trips"


def test_reads_what_stands_there(tmp_path: Path) -> None:
    got = read_tntp(*write(tmp_path))
    assert (got.nodes, got.zones, got.first_through) == (3, 2, 2)
    np.testing.assert_array_equal(got.tail, [0, 2])
    np.testing.assert_array_equal(got.head, [2, 1])
    np.testing.assert_array_equal(got.capacity, [900, 800])
    np.testing.assert_array_equal(got.free, [1.5, 2.5])
    np.testing.assert_array_equal(got.power, [4, 4])
    np.testing.assert_array_equal(got.trips, [[1.5, 6.0], [0, 0]])
    np.testing.assert_array_equal(got.no_through, [True, True, False])


@pytest.mark.parametrize(
    ("net", "trips", "message"),
    [
        (NET.replace("LINKS> 2", "LINKS> 3"), TRIPS, "NUMBER OF LINKS says 3"),
        (NET.replace("<NUMBER OF NODES> 3\n", ""), TRIPS, "<NUMBER OF NODES> is 'missing'"),
        (NET.replace("\t1\t3\t900", "\t1\t4\t900"), TRIPS, "ends at node 4"),
        (NET.replace("2.5", "x"), TRIPS, "not all numbers"),
        (NET.replace("\t5\t2.5\t0.15\t4\t0\t0\t1", ""), TRIPS, "less than 7 numbers"),
        (NET, TRIPS.replace("2 :     6.0", "9 :     6.0"), "names no zone of 1 to 2"),
        (NET, TRIPS.replace("6.0", "5.0"), "<TOTAL OD FLOW> says 7.5"),
        (NET, TRIPS.replace("Origin \t1\n", ""), "names no zone"),
    ],
)
def test_what_is_broken_is_refused(tmp_path: Path, net: str, trips: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_tntp(*write(tmp_path, net, trips))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere: No such file"):
        read_tntp(tmp_path / "nowhere", tmp_path / "trips")
