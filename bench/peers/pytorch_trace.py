# SPDX-License-Identifier: Apache-2.0
"""Records a training run of PyTorch in double precision as a trace that `gander replay` compares with.

    python3 pytorch_trace.py OUT.safetensors --model gan-mlp-bn --loss wgan-gp --batch 16 --steps 5

The networks, losses and optimizers are written out here a second time, in PyTorch's own terms, so that the two
sides share nothing but the definitions. Needs torch and numpy.
"""
import argparse
import json
import struct

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)


def generator(model, zdim, pixels):
    if model == "gan-mlp":
        return nn.Sequential(nn.Linear(zdim, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(),
                             nn.Linear(256, pixels), nn.Tanh())
    layers, width = [], zdim
    for units in (256, 512, 1024):
        layers += [nn.Linear(width, units), nn.LeakyReLU(0.2), nn.BatchNorm1d(units, momentum=0.2)]
        width = units
    return nn.Sequential(*layers, nn.Linear(width, pixels), nn.Tanh())


def discriminator(model, pixels):
    first, second = (256, 256) if model == "gan-mlp" else (512, 256)
    return nn.Sequential(nn.Linear(pixels, first), nn.LeakyReLU(0.2), nn.Linear(first, second),
                         nn.LeakyReLU(0.2), nn.Linear(second, 1))


def discriminator_loss(loss, real, fake):
    if loss in ("minimax", "minimax-ns", "r1"):
        return F.softplus(-real).mean() + F.softplus(fake).mean()
    if loss == "lsgan":
        return 0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake ** 2).mean()
    if loss == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
    return fake.mean() - real.mean()


def generator_loss(loss, fake):
    if loss == "minimax":
        return -F.softplus(fake).mean()
    if loss in ("minimax-ns", "r1"):
        return F.softplus(-fake).mean()
    if loss == "lsgan":
        return 0.5 * ((fake - 1) ** 2).mean()
    return -fake.mean()


def input_gradient(critic, x):
    x = x.detach().requires_grad_(True)
    return torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]


def penalty(loss, critic, x, fake, eps, args):
    if loss == "wgan-gp":
        mixed = eps * x + (1 - eps) * fake
        norms = input_gradient(critic, mixed).flatten(1).norm(dim=1)
        return args.gp_weight * ((norms - 1) ** 2).mean()
    if loss == "r1":
        return 0.5 * args.r1_weight * input_gradient(critic, x).flatten(1).square().sum(1).mean()
    return 0.0


def optimizer(parameters, args):
    if args.optimizer == "adam":
        return torch.optim.Adam(parameters, args.lr, (args.beta1, args.beta2))
    if args.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, args.lr)
    return torch.optim.SGD(parameters, args.lr, momentum=args.momentum)


def named(prefix, network):
    """Weights by name, numbered over the layers that have any; linear weights as [in, out]."""
    number = 0
    for layer in network:
        if isinstance(layer, nn.Linear):
            yield f"{prefix}/{number}/weight", layer.weight.detach().numpy().T.copy()
            yield f"{prefix}/{number}/bias", layer.bias.detach().numpy().copy()
            number += 1
        elif isinstance(layer, nn.BatchNorm1d):
            yield f"{prefix}/{number}/gamma", layer.weight.detach().numpy().copy()
            yield f"{prefix}/{number}/beta", layer.bias.detach().numpy().copy()
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--model", choices=["gan-mlp", "gan-mlp-bn"], default="gan-mlp")
    parser.add_argument("--loss", default="minimax-ns",
                        choices=["minimax", "minimax-ns", "lsgan", "hinge", "wgan", "wgan-gp", "r1"])
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--size", type=int, default=28)
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
    pixels, n, repetitions = args.size * args.size, args.batch, args.n_critic
    g, d = generator(args.model, args.zdim, pixels), discriminator(args.model, pixels)
    og, od = optimizer(g.parameters(), args), optimizer(d.parameters(), args)
    tensors = {}
    for name, value in [*named("g", g), *named("d", d)]:
        tensors["init/" + name] = value

    for step in range(args.steps):
        x = torch.rand(n, pixels) * 2 - 1
        z_d = torch.randn(repetitions, n, args.zdim)
        z_g = torch.randn(n, args.zdim)
        eps = torch.rand(repetitions, n, 1)
        key = f"step/{step:04d}/"
        for k in range(repetitions):
            fake = g(z_d[k]).detach()
            loss_d = discriminator_loss(args.loss, d(x), d(fake)) + penalty(args.loss, d, x, fake, eps[k], args)
            od.zero_grad()
            loss_d.backward()
            od.step()
            if args.loss == "wgan":
                with torch.no_grad():
                    for weight in d.parameters():
                        weight.clamp_(-args.clip, args.clip)
        loss_g = generator_loss(args.loss, d(g(z_g)))
        og.zero_grad()
        loss_g.backward()
        og.step()
        tensors[key + "x"] = x.numpy()
        tensors[key + "z_d"] = (z_d if repetitions > 1 else z_d[0]).numpy()
        tensors[key + "z_g"] = z_g.numpy()
        if args.loss == "wgan-gp":
            tensors[key + "eps"] = (eps if repetitions > 1 else eps[0]).numpy()
        tensors[key + "loss/d"] = loss_d.detach().numpy()
        tensors[key + "loss/g"] = loss_g.detach().numpy()

    for name, value in [*named("g", g), *named("d", d)]:
        tensors["final/" + name] = value
    config = {"model": args.model, "loss": args.loss, "batch": n, "size": args.size, "channels": 1,
              "zdim": args.zdim, "n_critic": repetitions, "optimizer": args.optimizer, "lr": args.lr,
              "steps": args.steps}
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
