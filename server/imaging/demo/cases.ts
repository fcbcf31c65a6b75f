import type { ReportContent } from '../../core/center.ts';
import type { RequestInput } from '../../core/order/requestInput.ts';
import type { DemoPicture } from './demoObjects.ts';

export type DemoSite = 'LIUHE' | 'BAITA' | 'SHUANGQIAO' | 'DONGSHAN';

export interface DemoCase {
  name: string;
  sex: 'M' | 'F';
  birthDate: string;
  patientId: string;
  /** Township that examines, 柳河 unless told. */
  site?: DemoSite;
  item: string;
  picture: DemoPicture;
  priority: RequestInput['priority'];
  flags?: RequestInput['flags'];
  info: string;
  /** Minutes between request and images. */
  waited: number;
  /** Minutes since the images came; without it the patient still waits for the scanner. */
  examinedAgo?: number;
  until?:
    | 'received'
    | 'returned'
    | 'resent'
    | 'claimed'
    | 'preliminary'
    | 'final'
    | 'acknowledged'
    | 'corrected'
    | 'void'
    | 'cancelled';
  report?: ReportContent;
  /** Images came without a request. */
  withoutOrder?: boolean;
  /** Name that the technician typed at the scanner by mistake. */
  mismatch?: string;
}

const CHEST_CLEAR: ReportContent = {
  findings:
    '胸廓对称,气管居中。双肺纹理清晰,未见明确实变影。心影大小、形态未见异常。双侧膈面光整,肋膈角锐利。',
  impression: '双肺、心、膈未见明显异常。',
  positive: false,
};
const PNEUMONIA: ReportContent = {
  findings: '右肺下野见片状密度增高影,边缘模糊。左肺纹理清晰。心影不大。双侧肋膈角锐利。',
  impression: '右肺下野炎症,建议治疗后复查。',
  positive: true,
};
const HEAD_CLEAR: ReportContent = {
  findings:
    '双侧大脑半球对称,灰白质分界清楚,脑实质内未见异常密度影。脑室系统形态、大小正常,中线结构居中。颅骨骨质完整。',
  impression: '颅脑 CT 平扫未见明显异常。',
  positive: false,
};
const NODULE: ReportContent = {
  findings: '右肺上叶见一实性小结节,边界清楚。余肺野清晰。纵隔内未见肿大淋巴结。双侧胸腔无积液。',
  impression: '右肺上叶实性小结节,建议随访。',
  positive: true,
};

/** Invented people of 柳河镇卫生院. */
export const CASES: DemoCase[] = [
  { name: '刘永福', sex: 'M', birthDate: '1951-03-18', patientId: 'LH20001', item: 'CT-HEAD', picture: 'ct-head-bleeding', priority: 'emergency', flags: ['stroke'], info: '突发左侧肢体无力 1 小时', waited: 12, examinedAgo: 48, until: 'received' },
  { name: '赵桂英', sex: 'F', birthDate: '1948-09-02', patientId: 'BT20002', site: 'BAITA', item: 'CT-CHEST', picture: 'ct-chest', priority: 'urgent', info: '咳嗽、胸痛 3 天', waited: 25, examinedAgo: 75, until: 'received' },
  { name: '王建军', sex: 'M', birthDate: '1979-12-11', patientId: 'LH20003', item: 'DR-CHEST', picture: 'dr-pneumonia', priority: 'emergency', info: '发热 39.2℃,咳嗽', waited: 10, examinedAgo: 8, until: 'received' },
  { name: '陈小妹', sex: 'F', birthDate: '1992-05-27', patientId: 'SQ20004', site: 'SHUANGQIAO', item: 'DR-CHEST', picture: 'dr', priority: 'routine', info: '入职体检', waited: 30, examinedAgo: 55, until: 'claimed', report: CHEST_CLEAR },
  { name: '杨德胜', sex: 'M', birthDate: '1960-01-08', patientId: 'DS20005', site: 'DONGSHAN', item: 'CT-CHEST', picture: 'ct-chest-nodule', priority: 'routine', info: '体检发现肺部阴影', waited: 40, examinedAgo: 110, until: 'preliminary', report: NODULE },
  { name: '黄玉兰', sex: 'F', birthDate: '1967-07-15', patientId: 'LH20006', item: 'CT-HEAD', picture: 'ct-head', priority: 'urgent', info: '头晕 2 天', waited: 20, examinedAgo: 95, until: 'final', report: HEAD_CLEAR },
  { name: '周大山', sex: 'M', birthDate: '1955-10-30', patientId: 'LH20007', item: 'DR-CHEST', picture: 'dr-pneumonia', priority: 'urgent', info: '咳嗽、咳痰 1 周', waited: 15, examinedAgo: 320, until: 'acknowledged', report: PNEUMONIA },
  { name: '吴梅花', sex: 'F', birthDate: '1973-04-04', patientId: 'BT20008', site: 'BAITA', item: 'CT-CHEST', picture: 'ct-chest-nodule', priority: 'routine', info: '咯血 1 次', waited: 35, examinedAgo: 1_500, until: 'corrected', report: NODULE },
  { name: '徐长河', sex: 'M', birthDate: '1944-08-19', patientId: 'SQ20009', site: 'SHUANGQIAO', item: 'DR-CHEST', picture: 'dr', priority: 'routine', info: '术前检查', waited: 22, examinedAgo: 2_900, until: 'void', report: CHEST_CLEAR },
  { name: '孙丽萍', sex: 'F', birthDate: '1985-02-23', patientId: 'DS20010', site: 'DONGSHAN', item: 'DR-CHEST', picture: 'dr', priority: 'routine', info: '胸闷', waited: 18, examinedAgo: 140, until: 'returned' },
  { name: '马铁柱', sex: 'M', birthDate: '1970-06-06', patientId: 'BT20011', site: 'BAITA', item: 'US-ABDOMEN', picture: 'us', priority: 'routine', info: '右上腹隐痛', waited: 12, examinedAgo: 26, until: 'received' },
  { name: '郭翠花', sex: 'F', birthDate: '1962-11-12', patientId: 'LH20012', item: 'US-ABDOMEN', picture: 'us', priority: 'urgent', info: '急诊腹痛', waited: 0, examinedAgo: 18, withoutOrder: true },
  { name: '何金宝', sex: 'M', birthDate: '1988-03-03', patientId: 'LH20013', item: 'DR-CHEST', picture: 'dr', priority: 'routine', info: '咳嗽', waited: 16, examinedAgo: 33, mismatch: '何金保' },
  { name: '罗秀珍', sex: 'F', birthDate: '1958-12-25', patientId: 'SQ20014', site: 'SHUANGQIAO', item: 'DR-CHEST', picture: 'dr', priority: 'routine', info: '慢性咳嗽', waited: 15 },
  { name: '梁大勇', sex: 'M', birthDate: '1999-09-09', patientId: 'LH20015', item: 'CT-HEAD', picture: 'ct-head', priority: 'urgent', flags: ['trauma'], info: '摔伤头部 2 小时', waited: 6 },
  { name: '宋美玲', sex: 'F', birthDate: '1976-01-30', patientId: 'LH20016', item: 'CT-CHEST', picture: 'ct-chest', priority: 'routine', info: '体检', waited: 90, until: 'cancelled' },
  { name: '周大山', sex: 'M', birthDate: '1955-10-30', patientId: 'LH20007', item: 'DR-CHEST', picture: 'dr', priority: 'routine', info: '治疗后复查', waited: 20, examinedAgo: 41, until: 'resent' },
]; // prettier-ignore
