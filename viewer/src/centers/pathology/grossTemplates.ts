/** A dictation template: text with blanks (`_`), and the blocks that are usually taken from such a specimen. */
export interface GrossTemplate {
  key: string;
  text: string;
  blocks: string[];
  /** sites that it fits */
  sites: RegExp;
}

export const grossTemplates: readonly GrossTemplate[] = [
  { key: 'biopsy', text: '灰白组织 _ 粒，直径 _–_ cm，全取。', blocks: ['全部'], sites: /活检|息肉|粒/ },
  {
    key: 'stomach',
    text: '远端胃切除标本一件，大弯长 _ cm，小弯长 _ cm。距上切缘 _ cm、下切缘 _ cm 于_见一_型肿物，大小 _ cm × _ cm × _ cm，切面_色、质_，侵达_。大弯检出淋巴结 _ 枚，小弯检出淋巴结 _ 枚。',
    blocks: ['肿物最深浸润处', '肿物与黏膜交界', '上切缘', '下切缘', '大弯淋巴结', '小弯淋巴结'],
    sites: /胃/,
  },
  {
    key: 'colorectum',
    text: '肠管一段，长 _ cm。距一端切缘 _ cm、另一端切缘 _ cm 见一_型肿物，大小 _ cm × _ cm × _ cm，占肠周 _，切面_色、质_，侵达_。肠周检出淋巴结 _ 枚。',
    blocks: ['肿物最深浸润处', '肿物与黏膜交界', '近端切缘', '远端切缘', '环周切缘', '肠周淋巴结'],
    sites: /肠/,
  },
  {
    key: 'breast',
    text: '_乳改良根治标本，乳腺 _ cm × _ cm × _ cm，皮肤 _ cm × _ cm，乳头_。_象限见肿物 _ cm × _ cm × _ cm，切面灰白、质硬、边界_，距基底 _ cm。腋窝检出淋巴结 _ 枚。',
    blocks: ['肿物', '肿物与基底', '乳头', '四象限', '基底切缘', '腋窝淋巴结'],
    sites: /乳/,
  },
  {
    key: 'lung',
    text: '肺叶切除标本 _ cm × _ cm × _ cm，胸膜_。距支气管断端 _ cm 见肿物 _ cm × _ cm × _ cm，切面灰白，距胸膜 _ cm。肺门检出淋巴结 _ 枚。',
    blocks: ['肿物与胸膜', '肿物与支气管', '支气管断端', '肺门淋巴结'],
    sites: /肺/,
  },
  {
    key: 'gallbladder',
    text: '胆囊一个，长 _ cm，周径 _ cm，壁厚 _ cm，黏膜面_，腔内见结石 _ 枚。',
    blocks: ['胆囊壁', '胆囊颈'],
    sites: /胆/,
  },
  {
    key: 'appendix',
    text: '阑尾一条，长 _ cm，直径 _ cm，浆膜面_，切面腔内见_。',
    blocks: ['尖端', '体部横断', '根部切缘'],
    sites: /阑尾/,
  },
  {
    key: 'thyroid',
    text: '_侧甲状腺 _ cm × _ cm × _ cm，包膜_。切面见结节 _ 枚，最大径 _ cm，灰白、质_，距被膜 _ cm。',
    blocks: ['结节', '结节与被膜', '峡部切缘'],
    sites: /甲状腺/,
  },
  {
    key: 'uterus',
    text: '全切子宫 _ cm × _ cm × _ cm，宫颈外口直径 _ cm，内膜厚 _ cm，肌壁厚 _ cm。肌壁间见结节 _ 枚，直径 _–_ cm，切面灰白编织状。',
    blocks: ['宫颈', '内膜与肌壁', '肌壁结节'],
    sites: /子宫|宫颈/,
  },
];

/** Templates for these sites first, the others behind them. */
export function templatesFor(sites: readonly string[]): {
  fitting: GrossTemplate[];
  others: GrossTemplate[];
} {
  const text = sites.join(' ');
  const fitting = grossTemplates.filter((template) => template.sites.test(text));
  return { fitting, others: grossTemplates.filter((template) => !fitting.includes(template)) };
}
