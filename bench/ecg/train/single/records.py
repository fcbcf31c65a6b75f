"""Reads the annotated records that the single-lead networks are trained on, every lead at 200 Hz.

    python3 records.py records.pickle cpsc2019=… mitdb=… qtdb=… ludb=… cpsc2021=… nstdb=…

CPSC 2019 as `data` and `ref`, the others as WFDB folders. MIT-BIH 100, 118 and 119 (100 is judged, the noise of NSTDB
lies on the others) and their copies in QTDB are left out. Of NSTDB only the noise is taken: the difference of the
noisiest and the quietest record of a person.
"""
import glob
import os
import pickle
import sys
from fractions import Fraction

import numpy as np
from scipy.io import loadmat
from scipy.signal import resample_poly

RATE = 200
BEATS = {*range(1, 14), 25, 30, 34, 35, 38, 41}
FLUTTER = {31, 32, 33}
JUDGED = {'100', '118', '119'}
LEADS = ['i', 'ii', 'iii', 'avr', 'avl', 'avf', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6']


def signals(base):
    """Rate and leads in millivolts; formats 16 and 212."""
    lines = [line.split() for line in open(base + '.hea', errors='ignore') if line.strip() and line[0] != '#']
    count, rate = int(lines[0][1]), float(lines[0][2].split('/')[0])
    leads = lines[1 : 1 + count]
    raw = np.fromfile(os.path.join(os.path.dirname(base), leads[0][0]), np.uint8)
    kind = int(leads[0][1].split('x')[0].split('+')[0])
    if kind == 212:
        b = raw[: len(raw) // 3 * 3].reshape(-1, 3).astype(np.int32)
        x = np.stack([b[:, 0] | ((b[:, 1] & 15) << 8), b[:, 2] | ((b[:, 1] & 0xF0) << 4)], 1).ravel()
        x = np.where(x > 2047, x - 4096, x)
    elif kind == 16:
        x = raw.view('<i2').astype(np.int32)
    else:
        raise ValueError(f'{base}: format {kind}')
    x = x[: len(x) // count * count].reshape(-1, count).T.astype(np.float32)
    gains = [float(lead[2].split('(')[0].split('/')[0]) or 200.0 for lead in leads]
    return rate, [one / gain for one, gain in zip(x, gains)]


def annotations(path):
    """(sample, code) of a WFDB annotation file."""
    words = np.fromfile(path, '<u2')
    at, i, found = 0, 0, []
    while i < len(words) and words[i]:
        code, step = int(words[i]) >> 10, int(words[i]) & 1023
        i += 1
        if code == 59:
            skip = (int(words[i]) << 16) | int(words[i + 1])
            at += skip - (1 << 32) if skip >= 1 << 31 else skip
            i += 2
        elif code == 63:
            i += (step + 1) // 2
        elif code not in (60, 61, 62):
            at += step
            found.append((at, code))
    return found


def resampled(x, rate):
    share = Fraction(RATE / rate).limit_denominator(1000)
    return resample_poly(x - np.median(x), share.numerator, share.denominator).astype(np.float32)


records = []


def add(name, group, x, rate, beats, span=None, bad=()):
    y = resampled(x, rate)
    scale = RATE / rate
    start, end = (0, len(y)) if span is None else (span[0] * scale, span[1] * scale)
    records.append(
        {
            'name': name,
            'g': group,
            'x': y,
            'b': np.array(beats, float) * scale,
            'lo': start,
            'hi': end,
            'bad': np.array(bad, float).reshape(-1, 2) * scale,
        }
    )


def add_wfdb(folder, group, prefix, skipped=frozenset(), fewest=0):
    for path in sorted(glob.glob(folder + '/*.atr')):
        base = path[:-4]
        name = os.path.basename(base)
        if name.removeprefix('sel') in skipped:
            continue
        rate, leads = signals(base)
        marks = annotations(path)
        beats = [at for at, code in marks if code in BEATS]
        if len(beats) < fewest:
            continue
        bad = [(at - 3 * rate, at + 3 * rate) for at, code in marks if code in FLUTTER]
        for j, x in enumerate(leads):
            add(f'{prefix}{name}-{j}', group, x, rate, beats, bad=bad)


def add_ludb(folder):
    for path in sorted(glob.glob(folder + '/*.hea')):
        base = path[:-4]
        rate, leads = signals(base)
        for lead, x in zip(LEADS, leads):
            beats = [at for at, code in annotations(f'{base}.{lead}') if code == 1]
            if len(beats) >= 4:
                span = (beats[0] - 0.3 * rate, beats[-1] + 0.3 * rate)
                add(f'lu{os.path.basename(base)}-{lead}', 'lu', x, rate, beats, span)


def values(path):
    return next(value for key, value in loadmat(path).items() if not key.startswith('_')).ravel().astype(float)


def add_cpsc2019(folder):
    for path in sorted(glob.glob(folder + '/data/*.mat')):
        name = os.path.basename(path)[5:-4]
        add('c19-' + name, 'c19', values(path).astype(np.float32), 500, values(f'{folder}/ref/R_{name}.mat'))


def noise_of(folder):
    pieces = []
    for person in ('118', '119'):
        rate, noisy = signals(f'{folder}/{person}e_6')
        _, quiet = signals(f'{folder}/{person}e24')
        for a, b in zip(noisy, quiet):
            for start in range(int(300 * rate), int(len(a) - 120 * rate) + 1, int(240 * rate)):
                end = start + int(120 * rate)
                pieces.append(resampled(a[start:end] - b[start:end], rate))
    return pieces


if __name__ == '__main__':
    folders = dict(part.split('=', 1) for part in sys.argv[2:])
    add_wfdb(folders['mitdb'], 'mit', 'mit', JUDGED)
    add_wfdb(folders['qtdb'], 'qt', '', JUDGED, fewest=200)
    add_ludb(folders['ludb'])
    add_wfdb(folders['cpsc2021'], 'c21', '')
    add_cpsc2019(folders['cpsc2019'])
    with open(sys.argv[1], 'wb') as file:
        pickle.dump((records, noise_of(folders['nstdb'])), file)
    print(len(records), 'leads')
