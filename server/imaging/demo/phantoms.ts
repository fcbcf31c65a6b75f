import { Raster } from './raster.ts';

const LABEL = 'SYNTHETIC';

export interface ChestFinding {
  /** Opacity in the right lower field. */
  pneumonia?: boolean;
}

/** Frontal chest film, 12 bits, bright where the body is dense: torso, lungs, heart, spine, ribs, diaphragm. */
export function chestFilm(size: number, finding: ChestFinding = {}): Buffer {
  const film = new Raster(size, size, 180);
  film.ellipse(0.5, 0.62, 0.47, 0.6, 2_250, 0.03); // torso
  film.ellipse(0.5, 0.02, 0.11, 0.2, 2_300, 0.05); // neck
  film.ellipse(0.31, 0.46, 0.165, 0.31, 780, 0.09); // the patient's right lung
  film.ellipse(0.69, 0.46, 0.165, 0.31, 800, 0.09);
  film.ellipse(0.5, 0.46, 0.06, 0.42, 2_700, 0.2); // spine and mediastinum
  film.ellipse(0.57, 0.58, 0.14, 0.15, 2_500, 0.12); // heart
  film.ellipse(0.3, 0.79, 0.18, 0.1, 2_500, 0.1); // diaphragm, liver side higher
  film.ellipse(0.7, 0.82, 0.17, 0.09, 2_420, 0.1);
  film.ellipse(0.68, 0.77, 0.05, 0.03, 900, 0.3); // gastric bubble
  if (finding.pneumonia) film.ellipse(0.28, 0.6, 0.09, 0.08, 1_750, 0.8);
  for (let rib = 0; rib < 9; rib++) {
    const y = 0.2 + rib * 0.058;
    film.arc(0.33, y + 0.1, 0.2, 0.1, Math.PI * 1.02, Math.PI * 1.85, 0.006, 240);
    film.arc(0.67, y + 0.1, 0.2, 0.1, Math.PI * 1.15, Math.PI * 1.98, 0.006, 240);
  }
  film.arc(0.34, 0.16, 0.2, 0.035, Math.PI, Math.PI * 2, 0.009, 420); // clavicles
  film.arc(0.66, 0.16, 0.2, 0.035, Math.PI, Math.PI * 2, 0.009, 420);
  film.noise(26, 7);
  film.write(
    LABEL,
    Math.round(size * 0.05),
    Math.round(size * 0.95),
    Math.max(2, Math.round(size / 256)),
    3_900,
  );
  film.write(
    'R',
    Math.round(size * 0.06),
    Math.round(size * 0.06),
    Math.max(3, Math.round(size / 170)),
    3_900,
  );
  return film.toWords(0, 4_095);
}

/** Head slices from base to vertex, Hounsfield units + 1024: skull, brain, ventricles, falx, and a bleeding when asked. */
export function headSlices(count: number, size: number, bleeding: boolean): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const z = index / (count - 1);
    const span = Math.sqrt(Math.max(0.04, 1 - ((z - 0.35) / 0.72) ** 2));
    const slice = new Raster(size, size, -1_000);
    slice.ellipse(0.5, 0.5, 0.36 * span, 0.44 * span, 60, 0.02); // scalp
    slice.ellipse(0.5, 0.5, 0.345 * span, 0.425 * span, 1_150, 0.02); // skull
    slice.ellipse(0.5, 0.5, 0.315 * span, 0.39 * span, 38, 0.02); // cortex
    slice.ellipse(0.5, 0.5, 0.27 * span, 0.34 * span, 28, 0.15); // white matter
    const ventricle = Math.max(0, 1 - Math.abs(z - 0.55) / 0.2);
    if (ventricle > 0) {
      slice.ellipse(0.46, 0.47, 0.03 * ventricle * span + 0.004, 0.11 * ventricle * span, 8, 0.1);
      slice.ellipse(0.54, 0.47, 0.03 * ventricle * span + 0.004, 0.11 * ventricle * span, 8, 0.1);
    }
    slice.arc(0.5, 0.5, 0.002, 0.36 * span, Math.PI * 0.5, Math.PI * 1.5, 0.003, 25); // falx
    if (z < 0.2) slice.ellipse(0.5, 0.4, 0.16 * span, 0.12 * span, 900, 0.3); // skull base
    const clot = Math.max(0, 1 - Math.abs(z - 0.5) / 0.12);
    if (bleeding && clot > 0) {
      slice.ellipse(0.63, 0.52, 0.075 * clot, 0.085 * clot, 22, 0.4); // oedema
      slice.ellipse(0.63, 0.52, 0.055 * clot, 0.06 * clot, 68, 0.2);
    }
    slice.noise(4, index + 11);
    slice.write(LABEL, 4, size - 12, 1, 1_500);
    return slice.toWords(-1_024, 3_071, 1_024);
  });
}

/** Chest slices from apex to base, Hounsfield units + 1024: lungs with vessels, heart, spine, ribs, and a nodule when asked. */
export function chestSlices(count: number, size: number, nodule: boolean): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const z = index / (count - 1);
    const lung = Math.sin(Math.PI * Math.min(1, 0.12 + z * 0.85));
    const slice = new Raster(size, size, -1_000);
    slice.ellipse(0.5, 0.52, 0.45, 0.32, -90, 0.02); // fat
    slice.ellipse(0.5, 0.52, 0.42, 0.29, 45, 0.03); // muscle
    slice.ellipse(0.31, 0.5, 0.15 * lung + 0.02, 0.22 * lung + 0.02, -860, 0.05);
    slice.ellipse(0.69, 0.5, 0.15 * lung + 0.02, 0.22 * lung + 0.02, -860, 0.05);
    for (let vessel = 0; vessel < 14; vessel++) {
      const angle = vessel * 2.4 + z * 3;
      const far = 0.03 + ((vessel * 37) % 10) / 100;
      slice.ellipse(
        (vessel % 2 ? 0.31 : 0.69) + Math.cos(angle) * far * lung,
        0.5 + Math.sin(angle) * far * 1.4 * lung,
        0.006,
        0.006,
        20,
        0.5,
      );
    }
    if (z > 0.4)
      slice.ellipse(
        0.55,
        0.45,
        0.13 * Math.min(1, (z - 0.4) * 3),
        0.12 * Math.min(1, (z - 0.4) * 3),
        42,
        0.05,
      ); // heart
    slice.ellipse(0.47, 0.4, 0.035, 0.035, 150, 0.1); // aorta
    slice.ellipse(0.5, 0.36, 0.022, 0.022, -950, 0.1); // trachea
    if (z > 0.8) slice.ellipse(0.34, 0.5, 0.17 * (z - 0.8) * 5, 0.2 * (z - 0.8) * 5, 58, 0.06); // liver dome
    slice.ellipse(0.5, 0.71, 0.045, 0.05, 480, 0.1); // vertebra
    slice.ellipse(0.5, 0.77, 0.018, 0.016, 15, 0.1); // canal
    for (let rib = 0; rib < 6; rib++) {
      const angle = Math.PI * (0.15 + rib * 0.14) + z;
      slice.ellipse(0.5 + 0.41 * Math.cos(angle), 0.52 + 0.28 * Math.sin(angle), 0.018, 0.012, 620, 0.2);
      slice.ellipse(0.5 - 0.41 * Math.cos(angle), 0.52 + 0.28 * Math.sin(angle), 0.018, 0.012, 620, 0.2);
    }
    if (nodule) {
      const near = Math.max(0, 1 - Math.abs(z - 0.45) / 0.06);
      if (near > 0) slice.ellipse(0.27, 0.42, 0.022 * near, 0.022 * near, 35, 0.1);
    }
    slice.noise(12, index + 31);
    slice.write(LABEL, 4, size - 12, 1, 1_500);
    return slice.toWords(-1_024, 3_071, 1_024);
  });
}

/** Frames of an abdominal sector scan, 8 bits: liver texture, gall bladder with a stone, kidney, moving with the breath. */
export function ultrasoundFrames(count: number, width: number, height: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const breath = Math.sin((index / count) * Math.PI * 2) * 0.025;
    const frame = new Raster(width, height, 0);
    frame.ellipse(0.5, 0.55, 0.48, 0.46, 78, 0.02);
    frame.ellipse(0.4, 0.5 + breath, 0.28, 0.27, 96, 0.1); // liver
    frame.ellipse(0.56, 0.44 + breath, 0.1, 0.065, 6, 0.12); // gall bladder
    frame.ellipse(0.585, 0.47 + breath, 0.016, 0.014, 245, 0.2); // stone
    frame.ellipse(0.33, 0.74 + breath, 0.15, 0.085, 60, 0.1); // kidney
    frame.ellipse(0.33, 0.74 + breath, 0.07, 0.03, 150, 0.3);
    frame.arc(0.5, 0.3, 0.6, 0.62, Math.PI * 0.2, Math.PI * 0.8, 0.006, 80); // diaphragm
    frame.noise(34, index + 3);
    const { values } = frame;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const dx = x / width - 0.5;
        const dy = y / height + 0.04;
        const inside = dy > 0.08 && Math.abs(Math.atan2(dx, dy)) < 0.62 && Math.hypot(dx, dy) < 1.0;
        if (!inside) values[y * width + x] = 0;
      }
    frame.write(LABEL, 6, height - 14, 1, 220);
    return frame.toBytes();
  });
}
