import { clock, serviceOnTime, criticalOnTime } from './cases.ts';
import type { Indicator } from './indicator.ts';

/** Indicators of the ECG centre in the core. */
export const ecgIndicators: Indicator[] = [
  {
    code: 'ecg-on-time',
    version: 1,
    name: '心电报告及时率',
    nameEn: 'ECG reports on time',
    center: 'ecg',
    better: 'up',
    target: 0.95,
    mark: 'L',
    formula: '服务时钟未超时的报告 ÷ 同期签发报告',
    formulaEn: 'reports signed without a breach of a service clock \u00f7 reports signed',
    cases: serviceOnTime('ecg'),
  },
  {
    code: 'ecg-chest-pain-10',
    version: 1,
    name: '胸痛心电 10 分钟完成率',
    nameEn: 'Chest pain ECG within 10 min',
    center: 'ecg',
    better: 'up',
    target: 1,
    mark: 'N',
    formula: '上传至签发 ≤ 10 分钟的胸痛心电 ÷ 同期胸痛心电',
    formulaEn: 'chest-pain ECGs signed within 10 min of upload \u00f7 chest-pain ECGs',
    cases: clock('ecg-chest-pain'),
  },
  {
    code: 'ecg-critical-10',
    version: 1,
    name: '心电危急值 10 分钟内通报率',
    nameEn: 'ECG critical values notified within 10 min',
    center: 'ecg',
    better: 'up',
    target: 1,
    mark: 'L',
    formula: '发现后 10 分钟内通报的危急值 ÷ 同期危急值',
    formulaEn: 'critical values notified within 10 min of being found \u00f7 critical values',
    cases: criticalOnTime('ecg'),
  },
];
