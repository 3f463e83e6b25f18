# ruff: noqa: INP001 - a script beside its network, not a module
"""Train the small DeepLabCut network of this folder on SYNTHETIC pictures, from random weights.

Run from anywhere, with the extra ``dlc``: ``python configs/deeplabcut/train.py WORK``. It
renders swimming mice as in ``videos_sample/`` (other animals, other seeds), writes a
DeepLabCut project in the folder WORK, trains it, and copies the network to ``network/``
beside this script. Nothing is downloaded. The network has seen rendered mice only: it
shows how a study runs, and finds nothing in a real video.
"""

import argparse
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from behave.simulate.animal import KEYPOINTS
from behave.simulate.plan import Plan, draw_swim
from behave.simulate.render import World, arena_boxes, draw_poses, render_video
from behave.simulate.study import RECORDING
from behave.simulate.swim import Swim
from behave.tracking.video.picture import colours
from behave.tracking.video.reader import read_frames

# The far paws look like the near ones and are hidden half of the time.
LABELS = ("nose", "body_centre", "tail_base", "left_fore_paw", "left_hind_paw")
PLACES = [KEYPOINTS.index(name) for name in LABELS]
TASK, SCORER, DATE = "rendered", "renderer", "Jan1"
# The seeds of the sample study are 1000 and above.
FIRST_SEED = 100


@dataclass(frozen=True)
class Recipe:
    """How much is rendered and how long is trained.

    Parameters
    ----------
    world
        The look of the videos.
    videos, seconds, every
        How many are rendered, how long each is, and each how manieth frame is labelled.
    size
        Width and height in px at which the network sees an arena; none: as it is.
    epochs
        Passes over the labelled pictures.
    """

    world: World
    videos: int
    seconds: float
    every: int
    size: tuple[int, int] | None
    epochs: int


DEMO = Recipe(RECORDING, videos=10, seconds=12.0, every=16, size=(72, 216), epochs=60)


def swims(seed: int, arenas: int, seconds: float) -> list[Swim]:
    """Return animals as a simulated study has them, there from the first frame."""
    rng = np.random.default_rng(seed)
    plan = Plan(duration_s=seconds, window_start_s=seconds / 4)
    drawn = [draw_swim(rng, plan, float(rng.uniform(0.35, 0.65)), 0) for _ in range(arenas)]
    return [Swim(**{**vars(swim), "entry_s": 0.0}) for swim in drawn]


def labelled(recipe: Recipe, clip: Path) -> Iterator[tuple[str, NDArray[Any], NDArray[Any]]]:
    """Yield name, picture (BGR) and keypoints of arenas of compressed videos."""
    boxes = arena_boxes(recipe.world).iloc[:, 1:5].to_numpy(int)
    for seed in range(FIRST_SEED, FIRST_SEED + recipe.videos):
        cast = swims(seed, recipe.world.arenas, recipe.seconds)
        render_video(clip, recipe.world, cast, seed)
        drawn = draw_poses(recipe.world, cast, seed)
        for number, (frame, (_, _, points)) in enumerate(
            zip(read_frames(clip), drawn, strict=True)
        ):
            if number % recipe.every:
                continue
            picture = colours(frame)[..., ::-1]
            for arena, (left, top, width, height) in enumerate(boxes):
                part = picture[top : top + height, left : left + width]
                name = f"img{seed}_{arena}_{number:04d}.png"
                yield name, part, points[arena, PLACES] - (left, top)
        clip.unlink()


def make_project(root: Path, recipe: Recipe) -> Path:
    """Write a project of DeepLabCut 3 with its labels; return its config.yaml."""
    folder = root / "labeled-data" / TASK
    folder.mkdir(parents=True)
    rows, index = [], []
    for name, picture, points in labelled(recipe, root / "clip.mp4"):
        cv2.imwrite(str(folder / name), picture)
        rows.append(points.ravel())
        index.append(("labeled-data", folder.name, name))
    columns = pd.MultiIndex.from_product(
        [[SCORER], LABELS, ["x", "y"]], names=["scorer", "bodyparts", "coords"]
    )
    table = pd.DataFrame(rows, columns=columns, index=pd.MultiIndex.from_tuples(index))
    table.to_hdf(folder / f"CollectedData_{SCORER}.h5", key="df_with_missing")
    table.to_csv(folder / f"CollectedData_{SCORER}.csv")
    settings = {
        "Task": TASK, "scorer": SCORER, "date": DATE, "multianimalproject": False,
        "identity": None, "project_path": str(root), "engine": "pytorch",
        "video_sets": {str(root / "videos" / f"{TASK}.mp4"): {"crop": "0, 640, 0, 480"}},
        "bodyparts": list(LABELS), "start": 0, "stop": 1, "numframes2pick": 20,
        "skeleton": [], "skeleton_color": "black", "pcutoff": 0.6, "dotsize": 8,
        "alphavalue": 0.7, "colormap": "rainbow", "TrainingFraction": [0.95], "iteration": 0,
        "default_net_type": "resnet_50", "default_augmenter": "default", "snapshotindex": -1,
        "detector_snapshotindex": -1, "batch_size": 8, "detector_batch_size": 1,
        "cropping": False, "x1": 0, "x2": 640, "y1": 0, "y2": 480,
        "corner2move2": [50, 50], "move2corner": True,
    }  # fmt: skip
    config = root / "config.yaml"
    config.write_text(yaml.safe_dump(settings), "utf-8")
    return config


def shrink(model_config: Path, recipe: Recipe) -> None:
    """Replace the network by timm's smallest ResNet, and the training by a short one."""
    settings = yaml.safe_load(model_config.read_text("utf-8"))
    model = settings["model"]
    model["backbone"] |= {"model_name": "test_resnet", "pretrained": False}
    model["backbone_output_channels"] = 96
    for part in ("heatmap_config", "locref_config"):
        model["heads"]["bodypart"][part]["channels"][0] = 96
    resize = None
    if recipe.size:
        resize = {"width": recipe.size[0], "height": recipe.size[1], "keep_ratio": True}
    turn = {"p": 0.5, "rotation": 10, "scaling": [0.9, 1.1], "translation": 0}
    settings["data"]["inference"] |= {"resize": resize}
    settings["data"]["train"] |= {
        "resize": resize, "crop_sampling": None, "affine": turn, "motion_blur": False,
    }  # fmt: skip
    runner = settings["runner"]
    runner["optimizer"]["params"]["lr"] = 0.004
    runner["scheduler"]["params"] = {
        "lr_list": [[0.001]], "milestones": [recipe.epochs - max(recipe.epochs // 5, 1)],
    }  # fmt: skip
    runner["eval_interval"] = 10 * recipe.epochs
    runner["snapshots"] = {
        "max_snapshots": 1, "save_epochs": recipe.epochs, "save_optimizer_state": False,
    }  # fmt: skip
    settings["train_settings"] |= {
        "epochs": recipe.epochs, "batch_size": 8, "display_iters": 1000,
    }  # fmt: skip
    model_config.write_text(yaml.safe_dump(settings), "utf-8")


def train(config: Path, recipe: Recipe) -> Path:
    """Train the project's network from random weights; return the folder it is in."""
    os.environ |= {"DLClight": "True", "HF_HUB_OFFLINE": "1"}
    # ruff: noqa: PLC0415 - ten seconds and a gigabyte, once the arguments are known to be right
    import deeplabcut
    import torch
    from deeplabcut.pose_estimation_pytorch.config.pose import PoseConfig
    from deeplabcut.pose_estimation_pytorch.models import PoseModel

    deeplabcut.create_training_dataset(
        str(config), net_type="resnet_50", engine=deeplabcut.Engine.PYTORCH, num_shuffles=1
    )
    (model_config,) = config.parent.glob("dlc-models-pytorch/*/*/train/pytorch_config.yaml")
    shrink(model_config, recipe)
    # Without a snapshot to start from it would download weights.
    torch.manual_seed(1)
    start = config.parent / "random.pt"
    model = PoseModel.build(PoseConfig.from_yaml(model_config)["model"])
    torch.save({"model": model.state_dict()}, start)
    deeplabcut.train_network(str(config), shuffle=1, snapshot_path=str(start), device="cpu")
    start.unlink()
    return model_config.parent


def keep(trained: Path, folder: Path) -> None:
    """Copy a network without the places that it was made in."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.pt"):
        old.unlink()
    (snapshot,) = trained.glob("snapshot-*.pt")
    shutil.copy(snapshot, folder)
    settings = yaml.safe_load((trained / "pytorch_config.yaml").read_text("utf-8"))
    settings["metadata"] |= {"project_path": ".", "pose_config_path": "pytorch_config.yaml"}
    (folder / "pytorch_config.yaml").write_text(yaml.safe_dump(settings), "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Make everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path, help="a folder that does not exist yet")
    root = parser.parse_args(arguments).work.resolve()
    root.mkdir(parents=True)
    keep(train(make_project(root, DEMO), DEMO), Path(__file__).with_name("network"))


if __name__ == "__main__":
    main()
