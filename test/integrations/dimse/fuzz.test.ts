import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { messageContext, requestAssociation } from '../../../integrations/dimse/requestor.ts';
import { ProtocolError } from '../../../integrations/dimse/pdu.ts';
import { PduReader } from '../../../integrations/dimse/pduReader.ts';
import { readCommand } from '../../../integrations/dimse/command.ts';
import { echo } from '../../../integrations/dimse/scu/echo.ts';
import { sopClasses } from '../../../server/standards/dicom/index.ts';
import { mutate, seededRandom } from '../../fuzz.ts';
import { associateRequest, dataSetOf, echoRequest, release, storeRequest } from './conversation.ts';
import { dial, startScp } from './scp.ts';

const seed = 20261122;
/** 2,000 by default; FUZZ_CASES=100000 for the long run. */
const cases = Number(process.env['FUZZ_CASES'] ?? 2000);
const stream = Buffer.concat([
  associateRequest(),
  echoRequest(),
  storeRequest('1.2.3', dataSetOf('1.2.3', 300)),
  release,
]);

test(
  `${cases} mutated conversations, seed ${seed}: understood, or refused as a protocol error`,
  { timeout: 3_600_000 },
  () => {
    const random = seededRandom(seed);
    let refused = 0;
    for (let i = 0; i < cases; i++) {
      const bytes = mutate(stream, random);
      const none = (): void => undefined;
      const reader = new PduReader(
        {
          associateRequest: none,
          associateAccept: none,
          associateReject: none,
          releaseRequest: none,
          releaseReply: none,
          abort: none,
          fragment: ({ command, last, bytes: slice }) => void (command && last && readCommand(slice)),
        },
        131_072,
      );
      try {
        const at = Math.floor(random() * bytes.length);
        reader.push(bytes.subarray(0, at));
        reader.push(bytes.subarray(at));
      } catch (error) {
        expect(error, `case ${i}`).toBeInstanceOf(ProtocolError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(cases / 10);
  },
);

test(
  `${cases / 10} of them over real sockets: the listener stands, and another association is not disturbed`,
  { timeout: 3_600_000 },
  async () => {
    const scp = await startScp(
      {},
      // The witness may wait longer than its damaged neighbours take: they end their own half of the line.
      { limits: { artimMs: 300, idleTimeoutMs: 60_000, maxAssociationsPerAddress: 200 } },
    );
    const random = seededRandom(seed + 1);
    const witness = await requestAssociation({
      host: '127.0.0.1',
      port: scp.port,
      callingAe: 'LIUHE',
      calledAe: 'HUB',
      contexts: [messageContext(sopClasses.verification)],
    });
    const one = async (bytes: Buffer): Promise<void> => {
      const { socket, closed } = await dial(scp.port);
      socket.end(bytes);
      await Promise.race([closed, sleep(1000)]);
      socket.destroy();
    };
    for (let i = 0; i < cases / 10; i += 20) {
      await Promise.all(Array.from({ length: 20 }, () => one(mutate(stream, random))));
      expect(await echo(witness)).toBe(0);
    }
    await witness.release();
    await scp.close();
  },
);
