import type { ReportDocument } from './document.ts';
import { renderPrintDocument } from './renderPrintDocument.ts';

/**
 * The pages of a report as PDF, `report.json` attached (relationship Data), ready for `signPdf`.
 * Throws when an image of it cannot be read.
 */
export function renderReportPdf(input: ReportDocument): Promise<Buffer> {
  const { report, ...document } = input;
  const bytes = Buffer.from(JSON.stringify(report, null, 1));
  return renderPrintDocument({
    ...document,
    attachments: [{ name: 'report.json', type: 'application/json', description: 'report data', bytes }],
  });
}
