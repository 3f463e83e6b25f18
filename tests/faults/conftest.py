"""A study small enough to be run many times: four videos of six seconds, eight ovals."""

import importlib.util
from pathlib import Path

import pytest

STUDY = """\
study: small
trials: trials.csv
videos: .
arenas: {file: arenas.csv}
protocol: {duration_s: 5, score_window_s: [1, 5], bin_s: 1}
design:
  agonist:    {column: treatment,    control: vehicle, level: ketamine}
  antagonist: {column: pretreatment, control: vehicle, level: NBQX}
"""
ARENAS = """\
video,arena,x_px,y_px,width_px,height_px
*,1,0,0,96,96
*,2,96,0,96,96
"""
CELLS = [("vehicle", "vehicle"), ("vehicle", "ketamine"), ("NBQX", "vehicle"), ("NBQX", "ketamine")]


@pytest.fixture(scope="session")
def corpus():
    """Return the generator of videos, which lies beside this file and in no package."""
    place = Path(__file__).with_name("corpus.py")
    spec = importlib.util.spec_from_file_location("corpus", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def small_study(corpus, tmp_path_factory):
    """Return a study file of eight animals, two in each cell of a 2x2 design."""
    folder = tmp_path_factory.mktemp("small")
    rows = ["animal_id,video,arena,pretreatment,treatment"]
    for number, cell in enumerate(CELLS):
        corpus.write_pair(folder / f"{number}.mp4", rests=(number / 4, 0.3 + number / 4))
        rows += [f"{number}{arena},{number}.mp4,{arena},{','.join(cell)}" for arena in (1, 2)]
    (folder / "trials.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "arenas.csv").write_text(ARENAS, encoding="utf-8")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return folder / "study.yaml"
