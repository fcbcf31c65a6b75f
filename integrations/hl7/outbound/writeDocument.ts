import { baseUrl } from '../../../server/core/config.ts';
import type { Context } from '../../../server/core/context.ts';
import type { OutSegment } from '../../../server/standards/hl7v2/write.ts';
import type { Endpoint } from './endpoint.ts';

/** The PDF of the report: in the message (ED) or as its address (RP). */
export async function writeDocument(
  ctx: Pick<Context, 'objects' | 'config'>,
  endpoint: Endpoint,
  report: { pdfAddress: string | null; verifyCode: string; orderId: string },
  position: number,
  status: string,
): Promise<OutSegment> {
  const code = ['PDF', '报告', 'L'];
  if (endpoint.pdf === 'RP') {
    const base = baseUrl(ctx.config);
    return [
      'OBX',
      position,
      'RP',
      code,
      undefined,
      [`${base}/api/orders/${report.orderId}/report.pdf`, 'HUB', 'application', 'pdf'],
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      status,
    ];
  }
  const pdf = await ctx.objects.read(report.pdfAddress ?? '');
  return [
    'OBX',
    position,
    'ED',
    code,
    undefined,
    ['HUB', 'application', 'pdf', 'Base64', pdf.toString('base64')],
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    status,
  ];
}
