"""Train a real, tiny DeepLabCut network on rendered mice, from random weights.

Run in a process of its own: ``python train_tiny.py FOLDER``. Makes in FOLDER:
``project`` (a DeepLabCut project with a trained network), ``clips`` (unseen
synthetic videos with their truth) and ``outputs`` (DeepLabCut's own analysis
of one of them, whole and cropped). The training is that of the demo network,
on another world and shorter.
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np

from behave.simulate.render import World, arena_boxes, draw_poses, render_video
from behave.simulate.swim import Swim, join, random_bouts

ONE = World(width=160, height=288)
TWO = World(width=320, height=288, arenas=2)
CROP = (8, 152, 20, 280)  # x1, x2, y1, y2


def load_trainer():
    """Return the script that trained the demo network."""
    path = Path(__file__).parents[2] / "configs" / "deeplabcut" / "train.py"
    spec = importlib.util.spec_from_file_location("demo_train", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass looks itself up
    spec.loader.exec_module(module)
    return module


trainer = load_trainer()
TINY = trainer.Recipe(ONE, videos=10, seconds=8.0, every=16, size=None, epochs=30)


def swims(seed, count, seconds):
    """Return animals that swim, climb and float at random."""
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.35, 0.65, count)
    return [Swim(join(random_bouts(rng, seconds, s, climbing_share=0.15))) for s in shares]


def render_clips(folder):
    """Write unseen videos with one and two animals, and what is true in them."""
    for name, world, seed, seconds in (("one", ONE, 501, 20.0), ("two", TWO, 502, 20.0)):
        cast = swims(seed, world.arenas, seconds)
        render_video(folder / f"{name}.mp4", world, cast, seed).to_csv(folder / f"{name}.csv")
        arena_boxes(world).to_csv(folder / f"{name}_arenas.csv")
        points = np.stack([drawn for _, _, drawn in draw_poses(world, cast, seed)])
        np.save(folder / f"{name}_points.npy", points[:, :, trainer.PLACES])


def analyse(config, clips, folder):
    """Let DeepLabCut itself analyse a clip, whole and cropped."""
    import deeplabcut  # noqa: PLC0415 - after the arguments are known to be right

    for part, crop in (("whole", None), ("cropped", CROP)):
        (folder / part).mkdir(parents=True)
        deeplabcut.analyze_videos(
            str(config), [str(clips / "one.mp4")], destfolder=str(folder / part),
            save_as_csv=True, cropping=crop, device="cpu",
        )  # fmt: skip


def main(folder):
    """Make everything."""
    config = trainer.make_project(folder / "project", TINY)
    trainer.train(config, TINY)
    (folder / "clips").mkdir()
    render_clips(folder / "clips")
    analyse(config, folder / "clips", folder / "outputs")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
