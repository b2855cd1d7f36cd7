"""Reconstructs images with a model that Hourglass saved, of whatever experiment.

    python reconstruct.py RUN/model.safetensors images.safetensors out.safetensors

`images` holds float32 pixels from 0 to 1, `[n, pixels]`; `out` gets `code` and `reconstruction`.
"""

import json
import sys

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file

ACTIVATIONS = {
    "linear": lambda x: x,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "gelu": F.gelu,
}

if len(sys.argv) != 4:
    sys.exit(__doc__)
model, images, out = sys.argv[1:]
with safe_open(model, framework="pt") as file:
    settings = json.loads(file.metadata()["experiment"])["architecture"]
w = load_file(model)
hidden, coding, output = (ACTIVATIONS[settings.get(f"{part}_activation", "linear")] for part in ("hidden", "code", "output"))


def linear(x, layer):
    return F.linear(x, w[f"{layer}.weight"], w[f"{layer}.bias"])


def convolve(x, layer, stride=1, padding=1):
    return F.conv2d(x, w[f"{layer}.weight"], w[f"{layer}.bias"], stride, padding)


def run(x, half):
    """Goes through a half that lists its layers; those with weights are counted."""
    n = 0
    for layer in settings[half]:
        name = f"{half}.layers.{n}"
        match layer["kind"]:
            case "dense":
                x, n = linear(x, name), n + 1
            case "convolution":
                x, n = convolve(x, name, layer["stride"], layer["padding"]), n + 1
            case "pool":
                x = F.max_pool2d(x, 2, ceil_mode=True)
            case "upsample":
                x = F.interpolate(x, scale_factor=2, mode="nearest")[..., : layer["height"], : layer["width"]]
            case "flatten":
                x = x.flatten(1)
            case "reshape":
                x = x.view(-1, layer["channels"], layer["height"], layer["width"])
            case "activation":
                x = ACTIVATIONS[layer["function"]](x)
    return x


height, width, channels = settings.get("image", [28, 28, 1])


def encode(x):
    if settings["kind"] == "layers":
        return run(x.view(-1, channels, height, width), "encoder")
    if settings["kind"] == "dense":
        depth = len(settings["hidden"]) + 1
        for i in range(depth):
            x = (coding if i + 1 == depth else hidden)(linear(x, f"encoder.layers.{i}"))
        return x
    x, depth = x.view(-1, channels, height, width), len(settings["channels"])
    for i in range(depth):
        is_code = "waist" not in settings and i + 1 == depth
        x = F.max_pool2d((coding if is_code else hidden)(convolve(x, f"encoder.levels.{i}")), 2, ceil_mode=True)
    x = x.flatten(1)
    return coding(linear(x, "encoder.waist")) if "waist" in settings else x


def decode(x):
    if settings["kind"] == "layers":
        return output(run(x, "decoder")).flatten(1)
    if settings["kind"] == "dense":
        depth = len(settings["hidden"]) + 1
        for i in range(depth):
            if settings.get("tied"):  # the encoder's weights the other way round
                x = F.linear(x, w[f"encoder.layers.{depth - 1 - i}.weight"].T, w[f"decoder.biases.{i}"])
            else:
                x = linear(x, f"decoder.layers.{i}")
            x = (output if i + 1 == depth else hidden)(x)
        return x
    sides = [(height, width)]  # of the maps; of MNIST 28, 14, 7, 4, 2
    for _ in settings["channels"]:
        sides.insert(0, tuple((side + 1) // 2 for side in sides[0]))
    x = hidden(linear(x, "decoder.waist")) if "waist" in settings else x
    x = x.view(len(x), -1, *sides[0])
    for i, (high, wide) in enumerate(sides):
        if i > 0:
            x = F.interpolate(x, scale_factor=2, mode="nearest")[..., :high, :wide]
        last = i == len(sides) - 1
        x = output(convolve(x, "decoder.output")) if last else hidden(convolve(x, f"decoder.levels.{i}"))
    return x.flatten(1)


code = encode(load_file(images)["images"])  # of a variational model: the mean
save_file({"code": code.flatten(1).contiguous(), "reconstruction": decode(code).contiguous()}, out)
