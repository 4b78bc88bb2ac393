# SPDX-License-Identifier: Apache-2.0
"""Whole training steps of the zoo's models in PyTorch, timed on request.

    python3 pytorch_step.py dcgan --loss wgan-gp --n-critic 5 --batch 64 --size 64 --channels 3 --mode fused

Prints one line of JSON when it is warm, then answers every line "N" on stdin with the seconds that N steps took.
The step is the one Gander runs, on a fixed batch: of a two-player model discriminator updates on data and on generated
samples (generated without gradients), then one generator update through the discriminator, whose weights then ask for
no gradients; of a model with an encoder one forward pass and an update of every network. Modes:

    eager                   as most people write it: the optimizer's default on this device
    fused                   eager, with Adam's fused implementation
    compiled                fused, with both losses under torch.compile
    channels_last           fused, images and filters with channels innermost
    compiled_channels_last  compiled, likewise
    graphed                 fused, the whole step captured once as a CUDA graph and replayed
    graphed_channels_last   graphed, likewise

--math says what matrix products and convolutions may round their operands to: tf32 allows it, bf16 is autocast.
"""
import argparse
import contextlib
import json
import sys
import time

import torch

import pytorch_coders as coders
import pytorch_gans as gans

MODES = ["eager", "fused", "compiled", "channels_last", "compiled_channels_last", "graphed", "graphed_channels_last"]
ADAM = {"gan-mlp": (3e-4, (0.9, 0.999)), "gan-mlp-bn": (2e-4, (0.5, 0.999)), "gan-conv": (3e-4, (0.9, 0.999)),
        "dcgan": (2e-4, (0.5, 0.999)), "cgan": (2e-4, (0.5, 0.999)), **coders.ADAM}


def optimizer(args, parameters):
    graphed = args.mode.startswith("graphed")  # Its counters then live on the device.
    if args.loss == "wgan":
        return torch.optim.RMSprop(parameters, 5e-5, capturable=graphed)
    rate, betas = (1e-4, (0.0, 0.9)) if args.loss == "wgan-gp" else ADAM[args.model]
    return torch.optim.Adam(parameters, rate, betas, fused=args.mode != "eager" or None, capturable=graphed)


def layout_of(args):
    return torch.channels_last if args.mode.endswith("channels_last") else torch.contiguous_format


class CoderStep:
    """Of a model with an encoder."""

    def __init__(self, args, device):
        classes = args.classes if args.model in coders.CONDITIONAL else 0
        nets = coders.networks(args.model, args.size, args.channels, classes, args.zdim, args.width)
        nets.to(device, memory_format=layout_of(args))
        self.parameters = coders.players(args.model, nets)
        self.optimizers = [optimizer(args, own) for own in self.parameters]
        self.rounding = rounding(args, device)
        x = torch.rand(args.batch, args.channels, *args.size, device=device)
        x = (x if args.model in coders.UNIT else 2 * x - 1).contiguous(memory_format=layout_of(args))
        y = torch.randint(classes, (args.batch,), device=device) if classes else None

        def losses():
            z_e, z_p = (torch.randn(args.batch, args.zdim, device=device) for _ in range(2))
            return coders.losses(args.model, nets, classes, x, y, z_e, z_p)[1]

        if args.mode.startswith("compiled"):
            # What is compiled may otherwise give away what the next of several backward passes needs.
            torch._functorch.config.donated_buffer = False
            losses = torch.compile(losses)
        self.losses = losses

    def run(self):
        with self.rounding():
            descents = self.losses()
        coders.update(descents, self.parameters, self.optimizers)


def rounding(args, device):
    if args.math == "bf16":
        return lambda: torch.autocast(device.type, torch.bfloat16)
    return contextlib.nullcontext


class GameStep:
    """Of a two-player model."""

    def __init__(self, args, device):
        layout = layout_of(args)
        images = args.model in gans.CONVOLUTIONAL
        classes = args.classes if args.model in gans.CONDITIONAL else 0
        self.args = args
        self.rounding = rounding(args, device)
        self.g, self.d = gans.networks(
            args.model, args.loss, args.size, args.channels, classes, args.zdim, args.width)
        self.g.to(device, memory_format=layout)
        self.d.to(device, memory_format=layout)
        self.og, self.od = optimizer(args, self.g.parameters()), optimizer(args, self.d.parameters())
        self.optimizers = [self.od, self.og]
        shape = (args.channels, *args.size) if images else (args.channels * args.size[0] * args.size[1],)
        x = torch.rand(args.batch, *shape, device=device) * 2 - 1
        if images:
            x = x.contiguous(memory_format=layout)
        compiled = args.mode.startswith("compiled")
        gradient = gans.functional_input_gradient if compiled else gans.input_gradient

        y = torch.randint(classes, (args.batch,), device=device) if classes else None

        def generate():
            z = torch.randn(args.batch, args.zdim, device=device)
            return self.g(torch.cat([z, gans.one_hot(y, classes, z.dtype)], 1) if classes else z)

        def critic(images):
            return self.d(gans.labelled(images, y, classes))

        weight = 2.0 if args.loss == "wgan-div" else 10.0

        def loss_d():
            with torch.no_grad():
                fake = generate()
            loss = gans.discriminator_loss(args.loss, critic(x), critic(fake))
            eps = torch.rand(args.batch, *[1] * len(shape), device=device)
            return loss + gans.penalty(args.loss, critic, x, fake, eps, weight, gradient)

        def loss_g():
            return gans.generator_loss(args.loss, critic(generate()), lambda: critic(x))

        self.loss_d = torch.compile(loss_d) if compiled else loss_d
        self.loss_g = torch.compile(loss_g) if compiled else loss_g

    def loss(self, which):
        with self.rounding():
            loss = which()
        loss.backward()

    def run(self):
        for weight in self.d.parameters():
            weight.requires_grad_(True)
        for _ in range(self.args.n_critic):
            self.od.zero_grad()
            self.loss(self.loss_d)
            self.od.step()
            if self.args.loss == "wgan":
                with torch.no_grad():
                    for weight in self.d.parameters():
                        weight.clamp_(-0.01, 0.01)
        for weight in self.d.parameters():
            weight.requires_grad_(False)
        self.og.zero_grad()
        self.loss(self.loss_g)
        self.og.step()


def graphed(step):
    """The step as one CUDA graph; it runs some times on a stream of its own first, as a capture asks for."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            step.run()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step.run()
    return graph.replay


def parsed(description, more=lambda parser: None):
    """The arguments of a script that runs steps; more adds its own."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=gans.MODELS + coders.MODELS)
    parser.add_argument("--loss", choices=gans.LOSSES, default="minimax-ns")
    parser.add_argument("--n-critic", type=int, default=1)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--size", type=gans.size_of, default="28", help="a square's side, or HxW")
    parser.add_argument("--channels", type=int, default=1)
    parser.add_argument("--classes", type=int, default=10, help="of models that are given them")
    parser.add_argument("--zdim", type=int, help="default as published")
    parser.add_argument("--width", type=int, help="of models that halve images; default as published")
    parser.add_argument("--mode", choices=MODES, default="eager")
    parser.add_argument("--math", choices=["fp32", "tf32", "bf16"], default="fp32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    more(parser)
    args = parser.parse_args()
    zdim, width = coders.DEFAULTS.get(args.model, (100, 64))
    args.zdim, args.width = args.zdim or zdim, args.width or width
    return args


def step_of(args, device):
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    return (GameStep if args.model in gans.MODELS else CoderStep)(args, device)


def main():
    args = parsed(__doc__)
    device = torch.device(args.device)
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = args.math == "tf32"
        torch.backends.cudnn.allow_tf32 = args.math == "tf32"
        torch.backends.cudnn.benchmark = True
    step = step_of(args, device)
    run = graphed(step) if args.mode.startswith("graphed") else step.run

    def seconds(count):
        start = time.perf_counter()
        for _ in range(count):
            run()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - start

    # What is compiled is compiled in the first step.
    seconds(1)
    seconds(max(2, min(20, int(2 / seconds(1)))))
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else torch.backends.cpu.get_cpu_capability()
    print(json.dumps({"framework": "PyTorch " + torch.__version__, "mode": args.mode, "device": name}), flush=True)
    for line in sys.stdin:
        print(seconds(int(line)), flush=True)


if __name__ == "__main__":
    main()
