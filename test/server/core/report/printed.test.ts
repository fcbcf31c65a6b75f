import { describe, expect, test } from 'vitest';
import { amendReport } from '../../../../server/core/report/amendReport.ts';
import { produceDocument, type SignedRow } from '../../../../server/core/report/produceDocument.ts';
import { signReport } from '../../../../server/core/report/signReport.ts';
import { loadSigner } from '../../../../server/core/signature/loadSigner.ts';
import { ctx, head, openReaders, orderRow, place, reader, second } from '../county.ts';
import { installed, pages } from '../print/paper.ts';
import { pin, signed, versionsOf, written } from './stages.ts';

openReaders();

/** The words on paper of a version, without blanks. */
async function paperOf(orderId: string, number: number): Promise<string> {
  const row = (await versionsOf(orderId)).find((version) => version.number === number);
  return pages(await ctx.objects.read(row?.pdfAddress ?? ''))
    .join('\n')
    .replace(/[^\S\n]+/g, '');
}
/** The paper of a report as it would be signed now. */
async function printed(orderId: string, more: Partial<SignedRow> = {}): Promise<string> {
  const order = await orderRow(orderId);
  const signer = await loadSigner(ctx, second, pin);
  const pdf = await ctx.db.transaction().execute((trx) =>
    produceDocument(
      ctx,
      trx,
      order,
      {
        number: 1,
        kind: 'final',
        reason: null,
        replacesId: null,
        content: { findings: '所见文字', impression: '意见文字' },
        manifest: {},
        reporterId: reader.id,
        signerId: second.id ?? '',
        signedAt: new Date('2026-11-22T02:32:00Z'),
        recognition: {} as SignedRow['recognition'],
        verifyCode: 'Ab3dEf6hIjKl',
        ...more,
      },
      signer,
    ),
  );
  return pages(pdf)
    .join('\n')
    .replace(/[^\S\n]+/g, '');
}

describe.skipIf(!installed('pdftotext'))('on the paper of a report', () => {
  test('stand who wrote and who verified, each once, with the time of the signature', async () => {
    const id = await signed();
    const { accessionNumber } = await orderRow(id);
    const paper = await paperOf(id, 1);
    for (const words of ['医学影像诊断报告单', '青禾县人民医院影像诊断中心', '检查机构柳河镇卫生院', `检查号${accessionNumber}`, `报告医师${reader.name}`, `审核医师${second.name}`, '双肺纹理清晰', '未见异常'])
      expect(paper, words).toContain(words);
    expect(paper).not.toMatch(/作废|更正|补充报告|身份待核实|取代/);
  }); // prettier-ignore

  test('stands one person alone where he wrote and signed', async () => {
    const rules = (twoPerson: boolean) =>
      ctx.db.updateTable('center').set({ twoPerson }).where('kind', '=', 'imaging').execute();
    await rules(false);
    const id = await written();
    await signReport(ctx, reader, id, { pin });
    await rules(true);
    const paper = await paperOf(id, 1);
    expect(paper).toContain(`报告医师${reader.name}`);
    expect(paper).not.toContain('审核医师');
  });

  test('an addendum stands behind the text, with its writer and time; a correction says what it replaces and why', async () => {
    const id = await signed();
    await amendReport(ctx, second, id, { kind: 'addendum', reason: '补充病史', text: '建议三月后复查', pin });
    await amendReport(ctx, head, id, { kind: 'correction', reason: '左右写反', content: { impression: '右肺结节' }, pin });
    const [added, corrected] = [await paperOf(id, 2), await paperOf(id, 3)];
    expect(added).toContain('本版本(第2版)取代第1版。原因:补充病史');
    expect(added).toMatch(new RegExp(`补充报告20\\d\\d-\\d\\d-\\d\\d\\d\\d:\\d\\d${second.name}[\\s\\S]*建议三月后复查`));
    expect(added.indexOf('未见异常')).toBeLessThan(added.indexOf('建议三月后复查'));
    expect(corrected).toContain('本版本(第3版)取代第2版。原因:左右写反');
    expect(corrected).toContain('右肺结节');
    expect(corrected, 'the addendum stays').toContain('建议三月后复查');
    expect(corrected).not.toContain('未见异常');
    await amendReport(ctx, second, id, { kind: 'void', reason: '他人影像', pin });
    const voided = await paperOf(id, 4);
    expect(voided).toContain('本报告已作废。');
    expect(voided).toContain('原因:他人影像');
  }); // prettier-ignore

  test('a person who is not known for certain is said to be so', async () => {
    const id = await signed();
    await ctx.db.updateTable('orders').set({ provisional: true }).where('id', '=', id).execute();
    expect(await printed(id)).toContain('身份待核实');
    await ctx.db.updateTable('orders').set({ provisional: false }).where('id', '=', id).execute();
    expect(await printed(id)).not.toContain('身份待核实');
    const { patientId } = await orderRow(id);
    await ctx.db.updateTable('patient').set({ identity: 'temporary' }).where('id', '=', patientId!).execute();
    expect(await printed(id)).toContain('身份待核实');
  });

  test.each([
    ['M', '男'],
    ['F', '女'],
    ['O', '其他'],
    ['U', '未知'],
  ] as ['M' | 'F' | 'O' | 'U', string][])(
    'sex %s is %s, and a missing birth date no age',
    async (sex, word) => {
      const id = await signed();
      const { patientId } = await orderRow(id);
      await ctx.db
        .updateTable('patient')
        .set({ sex, birthDate: null })
        .where('id', '=', patientId!)
        .execute();
      const paper = await printed(id);
      expect(paper).toContain(`性别${word}`);
      expect(paper).not.toMatch(/\d岁/);
    },
  );

  test('of a centre without a form of its own stand findings and opinion', async () => {
    const id = await signed();
    const plain = { ...ctx, centers: ctx.centers.filter(({ kind }) => kind !== 'imaging') };
    const signer = await loadSigner(ctx, second, pin);
    const [row] = await versionsOf(id);
    const order = await orderRow(id);
    const pdf = await ctx.db.transaction().execute((trx) =>
      produceDocument(plain, trx, order, { ...row!, content: { findings: '所见文字', impression: '意见文字' }, manifest: {}, recognition: {} as never }, signer),
    );
    const paper = pages(pdf).join('').replace(/\s/g, '');
    expect(paper).toMatch(/检查所见所见文字.*诊断意见意见文字/);
  }); // prettier-ignore

  test('a laboratory has no physicians: who measured and who verified', async () => {
    const { id } = await place({ center: 'lab', items: [{ code: 'CBC' }] });
    const paper = await printed(id, { content: {} });
    expect(paper).toContain('检验报告单');
    expect(paper).toContain(`检验者${reader.name}`);
    expect(paper).toContain(`审核者${second.name}`);
    expect(paper).not.toMatch(/报告医师|审核医师/);
    expect(paper, 'whose result it is: the laboratory that measured').toContain('检查机构青禾县人民医院');
  });
});
