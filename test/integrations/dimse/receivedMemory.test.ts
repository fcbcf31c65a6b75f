import { expect, test } from 'vitest';
import { ReceivedMemory } from '../../../integrations/dimse/receivedMemory.ts';

const chunk = (size: number): Buffer => Buffer.from(new ArrayBuffer(size));

test('chunks are given back, but the last one, which may hold what follows the object', () => {
  const chunks = [chunk(65_536), chunk(65_536), chunk(65_536)];
  const memory = new ReceivedMemory();
  for (const bytes of chunks) {
    memory.add(bytes.subarray(0, 1000));
    memory.add(bytes.subarray(1000));
  }
  memory.release();
  expect(chunks.map(({ length }) => length)).toEqual([0, 0, 65_536]);
});

test('chunks of an object that was spilled are left alone', () => {
  const chunks = Array.from({ length: 80 }, () => chunk(65_536));
  const memory = new ReceivedMemory();
  for (const bytes of chunks) memory.add(bytes);
  memory.release();
  expect(chunks.every(({ length }) => length === 65_536)).toBe(true);
});
