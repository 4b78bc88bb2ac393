# SPDX-License-Identifier: Apache-2.0
"""Whole training steps of the zoo's models in PyTorch, timed on request.

    python3 pytorch_step.py MODEL --batch 128 --mode fused --threads 2

Prints one line of JSON when it is warm, then answers every line "N" on stdin with the seconds that N steps took.
The step is the one Gander runs: one discriminator update on a fixed batch and on generated samples (generated without
gradients), one generator update through the discriminator, whose weights then ask for no gradients. Modes:

    eager     as most people write it: torch.optim.Adam's default on this device
    fused     eager, with Adam's fused implementation
    compiled  fused, with both losses under torch.compile
"""
import argparse
import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


def networks(model, zdim, pixels):
    if model == "gan-mlp":
        g = nn.Sequential(nn.Linear(zdim, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(),
                          nn.Linear(256, pixels), nn.Tanh())
        d = nn.Sequential(nn.Linear(pixels, 256), nn.LeakyReLU(0.2), nn.Linear(256, 256), nn.LeakyReLU(0.2),
                          nn.Linear(256, 1))
        return g, d, 3e-4, (0.9, 0.999)
    layers, width = [], zdim
    for units in (256, 512, 1024):
        layers += [nn.Linear(width, units), nn.LeakyReLU(0.2), nn.BatchNorm1d(units, momentum=0.2)]
        width = units
    g = nn.Sequential(*layers, nn.Linear(width, pixels), nn.Tanh())
    d = nn.Sequential(nn.Linear(pixels, 512), nn.LeakyReLU(0.2), nn.Linear(512, 256), nn.LeakyReLU(0.2),
                      nn.Linear(256, 1))
    return g, d, 2e-4, (0.5, 0.999)


class Step:
    def __init__(self, args, device):
        zdim, pixels = 100, args.size * args.size
        self.g, self.d, rate, betas = networks(args.model, zdim, pixels)
        self.g.to(device)
        self.d.to(device)
        fused = args.mode != "eager"
        self.og = torch.optim.Adam(self.g.parameters(), rate, betas, fused=fused or None)
        self.od = torch.optim.Adam(self.d.parameters(), rate, betas, fused=fused or None)
        x = torch.rand(args.batch, pixels, device=device) * 2 - 1

        def latents():
            return torch.randn(args.batch, zdim, device=device)

        def loss_d():
            with torch.no_grad():
                fake = self.g(latents())
            return F.softplus(-self.d(x)).mean() + F.softplus(self.d(fake)).mean()

        def loss_g():
            return F.softplus(-self.d(self.g(latents()))).mean()

        compiled = args.mode == "compiled"
        self.loss_d = torch.compile(loss_d) if compiled else loss_d
        self.loss_g = torch.compile(loss_g) if compiled else loss_g

    def run(self):
        for weight in self.d.parameters():
            weight.requires_grad_(True)
        self.od.zero_grad()
        self.loss_d().backward()
        self.od.step()
        for weight in self.d.parameters():
            weight.requires_grad_(False)
        self.og.zero_grad()
        self.loss_g().backward()
        self.og.step()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=["gan-mlp", "gan-mlp-bn"])
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--size", type=int, default=28)
    parser.add_argument("--mode", choices=["eager", "fused", "compiled"], default="eager")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    device = torch.device(args.device)
    step = Step(args, device)

    def seconds(count):
        start = time.perf_counter()
        for _ in range(count):
            step.run()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - start

    seconds(20)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else torch.backends.cpu.get_cpu_capability()
    print(json.dumps({"framework": "PyTorch " + torch.__version__, "mode": args.mode, "device": name}), flush=True)
    for line in sys.stdin:
        print(seconds(int(line)), flush=True)


if __name__ == "__main__":
    main()
