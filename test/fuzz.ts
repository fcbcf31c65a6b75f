/** Random numbers from a seed (mulberry32): the same cases on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A damaged copy: bytes changed, lengths blown up, parts cut out, doubled or cut off. */
export function mutate(original: Buffer, random: () => number): Buffer {
  let bytes: Buffer = Buffer.from(original);
  const rounds = 1 + Math.floor(random() * 4);
  for (let i = 0; i < rounds && bytes.length > 8; i++) {
    const at = Math.floor(random() * (random() < 0.5 ? Math.min(bytes.length, 600) : bytes.length));
    const length = Math.min(bytes.length - at, 1 + Math.floor(random() * 64));
    switch (Math.floor(random() * 6)) {
      case 0:
        bytes[at] = Math.floor(random() * 256);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        break;
      case 2:
        bytes.fill([0x00, 0xff, 0x7f, 0x80][Math.floor(random() * 4)] ?? 0, at, at + Math.min(length, 4));
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.from(bytes.subarray(0, at));
    }
  }
  return bytes;
}
