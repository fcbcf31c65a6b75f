import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { X509Certificate } from 'node:crypto';
import { rootCertificateFile } from '../core/signature/heldAuthority.ts';
import { verifyPdf } from '../core/signature/verifyPdf.ts';
import type { PdfVerdict } from '../core/signature/verifyPdf.ts';

export const verifyUsage = 'verify <report.pdf>… [--root <root.pem>] [--crl <list.crl>] [--json]';

/**
 * `hub verify`: judges signed reports at their signing time, without a running hub. Trusted is the root certificate
 * that the hub keeps beside its data, or the one given. Answers the exit code: 0 when every file is valid.
 */
export async function verify(
  args: string[],
  environment: Record<string, string | undefined> = process.env,
  print: (line: string) => void = console.log,
): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      root: { type: 'string', multiple: true },
      crl: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0) throw new Error(`Usage: hub ${verifyUsage}`);
  const trust = {
    trustedRoots: trustedRoots(values.root, environment.DATA_DIR ?? './data'),
    revocationLists: (values.crl ?? []).map((file) => readFile(file, 'revocation list')),
  };
  const verdicts = positionals.map((file) => ({ file, ...verifyPdf(readFile(file, 'report'), trust) }));
  if (values.json) print(JSON.stringify(verdicts.length === 1 ? verdicts[0] : verdicts, null, 2));
  else for (const line of verdicts.flatMap(describe)) print(line);
  return verdicts.every((verdict) => verdict.valid) ? 0 : 1;
}

function trustedRoots(given: string[] | undefined, dataDir: string): Uint8Array[] {
  const kept = rootCertificateFile(path.resolve(dataDir));
  const files = given ?? (fs.existsSync(kept) ? [kept] : []);
  return files.map((file) => {
    try {
      return new X509Certificate(readFile(file, 'root certificate')).raw;
    } catch (cause) {
      throw new Error(`${file} is not a certificate (PEM or DER)`, { cause });
    }
  });
}

function readFile(file: string, what: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (cause) {
    throw new Error(`Cannot read the ${what} ${file}`, { cause });
  }
}

function describe(verdict: PdfVerdict & { file: string }): string[] {
  const { signer, signedAt } = verdict;
  const report = verdict.report as { accessionNumber?: unknown; number?: unknown } | undefined;
  return [
    `${verdict.file}: ${verdict.valid ? 'valid' : 'NOT VALID'}`,
    ...verdict.faults.map((fault) => `  ${fault.code}: ${fault.detail}`),
    ...(signer
      ? [
          `  signed by     ${[signer.name, signer.organization].filter((part) => part).join(', ')}`,
          `  signed at     ${signedAt?.toISOString() ?? ''}${signer.timeStamped ? '' : ' (time of the hub)'}`,
          `  certificate   ${signer.certificate}`,
          `  root          ${signer.root}`,
        ]
      : []),
    ...(report
      ? [`  report        ${String(report.accessionNumber ?? '')} version ${String(report.number ?? '')}`]
      : []),
    `  SHA-256       ${verdict.sha256}`,
  ];
}
