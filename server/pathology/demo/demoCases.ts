import type { RequestInput } from '../../core/order/requestInput.ts';
import type { SyntheticSlide } from '../synthetic/makeSlide.ts';

/** One invented case: what the township wrote, how far the laboratory has come. Times in minutes before the start. */
export interface DemoCase {
  patient: { name: string; sex: 'M' | 'F'; birthDate: string; sequence: string };
  code: 'HISTO' | 'HISTO-SMALL' | 'FROZEN' | 'CYTO';
  priority: RequestInput['priority'];
  clinicalInfo: string;
  /** `fixed`: minutes before now at which fixation began */
  specimens: (Record<string, unknown> & { fixed?: number })[];
  requested: number;
  /** minutes before now of each step that has happened */
  received?: number;
  rejected?: { at: number; reasons: string[] };
  gross?: {
    at: number;
    description: string;
    blocks: { specimen: string; tissue: string; pieces?: number }[];
  };
  glassAt?: number;
  smears?: { at: number; stain: string };
  stains?: { at: number; kind: 'ihc' | 'special'; block: string; stains: string[] };
  slides?: { stain: string; slide: Omit<SyntheticSlide, 'label' | 'barcode'>; now?: boolean }[];
  report?: { at: number; content: Record<string, unknown>; sign?: boolean };
}

const stomachValues = {
  procedure: 'distal',
  location: 'antrum',
  sizeCm: 4.5,
  histology: 'tubular',
  lauren: 'intestinal',
  grade: 'G2',
  invasion: 'T3',
  lymphovascular: 'present',
  perineural: 'absent',
  margins: 'negative',
  nodesExamined: 21,
  nodesPositive: 4,
  metastasis: 'M0',
  her2: '1',
  mmr: 'pMMR',
};
const day = 1_440;

export const demoCases: DemoCase[] = [
  {
    patient: { name: '合成·钱守仁', sex: 'M', birthDate: '1958-03-12', sequence: '311' },
    code: 'HISTO',
    priority: 'routine',
    clinicalInfo: '上腹隐痛 3 个月，胃镜示胃窦溃疡型肿物，行远端胃癌根治术。',
    specimens: [
      {
        site: '胃窦',
        laterality: 'none',
        procedure: '远端胃切除',
        fixative: '10% 中性福尔马林',
        coldIschaemiaMinutes: 25,
      },
      { site: '第 6 组淋巴结', laterality: 'none' },
    ],
    requested: 5 * day,
    received: 5 * day - 180,
    gross: {
      at: 5 * day - 300,
      description:
        '远端胃切除标本一件，大弯长 18 cm，小弯长 11 cm。距下切缘 4 cm 胃窦小弯侧见一溃疡型肿物，4.5 cm × 3 cm × 1.2 cm，切面灰白、质硬，侵达浆膜下。另送淋巴结组织一堆，检出淋巴结 21 枚。',
      blocks: [
        { specimen: 'A', tissue: '肿物最深浸润处' },
        { specimen: 'A', tissue: '肿物与黏膜交界' },
        { specimen: 'A', tissue: '上切缘' },
        { specimen: 'A', tissue: '下切缘' },
        { specimen: 'B', tissue: '淋巴结 10 枚', pieces: 10 },
        { specimen: 'B', tissue: '淋巴结 11 枚', pieces: 11 },
      ],
    },
    glassAt: 4 * day,
    stains: { at: 3 * day, kind: 'ihc', block: 'A1', stains: ['HER2', 'Ki-67'] },
    slides: [
      { stain: 'HE', slide: { width: 6400, height: 4800, stain: 'HE', seed: 3 }, now: true },
      { stain: 'HER2', slide: { width: 6400, height: 4800, stain: 'IHC', seed: 3 } },
    ],
    report: {
      at: 2 * day,
      sign: true,
      content: {
        findings: '肿瘤细胞排列成不规则腺管状，细胞异型明显，核分裂象易见，浸润至浆膜下层；可见脉管内癌栓。',
        impression:
          '（远端胃）中分化管状腺癌，Lauren 肠型，浸润至浆膜下；脉管侵犯（+），神经侵犯（-）；上、下切缘未见癌；淋巴结转移（4/21）。',
        positive: true,
        critical: false,
        ihc: [
          { marker: 'HER2', result: '1+', block: 'A1' },
          { marker: 'Ki-67', result: '阳性', percent: 60, block: 'A1' },
        ],
        synoptic: { code: 'STOMACH', version: 1, values: stomachValues },
        comment: '合成演示病例：文字与切片均由程序生成，不对应任何患者。',
      },
    },
  },
  {
    patient: { name: '合成·孙巧云', sex: 'F', birthDate: '1971-08-30', sequence: '328' },
    code: 'HISTO-SMALL',
    priority: 'routine',
    clinicalInfo: '反酸 2 年，胃镜示胃体多发息肉。',
    specimens: [
      { site: '胃体息肉', laterality: 'none', procedure: '内镜活检', fixative: '10% 中性福尔马林' },
    ],
    requested: day + 300,
    received: day,
    gross: {
      at: day - 60,
      description: '灰白组织 3 粒，直径 0.2–0.3 cm，全取。',
      blocks: [{ specimen: 'A', tissue: '全部', pieces: 3 }],
    },
    glassAt: 300,
    slides: [{ stain: 'HE', slide: { width: 5120, height: 3840, stain: 'HE', seed: 9 } }],
  },
  {
    patient: { name: '合成·李桂芬', sex: 'F', birthDate: '1966-01-09', sequence: '342' },
    code: 'FROZEN',
    priority: 'emergency',
    clinicalInfo: '左乳外上象限肿物，术中请定性。',
    specimens: [{ site: '左乳肿物', laterality: 'left', procedure: '肿物切除' }],
    requested: 45,
    received: 9,
    gross: { at: 8, description: '灰黄组织一块，3 cm × 2.5 cm × 2 cm，切面见灰白结节 1.2 cm。', blocks: [] },
    smears: { at: 5, stain: 'HE' },
    slides: [{ stain: 'HE', slide: { width: 3840, height: 2880, stain: 'HE', seed: 14 } }],
  },
  {
    patient: { name: '合成·周美玲', sex: 'F', birthDate: '1985-11-21', sequence: '366' },
    code: 'CYTO',
    priority: 'routine',
    clinicalInfo: '两癌筛查。',
    specimens: [{ site: '宫颈细胞（液基）', laterality: 'none' }],
    requested: 2 * day,
    received: day + 200,
    smears: { at: day, stain: '巴氏' },
    slides: [{ stain: '巴氏', slide: { width: 5120, height: 3840, stain: 'PAP', seed: 21 } }],
  },
  {
    patient: { name: '合成·吴建国', sex: 'M', birthDate: '1949-06-02', sequence: '373' },
    code: 'HISTO',
    priority: 'urgent',
    clinicalInfo: '右肺上叶结节，胸腔镜楔形切除。',
    specimens: [
      { site: '右肺上叶结节', laterality: 'right', procedure: '楔形切除', fixative: '10% 中性福尔马林' },
    ],
    requested: 3 * day,
    received: 3 * day - 200,
    gross: {
      at: 2 * day,
      description: '楔形肺组织 6 cm × 4 cm × 2 cm，切面见灰白结节 1.6 cm，胸膜皱缩。',
      blocks: [
        { specimen: 'A', tissue: '结节与胸膜' },
        { specimen: 'A', tissue: '切缘' },
      ],
    },
    glassAt: day,
    slides: [{ stain: 'HE', slide: { width: 5120, height: 3840, stain: 'HE', seed: 30 } }],
    stains: { at: 400, kind: 'ihc', block: 'A1', stains: ['TTF-1', 'NapsinA', 'P40', 'ALK'] },
  },
  {
    patient: { name: '合成·郑小满', sex: 'F', birthDate: '1979-05-20', sequence: '384' },
    code: 'HISTO-SMALL',
    priority: 'routine',
    clinicalInfo: '宫颈 HPV16 阳性，阴道镜下活检。',
    specimens: [{ site: '宫颈 3、6、9、12 点', laterality: 'none', procedure: '活检', containers: 2 }],
    requested: 120,
  },
  {
    patient: { name: '合成·冯长河', sex: 'M', birthDate: '1963-09-15', sequence: '395' },
    code: 'HISTO',
    priority: 'routine',
    clinicalInfo: '右侧腹股沟肿物切除。',
    specimens: [{ site: '腹股沟肿物', laterality: 'right' }],
    requested: day,
    rejected: { at: day - 240, reasons: ['no-fixative', 'unlabelled'] },
  },
];
