"""Trains a single-lead beat network; only for who trains anew, the hub never runs it.

    python3 records.py records.pickle …                                     (see there)
    cc -O3 -march=native -ffast-math -shared -fPIC -o augment.so augment.c -lm
    python3 train.py --records records.pickle --out start.pt --steps 6000 --lr 4e-3 --shares mit=4,qt=2,lu=3,c21=1
    python3 train.py --records records.pickle --init start.pt --fold 0 --out fold0.pt …      (0 to 3)
    node bench/ecg/train/trainingData.ts pack server/ecg/analysis/singleLeadNetwork.json <about> fold0.json …

Without --fold no record of CPSC 2019 is used. With it the records of that fold are left out, and 76–100 always. The
folds are blocks of neighbouring numbers that keep the leads of one person together (folds.json).
"""
import argparse
import copy
import ctypes
import json
import math
import os
import pickle
import time

import numpy as np
import torch
import torch.nn.functional as F

from network import Network, write

HERE = os.path.dirname(os.path.abspath(__file__))
GROUPS = ['c19', 'mit', 'qt', 'lu', 'c21']
pointer = lambda array: array.ctypes.data_as(ctypes.c_void_p)


def agree(one, other):
    a, b = one['b'], other['b']
    near = np.abs(a[:, None] - b[None]) < 10
    return len(one['x']) == len(other['x']) and abs(len(a) - len(b)) <= 1 and min(near.any(0).mean(), near.any(1).mean()) > 0.85


class Examples:
    """Batches of augment.c."""

    def __init__(self, records, noise, shares, seed, library):
        self.code = ctypes.CDLL(library)
        self.kept = []
        self.code.begin(ctypes.c_uint64(seed))
        records = sorted(records, key=lambda r: (r['g'], r['name']))
        persons = []
        for i, r in enumerate(records):
            # neighbours in CPSC 2019 whose beats agree are leads of the same ten seconds
            same = r['g'] == 'c19' and i > 0 and records[i - 1]['g'] == 'c19' and agree(records[i - 1], r)
            persons.append(persons[-1] if same else r['name'] if r['g'] == 'c19' else r['name'].rsplit('-', 1)[0])
        for r, person in zip(records, persons):
            x, beats, bad = (self.keep(r[key]) for key in ('x', 'b', 'bad'))
            span = ctypes.c_float(r['lo']), ctypes.c_float(r['hi'])
            mates = persons.index(person), persons.count(person)
            sizes = GROUPS.index(r['g']), pointer(x), len(x), pointer(beats), len(beats), pointer(bad), len(bad) // 2
            self.code.addRecord(*sizes, *span, *mates)
        for piece in noise:
            piece = self.keep(piece)
            self.code.addNoise(pointer(piece), len(piece))
        weights = np.zeros(8)
        for group, share in shares.items():
            weights[GROUPS.index(group)] = share
        self.code.shares(pointer(weights))

    def keep(self, values):
        self.kept.append(np.ascontiguousarray(values, np.float32).ravel())
        return self.kept[-1]

    def batch(self, count):
        arrays = [np.empty(shape, np.float32) for shape in ((count, 2, 1000), (count, 334), (count, 334))]
        self.code.batch(*map(pointer, arrays), count)
        return [torch.from_numpy(array) for array in arrays]


def used(records, fold, only):
    """All other sets, and the records of CPSC 2019 that are neither judged nor of the fold left out."""
    with open(os.path.join(HERE, 'folds.json')) as file:
        folds = json.load(file)
    number = lambda r: r['name'][4:]
    wanted = lambda r: folds[number(r)] != fold and (not only or str(folds[number(r)]) in only)
    hard = lambda r: fold is not None and wanted(r) and not 76 <= int(number(r)) <= 100
    return [r for r in records if r['g'] != 'c19' or hard(r)]


def main():
    parser = argparse.ArgumentParser()
    for name in ('records', 'out', 'init'):
        parser.add_argument('--' + name)
    for name, value in (('lr', 2.2e-3), ('end', 0.01), ('average', 0.99)):
        parser.add_argument('--' + name, type=float, default=value)
    parser.add_argument('--library', default=os.path.join(HERE, 'augment.so'))
    parser.add_argument('--steps', type=int, default=900)
    parser.add_argument('--fold', type=int)
    parser.add_argument('--only', help='of CPSC 2019 these folds only: how much do more records help?')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--shares', default='mit=2.5,qt=1.5,lu=2,c21=1.2,c19=5')
    parser.add_argument('--wait', help='rests while this file exists')
    a = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    with open(a.records, 'rb') as file:
        records, noise = pickle.load(file)
    records = used(records, a.fold, a.only)
    print(sum(r['g'] == 'c19' for r in records), 'records of CPSC 2019', flush=True)
    shares = {key: float(value) for key, value in (part.split('=') for part in a.shares.split(','))}
    examples = Examples(records, noise, shares, a.seed, a.library)
    network = Network()
    if a.init:
        network.load_state_dict(torch.load(a.init))
    average = copy.deepcopy(network)
    decayed = [p for p in network.parameters() if p.ndim >= 2]
    others = [p for p in network.parameters() if p.ndim < 2]
    groups = [{'params': decayed, 'weight_decay': 0.02}, {'params': others, 'weight_decay': 0}]
    optimiser = torch.optim.AdamW(groups, lr=a.lr)
    rng = np.random.default_rng(a.seed)
    recent = []
    step, running = 0, 0.0
    while step < a.steps:
        if a.wait and os.path.exists(a.wait):
            time.sleep(0.25)
            continue
        if step % 2 == 0:
            x, wanted, weight = examples.batch(32)
            recent = recent[-39:] + [(x, wanted, weight)]
        else:
            # making examples costs half of the time: every second step sees an earlier batch, mostly upside down
            x, wanted, weight = recent[rng.integers(len(recent))]
            x = -x if rng.random() < 0.8 else x
        fall = 0.5 * (1 + math.cos(math.pi * step / a.steps))
        rate = a.lr * min(1, (step + 1) / 60) * (a.end + (1 - a.end) * fall)
        for group in optimiser.param_groups:
            group['lr'] = rate
        with torch.autocast('cpu', dtype=torch.bfloat16):
            marks = network(x)
        each = F.binary_cross_entropy_with_logits(marks.float(), wanted, reduction='none')
        loss = (each * weight).sum() / weight.sum().clamp(min=1)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        step += 1
        keep = min(a.average, step / (step + 9))
        with torch.no_grad():
            for mean, now in zip(average.state_dict().values(), network.state_dict().values()):
                if mean.dtype.is_floating_point:
                    mean.mul_(keep).add_(now, alpha=1 - keep)
                else:
                    mean.copy_(now)
        running = loss.item() if step == 1 else running * 0.98 + loss.item() * 0.02
        if step % 100 == 0:
            print(step, round(running, 4), time.strftime('%H:%M:%S'), flush=True)
    torch.save(average.state_dict(), a.out)
    write(os.path.splitext(a.out)[0] + '.json', average)
    print('done', step, flush=True)


if __name__ == '__main__':
    main()
