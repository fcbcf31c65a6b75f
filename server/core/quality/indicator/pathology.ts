import { clock } from './cases.ts';
import type { Indicator } from './indicator.ts';

/** Indicators of pathology in the core. */
export const pathologyIndicators: Indicator[] = [
  {
    code: 'path-frozen',
    version: 1,
    name: '术中冰冻及时率',
    nameEn: 'Frozen sections on time',
    center: 'pathology',
    better: 'up',
    target: 0.9,
    mark: 'N',
    formula: '30 分钟内完成的冰冻 ÷ 同期冰冻',
    cases: clock('path-frozen'),
  },
  {
    code: 'path-small',
    version: 1,
    name: '小活检病理及时率',
    nameEn: 'Small biopsies on time',
    center: 'pathology',
    better: 'up',
    target: 0.9,
    mark: 'N',
    formula: '3 个工作日内完成 ÷ 同期小活检',
    cases: clock('path-small'),
  },
  {
    code: 'path-histo',
    version: 1,
    name: '组织病理及时率',
    nameEn: 'Histology on time',
    center: 'pathology',
    better: 'up',
    target: 0.9,
    mark: 'N',
    formula: '5 个工作日内完成 ÷ 同期组织病理',
    cases: clock('path-histo'),
  },
  {
    code: 'path-cyto',
    version: 1,
    name: '细胞学及时率',
    nameEn: 'Cytology on time',
    center: 'pathology',
    better: 'up',
    target: 0.9,
    mark: 'N',
    formula: '2 个工作日内完成 ÷ 同期细胞学',
    cases: clock('path-cyto'),
  },
];
