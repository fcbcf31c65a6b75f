import type { Context } from '../../server/core/context.ts';
import { latinName } from '../../server/core/patient/pinyin.ts';
import { answerHostQuery } from '../../server/lab/hostQuery.ts';
import { encodeRecords, holdsNoSignByte, writeRecord } from '../../server/standards/astm/write.ts';
import { driverOf } from './drivers/index.ts';

const PRIORITY: Record<string, string> = { emergency: 'S', urgent: 'A', routine: 'R' };
const stamp = (at: Date) =>
  new Date(at.getTime() + 8 * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 14);

/** Frames that tell an analyzer what to measure on the tubes it asked for; `L|1|I` when there is nothing. */
export async function answerQuery(
  ctx: Context,
  instrument: { id: string; driver: string; charset: string },
  asked: readonly string[],
): Promise<Buffer[]> {
  const driver = driverOf(instrument.driver);
  const orders = await answerHostQuery(ctx.db, instrument.id, asked.includes('ALL') ? 'ALL' : asked);
  const at = (component: number, value: string): (string | undefined)[] => [
    ...new Array<undefined>(component - 1),
    value,
  ];
  // A name that this analyzer could cut in two is written in pinyin; the tube is known by its barcode, not by the name.
  const legible = (text: string) => (holdsNoSignByte(text, instrument.charset) ? text : latinName(text));
  const records = [
    writeRecord(
      'H',
      undefined,
      undefined,
      'HUB',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      'P',
      'E1394-97',
      stamp(ctx.clock.now()),
    ),
  ];
  for (const [index, order] of orders.entries()) {
    records.push(
      writeRecord(
        'P',
        index + 1,
        undefined,
        undefined,
        order.accessionNumber,
        [legible(order.patientName)],
        undefined,
        order.birthDate?.replace(/-/g, ''),
        order.sex,
      ),
    );
    records.push(
      writeRecord(
        'O',
        1,
        at(driver.orderSpecimenComponent ?? 1, order.barcode),
        undefined,
        { repeat: order.instrumentCodes.map((code) => at(driver.orderCodeComponent ?? 4, code)) },
        PRIORITY[order.priority] ?? 'R',
        undefined,
        order.collectedAt ? stamp(order.collectedAt) : undefined,
        undefined,
        undefined,
        undefined,
        'N',
        undefined,
        undefined,
        undefined,
        legible(order.specimenType),
        ...new Array<undefined>(9),
        'O',
      ),
    );
  }
  // E1394 §13: N normal end, I no information available from the last query.
  records.push(writeRecord('L', 1, orders.length > 0 ? 'N' : 'I'));
  return encodeRecords(records, instrument.charset);
}
