import { serviceOnTime, criticalOnTime, happened } from './cases.ts';
import type { Indicator } from './indicator.ts';

/** Indicators of the laboratory in the core. */
export const labIndicators: Indicator[] = [
  {
    code: 'lab-on-time',
    version: 1,
    name: '检验报告及时率',
    nameEn: 'Laboratory reports on time',
    center: 'lab',
    better: 'up',
    target: 0.95,
    mark: 'L',
    formula: '服务时钟未超时的报告 ÷ 同期签发报告',
    formulaEn: 'reports signed without a breach of a service clock \u00f7 reports signed',
    cases: serviceOnTime('lab'),
  },
  {
    code: 'lab-critical-10',
    version: 1,
    name: '检验危急值 10 分钟内通报率',
    nameEn: 'Laboratory critical values notified within 10 min',
    center: 'lab',
    better: 'up',
    target: 1,
    mark: 'N',
    formula: '发现后 10 分钟内通报的危急值 ÷ 同期危急值',
    formulaEn: 'critical values notified within 10 min of being found \u00f7 critical values',
    cases: criticalOnTime('lab'),
  },
  {
    code: 'lab-incorrect',
    version: 1,
    name: '检验报告不正确率',
    nameEn: 'Incorrect laboratory reports',
    center: 'lab',
    better: 'down',
    target: 0.005,
    mark: 'N',
    formula: '签发后更正的报告 ÷ 同期签发报告',
    formulaEn: 'reports corrected after signing \u00f7 reports signed',
    cases: happened('corrected', 'lab', 'final'),
  },
];
