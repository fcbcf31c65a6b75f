import type { CenterKind } from '../types.ts';

export const TEMPLATES: {
  center: CenterKind;
  name: string;
  modality: string;
  bodyPart: string;
  content: Record<string, string>;
}[] = [
  {
    center: 'imaging',
    name: '胸部 DR 正常',
    modality: 'DX',
    bodyPart: 'CHEST',
    content: {
      findings:
        '胸廓对称,气管居中。双肺纹理清晰,走行自然,肺野内未见明显异常密度影。双肺门不大。纵隔无增宽。心影大小、形态正常。双膈面光滑,肋膈角锐利。所见骨质未见明显异常。',
      impression: '心肺膈未见明显异常。',
    },
  },
  {
    center: 'imaging',
    name: '头颅 CT 正常',
    modality: 'CT',
    bodyPart: 'HEAD',
    content: {
      findings:
        '脑实质密度未见明显异常,灰白质分界清晰。脑室系统大小、形态正常,脑沟、脑裂无增宽。中线结构居中。颅骨骨质未见明显异常。',
      impression: '颅脑 CT 平扫未见明显异常。',
    },
  },
  {
    center: 'imaging',
    name: '胸部 CT 正常',
    modality: 'CT',
    bodyPart: 'CHEST',
    content: {
      findings:
        '双肺野清晰,未见实质性病变。气管、支气管通畅。纵隔内未见肿大淋巴结。心影不大。双侧胸腔未见积液。',
      impression: '胸部 CT 平扫未见明显异常。',
    },
  },
  {
    center: 'imaging',
    name: '腹部超声正常',
    modality: 'US',
    bodyPart: 'ABDOMEN',
    content: {
      findings:
        '肝脏形态大小正常,包膜光整,实质回声均匀。胆囊壁光滑,腔内未见异常回声。胰腺、脾脏未见明显异常。双肾形态大小正常,集合系统无分离。',
      impression: '肝、胆、胰、脾、双肾未见明显异常。',
    },
  },
  {
    center: 'ecg',
    name: '窦性心律 正常心电图',
    modality: 'ECG',
    bodyPart: 'HEART',
    content: {
      findings:
        '窦性心律,节律规整。P 波形态正常,PR 间期正常。QRS 波群时限及电压正常。ST 段无偏移,T 波正常。QTc 正常。',
      impression: '窦性心律,正常心电图。',
    },
  },
  {
    center: 'ecg',
    name: '心房颤动',
    modality: 'ECG',
    bodyPart: 'HEART',
    content: {
      findings: 'P 波消失,代之以大小、形态、间距不等的 f 波,RR 间期绝对不等。QRS 波群时限正常。',
      impression: '心房颤动。',
    },
  },
  {
    center: 'ecg',
    name: '急性 ST 段抬高',
    modality: 'ECG',
    bodyPart: 'HEART',
    content: {
      findings: '窦性心律。______ 导联 ST 段弓背向上抬高,对应导联 ST 段压低。',
      impression: 'ST 段抬高,考虑急性心肌梗死,请立即结合临床及心肌标志物。',
    },
  },
];

/** Phrases of a centre by short code; `pinyin` are initials of the first words. */
export const PHRASES: {
  center: CenterKind;
  code: string;
  pinyin: string;
  field: 'findings' | 'impression';
  body: string;
}[] = [
  {
    center: 'imaging',
    code: 'xz',
    pinyin: 'sfwljx',
    field: 'findings',
    body: '双肺纹理清晰,走行自然,未见明显实质性病变。',
  },
  { center: 'imaging', code: 'xy', pinyin: 'xmqwjjy', field: 'findings', body: '双侧胸膜腔未见积液及积气。' },
  {
    center: 'imaging',
    code: 'xj',
    pinyin: 'xyjj',
    field: 'findings',
    body: '心影大小、形态正常,主动脉未见增宽。',
  },
  {
    center: 'imaging',
    code: 'qx',
    pinyin: 'qxxgsz',
    field: 'findings',
    body: '双侧基底节区见斑点状低密度影,边界清。',
  },
  {
    center: 'imaging',
    code: 'nsz',
    pinyin: 'nszcwjyc',
    field: 'findings',
    body: '脑室系统大小、形态正常,中线结构居中。',
  },
  {
    center: 'imaging',
    code: 'gjz',
    pinyin: 'gzwjzl',
    field: 'findings',
    body: '所见诸骨骨质连续,未见明显骨折及脱位征象。',
  },
  {
    center: 'imaging',
    code: 'dbs',
    pinyin: 'djqpbjyc',
    field: 'impression',
    body: '请结合临床及既往影像片对比。',
  },
  { center: 'imaging', code: 'fc', pinyin: 'jydqfc', field: 'impression', body: '建议定期复查。' },
  { center: 'imaging', code: 'zq', pinyin: 'jyzqct', field: 'impression', body: '建议增强 CT 进一步检查。' },
  { center: 'ecg', code: 'jh', pinyin: 'jhlc', field: 'impression', body: '请结合临床。' },
  { center: 'ecg', code: 'dt', pinyin: 'jydtxdt', field: 'impression', body: '建议行动态心电图检查。' },
  { center: 'pathology', code: 'qyx', pinyin: 'qyxb', field: 'impression', body: '切缘未见肿瘤累及。' },
  {
    center: 'pathology',
    code: 'myzh',
    pinyin: 'jymyzh',
    field: 'impression',
    body: '建议免疫组化进一步明确。',
  },
];
