"""Render clips of world c with all that is true in them.

Run as ``python benchmarks/render_world_c.py --seeds 0-15 --out FOLDER``. All
clips are SYNTHETIC: no animal was filmed. For each seed the folder receives
``cSEED.mp4``, ``cSEED.csv`` (truth per arena and frame, see
`worlds.film_c.render_c`), ``cSEED.outlines.npz`` (see
`worlds.film_c.read_outlines`), ``cSEED.arenas.csv`` (one row per arena) and
``cSEED.settings.csv`` (one row). `accuracy.py --keep FOLDER` uses such clips.
"""

import argparse
import time
from pathlib import Path

import pandas as pd
from worlds import HardClip, draw_clip


def main() -> None:
    """Render the clips of a range of seeds that are not there yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="0-15", help="first-last")
    parser.add_argument("--out", type=Path, required=True, help="folder")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    options.out.mkdir(parents=True, exist_ok=True)
    for seed in range(int(first), int(last or first) + 1):
        clip = draw_clip("c", seed)
        if not (options.out / f"c{seed}.csv").exists():
            _render(clip, options.out)


def _render(clip: HardClip, folder: Path) -> None:
    """Render one clip; the truth is written last."""
    start = time.process_time()
    video = folder / f"c{clip.seed}.mp4"
    truth = clip.render(video)
    arenas = clip.arenas()
    arenas.insert(0, "video", video.name)
    arenas.to_csv(video.with_suffix(".arenas.csv"), index=False)
    settings = pd.DataFrame([clip.settings()])
    settings.to_csv(video.with_suffix(".settings.csv"), index=False)
    truth.to_csv(video.with_suffix(".csv"), index=False, float_format="%.4f")
    known = truth[truth["state"].notna()]
    print(
        f"{video.name}: {clip.kind}; {settings['name'][0]}, {settings['view'][0]};"
        f" {len(arenas)} arenas; immobile {(known['state'] == 'immobile').mean():.2f};"
        f" findable {known['findable'].mean():.3f}; CPU {time.process_time() - start:.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
