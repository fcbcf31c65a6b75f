import { expect, test } from 'vitest';
import {
  CLOSED_STATES,
  flowOf,
  judgeStep,
  PACK_STATES,
  STEPS,
} from '../../../../server/sterilization/rules/steps.ts';

const ordinary = { infectious: 'none', washRequired: true };

test('the flow of an ordinary set can be walked step by step', () => {
  const flow = flowOf(ordinary);
  expect(flow).toEqual([
    'collected',
    'counted',
    'washed',
    'dried',
    'inspected',
    'packed',
    'loaded',
    'sterilized',
    'released',
    'dispatched',
    'received',
    'used',
  ]);
  flow
    .slice(1)
    .forEach((state, index) => expect(judgeStep(flow[index]!, state, ordinary)).toEqual({ ok: true }));
});

test('a step out of order says what is missing', () => {
  expect(judgeStep('counted', 'packed', ordinary)).toEqual({
    ok: false,
    reason: 'missing',
    missing: ['washed', 'dried', 'inspected'],
  });
  expect(judgeStep('sterilized', 'dispatched', ordinary)).toEqual({
    ok: false,
    reason: 'missing',
    missing: ['released'],
  });
  expect(judgeStep('stored', 'used', ordinary)).toEqual({
    ok: false,
    reason: 'missing',
    missing: ['dispatched', 'received'],
  });
  expect(judgeStep('released', 'packed', ordinary)).toEqual({ ok: false, reason: 'already' });
  expect(judgeStep('recalled', 'dispatched', ordinary)).toEqual({ ok: false, reason: 'closed' });
});

test('the infectious route demands pre-treatment, new goods skip the washer', () => {
  expect(judgeStep('collected', 'counted', { infectious: 'prion', washRequired: true })).toEqual({
    ok: false,
    reason: 'missing',
    missing: ['pretreated'],
  });
  expect(judgeStep('counted', 'inspected', ordinary)).toEqual({
    ok: false,
    reason: 'missing',
    missing: ['washed', 'dried'],
  });
  expect(judgeStep('counted', 'inspected', { infectious: 'none', washRequired: false })).toEqual({
    ok: true,
  });
});

test('nothing leaves a closed state but a reprocessed pack into the bin', () => {
  for (const state of CLOSED_STATES) expect(STEPS[state]).toEqual(state === 'reprocess' ? ['discarded'] : []);
  expect(Object.keys(STEPS).sort()).toEqual([...PACK_STATES].sort());
});
