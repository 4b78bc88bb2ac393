# SPDX-License-Identifier: Apache-2.0
"""The zoo's two-player models in PyTorch's own terms: networks, losses, penalties. Needs torch.

Images are NCHW here and vectors for the models without convolutions. What the zoo defines over NHWC, the order of a
flattened image, is kept by FlattenNhwc.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

MODELS = ["gan-mlp", "gan-mlp-bn", "gan-conv", "dcgan", "cgan"]
CONVOLUTIONAL = ["gan-conv", "dcgan", "cgan"]
CONDITIONAL = ["cgan"]
RELATIVISTIC = ["rsgan", "ragan", "ralsgan", "rahinge"]
LOSSES = ["minimax", "minimax-ns", "lsgan", "hinge", "wgan", "wgan-gp", "wgan-div", "r1", *RELATIVISTIC, "fgan-kl", "fgan-rkl",
          "fgan-pearson", "fgan-hellinger", "fgan-js", "fgan-gan", "fgan-tv"]

# Losses with a term on gradients of single samples, which batch norm in the discriminator would make meaningless.
PENALIZED = ["wgan-gp", "wgan-div", "r1"]


def one_hot(y, classes, dtype):
    return F.one_hot(y, classes).to(dtype)


def labelled(x, y, classes):
    """Images with their classes as constant planes behind the channels; as they are where there are no classes."""
    if classes == 0:
        return x
    planes = one_hot(y, classes, x.dtype)[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, planes], 1)


def size_of(text):
    """Height and width of images: a square's side, or both as in 48x64."""
    sides = [int(side) for side in text.split("x")]
    return sides[0], sides[-1]


def size_word(size):
    """A size as a run's config has it."""
    return size[0] if size[0] == size[1] else f"{size[0]}x{size[1]}"


def halvings(size):
    """How often images are halved, until the shorter side has 4 to 7 pixels, and the extents they have then."""
    levels = (min(size) // 4).bit_length() - 1
    return levels, size[0] >> levels, size[1] >> levels


class FlattenNhwc(nn.Module):
    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class Reshape(nn.Module):
    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(x.shape[0], *self.shape)


def _mlp(model, pixels, zdim):
    if model == "gan-mlp":
        g = [nn.Linear(zdim, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, pixels), nn.Tanh()]
    else:
        g, width = [], zdim
        for units in (256, 512, 1024):
            g += [nn.Linear(width, units), nn.LeakyReLU(0.2), nn.BatchNorm1d(units, momentum=0.2)]
            width = units
        g += [nn.Linear(width, pixels), nn.Tanh()]
    first, second = (256, 256) if model == "gan-mlp" else (512, 256)
    d = [nn.Linear(pixels, first), nn.LeakyReLU(0.2), nn.Linear(first, second), nn.LeakyReLU(0.2),
         nn.Linear(second, 1)]
    return g, d


def _gan_conv(size, channels, zdim):
    rows, columns = 2 * size[0], 2 * size[1]
    g = [nn.Linear(zdim, rows * columns), Reshape(1, rows, columns), nn.BatchNorm2d(1), nn.ReLU(),
         nn.Conv2d(1, 50, 3, 1, 1), nn.BatchNorm2d(50), nn.ReLU(),
         nn.Conv2d(50, 25, 3, 1, 1), nn.BatchNorm2d(25), nn.ReLU(),
         nn.Conv2d(25, channels, 2, 2, 0), nn.Tanh()]
    d = [nn.Conv2d(channels, 32, 5, 1, 2), nn.LeakyReLU(0.2), nn.AvgPool2d(2),
         nn.Conv2d(32, 64, 5, 1, 2), nn.LeakyReLU(0.2), nn.AvgPool2d(2),
         FlattenNhwc(), nn.Linear(size[0] // 4 * (size[1] // 4) * 64, 1024), nn.LeakyReLU(0.2), nn.Linear(1024, 1)]
    return g, d


def _dcgan(size, channels, classes, zdim, width, norm):
    levels, *smallest = halvings(size)
    widths = [width << level for level in range(levels)]
    before = zdim + classes
    g = [Reshape(before, 1, 1)]
    for level, filters in enumerate(reversed(widths)):
        window = (4, 2, 1) if level else (smallest, 1, 0)
        g += [nn.ConvTranspose2d(before, filters, *window, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]
        before = filters
    g += [nn.ConvTranspose2d(before, channels, 4, 2, 1, bias=False), nn.Tanh()]
    d, before = [], channels + classes
    for level, filters in enumerate(widths):
        d.append(nn.Conv2d(before, filters, 4, 2, 1, bias=not norm))
        if norm and level:
            d.append(nn.BatchNorm2d(filters))
        d.append(nn.LeakyReLU(0.2))
        before = filters
    d += [nn.Conv2d(before, 1, smallest, 1, 0, bias=not norm), nn.Flatten()]
    return g, d


def networks(model, loss, size, channels, classes, zdim, width):
    """Generator and discriminator, as sequences of layers; classes are 0 for models that are not given them."""
    if model == "gan-conv":
        g, d = _gan_conv(size, channels, zdim)
    elif model in ("dcgan", "cgan"):
        g, d = _dcgan(size, channels, classes, zdim, width, loss not in PENALIZED)
    else:
        g, d = _mlp(model, size[0] * size[1] * channels, zdim)
    return nn.Sequential(*g), nn.Sequential(*d)


def _relativistic(loss, real, fake):
    if loss == "rsgan":
        return F.softplus(fake - real).mean()
    more, less = real - fake.mean(), fake - real.mean()
    if loss == "ragan":
        return F.softplus(-more).mean() + F.softplus(less).mean()
    if loss == "ralsgan":
        return ((more - 1) ** 2).mean() + ((less + 1) ** 2).mean()
    return F.relu(1 - more).mean() + F.relu(1 + less).mean()


# f-GAN (Nowozin et al. 2016, table 2): the activation g and the conjugate f*, applied one after the other.
_LOG_2 = math.log(2)
F_GANS = {
    "fgan-kl": (lambda v: v, lambda t: torch.exp(t - 1)),
    "fgan-rkl": (lambda v: -torch.exp(-v), lambda t: -1 - torch.log(-t)),
    "fgan-pearson": (lambda v: v, lambda t: t * t / 4 + t),
    "fgan-hellinger": (lambda v: 1 - torch.exp(-v), lambda t: t / (1 - t)),
    "fgan-js": (lambda v: _LOG_2 - F.softplus(-v), lambda t: -torch.log(2 - torch.exp(t))),
    "fgan-gan": (lambda v: -F.softplus(-v), lambda t: -torch.log(1 - torch.exp(t))),
    "fgan-tv": (lambda v: 0.5 * torch.tanh(v), lambda t: t),
}


def discriminator_loss(loss, real, fake):
    if loss in RELATIVISTIC:
        return _relativistic(loss, real, fake)
    if loss in F_GANS:
        activation, conjugate = F_GANS[loss]
        return conjugate(activation(fake)).mean() - activation(real).mean()
    if loss in ("minimax", "minimax-ns", "r1"):
        return F.softplus(-real).mean() + F.softplus(fake).mean()
    if loss == "lsgan":
        return 0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake ** 2).mean()
    if loss == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
    return fake.mean() - real.mean()


def generator_loss(loss, fake, real):
    """Of scores of generated samples; real, a function, gives those of data where a loss asks for them."""
    if loss in RELATIVISTIC:
        return _relativistic(loss, fake, real())
    if loss in F_GANS:
        activation, conjugate = F_GANS[loss]
        return -conjugate(activation(fake)).mean()
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


def functional_input_gradient(critic, x):
    """The same in a form that torch.compile takes whole."""
    return torch.func.grad(lambda images: critic(images).sum())(x)


def penalty(loss, critic, x, fake, eps, weight, gradient=input_gradient):
    """What a loss adds for the critic's gradient: of WGAN-GP, at eps x + (1 - eps) fake, of R1, at x, or of WGAN-div."""
    if loss == "wgan-gp":
        norms = gradient(critic, eps * x + (1 - eps) * fake).flatten(1).norm(dim=1)
        return weight * ((norms - 1) ** 2).mean()
    if loss == "r1":
        return 0.5 * weight * gradient(critic, x).flatten(1).square().sum(1).mean()
    if loss == "wgan-div":
        cubes = [gradient(critic, images).flatten(1).square().sum(1) ** 3 for images in (x, fake)]
        return 0.5 * weight * (cubes[0] + cubes[1]).mean()
    return 0.0
