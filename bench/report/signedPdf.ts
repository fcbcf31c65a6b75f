import { randomBytes } from 'node:crypto';
import { renderReportPdf } from '../../server/core/print/renderReportPdf.ts';
import type { ReportDocument } from '../../server/core/print/document.ts';
import { createAuthority } from '../../server/core/signature/authority.ts';
import { builtInSigner } from '../../server/core/signature/builtInSigner.ts';
import { issueCertificate } from '../../server/core/signature/issueCertificate.ts';
import { openWithPin } from '../../server/core/signature/pinSeal.ts';
import { issueRevocationList } from '../../server/core/signature/revocationList.ts';
import { signPdf } from '../../server/core/signature/signPdf.ts';
import { verifyPdf } from '../../server/core/signature/verifyPdf.ts';
import type { Bench, BenchRow } from '../bench.ts';
import { percentile } from '../helpers/percentile.ts';

const command = 'npm run bench -- --only report.pdf';
const limitMs = 50;
const runs = 60;

/** One page of an imaging report: laid out, `report.json` attached, signed with chain and revocation lists. */
export const signedPdf: Bench = {
  name: 'report.pdf',
  about: 'one signed page of a report, without PIN and database',
  async run() {
    const now = new Date();
    const seal = { encrypt: (plain: string) => plain, decrypt: (sealed: string) => sealed };
    const pin = { value: '246810', pepper: randomBytes(32) };
    const authority = await createAuthority(seal, { organization: '青禾县人民医院', now });
    const person = await issueCertificate(seal, authority, pin, {
      id: 'staff',
      name: '赵影像',
      organization: '青禾县人民医院',
      now,
    });
    const list = (issuer: 'issuing' | 'root') =>
      issueRevocationList(seal, authority, issuer, { number: 1, now, revoked: [] });
    const openings: number[] = [];
    let key: Buffer | undefined;
    for (let run = 0; run < 7; run += 1) {
      const started = performance.now();
      key = await openWithPin(person.sealedKey, pin, 'staff');
      openings.push(performance.now() - started);
    }
    if (!key) throw new Error('the PIN did not open the key');
    const chain = [person.certificate, authority.issuingCertificate, authority.rootCertificate];
    const signer = builtInSigner(key, chain, [await list('issuing'), await list('root')]);
    const times: number[] = [];
    let signed: Buffer = Buffer.alloc(0);
    for (let run = 0; run < runs + 10; run += 1) {
      const started = performance.now();
      signed = await signPdf(await renderReportPdf(page(run, now)), signer, { signedAt: now });
      if (run >= 10) times.push(performance.now() - started);
    }
    if (!verifyPdf(signed, { trustedRoots: [authority.rootCertificate] }).valid)
      throw new Error('the signature is not valid');
    return [
      row('report.pdf', percentile(times, 50), [Math.min(...times), Math.max(...times)]),
      row('report.pin', percentile(openings, 50), [Math.min(...openings), Math.max(...openings)]),
    ];
  },
};

function row(name: string, value: number, spread: [number, number]): BenchRow {
  const limit = name === 'report.pin' ? 250 : limitMs;
  return {
    name,
    value,
    unit: 'ms',
    spread,
    ratio: limit / value,
    target: `≤ ${limit} ms`,
    pass: value <= limit,
    command,
  };
}

function page(run: number, createdAt: Date): ReportDocument {
  return {
    title: '医学影像诊断报告单',
    issuer: '青禾县人民医院 影像诊断中心',
    performer: '柳河镇卫生院',
    patientName: '陈玘',
    accessionNumber: `I${String(run).padStart(9, '0')}`,
    recognitionMark: '县HR',
    strip: [
      '姓名 陈玘',
      '性别 男',
      '年龄 57岁',
      '检查号 I2026',
      '申请机构 柳河镇卫生院',
      '检查项目 胸部正位 DR',
    ].map((text) => {
      const [label = '', value = ''] = text.split(' ');
      return { label, value };
    }),
    sections: [
      {
        type: 'text',
        label: '检查所见',
        text: '胸廓对称,纵隔居中。双肺纹理增多,右肺下野见斑片状密度增高影,边缘模糊。心影大小、形态正常,双膈面光整,肋膈角锐利。'.repeat(
          3,
        ),
      },
      { type: 'text', label: '诊断意见', text: '右肺下叶炎症可能,建议治疗后复查。', strong: true },
    ],
    signers: [
      { role: '报告医师', name: '赵影像' },
      { role: '审核医师', name: '钱审核', at: '2026-11-22 10:32' },
    ],
    verification: { url: `https://hub.example.cn/verify/code${run}`, code: `code${run}` },
    footnote: '本报告仅对本次检查负责。',
    createdAt,
    report: { run },
  };
}
