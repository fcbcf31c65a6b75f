/** 青禾县: fictional. Lead hospital, second hospital, 11 townships, 6 community centres. */
export const HOSPITALS = [
  {
    code: 'QHRM',
    name: '青禾县人民医院',
    shortName: '县人民医院',
    nameEn: 'Qinghe County People’s Hospital',
    kind: 'county-hospital',
    phone: '0513-5550100',
  },
  {
    code: 'QHZY',
    name: '青禾县中医医院',
    shortName: '县中医医院',
    nameEn: 'Qinghe County Hospital of Traditional Chinese Medicine',
    kind: 'county-hospital',
    phone: '0513-5550200',
  },
] as const;

export const TOWNSHIPS: [code: string, name: string, en: string][] = [
  ['LIUHE', '柳河', 'Liuhe'],
  ['BAITA', '白塔', 'Baita'],
  ['SHUANGQIAO', '双桥', 'Shuangqiao'],
  ['HONGQI', '红旗', 'Hongqi'],
  ['DONGSHAN', '东山', 'Dongshan'],
  ['NANPING', '南坪', 'Nanping'],
  ['XIAOHE', '小河', 'Xiaohe'],
  ['SHIMEN', '石门', 'Shimen'],
  ['CHANGLE', '长乐', 'Changle'],
  ['QINGFENG', '青峰', 'Qingfeng'],
  ['YANGLIN', '杨林', 'Yanglin'],
];

export const COMMUNITIES: [code: string, name: string][] = [
  ['SQ-CHENGDONG', '城东'],
  ['SQ-CHENGXI', '城西'],
  ['SQ-CHENGNAN', '城南'],
  ['SQ-CHENGBEI', '城北'],
  ['SQ-HEPING', '和平'],
  ['SQ-XINHUA', '新华'],
];

export const VILLAGE_ROOMS = 85;
const VILLAGES = ['上', '下', '东', '西', '南', '北', '前', '后'];
const VILLAGE_NAMES = [
  '王家庄',
  '李家湾',
  '张家坪',
  '刘家沟',
  '陈家店',
  '杨树屯',
  '槐树岭',
  '石桥村',
  '柳树村',
  '河口村',
  '新庄',
];

/** Name of the n-th village room, from 0. */
export const villageName = (n: number): string =>
  `${VILLAGES[Math.floor(n / VILLAGE_NAMES.length) % VILLAGES.length] ?? ''}${VILLAGE_NAMES[n % VILLAGE_NAMES.length] ?? ''}`;
