"""How fast the pages show frames, in a real browser.

Prints, for whole pictures of a video: the time to the first frame after a
trial is opened, frames per second while a hand drags along the whole video,
and how far playback at several speeds is from the clock.
"""

import argparse
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from behave.tracking.video.browse import Browser
from behave.web.server import Place, make_server
from behave.web.workspace import open_workspace

SAMPLE = Path(__file__).resolve().parents[1] / "videos_sample" / "video_1.mp4"
OPENINGS = 5
DRAG_S = 6

# Frames are counted where a person sees them: each is told below the video.
DRAG = """async (seconds) => {
  const place = document.querySelector("input[aria-label=Frame]");
  const time = document.querySelector(".time");
  let shown = 0;
  const watch = new MutationObserver(() => { shown += 1; });
  watch.observe(time, { childList: true, characterData: true, subtree: true });
  const [first, last] = [Number(place.min), Number(place.max)];
  const began = performance.now();
  for (;;) {
    const share = (performance.now() - began) / 1000 / seconds;
    if (share >= 1) break;
    // To the end and back, so that frames are reached from both sides.
    place.value = Math.round(first + (last - first) * (share < 0.5 ? 2 * share : 2 - 2 * share));
    place.dispatchEvent(new Event("input"));
    await new Promise(requestAnimationFrame);
  }
  watch.disconnect();
  return shown / seconds;
}"""

PLAY = """async ({ seconds, speed }) => {
  const place = document.querySelector("input[aria-label=Frame]");
  const time = document.querySelector(".time");
  const seenAt = () => {
    const [minutes, rest] = time.textContent.split(" ")[0].split(":").map(Number);
    return { video_s: 60 * minutes + rest, clock_s: performance.now() / 1000 };
  };
  const choice = document.querySelector("#speed");
  choice.value = String(speed);
  choice.dispatchEvent(new Event("change"));
  document.querySelector("[data-act=play]").click();
  const seen = [];
  const watch = new MutationObserver(() => seen.push(seenAt()));
  watch.observe(time, { childList: true, characterData: true, subtree: true });
  await new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });
  document.querySelector("[data-act=play]").click();
  watch.disconnect();
  return seen;
}"""


@contextmanager
def _served(video: Path) -> Iterator[Page]:
    """Serve a folder that holds the video, and open a page on it."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(video, folder)
        server, listening, address = make_server(open_workspace(Path(folder)), Place())
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        superuser = hasattr(os, "geteuid") and os.geteuid() == 0
        path = shutil.which("chromium") or shutil.which("google-chrome")
        try:
            with sync_playwright() as play:
                arguments = ["--no-sandbox"] if superuser else []
                browser = play.chromium.launch(executable_path=path, args=arguments)
                page = browser.new_page()
                page.goto(address)
                page.click("nav >> text=Score")
                yield page
                browser.close()
        finally:
            server.should_exit = True
            thread.join()


def _open_trial(page: Page, name: str) -> float:
    """Open a trial and return the seconds until its first frame is on the screen."""
    page.reload()
    page.fill("#scorer", name)
    began = time.perf_counter()
    page.click("text=Begin")
    page.wait_for_selector(".time:has-text('frame')")
    return time.perf_counter() - began


def _tell_playback(page: Page, speed: float, seconds: float, rate: float) -> None:
    """Play and print how far the frames shown are from the clock."""
    page.locator("input[aria-label=Frame]").evaluate(
        "(place) => { place.value = place.min; place.dispatchEvent(new Event('input')); }"
    )
    page.wait_for_selector(".time:has-text('frame 0')")
    seen = page.evaluate(PLAY, {"seconds": seconds, "speed": speed})
    clock_s = np.array([one["clock_s"] for one in seen])
    lead = (speed * clock_s - [one["video_s"] for one in seen]) * rate
    # A slope, because a single frame may come a little sooner or later.
    drift = np.polyfit(clock_s - clock_s[0], lead, 1)[0] * 60
    late = np.ptp(lead)
    clock_s = np.ptp(clock_s)
    print(
        f"{speed:g}x: {len(seen) / clock_s:.1f} frames shown per second, drift "
        f"{drift:+.2f} frames per minute, at most {late:.1f} frames late"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--seconds", type=float, default=60, help="Length of playback at 1x.")
    told = parser.parse_args()
    browser = Browser(told.video)
    rate = (len(browser.times_s) - 1) / float(browser.times_s[-1])
    print(
        f"{told.video.name}: {browser.width} x {browser.height} px, {rate:.1f} frames/s, "
        f"{browser.times_s[-1]:.0f} s, {len(browser.frame_times.keys)} key frames; "
        f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    with _served(told.video) as page:
        opened = [_open_trial(page, f"p{number}") for number in range(OPENINGS)]
        print(f"first frame after opening a trial: {opened[0]:.2f} s; again {min(opened):.2f} s")
        drags = [page.evaluate(DRAG, DRAG_S) for _ in range(2)]
        print("frames per second while dragging: " + ", then ".join(f"{one:.1f}" for one in drags))
        for speed, seconds in ((1, told.seconds), (0.25, 10), (4, 20)):
            _tell_playback(page, speed, seconds, rate)


if __name__ == "__main__":
    main()
