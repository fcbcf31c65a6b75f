/** Roles of DESIGN. A role is held at an institution and, for readers, in one centre. */
export const ROLE_NAMES = [
  'technician',
  'nurse',
  'clinician',
  'village-doctor',
  'reporter',
  'verifier',
  'center-head',
  'registrar',
  'courier',
  'duty-office',
  'quality',
  'regulator',
  'system-admin',
  'security-admin',
  'auditor',
] as const;
export type Role = (typeof ROLE_NAMES)[number];

/** What an operation asks for. `scope` of a role says where it holds, see `can`. */
export type Permission =
  | 'order.request'
  | 'order.read'
  | 'order.cancel'
  | 'order.accept'
  | 'order.return'
  | 'order.claim'
  | 'order.join'
  | 'input.upload'
  | 'input.read'
  | 'input.download'
  | 'report.read'
  | 'report.write'
  | 'report.verify'
  | 'report.acknowledge'
  | 'report.void'
  | 'critical.raise'
  | 'critical.acknowledge'
  | 'critical.escalate'
  | 'specimen.collect'
  | 'specimen.transport'
  | 'specimen.receive'
  | 'bench.work'
  | 'unmatched.decide'
  | 'template.edit'
  | 'policy.edit'
  | 'roster.edit'
  | 'quality.read'
  | 'quality.review'
  | 'ticket.work'
  | 'figures.read'
  | 'recognition.decide'
  | 'recognition.manage'
  | 'patient.read'
  | 'patient.unmask'
  | 'patient.link'
  | 'patient.protect'
  | 'patient.break-glass'
  | 'patient.refer'
  | 'export'
  | 'admin.institution'
  | 'admin.device'
  | 'admin.staff'
  | 'admin.settings'
  | 'security.grant'
  | 'access.review'
  | 'audit.read';

const READER: Permission[] = [
  'order.read',
  'order.accept',
  'order.return',
  'order.claim',
  'input.read',
  'input.download',
  'input.upload',
  'report.read',
  'report.write',
  'critical.raise',
  'specimen.receive',
  'bench.work',
  'patient.read',
  'ticket.work',
];
const SITE: Permission[] = ['order.read', 'input.read', 'report.read', 'patient.read', 'ticket.work'];

export const PERMISSIONS: Record<Role, readonly Permission[]> = {
  technician: [
    ...SITE,
    'input.upload',
    'order.accept',
    'specimen.collect',
    'specimen.transport',
    'critical.acknowledge',
    'bench.work',
  ],
  nurse: [
    ...SITE,
    'order.request',
    'specimen.collect',
    'specimen.transport',
    'critical.acknowledge',
    'input.upload',
  ],
  clinician: [
    ...SITE,
    'order.request',
    'order.cancel',
    'input.upload',
    'report.acknowledge',
    'critical.acknowledge',
    'recognition.decide',
    'patient.unmask',
    'patient.break-glass',
    'patient.refer',
    'patient.protect',
    'specimen.collect',
    'export',
  ],
  'village-doctor': [
    ...SITE,
    'order.request',
    'order.cancel',
    'input.upload',
    'report.acknowledge',
    'critical.acknowledge',
    'recognition.decide',
    'patient.refer',
    'specimen.collect',
  ],
  reporter: READER,
  verifier: [...READER, 'report.verify'],
  'center-head': [
    ...READER,
    'report.verify',
    'report.void',
    'template.edit',
    'policy.edit',
    'roster.edit',
    'quality.read',
    'quality.review',
    'recognition.manage',
    'unmatched.decide',
    'order.join',
    'patient.protect',
    'export',
  ],
  registrar: [
    'order.read',
    'order.accept',
    'order.join',
    'order.return',
    'unmatched.decide',
    'patient.read',
    'patient.link',
    'patient.protect',
    'input.read',
  ],
  courier: ['specimen.transport'],
  'duty-office': [
    'order.read',
    'critical.acknowledge',
    'critical.escalate',
    'patient.read',
    'ticket.work',
    'roster.edit',
  ],
  quality: [
    'order.read',
    'input.read',
    'report.read',
    'patient.read',
    'quality.read',
    'quality.review',
    'ticket.work',
    'figures.read',
    'access.review',
    'recognition.manage',
    'patient.protect',
    'export',
  ],
  regulator: ['figures.read'],
  'system-admin': ['admin.institution', 'admin.device', 'admin.staff', 'admin.settings'],
  'security-admin': ['security.grant', 'access.review'],
  auditor: ['audit.read'],
};

/** Roles that see the whole county rather than their institution. */
export const COUNTY_WIDE: ReadonlySet<Role> = new Set<Role>([
  'quality',
  'regulator',
  'duty-office',
  'system-admin',
  'security-admin',
  'auditor',
]);
/** Who sets up, who grants and who looks at the trail are three people. */
export const ADMINISTRATORS: readonly Role[] = ['system-admin', 'security-admin', 'auditor'];
export const areOneAdministrator = (roles: readonly Role[]): boolean =>
  new Set(roles.filter((role) => ADMINISTRATORS.includes(role))).size < 2;

/** Roles whose reach is the centre at their institution. */
export const CENTER_ROLES: ReadonlySet<Role> = new Set<Role>([
  'reporter',
  'verifier',
  'center-head',
  'registrar',
]);

/** What a machine may be given: everything of clinical work, nothing of administration. */
export const MACHINE_VERBS = [...new Set(Object.values(PERMISSIONS).flat())].filter(
  (verb) => !/^(admin|security|audit|access)\./.test(verb),
) as [Permission, ...Permission[]];
