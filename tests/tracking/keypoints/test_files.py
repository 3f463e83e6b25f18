"""Reading DeepLabCut's files of keypoints."""

import os
import pickle

import numpy as np
import pandas as pd
import pytest

from behave.errors import TrialError
from behave.tracking.keypoints import files, plain_pickles
from behave.tracking.keypoints.files import read_individuals, read_poses


@pytest.fixture
def one_mouse():
    """One animal, nose and tail base, 3 frames; the nose is lost in frame 1."""
    columns = pd.MultiIndex.from_product(
        [["net"], ["nose", "tail_base"], ["x", "y", "likelihood"]],
        names=["scorer", "bodyparts", "coords"],
    )
    return pd.DataFrame(
        [[10, 20, 0.9, 40, 20, 1.0], [np.nan, np.nan, np.nan, 41, 20, 1.0], [12, 20, 0.8, 42, 20, 0.5]],
        columns=columns,
    )  # fmt: skip


@pytest.fixture
def two_mice():
    """Two animals with a nose each, and a keypoint of the scene; frame 1 is not in the file."""
    columns = pd.MultiIndex.from_tuples(
        [
            ("net", who, part, coord)
            for who, part in (("mus1", "nose"), ("mus2", "nose"), ("single", "corner"))
            for coord in ("x", "y", "likelihood")
        ],
        names=["scorer", "individuals", "bodyparts", "coords"],
    )
    rows = [[1, 2, 0.9, 100, 200, 0.8, 0, 0, 1], [3, 4, 0.9, 300, 400, 0.8, 0, 0, 1]]
    return pd.DataFrame(rows, index=[0, 2], columns=columns, dtype=float)


def write(table, path):
    """Write a table as CSV, or as HDF5 under an unusual key."""
    if path.suffix == ".csv":
        table.to_csv(path)
    else:
        pytest.importorskip("tables", reason="PyTables (extra dlc) is not installed")
        table.to_hdf(path, key="whatever")
    return path


SUFFIXES = (".csv", ".h5")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_one_animal_has_three_header_rows(one_mouse, tmp_path, suffix):
    poses = read_poses(write(one_mouse, tmp_path / f"clip{suffix}"))
    assert poses.individuals == ("",)
    assert poses.keypoints == ("nose", "tail_base")
    assert poses.xy.shape == (3, 1, 2, 2)
    np.testing.assert_array_equal(poses.xy[:, 0, 1, 0], [40, 41, 42])
    np.testing.assert_array_equal(poses.likelihood[:, 0, 0], [0.9, 0.0, 0.8])
    assert np.isnan(poses.xy[1, 0, 0]).all()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_several_animals_have_four_and_the_scene_is_left_out(two_mice, tmp_path, suffix):
    path = write(two_mice, tmp_path / f"clip_el{suffix}")
    poses = read_poses(path)
    assert read_individuals(path) == poses.individuals == ("mus1", "mus2")
    assert poses.keypoints == ("nose",)
    np.testing.assert_array_equal(poses.xy[[0, 2], 1, 0, 0], [100, 300])
    assert np.isnan(poses.xy[1]).all(), "a frame that the file lacks has no positions"


def test_of_several_tables_the_positions_are_taken(one_mouse, tmp_path):
    pytest.importorskip("tables", reason="PyTables (extra dlc) is not installed")
    path = tmp_path / "clip.h5"
    pd.DataFrame({"a": [1]}).to_hdf(path, key="another")
    one_mouse.to_hdf(path, key="tracks")
    assert read_poses(path).xy.shape[0] == 3


def test_without_pytables_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(files.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(TrialError, match=r"behave-fst\[dlc\]"):
        read_poses(tmp_path / "clip.h5")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("a,b\n1,2\n", "first column 'a', '1'"),
        ("", "first column"),
        ("scorer,n,n,n\nbodyparts,a,a,a\ncoords,x,y,likelihood\nimg1.png,1,2,1\n", "by hand"),
        ("scorer,n,n\nbodyparts,a,a\ncoords,x,y\n0,1,2\n", "by hand"),
        ("scorer,n,n,n\nbodyparts,a,a,a\ncoords,x,y,likelihood\n1,1,2,1\n0,1,2,1\n", "increase"),
        ("scorer,n,n,n\nbodyparts,a,a,a\ncoords,x,y,likelihood\n0,1,2\n", "headings"),
        ("scorer,n,n,n\nbodyparts,a,a,a\ncoords,x,y,likelihood\n0,1,b,1\n", "convert"),
    ],
    ids=["another table", "empty", "labels", "no likelihood", "falling", "short row", "text"],
)
def test_what_is_not_a_track_is_refused(tmp_path, content, found):
    path = tmp_path / "clip.csv"
    path.write_text(content)
    with pytest.raises(TrialError, match=found):
        read_poses(path)


def test_a_damaged_hdf5_file_is_refused(tmp_path):
    pytest.importorskip("tables", reason="PyTables (extra dlc) is not installed")
    path = tmp_path / "clip.h5"
    path.write_bytes(b"no HDF5")
    with pytest.raises(TrialError, match="does not hold keypoints"):
        read_poses(path)


def meta(**data):
    return pickle.dumps({"data": {"fps": np.float64(25), "frame_dimensions": (640, 480), **data}})


@pytest.mark.parametrize("suffix", ["", "_filtered", "_el", "_el_filtered", "_bx", "_sk"])
def test_a_crop_is_added_back(one_mouse, tmp_path, suffix):
    table = write(one_mouse, tmp_path / f"clipDLC_net{suffix}.csv")
    corner = meta(cropping=True, cropping_parameters=np.array([100, 300, 50, 250]))
    (tmp_path / "clipDLC_net_meta.pickle").write_bytes(corner)
    poses = read_poses(table)
    np.testing.assert_array_equal(poses.xy[0, 0, 0], [110, 70])


def test_no_crop_moves_nothing(one_mouse, tmp_path):
    path = write(one_mouse, tmp_path / "clip.csv")
    whole = meta(cropping=False, cropping_parameters=[10, 20, 30, 40])
    (tmp_path / "clip_meta.pickle").write_bytes(whole)
    np.testing.assert_array_equal(read_poses(path).xy[0, 0, 0], [10, 20])


class Trap:
    """Runs a command when it is unpickled by a reader that trusts it."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return os.system, (f"echo sprung > {self.file}",)


def test_a_pickle_that_would_run_something_is_refused_and_does_not_run(one_mouse, tmp_path):
    path = write(one_mouse, tmp_path / "clip.csv")
    sprung = tmp_path / "sprung"
    (tmp_path / "clip_meta.pickle").write_bytes(meta(cropping=False, more=Trap(sprung)))
    with pytest.raises(TrialError, match="not a plain value"):
        read_poses(path)
    assert not sprung.exists()


def test_a_pickle_within_an_hdf5_file_does_not_run_either(one_mouse, tmp_path):
    path = write(one_mouse, tmp_path / "clip.h5")
    sprung = tmp_path / "sprung"
    with pd.HDFStore(path) as store:
        store.get_storer("whatever").attrs.encoding = Trap(sprung)
    with pytest.raises(TrialError, match="does not hold keypoints"):
        read_poses(path)
    assert not sprung.exists()
    with pd.HDFStore(path, mode="r") as store:
        assert store.get_storer("whatever").attrs.encoding is not None
    assert sprung.exists(), "the trap was a real one, and PyTables is as it was"


def test_types_of_deeplabcut_become_text(one_mouse, tmp_path):
    path = write(one_mouse, tmp_path / "clip.csv")
    # DeepLabCut 3 keeps an enumeration in its configuration.
    kind = b"cdeeplabcut.pose_estimation_pytorch.config.enums\nNetType\n(Vresnet_50\ntR."
    assert plain_pickles.loads(kind) == "resnet_50"
    inner = kind[:-1]
    (tmp_path / "clip_meta.pickle").write_bytes(
        b"(Vdata\n(Vnet\n" + inner + b"Vcropping\nI01\nVcropping_parameters\n(I3\nI9\nI4\nI9\ntdd."
    )
    np.testing.assert_array_equal(read_poses(path).xy[0, 0, 0], [13, 24])


@pytest.mark.parametrize(
    "content", [b"", b"junk", meta(), meta(cropping=True, cropping_parameters=[1, 2])]
)
def test_a_meta_file_that_does_not_tell_is_an_error(one_mouse, tmp_path, content):
    path = write(one_mouse, tmp_path / "clip.csv")
    (tmp_path / "clip_meta.pickle").write_bytes(content)
    with pytest.raises(TrialError, match="whole picture or a crop"):
        read_poses(path)


@pytest.mark.shared_data
def test_real_files_are_read(shared_data):
    folder = shared_data / "dlc_outputs"
    maze = read_poses(folder / "EPM_15DeepCut_resnet50_epmMay17shuffle1_1030000.csv")
    assert len(maze.keypoints) == 25
    clip = read_poses(folder / "cropped_video.csv")
    assert clip.xy.shape == (750, 1, 6, 2)
    assert clip.keypoints[0] == "Nose"
    np.testing.assert_allclose(clip.xy[0, 0, 0], [379.3179750442505, 911.2349543571472])


def test_semicolons_are_called_semicolons(one_mouse, tmp_path):
    path = tmp_path / "clip.csv"
    one_mouse.to_csv(path, sep=";")
    with pytest.raises(TrialError) as caught:
        read_poses(path)
    (problem,) = caught.value.problems
    assert problem.found == "columns separated by semicolons: a spreadsheet saved it anew"


@pytest.mark.parametrize(
    ("coord", "factor", "found"),
    [
        ("likelihood", 100, "likelihoods from 50 to 100"),
        ("x", 10000, "coordinates up to 420000 px"),
    ],
)
def test_numbers_that_lost_their_points_are_refused(one_mouse, tmp_path, coord, factor, found):
    wrong = one_mouse.copy()
    mine = wrong.columns.get_level_values("coords") == coord
    wrong.loc[:, mine] = wrong.loc[:, mine].astype(float) * factor
    with pytest.raises(TrialError) as caught:
        read_poses(write(wrong, tmp_path / "clip.csv"))
    (problem,) = caught.value.problems
    assert problem.found == found
