"""The network of beatNetwork.ts for training: convolutions with batch normalisation, which is folded in when stored."""
import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

DILATIONS = (1, 2, 4, 8, 16, 32, 1, 2, 4, 8)


class Block(nn.Module):
    def __init__(self, width, dilation):
        super().__init__()
        self.c = nn.Conv1d(width, width, 5, padding=2 * dilation, dilation=dilation, bias=False)
        self.b = nn.BatchNorm1d(width)
        nn.init.constant_(self.b.weight, 0.4)

    def forward(self, x):
        return x + F.leaky_relu(self.b(self.c(x)), 0.1)


class Network(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.stem = nn.Conv1d(2, width, 9, stride=3, padding=4, bias=False)
        self.sb = nn.BatchNorm1d(width)
        self.L = nn.ModuleList([Block(width, dilation) for dilation in DILATIONS])
        self.out = nn.Conv1d(width, 1, 3, padding=1)
        nn.init.constant_(self.out.bias, -3)

    def forward(self, x):
        x = F.leaky_relu(self.sb(self.stem(x)), 0.1)
        for block in self.L:
            x = block(x)
        return self.out(x)[:, 0]


def folded(convolution, norm):
    weight = convolution.weight.detach().double()
    gain = norm.weight.detach().double() / torch.sqrt(norm.running_var.double() + norm.eps)
    bias = norm.bias.detach().double() - norm.running_mean.double() * gain
    return (weight * gain[:, None, None]).numpy(), bias.numpy()


def write(path, network):
    """Per layer: for every output its taps (tap by tap, inputs together), then its bias."""
    layers = [folded(network.stem, network.sb)] + [folded(block.c, block.b) for block in network.L]
    layers.append((network.out.weight.detach().double().numpy(), network.out.bias.detach().double().numpy()))
    rows = [np.concatenate([w.transpose(0, 2, 1).reshape(len(w), -1), b[:, None]], 1).ravel() for w, b in layers]
    with open(path, 'w') as file:
        width = network.stem.weight.shape[0]
        json.dump({'width': width, 'dilations': DILATIONS, 'layers': [[float(f'{v:.6g}') for v in r] for r in rows]}, file)
