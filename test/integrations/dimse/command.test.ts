import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command } from '../../../integrations/dimse/command.ts';
import { commandFields, isResponse, readCommand, writeCommand } from '../../../integrations/dimse/command.ts';
import { ProtocolError } from '../../../integrations/dimse/pdu.ts';

const uid = fc.constantFrom('1.2.840.10008.1.1', '1.2.3', '2.25.99');
const us = fc.integer({ min: 0, max: 0xffff });
const command = fc.record(
  {
    commandField: us,
    hasDataSet: fc.boolean(),
    affectedSopClassUid: uid,
    affectedSopInstanceUid: uid,
    messageId: us,
    messageIdBeingRespondedTo: us,
    status: us,
    priority: us,
    errorComment: fc.constantFrom('kept for a person', 'odd'),
    moveDestination: fc.constantFrom('LIUHE', 'HUB1'),
    numberOfRemainingSuboperations: us,
  },
  { requiredKeys: ['commandField', 'hasDataSet'] },
) as fc.Arbitrary<Command>;

test('a command set reads back as it was written', () => {
  fc.assert(
    fc.property(command, (value) => {
      expect(readCommand(writeCommand(value))).toEqual(value);
    }),
    { numRuns: 300 },
  );
});

test('group length counts what follows, values have even length', () => {
  const bytes = writeCommand({
    commandField: commandFields.cEchoRq,
    affectedSopClassUid: '1.2.840.10008.1.1',
    messageId: 1,
    hasDataSet: false,
  });
  expect(bytes.readUInt32LE(8)).toBe(bytes.length - 12);
  expect(bytes.length % 2).toBe(0);
  expect(isResponse(readCommand(bytes))).toBe(false);
});

test('an error comment is cut to 64 ASCII characters', () => {
  const { errorComment } = readCommand(
    writeCommand({ commandField: 0x8001, errorComment: `张三\\${'x'.repeat(100)}`, hasDataSet: false }),
  );
  expect(errorComment).toBe(`???${'x'.repeat(61)}`);
});

test('cut or foreign bytes are a protocol error', () => {
  const bytes = writeCommand({ commandField: 1, hasDataSet: true, messageId: 7 });
  for (let end = 0; end < bytes.length; end++)
    expect(() => readCommand(bytes.subarray(0, end))).toThrow(ProtocolError);
  expect(() => readCommand(Buffer.alloc(40, 0x41))).toThrow(ProtocolError);
});
