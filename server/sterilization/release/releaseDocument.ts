import { createHash } from 'node:crypto';
import type { Actor } from '../../core/access/actor.ts';
import type { Queryable } from '../../core/database.ts';
import type { PrintSection } from '../../core/print/sections.ts';
import { renderPrintDocument } from '../../core/print/renderPrintDocument.ts';
import { signDetached } from '../../core/signature/signDetached.ts';
import { signPdf } from '../../core/signature/signPdf.ts';
import type { Signer } from '../../core/signature/signer.ts';
import type { CurvePoint } from '../rules/a0.ts';
import { curveSection } from './drawCurve.ts';
import type { Evidence } from './evidence.ts';
import {
  chinaTime,
  INDICATOR_WORDS,
  METHOD_WORDS,
  OUTCOME_WORDS,
  PARAMETER_WORDS,
  RELEASE_WORDS,
} from './words.ts';

interface ReleaseFacts {
  actor: Actor;
  evidence: Evidence;
  kind: string;
  reason: string;
  /** Who agreed to an early release, and signs the record beside the releasing person. */
  approval: { name: string; signer: Signer } | undefined;
  signedAt: Date;
  signer: Signer;
}

/**
 * The load release record: what WS 310.3 asks for per run (date, machine, batch, load, parameters, operator, results) as
 * pages, `load-release.json` attached, PAdES signature of the releasing person over all of it. The approver of an early
 * release signs `load-release.json`; that signature is attached as `approval.p7s` and so covered by the other one.
 */
export async function releaseDocument(
  db: Queryable,
  facts: ReleaseFacts,
): Promise<{ pdf: Buffer; record: string; approvalSha256: string | null }> {
  const { evidence, kind, signedAt } = facts;
  const { load, machine, programme, cycle } = evidence;
  const packs = await db
    .selectFrom('cssdPack')
    .innerJoin('cssdSetType', 'cssdSetType.id', 'cssdPack.setTypeId')
    .innerJoin('institution', 'institution.id', 'cssdPack.ownerInstitutionId')
    .leftJoin('staff', 'staff.id', 'cssdPack.packedBy')
    .select([
      'cssdPack.code',
      'cssdSetType.name as setName',
      'cssdPack.expiresOn',
      'cssdPack.implant',
      'cssdPack.state',
      'institution.shortName as owner',
      'staff.name as packer',
    ])
    .where('cssdPack.loadId', '=', load.id)
    .orderBy('cssdPack.code')
    .execute();
  const operator = await db
    .selectFrom('staff')
    .select('name')
    .where('id', '=', load.startedBy)
    .executeTakeFirst();
  const readers = await db
    .selectFrom('staff')
    .select(['id', 'name'])
    .where('id', 'in', [...evidence.indicators.flatMap((one) => one.readBy ?? []), load.startedBy])
    .execute();
  const issuer = await db
    .selectFrom('institution')
    .select('name')
    .where('id', '=', machine.institutionId)
    .executeTakeFirstOrThrow();
  const released = packs.filter((pack) => pack.state === 'sterilized');
  const record = JSON.stringify({
    load: {
      id: load.id,
      number: load.number,
      machine: machine.code,
      programme: programme.code,
      method: load.method,
      startedAt: load.startedAt,
      endedAt: load.endedAt,
      hasImplant: load.hasImplant,
    },
    cycle: cycle && {
      source: cycle.source,
      parameters: cycle.parameters,
      physicalOutcome: cycle.physicalOutcome,
      findings: cycle.findings,
      printOutId: cycle.printOutId,
    },
    indicators: evidence.indicators.map((one) => ({
      kind: one.kind,
      lot: one.lot,
      outcome: one.outcome,
      control: one.control,
      readAt: one.readAt,
    })),
    packs: packs.map((pack) => ({
      code: pack.code,
      setType: pack.setName,
      expiresOn: pack.expiresOn,
      released: pack.state === 'sterilized',
    })),
    release: {
      kind,
      reason: facts.reason,
      approvedBy: facts.approval?.name ?? null,
      releasedBy: facts.actor.name,
      releasedAt: signedAt,
    },
  });
  const approval = facts.approval && (await signDetached(Buffer.from(record), facts.approval.signer));
  const pdf = await renderPrintDocument({
    title: '灭菌锅次放行记录',
    issuer: `${issuer.name} 消毒供应中心`,
    accessionNumber: load.number,
    numberLabel: '锅次号',
    strip: [
      { label: '灭菌日期', value: load.startedOn, strong: true },
      { label: '灭菌器', value: `${machine.code} ${machine.name}` },
      { label: '锅次', value: String(load.runOfDay), strong: true },
      { label: '锅次号', value: load.number },
      { label: '灭菌方法', value: METHOD_WORDS[load.method] ?? load.method },
      { label: '程序', value: `${programme.code} ${programme.name}` },
      { label: '开始', value: chinaTime(load.startedAt) },
      { label: '结束', value: load.endedAt ? chinaTime(load.endedAt) : '' },
      { label: '操作者', value: operator?.name ?? '' },
      { label: '植入物', value: load.hasImplant ? '有' : '无', strong: load.hasImplant },
      { label: '放行方式', value: RELEASE_WORDS[kind] ?? kind, strong: true },
      { label: '放行数量', value: `${released.length} 包` },
    ],
    notices:
      kind === 'early-implant'
        ? [
            `植入物紧急提前放行:生物监测结果未出,第五类化学指示物合格。原因:${facts.reason}。批准人:${facts.approval?.name ?? ''}。生物监测结果出来后通知使用部门。`,
          ]
        : [],
    sections: sections(facts, packs, readers),
    signers: [
      { role: '灭菌操作', name: operator?.name ?? '' },
      ...(facts.approval
        ? [{ role: '批准提前放行', name: facts.approval.name, at: chinaTime(signedAt) }]
        : []),
      { role: '放行', name: facts.actor.name, at: chinaTime(signedAt) },
    ],
    footnote: '电子签名为经身份认证的签署者所加的完整性封签。灭菌质量记录保存期不少于 3 年。',
    createdAt: signedAt,
    attachments: [
      {
        name: 'load-release.json',
        type: 'application/json',
        description: 'load release data',
        bytes: Buffer.from(record),
      },
      ...(approval
        ? [
            {
              name: 'approval.p7s',
              type: 'application/pkcs7-signature',
              description: 'signature of the approver over load-release.json',
              bytes: approval,
            },
          ]
        : []),
    ],
  });
  return {
    pdf: await signPdf(pdf, facts.signer, { signedAt, reason: '灭菌锅次放行', location: issuer.name }),
    record,
    approvalSha256: approval ? createHash('sha256').update(approval).digest('hex') : null,
  };
}

interface PackLine {
  code: string;
  setName: string;
  expiresOn: string | null;
  implant: boolean;
  state: string;
  owner: string;
  packer: string | null;
}

function sections(
  { evidence }: ReleaseFacts,
  packs: PackLine[],
  readers: { id: string; name: string }[],
): PrintSection[] {
  const { cycle, programme } = evidence;
  const parameters = (cycle?.parameters ?? {}) as Record<string, unknown>;
  const curve = (cycle?.curve ?? []) as unknown as CurvePoint[];
  const low = programme.setTemperatureC;
  return [
    { type: 'heading', text: '物理监测' },
    {
      type: 'fields',
      columns: 4,
      fields: [
        { label: '结果', value: OUTCOME_WORDS[cycle?.physicalOutcome ?? ''] ?? '', strong: true },
        ...Object.entries(PARAMETER_WORDS).flatMap(([name, [label, unit]]) =>
          typeof parameters[name] === 'number'
            ? [{ label, value: `${String(parameters[name])} ${unit}`.trim() }]
            : [],
        ),
        ...(low === null ? [] : [{ label: '温度限值', value: `${low}–${low + programme.bandC} ℃` }]),
        ...(programme.minHoldS === null ? [] : [{ label: '时间限值', value: `≥ ${programme.minHoldS} s` }]),
      ],
    },
    ...(curve.length > 1
      ? [curveSection(curve, { lowC: low, highC: low === null ? null : low + programme.bandC })]
      : []),
    { type: 'heading', text: '化学与生物监测' },
    {
      type: 'table',
      columns: [
        { title: '项目', width: 3 },
        { title: '批号', width: 2 },
        { title: '结果', width: 2 },
        { title: '对照', width: 2 },
        { title: '判读', width: 3 },
      ],
      rows: evidence.indicators.map((one) => ({
        cells: [
          INDICATOR_WORDS[one.kind] ?? one.kind,
          one.lot,
          {
            text: OUTCOME_WORDS[one.outcome] ?? one.outcome,
            strong: true,
            ...(one.outcome === 'fail' && { color: 'red' as const }),
          },
          one.control === 'growth' ? '生长' : one.control === 'no-growth' ? '不生长' : '',
          one.readAt
            ? `${chinaTime(one.readAt)} ${readers.find((reader) => reader.id === one.readBy)?.name ?? ''}`
            : '',
        ],
      })),
    },
    { type: 'heading', text: `装载清单(${packs.length})` },
    {
      type: 'table',
      columns: [
        { title: '包编码', width: 3 },
        { title: '包名称', width: 4 },
        { title: '所属', width: 2 },
        { title: '包装者', width: 2 },
        { title: '有效期至', width: 2 },
        { title: '放行', width: 1 },
      ],
      rows: packs.map((pack) => ({
        cells: [
          pack.code,
          pack.implant ? `${pack.setName}(植入物)` : pack.setName,
          pack.owner,
          pack.packer ?? '',
          pack.expiresOn ?? '',
          pack.state === 'sterilized' ? '是' : { text: '否', color: 'red' as const },
        ],
      })),
    },
  ];
}
