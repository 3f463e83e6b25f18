"""Train a real, tiny DeepLabCut network on rendered mice, from random weights.

Run in a process of its own: ``python train_tiny.py FOLDER``. Makes in FOLDER:
``project`` (a DeepLabCut project with a trained network), ``clips`` (unseen
synthetic videos with their truth) and ``outputs`` (DeepLabCut's own analysis
of one of them, whole and cropped).
"""

import sys
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import torch
import yaml

from behave.simulate.animal import KEYPOINTS
from behave.simulate.render import World, arena_boxes, draw_poses, render_video
from behave.simulate.swim import Swim, join, random_bouts

ONE = World(width=160, height=288)
TWO = World(width=320, height=288, arenas=2)
LABELLED, EVERY, EPOCHS = 10, 16, 30
# The far paws look like the near ones and are hidden half of the time.
LABELS = ("nose", "body_centre", "tail_base", "left_fore_paw", "left_hind_paw")
PLACES = [KEYPOINTS.index(name) for name in LABELS]
CROP = (8, 152, 20, 280)  # x1, x2, y1, y2


def swims(seed, count, seconds):
    """Return animals that swim, climb and float at random."""
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.35, 0.65, count)
    return [Swim(join(random_bouts(rng, seconds, s, climbing_share=0.15))) for s in shares]


def label(folder):
    """Write labelled pictures as DeepLabCut keeps them."""
    folder.mkdir(parents=True)
    rows, index = [], []
    left, top, width, height = arena_boxes(ONE).iloc[0, 1:5].astype(int)
    for seed in range(LABELLED):
        drawn = draw_poses(ONE, swims(seed, 1, 8.0), seed)
        for number, (_, picture, points) in enumerate(drawn):
            if number % EVERY == 0:
                name = f"img{seed}_{number:03d}.png"
                cv2.imwrite(str(folder / name), picture[top : top + height, left : left + width])
                rows.append((points[0, PLACES] - (left, top)).ravel())
                index.append(("labeled-data", folder.name, name))
    columns = pd.MultiIndex.from_product(
        [["renderer"], LABELS, ["x", "y"]], names=["scorer", "bodyparts", "coords"]
    )
    table = pd.DataFrame(rows, columns=columns, index=pd.MultiIndex.from_tuples(index))
    table.to_hdf(folder / "CollectedData_renderer.h5", key="df_with_missing")
    table.to_csv(folder / "CollectedData_renderer.csv")


def make_project(root):
    """Write a project of DeepLabCut 3 with its labels; return its config.yaml."""
    label(root / "labeled-data" / "rendered")
    settings = {
        "Task": "tiny", "scorer": "renderer", "date": "Jan1", "multianimalproject": False,
        "identity": None, "project_path": str(root), "engine": "pytorch",
        "video_sets": {str(root / "videos" / "rendered.mp4"): {"crop": "0, 160, 0, 288"}},
        "bodyparts": list(LABELS), "start": 0, "stop": 1, "numframes2pick": 20,
        "skeleton": [], "skeleton_color": "black", "pcutoff": 0.6, "dotsize": 8,
        "alphavalue": 0.7, "colormap": "rainbow", "TrainingFraction": [0.95], "iteration": 0,
        "default_net_type": "resnet_50", "default_augmenter": "default", "snapshotindex": -1,
        "detector_snapshotindex": -1, "batch_size": 8, "detector_batch_size": 1,
        "cropping": False, "x1": 0, "x2": 160, "y1": 0, "y2": 288,
        "corner2move2": [50, 50], "move2corner": True,
    }  # fmt: skip
    config = root / "config.yaml"
    config.write_text(yaml.safe_dump(settings), "utf-8")
    return config


def shrink(model_config):
    """Replace the network by timm's smallest ResNet, and the training by a short one."""
    settings = yaml.safe_load(model_config.read_text("utf-8"))
    model = settings["model"]
    model["backbone"] |= {"model_name": "test_resnet", "pretrained": False}
    model["backbone_output_channels"] = 96
    for part in ("heatmap_config", "locref_config"):
        model["heads"]["bodypart"][part]["channels"][0] = 96
    turn = {"p": 0.5, "rotation": 10, "scaling": [0.9, 1.1], "translation": 0}
    settings["data"]["train"] |= {"crop_sampling": None, "affine": turn, "motion_blur": False}
    runner = settings["runner"]
    runner["optimizer"]["params"]["lr"] = 0.004
    runner["scheduler"]["params"] = {"lr_list": [[0.001]], "milestones": [EPOCHS - 6]}
    runner["eval_interval"] = 10 * EPOCHS
    runner["snapshots"] = {"max_snapshots": 1, "save_epochs": EPOCHS, "save_optimizer_state": False}
    settings["train_settings"] |= {"epochs": EPOCHS, "batch_size": 8, "display_iters": 1000}
    model_config.write_text(yaml.safe_dump(settings), "utf-8")


def train(config):
    """Train the project's network from random weights."""
    import deeplabcut  # noqa: PLC0415 - after the arguments are known to be right
    from deeplabcut.pose_estimation_pytorch.config.pose import PoseConfig  # noqa: PLC0415
    from deeplabcut.pose_estimation_pytorch.models import PoseModel  # noqa: PLC0415

    deeplabcut.create_training_dataset(
        str(config), net_type="resnet_50", engine=deeplabcut.Engine.PYTORCH, num_shuffles=1
    )
    (model_config,) = config.parent.glob("dlc-models-pytorch/*/*/train/pytorch_config.yaml")
    shrink(model_config)
    # Without a snapshot to start from it would download weights.
    torch.manual_seed(1)
    start = config.parent / "random.pt"
    model = PoseModel.build(PoseConfig.from_yaml(model_config)["model"])
    torch.save({"model": model.state_dict()}, start)
    deeplabcut.train_network(str(config), shuffle=1, snapshot_path=str(start), device="cpu")
    start.unlink()


def render_clips(folder):
    """Write unseen videos with one and two animals, and what is true in them."""
    for name, world, seed, seconds in (("one", ONE, 101, 30.0), ("two", TWO, 102, 30.0)):
        cast = swims(seed, world.arenas, seconds)
        render_video(folder / f"{name}.mp4", world, cast, seed).to_csv(folder / f"{name}.csv")
        arena_boxes(world).to_csv(folder / f"{name}_arenas.csv")
        points = np.stack([drawn for _, _, drawn in draw_poses(world, cast, seed)])
        np.save(folder / f"{name}_points.npy", points[:, :, PLACES])


def analyse(config, clips, folder):
    """Let DeepLabCut itself analyse a clip, whole and cropped."""
    import deeplabcut  # noqa: PLC0415 - as above

    for part, crop in (("whole", None), ("cropped", CROP)):
        (folder / part).mkdir(parents=True)
        deeplabcut.analyze_videos(
            str(config), [str(clips / "one.mp4")], destfolder=str(folder / part),
            save_as_csv=True, cropping=crop, device="cpu",
        )  # fmt: skip


def main(folder):
    """Make everything."""
    config = make_project(folder / "project")
    train(config)
    (folder / "clips").mkdir()
    render_clips(folder / "clips")
    analyse(config, folder / "clips", folder / "outputs")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
