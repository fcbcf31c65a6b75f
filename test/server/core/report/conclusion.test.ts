import { expect, test } from 'vitest';
import { saveReport } from '../../../../server/core/report/saveReport.ts';
import { signReport } from '../../../../server/core/report/signReport.ts';
import { ctx, openReaders, orderRow, second } from '../county.ts';
import { content, pin, submitted } from './stages.ts';

openReaders();

const show = (preliminaryVisible: boolean) =>
  ctx.db.updateTable('center').set({ preliminaryVisible }).where('kind', '=', 'imaging').execute();
const noticesOf = (orderId: string) =>
  ctx.db
    .selectFrom('notification')
    .select(['institutionId', 'staffId', 'kind', 'body'])
    .where('orderId', '=', orderId)
    .where('kind', '=', 'report.conclusion-changed')
    .execute();

test.each([
  [true, { impression: '右肺结节' }, 1],
  [true, { positive: true }, 1],
  [true, { findings: '双肺纹理增多' }, 0],
  [true, { impression: ' 未见异常 \n' }, 0],
  [true, {}, 0],
  [false, { impression: '右肺结节' }, 0],
])(
  'where preliminary reports are shown (%s) and the verifier changes %j, the site is told %i times',
  async (visible, change, times) => {
    await show(visible);
    const id = await submitted();
    await saveReport(ctx, second, id, 1, { ...content, ...change });
    expect(await noticesOf(id), 'not before it is final').toEqual([]);
    await signReport(ctx, second, id, { pin });
    await show(false);
    const { requestingInstitutionId, accessionNumber } = await orderRow(id);
    expect(await noticesOf(id)).toEqual(
      Array.from({ length: times }, () => ({
        institutionId: requestingInstitutionId,
        staffId: null,
        kind: 'report.conclusion-changed',
        body: { accessionNumber },
      })),
    );
  },
);
