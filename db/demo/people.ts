import type { CenterKind } from '../types.ts';
import type { Role } from '../../server/core/access/roles.ts';

export interface DemoPerson {
  username: string;
  name: string;
  title: string;
  institution: string;
  roles: [role: Role, center?: CenterKind][];
  signs?: boolean;
}

/** The accounts of CONTRACT; names are invented. */
export const PEOPLE: DemoPerson[] = [
  { username: 'tech1', name: '周志强', title: '技师', institution: 'LIUHE', roles: [['technician']] },
  { username: 'nurse1', name: '吴秀兰', title: '护师', institution: 'LIUHE', roles: [['nurse']] },
  { username: 'doctor1', name: '郑国华', title: '主治医师', institution: 'LIUHE', roles: [['clinician']] },
  // Clinicians of other townships, so that the demo's cases come from more than one site.
  { username: 'doctor2', name: '贺春生', title: '主治医师', institution: 'BAITA', roles: [['clinician']] },
  { username: 'doctor3', name: '石慧敏', title: '医师', institution: 'SHUANGQIAO', roles: [['clinician']] },
  { username: 'doctor4', name: '骆长青', title: '主治医师', institution: 'DONGSHAN', roles: [['clinician']] },
  {
    username: 'village1',
    name: '冯大年',
    title: '乡村医生',
    institution: 'LIUHE-V01',
    roles: [['village-doctor']],
  },
  {
    username: 'radiologist1',
    name: '陈思远',
    title: '主治医师',
    institution: 'QHRM',
    roles: [['reporter', 'imaging']],
    signs: true,
  },
  {
    username: 'radiologist2',
    name: '林静',
    title: '主任医师',
    institution: 'QHRM',
    roles: [['verifier', 'imaging']],
    signs: true,
  },
  {
    username: 'cardiologist1',
    name: '何明',
    title: '主治医师',
    institution: 'QHRM',
    roles: [['reporter', 'ecg']],
    signs: true,
  },
  {
    username: 'cardiologist2',
    name: '高翔',
    title: '副主任医师',
    institution: 'QHRM',
    roles: [['verifier', 'ecg']],
    signs: true,
  },
  {
    username: 'lab1',
    name: '梁晓雯',
    title: '检验师',
    institution: 'QHRM',
    roles: [['reporter', 'lab']],
    signs: true,
  },
  {
    username: 'lab2',
    name: '宋建平',
    title: '副主任检验师',
    institution: 'QHRM',
    roles: [['verifier', 'lab']],
    signs: true,
  },
  {
    username: 'pathologist1',
    name: '唐若水',
    title: '主治医师',
    institution: 'QHRM',
    roles: [['reporter', 'pathology']],
    signs: true,
  },
  {
    username: 'pathologist2',
    name: '许怀谷',
    title: '主任医师',
    institution: 'QHRM',
    roles: [['verifier', 'pathology']],
    signs: true,
  },
  {
    username: 'cssd1',
    name: '邓玉梅',
    title: '护师',
    institution: 'QHRM',
    roles: [['reporter', 'sterilization']],
    signs: true,
  },
  {
    username: 'cssd2',
    name: '曹丽',
    title: '主管护师',
    institution: 'QHRM',
    roles: [['verifier', 'sterilization']],
    signs: true,
  },
  { username: 'clinician1', name: '彭一鸣', title: '主治医师', institution: 'QHRM', roles: [['clinician']] },
  {
    username: 'head1',
    name: '萧正',
    title: '主任医师',
    institution: 'QHRM',
    roles: [['center-head']],
    signs: true,
  },
  { username: 'registrar1', name: '田甜', title: '分诊员', institution: 'QHRM', roles: [['registrar']] },
  { username: 'duty1', name: '董卫', title: '总值班', institution: 'QHRM', roles: [['duty-office']] },
  { username: 'courier1', name: '袁师傅', title: '转运员', institution: 'QHRM', roles: [['courier']] },
  {
    username: 'qa1',
    name: '潘慧',
    title: '质控专员',
    institution: 'QHRM',
    roles: [['quality']],
    signs: true,
  },
  { username: 'regulator1', name: '蒋科', title: '医政科', institution: 'QHWJ', roles: [['regulator']] },
  { username: 'admin1', name: '蔡工', title: '系统管理员', institution: 'QHRM', roles: [['system-admin']] },
  {
    username: 'security1',
    name: '余安',
    title: '安全管理员',
    institution: 'QHRM',
    roles: [['security-admin']],
  },
  { username: 'auditor1', name: '杜审', title: '审计员', institution: 'QHRM', roles: [['auditor']] },
];
