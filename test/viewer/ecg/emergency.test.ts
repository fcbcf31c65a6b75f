import { describe, expect, it } from 'vitest';
import type { WorklistRow } from '../../../viewer/src/api/types.ts';
import { laneOrder } from '../../../viewer/src/centers/ecg/emergency.ts';

const row = (orderId: string, dueAt: string | null, more: Partial<WorklistRow> = {}): WorklistRow => ({
  orderId,
  accessionNumber: orderId,
  status: 'received',
  priority: 'emergency',
  patientName: null,
  institutionName: '',
  dueAt,
  claimedBy: null,
  flags: [],
  ...more,
});

describe('emergency lane', () => {
  it('puts chest pain before an emergency that is due earlier, then goes by due time', () => {
    const rows = [
      row('bradycardia', '2026-01-01T08:00:00Z'),
      row('pain-later', '2026-01-01T08:09:00Z', { flags: ['chest-pain'] }),
      row('pain-sooner', '2026-01-01T08:05:00Z', { flags: ['trauma', 'chest-pain'] }),
      row('no-target', null),
    ];
    expect(laneOrder(rows).map((each) => each.orderId)).toEqual([
      'pain-sooner',
      'pain-later',
      'bradycardia',
      'no-target',
    ]);
  });

  it('shows only what waits for a reader', () => {
    const rows = [
      row('routine', '2026-01-01T08:00:00Z', { priority: 'routine', flags: ['chest-pain'] }),
      row('no-recording', '2026-01-01T08:00:00Z', { status: 'requested' }),
      row('signed', '2026-01-01T08:00:00Z', { status: 'final' }),
      row('claimed', '2026-01-01T08:00:00Z', { status: 'claimed' }),
    ];
    expect(laneOrder(rows).map((each) => each.orderId)).toEqual(['claimed']);
  });
});
