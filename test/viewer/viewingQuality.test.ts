import { describe, expect, test } from 'vitest';
import { mustWait, qualityOf, worse } from '../../viewer/src/centers/imaging/viewingQuality.ts';

const stack = { imageIds: ['a', 'b'] };
const document = { imageIds: [] };
const there = { sets: [stack], error: null };
const coming = { sets: null, error: null };
const broken = { sets: null, error: new Error('502') };

describe('what a reader can rely on', () => {
  const of = (series: Parameters<typeof qualityOf>[0]['series'], ...viewports: ('loading' | 'preview' | 'full' | 'failed')[]) =>
    qualityOf({ series, viewports, opened: viewports.length > 0 }); // prettier-ignore

  test('metadata that is on the way is not diagnostic, whatever else is shown', () => {
    expect(of([coming])).toBe('loading');
    expect(of([there, coming], 'full')).toBe('loading');
  });
  test('images that no viewport has shown yet are not diagnostic', () => {
    expect(of([there])).toBe('loading');
    expect(of([there], 'loading')).toBe('loading');
  });
  test('a preview beside a full picture holds, a failure of either kind is named', () => {
    expect(of([there], 'full', 'preview')).toBe('preview');
    expect(of([there], 'full', 'failed')).toBe('failed');
    expect(of([there, broken], 'full')).toBe('failed');
    expect(of([broken])).toBe('failed');
  });
  test('full pictures, or documents alone, are diagnostic; no series at all is not', () => {
    expect(of([there], 'full', 'full')).toBe('diagnostic');
    expect(of([{ sets: [document], error: null }])).toBe('diagnostic');
    expect(of([])).toBe('none');
  });
  test('of two screens the worse counts', () => {
    expect(worse('diagnostic', 'preview')).toBe('preview');
    expect(worse('unknown', 'failed')).toBe('unknown');
  });
  test('a stated reason stands for the person who stated it only', () => {
    const limits = [{ byId: 'a', by: '甲', at: '', quality: 'failed', reason: 'damaged', note: '' }];
    expect(mustWait('failed', {}, 'a')).toBe(true);
    expect(mustWait('failed', { viewingLimits: limits }, 'a')).toBe(false);
    expect(mustWait('failed', { viewingLimits: limits }, 'b')).toBe(true);
    expect(mustWait('diagnostic', {}, 'b')).toBe(false);
  });
});
