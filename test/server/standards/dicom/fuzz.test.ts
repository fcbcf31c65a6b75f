import { expect, test } from 'vitest';
import { DicomError, dicomJson, findFrames, readHeader } from '../../../../server/standards/dicom/index.ts';
import { mutate, seededRandom } from '../../../fuzz.ts';
import { fixture, fixtureNames, haveFixtures } from './fixtures.ts';

const seed = 20261122;
/** 2,000 by default; FUZZ_CASES=100000 for the long run. */
const cases = Number(process.env['FUZZ_CASES'] ?? 2000);

test.skipIf(!haveFixtures)(
  `${cases} mutated files, seed ${seed}: read, or refused with a DicomError`,
  { timeout: 3_600_000 },
  async () => {
    const files = fixtureNames()
      .map(fixture)
      .filter((bytes) => bytes.length < 40_000);
    const random = seededRandom(seed);
    const outcomes: Record<string, number> = {};
    for (let i = 0; i < cases; i++) {
      const bytes = mutate(files[Math.floor(random() * files.length)]!, random);
      let outcome = 'read';
      try {
        const header = readHeader(bytes, { maxInflatedBytes: 4 * 1024 * 1024 });
        JSON.stringify(dicomJson(header.dataSet));
        void header.dataSet.characterSetDoubt;
        const { pixelData, source } = header;
        if (pixelData !== undefined)
          await findFrames({
            ...header,
            pixelData,
            size: source.length,
            readAt: (at, length) => source.subarray(at, at + length),
          });
      } catch (error) {
        expect(error, `case ${i}`).toBeInstanceOf(DicomError);
        outcome = (error as DicomError).code;
      }
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    expect(outcomes['read']).toBeGreaterThan(0);
    expect(Object.keys(outcomes).length).toBeGreaterThan(1);
  },
);
