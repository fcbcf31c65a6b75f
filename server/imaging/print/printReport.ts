import type { ReportContent } from '../../core/center.ts';
import type { Context } from '../../core/context.ts';
import type { Order } from '../../core/order/order.ts';
import type { PrintSection } from '../../core/print/sections.ts';
import { viewingLimitsText } from '../viewingLimits.ts';
import { keyImagesOf } from '../reading/keyImages.ts';
import { printedImages } from './printedImages.ts';

const MOST_PRINTED = 6;

/** Findings, conclusion, recommendation, and the key images chosen by the reader. */
export async function printReport(
  ctx: Context,
  order: Order,
  content: ReportContent,
): Promise<PrintSection[]> {
  const text = (key: string) => (typeof content[key] === 'string' ? content[key] : '');
  const chosen = await keyImagesOf(ctx.db, order.id);
  const { printed, failed } = await printedImages(ctx, chosen.slice(0, MOST_PRINTED), content);
  const left = chosen.length - printed.length;
  const limits = viewingLimitsText(content);
  return [
    { type: 'text', label: '检查所见', text: text('findings') },
    { type: 'text', label: '诊断意见', text: text('impression'), strong: true },
    ...(text('recommendation')
      ? [{ type: 'text' as const, label: '建议', text: text('recommendation') }]
      : []),
    ...(limits ? [{ type: 'text' as const, label: '阅片说明', text: limits }] : []),
    ...(printed.length > 0 ? [{ type: 'image' as const, images: printed, heightMm: 62 }] : []),
    ...(left > 0
      ? [
          {
            type: 'text' as const,
            small: true,
            text: `另有 ${left} 幅关键图像请在系统中查看${failed > 0 ? `(其中 ${failed} 幅的编码不能打印)` : ''}。`,
          },
        ]
      : []),
  ];
}
