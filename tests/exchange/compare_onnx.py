"""Runs networks that Hourglass exported as ONNX with onnxruntime, and compares them with its own codes.

    python compare_onnx.py HOURGLASS WORK

HOURGLASS is the program, WORK a folder for short runs. Needs numpy, onnx and onnxruntime.
Every code and every pixel has to differ by at most 1e-5.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

if len(sys.argv) != 3:
    sys.exit(__doc__)
program, work = sys.argv[1], Path(sys.argv[2])

# Each kind of network, and each activation.
NETWORKS = {
    "vanilla-64": ["vanilla-64"],
    "tied": ["contractive-64"],
    "hidden, sigmoid output": ["basic-32", "hidden=64,48"],
    "stacked": ["multilayer-64"],
    "maps as code": ["conv-4"],
    "maps, odd sides, bottleneck": ["denoise-conv-32", "channels=4,4,4", "architecture.waist=10"],
    "variational": ["vae-20", "hidden=50"],
    "adversarial": ["aae-2", "hidden=50"],
    "tanh": ["vanilla-64", "architecture.code_activation=tanh"],
    "ELU": ["multilayer-64", "architecture.hidden_activation=elu"],
    "GELU": ["multilayer-64", "architecture.hidden_activation=gelu"],
    "leaky ReLU": ["multilayer-64", "architecture.hidden_activation=leaky_relu"],
}


def hourglass(*arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr  # 3: of no use after one epoch, and exported all the same


def images(n, shape, seed):
    """Blobs: `[n, height, width]`, or with a third side for colour."""
    random = np.random.default_rng(seed)
    high, wide = np.mgrid[: shape[0], : shape[1]]
    y, x = random.random((2, n, 1, 1)) * np.array(shape[:2]).reshape(2, 1, 1, 1)
    blob = np.exp(-((high - y) ** 2 + (wide - x) ** 2) / 12)
    if len(shape) == 3:
        blob = blob[..., None] * random.random((n, 1, 1, shape[2]))
    return (255 * blob).astype(np.uint8)


worst = 0.0
for shape in [(28, 28), (13, 18, 3)]:
    data = work / f"images-{len(shape)}.npz"
    data.parent.mkdir(parents=True, exist_ok=True)
    test = images(40, shape, 2)
    np.savez(data, x_train=images(320, shape, 1), y_train=np.arange(320) % 4, x_test=test, y_test=np.arange(40) % 4)
    shown = test.reshape(40, shape[0], shape[1], -1).transpose(0, 3, 1, 2).astype(np.float32) / 255
    for name, (preset, *settings) in NETWORKS.items():
        run = work / f"{name} {len(shape)}"
        sets = [word for setting in settings for word in ("--set", setting)]
        hourglass("train", "--preset", preset, *sets, "--epochs", 1, "--data", data, "--device", "cpu", "--force", "--out", run)
        hourglass("codes", "--run", run, "--out", run / "codes.npz", "--reconstructions", "--force")
        hourglass("export", "onnx", "--run", run, "--out", run / "model.onnx", "--force")
        session = {}
        for part in ("model", "model-encoder", "model-decoder"):
            onnx.checker.check_model(onnx.load(run / f"{part}.onnx"), full_check=True)
            session[part] = onnxruntime.InferenceSession(run / f"{part}.onnx", providers=["CPUExecutionProvider"])
        codes = np.load(run / "codes.npz")
        own = codes["reconstructions"].reshape(40, shape[0], shape[1], -1).transpose(0, 3, 1, 2)
        differences = {
            "encoder": session["model-encoder"].run(["code"], {"images": shown})[0] - codes["codes"],
            "decoder": session["model-decoder"].run(["reconstruction"], {"code": codes["codes"]})[0] - own,
            "whole": session["model"].run(["reconstruction"], {"images": shown})[0] - own,
        }
        largest = {part: np.abs(difference).max() for part, difference in differences.items()}
        print(shape, name, *(f"{part} {difference:.1e}" for part, difference in largest.items()))
        worst = max(worst, *largest.values())
        assert worst <= 1e-5, name
print(f"{2 * len(NETWORKS)} networks, largest difference {worst:.1e}")
