import type { SynopticDefinition, SynopticElement, SynopticOption } from './definition.ts';

const option = (code: string, zh: string, en: string): SynopticOption => ({ code, label: { zh, en } });
const choice = (
  code: string,
  zh: string,
  en: string,
  options: SynopticOption[],
  required = true,
): SynopticElement => ({
  code,
  label: { zh, en },
  type: 'choice',
  options,
  required,
});
const count = (code: string, zh: string, en: string, max = 200): SynopticElement => ({
  code,
  label: { zh, en },
  type: 'number',
  min: 0,
  max,
  required: true,
});
const size = (code: string, zh: string, en: string, unit: string, max: number): SynopticElement => ({
  code,
  label: { zh, en },
  type: 'number',
  unit,
  min: 0,
  max,
  required: true,
});
const presence = (code: string, zh: string, en: string) =>
  choice(code, zh, en, [
    option('present', '有', 'present'),
    option('absent', '无', 'absent'),
    option('indeterminate', '不确定', 'indeterminate'),
  ]);
const margins = choice('margins', '切缘', 'Margins', [
  option('negative', '阴性', 'negative'),
  option('positive', '阳性', 'positive'),
  option('unassessable', '无法评估', 'cannot be assessed'),
]);
const m1 = choice(
  'metastasis',
  '远处转移（临床或病理证实）',
  'Distant metastasis',
  [option('M0', '无', 'none'), option('M1', '有', 'present')],
  false,
);
const grade = choice('grade', '分化', 'Grade', [
  option('G1', '高分化', 'well differentiated'),
  option('G2', '中分化', 'moderately differentiated'),
  option('G3', '低分化', 'poorly differentiated'),
  option('GX', '无法评估', 'cannot be assessed'),
]);
const nodes = [
  count('nodesExamined', '送检淋巴结数', 'Lymph nodes examined'),
  count('nodesPositive', '转移淋巴结数', 'Lymph nodes with metastasis'),
];

const stomach: SynopticDefinition = {
  code: 'STOMACH',
  version: 1,
  name: { zh: '胃癌根治标本', en: 'Carcinoma of the stomach, resection' },
  sites: ['胃', '贲门', '幽门'],
  staging: 'stomach',
  elements: [
    choice('procedure', '手术方式', 'Procedure', [
      option('distal', '远端胃切除', 'distal gastrectomy'),
      option('proximal', '近端胃切除', 'proximal gastrectomy'),
      option('total', '全胃切除', 'total gastrectomy'),
      option('esd', '内镜黏膜下剥离', 'endoscopic submucosal dissection'),
    ]),
    choice('location', '肿瘤部位', 'Tumour site', [
      option('cardia', '贲门', 'cardia'),
      option('fundus', '胃底', 'fundus'),
      option('body', '胃体', 'body'),
      option('antrum', '胃窦', 'antrum'),
      option('pylorus', '幽门', 'pylorus'),
    ]),
    size('sizeCm', '肿瘤最大径', 'Greatest dimension', 'cm', 40),
    choice('histology', '组织学类型', 'Histological type', [
      option('tubular', '管状腺癌', 'tubular adenocarcinoma'),
      option('papillary', '乳头状腺癌', 'papillary adenocarcinoma'),
      option('mucinous', '黏液腺癌', 'mucinous adenocarcinoma'),
      option('poorly-cohesive', '低黏附性癌（含印戒细胞癌）', 'poorly cohesive carcinoma'),
      option('mixed', '混合型', 'mixed'),
      option('other', '其他', 'other'),
    ]),
    choice('lauren', 'Lauren 分型', 'Lauren type', [
      option('intestinal', '肠型', 'intestinal'),
      option('diffuse', '弥漫型', 'diffuse'),
      option('mixed', '混合型', 'mixed'),
    ]),
    grade,
    choice('invasion', '浸润深度', 'Depth of invasion', [
      option('Tis', '原位癌', 'carcinoma in situ'),
      option('T1a', '固有层或黏膜肌层', 'lamina propria or muscularis mucosae'),
      option('T1b', '黏膜下层', 'submucosa'),
      option('T2', '固有肌层', 'muscularis propria'),
      option('T3', '浆膜下', 'subserosa'),
      option('T4a', '穿透浆膜', 'serosa'),
      option('T4b', '侵犯邻近结构', 'adjacent structures'),
    ]),
    presence('lymphovascular', '脉管侵犯', 'Lymphovascular invasion'),
    presence('perineural', '神经侵犯', 'Perineural invasion'),
    margins,
    ...nodes,
    m1,
    choice(
      'her2',
      'HER2 免疫组化',
      'HER2 immunohistochemistry',
      [
        option('0', '0', '0'),
        option('1', '1+', '1+'),
        option('2', '2+', '2+'),
        option('3', '3+', '3+'),
        option('not-done', '未做', 'not done'),
      ],
      false,
    ),
    choice(
      'mmr',
      '错配修复蛋白',
      'Mismatch repair',
      [
        option('pMMR', '无缺失', 'proficient'),
        option('dMMR', '缺失', 'deficient'),
        option('not-done', '未做', 'not done'),
      ],
      false,
    ),
  ],
};

const colorectum: SynopticDefinition = {
  code: 'COLORECTUM',
  version: 1,
  name: { zh: '结直肠癌根治标本', en: 'Carcinoma of the colon and rectum, resection' },
  sites: ['结肠', '直肠', '盲肠', '乙状'],
  staging: 'colorectum',
  elements: [
    choice('location', '肿瘤部位', 'Tumour site', [
      option('caecum', '盲肠', 'caecum'),
      option('ascending', '升结肠', 'ascending colon'),
      option('transverse', '横结肠', 'transverse colon'),
      option('descending', '降结肠', 'descending colon'),
      option('sigmoid', '乙状结肠', 'sigmoid colon'),
      option('rectum', '直肠', 'rectum'),
    ]),
    size('sizeCm', '肿瘤最大径', 'Greatest dimension', 'cm', 40),
    choice('histology', '组织学类型', 'Histological type', [
      option('adenocarcinoma', '腺癌', 'adenocarcinoma'),
      option('mucinous', '黏液腺癌', 'mucinous adenocarcinoma'),
      option('signet-ring', '印戒细胞癌', 'signet-ring cell carcinoma'),
      option('medullary', '髓样癌', 'medullary carcinoma'),
      option('other', '其他', 'other'),
    ]),
    grade,
    choice('invasion', '浸润深度', 'Depth of invasion', [
      option('Tis', '黏膜内', 'intramucosal'),
      option('T1', '黏膜下层', 'submucosa'),
      option('T2', '固有肌层', 'muscularis propria'),
      option('T3', '穿透固有肌层至周围组织', 'through muscularis propria'),
      option('T4a', '穿透脏腹膜', 'visceral peritoneum'),
      option('T4b', '侵犯其他器官', 'other organs'),
    ]),
    presence('tumourDeposits', '癌结节', 'Tumour deposits'),
    presence('lymphovascular', '脉管侵犯', 'Lymphovascular invasion'),
    presence('perineural', '神经侵犯', 'Perineural invasion'),
    choice(
      'budding',
      '肿瘤出芽',
      'Tumour budding',
      [
        option('low', '低（0–4）', 'low (0–4)'),
        option('intermediate', '中（5–9）', 'intermediate (5–9)'),
        option('high', '高（≥10）', 'high (≥10)'),
      ],
      false,
    ),
    margins,
    {
      ...size('circumferentialMm', '环周切缘距离', 'Circumferential margin', 'mm', 100),
      when: { element: 'location', in: ['rectum'] },
    },
    ...nodes,
    choice(
      'metastasis',
      '远处转移',
      'Distant metastasis',
      [
        option('M0', '无', 'none'),
        option('M1a', '单一器官', 'one organ'),
        option('M1b', '多器官', 'two or more organs'),
        option('M1c', '腹膜', 'peritoneum'),
      ],
      false,
    ),
    choice('mmr', '错配修复蛋白', 'Mismatch repair', [
      option('pMMR', '无缺失', 'proficient'),
      option('dMMR', '缺失', 'deficient'),
      option('not-done', '未做', 'not done'),
    ]),
  ],
};

const lung: SynopticDefinition = {
  code: 'LUNG',
  version: 1,
  name: { zh: '肺癌切除标本', en: 'Carcinoma of the lung, resection' },
  sites: ['肺', '支气管'],
  staging: 'lung',
  elements: [
    choice('procedure', '手术方式', 'Procedure', [
      option('wedge', '楔形切除', 'wedge resection'),
      option('segment', '肺段切除', 'segmentectomy'),
      option('lobe', '肺叶切除', 'lobectomy'),
      option('lung', '全肺切除', 'pneumonectomy'),
    ]),
    choice('histology', '组织学类型', 'Histological type', [
      option('adenocarcinoma', '浸润性腺癌', 'invasive adenocarcinoma'),
      option('mia', '微浸润腺癌', 'minimally invasive adenocarcinoma'),
      option('ais', '原位腺癌', 'adenocarcinoma in situ'),
      option('squamous', '鳞状细胞癌', 'squamous cell carcinoma'),
      option('small-cell', '小细胞癌', 'small cell carcinoma'),
      option('large-cell', '大细胞癌', 'large cell carcinoma'),
      option('other', '其他', 'other'),
    ]),
    size('sizeCm', '浸润成分最大径', 'Greatest dimension (invasive)', 'cm', 30),
    grade,
    choice('extent', '侵犯范围', 'Extent', [
      option('in-situ', '原位', 'in situ'),
      option('minimally-invasive', '微浸润', 'minimally invasive'),
      option('lung', '限于肺实质', 'lung parenchyma only'),
      option('visceral-pleura', '脏层胸膜（PL1/PL2）', 'visceral pleura'),
      option('main-bronchus', '主支气管', 'main bronchus'),
      option('parietal-pleura', '壁层胸膜或胸壁（PL3）', 'parietal pleura or chest wall'),
      option('nodule-same-lobe', '同叶另有结节', 'separate nodule, same lobe'),
      option('mediastinum', '纵隔、大血管等', 'mediastinum, great vessels'),
      option('nodule-other-lobe', '同侧他叶结节', 'separate nodule, other ipsilateral lobe'),
    ]),
    presence('stas', '气腔播散', 'Spread through air spaces'),
    presence('lymphovascular', '脉管侵犯', 'Lymphovascular invasion'),
    margins,
    ...nodes,
    choice('nodes', '淋巴结分区', 'Nodal category', [
      option('N0', 'N0 无转移', 'N0'),
      option('N1', 'N1 肺门/肺内', 'N1 hilar or intrapulmonary'),
      option('N2', 'N2 同侧纵隔/隆突下', 'N2 ipsilateral mediastinal'),
      option('N3', 'N3 对侧或锁骨上', 'N3 contralateral or supraclavicular'),
    ]),
    choice(
      'metastasis',
      '远处转移',
      'Distant metastasis',
      [
        option('M0', '无', 'none'),
        option('M1a', '胸腔内', 'intrathoracic'),
        option('M1b', '胸外单发', 'single extrathoracic'),
        option('M1c', '胸外多发', 'multiple extrathoracic'),
      ],
      false,
    ),
  ],
};

const receptor = (code: string, zh: string, en: string): SynopticElement => ({
  ...size(code, zh, en, '%', 100),
  required: true,
});
const breast: SynopticDefinition = {
  code: 'BREAST',
  version: 1,
  name: { zh: '乳腺癌切除标本', en: 'Carcinoma of the breast, resection' },
  sites: ['乳腺', '乳房'],
  staging: 'breast',
  elements: [
    choice('procedure', '手术方式', 'Procedure', [
      option('lumpectomy', '保乳切除', 'breast-conserving excision'),
      option('mastectomy', '全乳切除', 'mastectomy'),
      option('modified', '改良根治', 'modified radical mastectomy'),
    ]),
    choice('histology', '组织学类型', 'Histological type', [
      option('nst', '浸润性癌，非特殊型', 'invasive carcinoma, no special type'),
      option('lobular', '浸润性小叶癌', 'invasive lobular carcinoma'),
      option('mucinous', '黏液癌', 'mucinous carcinoma'),
      option('dcis', '导管原位癌', 'ductal carcinoma in situ'),
      option('other', '其他', 'other'),
    ]),
    choice('nottingham', 'Nottingham 分级', 'Nottingham grade', [
      option('1', 'I 级', 'grade 1'),
      option('2', 'II 级', 'grade 2'),
      option('3', 'III 级', 'grade 3'),
      option('na', '不适用', 'not applicable'),
    ]),
    choice('extent', '范围', 'Extent', [
      option('in-situ', '原位', 'in situ only'),
      option('breast', '限于乳腺', 'breast only'),
      option('chest-wall-or-skin', '胸壁或皮肤', 'chest wall or skin'),
    ]),
    {
      ...size('invasiveSizeMm', '浸润癌最大径', 'Size of invasive carcinoma', 'mm', 300),
      when: { element: 'extent', in: ['breast', 'chest-wall-or-skin'] },
    },
    presence('lymphovascular', '脉管侵犯', 'Lymphovascular invasion'),
    margins,
    ...nodes,
    choice(
      'largestDeposit',
      '最大转移灶',
      'Largest nodal deposit',
      [
        option('none', '无', 'none'),
        option('micro', '微转移（>0.2–2 mm）', 'micrometastasis'),
        option('macro', '宏转移（>2 mm）', 'macrometastasis'),
      ],
      false,
    ),
    m1,
    receptor('er', 'ER 阳性率', 'ER positive cells'),
    receptor('pr', 'PR 阳性率', 'PR positive cells'),
    choice('her2', 'HER2', 'HER2', [
      option('0', '0', '0'),
      option('1', '1+', '1+'),
      option('2-neg', '2+，FISH 阴性', '2+, FISH negative'),
      option('2-pos', '2+，FISH 阳性', '2+, FISH positive'),
      option('2', '2+，未做 FISH', '2+, FISH not done'),
      option('3', '3+', '3+'),
    ]),
    receptor('ki67', 'Ki-67 指数', 'Ki-67 index'),
  ],
};

const cervixBiopsy: SynopticDefinition = {
  code: 'CERVIX-BIOPSY',
  version: 1,
  name: { zh: '宫颈活检', en: 'Cervix, biopsy' },
  sites: ['宫颈', '子宫颈'],
  elements: [
    choice('result', '最重病变', 'Most severe lesion', [
      option('inflammation', '慢性炎', 'chronic inflammation'),
      option('lsil', 'LSIL(CIN1)', 'LSIL (CIN 1)'),
      option('hsil2', 'HSIL(CIN2)', 'HSIL (CIN 2)'),
      option('hsil3', 'HSIL(CIN3)', 'HSIL (CIN 3)'),
      option('ais', '原位腺癌', 'adenocarcinoma in situ'),
      option('squamous', '鳞状细胞癌', 'squamous cell carcinoma'),
      option('adenocarcinoma', '腺癌', 'adenocarcinoma'),
    ]),
    {
      code: 'clock',
      label: { zh: '取材点位', en: 'Sites (clock)' },
      type: 'multi',
      options: ['3', '6', '9', '12'].map((hour) => option(hour, `${hour} 点`, `${hour} o’clock`)),
      required: false,
    },
    choice('p16', 'p16', 'p16', [
      option('block', '块状阳性', 'block positive'),
      option('negative', '阴性或斑驳', 'negative or patchy'),
      option('not-done', '未做', 'not done'),
    ]),
    {
      ...size('depthMm', '浸润深度', 'Depth of invasion', 'mm', 50),
      when: { element: 'result', in: ['squamous', 'adenocarcinoma'] },
    },
    choice(
      'ecc',
      '颈管搔刮',
      'Endocervical curettage',
      [
        option('negative', '阴性', 'negative'),
        option('positive', '阳性', 'positive'),
        option('not-sent', '未送', 'not sent'),
      ],
      false,
    ),
  ],
};

const tbs: SynopticDefinition = {
  code: 'CYTO-TBS',
  version: 1,
  name: { zh: '宫颈细胞学 TBS', en: 'Cervical cytology, Bethesda system' },
  sites: ['宫颈', '细胞'],
  elements: [
    choice('adequacy', '标本满意度', 'Adequacy', [
      option('satisfactory', '满意', 'satisfactory'),
      option('unsatisfactory', '不满意', 'unsatisfactory'),
    ]),
    {
      ...choice('unsatisfactoryReason', '不满意原因', 'Reason', [
        option('few-cells', '鳞状细胞过少', 'too few squamous cells'),
        option('blood', '血液遮盖', 'obscured by blood'),
        option('inflammation', '炎细胞遮盖', 'obscured by inflammation'),
        option('other', '其他', 'other'),
      ]),
      when: { element: 'adequacy', in: ['unsatisfactory'] },
    },
    choice('transformationZone', '转化区成分', 'Transformation zone component', [
      option('present', '有', 'present'),
      option('absent', '无', 'absent'),
    ]),
    {
      ...choice('category', '判读', 'Interpretation', [
        option('nilm', '未见上皮内病变或恶性细胞（NILM）', 'NILM'),
        option('asc-us', 'ASC-US', 'ASC-US'),
        option('asc-h', 'ASC-H', 'ASC-H'),
        option('lsil', 'LSIL', 'LSIL'),
        option('hsil', 'HSIL', 'HSIL'),
        option('scc', '鳞状细胞癌', 'squamous cell carcinoma'),
        option('agc', '非典型腺细胞（AGC）', 'AGC'),
        option('ais', '原位腺癌', 'AIS'),
        option('adenocarcinoma', '腺癌', 'adenocarcinoma'),
      ]),
      when: { element: 'adequacy', in: ['satisfactory'] },
    },
    {
      code: 'organisms',
      label: { zh: '病原体', en: 'Organisms' },
      type: 'multi',
      required: false,
      options: [
        option('trichomonas', '滴虫', 'Trichomonas vaginalis'),
        option('candida', '念珠菌', 'Candida'),
        option('bv', '菌群失调', 'shift in flora'),
        option('hsv', '疱疹病毒', 'herpes simplex'),
      ],
    },
  ],
};

/** Forms delivered with the hub. A centre adds its own, or newer versions, in the table `synoptic_template`. */
export const builtInTemplates: readonly SynopticDefinition[] = [
  stomach,
  colorectum,
  lung,
  breast,
  cervixBiopsy,
  tbs,
];
