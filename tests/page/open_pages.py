"""Opens exported pages in Chromium and Firefox, from a file and without network, and compares what they decode.

    python3 tests/page/open_pages.py HOURGLASS WORK [--browsers chromium,firefox] [--runs vae-2,conv-4]

HOURGLASS is the program, WORK a folder for runs, pages and pictures; a run that is there already is taken as it is.
Python's standard library and the browsers are all that is needed. Every pixel has to be the program's within 2/255:
those of a grid of codes, as `hourglass export manifold` has them, and the reconstructions of test images, as
`hourglass codes` has them. Keyboard, pointer, themes, printing and odd names are tried too. Of each page there are
pictures in WORK: `NAME-BROWSER-light.png`, `-dark` and `-phone`.
"""

import argparse
import array
import csv
import json
import os
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from browsers import BROWSERS, program

MOST = 2 / 255

# Which preset, with which settings, for how many epochs; every kind of layer and every activation is among them.
RUNS = {
    "vae-2": (["vae-2"], 3),
    "vanilla-64": (["vanilla-64"], 2),
    "conv-4": (["conv-4"], 1),
    "denoise-conv-32": (["denoise-conv-32", "train_samples=6400"], 1),
    "tied": (["vanilla-64-tied"], 1),
    "tied-gelu": (["multilayer-64", "architecture.tied=true", "architecture.hidden_activation=gelu", "train_samples=6400"], 1),
    "elu": (["multilayer-64", "architecture.hidden_activation=elu", "train_samples=6400"], 1),
    "leaky": (["multilayer-64", "architecture.hidden_activation=leaky_relu", "train_samples=6400"], 1),
    "tanh": (["vanilla-64", "architecture.code_activation=tanh", "train_samples=6400"], 1),
    "one-unit": (["vanilla-64", "code=1", "train_samples=6400"], 1),
    "colour": (["denoise-conv-32", "channels=16,16,16", "architecture.waist=10", "noise=0", "learning_rate=0.003"], 60),
}

# What could end an element, an attribute or a script.
NAMES = ["<script>", "<!--", "\"quoted\" & 'so'", "plain"]


def png(width, height, pixels):
    """Pixels of three bytes as a PNG."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + pixels[3 * width * y : 3 * width * (y + 1)] for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def colour_images(folder):
    """Blobs of 18 × 13 pixels in colours, in a folder for each class."""
    numbers = random.Random(1)
    for label, name in enumerate(NAMES):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for idx in range(60):
            x, y = numbers.uniform(3, 15), numbers.uniform(3, 10)
            tint = [0.3 + 0.7 * ((label >> c) & 1) for c in range(3)]
            pixels = bytearray()
            for row in range(13):
                for column in range(18):
                    near = 2.718 ** (-((row - y) ** 2 + (column - x) ** 2) / 9)
                    pixels += bytes(int(255 * near * share) for share in tint)
            (folder / name / f"{idx}.png").write_bytes(png(18, 13, bytes(pixels)))


def array_of(archive, name):
    """The sides and the numbers of an array in an `.npz`."""
    with zipfile.ZipFile(archive) as files:
        content = files.read(f"{name}.npy")
    length = struct.unpack("<H", content[8:10])[0]
    head = eval(content[10 : 10 + length].decode(), {})  # a dictionary, as NumPy writes it
    kind = {"<f4": "f", "|u1": "B", "<u8": "Q"}[head["descr"]]
    return head["shape"], array.array(kind, content[10 + length :])


class Run:
    """A run with its page and the program's own pixels."""

    def __init__(self, hourglass, work, name):
        self.name, self.hourglass = name, hourglass
        self.folder, self.page = work / name, work / f"{name}.html"
        (preset, *settings), epochs = RUNS[name]
        data = []
        if name == "colour":
            data = ["--data", work / "colour-images"]
            colour_images(data[1])
        elif os.environ.get("HOURGLASS_DATA") is None:
            data = ["--data", "pen-digits"]
        if not (self.folder / "model.safetensors").exists():
            sets = [word for setting in settings for word in ("--set", setting)]
            self.do("train", "--preset", preset, *sets, "--epochs", epochs, *data, "--device", "cpu", "--no-judge",
                    "--out", self.folder)
        self.do("export", "page", "--run", self.folder, "--out", self.page, "--force")
        self.do("export", "manifold", "--run", self.folder, "--out", work / f"{name}-manifold.csv", "--force")
        self.do("codes", "--run", self.folder, "--out", work / f"{name}-codes.npz", "--reconstructions", "--force")
        self.grid = self.read_grid(work / f"{name}-manifold.csv")
        self.codes = array_of(work / f"{name}-codes.npz", "codes")
        self.images = array_of(work / f"{name}-codes.npz", "reconstructions")
        self.errors = array_of(work / f"{name}-codes.npz", "mse_per_pixel")[1]

    def do(self, *arguments):
        done = subprocess.run([self.hourglass, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode not in (0, 3):  # 3: of no use after one epoch, and exported all the same
            sys.exit(f"hourglass {' '.join(map(str, arguments))}\n{done.stderr}")

    @staticmethod
    def read_grid(path):
        """Places of the plane and the pixels drawn there; every seventh of them."""
        with open(path, newline="") as file:
            rows = list(csv.reader(line for line in file if not line.startswith("#")))
        first = rows[0].index("p0")
        rows = [[float(value) for value in row] for row in rows[1::7]]
        return [(row[first - 2 : first], row[first:]) for row in rows]

    def image(self, idx):
        """The reconstruction of a test image, channel by channel."""
        (_, *sides), values = self.images
        n = sides[0] * sides[1]
        channels = sides[2] if len(sides) > 2 else 1
        image = values[idx * n * channels : (idx + 1) * n * channels]
        return [image[pixel * channels + channel] for channel in range(channels) for pixel in range(n)]


def largest(found, expected):
    assert len(found) == len(expected), (len(found), len(expected))
    clip = lambda value: min(1.0, max(0.0, value))
    return max((abs(clip(a) - clip(b)) for a, b in zip(found, expected)), default=0.0)


def compare(browser, run):
    """The largest differences of pixels: over the plane, of reconstructions, and of the test images' errors."""
    # Of a code of one unit the plane is a line, and the table's places are the codes.
    places = [place for place, _ in run.grid]
    decoded = browser.ask(
        f"{json.dumps(places)}.map((at) => Array.from(hourglass.decode("
        "hourglass.data.code.size === 1 ? [at[0]] : hourglass.codeAt(at))))"
    )
    plane = max(largest(found, expected) for found, (_, expected) in zip(decoded, run.grid))
    kept = browser.ask("Array.from(hourglass.samples)")
    some = range(0, len(kept), max(1, len(kept) // 40))
    decoded = browser.ask(f"{json.dumps(list(some))}.map((idx) => Array.from(hourglass.decode(hourglass.codeOf(idx))))")
    images = max(largest(found, run.image(kept[idx])) for found, idx in zip(decoded, some))
    # The error of a picture against the image of the sheet is the program's: so that is the right image.
    originals = browser.ask(
        f"Promise.all({json.dumps(list(some))}.map(async (idx) => Array.from(await hourglass.imageOf(idx))))"
    )
    for idx, original, found in zip(some, originals, decoded):
        mse = sum((a - b) ** 2 for a, b in zip(original, found)) / len(found)
        assert abs(mse - run.errors[kept[idx]]) < 1e-3, (run.name, idx, mse, run.errors[kept[idx]])
    return plane, images


def painted(browser):
    """What is painted is what is decoded: the largest difference of a byte, by the page's own colours of ink."""
    return browser.ask(
        """(() => {
          const { data, decode } = hourglass, { width, height, channels } = data.image, n = width * height;
          const code = data.code.mean;
          hourglass.keep(code);
          const values = decode(code);
          const pixels = document.getElementById('decoded').getContext('2d').getImageData(0, 0, width, height).data;
          const [paper, ink] = data.themes.light.image;
          let most = 0;
          for (let pixel = 0; pixel < n; pixel++) for (let c = 0; c < 3; c++) {
            const share = Math.min(1, Math.max(0, values[channels === 3 ? c * n + pixel : pixel]));
            const expected = channels === 3 ? 255 * share : paper[c] + share * (ink[c] - paper[c]);
            most = Math.max(most, Math.abs(pixels[4 * pixel + c] - expected));
          }
          return most;
        })()"""
    )


def operate(browser, run):
    """Keyboard and pointer do what they should."""
    text = lambda name: browser.ask(f"document.getElementById('{name}').textContent")
    focused = lambda: browser.ask("document.activeElement.id || document.activeElement.type || ''")
    value = lambda: browser.ask("document.querySelector('#sliders input').valueAsNumber")
    browser.ask("document.activeElement.blur()")
    reached = []
    for _ in range(40):
        browser.press("Tab")
        reached.append(focused())
        if reached[-1] == "range":
            break
    assert {"theme", "plot", "mean", "range"} <= set(reached), (run.name, reached)
    before = value()
    browser.press("ArrowRight")
    assert value() > before, f"{run.name}: an arrow key moves a slider"
    browser.ask("document.getElementById('plot').focus()")
    browser.press("Home")
    mean = text("at")
    browser.press("ArrowRight")
    assert text("at") != mean, f"{run.name}: an arrow key moves the place"
    # Over a point there is an image with its number.
    browser.ask("document.getElementById('plot').scrollIntoView({ block: 'end', behavior: 'instant' })")
    box = browser.ask("(({ left, top, width, height }) => [left, top, width, height])"
                      "(document.getElementById('plot').getBoundingClientRect())")
    at = browser.ask("hourglass.pixelOf(0)")
    browser.move(box[0] + at[0], box[1] + at[1])
    frame = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
    browser.ask(frame)
    assert text("sample").startswith("no. "), (run.name, text("sample"))
    assert "MSE per pixel" in text("error")
    # Far from all points there is none, and a click keeps the place for the sliders.
    empty = browser.ask(
        """(() => {
          const points = Array.from(hourglass.samples, (_, idx) => hourglass.pixelOf(idx));
          const far = ([x, y]) => points.every(([px, py]) => Math.hypot(px - x, py - y) > 8);
          const side = document.getElementById('plot').clientWidth;
          for (let x = 60; x < side - 20; x += 5) for (let y = 20; y < side - 60; y += 5) if (far([x, y])) return [x, y];
        })()"""
    )
    browser.move(box[0] + empty[0], box[1] + empty[1], click=True)
    browser.ask(frame)
    assert text("sample") == "–", (run.name, text("sample"))
    code = "Array.from(document.querySelectorAll('#sliders output'), (one) => one.textContent).join()"
    kept = browser.ask(code)
    browser.ask("document.getElementById('mean').click()")
    assert browser.ask(code) != kept, run.name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hourglass")
    parser.add_argument("work", type=Path)
    parser.add_argument("--browsers", default=",".join(BROWSERS))
    parser.add_argument("--runs", default=",".join(RUNS))
    arguments = parser.parse_args()
    work = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    chosen = arguments.browsers.split(",")
    for name in chosen:
        program(name)  # what is missing is said before anything is trained
    runs = [Run(arguments.hourglass, work, name) for name in arguments.runs.split(",")]
    for name in chosen:
        browser = BROWSERS[name]()
        try:
            for run in runs:
                browser.size(1280, 800)
                browser.open(run.page)
                browser.prefer("light")
                plane, images = compare(browser, run)
                off = painted(browser)
                operate(browser, run)
                browser.ask("document.activeElement.blur()")
                browser.ask("hourglass.keepPoint(7)")
                for theme in ("light", "dark"):
                    browser.prefer(theme)
                    browser.picture(work / f"{run.name}-{name}-{theme}.png", whole=True)
                browser.prefer("light")
                browser.size(400, 800)
                browser.picture(work / f"{run.name}-{name}-phone.png", whole=True)
                browser.print(work / f"{run.name}-{name}.pdf")
                if run.name == "colour":
                    shown = browser.ask("Array.from(document.querySelectorAll('#legend button'), (one) => one.textContent)")
                    assert sorted(shown) == sorted(NAMES), shown
                foreign = browser.foreign_requests()
                size = run.page.stat().st_size / 1e6
                print(f"{name:9} {run.name:16} {size:6.2f} MB  plane {255 * plane:.3f}/255  images {255 * images:.3f}/255  "
                      f"painted {off:.2f}", flush=True)
                assert not foreign, foreign
                errors = browser.errors()
                assert not errors, errors
                assert max(plane, images) <= MOST and off <= 1, run.name
                if run.name == "vae-2" and len(run.errors) == 10_000:
                    assert size < 4, f"{size} MB"
        finally:
            browser.close()
    print(f"{len(runs)} pages in {' and '.join(chosen)}: every pixel within 2/255")


main()
