import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { acknowledgeReport } from '../../../../server/core/report/acknowledgeReport.ts';
import { amendReport } from '../../../../server/core/report/amendReport.ts';
import { lastShown, lastSigned } from '../../../../server/core/report/readReport.ts';
import { canonicalJson } from '../../../../server/core/report/reportContent.ts';
import { saveReport } from '../../../../server/core/report/saveReport.ts';
import { signReport } from '../../../../server/core/report/signReport.ts';
import { findProblems, rejectReport, submitReport } from '../../../../server/core/report/submitReport.ts';
import { readAttachment } from '../../../../server/core/signature/pdf/readAttachment.ts';
import { readPdf } from '../../../../server/core/signature/pdf/readPdf.ts';
import { auditOf, county, ctx, doctor, openReaders, orderRow, reader, refused, second } from '../county.ts';
import { content, pin, received, signed, stateOf, submitted, versionsOf } from './stages.ts';

openReaders();

describe('a signature freezes', () => {
  test('content, inputs, time and file: each can be proved from the other', async () => {
    const id = await signed();
    const [row] = await versionsOf(id);
    const manifest = row!.manifest as { contentSha256: string; inputs: unknown[] };
    expect(row!.content).toEqual(content);
    expect(manifest.contentSha256).toBe(createHash('sha256').update(canonicalJson(content)).digest('hex'));
    expect(row!.signedAt.getMilliseconds(), 'a certificate counts whole seconds').toBe(0);
    const pdf = await ctx.objects.read(row!.pdfAddress!);
    expect(createHash('sha256').update(pdf).digest('hex')).toBe(row!.pdfSha256);
    const inside = JSON.parse(readAttachment(readPdf(pdf), 'report.json')!.toString('utf8')) as Record<string, unknown>;
    const { accessionNumber } = await orderRow(id);
    expect(inside).toMatchObject({
      orderId: id,
      accessionNumber,
      center: 'imaging',
      number: 1,
      kind: 'final',
      content,
      manifest,
      verifyCode: row!.verifyCode,
      signer: second.name,
      reporter: reader.name,
      issuer: '青禾县人民医院',
    });
    expect(await auditOf(id)).toContainEqual(
      expect.objectContaining({
        action: 'report.signature',
        detail: expect.objectContaining({ number: 1, contentSha256: manifest.contentSha256, pdfSha256: row!.pdfSha256 }) as unknown,
      }),
    );
  }); // prettier-ignore

  test('and sends the result on its way, once', async () => {
    const id = await signed();
    const [row] = await versionsOf(id);
    const jobs = await ctx.db.selectFrom('job').select('payload').where('kind', '=', 'report.deliver').execute();
    expect(jobs.filter(({ payload }) => JSON.stringify(payload).includes(row!.id))).toHaveLength(1);
  }); // prettier-ignore

  test('nothing where the store is away; with the store back the same person signs it', async () => {
    const id = await submitted();
    const before = await stateOf(id);
    const folder = path.join(ctx.config.dataDir, 'objects');
    fs.renameSync(folder, `${folder}.away`);
    try {
      expect(await refused(signReport(ctx, second, id, { pin }))).toBe('503 unavailable');
    } finally {
      fs.renameSync(`${folder}.away`, folder);
    }
    expect(await stateOf(id)).toEqual(before);
    expect((await auditOf(id)).map(({ action }) => action)).not.toContain('report.signature');
    expect((await signReport(ctx, second, id, { pin })).status).toBe('final');
  });

  test('in a database that refuses to change or delete it afterwards', async () => {
    const id = await signed();
    const [row] = await versionsOf(id);
    for (const change of [
      { content: '{}' },
      { signedAt: new Date(0) },
      { signerId: reader.id! },
      { pdfAddress: null },
    ])
      await expect(
        ctx.db.updateTable('signedReport').set(change).where('id', '=', row!.id).execute(),
      ).rejects.toThrow('neither changed nor deleted');
    await expect(ctx.db.deleteFrom('signedReport').where('id', '=', row!.id).execute()).rejects.toThrow();
    expect((await versionsOf(id))[0]).toEqual(row);
  });
});

describe('the case of who signs', () => {
  test('is his from then on, and the clock of the reading ends with the signature', async () => {
    const id = await submitted();
    county.clock.advance(2);
    const order = await signReport(ctx, second, id, { pin });
    expect(order).toMatchObject({ claimedBy: second.id, receiving: false, positive: false });
    expect(Math.abs(order.finalAt!.getTime() - ctx.clock.now().getTime())).toBeLessThan(60_000);
  });

  test('a rejected report goes to its writer even where another had it open', async () => {
    const id = await submitted();
    await saveReport(ctx, second, id, 1, { ...content, impression: '改' });
    await rejectReport(ctx, second, id, '重写');
    const order = await orderRow(id);
    expect(order).toMatchObject({ status: 'claimed', claimedBy: reader.id, claimOpenedAt: null });
    expect(await refused(saveReport(ctx, second, id, 2, content))).toBe('409 claimed-by-other');
    await saveReport(ctx, reader, id, 2, content);
  });
});

describe('a report and the critical value of its case say the same', () => {
  const problems = async (id: string, critical: boolean) =>
    (await findProblems(ctx, ctx.db, await orderRow(id), { ...content, critical })).map(
      ({ severity, code }) => `${severity} ${code}`,
    );
  const raise = (orderId: string, more: { state?: string; tier?: string } = {}) =>
    ctx.db
      .insertInto('criticalValue')
      .values({ orderId, finding: '张力性气胸', foundAt: ctx.clock.now(), foundBy: reader.id, ...more })
      .execute();

  test('a mark without a notice is asked about, a notice without a mark as well; neither stops', async () => {
    const id = await received();
    expect(await problems(id, false)).toEqual([]);
    expect(await problems(id, true)).toEqual(['ask critical-not-raised']);
    await raise(id);
    expect(await problems(id, true)).toEqual([]);
    expect(await problems(id, false)).toEqual(['ask critical-stands']);
    await saveReport(ctx, reader, id, 0, content);
    await submitReport(ctx, reader, id, 1);
    expect((await signReport(ctx, second, id, { pin })).status).toBe('final');
  });

  test('one that was withdrawn, or is no critical one, does not stand', async () => {
    const id = await received();
    await raise(id, { state: 'withdrawn' });
    await raise(id, { tier: 'significant' });
    expect(await problems(id, false)).toEqual([]);
    expect(await problems(id, true)).toEqual(['ask critical-not-raised']);
  });
});

describe('the version to show', () => {
  test('is the report; a partial one only until there is a report', async () => {
    const id = await signed();
    const [final] = await versionsOf(id);
    const { id: _, ...rest } = final!;
    await ctx.db
      .insertInto('signedReport')
      .values({
        ...rest,
        number: 2,
        kind: 'partial',
        verifyCode: 'partial-later',
        content: JSON.stringify(rest.content),
        manifest: JSON.stringify(rest.manifest),
        recognition: JSON.stringify(rest.recognition),
      })
      .execute();
    expect((await lastSigned(ctx.db, id))?.number).toBe(1);
    expect((await lastShown(ctx.db, id))?.number).toBe(1);
    const waiting = await received();
    expect(await lastShown(ctx.db, waiting)).toBeUndefined();
    await ctx.db
      .insertInto('signedReport')
      .values({
        ...rest,
        orderId: waiting,
        number: 1,
        kind: 'partial',
        verifyCode: 'partial-first',
        content: JSON.stringify(rest.content),
        manifest: JSON.stringify(rest.manifest),
        recognition: JSON.stringify(rest.recognition),
      })
      .execute();
    expect(await lastSigned(ctx.db, waiting)).toBeUndefined();
    expect((await lastShown(ctx.db, waiting))?.kind).toBe('partial');
    expect(await refused(acknowledgeReport(ctx, doctor, waiting, {}))).toBe('409 not-final');
    expect(await refused(amendReport(ctx, second, waiting, { kind: 'void', reason: 'x', pin }))).toBe(
      '409 not-final',
    );
  });
});
