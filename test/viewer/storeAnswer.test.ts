import { describe, expect, test } from 'vitest';

interface StoreAnswer {
  outcome: string;
  studyUid?: string;
  reason?: string;
  refusal?: { status: number; code: string };
}
const source: string = '../../viewer/src/pages/upload/storeFile.ts';
const { readStoreAnswer } = (await import(source)) as {
  readStoreAnswer(status: number, body: string): StoreAnswer;
};

const item = (more: object) => ({ vr: 'SQ', Value: [more] });
const referenced = (more: object = {}) => ({
  '00081190': { vr: 'UR', Value: ['/dicom-web/studies/1.2.3'] },
  '00081199': item({ '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] }, ...more }),
});
const failed = (reason: number, comment?: string) => ({
  '00081198': item({
    '00081197': { vr: 'US', Value: [reason] },
    ...(comment && { '00000902': { vr: 'LO', Value: [comment] } }),
  }),
});
const read = (status: number, body: object | string) =>
  readStoreAnswer(status, typeof body === 'string' ? body : JSON.stringify(body));

describe('what became of a file (PS3.18 10.5)', () => {
  test('stored, and where', () =>
    expect(read(200, referenced())).toEqual({ outcome: 'stored', studyUid: '1.2.3' }));
  test('stored with a warning waits for a person', () => {
    const warned = referenced({
      '00081196': { vr: 'US', Value: [0xb000] },
      '00000902': { vr: 'LO', Value: ['patient ID differs'] },
    });
    expect(read(202, warned)).toEqual({
      outcome: 'attention',
      studyUid: '1.2.3',
      reason: 'patient ID differs',
    });
    const silent = referenced({ '00081196': { vr: 'US', Value: [0xb000] } });
    expect(read(202, silent)).toMatchObject({ outcome: 'attention', reason: '0xb000' });
  });
  test('refused, in the words of the hub or by the status of the standard', () => {
    expect(read(409, failed(0xa900, 'no pixel data'))).toEqual({
      outcome: 'refused',
      reason: 'no pixel data',
    });
    expect(read(409, failed(0xc000))).toEqual({ outcome: 'refused', reason: '0xc000' });
    expect(read(202, failed(0x0110))).toEqual({ outcome: 'refused', reason: '0x110' });
  });
  test('the whole request refused before any file was looked at', () => {
    const answer = read(413, { type: 'too-large', title: 'Too large', status: 413 });
    expect([answer.outcome, answer.refusal?.status, answer.refusal?.code]).toEqual([
      'refused',
      413,
      'too-large',
    ]);
  });
  test.each(['', '<html>502</html>', '{"00081199":', '[]', '{}'])('an answer %j is not success', (body) => {
    expect(read(502, body)).toEqual({ outcome: 'refused', reason: 'HTTP 502' });
    expect(read(200, body).outcome).not.toBe('stored');
  });
});
