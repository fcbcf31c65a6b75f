import type { Express } from 'express';
import type { Context } from '../context.ts';

const STATE = { valid: '有效 valid', corrected: '已更正 corrected', void: '作废 void' } as const;

/** `/verify/<code>`, the page behind the QR code of a report: issuer, state and hash only, never a name. */
export function verifyRoutes(ctx: Context, app: Express): void {
  app.get('/verify/:code', async (req, res) => {
    const row = await ctx.db
      .selectFrom('signedReport as r')
      .innerJoin('orders as o', 'o.id', 'r.orderId')
      .innerJoin('institution as i', 'i.id', 'o.reportingInstitutionId')
      .select(['r.state', 'r.kind', 'r.signedAt', 'r.pdfSha256', 'i.name as issuer'])
      .where('r.verifyCode', '=', req.params.code.slice(0, 64))
      .executeTakeFirst();
    res.status(row ? 200 : 404).type('html');
    res.setHeader('Cache-Control', 'no-store');
    const lines = row
      ? [
          ['签发机构 Issuer', row.issuer],
          ['状态 State', row.kind === 'void' ? STATE.void : STATE[row.state as keyof typeof STATE]],
          ['签发时间 Signed', row.signedAt.toISOString()],
          ['文件摘要 SHA-256', row.pdfSha256 ?? ''],
        ]
      : [['状态 State', '查无此报告 unknown report']];
    res.end(
      `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>报告核验</title><body style="font:16px/1.6 sans-serif;max-width:40em;margin:3em auto;padding:0 1em"><h1 style="font-size:1.3em">报告核验</h1><dl>${lines.map(([name, value]) => `<dt style="color:#666">${escape(name)}</dt><dd style="margin:0 0 .8em;overflow-wrap:anywhere">${escape(value)}</dd>`).join('')}</dl></body></html>`,
    );
  });
}

const escape = (text: string | undefined): string =>
  (text ?? '').replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
