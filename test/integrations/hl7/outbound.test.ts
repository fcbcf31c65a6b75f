import net from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliverDue } from '../../../integrations/hl7/outbound/deliver.ts';
import { queueReport } from '../../../integrations/hl7/outbound/queueReport.ts';
import { readMessage } from '../../../integrations/hl7/browser/readMessage.ts';
import { resendMessage } from '../../../integrations/hl7/browser/resendMessage.ts';
import { alarms } from '../../../integrations/hl7/browser/alarms.ts';
import type { MllpClient } from '../../../integrations/hl7/outbound/client.ts';
import { actorOfStaff } from '../../../server/core/access/actorOfStaff.ts';
import { frameMessage, MllpDecoder } from '../../../server/standards/hl7v2/frame.ts';
import {
  parseMessage,
  segment,
  segmentsOf,
  text,
  type Hl7Message,
} from '../../../server/standards/hl7v2/parse.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';

/** A township's HIS that hears results and answers as told. */
class Hospital {
  readonly heard: Hl7Message[] = [];
  answer: (message: Hl7Message) => string | undefined = () => 'AA';
  private readonly server = net.createServer((socket) => {
    const decoder = new MllpDecoder();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const event of decoder.push(chunk)) {
        if (event.kind !== 'frame') continue;
        const message = parseMessage(event.bytes);
        this.heard.push(message);
        const code = this.answer(message);
        if (code === undefined) socket.destroy();
        else
          socket.write(
            frameMessage(
              Buffer.from(
                `MSH|^~\\&|HIS|LIUHE|HUB||2026||ACK|1|P|2.4\rMSA|${code}|${text(message.header, 10)}|${code === 'AE' ? 'no such patient' : ''}\r`,
              ),
            ),
          );
      }
    });
  });
  listen(): Promise<number> {
    return new Promise((resolve) =>
      this.server.listen(0, '127.0.0.1', () => resolve((this.server.address() as net.AddressInfo).port)),
    );
  }
  close(): void {
    this.server.close();
  }
}

let context: TestContext;
const hospital = new Hospital();
const clients = new Map<string, { client: MllpClient; key: string }>();
const quiet = { sent: () => undefined };
beforeAll(async () => {
  context = await createContext({ county: true });
  const { ctx } = context;
  const site = await ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'LIUHE')
    .executeTakeFirstOrThrow();
  await ctx.db
    .insertInto('hl7Endpoint')
    .values({
      institutionId: site.id,
      host: '127.0.0.1',
      port: await hospital.listen(),
      receivingFacility: 'LIUHE',
      charset: 'gb18030',
      version: '2.4',
      ackTimeoutSeconds: 2,
      quirks: JSON.stringify({ charsetName: 'GBK' }),
    })
    .execute();
});
afterAll(async () => {
  for (const { client } of clients.values()) client.close();
  hospital.close();
  await context?.close();
});

let serial = 0;
async function signedReport(content: Record<string, unknown>, kind = 'final') {
  const { ctx } = context;
  serial++;
  const site = await ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'LIUHE')
    .executeTakeFirstOrThrow();
  const lead = await ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'QHRM')
    .executeTakeFirstOrThrow();
  const signer = await ctx.db
    .selectFrom('staff')
    .select('id')
    .where('username', '=', 'lab2')
    .executeTakeFirstOrThrow();
  const patient = await ctx.db
    .insertInto('patient')
    .values({ name: '珅玘昞', sex: 'M', birthDate: '1980-05-06' })
    .returning('id')
    .executeTakeFirstOrThrow();
  await ctx.db
    .insertInto('patientIdentifier')
    .values({
      patientId: patient.id,
      type: 'mrn',
      issuerId: site.id,
      valueEncrypted: ctx.keys.encrypt(`LH${serial}`),
      valueHash: `h${serial}`,
      valueMasked: '***',
    })
    .execute();
  const request = await ctx.db
    .insertInto('request')
    .values({
      patientId: patient.id,
      requestingInstitutionId: site.id,
      source: 'hl7',
      placerOrderNumber: `PL${serial}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const order = await ctx.db
    .insertInto('orders')
    .values({
      requestId: request.id,
      centerKind: 'lab',
      accessionNumber: `L26TEST${serial}`,
      placerOrderNumber: `PL${serial}`,
      patientId: patient.id,
      patientName: '珅玘昞',
      itemName: '血常规',
      itemClass: 'hematology',
      requestingInstitutionId: site.id,
      performingInstitutionId: site.id,
      reportingInstitutionId: lead.id,
      priority: 'routine',
      status: 'final',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await ctx.db
    .insertInto('orderItem')
    .values({ orderId: order.id, code: 'CBC', name: '血细胞分析(五分类)' })
    .execute();
  const pdf = await ctx.objects.put(Buffer.from(`%PDF-1.7 report ${serial}`));
  const signed = await ctx.db
    .insertInto('signedReport')
    .values({
      orderId: order.id,
      number: 1,
      kind,
      content: JSON.stringify(content),
      manifest: '{}',
      signerId: signer.id,
      signedAt: new Date(),
      pdfAddress: pdf.address,
      pdfSha256: pdf.address,
      verifyCode: `v${serial}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  expect(await queueReport(ctx.db, signed.id)).toBe(true);
  expect(await queueReport(ctx.db, signed.id)).toBe(false);
  return { orderId: order.id, accessionNumber: `L26TEST${serial}`, placer: `PL${serial}` };
}
const outbox = async (orderId: string) =>
  context.ctx.db
    .selectFrom('outbox')
    .selectAll()
    .where('orderingKey', '=', orderId)
    .executeTakeFirstOrThrow();
const message = async (orderId: string) =>
  context.ctx.db
    .selectFrom('hl7Message')
    .selectAll()
    .where('orderingKey', '=', orderId)
    .executeTakeFirstOrThrow();
const round = () => deliverDue(context.ctx, quiet, clients);

test('ORU^R01 carries placer, accession, a line per result and the PDF, in the charset of the profile', async () => {
  const report = await signedReport({
    results: [
      {
        code: 'WBC',
        name: '白细胞计数',
        value: '12.30',
        unit: '10^9/L',
        range: '3.50～9.50',
        flag: 'H',
        numeric: true,
        loinc: '6690-2',
      },
      { code: 'NOTE', name: '备注', value: 'A|B^C', numeric: false },
    ],
  });
  expect(await round()).toBe(1);
  const oru = hospital.heard.at(-1)!;
  expect(oru.charset).toBe('gb18030');
  expect(text(oru.header, 18)).toBe('GBK');
  expect(text(segment(oru, 'PID'), 5)).toBe('珅玘昞');
  expect([text(segment(oru, 'PID'), 3), text(segment(oru, 'PID'), 3, 5)]).toEqual(['LH1', 'MR']);
  const obr = segment(oru, 'OBR');
  expect([text(obr, 2), text(obr, 3), text(obr, 4), text(obr, 25), text(obr, 32, 2)]).toEqual([
    'PL1',
    report.accessionNumber,
    'CBC',
    'F',
    expect.any(String),
  ]);
  const [wbc, note, pdf] = segmentsOf(oru, 'OBX');
  expect([text(wbc, 2), text(wbc, 3), text(wbc, 5), text(wbc, 6), text(wbc, 7), text(wbc, 8)]).toEqual([
    'NM',
    'WBC',
    '12.30',
    '10*9/L',
    '3.50-9.50',
    'H',
  ]);
  expect(text(note, 5)).toBe('A|B^C');
  expect(Buffer.from(text(pdf, 5, 5)!, 'base64').toString()).toBe('%PDF-1.7 report 1');
  expect([(await outbox(report.orderId)).state, (await message(report.orderId)).state]).toEqual([
    'sent',
    'acknowledged',
  ]);
});

test('an order without a placer number names none: an empty field, not the sign to delete it', async () => {
  const report = await signedReport({ results: [] });
  await context.ctx.db
    .updateTable('orders')
    .set({ placerOrderNumber: null })
    .where('id', '=', report.orderId)
    .execute();
  await round();
  expect(hospital.heard.at(-1)!.text).toContain(`ORC|RE||${report.accessionNumber}`);
  expect(hospital.heard.at(-1)!.text).not.toContain('|""');
});

test('in a corrected report only the changed lines are corrections; a note behind them tells the old value and why', async () => {
  const line = (code: string, value: string, corrected?: { from: string; reason: string }) => ({
    code,
    name: code,
    value,
    numeric: true,
    ...(corrected && { corrected }),
  });
  await signedReport(
    {
      results: [
        line('K', '4.10'),
        line('GLU', '5.25', { from: '7.25', reason: '标本编号录入错误|^' }),
        line('NA', '141'),
      ],
    },
    'correction',
  );
  expect(await round()).toBe(1);
  const oru = hospital.heard.at(-1)!;
  expect(text(segment(oru, 'OBR'), 25)).toBe('C');
  const from = oru.segments.findIndex((one) => one.id === 'OBX');
  expect(
    oru.segments
      .slice(from)
      .map((one) =>
        one.id === 'OBX' ? [text(one, 3), text(one, 11)] : [one.id, text(one, 2), text(one, 3)],
      ),
  ).toEqual([
    ['K', 'F'],
    ['GLU', 'C'],
    ['NTE', 'L', '原结果 7.25,更正原因:标本编号录入错误|^'],
    ['NA', 'F'],
    ['PDF', 'C'],
  ]);
});

test('what a culture grew goes out as notes with its susceptibilities; a preliminary one is P', async () => {
  const culture = (more: object) => ({
    code: 'BCULT',
    name: '血培养',
    value: '检出大肠埃希菌',
    numeric: false,
    organisms: [
      {
        name: '大肠埃希菌',
        susceptibilities: [
          { drug: '头孢曲松', category: 'R' },
          { drug: '亚胺培南', category: 'S' },
        ],
      },
    ],
    ...more,
  });
  await signedReport({ results: [culture({}), culture({ code: 'UCULT', preliminary: true })] });
  expect(await round()).toBe(1);
  const { segments } = hospital.heard.at(-1)!;
  expect(
    segments
      .filter((one) => ['OBX', 'NTE'].includes(one.id) && text(one, 3) !== 'PDF')
      .map((one) => (one.id === 'OBX' ? text(one, 11) : text(one, 3))),
  ).toEqual(['F', '大肠埃希菌(头孢曲松 R、亚胺培南 S)', 'P', '大肠埃希菌(头孢曲松 R、亚胺培南 S)']);
});

test('AR is tried again with backoff, AE is a dead letter, a person resends with a reason', async () => {
  const report = await signedReport({ findings: '未见异常', impression: '正常' });
  hospital.answer = () => 'AR';
  await round();
  expect(await outbox(report.orderId)).toMatchObject({ state: 'waiting', attempts: 1 });
  expect(await round()).toBe(0); // not before its time
  await context.ctx.db
    .updateTable('outbox')
    .set({ nextAt: new Date(0) })
    .where('orderingKey', '=', report.orderId)
    .execute();
  hospital.answer = () => 'AE';
  await round();
  expect(await outbox(report.orderId)).toMatchObject({
    state: 'dead',
    lastError: expect.stringContaining('no such patient'),
  });
  const heard = hospital.heard.length;
  hospital.answer = () => 'AA';
  const admin = await actorOfStaff(context.ctx.db, 'admin1');
  const row = await message(report.orderId);
  await resendMessage(context.ctx, admin, row.id, '患者已在 HIS 建档');
  await round();
  expect([(await outbox(report.orderId)).state, hospital.heard.length]).toEqual(['sent', heard + 1]);
  expect(hospital.heard.at(-1)!.text).toBe(hospital.heard.at(-2)!.text); // the same bytes
  const shown = await readMessage(context.ctx, row.id);
  expect(shown.raw).toContain('珅玘昞');
  expect(shown.decoded.segments.map((one) => one.id)).toContain('OBX');
  expect(shown.timeline.map((one) => one.kind)).toContain('resent');
});

test('what was sent and not answered is ambiguous: it waits for a person and holds the order behind it', async () => {
  const report = await signedReport({ findings: 'x', impression: 'y' });
  hospital.answer = () => undefined;
  await round();
  hospital.answer = () => 'AA';
  expect([(await outbox(report.orderId)).state, (await message(report.orderId)).state]).toEqual([
    'ambiguous',
    'ambiguous',
  ]);
  const heard = hospital.heard.length;
  for (let n = 0; n < 3; n++) await round();
  expect(hospital.heard.length).toBe(heard);
  expect((await alarms(context.ctx.db, new Date())).stuck).toContainEqual(
    expect.objectContaining({ state: 'ambiguous', direction: 'out' }),
  );
});

test('a peer that is not there costs retries, nothing else', async () => {
  await context.ctx.db.updateTable('hl7Endpoint').set({ port: 1 }).execute();
  const report = await signedReport({ findings: 'x', impression: 'y' });
  await round();
  expect(await outbox(report.orderId)).toMatchObject({
    state: 'waiting',
    attempts: 1,
    lastError: expect.stringContaining('ECONNREFUSED'),
  });
});
