import type { Center, ManifestEntry, ReportContent, ReportProblem } from '../core/center.ts';
import type { Queryable } from '../core/database.ts';
import type { Order } from '../core/order/order.ts';
import { analyseLongRecording } from './analyseLongRecording.ts';
import { seedEcgDemo, storeDemoDay } from './demo/seedDemo.ts';
import { printReport } from './print/printReport.ts';
import { flagsOf, recordingsOfOrder } from './queries.ts';
import { importRecordingFile } from './importFile.ts';
import { ecgRoutes } from './routes.ts';
import { scanFolders } from './watchFolders.ts';
import type { RecordingHeader } from './describeRecording.ts';

/** The ECG centre: recordings in, measured and read, report with trace out. */
export const ecgCenter: Center = {
  kind: 'ecg',
  routes: ecgRoutes,
  splitRequest: (items) => items.map((item) => [item]),
  manifest,
  checkReport,
  printReport,
  describeOrder,
  jobs: {
    'ecg.analyse': (ctx, payload) => analyseLongRecording(ctx, String(payload.recordingId)),
    'ecg.scan-folders': (ctx) => scanFolders(ctx),
    'ecg.demo-day': (ctx, payload) =>
      storeDemoDay(ctx, String(payload.orderId), String(payload.institutionId)),
  },
  importFile: importRecordingFile,
  seedDemo: seedEcgDemo,
};

/** What a signature covers: the recordings by the SHA-256 of their bytes. */
async function manifest(db: Queryable, orderId: string): Promise<ManifestEntry[]> {
  const rows = await recordingsOfOrder(db, orderId);
  return rows.map((row) => ({
    type: 'ecg-recording',
    id: row.id,
    sha256: row.sha256,
    detail: { format: row.format, samplingRateHz: row.samplingRateHz, leads: row.leadNames },
  }));
}

/** `input` of the case page: recordings of the order, newest first, with open flags counted. */
async function describeOrder(db: Queryable, order: Order): Promise<Record<string, unknown>> {
  const rows = await recordingsOfOrder(db, order.id);
  const recordings = await Promise.all(
    rows.map(async (row) => {
      const header = row.header as unknown as RecordingHeader;
      const flags = await flagsOf(db, row.id);
      return {
        id: row.id,
        format: row.format,
        samplingRateHz: row.samplingRateHz,
        durationMs: row.durationMs,
        leadNames: row.leadNames,
        acquiredAt: row.acquiredDeviceText,
        receivedAt: row.receivedAt,
        device: header.device,
        picture: header.picture ?? null,
        synthetic: row.synthetic,
        how: row.how,
        differences: row.differences,
        openFlags: flags.filter((flag) => flag.state === 'open').length,
        criticalFlags: flags.filter((flag) => flag.tier === 'critical' && flag.state !== 'dismissed').length,
      };
    }),
  );
  return { recordings };
}

/** Faults before signing: nothing said, no recording, undecided critical flags, a patient that differs. */
async function checkReport(db: Queryable, order: Order, content: ReportContent): Promise<ReportProblem[]> {
  const problems: ReportProblem[] = [];
  if (typeof content.impression !== 'string' || content.impression.trim() === '')
    problems.push({ severity: 'stop', code: 'empty-report', message: 'the impression is empty' });
  const rows = await recordingsOfOrder(db, order.id);
  if (rows.length === 0)
    problems.push({ severity: 'ask', code: 'no-recording', message: 'the order has no recording' });
  if (order.provisional)
    problems.push({
      severity: 'ask',
      code: 'identity-unverified',
      message: 'provisional: the identity is not verified',
    });
  for (const row of rows) {
    const differences = Array.isArray(row.differences) ? row.differences : [];
    if (differences.length > 0)
      problems.push({
        severity: 'ask',
        code: 'patient-differs',
        message: 'the patient in the device differs from the order',
      });
    const open = (await flagsOf(db, row.id)).filter(
      (flag) => flag.tier === 'critical' && flag.state === 'open',
    );
    if (open.length > 0)
      problems.push({
        severity: 'ask',
        code: 'open-critical-flags',
        message: `${open.length} critical flags are open`,
        params: { n: open.length },
      });
    if (row.synthetic)
      problems.push({ severity: 'ask', code: 'synthetic', message: 'the recording is synthetic' });
  }
  return problems;
}
