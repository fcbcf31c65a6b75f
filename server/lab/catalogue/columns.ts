import { z } from 'zod';

const text = (most: number) => z.string().trim().max(most).nullable();
const needed = (most: number) => z.string().trim().min(1).max(most);
const number = z.number().finite().nullable();
const positive = z.number().positive().nullable();
const whole = z.int().positive().nullable();
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
/** 阴性、弱阳性、阳性 in one cell. */
const list = z
  .string()
  .nullable()
  .transform((cell) =>
    (cell ?? '')
      .split(/[、,;\uff0c\uff1b]/)
      .map((one) => one.trim())
      .filter(Boolean),
  );
const yes = z
  .union([z.boolean(), z.enum(['是', '否', 'TRUE', 'FALSE', 'true', 'false'])])
  .transform((cell) => cell === true || ['是', 'TRUE', 'true'].includes(String(cell)));

export interface Column {
  heading: string;
  key: string;
  check: z.ZodType;
}
const column = (heading: string, key: string, check: z.ZodType): Column => ({ heading, key, check });
export const testCode = z.string().regex(/^[A-Z0-9%#._-]{1,24}$/);
const itemCode = z.string().regex(/^[A-Z0-9._-]{1,40}$/);

/** Sheets of the spreadsheet in the order they are written and read. One row a tube, a test, a range, a panel. */
export const SHEETS = {
  tubes: {
    name: '管型',
    columns: [
      column('代码', 'code', z.string().regex(/^[A-Z0-9-]{1,20}$/)),
      column('名称', 'name', needed(60)),
      column('英文名', 'nameEn', needed(60)),
      column('颜色', 'color', z.string().regex(/^#[0-9a-f]{6}$/)),
      column('颜色名', 'colorName', needed(20)),
      column('添加剂', 'additive', text(60)),
      column('标本', 'specimenType', needed(40)),
      column('容量mL', 'volumeMl', z.number().positive()),
      column('采集顺序', 'drawOrder', z.int().min(0)),
      column('启用', 'active', yes),
    ],
  },
  tests: {
    name: '项目',
    columns: [
      column('代码', 'code', testCode),
      column('名称', 'name', needed(80)),
      column('英文名', 'nameEn', needed(120)),
      column('结果类型', 'resultKind', z.enum(['numeric', 'choice', 'text', 'calculated', 'culture'])),
      column('公式', 'formula', text(300)),
      column('可选结果', 'choices', list),
      column('异常结果', 'abnormalChoices', list),
      column('标本', 'specimenType', needed(40)),
      column('管型', 'tubeCode', needed(20)),
      column('用量µL', 'volumeUl', z.int().positive()),
      column('LOINC', 'loinc', text(20)),
      column('单位', 'unit', text(30)),
      column('UCUM', 'ucum', text(40)),
      column('方法', 'method', text(60)),
      column('小数位', 'decimals', z.int().min(0).max(6)),
      column('工作台', 'bench', needed(20)),
      column('测量下限', 'measuringLow', number),
      column('测量上限', 'measuringHigh', number),
      column('全血稳定min', 'wholeBloodStabilityMinutes', whole),
      column('稳定min', 'stabilityMinutes', whole),
      column('转运最低℃', 'transportMinCelsius', number),
      column('转运最高℃', 'transportMaxCelsius', number),
      column('Delta%', 'deltaPercent', positive),
      column('Delta小时', 'deltaHours', whole),
      column('TEa%', 'teaPercent', number),
      column('CV限%', 'cvLimitPercent', number),
      column('隐私项目', 'sensitive', yes),
      column('有反应时印作', 'reactiveText', text(40)),
      column('价格', 'price', number),
      column('打印顺序', 'printOrder', z.int()),
      column('启用', 'active', yes),
    ],
  },
  ranges: {
    name: '参考区间',
    columns: [
      column('代码', 'testCode', testCode),
      column('性别', 'sex', z.enum(['M', 'F']).nullable()),
      column('年龄起(天)', 'ageFromDays', z.int().min(0).nullable()),
      column('年龄止(天)', 'ageToDays', z.int().positive().max(60_000).nullable()),
      column('妊娠', 'pregnant', yes.nullable()),
      column('方法', 'method', text(60)),
      column('下限', 'low', number),
      column('上限', 'high', number),
      column('正常(文字)', 'normalText', text(40)),
      column('危急低', 'criticalLow', number),
      column('危急高', 'criticalHigh', number),
      column('生效', 'validFrom', day.nullable()),
      column('失效', 'validTo', day.nullable()),
    ],
  },
  panels: {
    name: '组合',
    columns: [
      column('代码', 'code', itemCode),
      column('名称', 'name', needed(80)),
      column('英文名', 'nameEn', needed(120)),
      column('类别', 'itemClass', needed(40)),
      column('报告组', 'reportGroup', text(40)),
      column('价格', 'price', number),
      column('项目', 'tests', list),
    ],
  },
} as const satisfies Record<string, { name: string; columns: readonly Column[] }>;
export type SheetKey = keyof typeof SHEETS;
