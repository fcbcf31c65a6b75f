import { actorOfStaff } from '../../../server/core/access/actorOfStaff.ts';
import { dismissInstrumentResult } from '../../../server/lab/instrument/resolveInstrumentResult.ts';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import iconv from 'iconv-lite';
import { Processor } from '../../../integrations/hl7/inbound/processor.ts';
import { startHl7, type Hl7Server } from '../../../integrations/hl7/start.ts';
import { seedCatalogue } from '../../../server/lab/demo/seedCatalogue.ts';
import { frameMessage } from '../../../server/standards/hl7v2/frame.ts';
import { segment, segmentsOf, text } from '../../../server/standards/hl7v2/parse.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { code, nextControl, orm, Peer, said } from './helpers.ts';

let context: TestContext;
let hl7: Hl7Server;
let peer: Peer;
beforeAll(async () => {
  context = await createContext({ county: true });
  const lead = await context.ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'QHRM')
    .executeTakeFirstOrThrow();
  await context.ctx.db.transaction().execute((trx) => seedCatalogue(trx, lead.id));
  hl7 = await startHl7(context.ctx, { deliver: false });
  peer = await Peer.connect(hl7.port);
});
afterAll(async () => {
  peer?.close();
  await hl7?.close();
  await context?.close();
});
const orders = (placer: string) =>
  context.ctx.db.selectFrom('orders').selectAll().where('placerOrderNumber', '=', placer).execute();
const stored = (control: string) =>
  context.ctx.db
    .selectFrom('hl7Message')
    .selectAll()
    .where('controlId', '=', control)
    .orderBy('id')
    .execute();

describe('orders', () => {
  test('NW makes an order through the core; the answer is ORR with our number', async () => {
    const answer = await peer.ask(orm({ placer: 'A1', items: ['CBC'], priority: 'S' }));
    expect(code(answer), said(answer)).toBe('AA');
    expect([text(answer.header, 9), text(answer.header, 9, 2)]).toEqual(['ORR', 'O02']);
    const [order] = await orders('A1');
    expect(order).toMatchObject({
      centerKind: 'lab',
      priority: 'emergency',
      status: 'requested',
      patientName: '王珅',
    });
    expect([text(segment(answer, 'ORC'), 1), text(segment(answer, 'ORC'), 3)]).toEqual([
      'OK',
      order!.accessionNumber,
    ]);
    const [message] = await stored(text(segment(answer, 'MSA'), 2) ?? '');
    expect(message).toMatchObject({
      state: 'accepted',
      answerCode: 'AA',
      accessionNumbers: [order!.accessionNumber],
      placerNumbers: ['A1'],
    });
    expect(message!.raw!.toString('latin1')).not.toContain('PID'); // kept encrypted
  });

  test('every centre, OML too; several items of one placer number', async () => {
    for (const [n, item] of ['DR-CHEST', 'ECG-12', 'HISTO'].entries())
      expect(
        code(
          await peer.ask(
            orm({ placer: `C${n}`, items: [item], type: n === 0 ? 'OML^O21^OML_O21' : 'ORM^O01' }),
          ),
        ),
      ).toBe('AA');
    expect(code(await peer.ask(orm({ placer: 'C9', items: ['CBC', 'BMP'] })))).toBe('AA');
    expect((await orders('C9')).map((order) => order.itemName)).toHaveLength(2);
  });

  test('names whose GBK bytes look like delimiters come through in GB18030 both ways', async () => {
    const sent = orm({ placer: 'G1', patient: '昞玘' }).replace('UNICODE UTF-8', 'GB18030');
    const answer = await peer.ask(iconv.encode(sent, 'gb18030'));
    expect(code(answer)).toBe('AA');
    expect(answer.charset === 'gb18030' || answer.charset === 'us-ascii').toBe(true);
    expect((await orders('G1'))[0]?.patientName).toBe('昞玘');
  });

  test('XO changes priority, CA withdraws, both name what is wrong when they cannot', async () => {
    await peer.ask(orm({ placer: 'X1', items: ['CBC'] }));
    const changed = await peer.ask(orm({ placer: 'X1', order: 'XO', items: ['CBC'], priority: 'A' }));
    expect([code(changed), text(segment(changed, 'ORC'), 1)]).toEqual(['AA', 'XR']);
    expect((await orders('X1'))[0]?.priority).toBe('urgent');
    expect(code(await peer.ask(orm({ placer: 'X1', order: 'XO', items: [], priority: 'S' })))).toBe('AA');
    expect((await orders('X1'))[0]?.priority).toBe('emergency');
    expect(said(await peer.ask(orm({ placer: 'X1', order: 'XO', items: ['ECG-12'] })))).toMatch(/^OBR-4/);
    const cancelled = await peer.ask(orm({ placer: 'X1', order: 'CA', items: [] }));
    expect([code(cancelled), text(segment(cancelled, 'ORC'), 1)]).toEqual(['AA', 'CR']);
    expect((await orders('X1'))[0]?.status).toBe('cancelled');
    const unknown = await peer.ask(orm({ placer: 'NOPE', order: 'CA', items: [] }));
    expect([code(unknown), said(unknown)]).toEqual(['AE', expect.stringMatching(/^ORC-2/)]);
  });

  test('XO takes items off and puts others on, for every centre, until they are in work', async () => {
    for (const [placer, before, after] of [
      ['XI1', ['CBC', 'LFT'], ['LFT', 'TNI']],
      ['XI2', ['DR-CHEST'], ['CT-CHEST']],
      ['XI3', ['ECG-12'], ['ECG-24H']],
      ['XI4', ['HISTO-SMALL'], ['HISTO']],
    ] as const) {
      expect(code(await peer.ask(orm({ placer, items: [...before] })))).toBe('AA');
      const answer = await peer.ask(orm({ placer, order: 'XO', items: [...after] }));
      expect(code(answer), said(answer)).toBe('AA');
      const standing = (await orders(placer)).filter((order) => order.status !== 'cancelled');
      const items = await context.ctx.db
        .selectFrom('orderItem')
        .select('code')
        .where(
          'orderId',
          'in',
          standing.map((order) => order.id),
        )
        .execute();
      expect(items.map((item) => item.code).sort(), placer).toEqual([...after].sort());
      expect(new Set((await orders(placer)).map((order) => order.requestId)).size, placer).toBe(1);
    }
    const [ecg] = (await orders('XI3')).filter((order) => order.status !== 'cancelled');
    await context.ctx.db
      .updateTable('orders')
      .set({ status: 'acquired' })
      .where('id', '=', ecg!.id)
      .execute();
    const late = await peer.ask(orm({ placer: 'XI3', order: 'XO', items: ['ECG-12'] }));
    expect([code(late), said(late)]).toEqual(['AE', expect.stringMatching(/^OBR-4: ECG-24H is in work/)]);
  });

  test('an ID card that contradicts PID-7 or PID-8 is refused naming PID-7', async () => {
    const card = '110101198005069992'.slice(0, 17);
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const valid =
      card + '10X98765432'[[...card].reduce((sum, digit, i) => sum + Number(digit) * weights[i]!, 0) % 11];
    const wrongBirth = await peer.ask(
      orm({ placer: 'I1', pid3: `${valid}^^^^NNCHN`, birth: '19810506', sex: 'M' }),
    );
    expect([code(wrongBirth), said(wrongBirth)]).toEqual(['AE', expect.stringContaining('PID-7')]);
    const wrongSex = await peer.ask(
      orm({ placer: 'I2', pid3: `${valid}^^^^NNCHN`, birth: '19800506', sex: 'F' }),
    );
    expect([code(wrongSex), said(wrongSex)]).toEqual(['AE', expect.stringContaining('PID-7')]);
    expect(await orders('I1')).toEqual([]);
    expect(
      code(await peer.ask(orm({ placer: 'I3', pid3: `${valid}^^^^NNCHN`, birth: '19800506', sex: 'M' }))),
    ).toBe('AA');
  });

  test.each([
    ['no patient identifier', orm({ placer: 'B1', pid3: '' }), 'AE', /^PID-3/],
    ['a birth date that does not exist', orm({ placer: 'B2', birth: '19800231' }), 'AE', /^PID-7/],
    ['an unknown sex', orm({ placer: 'B3', sex: 'Z' }), 'AE', /^PID-8/],
    ['no placer number', orm({ placer: '' }), 'AE', /^ORC-2/],
    ['no item code', orm({ placer: 'B4', items: [''] }), 'AE', /^OBR-4/],
    ['an unknown order control', orm({ placer: 'B5', order: 'QQ' }), 'AE', /^ORC-1/],
    ['an unsupported type', orm({ placer: 'B6', type: 'SIU^S12' }), 'AR', /^MSH-9/],
    [
      'OBX without order',
      `MSH|^~\\&|HIS|LIUHE|HUB||2026||ORU^R01|OBX1|P|2.4\rPID|1||1^^^^MR||王||19800101|M\rOBX|1|NM|K||4\r`,
      'AE',
      /^OBR-4/,
    ],
  ])('%s is answered naming segment and field', async (_name, message, expected, place) => {
    const answer = await peer.ask(message);
    expect([code(answer), said(answer)]).toEqual([expected, expect.stringMatching(place)]);
    const err = segment(answer, 'ERR');
    expect(`${text(err, 1, 1)}-${text(err, 1, 3)}`).toMatch(place);
  });

  test('a code never seen is held, mapped by a person once, and the order appears', async () => {
    const { mapHeldMessage } = await import('../../../integrations/hl7/inbound/mapHeldMessage.ts');
    const control = nextControl();
    const answer = await peer.ask(orm({ placer: 'H1', items: ['血常规-自编'], control }));
    expect([code(answer), said(answer)]).toEqual(['AA', expect.stringMatching(/^OBR-4.*held/)]);
    expect(await orders('H1')).toEqual([]);
    const [held] = await stored(control);
    expect(held?.state).toBe('held');
    const head = await context.ctx.db
      .selectFrom('staff')
      .select(['id', 'name', 'institutionId'])
      .where('username', '=', 'registrar1')
      .executeTakeFirstOrThrow();
    const roles = await context.ctx.db
      .selectFrom('staffRole')
      .select(['role', 'institutionId', 'centerKind'])
      .where('staffId', '=', head.id)
      .execute();
    const done = await mapHeldMessage(
      context.ctx,
      {
        kind: 'staff',
        id: head.id,
        name: head.name,
        institutionId: head.institutionId,
        roles: roles as never,
        verbs: [],
      },
      held!.id,
      [{ senderCode: '血常规-自编', itemCode: 'CBC' }],
    );
    expect(done.state).toBe('accepted');
    expect(await orders('H1')).toHaveLength(1);
    expect(code(await peer.ask(orm({ placer: 'H2', items: ['血常规-自编'] })))).toBe('AA');
    expect(await orders('H2')).toHaveLength(1);
  });

  test('an order that waits for its codes can be withdrawn; a change waits behind it', async () => {
    const { mapHeldMessage } = await import('../../../integrations/hl7/inbound/mapHeldMessage.ts');
    const control = nextControl();
    await peer.ask(orm({ placer: 'HW1', items: ['自编-二'], control }));
    const withdrawn = await peer.ask(orm({ placer: 'HW1', items: ['自编-二'], order: 'CA' }));
    expect(code(withdrawn), said(withdrawn)).toBe('AA');
    expect((await stored(control)).map((row) => row.state)).toEqual(['resolved']);

    const waiting = nextControl();
    await peer.ask(orm({ placer: 'HW2', items: ['自编-二'], control: waiting }));
    const change = nextControl();
    const answer = await peer.ask(
      orm({ placer: 'HW2', items: ['自编-二'], order: 'XO', priority: 'S', control: change }),
    );
    expect([code(answer), said(answer)]).toEqual(['AA', expect.stringMatching(/^ORC-2.*waits behind/)]);
    expect(await orders('HW2')).toEqual([]);
    const [held] = await stored(waiting);
    const registrar = await context.ctx.db
      .selectFrom('staff')
      .select(['id', 'name', 'institutionId'])
      .where('username', '=', 'registrar1')
      .executeTakeFirstOrThrow();
    const roles = await context.ctx.db
      .selectFrom('staffRole')
      .select(['role', 'institutionId', 'centerKind'])
      .where('staffId', '=', registrar.id)
      .execute();
    await mapHeldMessage(
      context.ctx,
      { kind: 'staff', ...registrar, roles: roles as never, verbs: [] },
      held!.id,
      [{ senderCode: '自编-二', itemCode: 'CBC' }],
    );
    expect((await stored(change)).map((row) => row.state)).toEqual(['accepted']);
    expect((await orders('HW2')).map((order) => order.priority)).toEqual(['emergency']);
    expect(await orders('HW1')).toEqual([]);
  });
});

describe('the engine', () => {
  test('a retransmission gets the stored answer and nothing is stored twice', async () => {
    const message = orm({ placer: 'R1', control: 'REPLAY-1' });
    const first = await peer.ask(message);
    const again = await peer.ask(message);
    expect(again.text).toBe(first.text);
    expect([(await orders('R1')).length, (await stored('REPLAY-1')).length]).toEqual([1, 1]);
    expect((await stored('REPLAY-1'))[0]?.replays).toBe(1);
  });

  test('a control id used for other bytes is answered AR, kept and flagged', async () => {
    await peer.ask(orm({ placer: 'R2', control: 'REUSED' }));
    const answer = await peer.ask(orm({ placer: 'R3', control: 'REUSED' }));
    expect([code(answer), said(answer)]).toEqual(['AR', expect.stringMatching(/^MSH-10/)]);
    expect((await stored('REUSED')).map((row) => row.state)).toEqual(['accepted', 'conflict']);
    expect(await orders('R3')).toEqual([]);
  });

  test('an unknown sender is rejected, noted with its attempts, and taken after a person admitted it', async () => {
    const message = orm({ placer: 'U1', control: 'UNKNOWN-1', sender: 'NEWHIS|SHAHE' });
    const answer = await peer.ask(message);
    expect([code(answer), said(answer)]).toEqual([
      'AR',
      expect.stringMatching(/^MSH-3.*NEWHIS\|SHAHE.*not admitted/),
    ]);
    await peer.ask(message);
    const device = await context.ctx.db
      .selectFrom('device')
      .selectAll()
      .where('hl7Sender', '=', 'NEWHIS|SHAHE')
      .executeTakeFirstOrThrow();
    expect(device).toMatchObject({ state: 'unknown', institutionId: null });
    const site = await context.ctx.db
      .selectFrom('institution')
      .select('id')
      .where('kind', '=', 'township')
      .orderBy('code', 'desc')
      .executeTakeFirstOrThrow();
    await context.ctx.db
      .updateTable('device')
      .set({ state: 'admitted', institutionId: site.id })
      .where('id', '=', device.id)
      .execute();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(code(await peer.ask(message))).toBe('AA');
    expect(await orders('U1')).toHaveLength(1);
  });

  test('two messages in one chunk, split anywhere, are answered in order', async () => {
    const controls = [nextControl(), nextControl(), nextControl()];
    const bytes = Buffer.concat(
      controls.map((control, n) =>
        frameMessage(
          Buffer.from(orm({ placer: `P${control}`, control, items: [n === 1 ? 'NOTHING' : 'CBC'] })),
        ),
      ),
    );
    for (let at = 0; at < bytes.length; at += 97) peer.write(bytes.subarray(at, at + 97));
    const answers = [];
    for (let n = 0; n < 3; n++) answers.push((await peer.next())!.toString());
    expect(answers.map((answer, n) => answer.includes(controls[n]!))).toEqual([true, true, true]);
  });

  test('enhanced mode: commit answer first, application answer follows; NE stays silent', async () => {
    const control = nextControl();
    peer.write(frameMessage(Buffer.from(orm({ placer: `E${control}`, control, msh: 'AL|AL' }))));
    const first = (await peer.next())!.toString();
    const second = (await peer.next())!.toString();
    expect([/MSA\|(..)/.exec(first)![1], /MSA\|(..)/.exec(second)![1]].sort()).toEqual(['AA', 'CA']);
    const quiet = nextControl();
    peer.write(frameMessage(Buffer.from(orm({ placer: `E${quiet}`, control: quiet, msh: 'NE|NE' }))));
    await expect.poll(() => orders(`E${quiet}`).then((rows) => rows.length), { timeout: 120_000 }).toBe(1);
  });

  test('messages of one patient keep their order even from many connections', async () => {
    const peers = await Promise.all([1, 2, 3].map(() => Peer.connect(hl7.port)));
    const pid3 = 'FIFO1^^^LIUHE^MR';
    const placers = Array.from({ length: 9 }, (_, n) => `F${n}`);
    await Promise.all(
      placers.map((placer, n) => peers[n % 3]!.ask(orm({ placer, pid3, patient: '同一人' }))),
    );
    const made = await context.ctx.db
      .selectFrom('orders')
      .select('patientId')
      .distinct()
      .where('placerOrderNumber', 'in', placers)
      .execute();
    expect(made).toHaveLength(1);
    peers.forEach((one) => one.close());
  });

  test('5 MB of Base64 in an OBX is taken as an external final result with its document', async () => {
    const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(3_900_000, 'x')]);
    const message = `MSH|^~\\&|HIS|LIUHE|HUB||2026||ORU^R01|BIG1|P|2.4\rPID|1||9^^^^MR||赵玘||19800101|M\rOBR|1||EXT-1|CBC^血常规|||20261120080000|||||||||||||||20261120100000|||F\rOBX|1|NM|WBC^白细胞||6.1|10^9/L|3.5-9.5|N|||F\rOBX|2|ED|PDF||^application^pdf^Base64^${pdf.toString('base64')}||||||F\r`;
    expect(message.length).toBeGreaterThan(5_000_000);
    const answer = await peer.ask(message);
    expect(code(answer), said(answer)).toBe('AA');
    const row = await context.ctx.db
      .selectFrom('externalResult')
      .selectAll()
      .where('orderNumber', '=', 'EXT-1')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ itemCode: 'CBC', status: 'final', documentType: 'application/pdf' });
    expect((await context.ctx.objects.read(row.documentAddress!)).equals(pdf)).toBe(true);
  });

  test('ADT makes and corrects patients of its own numbers, A40 proposes a link', async () => {
    const adt = (event: string, id: string, name: string, tail = '') =>
      `MSH|^~\\&|HIS|LIUHE|HUB||2026||ADT^${event}|${nextControl()}|P|2.4\rEVN|${event}\rPID|1||${id}^^^LIUHE^MR||${name}||19700101|F\r${tail}`;
    expect(code(await peer.ask(adt('A04', 'ADT1', '钱一')))).toBe('AA');
    expect(code(await peer.ask(adt('A08', 'ADT1', '钱一一')))).toBe('AA');
    expect(
      await context.ctx.db.selectFrom('patient').select('name').where('name', '=', '钱一一').execute(),
    ).toHaveLength(1);
    expect(code(await peer.ask(adt('A01', 'ADT2', '钱二')))).toBe('AA');
    expect(said(await peer.ask(adt('A40', 'ADT1', '钱一一')))).toMatch(/^MRG-1/);
    const linked = await peer.ask(adt('A40', 'ADT1', '钱一一', 'MRG|ADT2^^^LIUHE^MR\r'));
    expect([code(linked), said(linked)]).toEqual(['AA', 'link proposed']);
  });

  const folder = '../shared/fixtures/hl7';
  test.skipIf(!existsSync(folder))(
    'the public sample messages are accepted or answered naming segment and field',
    async () => {
      for (const file of readdirSync(folder)) {
        const bytes = readFileSync(`${folder}/${file}`);
        const strange = await peer.ask(bytes);
        expect([file, code(strange), said(strange)]).toEqual([file, 'AR', expect.stringMatching(/^MSH-3/)]);
        // The same from an admitted sender.
        const renamed = Buffer.from(
          bytes.toString('latin1').replace(/^(MSH.[^|]*\|)[^|]*\|[^|]*\|/, '$1HIS|LIUHE|'),
          'latin1',
        );
        const answer = await peer.ask(renamed);
        const place = /^[A-Z0-9]{3}-\d+: /;
        if (code(answer) !== 'AA' && code(answer) !== 'CA')
          expect([file, said(answer)]).toEqual([file, expect.stringMatching(place)]);
      }
    },
  );
});

test('results of an analyzer by HL7 reach the bench, GB18030 names and all', async () => {
  const order = await peer.ask(orm({ placer: 'AN1', items: ['BMP'] }));
  const [made] = await orders('AN1');
  expect(code(order)).toBe('AA');
  const [tube] = await context.ctx.db
    .selectFrom('labContainer')
    .selectAll()
    .where('orderId', '=', made!.id)
    .execute();
  const oru = (control: string, value: string) =>
    `MSH|^~\\&|BS-2800M|MINDRAY|HUB||2026||ORU^R01|${control}|P|2.3.1||||0||ASCII\rPID|1\rOBR|1||${tube!.barcode}|MINDRAY^BS-2800M\rOBX|1|NM|K||${value}|mmol/L|3.5-5.3|N|||F\rOBX|2|NM|XYZ||1|U/L||N|||F\r`;
  const early = await peer.ask(oru('AN-1', '4.1'));
  expect([code(early), said(early)]).toEqual(['AA', expect.stringContaining('not received yet')]);
  await context.ctx.db
    .updateTable('labContainer')
    .set({ state: 'accepted', collectedAt: new Date(), receivedAt: new Date() })
    .where('id', '=', tube!.id)
    .execute();
  await context.ctx.db
    .updateTable('labOrderTest')
    .set({ state: 'received' })
    .where('orderId', '=', made!.id)
    .execute();
  expect(code(await peer.ask(oru('AN-2', '4.23')))).toBe('AA');
  // As the machine writes it: the barcode in OBR-2, its own running number in OBR-3, the kind of result in MSH-16.
  const machine = (control: string, kind: string, value: string) =>
    `MSH|^~\\&|BS-2800M|MINDRAY|||2026||ORU^R01|${control}|P|2.3.1||||${kind}||UTF-8\rPID|1\rOBR|1|${tube!.barcode}|1|MINDRAY^BS-2800M\rOBX|1|NM|NA||${value}|mmol/L|||||F\rNTE|1||溶血 2+\r`;
  expect(said(await peer.ask(machine('AN-3', '1', '99')))).toMatch(/^calibration/);
  expect(code(await peer.ask(machine('AN-4', '0', '141')))).toBe('AA');
  const result = await context.ctx.db
    .selectFrom('labResult')
    .select(['testCode', 'valueNumber', 'source', 'interference'])
    .where('orderId', '=', made!.id)
    .orderBy('testCode')
    .execute();
  expect(result).toEqual([
    { testCode: 'K', valueNumber: 4.23, source: 'hl7', interference: null },
    { testCode: 'NA', valueNumber: 141, source: 'hl7', interference: '溶血 2+' },
  ]);
  const open = await context.ctx.db
    .selectFrom('labInstrumentResult')
    .select(['id', 'instrumentCode', 'state'])
    .where('state', '<>', 'applied')
    .execute();
  expect(open).toContainEqual(expect.objectContaining({ instrumentCode: 'XYZ', state: 'unknown-code' }));
  // A message is held as long as one of its values waits.
  const stateOf = async (control: string) =>
    (
      await context.ctx.db
        .selectFrom('hl7Message')
        .select('state')
        .where('controlId', '=', control)
        .where('direction', '=', 'in')
        .executeTakeFirstOrThrow()
    ).state;
  expect(await stateOf('AN-2')).toBe('held');
  // Processed again, it waits for the same person: nothing of it was decided.
  const again = await context.ctx.db
    .updateTable('hl7Message')
    .set({ state: 'received', answer: null, answerCode: null, processedAt: null })
    .where('controlId', '=', 'AN-2')
    .returning('id')
    .executeTakeFirstOrThrow();
  await new Processor(context.ctx).process(again.id);
  expect(await stateOf('AN-2')).toBe('held');
  const technician = await actorOfStaff(context.ctx.db, 'lab1');
  for (const row of open) await dismissInstrumentResult(context.ctx, technician!, row.id, '非临床项目');
  expect(await stateOf('AN-2')).toBe('accepted');
  expect(segmentsOf(early, 'ERR')).toEqual([]);
});
