#!/usr/bin/env python3
"""Trains the presets' recipes with PyTorch and Keras, and prints Hourglass's speed beside theirs.

Each preset is measured by all of them one right after the other, so that the ratios are those of one sitting. What is
not installed is left out and said so. Images are MNIST's where --data or HOURGLASS_DATA names its folder, those of an
.npz of x_train [n, height, width] or [n, height, width, channels] where --data names one, otherwise random: the
arithmetic is the same. As in Hourglass, images lie on the host, are gathered in a new order each epoch and
corrupted there or on the device, whichever is the framework's way.

    cargo build --release --locked
    python3 benches/other_frameworks.py --hourglass target/release/hourglass --batch 64,256 --out ratios.csv
"""

import argparse
import csv
import gzip
import importlib.metadata
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PARTS = 5  # of a measurement; the median counts, as in `hourglass bench`

# hidden sizes, code size, activations of hidden layers, code and output, loss, and what is particular.
DENSE = {
    "vanilla-64": dict(hidden=[], code=64, act="relu", code_act="sigmoid", out="linear", loss="mse"),
    "sparse-64": dict(hidden=[], code=64, act="relu", code_act="sigmoid", out="linear", loss="mse", l1=6.4e-4),
    "sparse-kl-64": dict(
        hidden=[], code=64, act="relu", code_act="sigmoid", out="linear", loss="mse", kl=(0.05, 1.5e-2)
    ),
    "multilayer-64": dict(hidden=[128], code=64, act="relu", code_act="relu", out="linear", loss="mse", l1=1e-5),
    "basic-32": dict(hidden=[], code=32, act="relu", code_act="relu", out="sigmoid", loss="bce"),
    "linear-32": dict(hidden=[], code=32, act="relu", code_act="linear", out="linear", loss="mse"),
    "denoise-dense": dict(
        hidden=[], code=128, act="relu", code_act="sigmoid", out="sigmoid", loss="bce", masking=0.3
    ),
    "contractive-64": dict(
        hidden=[], code=64, act="relu", code_act="sigmoid", out="linear", loss="mse", contraction=1e-3
    ),
    "overcomplete-1024": dict(hidden=[], code=1024, act="relu", code_act="linear", out="linear", loss="mse"),
    "deep-30": dict(hidden=[1000, 500, 250], code=30, act="relu", code_act="linear", out="sigmoid", loss="mse"),
    "vae-20": dict(hidden=[400], code=20, act="relu", code_act="linear", out="sigmoid", loss="bce", beta=1.0),
    "vae-2": dict(hidden=[400], code=2, act="relu", code_act="linear", out="sigmoid", loss="bce", beta=1.0),
    "beta-vae-10": dict(hidden=[400], code=10, act="relu", code_act="linear", out="sigmoid", loss="mse", beta=4.0),
    "aae-2": dict(hidden=[512, 256], code=2, act="relu", code_act="linear", out="sigmoid", loss="mse", adversary=10.0),
    "aae-mixture": dict(
        hidden=[512, 256], code=2, act="relu", code_act="linear", out="sigmoid", loss="mse", adversary=10.0
    ),
}
CONV = {
    "conv-4": dict(channels=[4], out="linear", loss="mse", sigma=0.0),
    "denoise-conv-32": dict(channels=[32, 32], out="sigmoid", loss="bce", sigma=0.5),
}
STACKED = "stacked-denoising"  # three layers of 1000, then labels
OWN_BATCH = {
    "basic-32": 256, "deep-30": 128, STACKED: 128, "vae-20": 128, "vae-2": 128, "beta-vae-10": 128, "aae-2": 128,
    "aae-mixture": 128,
}  # fmt: skip
ALL = [*DENSE, *CONV, STACKED]


def images(folder):
    """Images as floats of 0..1, [n, values] with one channel after the other, their classes, and their shape."""
    if folder and folder.endswith(".npz"):
        pixels = np.load(folder)["x_train"]
        pixels = pixels.reshape(*pixels.shape[:3], -1)
        height, width, channels = pixels.shape[1:]
        planes = np.moveaxis(pixels, 3, 1).reshape(len(pixels), -1)
        scale = 255 if planes.dtype == np.uint8 else 1
        return planes.astype(np.float32) / scale, np.arange(len(planes)) % 10, (height, width, channels)
    mnist = (28, 28, 1)
    for name in ("train-images-idx3-ubyte", "train-images.idx3-ubyte"):
        for path in (Path(folder or ".") / name, Path(folder or ".") / f"{name}.gz"):
            if folder and path.exists():
                raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
                pixels = np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 784)
                return pixels.astype(np.float32) / 255, np.arange(len(pixels)) % 10, mnist
    sys.stderr.write("no MNIST there: random images\n")
    rng = np.random.default_rng(1)
    pixels = rng.random((60_000, 784), dtype=np.float32)
    return np.where(pixels > 0.8, pixels, 0).astype(np.float32), np.arange(60_000) % 10, mnist


def median_speed(run_steps, batch, secs):
    """Images a second: `run_steps(n)` takes n steps."""
    run_steps(5)
    started, n_steps = time.perf_counter(), 0
    while time.perf_counter() - started < 0.3 * secs or n_steps == 0:  # warms up, and says how long a step takes
        run_steps(5)
        n_steps += 5
    n_steps = max(1, int(n_steps / (time.perf_counter() - started) * secs / PARTS))
    speeds = []
    for _ in range(PARTS):
        started = time.perf_counter()
        run_steps(n_steps)
        speeds.append(n_steps * batch / (time.perf_counter() - started))
    return statistics.median(speeds)


# ---- PyTorch ------------------------------------------------------------------------------------------


def in_pytorch(preset, batch, secs, data):
    """Images a second of each part of a preset's plan: {part: speed}."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    activations = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "linear": nn.Identity}
    *arrays, (height, width, n_channels) = data
    n_pixels = height * width * n_channels
    pixels, labels = (torch.from_numpy(np.ascontiguousarray(array)) for array in arrays)

    def batches():
        while True:
            order = torch.randperm(len(pixels))
            for start in range(0, len(pixels) - batch + 1, batch):
                rows = order[start : start + batch]
                yield pixels[rows], labels[rows]

    source = batches()

    def stack(sizes, acts):
        layers = []
        for inputs, outputs, act in zip(sizes, sizes[1:], acts):
            layers += [nn.Linear(inputs, outputs), activations[act]()]
        return nn.Sequential(*layers)

    def adam(parameters, rate=1e-3):
        return torch.optim.Adam(parameters, lr=rate, eps=1e-7)

    def error(kind, logits, target, total):
        """From logits; the sum over pixels, or the mean."""
        if kind == "bce":
            found = F.binary_cross_entropy_with_logits(logits, target, reduction="sum" if total else "mean")
        else:
            found = F.mse_loss(logits, target, reduction="sum" if total else "mean")
        return found / len(target) if total else found

    def dense():
        recipe = DENSE[preset]
        sizes = [n_pixels, *recipe["hidden"], recipe["code"]]
        acts = [recipe["act"]] * len(recipe["hidden"])
        beta, adversary = recipe.get("beta"), recipe.get("adversary")
        heads = 2 if beta else 1
        encoder = stack([*sizes[:-1], heads * sizes[-1]], [*acts, recipe["code_act"]])
        decoder = stack(sizes[::-1], [*acts, "linear"])
        optimizer = adam([*encoder.parameters(), *decoder.parameters()], 3e-4 if adversary else 1e-3)
        is_sum = bool(beta or adversary)
        if adversary:
            discriminator = stack([recipe["code"], 256, 256, 1], ["relu", "relu", "linear"])
            judge = adam(discriminator.parameters(), 3e-4)
            ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)

        def step():
            clean, _ = next(source)
            seen = clean
            if recipe.get("masking"):
                seen = clean * (torch.rand_like(clean) >= recipe["masking"])
            code = encoder(seen)
            extra = 0.0
            if beta:
                mean, log_variance = code.chunk(2, 1)
                code = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
                extra = -0.5 * beta * (1 + log_variance - mean.square() - log_variance.exp()).sum() / batch
            logits = decoder(code)
            if recipe["out"] == "sigmoid" and recipe["loss"] == "mse":
                logits = logits.sigmoid()
            loss = error(recipe["loss"], logits, clean, is_sum) + extra
            if recipe.get("l1"):
                loss = loss + recipe["l1"] * code.abs().sum(1).mean()
            if recipe.get("kl"):
                rho, weight = recipe["kl"]
                mean = code.mean(0).clamp(1e-6, 1 - 1e-6)
                kl = rho * (rho / mean).log() + (1 - rho) * ((1 - rho) / (1 - mean)).log()
                loss = loss + weight * kl.sum()
            if recipe.get("contraction"):
                rows = encoder[0].weight.square().sum(1)
                loss = loss + recipe["contraction"] * ((code * (1 - code)).square() * rows).sum(1).mean()
            if adversary:
                loss = loss + adversary * F.binary_cross_entropy_with_logits(discriminator(code), ones)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if adversary:
                real, fake = discriminator(torch.randn_like(code)), discriminator(code.detach())
                verdict = F.binary_cross_entropy_with_logits(real, ones)
                verdict = verdict + F.binary_cross_entropy_with_logits(fake, zeros)
                judge.zero_grad()
                verdict.backward()
                judge.step()

        return {"all layers": step}

    def convolutional():
        recipe = CONV[preset]
        layers, inputs = [], n_channels
        for outputs in recipe["channels"]:
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
            inputs = outputs
        for outputs in recipe["channels"][::-1]:
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.Upsample(scale_factor=2)]
            inputs = outputs
        model = nn.Sequential(*layers, nn.Conv2d(inputs, n_channels, 3, padding=1))
        optimizer = adam(model.parameters())

        def step():
            clean, _ = next(source)
            clean = clean.view(-1, n_channels, height, width)
            seen = clean
            if recipe["sigma"]:
                seen = (clean + recipe["sigma"] * torch.randn_like(clean)).clamp(0, 1)
            loss = error(recipe["loss"], model(seen), clean, False)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        return {"all layers": step}

    def layer(encoder, decoder, below, corruption, bce):
        """One layer and its mirror on the activations of those below."""
        optimizer = adam([*encoder.parameters(), *decoder.parameters()])

        def step():
            clean, _ = next(source)
            with torch.no_grad():
                clean = below(clean)
            seen = clean * (torch.rand_like(clean) >= corruption) if corruption else clean
            loss = error("bce" if bce else "mse", decoder(encoder(seen)), clean, False)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        return step

    def stacked():
        sizes = [n_pixels, 1000, 1000, 1000]
        below = stack(sizes[:3], ["sigmoid", "sigmoid"])
        first = layer(stack(sizes[:2], ["sigmoid"]), nn.Linear(1000, n_pixels), nn.Identity(), 0.1, True)
        last = layer(stack(sizes[2:], ["sigmoid"]), nn.Linear(1000, 1000), below, 0.3, True)
        networks = [nn.Sequential(*stack(sizes, ["sigmoid"] * 3), nn.Linear(1000, 10)) for _ in range(2)]
        optimizers = [adam(network.parameters()) for network in networks]

        def tune():
            clean, classes = next(source)
            for network, optimizer in zip(networks, optimizers):
                loss = F.cross_entropy(network(clean), classes)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

        return {"layer 1 of 3": first, "layer 3 of 3": last, "fine-tuning": tune}

    def deep():
        parts = dense()
        sizes = [n_pixels, *DENSE[preset]["hidden"], DENSE[preset]["code"]]
        below = stack(sizes[:4], ["relu"] * 3)
        first = layer(stack(sizes[:2], ["relu"]), nn.Linear(1000, n_pixels), nn.Identity(), 0, True)
        last = layer(stack(sizes[3:], ["linear"]), nn.Linear(30, 250), below, 0, False)
        return {"layer 1 of 4": first, "layer 4 of 4": last, **parts}

    if preset in CONV:
        parts = convolutional()
    elif preset == STACKED:
        parts = stacked()
    elif preset == "deep-30":
        parts = deep()
    else:
        parts = dense()

    def many(step):
        return lambda n: [step() for _ in range(n)]

    return {part: median_speed(many(step), batch, secs) for part, step in parts.items()}


# ---- Keras --------------------------------------------------------------------------------------------


def in_keras(preset, batch, secs, data):
    """The same for the presets that Keras trains with `compile` and `fit` alone."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    from keras import layers

    pixels, _, (height, width, n_channels) = data
    n_pixels = height * width * n_channels
    recipe = DENSE.get(preset) or CONV.get(preset)
    if recipe is None or any(key in recipe for key in ("kl", "contraction", "beta", "adversary")):
        return {}

    class Masking(layers.Layer):
        """Sets a share of the pixels to 0, without scaling the others up."""

        def __init__(self, share):
            super().__init__()
            self.share = share
            self.seeds = keras.random.SeedGenerator(1)

        def call(self, inputs):
            kept = keras.random.uniform(keras.ops.shape(inputs), seed=self.seeds) >= self.share
            return inputs * keras.ops.cast(kept, inputs.dtype)

    if preset in DENSE:
        model = [keras.Input((n_pixels,))]
        if recipe.get("masking"):
            model.append(Masking(recipe["masking"]))
        model += [layers.Dense(size, recipe["act"]) for size in recipe["hidden"]]
        penalty = keras.regularizers.L1(recipe["l1"]) if recipe.get("l1") else None
        model.append(layers.Dense(recipe["code"], recipe["code_act"], activity_regularizer=penalty))
        model += [layers.Dense(size, recipe["act"]) for size in recipe["hidden"][::-1]]
        model.append(layers.Dense(n_pixels, recipe["out"]))
        target = pixels
    else:
        model = [keras.Input((height, width, n_channels))]
        if recipe["sigma"]:
            model += [layers.GaussianNoise(recipe["sigma"]), layers.ReLU(max_value=1.0)]
        for channels in recipe["channels"]:
            model += [layers.Conv2D(channels, 3, padding="same", activation="relu"), layers.MaxPooling2D()]
        for channels in recipe["channels"][::-1]:
            model += [layers.Conv2D(channels, 3, padding="same", activation="relu"), layers.UpSampling2D()]
        model.append(layers.Conv2D(n_channels, 3, padding="same", activation=recipe["out"]))
        planes = pixels.reshape(-1, n_channels, height, width)
        target = np.ascontiguousarray(np.moveaxis(planes, 1, 3))
    model = keras.Sequential(model)
    loss = {"bce": "binary_crossentropy", "mse": "mse"}[recipe["loss"]]
    model.compile(keras.optimizers.Adam(1e-3), loss)

    def run_steps(n):
        n_images = n * batch
        times = -(-n_images // len(target))
        some = target[:n_images] if times == 1 else np.concatenate([target] * times)[:n_images]
        model.fit(some, some, batch_size=batch, epochs=1, shuffle=True, verbose=0)

    return {"all layers": median_speed(run_steps, batch, secs)}


# ---- All of them --------------------------------------------------------------------------------------


FRAMEWORKS = {"PyTorch": ("torch", in_pytorch), "Keras": ("keras", in_keras)}


def elsewhere(name, preset, batch, secs, folder):
    """What a framework reaches in a process of its own: PyTorch and TensorFlow do not bear one another in one."""
    command = [sys.executable, __file__, preset, "--one", name, "--batch", str(batch), "--secs", str(secs)]
    command += ["--data", folder] if folder else []
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(found.stdout.splitlines()[-1])


def in_hourglass(program, preset, batch, secs, data):
    """What `hourglass bench` says."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bench.csv"
        command = [program, "bench", preset, "--batch", str(batch), "--secs", str(secs), "--device", "cpu"]
        command += ["--out", str(out), *(["--data", data] if data else [])]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with out.open() as file:
            return {row["part"]: float(row["value"]) for row in csv.DictReader(file)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("presets", nargs="*", help="which presets; all when none is named")
    parser.add_argument("--hourglass", default="target/release/hourglass", help="the program")
    parser.add_argument("--batch", default="64", help="images per step, separated by commas; 0 is the preset's own")
    parser.add_argument("--secs", type=float, default=3.0, help="seconds of each measurement")
    parser.add_argument("--data", default=os.environ.get("HOURGLASS_DATA"), help="folder with MNIST's files, or an .npz")
    parser.add_argument("--out", help="file for the figures as CSV")
    parser.add_argument("--one", choices=[*FRAMEWORKS], help=argparse.SUPPRESS)  # for the processes of `elsewhere`
    args = parser.parse_args()
    unknown = [preset for preset in args.presets if preset not in ALL]
    if unknown:
        parser.error(f"no preset is called {', '.join(unknown)}: choose of {', '.join(ALL)}")

    if args.one:
        measure = FRAMEWORKS[args.one][1]
        print(json.dumps(measure(args.presets[0], int(args.batch), args.secs, images(args.data))))
        return
    others = []
    for name, (package, _) in FRAMEWORKS.items():
        try:
            sys.stderr.write(f"{name} {importlib.metadata.version(package)}\n")
            others.append(name)
        except importlib.metadata.PackageNotFoundError:
            sys.stderr.write(f"{name} is not installed: left out\n")

    rows = []
    print("| preset | part | batch | Hourglass (images/s) | " + " | ".join(f"{name} | ratio" for name in others) + " |")
    print("|---|---|---|---|" + "---|---|" * len(others))
    for preset in args.presets or ALL:
        for batch in map(int, args.batch.split(",")):
            batch = batch or OWN_BATCH.get(preset, 64)
            ours = in_hourglass(args.hourglass, preset, batch, args.secs, args.data)
            theirs = {name: elsewhere(name, preset, batch, args.secs, args.data) for name in others}
            for part, speed in ours.items():
                cells = []
                row = {"preset": preset, "part": part, "batch_size": batch, "hourglass": speed}
                for name, speeds in theirs.items():
                    other = speeds.get(part)
                    cells.append(f"{other:,.0f} | {speed / other:.2f}" if other else "— | —")
                    row[name.lower()] = other
                rows.append(row)
                print(f"| `{preset}` | {part} | {batch} | {speed:,.0f} | " + " | ".join(cells) + " |", flush=True)
    if args.out:
        with open(args.out, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
