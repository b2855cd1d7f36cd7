"""Replays the steps of every optimizer and compares the weights. It needs NumPy and nothing else.

    python replay.py replay.safetensors

The file, which the test `optimizer_replay` writes, holds what Hourglass started from (`initial/...`), what it was shown
(`input` and `target`, `[steps, images, pixels]`) and the weights after all steps of each experiment
(`after/EXPERIMENT/...`). Settings are in its metadata. The network has one layer each way: a sigmoid code and a linear
output, with the mean squared error per pixel. All is computed in double precision; single precision and another order of
summation explain a difference of at most 1e-6, and more is an error.
"""

import json
import sys

import numpy as np

TOLERANCE = 1e-6
BETA_1, BETA_2, EPSILON, RMS_DECAY = 0.9, 0.999, 1e-7, 0.9


def read(path):
    """Tensors and metadata of a safetensors file: a length, a JSON header, bytes."""
    with open(path, "rb") as file:
        content = file.read()
    length = int.from_bytes(content[:8], "little")
    header, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    metadata = header.pop("__metadata__")
    tensors = {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"]).astype(np.float64)
        for name, entry in header.items()
    }
    return tensors, metadata


def gradients(w, x, target):
    """Of the mean squared error per pixel, by hand."""
    code = 1 / (1 + np.exp(-(x @ w["encoder.weight"] + w["encoder.bias"])))
    error = code @ w["decoder.weight"] + w["decoder.bias"] - target
    of_output = 2 * error / error.size
    of_code = (of_output @ w["decoder.weight"].T) * code * (1 - code)
    return {
        "encoder.weight": x.T @ of_code,
        "encoder.bias": of_code.sum(0),
        "decoder.weight": code.T @ of_output,
        "decoder.bias": of_output.sum(0),
    }


def momentum(s, step, n_steps):
    """The schedule of Sutskever et al. 2013, equation 5; at most 0.9 in the last 1,000 steps."""
    if s["momentum_schedule"] == "constant":
        return s["momentum"]
    risen = min(1 - 2 ** (-1 - np.log2(step // 250 + 1)), s["momentum"])
    is_late = s["momentum_schedule"] == "rising_then_lowered" and step + 1000 >= n_steps
    return min(risen, 0.9) if is_late else risen


def advance(s, rate, step, n_steps, w, g, state):
    """One parameter's weights after a step (counted from 0)."""
    norm = np.sqrt((g**2).sum())
    if s["gradient_clip"] > 0 and norm > s["gradient_clip"]:
        g = g * s["gradient_clip"] / norm
    if s["weight_decay"] > 0 and s["kind"] != "adamw":
        g = g + s["weight_decay"] * w
    if s["kind"] == "sgd":
        velocity = momentum(s, step, n_steps) * state.get("velocity", 0) + g
        state["velocity"] = velocity
        direction = g + momentum(s, step + 1, n_steps) * velocity if s["nesterov"] else velocity
        return w - rate * direction
    if s["kind"] == "rmsprop":
        state["square"] = RMS_DECAY * state.get("square", 0) + (1 - RMS_DECAY) * g**2
        velocity = s["momentum"] * state.get("velocity", 0) + g / (np.sqrt(state["square"]) + EPSILON)
        state["velocity"] = velocity
        return w - rate * velocity
    state["first"] = BETA_1 * state.get("first", 0) + (1 - BETA_1) * g
    state["second"] = BETA_2 * state.get("second", 0) + (1 - BETA_2) * g**2
    first = state["first"] / (1 - BETA_1 ** (step + 1))
    second = state["second"] / (1 - BETA_2 ** (step + 1))
    if s["kind"] == "adamw":
        w = w * (1 - rate * s["weight_decay"])
    return w - rate * first / (np.sqrt(second) + EPSILON)


def main(path):
    tensors, metadata = read(path)
    steps_per_epoch, epochs = int(metadata["steps_per_epoch"]), int(metadata["epochs"])
    is_wrong = False
    for name, s in json.loads(metadata["experiments"]).items():
        w = {key.removeprefix("initial/"): value for key, value in tensors.items() if key.startswith("initial/")}
        states = {key: {} for key in w}
        for step, (x, target) in enumerate(zip(tensors["input"], tensors["target"])):
            progress = step / steps_per_epoch / epochs
            rate = s["learning_rate"]
            rate *= (1 + np.cos(np.pi * progress)) / 2 if s["schedule"] == "cosine" else 1
            g = gradients(w, x, target)
            w = {
                key: advance(s, rate, step, epochs * steps_per_epoch, w[key], g[key], states[key])
                for key in w
            }
        largest = max(np.abs(value - tensors[f"after/{name}/{key}"]).max() for key, value in w.items())
        is_wrong |= not largest <= TOLERANCE
        print(f"{name:<24} largest difference {largest:.1e}")
    if is_wrong:
        sys.exit(f"a difference is larger than {TOLERANCE:g}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
