#!/usr/bin/env python3
"""Trains the presets' recipes with PyTorch, JAX and Keras, and prints Hourglass's speed beside theirs.

Each preset is measured by all of them one right after the other, so that the ratios are those of one sitting. What is
not installed, or does not run here, is left out and said so. Images are MNIST's where --data or HOURGLASS_DATA names
its folder, those of an .npz of x_train [n, height, width] or [n, height, width, channels] where --data names one,
otherwise random: the arithmetic is the same. Everything is computed in singles, without TF32. Compilation, like any
other warm-up, is not part of a measurement.

--with chooses among them:

    pytorch          PyTorch as most programs use it, each operation by itself
    compiled         the loss by torch.compile, the weights by Adam's one kernel
    graphs           a step of `pytorch` captured as a CUDA graph and replayed; on a card only
    compiled-graphs  a step of `compiled`, likewise
    jax              JAX with a step that XLA compiles as a whole
    keras            Keras's `compile` and `fit`, for the presets that need nothing else; on the processor only

On the processor, images lie on the host, as in Hourglass, are gathered in a new order each epoch, and corrupted there
or on the device, whichever is the framework's way. With --device cuda, PyTorch and JAX keep them on the card, as they
should, and Hourglass trains with --device gpu.

    cargo build --release --locked
    python3 benches/other_frameworks.py --hourglass target/release/hourglass --batch 64,256 --out ratios.csv
"""

import argparse
import csv
import gzip
import importlib.metadata
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np

PARTS = 5  # of a measurement; the median counts, as in `hourglass bench`

# ---- Recipes ------------------------------------------------------------------------------------------

# hidden sizes, code size, activations of hidden layers, code and output, loss, and what is particular.
ADVERSARIAL = dict(
    hidden=[512, 256], code=2, act="relu", code_act="linear", out="sigmoid", loss="mse", adversary=10.0, rate=3e-4
)
DENSE = {
    "vanilla-64": dict(hidden=[], code=64, act="relu", code_act="sigmoid", out="linear", loss="mse"),
    "sparse-64": dict(hidden=[], code=64, act="relu", code_act="sigmoid", out="linear", loss="mse", l1=6.4e-4),
    "sparse-kl-64": dict(
        hidden=[], code=64, act="relu", code_act="sigmoid", out="linear", loss="mse", kl=(0.05, 1.5e-2)
    ),
    "multilayer-64": dict(hidden=[128], code=64, act="relu", code_act="relu", out="linear", loss="mse", l1=6.4e-4),
    "basic-32": dict(hidden=[], code=32, act="relu", code_act="relu", out="sigmoid", loss="bce"),
    "linear-32": dict(hidden=[], code=32, act="relu", code_act="linear", out="linear", loss="mse"),
    "denoise-dense": dict(hidden=[], code=128, act="relu", code_act="sigmoid", out="sigmoid", loss="bce", masking=0.3),
    "contractive-64": dict(
        hidden=[], code=64, act="relu", code_act="sigmoid", out="linear", loss="mse", contraction=1e-3, tied=True
    ),
    "overcomplete-1024": dict(hidden=[], code=1024, act="relu", code_act="linear", out="linear", loss="mse"),
    "deep-30": dict(hidden=[1000, 500, 250], code=30, act="relu", code_act="linear", out="sigmoid", loss="bce"),
    "vae-20": dict(hidden=[400], code=20, act="relu", code_act="linear", out="sigmoid", loss="bce", beta=1.0),
    "vae-2": dict(hidden=[400], code=2, act="relu", code_act="linear", out="sigmoid", loss="bce", beta=1.0),
    "beta-vae-10": dict(
        hidden=[400], code=10, act="relu", code_act="linear", out="sigmoid", loss="mse", beta=4.0, likelihood=0.7
    ),
    "aae-2": ADVERSARIAL,
    "aae-mixture": ADVERSARIAL | dict(petals=10),
}
CONV = {
    "conv-4": dict(channels=[4], out="relu", loss="mse", sigma=0.0),
    "denoise-conv-32": dict(channels=[32, 32], out="sigmoid", loss="bce", sigma=0.5),
}
STACKED = "stacked-denoising"  # three layers of 1000, then labels
OWN_BATCH = {
    "basic-32": 256, "deep-30": 128, STACKED: 128, "vae-20": 128, "vae-2": 128, "beta-vae-10": 128, "aae-2": 128,
    "aae-mixture": 128,
}  # fmt: skip
ALL = [*DENSE, *CONV, STACKED]


def rate_of(preset):
    """Adam's learning rate."""
    return DENSE.get(preset, {}).get("rate", 1e-3)


def plan(preset, ops, shape):
    """Weights and loss of each part of a preset's plan: {part: (weights, loss)}.

    The loss is a function of weights, images [batch, values] and classes, in the operations that `ops` has of a
    framework. A step lowers it by Adam on all weights but those under "below". The first weights are drawn here, so
    every framework starts from the same.
    """
    n_pixels = math.prod(shape)
    rng = np.random.default_rng(1)

    def glorot(*size, fans):
        bound = math.sqrt(6 / sum(fans))
        return rng.uniform(-bound, bound, size).astype(np.float32)

    def zeros(size):
        return ops.vector(np.zeros(size, np.float32))

    def stack(sizes):
        """Fully connected layers, each a matrix and a bias."""
        pairs = zip(sizes, sizes[1:])
        return [[ops.matrix(glorot(*pair, fans=pair)), zeros(pair[1])] for pair in pairs]

    def kernels(inputs, outputs):
        """A convolution of 3×3."""
        return [ops.kernels(glorot(3, 3, inputs, outputs, fans=(9 * inputs, 9 * outputs))), zeros(outputs)]

    def activated(values, activation):
        return values if activation == "linear" else getattr(ops, activation)(values)

    def through(values, layers, activations):
        for layer, activation in zip(layers, activations):
            values = activated(ops.dense(values, *layer), activation)
        return values

    def masked(values, share):
        """Sets a share of the values to 0, without scaling the others up."""
        return values * (ops.uniform(values) >= share) if share else values

    def error(kind, logits, activation, target):
        return ops.bce(logits, target) if kind == "bce" else ops.mse(activated(logits, activation), target)

    def prior_samples(recipe, code):
        normal = ops.normal(code)
        if "petals" not in recipe:
            return normal
        angle = ops.floor(ops.uniform(code)[:, :1] * recipe["petals"]) * (math.tau / recipe["petals"])
        along, across = 2.0 + 0.5 * normal[:, :1], 0.1 * normal[:, 1:]
        cos, sin = ops.cos(angle), ops.sin(angle)
        return ops.join([along * cos - across * sin, along * sin + across * cos])

    def dense(recipe):
        sizes = [n_pixels, *recipe["hidden"], recipe["code"]]
        acts = [recipe["act"]] * len(recipe["hidden"])
        n_heads = 2 if "beta" in recipe else 1
        weights = {"encoder": stack([*sizes[:-1], n_heads * sizes[-1]])}
        if recipe.get("tied"):
            weights["bias"] = zeros(n_pixels)
        else:
            weights["decoder"] = stack(sizes[::-1])
        if "adversary" in recipe:
            weights["discriminator"] = stack([recipe["code"], 256, 256, 1])

        def loss(weights, clean, _):
            code = through(masked(clean, recipe.get("masking")), weights["encoder"], [*acts, recipe["code_act"]])
            total = 0.0
            if "beta" in recipe:
                mean, log_variance = code[:, : recipe["code"]], code[:, recipe["code"] :]
                code = mean + ops.normal(mean) * ops.exp(0.5 * log_variance)
                kl = 0.5 * (mean**2 + ops.exp(log_variance) - log_variance - 1).sum(1).mean()
                total = recipe["beta"] * kl
            if recipe.get("tied"):
                logits = ops.dense_back(code, weights["encoder"][0][0], weights["bias"])
            else:
                logits = through(code, weights["decoder"], [*acts, "linear"])
            found = error(recipe["loss"], logits, recipe["out"], clean)
            if "beta" in recipe or "adversary" in recipe:  # beside a prior, the sum over pixels
                found = found * n_pixels
            if "likelihood" in recipe:
                found = found / (2 * recipe["likelihood"] ** 2)
            total = total + found
            if "l1" in recipe:
                total = total + recipe["l1"] * abs(code).sum(1).mean()
            if "kl" in recipe:
                rho, weight = recipe["kl"]
                mean = code.mean(0).clip(1e-6, 1 - 1e-6)
                kl = rho * ops.log(rho / mean) + (1 - rho) * ops.log((1 - rho) / (1 - mean))
                total = total + weight * kl.sum()
            if "contraction" in recipe:
                slope = code * (1 - code)
                of_units = ops.square_sums(weights["encoder"][0][0])
                total = total + recipe["contraction"] * (slope**2 * of_units).sum(1).mean()
            if "adversary" in recipe:

                def verdict(layers, codes):
                    return through(codes, layers, ["relu", "relu", "linear"])

                # Two losses of weights that do not meet, so one step of their sum is a step of each.
                judge = weights["discriminator"]
                total = total + recipe["adversary"] * ops.softplus(-verdict(ops.fixed(judge), code)).mean()
                total = total + ops.softplus(-verdict(judge, prior_samples(recipe, code))).mean()
                total = total + ops.softplus(verdict(judge, ops.fixed(code))).mean()
            return total

        return weights, loss

    def convolutional(recipe):
        channels = [shape[2], *recipe["channels"]]
        mirrored = [channels[-1], *channels[:0:-1]]
        weights = {
            "encoder": [kernels(*pair) for pair in zip(channels, channels[1:])],
            "decoder": [kernels(*pair) for pair in zip(mirrored, mirrored[1:])],
            "output": kernels(channels[1], shape[2]),
        }

        def loss(weights, clean, _):
            target = ops.maps(clean, shape)
            maps = target
            if recipe["sigma"]:
                maps = (target + recipe["sigma"] * ops.normal(target)).clip(0, 1)
            for layer in weights["encoder"]:
                maps = ops.pool(ops.relu(ops.conv(maps, *layer)))
            for layer in weights["decoder"]:
                maps = ops.up(ops.relu(ops.conv(maps, *layer)))
            return error(recipe["loss"], ops.conv(maps, *weights["output"]), recipe["out"], target)

        return weights, loss

    def one_layer(sizes, acts, n_below, out, masking=0.0):
        """One layer and its mirror, which rebuild the activations of the layers below."""
        ends = sizes[n_below : n_below + 2]
        weights = {"below": stack(sizes[: n_below + 1]), "layer": stack(ends), "mirror": stack(ends[::-1])}

        def loss(weights, images, _):
            clean = through(images, weights["below"], acts)
            code = through(masked(clean, masking), weights["layer"], acts[n_below:])
            logits = through(code, weights["mirror"], ["linear"])
            return error("bce" if out == "sigmoid" else "mse", logits, out, clean)

        return weights, loss

    def fine_tuning(sizes, acts, masking):
        """Two classifiers, which see the same images."""
        weights = {name: stack([*sizes, 10]) for name in ("trained", "random")}

        def loss(weights, images, classes):
            seen = masked(images, masking)
            networks = [weights["trained"], weights["random"]]
            return sum(ops.cross_entropy(through(seen, layers, [*acts, "linear"]), classes) for layers in networks)

        return weights, loss

    if preset in CONV:
        return {"all layers": convolutional(CONV[preset])}
    if preset == STACKED:
        sizes, acts = [n_pixels, 1000, 1000, 1000], ["sigmoid"] * 3
        return {
            "layer 1 of 3": one_layer(sizes, acts, 0, "sigmoid", masking=0.1),
            "layer 3 of 3": one_layer(sizes, acts, 2, "sigmoid", masking=0.3),
            "fine-tuning": fine_tuning(sizes, acts, masking=0.2),
        }
    parts = {"all layers": dense(DENSE[preset])}
    if preset == "deep-30":
        sizes = [n_pixels, *DENSE[preset]["hidden"], DENSE[preset]["code"]]
        acts = ["relu"] * 3 + ["linear"]
        parts["layer 1 of 4"] = one_layer(sizes, acts, 0, "sigmoid")
        parts["layer 4 of 4"] = one_layer(sizes, acts, 3, "relu")
    return parts


# ---- Measuring ----------------------------------------------------------------------------------------


def mnist_file(folder):
    """MNIST's training images in a folder, as they come or unpacked."""
    names = ("train-images-idx3-ubyte", "train-images.idx3-ubyte")
    paths = [Path(folder or "") / f"{name}{ending}" for name in names for ending in ("", ".gz")]
    return next((path for path in paths if folder and path.exists()), None)


def images(folder):
    """Images as floats of 0..1, [n, values] with one channel after the other, their classes, and their shape."""
    if folder and folder.endswith(".npz"):
        pixels = np.load(folder)["x_train"]
        pixels = pixels.reshape(*pixels.shape[:3], -1)
        height, width, channels = pixels.shape[1:]
        planes = np.moveaxis(pixels, 3, 1).reshape(len(pixels), -1)
        scale = 255 if planes.dtype == np.uint8 else 1
        return planes.astype(np.float32) / scale, np.arange(len(planes)) % 10, (height, width, channels)
    file, mnist = mnist_file(folder), (28, 28, 1)
    if file:
        raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        pixels = np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 784)
        return pixels.astype(np.float32) / 255, np.arange(len(pixels)) % 10, mnist
    pixels = np.random.default_rng(1).random((60_000, 784), dtype=np.float32)
    return np.where(pixels > 0.8, pixels, 0).astype(np.float32), np.arange(60_000) % 10, mnist


def median_speed(run_steps, batch, secs):
    """Images a second: `run_steps(n)` takes n steps, and returns when the last is done."""
    run_steps(5)  # compiles, where that is the framework's way
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


class LeftOut(Exception):
    """Why a framework takes no part here, in a line."""


def in_a_line(error):
    """An error's kind and the first line of what it says."""
    said = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {said[0][:200]}" if said else type(error).__name__


# ---- PyTorch ------------------------------------------------------------------------------------------


def open_pytorch(device, is_compiled=False, is_graph=False):
    """What makes the parts of a preset's plan ready: (preset, batch, data) -> {part: run_steps}, one after the other.

    `run_steps(n)` takes n steps and returns the last loss; so with every framework.
    """
    import torch
    from torch.nn import functional as F

    if device == "cuda":
        if not torch.cuda.is_available():
            raise LeftOut("PyTorch finds no card")
        torch.backends.cudnn.allow_tf32 = False  # singles, as Hourglass has them; products are without by themselves
        torch.backends.cudnn.benchmark = True
    if is_compiled:
        try:
            size = 1024 + os.getpid()  # one of its own, so that no kernel of an earlier run will do
            torch.compile(torch.sin, dynamic=False)(torch.ones(size, device=device))
        except Exception as error:  # whatever its compilers say
            raise LeftOut(f"nothing can be compiled here ({in_a_line(error)})") from error

    def tensor(array):
        return torch.from_numpy(np.ascontiguousarray(array)).to(device)

    def leaves(tree):
        """The tensors of nested lists and dictionaries."""
        if isinstance(tree, torch.Tensor):
            return [tree]
        return [leaf for part in (tree.values() if isinstance(tree, dict) else tree) for leaf in leaves(part)]

    def fixed(tree):
        return [fixed(part) for part in tree] if isinstance(tree, list) else tree.detach()

    ops = SimpleNamespace(
        matrix=lambda array: tensor(array.T),  # [outputs, inputs]
        kernels=lambda array: tensor(array.transpose(3, 2, 0, 1)),  # [outputs, inputs, height, width]
        vector=tensor,
        dense=F.linear,
        dense_back=lambda code, matrix, bias: F.linear(code, matrix.T, bias),
        square_sums=lambda matrix: matrix.square().sum(1),
        maps=lambda rows, shape: rows.view(-1, shape[2], shape[0], shape[1]),
        conv=lambda maps, kernels, bias: F.conv2d(maps, kernels, bias, padding=1),
        pool=lambda maps: F.max_pool2d(maps, 2),
        up=lambda maps: F.interpolate(maps, scale_factor=2),
        relu=torch.relu,
        sigmoid=torch.sigmoid,
        softplus=F.softplus,
        exp=torch.exp,
        log=torch.log,
        sin=torch.sin,
        cos=torch.cos,
        floor=torch.floor,
        join=lambda columns: torch.cat(columns, 1),
        uniform=torch.rand_like,
        normal=torch.randn_like,
        mse=F.mse_loss,
        bce=F.binary_cross_entropy_with_logits,
        cross_entropy=F.cross_entropy,
        fixed=fixed,
    )

    def rows(n_images, batch):
        """Which images each step sees."""
        while True:
            order = torch.randperm(n_images, device=device)
            for start in range(0, n_images - batch + 1, batch):
                yield order[start : start + batch]

    def captured(step, adam, images, classes):
        """A step as a CUDA graph, which reads `images` and `classes` where they lie."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):  # PyTorch asks for a few steps elsewhere before
            for _ in range(3):
                step(images, classes)
        torch.cuda.current_stream().wait_stream(side)
        adam.zero_grad()  # so that gradients lie in the graph's memory, and are written, not added to
        recorded = torch.cuda.CUDAGraph()
        with torch.cuda.graph(recorded):
            loss = step(images, classes)
        return recorded, loss

    def ready(weights, loss, rate, batch, pixels, labels):
        trained = [leaf.requires_grad_() for name in weights if name != "below" for leaf in leaves(weights[name])]
        one_kernel = True if is_compiled or device == "cuda" else None
        adam = torch.optim.Adam(trained, lr=rate, eps=1e-7, fused=one_kernel, capturable=is_graph)
        if is_compiled:
            torch._dynamo.reset()  # nothing of another batch size, which would make the shapes variable
            loss = torch.compile(loss, dynamic=False)

        def step(images, classes):
            adam.zero_grad()
            found = loss(weights, images, classes)
            found.backward()
            adam.step()
            return found.detach()

        source, found = rows(len(pixels), batch), None
        if is_graph:
            images, classes = pixels[:batch].clone(), labels[:batch].clone()
            recorded, found = captured(step, adam, images, classes)

        def run_steps(n_steps):
            nonlocal found
            for _ in range(n_steps):
                seen = next(source)
                if is_graph:
                    torch.index_select(pixels, 0, seen, out=images)
                    torch.index_select(labels, 0, seen, out=classes)
                    recorded.replay()
                else:
                    found = step(pixels[seen], labels[seen])
            if device == "cuda":
                torch.cuda.synchronize()
            return found.item()

        return run_steps

    def parts(preset, batch, data):
        *arrays, shape = data
        pixels, labels = map(tensor, arrays)
        torch.manual_seed(1)
        for part, (weights, loss) in plan(preset, ops, shape).items():
            yield part, ready(weights, loss, rate_of(preset), batch, pixels, labels)

    return parts


# ---- JAX ----------------------------------------------------------------------------------------------


def open_jax(device):
    """The same with JAX, on its default device."""
    if device == "cpu":
        os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # the card has other users beside it
    import jax
    from jax import lax, nn
    from jax import numpy as jnp

    if device == "cuda" and jax.default_backend() == "cpu":
        raise LeftOut("JAX finds no card")
    jax.config.update("jax_default_matmul_precision", "highest")  # singles; a card takes TF32 otherwise

    def drawn(draw):
        """Random values of a tensor's shape. The key lies in `ops` while a step is traced."""

        def values(like):
            ops.key, key = jax.random.split(ops.key)
            return draw(key, like.shape)

        return values

    def maps(rows, shape):
        planes = rows.reshape(-1, shape[2], shape[0], shape[1])
        return jnp.moveaxis(planes, 1, 3)  # XLA's own order

    def conv(maps, kernels, bias):
        order = ("NHWC", "HWIO", "NHWC")
        return lax.conv_general_dilated(maps, kernels, (1, 1), "SAME", dimension_numbers=order) + bias

    def pool(maps):
        n_images, height, width, n_channels = maps.shape
        return maps.reshape(n_images, height // 2, 2, width // 2, 2, n_channels).max((2, 4))

    def cross_entropy(logits, classes):
        return -jnp.take_along_axis(nn.log_softmax(logits), classes[:, None], 1).mean()

    ops = SimpleNamespace(
        matrix=jnp.asarray,  # [inputs, outputs]
        kernels=jnp.asarray,  # [height, width, inputs, outputs]
        vector=jnp.asarray,
        dense=lambda values, matrix, bias: values @ matrix + bias,
        dense_back=lambda code, matrix, bias: code @ matrix.T + bias,
        square_sums=lambda matrix: (matrix**2).sum(0),
        maps=maps,
        conv=conv,
        pool=pool,
        up=lambda maps: maps.repeat(2, 1).repeat(2, 2),
        relu=nn.relu,
        sigmoid=nn.sigmoid,
        softplus=nn.softplus,
        exp=jnp.exp,
        log=jnp.log,
        sin=jnp.sin,
        cos=jnp.cos,
        floor=jnp.floor,
        join=lambda columns: jnp.concatenate(columns, 1),
        uniform=drawn(jax.random.uniform),
        normal=drawn(jax.random.normal),
        mse=lambda found, target: ((found - target) ** 2).mean(),
        bce=lambda logits, target: (nn.softplus(logits) - logits * target).mean(),
        cross_entropy=cross_entropy,
        fixed=lax.stop_gradient,
        key=None,
    )

    def ready(weights, loss, rate, batch, pixels, labels):
        below = weights.pop("below", [])
        n_batches = len(pixels) // batch

        def adam(weights, moments, gradients, n_steps):
            first, second = moments
            first = jax.tree.map(lambda moment, gradient: 0.9 * moment + 0.1 * gradient, first, gradients)
            second = jax.tree.map(lambda moment, gradient: 0.999 * moment + 0.001 * gradient**2, second, gradients)
            scale, root = rate / (1 - 0.9**n_steps), jnp.sqrt(1 - 0.999**n_steps)

            def moved(weight, first, second):
                return weight - scale * first / (jnp.sqrt(second) / root + 1e-7)

            return jax.tree.map(moved, weights, first, second), (first, second)

        def step(state, below, pixels, labels, order):
            weights, moments, n_before, key = state
            key, ops.key = jax.random.split(key)
            seen = lax.dynamic_slice(order, (n_before % n_batches * batch,), (batch,))

            def of_weights(weights):
                return loss({**weights, "below": below}, pixels[seen], labels[seen])

            found, gradients = jax.value_and_grad(of_weights)(weights)
            weights, moments = adam(weights, moments, gradients, n_before + 1.0)
            return (weights, moments, n_before + 1, key), found

        step = jax.jit(step, donate_argnums=0)
        moments = (jax.tree.map(jnp.zeros_like, weights), jax.tree.map(jnp.zeros_like, weights))
        state = (weights, moments, jnp.int32(0), jax.random.key(1))
        rng = np.random.default_rng(1)
        n_taken, order, found = 0, None, None

        def run_steps(n_steps):
            nonlocal state, n_taken, order, found
            for _ in range(n_steps):
                if n_taken % n_batches == 0:
                    order = jnp.asarray(rng.permutation(len(pixels)))
                n_taken += 1
                state, found = step(state, below, pixels, labels, order)
            jax.block_until_ready(state)
            return float(found)

        return run_steps

    def parts(preset, batch, data):
        *arrays, shape = data
        pixels, labels = map(jnp.asarray, arrays)
        for part, (weights, loss) in plan(preset, ops, shape).items():
            yield part, ready(weights, loss, rate_of(preset), batch, pixels, labels)

    return parts


# ---- Keras --------------------------------------------------------------------------------------------


def open_keras(_device):
    """The same for the presets that Keras trains with `compile` and `fit` alone."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["CUDA_VISIBLE_DEVICES"] = ""  # it would take the card by itself
    import keras
    from keras import layers

    class Masking(layers.Layer):
        """Sets a share of the pixels to 0, without scaling the others up."""

        def __init__(self, share):
            super().__init__()
            self.share = share
            self.seeds = keras.random.SeedGenerator(1)

        def call(self, inputs):
            kept = keras.random.uniform(keras.ops.shape(inputs), seed=self.seeds) >= self.share
            return inputs * keras.ops.cast(kept, inputs.dtype)

    def parts(preset, batch, data):
        pixels, _, (height, width, n_channels) = data
        recipe = DENSE.get(preset) or CONV.get(preset)
        if recipe is None or any(key in recipe for key in ("kl", "contraction", "beta", "adversary")):
            return
        keras.backend.clear_session()
        if preset in DENSE:
            n_pixels = height * width * n_channels
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

        def run_steps(n_steps):
            n_images = n_steps * batch
            times = -(-n_images // len(target))
            some = target[:n_images] if times == 1 else np.concatenate([target] * times)[:n_images]
            history = model.fit(some, some, batch_size=batch, epochs=1, shuffle=True, verbose=0)
            return history.history["loss"][-1]

        yield "all layers", run_steps

    return parts


# ---- All of them --------------------------------------------------------------------------------------


# Name of each: its heading, the package that it needs, the devices it is measured on, and what makes its steps.
FRAMEWORKS = {
    "pytorch": ("PyTorch", "torch", ["cpu", "cuda"], open_pytorch),
    "compiled": ("PyTorch compiled", "torch", ["cpu", "cuda"], partial(open_pytorch, is_compiled=True)),
    "graphs": ("PyTorch graph", "torch", ["cuda"], partial(open_pytorch, is_graph=True)),
    "compiled-graphs": (
        "PyTorch compiled, graph", "torch", ["cuda"], partial(open_pytorch, is_compiled=True, is_graph=True)
    ),
    "jax": ("JAX", "jax", ["cpu", "cuda"], open_jax),
    "keras": ("Keras", "keras", ["cpu"], open_keras),
}  # fmt: skip


def say(text):
    print(text, file=sys.stderr, flush=True)


def serve(name, args):
    """Measures what it is asked for, a line each, until nothing more is asked."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no reply

    def reply(**answer):
        print(json.dumps(answer), file=replies, flush=True)

    *_, open_framework = FRAMEWORKS[name]
    try:
        parts = open_framework(args.device)
    except Exception as error:  # such as one of its libraries that does not load
        reply(left_out=str(error) if isinstance(error, LeftOut) else in_a_line(error))
        return
    data = images(args.data)
    reply(is_ready=True)
    for line in sys.stdin:
        preset, batch = line.split()
        try:
            speeds = {}
            for part, run_steps in parts(preset, int(batch), data):
                speeds[part] = median_speed(run_steps, int(batch), args.secs)
            reply(speeds=speeds)
        except Exception as error:  # is said, and the others go on
            reply(failed=in_a_line(error))


class Elsewhere:
    """A framework in a process of its own: PyTorch and TensorFlow do not bear one another in one.

    The process stays for all presets, because importing a framework takes longer than measuring with it.
    """

    def __init__(self, name, args):
        self.heading, package, *_ = FRAMEWORKS[name]
        self.name = name
        self.version = importlib.metadata.version(package)
        self.command = [sys.executable, __file__, "--one", name, "--device", args.device, "--secs", str(args.secs)]
        self.command += ["--data", args.data] if args.data else []
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def answer(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"failed": "its process ended", "left_out": "its process ended"}

    def speeds(self, preset, batch):
        """Images a second of each part of a preset's plan: {part: speed}; none when it fails."""
        print(preset, batch, file=self.process.stdin, flush=True)
        answer = self.answer()
        if "failed" in answer:
            say(f"{self.heading}, {preset}, batch {batch}: {answer['failed']}")
            self.process.kill()  # a card that one kernel failed on takes no other from this process
            self.start()
            self.answer()
        return answer.get("speeds", {})


def all_ready(names, args):
    """Those of the frameworks that run here. The others are left out, with the reason."""
    started = []
    for name in names:
        try:
            started.append(Elsewhere(name, args))
        except importlib.metadata.PackageNotFoundError:
            say(f"{FRAMEWORKS[name][0]} is not installed: left out")
    ready = []
    for framework in started:
        answer = framework.answer()
        if answer.get("is_ready"):
            say(f"{framework.heading} {framework.version}")
            ready.append(framework)
        else:
            say(f"{framework.heading} {framework.version}: left out, {answer['left_out']}")
    return ready


def in_hourglass(preset, batch, args):
    """What `hourglass bench` says: {part: speed}; none when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bench.csv"
        device = "gpu" if args.device == "cuda" else "cpu"
        command = [args.hourglass, "bench", preset, "--batch", str(batch), "--secs", str(args.secs)]
        command += ["--device", device, "--out", str(out), *(["--data", args.data] if args.data else [])]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            say(f"Hourglass, {preset}, batch {batch}: {done.stderr.strip()}")
            return {}
        with out.open() as file:
            rows = [row for row in csv.DictReader(file) if row["figure"] == "images/s"]
            return {row["part"]: float(row["value"]) for row in rows}


def table(others, args):
    """Measures, and prints each row when it is known: what is measured stays when the rest is called off."""
    headings = "".join(f" {framework.heading} | ratio |" for framework in others)
    print(f"| preset | part | batch | Hourglass (images/s) |{headings}")
    print("|---|---|---|---|" + "---|---|" * len(others), flush=True)
    for preset in args.presets or ALL:
        for batch in map(int, args.batch.split(",")):
            batch = batch or OWN_BATCH.get(preset, 64)
            ours = in_hourglass(preset, batch, args)
            theirs = {framework.name: framework.speeds(preset, batch) for framework in others}
            for part in ours or next(filter(None, theirs.values()), {}):
                speed = ours.get(part)
                row = {"preset": preset, "part": part, "batch_size": batch, "hourglass": speed}
                cells = [f"{speed:,.0f}" if speed else "—"]
                for name, speeds in theirs.items():
                    other = speeds.get(part)
                    ratio = speed / other if speed and other else None
                    row |= {name: other, f"{name}_ratio": ratio}
                    cells += [f"{other:,.0f}" if other else "—", f"{ratio:.2f}" if ratio else "—"]
                print(f"| `{preset}` | {part} | {batch} | " + " | ".join(cells) + " |", flush=True)
                yield row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("presets", nargs="*", help="which presets; all when none is named")
    parser.add_argument("--hourglass", default="target/release/hourglass", help="the program")
    parser.add_argument("--with", dest="names", metavar="NAME,…", help="which frameworks; by default all that run")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu", help="what they train on; cpu by default")
    parser.add_argument("--batch", default="64", help="images per step, separated by commas; 0 is the preset's own")
    parser.add_argument("--secs", type=float, default=3.0, help="seconds of each measurement")
    parser.add_argument("--data", default=os.environ.get("HOURGLASS_DATA"), help="folder with MNIST's files, or .npz")
    parser.add_argument("--out", help="file for the figures as CSV")
    parser.add_argument("--one", choices=[*FRAMEWORKS], help=argparse.SUPPRESS)  # for the processes of `Elsewhere`
    args = parser.parse_args()
    if args.one:
        serve(args.one, args)
        return

    unknown = [preset for preset in args.presets if preset not in ALL]
    if unknown:
        parser.error(f"no preset is called {', '.join(unknown)}: choose of {', '.join(ALL)}")
    possible = [name for name, (_, _, devices, _) in FRAMEWORKS.items() if args.device in devices]
    names = args.names.split(",") if args.names else possible
    unknown = [name for name in names if name not in possible]
    if unknown:
        parser.error(f"{', '.join(unknown)} cannot be measured with --device {args.device}: {', '.join(possible)} can")

    if not shutil.which(args.hourglass):
        parser.error(f"there is no program {args.hourglass}: build it, or name it with --hourglass")
    if not (args.data or "").endswith(".npz") and not mnist_file(args.data):
        say("no MNIST there: random images")
    with open(args.out or os.devnull, "w", newline="", encoding="utf-8") as file:
        writer = None
        for row in table(all_ready(names, args), args):
            if writer is None:
                writer = csv.DictWriter(file, row)
                writer.writeheader()
            writer.writerow(row)
            file.flush()


if __name__ == "__main__":
    main()
