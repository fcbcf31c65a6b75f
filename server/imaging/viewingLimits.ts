import { z } from 'zod';
import type { ReportContent } from '../core/center.ts';

const REASONS = {
  line: '线路中断,影像未能下载',
  damaged: '影像文件不能解码',
  elsewhere: '已在其他工作站或胶片上阅片',
  other: '其他',
} as const;

const stated = z.array(
  z.looseObject({
    by: z.string().max(100),
    reason: z.enum(Object.keys(REASONS) as [keyof typeof REASONS]),
    note: z.string().max(200).optional(),
  }),
);

/** Why readers reported although the hub had not shown them every image at diagnostic quality; empty where nobody said so. */
export function viewingLimitsText(content: ReportContent): string {
  const limits = stated.safeParse(content.viewingLimits);
  if (!limits.success || limits.data.length === 0) return '';
  const said = limits.data.map(
    ({ by, reason, note }) => `${by}:${REASONS[reason]}${note ? `(${note})` : ''}`,
  );
  return `影像未全部以诊断级显示。${said.join(';')}`;
}
