/** Shapes of the API answers that the browser reads. Dates are ISO strings in UTC, birth dates plain dates. */

export type CenterKind = 'imaging' | 'ecg' | 'lab' | 'pathology' | 'sterilization';
export const centerKinds: readonly CenterKind[] = ['imaging', 'ecg', 'lab', 'pathology', 'sterilization'];

export type Priority = 'emergency' | 'urgent' | 'routine';

export type OrderStatus =
  | 'requested'
  | 'awaiting-decision'
  | 'acquired'
  | 'received'
  | 'claimed'
  | 'preliminary'
  | 'partial'
  | 'final'
  | 'acknowledged'
  | 'returned'
  | 'corrected'
  | 'cancelled'
  | 'void';

export interface Page<T> {
  items: T[];
  nextCursor?: string | null;
}

export interface RoleGrant {
  role: string;
  institutionId: string;
  institutionName?: string;
  centerKind: CenterKind | null;
}

/** A centre of the county as it is set up. */
export interface CenterFacts {
  kind: CenterKind;
  institutionId: string;
  institutionName: string;
  twoPerson: boolean;
  twoPersonEmergency: boolean;
  dutyPhone: string | null;
}

/** `GET /api/session` as the hub answers it. */
export interface SessionAnswer {
  user: {
    id: string;
    username: string;
    name: string;
    nameEn?: string | null;
    title?: string | null;
    settings?: Record<string, unknown>;
    mustChangePassword?: boolean;
    totpConfirmedAt?: string | null;
  };
  institutionId: string;
  institutionCode: string;
  institutionName: string;
  institutionKind: string;
  roles: RoleGrant[];
  permissions: string[];
  centers: CenterFacts[];
  demo?: boolean;
}

/** The signed-in person as the pages use it. */
export interface Session {
  user: SessionAnswer['user'];
  institution: { id: string; code: string; name: string; kind: string };
  roles: RoleGrant[];
  /** Rights held anywhere, e.g. `report.verify`. */
  permissions: ReadonlySet<string>;
  /** Centres in which this person works: worklist, cases. */
  centers: CenterKind[];
  county: CenterFacts[];
  demo: boolean;
}

export interface Patient {
  id: string;
  name: string;
  sex: 'M' | 'F' | 'O' | 'U';
  birthDate: string | null;
  identity?: 'verified' | 'unverified' | 'temporary';
  /** Own staff or a person under protection. */
  protected?: boolean;
  identifiers?: { type: string; value: string }[];
}

export interface WorklistRow {
  orderId: string;
  accessionNumber: string;
  status: OrderStatus;
  priority: Priority;
  patientName: string | null;
  sex?: string | null;
  birthDate?: string | null;
  modality?: string | null;
  bodyPart?: string | null;
  claimedById?: string | null;
  receiving?: boolean;
  provisional?: boolean;
  critical?: boolean;
  institutionName: string;
  itemName?: string | null;
  dueAt: string | null;
  warnAt?: string | null;
  receivedAt?: string | null;
  claimedBy: string | null;
  /** Who was given the case and has not opened it yet. */
  assignedTo?: string | null;
  [more: string]: unknown;
}

/** `GET /api/orders/:id`. `input` is what the centre adds: studies, recordings, tubes, slides. */
export interface Order {
  id: string;
  requestId: string;
  center: CenterKind;
  accessionNumber: string;
  placerOrderNumber?: string | null;
  status: OrderStatus;
  priority: Priority;
  flags?: string[];
  patient: Patient | null;
  itemName: string;
  items: { code: string; name: string; status?: string }[];
  modality?: string | null;
  bodyPart?: string | null;
  clinicalInfo?: string | null;
  requestingInstitutionId: string;
  institutionName: string;
  institutionPhone?: string | null;
  performingInstitutionId: string;
  performingInstitutionName: string;
  reportingInstitutionId: string;
  reportingInstitutionName: string;
  requestedByName?: string | null;
  requestedAt?: string | null;
  receivedAt?: string | null;
  finalAt?: string | null;
  dueAt?: string | null;
  warnAt?: string | null;
  claimedBy?: string | null;
  claimedById?: string | null;
  /** Fewer people see its result: sensitive test or protected person. */
  sensitive?: boolean;
  receiving?: boolean;
  provisional?: boolean;
  lateInput?: boolean;
  /** Why the centre sent it back, while it stands so. */
  returned?: { at: string; by: string | null; reason: string | null; note: string | null } | null;
  /** Whether the caller may write here: shows the report form rather than the result. */
  atCenter?: boolean;
  siblings?: { id: string; accessionNumber: string; status: OrderStatus; itemName: string }[] | null;
  input?: Record<string, unknown>;
  /** What else the hub sends along. */
  [more: string]: unknown;
}
