# SPDX-License-Identifier: Apache-2.0
"""Networks by PyTorch with the weights of `gander export`, or with weights of its own for `gander import`.

    python3 pytorch_weights.py check WEIGHTS.safetensors PASSES.safetensors ...
    python3 pytorch_weights.py make CONFIG.json WEIGHTS.safetensors PASSES.safetensors ...

PASSES has inputs and outputs of each network, in inference: g/in, g/out and so on, images [N,H,W,C] or, of models
without convolutions, [N,H*W*C]. check computes the outputs from the inputs and prints how far they are off, as a share
of the largest; exit code 1 beyond 1e-5. make draws weights and inputs and writes both files. Both take any number of
models. Networks are plain torch.nn.Sequential over NCHW, with torch.nn.Flatten and Unflatten. Needs torch and numpy.
"""
import json
import struct
import sys

import numpy as np
import torch
from torch import nn

import pytorch_coders as coders
import pytorch_gans as gans
from pytorch_trace import write

TOLERANCE = 1e-5
TYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8"}


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = torch.tensor(np.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"]))
    return tensors, metadata


def plain(network):
    """The same with PyTorch's own flattening, channels outermost."""
    return nn.Sequential(*(nn.Flatten() if isinstance(layer, gans.FlattenNhwc)
                           else nn.Unflatten(1, (-1, layer.rows, layer.columns)) if isinstance(layer, coders.ReshapeNhwc)
                           else layer for layer in network))


def extents(config):
    """Height and width of images."""
    return gans.size_of(str(config["size"]))


def networks(config):
    model, size, channels = config["model"], extents(config), config["channels"]
    classes = config.get("classes", 0) if model in gans.CONDITIONAL + coders.CONDITIONAL else 0
    if model in coders.NOISE:
        e, g = coders.dense(size[0] * size[1] * channels, config["zdim"])
        nets = {"e": nn.Sequential(*e), "g": nn.Sequential(*g)}
    elif model in coders.CONVOLUTIONAL:
        nets = coders.networks(model, size, channels, classes, config["zdim"], config["width"])
    else:
        nets = dict(zip("gd", gans.networks(model, config.get("loss"), size, channels, classes, config["zdim"],
                                            config.get("width"))))
    return nn.ModuleDict({name: plain(network) for name, network in nets.items()}).eval()


def convolves(config):
    return config["model"] in gans.CONVOLUTIONAL + coders.CONVOLUTIONAL


def taken(config, x):
    """What goes into a network, images turned to NCHW."""
    if x.ndim == 4:
        return x.permute(0, 3, 1, 2)
    rows, columns = extents(config)
    if x.shape[1] == rows * columns * config["channels"]:
        return x.reshape(-1, rows, columns, config["channels"]).permute(0, 3, 1, 2).flatten(1)
    return x


def given(config, name, y):
    """What comes out of a network, images turned to NHWC."""
    if name != "g":
        return y
    images = y.reshape(-1, config["channels"], *extents(config)).permute(0, 2, 3, 1)
    return images if convolves(config) else images.flatten(1)


def check(weights, passes):
    tensors, metadata = read(weights)
    config = json.loads(metadata["config"])
    nets = networks(config)
    nets.load_state_dict(tensors, strict=True)
    recorded, worst = read(passes)[0], 0.0
    for name, network in nets.items():
        with torch.no_grad():
            out = given(config, name, network(taken(config, recorded[f"{name}/in"].double())))
        expected = recorded[f"{name}/out"].double().reshape(out.shape)
        off = ((out - expected).abs().max() / expected.abs().max()).item()
        print(f"{config['model']} {name}: off by {off:.2g}")
        worst = max(worst, off) if off == off else off
    return worst <= TOLERANCE


def make(config_file, weights, passes):
    with open(config_file) as file:
        config = json.load(file)
    torch.manual_seed(config["seed"])
    nets = networks(config)
    tensors, recorded = {}, {}
    for name, value in nets.state_dict().items():
        if value.ndim == 1:  # also of batch norms, which would begin with ones and zeros
            value = value + torch.rand_like(value)
        tensors[name] = value.numpy()
    nets.load_state_dict({name: torch.tensor(value) for name, value in tensors.items()}, strict=True)
    for name, network in nets.items():
        first = next(network.children())
        vectors = name == "g" or not convolves(config)
        if vectors:
            width = first.in_features if isinstance(first, nn.Linear) else first.shape[0]
            x = torch.rand(3, width) * 2 - 1
        else:
            x = torch.rand(3, *extents(config), first.in_channels) * 2 - 1
        with torch.no_grad():
            y = given(config, name, network(taken(config, x) if name != "g" else x))
        recorded[f"{name}/in"], recorded[f"{name}/out"] = x.numpy(), y.numpy()
    write(weights, tensors, {"format": "pt"})
    write(passes, recorded, {})
    return True


def main(command, *files):
    function, of_each = {"check": (check, 2), "make": (make, 3)}[command]
    done = [function(*files[at:at + of_each]) for at in range(0, len(files), of_each)]
    return 0 if done and all(done) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
