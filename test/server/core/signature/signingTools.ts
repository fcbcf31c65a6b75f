import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import PDFDocument from 'pdfkit';
import { createAuthority } from '../../../../server/core/signature/authority.ts';
import type { Authority, KeySeal } from '../../../../server/core/signature/authority.ts';
import { builtInSigner } from '../../../../server/core/signature/builtInSigner.ts';
import { issueCertificate } from '../../../../server/core/signature/issueCertificate.ts';
import type { PersonCertificate } from '../../../../server/core/signature/issueCertificate.ts';
import { openWithPin } from '../../../../server/core/signature/pinSeal.ts';
import { issueRevocationList } from '../../../../server/core/signature/revocationList.ts';
import type { RevokedCertificate } from '../../../../server/core/signature/revocationList.ts';
import type { Signer } from '../../../../server/core/signature/signer.ts';

/** Keeps keys as they are: the seal itself is tested with the key file of the hub. */
export const openSeal: KeySeal = {
  encrypt: (plain) => `open.${plain}`,
  decrypt: (sealed) => sealed.slice('open.'.length),
};
export const pin = { value: '246810', pepper: randomBytes(32) };
export const signedAt = new Date('2026-11-22T02:32:00Z');

export interface Bench {
  authority: Authority;
  person: PersonCertificate;
  /** A signer whose revocation lists are of `at`. */
  signer(options?: { revoked?: RevokedCertificate[]; at?: Date }): Promise<Signer>;
  list(options?: { revoked?: RevokedCertificate[]; at?: Date }): Promise<Buffer>;
}

/** An authority and one person, made once per test file. */
export async function makeBench(now = new Date('2026-11-01T00:00:00Z')): Promise<Bench> {
  const authority = await createAuthority(openSeal, { organization: '青禾县人民医院', now });
  const person = await issueCertificate(openSeal, authority, pin, {
    id: '01990000-0000-7000-8000-000000000001',
    name: '赵影像',
    organization: '青禾县人民医院',
    now,
  });
  const list: Bench['list'] = ({ revoked = [], at = signedAt } = {}) =>
    issueRevocationList(openSeal, authority, 'issuing', { number: 1, now: at, revoked });
  return {
    authority,
    person,
    list,
    async signer(options = {}) {
      const pkcs8 = await openWithPin(person.sealedKey, pin, '01990000-0000-7000-8000-000000000001');
      const root = await issueRevocationList(openSeal, authority, 'root', { number: 1, now, revoked: [] });
      return builtInSigner(
        pkcs8!,
        [person.certificate, authority.issuingCertificate, authority.rootCertificate],
        [await list(options), root],
      );
    },
  };
}

/** A small PDF with `report.json` inside. */
export function plainPdf(report: unknown = { accessionNumber: 'I20261122001', number: 1 }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pdf = new PDFDocument({ size: 'A4' });
    const chunks: Buffer[] = [];
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
    pdf.text('chest');
    pdf.file(Buffer.from(JSON.stringify(report)), { name: 'report.json', relationship: 'Data' } as never);
    pdf.end();
  });
}

export const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-sign-'));
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

export function write(name: string, bytes: string | Uint8Array): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, bytes);
  return file;
}

/** Runs a peer program; both outputs together. */
export function run(command: string, ...args: string[]): { status: number | null; output: string } {
  const done = spawnSync(command, args, { encoding: 'utf8' });
  return { status: done.status, output: `${done.stdout}${done.stderr}` };
}

/** Whether a peer is installed; tests with peers are skipped by name where it is not. */
export const installed = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args).error === undefined;
