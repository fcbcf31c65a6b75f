/** A grey picture that shapes are laid into; values are what the modality would store. */
export class Raster {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;

  constructor(width: number, height: number, background: number) {
    this.width = width;
    this.height = height;
    this.values = new Float32Array(width * height).fill(background);
  }

  /** An ellipse in units of the picture's size (0…1), mixed in with a soft edge. */
  ellipse(cx: number, cy: number, rx: number, ry: number, value: number, softness = 0.02): void {
    const { width, height, values } = this;
    const fromY = Math.max(0, Math.floor((cy - ry * (1 + softness)) * height));
    const toY = Math.min(height, Math.ceil((cy + ry * (1 + softness)) * height));
    const fromX = Math.max(0, Math.floor((cx - rx * (1 + softness)) * width));
    const toX = Math.min(width, Math.ceil((cx + rx * (1 + softness)) * width));
    for (let y = fromY; y < toY; y++) {
      const dy = (y / height - cy) / ry;
      for (let x = fromX; x < toX; x++) {
        const dx = (x / width - cx) / rx;
        const edge = 1 - Math.sqrt(dx * dx + dy * dy);
        if (edge <= -softness) continue;
        const share = softness === 0 ? 1 : Math.min(1, Math.max(0, (edge + softness) / (2 * softness)));
        const at = y * width + x;
        values[at] = (values[at] ?? 0) * (1 - share) + value * share;
      }
    }
  }

  /** Adds to what is there along an elliptic arc: ribs, skull sutures. */
  arc(
    cx: number,
    cy: number,
    rx: number,
    ry: number,
    from: number,
    to: number,
    thickness: number,
    add: number,
  ): void {
    const steps = Math.ceil((to - from) * Math.max(rx * this.width, ry * this.height));
    const radius = Math.max(1, Math.round(thickness * this.width));
    const touched = new Set<number>();
    for (let step = 0; step <= steps; step++) {
      const angle = from + ((to - from) * step) / steps;
      const px = Math.round((cx + rx * Math.cos(angle)) * this.width);
      const py = Math.round((cy + ry * Math.sin(angle)) * this.height);
      for (let y = py - radius; y <= py + radius; y++)
        for (let x = px - radius; x <= px + radius; x++)
          if (
            x >= 0 &&
            y >= 0 &&
            x < this.width &&
            y < this.height &&
            (x - px) ** 2 + (y - py) ** 2 <= radius * radius
          )
            touched.add(y * this.width + x);
    }
    for (const at of touched) this.values[at] = (this.values[at] ?? 0) + add;
  }

  /** Reproducible noise. */
  noise(amplitude: number, seed: number): void {
    let state = seed * 2_654_435_761 || 1;
    for (let at = 0; at < this.values.length; at++) {
      state = (state ^ (state << 13)) | 0;
      state = (state ^ (state >>> 17)) | 0;
      state = (state ^ (state << 5)) | 0;
      this.values[at] = (this.values[at] ?? 0) + ((state >>> 0) / 2 ** 32 - 0.5) * 2 * amplitude;
    }
  }

  /** Letters of 5 × 7 dots, so that nobody takes the picture for a patient's. */
  write(text: string, x: number, y: number, scale: number, value: number): void {
    [...text].forEach((letter, index) => {
      (LETTERS[letter] ?? []).forEach((row, dy) => {
        for (let dx = 0; dx < 5; dx++)
          if (row & (16 >> dx))
            for (let sy = 0; sy < scale; sy++)
              for (let sx = 0; sx < scale; sx++)
                this.values[(y + dy * scale + sy) * this.width + x + (index * 6 + dx) * scale + sx] = value;
      });
    });
  }

  /** As 16-bit little endian, clamped to `low…high` and moved by `offset`. */
  toWords(low: number, high: number, offset = 0): Buffer {
    const out = Buffer.alloc(this.values.length * 2);
    for (let at = 0; at < this.values.length; at++)
      out.writeUInt16LE(Math.round(Math.min(high, Math.max(low, this.values[at] ?? 0))) + offset, at * 2);
    return out;
  }

  toBytes(): Buffer {
    const out = Buffer.alloc(this.values.length);
    for (let at = 0; at < this.values.length; at++)
      out[at] = Math.min(255, Math.max(0, Math.round(this.values[at] ?? 0)));
    return out;
  }
}

const LETTERS: Record<string, number[]> = {
  S: [15, 16, 16, 14, 1, 1, 30], Y: [17, 17, 10, 4, 4, 4, 4], N: [17, 25, 21, 19, 17, 17, 17], T: [31, 4, 4, 4, 4, 4, 4], H: [17, 17, 17, 31, 17, 17, 17],
  E: [31, 16, 16, 30, 16, 16, 31], I: [14, 4, 4, 4, 4, 4, 14], C: [14, 17, 16, 16, 16, 17, 14], R: [30, 17, 17, 30, 20, 18, 17], L: [16, 16, 16, 16, 16, 16, 31],
}; // prettier-ignore
