/** Words of printed documents and labels. */
export const METHOD_WORDS: Record<string, string> = {
  'steam-prevacuum': '脉动真空压力蒸汽',
  'steam-gravity': '下排气压力蒸汽',
  steam: '压力蒸汽',
  eo: '环氧乙烷',
  plasma: '过氧化氢低温等离子体',
  formaldehyde: '低温甲醛蒸汽',
  'dry-heat': '干热',
};
export const INDICATOR_WORDS: Record<string, string> = {
  'outer-chemical': '包外化学指示物',
  'inner-chemical': '包内化学指示物',
  'class-5': '第五类化学指示物(PCD)',
  biological: '生物指示物',
};
export const RELEASE_WORDS: Record<string, string> = {
  normal: '常规放行',
  'after-biological': '生物监测合格后放行',
  'early-implant': '植入物紧急提前放行',
};
export const OUTCOME_WORDS: Record<string, string> = { pass: '合格', fail: '不合格', pending: '待判读' };
export const PARAMETER_WORDS: Record<string, [label: string, unit: string]> = {
  holdS: ['维持时间', 's'],
  minTemperatureC: ['最低温度', '℃'],
  maxTemperatureC: ['最高温度', '℃'],
  minPressureKpa: ['最低压力', 'kPa'],
  maxPressureKpa: ['最高压力', 'kPa'],
  concentrationMgL: ['过氧化氢浓度', 'mg/L'],
  humidityPercent: ['相对湿度', '%'],
  leakKpaMin: ['泄漏率', 'kPa/min'],
  a0: ['A0 值', ''],
};

/** `2026-11-22 10:32` in China. */
export const chinaTime = (at: Date): string =>
  new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
