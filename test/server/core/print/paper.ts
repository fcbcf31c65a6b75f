import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { PrintDocument, ReportDocument } from '../../../../server/core/print/document.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-print-'));
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

export const installed = (command: string): boolean => spawnSync(command, ['-v']).error === undefined;

/** Runs a poppler tool on a PDF and answers what it writes. */
export function tool(command: string, pdf: Buffer, ...args: string[]): string {
  const file = path.join(folder, 'document.pdf');
  fs.writeFileSync(file, pdf);
  const done = spawnSync(
    command,
    [...args.map((arg) => (arg === '-' ? arg : arg)), file, ...(command === 'pdftotext' ? ['-'] : [])],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  return done.stdout;
}

/** Text page by page. */
export const pages = (pdf: Buffer): string[] => tool('pdftotext', pdf, '-layout').split('\f').slice(0, -1);

export const document = (more: Partial<PrintDocument> = {}): PrintDocument => ({
  title: '医学影像诊断报告单',
  issuer: '青禾县人民医院 影像诊断中心',
  performer: '柳河镇卫生院',
  patientName: '陈玘',
  accessionNumber: 'I20261122001',
  strip: [
    { label: '姓名', value: '陈玘', strong: true },
    { label: '性别', value: '男' },
    { label: '年龄', value: '57 岁' },
    { label: '检查项目', value: '胸部正位 DR' },
  ],
  sections: [{ type: 'text', label: '诊断意见', text: '右肺下叶炎症可能。' }],
  signers: [
    { role: '报告医师', name: '赵影像', at: '2026-11-22 10:20' },
    { role: '审核医师', name: '钱审核', at: '2026-11-22 10:32' },
  ],
  verification: { url: 'https://hub.example.cn/verify/Ab3dEf6hIjKl', code: 'Ab3dEf6hIjKl' },
  createdAt: new Date('2026-11-22T02:32:00Z'),
  ...more,
});

export const report = (more: Partial<ReportDocument> = {}): ReportDocument => {
  const plain = document();
  return {
    ...plain,
    patientName: '陈玘',
    accessionNumber: 'I20261122001',
    signers: plain.signers ?? [],
    report: { accessionNumber: 'I20261122001' },
    ...more,
  };
};
