# SPDX-License-Identifier: Apache-2.0
"""Records a training run of PyTorch in double precision as a trace that `gander replay` compares with.

    python3 pytorch_trace.py OUT.safetensors --model gan-mlp-bn --loss wgan-gp --batch 16 --steps 5

The networks, losses and optimizers are written out a second time, in PyTorch's own terms, here, in pytorch_gans.py
and in pytorch_coders.py, so that the two sides share nothing but the definitions. Needs torch and numpy.
"""
import argparse
import json
import struct

import numpy as np
import torch
from torch import nn

import pytorch_coders as coders
import pytorch_gans as gans

torch.set_default_dtype(torch.float64)


def optimizer(parameters, args):
    if args.optimizer == "adam":
        return torch.optim.Adam(parameters, args.lr, (args.beta1, args.beta2))
    if args.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, args.lr)
    return torch.optim.SGD(parameters, args.lr, momentum=args.momentum)


def named(prefix, network):
    """Weights by name, numbered over the layers that have any; linear weights as [in, out], filters as [R, S, C, K]."""
    number = 0
    for layer in network:
        if not list(layer.parameters()):
            continue
        weight = layer.weight.detach().numpy()
        if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
            words = ("gamma", "beta")
        else:
            words = ("weight", "bias")
            # Of a transposed convolution [in, out, R, S], of a convolution [out, in, R, S]: both turn round alike.
            weight = weight.transpose(2, 3, 1, 0) if weight.ndim == 4 else weight.T
        yield f"{prefix}/{number}/{words[0]}", weight.copy()
        if layer.bias is not None:
            yield f"{prefix}/{number}/{words[1]}", layer.bias.detach().numpy().copy()
        number += 1


def write(path, tensors, metadata):
    """One safetensors file: length, JSON header, raw little-endian doubles in the header's order."""
    header, data, at = {"__metadata__": metadata}, [], 0
    for name in sorted(tensors):
        raw = np.ascontiguousarray(tensors[name], dtype="<f8").tobytes()
        header[name] = {"dtype": "F64", "shape": list(np.shape(tensors[name])), "data_offsets": [at, at + len(raw)]}
        data.append(raw)
        at += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(data))


def record_game(args):
    """A run of a two-player model."""
    n, repetitions = args.batch, args.n_critic
    classes = args.classes if args.model in gans.CONDITIONAL else 0
    convolutional = args.model in gans.CONVOLUTIONAL
    g, d = gans.networks(args.model, args.loss, args.size, args.channels, classes, args.zdim, args.width)
    og, od = optimizer(g.parameters(), args), optimizer(d.parameters(), args)
    weight = {"r1": args.r1_weight, "wgan-div": 2.0}.get(args.loss, args.gp_weight)
    tensors = {}
    for name, value in [*named("g", g), *named("d", d)]:
        tensors["init/" + name] = value

    for step in range(args.steps):
        if convolutional:
            images = torch.rand(n, *args.size, args.channels) * 2 - 1
            x = images.permute(0, 3, 1, 2).contiguous()
        else:
            x = images = torch.rand(n, args.size[0] * args.size[1] * args.channels) * 2 - 1
        y = torch.randint(classes, (n,)) if classes else None
        z_d = torch.randn(repetitions, n, args.zdim)
        z_g = torch.randn(n, args.zdim)
        eps = torch.rand(repetitions, n, *[1] * (x.ndim - 1))
        key = f"step/{step:04d}/"

        def generate(z):
            return g(torch.cat([z, gans.one_hot(y, classes, z.dtype)], 1) if classes else z)

        def critic(images):
            return d(gans.labelled(images, y, classes))

        for k in range(repetitions):
            fake = generate(z_d[k]).detach()
            loss_d = gans.discriminator_loss(args.loss, critic(x), critic(fake))
            loss_d = loss_d + gans.penalty(args.loss, critic, x, fake, eps[k], weight)
            od.zero_grad()
            loss_d.backward()
            od.step()
            if args.loss == "wgan":
                with torch.no_grad():
                    for parameter in d.parameters():
                        parameter.clamp_(-args.clip, args.clip)
        loss_g = gans.generator_loss(args.loss, critic(generate(z_g)), lambda: critic(x))
        og.zero_grad()
        loss_g.backward()
        og.step()
        tensors[key + "x"] = images.numpy()
        if classes:
            tensors[key + "y"] = y.double().numpy()
        tensors[key + "z_d"] = (z_d if repetitions > 1 else z_d[0]).numpy()
        tensors[key + "z_g"] = z_g.numpy()
        if args.loss == "wgan-gp":
            tensors[key + "eps"] = (eps if repetitions > 1 else eps[0]).numpy()
        tensors[key + "loss/d"] = loss_d.detach().numpy()
        tensors[key + "loss/g"] = loss_g.detach().numpy()

    for name, value in [*named("g", g), *named("d", d)]:
        tensors["final/" + name] = value
    return tensors


def record_coder(args):
    """A run of a model with an encoder."""
    n = args.batch
    classes = args.classes if args.model in coders.CONDITIONAL else 0
    nets = coders.networks(args.model, args.size, args.channels, classes, args.zdim, args.width)
    parameters = coders.players(args.model, nets)
    optimizers = [optimizer(own, args) for own in parameters]
    tensors = {}

    def keep(when):
        for name, network in nets.items():
            for weight, value in named(name, network):
                tensors[f"{when}/{weight}"] = value

    keep("init")
    for step in range(args.steps):
        images = torch.rand(n, *args.size, args.channels)
        images = images if args.model in coders.UNIT else images * 2 - 1
        y = torch.randint(classes, (n,)) if classes else None
        z_e, z_p = torch.randn(n, args.zdim), torch.randn(n, args.zdim)
        found, descents = coders.losses(args.model, nets, classes, images.permute(0, 3, 1, 2), y, z_e, z_p)
        coders.update(descents, parameters, optimizers)
        key = f"step/{step:04d}/"
        tensors.update({key + "x": images.numpy(), key + "z_e": z_e.numpy()})
        if len(nets) > 2:
            tensors[key + "z_p"] = z_p.numpy()
        if classes:
            tensors[key + "y"] = y.double().numpy()
        for name, value in found.items():
            tensors[f"{key}loss/{name}"] = value.detach().numpy()
    keep("final")
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--model", choices=gans.MODELS + coders.CONVOLUTIONAL, default="gan-mlp")
    parser.add_argument("--loss", default="minimax-ns", choices=gans.LOSSES)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--size", type=gans.size_of, default="28", help="a square's side, or HxW")
    parser.add_argument("--channels", type=int, default=1)
    parser.add_argument("--width", type=int, default=64, help="of models that halve images")
    parser.add_argument("--classes", type=int, default=3, help="of models that are given them")
    parser.add_argument("--zdim", type=int, default=100)
    parser.add_argument("--n-critic", type=int, default=1)
    parser.add_argument("--optimizer", choices=["adam", "rmsprop", "sgd"], default="adam")
    parser.add_argument("--lr", type=float, default=2e-4)
    parser.add_argument("--beta1", type=float, default=0.5)
    parser.add_argument("--beta2", type=float, default=0.999)
    parser.add_argument("--momentum", type=float, default=0.0)
    parser.add_argument("--clip", type=float, default=0.01)
    parser.add_argument("--gp-weight", type=float, default=10.0)
    parser.add_argument("--r1-weight", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    tensors = record_game(args) if args.model in gans.MODELS else record_coder(args)
    config = {"model": args.model, "batch": args.batch, "size": gans.size_word(args.size), "channels": args.channels,
              "zdim": args.zdim, "optimizer": args.optimizer, "lr": args.lr, "steps": args.steps}
    if args.model in gans.MODELS:
        config.update(loss=args.loss, n_critic=args.n_critic)
    if args.model in ["dcgan"] + gans.CONDITIONAL + coders.CONVOLUTIONAL:
        config.update(width=args.width)
    if args.model in gans.CONDITIONAL + coders.CONDITIONAL:
        config.update(classes=args.classes)
    if args.optimizer == "adam":
        config.update(beta1=args.beta1, beta2=args.beta2)
    if args.optimizer == "sgd":
        config.update(momentum=args.momentum)
    if args.loss == "wgan":
        config.update(clip=args.clip)
    if args.loss == "wgan-gp":
        config.update({"lambda": args.gp_weight})
    if args.loss == "r1":
        config.update(gamma=args.r1_weight)
    write(args.out, tensors, {"format": "gander-trace-1", "config": json.dumps(config)})


if __name__ == "__main__":
    main()
