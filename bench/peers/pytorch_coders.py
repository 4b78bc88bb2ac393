# SPDX-License-Identifier: Apache-2.0
"""The zoo's models with an encoder in PyTorch's own terms: networks, losses, what descends what. Needs torch.

Images are NCHW here. What the zoo defines over NHWC, the order of a flattened image, is kept by FlattenNhwc and
ReshapeNhwc.
"""
import torch
import torch.nn.functional as F
from torch import nn

from pytorch_gans import FlattenNhwc, halvings, labelled, one_hot

NOISE = {"ae": 0.0, "dae": 0.3}  # The deviation of what is added to images, of models of dense layers.
CONVOLUTIONAL = ["vae", "cvae", "vae-gan", "cvae-gan"]
MODELS = [*NOISE, *CONVOLUTIONAL]
UNIT = [*NOISE, "vae", "cvae"]  # Their images lie in [0, 1].
CONDITIONAL = ["cvae", "cvae-gan"]
DEFAULTS = {"ae": (32, 0), "dae": (32, 0), "vae": (64, 32), "cvae": (64, 32), "vae-gan": (256, 64),
            "cvae-gan": (256, 64)}  # zdim and width
ADAM = {**{model: (1e-3, (0.9, 0.999)) for model in UNIT}, "vae-gan": (2e-4, (0.5, 0.999)),
        "cvae-gan": (2e-4, (0.5, 0.999))}


class ReshapeNhwc(nn.Module):
    def __init__(self, rows, columns):
        super().__init__()
        self.rows, self.columns = rows, columns

    def forward(self, x):
        return x.reshape(x.shape[0], self.rows, self.columns, -1).permute(0, 3, 1, 2)


def _widths(size, width):
    levels, rows, columns = halvings(size)
    return [width << level for level in range(levels)], rows, columns


def _vae(size, channels, classes, zdim, width):
    widths, rows, columns = _widths(size, width)
    e, before = [], channels + classes
    for filters in widths:
        e += [nn.Conv2d(before, filters, 4, 2, 1), nn.ReLU()]
        before = filters
    e += [FlattenNhwc(), nn.Linear(rows * columns * before, 2 * zdim)]
    g = [nn.Linear(zdim + classes, rows * columns * before), nn.ReLU(), ReshapeNhwc(rows, columns)]
    for filters in reversed(widths[:-1]):
        g += [nn.ConvTranspose2d(before, filters, 4, 2, 1), nn.ReLU()]
        before = filters
    return e, g + [nn.ConvTranspose2d(before, channels, 4, 2, 1)]


def dense(pixels, zdim):
    """Encoder and decoder between flattened images."""
    e = [nn.Linear(pixels, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, zdim)]
    g = [nn.Linear(zdim, 256), nn.ReLU(), nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, pixels), nn.Sigmoid()]
    return e, g


def _trunk(size, channels, width, outputs):
    widths, rows, columns = _widths(size, width)
    layers, before = [], channels
    for level, filters in enumerate(widths):
        layers.append(nn.Conv2d(before, filters, 4, 2, 1, bias=level == 0))
        if level:
            layers.append(nn.BatchNorm2d(filters))
        layers.append(nn.LeakyReLU(0.2))
        before = filters
    return layers + [FlattenNhwc(), nn.Linear(rows * columns * before, outputs)]


def _generator(size, channels, inputs, width):
    widths, rows, columns = _widths(size, width)
    before = widths[-1]
    units = rows * columns * before
    layers = [nn.Linear(inputs, units, bias=False), nn.BatchNorm1d(units), nn.ReLU(), ReshapeNhwc(rows, columns)]
    for filters in reversed(widths[:-1]):
        layers += [nn.ConvTranspose2d(before, filters, 4, 2, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]
        before = filters
    return layers + [nn.ConvTranspose2d(before, channels, 4, 2, 1), nn.Tanh()]


def networks(model, size, channels, classes, zdim, width):
    """Networks by the name that begins their weights' names."""
    if model in NOISE:
        e, g = dense(size[0] * size[1] * channels, zdim)
        layers = {"e": [FlattenNhwc(), *e], "g": g}
    elif model in ("vae", "cvae"):
        layers = dict(zip("eg", _vae(size, channels, classes, zdim, width)))
    else:
        layers = {"e": _trunk(size, channels + classes, width, 2 * zdim),
                  "g": _generator(size, channels, zdim + classes, width), "d": _trunk(size, channels, width, 1)}
        if model == "cvae-gan":
            layers["c"] = _trunk(size, channels, width, classes)
    return nn.ModuleDict({name: nn.Sequential(*own) for name, own in layers.items()})


def players(model, nets):
    """The parameters that each optimizer has."""
    if model in UNIT:
        return [list(nets.parameters())]
    return [list(network.parameters()) for network in nets.values()]


def _halves(difference):
    return 0.5 * difference.flatten(1).square().sum(1).mean()


def _class_means(features, members):
    return members.T @ features / members.sum(0).clamp(min=1)[:, None]


def losses(model, nets, classes, x, y, z_e, z_p):
    """The losses by name and, in the order of the optimizers, what each of them descends."""
    def generate(z):
        return nets["g"](z if classes == 0 else torch.cat([z, one_hot(y, classes, z.dtype)], 1))

    if model in NOISE:
        seen = x + NOISE[model] * torch.randn_like(x) if NOISE[model] else x
        recon = F.mse_loss(nets["g"](nets["e"](seen)), FlattenNhwc()(x))
        return {"recon": recon}, [recon]
    mu, logvar = nets["e"](labelled(x, y, classes)).chunk(2, 1)
    coded = generate(mu + torch.exp(0.5 * logvar) * z_e)
    kl = 0.5 * (mu * mu + logvar.exp() - logvar - 1).sum(1).mean()
    if model in ("vae", "cvae"):
        recon = F.binary_cross_entropy_with_logits(coded, x, reduction="sum") / x.shape[0]
        return {"total": recon + kl, "recon": recon, "kl": kl}, [recon + kl]
    drawn = generate(z_p)

    def features(network):
        return [network[:-1](images) for images in (x, coded, drawn)]

    def discrimination(fs):
        real, made, other = (nets["d"][-1](f) for f in fs)
        return F.softplus(-real).mean() + F.softplus(made).mean() + F.softplus(other).mean()

    fd = features(nets["d"])
    d = discrimination(fd)
    if model == "vae-gan":
        recon = _halves(fd[0].detach() - fd[1])
        g = F.softplus(-nets["d"][-1](fd[1])).mean() + F.softplus(-nets["d"][-1](fd[2])).mean()
        return {"d": d, "kl": kl, "recon": recon, "g": g}, [recon + kl, 1e-3 * recon + g, d]
    fc = features(nets["c"])
    c = F.cross_entropy(nets["c"][-1](fc[0]), y)
    recon = _halves(x - coded) + _halves(fd[0].detach() - fd[1]) + _halves(fc[0].detach() - fc[1])
    gd = 0.5 * (fd[0].detach().mean(0) - fd[2].mean(0)).square().sum()
    members = one_hot(y, classes, x.dtype)
    gc = 0.5 * (_class_means(fc[0].detach(), members) - _class_means(fc[2], members)).square().sum()
    common = recon + 1e-3 * (gd + gc) + 3 * kl
    named = {"c": c, "d": d, "kl": kl, "recon": recon, "gd": gd, "gc": gc}
    return named, [common, common, d, c]


def update(descents, parameters, optimizers):
    """One update of every network, all at the same point: E and G share a backward pass where they descend one sum."""
    gradients, done = [None] * len(descents), 0
    while done < len(descents):
        end = done + 1
        while end < len(descents) and descents[end] is descents[done]:
            end += 1
        weights = [weight for own in parameters[done:end] for weight in own]
        found = list(torch.autograd.grad(descents[done], weights, retain_graph=end < len(descents)))
        for at in range(done, end):
            gradients[at] = found[:len(parameters[at])]
            found = found[len(parameters[at]):]
        done = end
    for own, found, optimizer in zip(parameters, gradients, optimizers):
        for weight, gradient in zip(own, found):
            weight.grad = gradient
        optimizer.step()
