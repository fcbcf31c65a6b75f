import { expect, test } from 'vitest';
import { INPUT_FAULTS as ofServer } from '../../server/core/quality/inputFaults.ts';
import { INPUT_FAULTS as ofViewer } from '../../viewer/src/shell/inputFault.ts';

test('the browser offers the faults that the hub takes, centre by centre', () => {
  for (const [center, faults] of Object.entries(ofViewer))
    expect(faults, center).toEqual(ofServer[center as keyof typeof ofServer]);
});
