"""Recomputes the figures of a run folder in double precision, from its weights and the data alone.

    python recompute.py RUN DATA

RUN is the folder of a run, with experiment.toml, summary.json, metrics.csv and model.safetensors. DATA is a folder with
the four files of MNIST's format, packed or not. It needs Python 3.11 and NumPy, and shares no code with Hourglass.

For each figure it prints what the run says, what comes out here, and how far they are apart. Where nothing is random,
that may be 1e-5 of the figure. Noise cannot be drawn again as the program drew it: such a figure is measured here with
noise of its own, and may be five standard errors away. Exits with 1 if a figure is farther away than it may be.
"""

import csv
import gzip
import json
import math
import struct
import sys
import tomllib
from pathlib import Path

import numpy as np

EXACT = 1e-5  # relative, where nothing is random
ERRORS = 5.0  # standard errors, where something is
CHUNK = 250  # images at once
DIRECTIONS = 4  # along which the Jacobian of a deep encoder is measured, for each image
NEAR_ZERO = 0.01
N_NOISE_IMAGES = 500
MAX_LISTED_UNITS = 32


# The files


def read_safetensors(path):
    """Tensors and metadata: a length, a JSON header, and the numbers."""
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            sys.exit(f"{path}: {name} is {entry['dtype']}, not F32")
        start, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + size + start : 8 + size + end], "<f4")
        tensors[name] = values.reshape(entry["shape"]).astype(float)
    return tensors, metadata


def read_idx(folder, name):
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            n_dims = data[3]
            shape = struct.unpack(f">{n_dims}I", data[4 : 4 + 4 * n_dims])
            return np.frombuffer(data[4 + 4 * n_dims :], np.uint8).reshape(shape)
    sys.exit(f"there is no {name} in {folder}")


# Layers


def erf(x):
    return np.vectorize(math.erf, otypes=[float])(x)


def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


def density(z):
    return np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


# Each activation with its slope.
ACTIVATIONS = {
    "linear": (lambda z: z, np.ones_like),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1, 0.01)),
    "elu": (lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))), lambda z: np.exp(np.minimum(z, 0))),
    "gelu": (
        lambda z: z * (1 + erf(z / math.sqrt(2))) / 2,
        lambda z: (1 + erf(z / math.sqrt(2))) / 2 + z * density(z),
    ),
}


class Activation:
    def __init__(self, name):
        self.name = name
        self.function, self.slope = ACTIVATIONS[name]

    def values(self, x):
        return self.function(x)

    def slopes(self, x, v):
        return self.slope(x) * v


class Dense:
    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias  # [units, inputs], [units]

    def values(self, x):
        return x @ self.weight.T + self.bias

    def slopes(self, _, v):
        return v @ self.weight.T


class Convolution:
    def __init__(self, weight, bias, stride=1, padding=1):
        self.weight, self.bias, self.stride, self.padding = weight, bias, stride, padding

    def linear(self, x):
        p, s, k = self.padding, self.stride, self.weight.shape[-1]
        x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        kernels = self.weight.reshape(len(self.weight), -1).T  # [inputs * k * k, outputs]
        made = []
        for start in range(0, len(x), 50):  # the windows of more images would not fit into the processor's memory
            windows = np.lib.stride_tricks.sliding_window_view(x[start : start + 50], (k, k), (2, 3))[:, :, ::s, ::s]
            n, _, high, wide = windows.shape[:4]
            rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * high * wide, -1)
            made.append((rows @ kernels).reshape(n, high, wide, -1).transpose(0, 3, 1, 2))
        return np.concatenate(made)

    def values(self, x):
        return self.linear(x) + self.bias[:, None, None]

    def slopes(self, _, v):
        return self.linear(v)


class Pool:
    """2x2; of an odd side the last row and column pool by themselves. A tie goes to the first."""

    @staticmethod
    def windows(x, fill):
        n, c, h, w = x.shape
        x = np.pad(x, ((0, 0), (0, 0), (0, h % 2), (0, w % 2)), constant_values=fill)
        x = x.reshape(n, c, (h + 1) // 2, 2, (w + 1) // 2, 2).transpose(0, 1, 2, 4, 3, 5)
        return x.reshape(*x.shape[:4], 4)

    def values(self, x):
        return self.windows(x, -np.inf).max(-1)

    def slopes(self, x, v):
        first = self.windows(x, -np.inf).argmax(-1)
        return np.take_along_axis(self.windows(v, 0.0), first[..., None], -1)[..., 0]


class Linear:
    """A layer that only moves values about."""

    def __init__(self, move):
        self.move = move

    def values(self, x):
        return self.move(x)

    def slopes(self, _, v):
        return self.move(v)


def upsample(height, width):
    return Linear(lambda x: x.repeat(2, 2).repeat(2, 3)[:, :, :height, :width])


def flatten():
    return Linear(lambda x: x.reshape(len(x), -1))


def reshape(channels, height, width):
    return Linear(lambda x: x.reshape(-1, channels, height, width))


def run(layers, x):
    for layer in layers:
        x = layer.values(x)
    return x


def derivatives(layers, x, directions):
    """How the outputs change along each direction, by forward mode."""
    for layer in layers:
        directions = [layer.slopes(x, v) for v in directions]
        x = layer.values(x)
    return directions


class Network:
    """Encoder, decoder up to its logits, and what the variance of a variational code is computed from."""

    def __init__(self, settings, weights):
        self.weights = weights
        self.size = settings.get("image", [28, 28, 1])
        self.n_pixels = math.prod(self.size)
        self.activations = [settings.get(f"{part}_activation", "linear") for part in ("hidden", "code", "output")]
        self.output = Activation(self.activations[2])
        self.encoder, self.decoder = getattr(self, f"of_{settings['kind']}")(settings)
        self.is_single = settings["kind"] == "dense" and not settings["hidden"]

    def weighted(self, kind, name, *more):
        return kind(self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], *more)

    def of_dense(self, settings):
        hidden, code, _ = self.activations
        depth = len(settings["hidden"]) + 1
        encoder, decoder = [], []
        for i in range(depth):
            encoder += [self.weighted(Dense, f"encoder.layers.{i}"), Activation(code if i + 1 == depth else hidden)]
            if settings.get("tied"):  # the encoder's weights the other way round
                weight = self.weights[f"encoder.layers.{depth - 1 - i}.weight"].T
                decoder.append(Dense(weight, self.weights[f"decoder.biases.{i}"]))
            else:
                decoder.append(self.weighted(Dense, f"decoder.layers.{i}"))
            if i + 1 < depth:
                decoder.append(Activation(hidden))
        return encoder, decoder

    def of_convolutional(self, settings):
        hidden, code, _ = self.activations
        height, width, channels = self.size
        widths = settings["channels"]
        has_waist = "waist" in settings
        encoder = [reshape(channels, height, width)]
        for i in range(len(widths)):
            is_code = not has_waist and i + 1 == len(widths)
            function = Activation(code if is_code else hidden)
            encoder += [self.weighted(Convolution, f"encoder.levels.{i}"), function, Pool()]
        encoder.append(flatten())
        sides = [(height, width)]
        for _ in widths:
            sides.insert(0, tuple((side + 1) // 2 for side in sides[0]))
        decoder = []
        if has_waist:
            encoder += [self.weighted(Dense, "encoder.waist"), Activation(code)]
            decoder += [self.weighted(Dense, "decoder.waist"), Activation(hidden)]
        decoder.append(reshape(widths[-1], *sides[0]))
        for i, side in enumerate(sides):
            if i > 0:
                decoder.append(upsample(*side))
            if i + 1 < len(sides):
                decoder += [self.weighted(Convolution, f"decoder.levels.{i}"), Activation(hidden)]
        decoder += [self.weighted(Convolution, "decoder.output"), flatten()]
        return encoder, decoder

    def of_layers(self, settings):
        height, width, channels = self.size
        halves = []
        for half in ("encoder", "decoder"):
            layers = [reshape(channels, height, width)] if half == "encoder" else []
            n = 0
            for layer in settings[half]:
                name = f"{half}.layers.{n}"
                match layer["kind"]:
                    case "dense":
                        layers.append(self.weighted(Dense, name))
                        n += 1
                    case "convolution":
                        step = layer.get("stride", 1), layer.get("padding", 1)
                        layers.append(self.weighted(Convolution, name, *step))
                        n += 1
                    case "pool":
                        layers.append(Pool())
                    case "upsample":
                        layers.append(upsample(layer["height"], layer["width"]))
                    case "flatten":
                        layers.append(flatten())
                    case "reshape":
                        layers.append(reshape(layer.get("channels", 1), layer["height"], layer["width"]))
                    case "activation":
                        layers.append(Activation(layer["function"]))
            halves.append([*layers, flatten()])
        if halves[0][1:] and isinstance(halves[0][1], Dense):  # fully connected from the first layer on
            halves[0][0] = flatten()
        return halves

    def log_variance(self, x):
        """ln of the variance of a variational code, from what the code's weights meet."""
        if "log_variance.weight" not in self.weights:
            return None
        dense = [i for i, layer in enumerate(self.encoder) if isinstance(layer, Dense)]
        ends_dense = dense and not any(isinstance(layer, Convolution) for layer in self.encoder[dense[-1] :])
        trunk = self.encoder[: dense[-1]] if ends_dense else self.encoder
        return self.weighted(Dense, "log_variance").values(run(trunk, x))


# What the encoder sees


def is_random(experiment):
    return experiment["corruption"]["kind"] != "none"


def altered(experiment, size, images, rng):
    """What the encoder sees, and the weight of each pixel's error."""
    height, width, channels = size
    images = images.copy()
    target = experiment.get("target", {"kind": "same_image"})
    if target["kind"] == "whole_from_half":
        maps = images.reshape(-1, channels, height, width)
        rows, columns = {
            "left": (slice(None), slice(0, width // 2)),
            "right": (slice(None), slice(width // 2, None)),
            "top": (slice(0, height // 2), slice(None)),
            "bottom": (slice(height // 2, None), slice(None)),
        }[target["hidden"]]
        maps[:, :, rows, columns] = 0
    elif target["kind"] != "same_image":
        sys.exit(f"target {target['kind']} is not recomputed: its angles are random and its resampling the program's own")
    corruption = experiment["corruption"]
    strength = experiment.get("test_noise", corruption.get("sigma", corruption.get("fraction")))
    if strength is not None:
        strength = float(np.float32(strength))
    is_hit = np.ones(images.shape, bool)
    match corruption["kind"]:
        case "masking":
            is_hit = rng.random(images.shape) < strength
            images[is_hit] = 0
        case "gaussian":
            images = np.clip(images + strength * rng.standard_normal(images.shape), 0, 1)
        case "salt_and_pepper":
            is_hit = rng.random(images.shape) < strength
            images[is_hit] = rng.integers(0, 2, images.shape)[is_hit]
    emphasis = experiment["objective"].get("emphasis", {"kind": "none"})
    if emphasis["kind"] == "none" or corruption["kind"] not in ("masking", "salt_and_pepper"):
        return images, 1.0
    return images, np.where(is_hit, float(np.float32(emphasis["corrupted"])), float(np.float32(emphasis["clean"])))


# Figures


def cross_entropies(logits, activation, x):
    """Of each pixel, in nats."""
    if activation.name == "sigmoid":
        return np.maximum(logits, 0) - x * logits + np.log1p(np.exp(-np.abs(logits)))
    p = np.clip(activation.values(logits), np.float32(1e-7), 1 - np.float32(1e-7))
    return -(x * np.log(p) + (1 - x) * np.log1p(-p))


def delta_of_images(objective, network, logits, x, weights):
    """Of each image, summed over its pixels with their weights, before the objective's scale."""
    match objective["reconstruction"]:
        case "bce":
            errors = cross_entropies(logits, network.output, x)
        case "mae":
            errors = np.abs(network.output.values(logits) - x)
        case _:
            errors = (network.output.values(logits) - x) ** 2
    return (weights * errors).sum(1)


class Pass:
    """The test images through the network once, with noise of one generator."""

    def __init__(self, experiment, network, images, rng):
        objective = experiment["objective"]
        found = {name: [] for name in ("mse", "bce", "delta", "input", "code", "kl", "jacobian")}
        for start in range(0, len(images), CHUNK):
            clean = images[start : start + CHUNK]
            seen, weights = altered(experiment, network.size, clean, rng)
            code = run(network.encoder, seen)
            logits = run(network.decoder, code)
            drawn, log_variance = logits, network.log_variance(seen)
            if log_variance is not None:
                noise = rng.standard_normal(code.shape)
                drawn = run(network.decoder, code + np.exp(log_variance / 2) * noise)
                found["kl"].append((code**2 + np.exp(log_variance) - log_variance - 1) / 2)
            found["mse"].append(((network.output.values(logits) - clean) ** 2).sum(1))
            found["input"].append(((seen - clean) ** 2).sum(1))
            found["bce"].append(cross_entropies(logits, network.output, clean).sum(1))
            found["delta"].append(delta_of_images(objective, network, drawn, clean, weights))
            found["code"].append(code)
            if objective.get("contraction", 0) > 0:
                found["jacobian"].append(jacobian_norms(network, seen, code, rng))
        self.__dict__.update({name: np.concatenate(of) if of else None for name, of in found.items()})


def jacobian_norms(network, x, code, rng):
    """||dh/dx||^2 of each image: [n, 1] exactly for one layer, else along several random directions: [n, directions]."""
    if network.is_single and network.activations[1] != "gelu":
        layer, function = network.encoder
        slope = function.slopes(layer.values(x), np.ones_like(code))
        return (slope**2 @ (layer.weight**2).sum(1))[:, None]
    directions = [rng.standard_normal(x.shape) for _ in range(DIRECTIONS)]
    along = derivatives(network.encoder, x, directions)
    return np.stack([(v.reshape(len(v), -1) ** 2).sum(1) for v in along], 1)


class Table:
    def __init__(self):
        self.rows, self.left_out, self.failed = [], [], []

    def add(self, name, said, found, allowed=EXACT, why=""):
        """`allowed` is relative to what is said."""
        if said is None:
            return
        difference = abs(found - said) / abs(said) if said else abs(found - said)
        ok = difference <= allowed  # not so for NaN
        self.rows.append((name, said, found, difference, allowed, why, ok))
        if not ok:
            self.failed.append(name)

    def leave_out(self, name, why):
        self.left_out.append(f"not recomputed: {name}, {why}")

    def print(self):
        print(f"{'figure':<34}{'run':>22}{'here':>22}{'difference':>12}{'allowed':>10}")
        for name, said, found, difference, allowed, why, ok in self.rows:
            mark = "" if ok else "  FAILS"
            note = f"  {why}" if why else ""
            print(f"{name:<34}{said:>22.15g}{found:>22.15g}{difference:>12.1e}{allowed:>10.1e}{mark}{note}")
        for line in self.left_out:
            print(line)


def standard_error(differences):
    """Of the mean of independent differences, one for each image."""
    return float(np.std(differences) / math.sqrt(len(differences)))


def last_test_row(folder, step):
    """The terms of the newest evaluation of the whole split, by column."""
    with open(folder / "metrics.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "test" and int(row["step"]) == step]
    found = {name.split(" (")[0]: float(value) for name, value in rows[-1].items() if name != "split" and value}
    return found


def joint_epoch(experiment, epoch):
    before = sum(layer["epochs"] for layer in experiment.get("plan", {}).get("pretraining", []))
    return max(epoch - before, 0)


def recompute(folder, data):
    experiment = tomllib.loads((folder / "experiment.toml").read_text())
    if experiment["training"]["epochs"] == 0 and "plan" in experiment:
        # What the encoder is shown instead is of joint training, and test images are altered as in training.
        experiment["corruption"] = {"kind": "none"}
        experiment.pop("target", None)
    summary = json.loads((folder / "summary.json").read_text())
    weights, metadata = read_safetensors(folder / "model.safetensors")
    written = json.loads(metadata["experiment"])["architecture"]
    if written["kind"] != experiment["architecture"]["kind"]:
        sys.exit("model.safetensors and experiment.toml are of different experiments")
    network = Network(experiment["architecture"], weights)
    test_bytes = read_idx(data, "t10k-images-idx3-ubyte")
    images = test_bytes.reshape(len(test_bytes), -1) / 255.0
    labels = read_idx(data, "t10k-labels-idx1-ubyte")
    table = Table()
    rng = np.random.default_rng(1)
    # A second pass with other noise tells how much noise matters.
    one = Pass(experiment, network, images, rng)
    has_noise = is_random(experiment) or one.kl is not None
    two = Pass(experiment, network, images, rng) if has_noise else one
    n, pixels = len(images), network.n_pixels

    def add_mean(name, said, figure, scale=1.0, shift=0.0):
        """A mean over images of a figure that noise may change."""
        first, second = getattr(one, figure), getattr(two, figure)
        found = scale * first.mean() + shift
        error = scale * standard_error(first - second)
        random = error > 0
        allowed = ERRORS * error / abs(said) if random and said else EXACT
        table.add(name, said, found, max(allowed, EXACT), "noise" if random else "")
        return found, error

    test, objective = summary["test"], experiment["objective"]
    add_mean("MSE per pixel", test["mse_per_pixel"], "mse", 1 / pixels)
    add_mean("squared error per image", test["squared_error_per_image"], "mse")
    add_mean("BCE, nats per pixel", test.get("bce_per_pixel"), "bce", 1 / pixels)
    ratios = test.get("psnr_per_class_db")
    if ratios:
        for key, figure in (("corrupted_input", "input"), ("reconstruction", "mse")):
            for label, said in enumerate(ratios[key]):
                of_class = labels == label
                if said is None or not of_class.any():
                    continue
                first, second = getattr(one, figure)[of_class], getattr(two, figure)[of_class]
                # d(10 log10 e) = 10/ln 10 de/e
                error = 10 / math.log(10) * standard_error(first - second) / first.mean()
                allowed = max(ERRORS * error / abs(said), EXACT)
                found = -10 * math.log10(first.mean() / pixels)
                table.add(f"PSNR of {key} {label}, dB", said, found, allowed, "noise" if error > 0 else "")

    terms(table, experiment, network, summary, last_test_row(folder, summary["steps"]), one, two)
    code_figures(table, experiment, network, summary, images, one, rng)
    baselines(table, experiment, summary, data, images)
    noise_images(table, network, test.get("noise_image_mse_per_pixel"), images, rng)
    if "error_percent" in test:
        table.leave_out("error_percent", "the classifiers are in resume.bpk alone")
    if "adversary" in summary:
        table.leave_out("adversary", "the discriminator is in resume.bpk alone")
    for name in ("linear_probe_accuracy", "nearest_neighbour_accuracy", "compression"):
        if name in summary or name in summary["code"]:
            table.leave_out(name, "no figure of the weights alone")
    return table


def terms(table, experiment, network, summary, row, one, two):
    """The objective and what it adds up, as metrics.csv and summary.json have them."""
    objective, pixels = experiment["objective"], network.n_pixels
    prior = objective.get("prior", {"kind": "none"})
    scale, shift = 1 / pixels, 0.0
    # In two phases nothing is added to the error, which stays a mean over pixels; without the entry it is one step.
    is_apart = prior["kind"] == "adversarial" and prior.get("updates", "one_step") == "two_phases"
    if prior["kind"] != "none" and not is_apart:
        scale = 1.0
        if prior["kind"] == "variational" and objective["reconstruction"] == "mse":
            variance = float(np.float32(prior.get("likelihood_sigma", 1.0))) ** 2
            scale, shift = 1 / (2 * variance), pixels / 2 * math.log(2 * math.pi * variance)
    delta = scale * one.delta.mean() + shift
    error = scale * standard_error(one.delta - two.delta)  # of J: no other term is random, unless it says so
    allowed = lambda said, error=error: max(EXACT, ERRORS * error / abs(said))
    noise = "noise" if error > 0 else ""
    # Only joint training writes it: a run that learns layers or labels and nothing else has no such column.
    said = row.get(objective["reconstruction"])
    if said is not None:
        table.add(f"{objective['reconstruction']}, as J counts it", said, delta, allowed(said), noise)
    total = delta
    sparsity = objective.get("sparsity", {"kind": "none"})
    weight = float(np.float32(sparsity.get("weight", 0.0)))
    if sparsity["kind"] == "l1":
        l1 = np.abs(one.code).sum(1)
        other = np.abs(two.code).sum(1)
        l1_error = weight * standard_error(l1 - other)
        table.add("L1 penalty", row["l1"], weight * l1.mean(), allowed(row["l1"], l1_error))
        total, error = total + weight * l1.mean(), error + l1_error
    elif sparsity["kind"] == "kl":
        rho = float(np.float32(sparsity["target"]))

        def divergence(code):
            mean = np.clip(code.mean(0), 1e-6, 1 - 1e-6)
            return weight * (rho * np.log(rho / mean) + (1 - rho) * np.log((1 - rho) / (1 - mean))).sum()

        value = divergence(one.code)
        kl_error = abs(value - divergence(two.code))
        table.add("KL sparsity", row["kl_sparsity"], value, allowed(row["kl_sparsity"], kl_error))
        total, error = total + value, error + kl_error
    if objective.get("contraction", 0) > 0:
        weight = float(np.float32(objective["contraction"]))
        norm, norm_error = norm_and_error(one.jacobian)
        if two is not one:
            norm_error += standard_error(one.jacobian.mean(1) - two.jacobian.mean(1))
        for name, value, factor in (("contraction", weight * norm, weight), ("jacobian_norm", norm, 1)):
            why = "directions" if norm_error > 0 else ""
            table.add(f"{name}, as J counts it", row[name], value, allowed(row[name], factor * norm_error), why)
        total, error = total + weight * norm, error + weight * norm_error
    if prior["kind"] == "variational":
        kl = one.kl.sum(1)
        kl_error = standard_error(kl - two.kl.sum(1))
        test = summary["test"]
        table.add("KL, nats per image", test["kl_nats_per_image"], kl.mean(), allowed(kl.mean(), kl_error))
        for name, said, value in (
            ("reconstruction, nats per image", test["reconstruction_nats_per_image"], delta),
            ("-ELBO, nats per image", test["negative_elbo_nats_per_image"], delta + kl.mean()),
        ):
            table.add(name, said, value, allowed(said), noise)
        warm_up, epoch = prior.get("warm_up_epochs", 0.0), joint_epoch(experiment, row["epoch"])
        # What rises does so in proportion to the epochs of joint training, from 0 (of C: Burgess et al. 2018).
        risen = lambda value, rise: value * (epoch / rise if epoch < rise else 1.0)
        beta = risen(prior.get("beta", 1.0), warm_up)
        capacity = risen(prior.get("capacity", 0.0), prior.get("capacity_epochs", 0.0))
        weighted = beta * (abs(kl.mean() - capacity) if capacity > 0 else kl.mean())
        table.add("KL, as J counts it", row["kl"], weighted, allowed(row["kl"], beta * kl_error) if row["kl"] else EXACT)
        total, error = total + weighted, error + beta * kl_error
        listed = summary["code"].get("unit_kl_nats", [])
        for unit, said in enumerate(listed):
            table.add(f"KL of unit {unit}, nats", said, one.kl[:, unit].mean())
    if prior["kind"] == "adversarial":
        # The discriminator is not in model.safetensors: what is checked is the sum, or that both files say the same.
        generator_loss = summary["adversary"]["generator_loss"]
        if is_apart:
            table.add("generator loss, in both files", row["generator_loss"], generator_loss)
        else:
            total += prior["weight"] * generator_loss
    for said in (row["total"], summary["test"]["objective"]):
        table.add("objective J", said, total, allowed(said, error), "noise" if error > 0 else "")


def norm_and_error(norms):
    """Mean of norms [n, directions], and the standard error of its distance to one that has one direction an image."""
    if norms.shape[1] == 1:
        return norms.mean(), 0.0
    by_direction = norms.var(1, ddof=1).mean() / len(norms)
    return norms.mean(), math.sqrt(by_direction * (1 + 1 / norms.shape[1]))


def code_figures(table, experiment, network, summary, images, seen, rng):
    """Of clean images."""
    said = summary["code"]
    codes, norms = [], []
    for start in range(0, len(images), CHUNK):
        clean = images[start : start + CHUNK]
        codes.append(run(network.encoder, clean))
        norms.append(jacobian_norms(network, clean, codes[-1], rng))
    code, norms = np.concatenate(codes), np.concatenate(norms)
    table.add("mean activation", said["mean_activation"], code.mean(), mean_of_all(code))
    near = np.abs(code) < NEAR_ZERO
    share = said["near_zero_fraction"]
    # Values that rounding may put on the other side.
    borderline = (np.abs(np.abs(code) - NEAR_ZERO) < 1e-6).mean()
    table.add("share near zero", share, near.mean(), max(EXACT, borderline / share if share else borderline))
    table.add("dead units", said["dead_units"], near.all(0).sum(), 0)
    variances = code.var(0)
    active = (variances > 0.01).sum() if seen.kl is not None else (~near.all(0)).sum()
    table.add("active units", said["active_units"], active, 0)
    table.add("variance of the code", said.get("variance"), variances.sum())
    # A unit that is small beside the others is a difference of larger numbers, each rounded to single precision.
    rounding = 1e-7 * math.sqrt((code**2).mean())
    for unit, value in enumerate(said.get("unit_means", [])):
        allowed = max(EXACT, rounding / abs(value)) if value else rounding
        table.add(f"mean of unit {unit}", value, code[:, unit].mean(), allowed)
    for unit, value in enumerate(said.get("unit_variances", [])):
        allowed = max(EXACT, 2 * rounding / math.sqrt(value)) if value else rounding
        table.add(f"variance of unit {unit}", value, variances[unit], allowed)
    norm, error = norm_and_error(norms)
    why = "directions" if error > 0 else ""
    allowed = max(EXACT, ERRORS * error / norm) if norm else EXACT
    table.add("||J||^2", said["jacobian_norm"], norm, allowed, why)
    table.add("||J||^2/Var(h)", said.get("jacobian_norm_over_variance"), norm / variances.sum(), allowed, why)


def mean_of_all(code):
    """What a mean over units of both signs may differ by: rounding does not cancel as they do."""
    return max(EXACT, 1e-7 * math.sqrt((code**2).mean()) / abs(code.mean())) if code.any() else EXACT


def baselines(table, experiment, summary, data, images):
    """PCA of the images that the network learned from, and the entropy of the test images."""
    if "data_set" in summary:
        x = np.clip(images, 1e-300, 1 - 1e-16)
        entropy = np.where((images > 0) & (images < 1), -x * np.log(x) - (1 - x) * np.log1p(-x), 0).mean()
        table.add("entropy floor, nats per pixel", summary["data_set"]["entropy_floor_per_pixel"], entropy)
    if "pca" not in summary:
        return
    said = summary["pca"]
    train = read_idx(data, "train-images-idx3-ubyte")
    n_train = said.get("training_images", experiment["training"].get("train_samples", len(train)))
    train = train[:n_train].reshape(n_train, -1) / 255.0
    mean = train.mean(0)
    centred = train - mean
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, : said["components"]]
    test = images - mean
    error = ((test - test @ axes @ axes.T) ** 2).mean()
    if said["components"] == images.shape[1]:
        table.add("MSE of PCA per pixel", said["mse_per_pixel"], error, 1e-12)  # exact but for rounding
    else:
        table.add("MSE of PCA per pixel", said["mse_per_pixel"], error)


def noise_images(table, network, said, images, rng):
    """Each pixel from another test image."""
    n = min(N_NOISE_IMAGES, len(images))
    noise = images[rng.integers(0, len(images), (n, images.shape[1])), np.arange(images.shape[1])]
    rebuilt = network.output.values(run(network.decoder, run(network.encoder, noise)))
    errors = ((rebuilt - noise) ** 2).mean(1)
    if said is not None:
        allowed = max(EXACT, ERRORS * math.sqrt(2) * standard_error(errors) / said)
        table.add("MSE on noise images per pixel", said, errors.mean(), allowed, "noise")


if len(sys.argv) != 3:
    sys.exit(__doc__)
found = recompute(Path(sys.argv[1]), Path(sys.argv[2]))
found.print()
if found.failed:
    sys.exit(f"{len(found.failed)} of {len(found.rows)} figures differ by more than they may: {', '.join(found.failed)}")
exact = [row[3] for row in found.rows if not row[5]]
print(f"{len(found.rows)} figures agree; those without noise differ by {max(exact, default=0):.1e} at most")
