/** Answers of `/api/sterilization/…` as the pages use them. */
export interface PackEvent {
  kind: string;
  at: string;
  deviceAt: string | null;
  staff: string;
  institution: string;
  station: string;
  machine: string | null;
  detail: Record<string, unknown>;
}

export interface PackDetail {
  id: string;
  code: string;
  state: string;
  setTypeCode: string;
  setName: string;
  setNameEn: string;
  trayCode: string | null;
  owner: string;
  location: string;
  shelf: string;
  urgent: boolean;
  infectious: string;
  implant: boolean;
  washRequired: boolean;
  method: string;
  material: string | null;
  loadNumber: string | null;
  machine: string | null;
  sterilizedOn: string | null;
  expiresOn: string | null;
  expiry: 'valid' | 'soon' | 'expired' | null;
  nextStep: string | null;
  previousCode: string | null;
  pictureSha256: string | null;
  contents: { position: number; code: string; name: string; nameEn: string; quantity: number }[];
  counts: {
    stage: string;
    code: string | null;
    name: string | null;
    expected: number;
    found: number;
    damaged: number;
    discrepancy: string;
    note: string;
  }[];
  instruments: { code: string; name: string; kind: string; lot: string }[];
  events: PackEvent[];
}

export interface PackRow {
  id: string;
  code: string;
  state: string;
  setTypeCode: string;
  setName: string;
  trayCode: string | null;
  owner: string;
  location: string;
  shelf: string;
  urgent: boolean;
  infectious: string;
  implant: boolean;
  loadNumber: string | null;
  expiresOn: string | null;
  collectedAt: string;
  dueAt: string;
}

export interface BoardMachine {
  code: string;
  name: string;
  kind: string;
  method: string | null;
  status: string;
  blockReason: string | null;
  running: string | null;
  runningId: string | null;
  programme: string | null;
  startedAt: string | null;
  endsAt: string | null;
  packs: number | null;
  bowieDickToday: string | null;
  biologicalAt: string | null;
}

export interface Board {
  now: string;
  today: string;
  steps: { state: string; packs: number; urgent: number; late: number; oldest: string | null }[];
  machines: BoardMachine[];
  waitingReturns: number;
  waitingRequests: number;
  pendingBiological: number;
  awaitingRelease: number;
  openRecallItems: number;
  unacknowledged: number;
  followUps: number;
  expiringSoon: number;
  expired: number;
  conflicts: number;
  printOuts: number;
}

export interface Programme {
  code: string;
  name: string;
  purpose: string;
  minutes: number;
  setTemperatureC: number | null;
  bandC: number;
  minHoldS: number | null;
  minA0: number | null;
  biologicalEvery: string;
}

export interface Catalogue {
  setTypes: {
    id: string;
    code: string;
    name: string;
    nameEn: string;
    version: number;
    method: string;
    implant: boolean;
    washRequired: boolean;
    weightG: number | null;
    priceFen: number;
    material: string;
    materialName: string;
    active: boolean;
    contents: { code: string; name: string; quantity: number }[];
  }[];
  machines: {
    id: string;
    code: string;
    name: string;
    kind: string;
    method: string | null;
    status: string;
    programmes: Programme[] | null;
  }[];
  materials: {
    code: string;
    name: string;
    nameEn: string;
    shelfLifeDays: number;
    shelfLifeDaysUncontrolled: number;
  }[];
  routes: {
    id: string;
    code: string;
    name: string;
    departsAt: string;
    stops: { code: string; name: string }[] | null;
  }[];
  instrumentTypes: { code: string; name: string; nameEn: string }[];
}

export interface LoadRow {
  id: string;
  number: string;
  machine: string;
  machineName: string;
  programme: string;
  minutes: number;
  startedAt: string;
  endedAt: string | null;
  operator: string;
  state: string;
  purpose: string;
  hasImplant: boolean;
  a0: number | null;
  physicalOutcome: string | null;
  biologicalOutcome: string | null;
  outerOutcome: string | null;
  releaseKind: string | null;
  packs: number;
}

export interface Indicator {
  id: string;
  kind: string;
  lot: string;
  outcome: string;
  control: string | null;
  packId: string | null;
  readAt: string | null;
  readBy: string | null;
  note: string;
}

export interface TraceRow {
  packId: string;
  code: string;
  setName: string;
  trayCode: string | null;
  state: string;
  sterilizedOn: string | null;
  expiresOn: string | null;
  loadId: string | null;
  loadNumber: string | null;
  loadState: string | null;
  machine: string | null;
  physicalOutcome: string | null;
  biologicalOutcome: string | null;
  washNumber: string | null;
  washA0: number | null;
  packedBy: string | null;
  checkedBy: string | null;
  operator: string | null;
  releasedBy: string | null;
  patientId: string | null;
  patientName: string | null;
  visit: string | null;
  usedAt: string | null;
  institutionName: string | null;
  usedBy: string | null;
}

export interface LoadDetail {
  id: string;
  number: string;
  state: string;
  purpose: string;
  method: string;
  hasImplant: boolean;
  startedAt: string;
  endedAt: string | null;
  machine: string;
  machineName: string;
  machineStatus: string;
  operator: string;
  programme: Programme & {
    minPressureKpa: number | null;
    maxPressureKpa: number | null;
    minConcentrationMgL: number | null;
  };
  cycle: {
    source: string;
    parameters: Record<string, number | string>;
    curve: { s: number; temperatureC: number; pressureKpa?: number }[] | null;
    outcome: string;
    findings: { parameter: string; problem: string; value?: number; limit?: number }[];
    printOutId: string | null;
  } | null;
  release: { id: string; kind: string; at: string; by: string; reason: string } | null;
  followUp: {
    dueAt: string;
    reportedAt: string | null;
    outcome: string | null;
    reportedTo: string | null;
  } | null;
  indicators: Indicator[];
  packs: TraceRow[];
  /** Bowie-Dick or leak results read from this run. */
  tests: {
    id: string;
    kind: 'bowie-dick' | 'leak';
    outcome: string;
    leakKpaMin: number | null;
    lot: string;
    testedAt: string;
    readBy: string;
    note: string;
  }[];
}

export interface PrintOut {
  id: string;
  machine: string;
  receivedAt: string;
  source: string;
  bytes: number;
  state: 'waiting' | 'matched' | 'dismissed';
  flags: string[];
  reading: {
    cycleNumber?: string;
    programme?: string;
    startedAt?: string;
    endedAt?: string;
    parameters: Record<string, number | string>;
    curve: unknown[];
  };
}

export interface Site {
  today: string;
  stock: {
    setTypeCode: string;
    setName: string;
    usable: number;
    soon: number;
    expired: number;
    minimum: number | null;
    nextExpiry: string | null;
    packs: { code: string; expiresOn: string; shelf: string; implant: boolean }[];
  }[];
  away: {
    code: string;
    setName: string;
    state: string;
    location: string;
    trayCode: string | null;
    collectedAt: string;
    expiresOn: string | null;
  }[];
  incoming: {
    number: string;
    departedAt: string;
    vehicle: string;
    courier: string | null;
    packs: { code: string; setName: string; expiresOn: string; received: boolean }[];
  }[];
  requests: {
    orderId: string;
    accessionNumber: string;
    status: string;
    neededOn: string;
    lines: { code: string; name: string; quantity: number; sent: number }[];
  }[];
  recalls: {
    recallId: string;
    number: string;
    raisedAt: string;
    packs: number;
    usedPacks: number;
    acknowledgedAt: string | null;
    open: number;
  }[];
}

export interface RecallDetail {
  id: string;
  number: string;
  reason: string;
  decision: string;
  machineCode: string;
  machineName: string;
  machineStatus: string;
  since: string | null;
  lastPassLoad: string | null;
  raisedAt: string;
  raisedByName: string;
  closedAt: string | null;
  conclusion: string;
  documentSha256: string | null;
  items: {
    packId: string;
    code: string;
    setName: string;
    loadNumber: string;
    institutionId: string;
    institutionName: string;
    shelf: string;
    was: string;
    outcome: string;
    decidedAt: string | null;
  }[];
  notices: {
    institutionId: string;
    institutionName: string;
    packs: number;
    usedPacks: number;
    notifiedAt: string;
    acknowledgedAt: string | null;
    acknowledgedByName: string | null;
    escalatedAt: string | null;
  }[];
  patients: {
    patientId: string | null;
    patientName: string | null;
    visit: string;
    usedAt: string;
    institutionName: string;
    code: string;
    setName: string;
    loadNumber: string;
  }[];
  blocks: {
    id: string;
    reason: string;
    requiredProcess: number;
    requiredBowieDick: number;
    blockedAt: string;
    returnedAt: string | null;
    trials: { kind: string; outcome: string; at: string; load: string }[];
  }[];
}

export interface SetTypeVersion {
  code: string;
  name: string;
  nameEn: string;
  active: boolean;
  version: number;
  method: string;
  implant: boolean;
  washRequired: boolean;
  innerIndicatorClass: number;
  weightG: number | null;
  priceFen: number;
  pictureSha256: string | null;
  instructions: string;
  material: string;
  materialName: string;
  createdAt: string;
  createdBy: string | null;
  packs: number;
  contents: { code: string; name: string; nameEn: string; quantity: number; pictureSha256: string | null }[];
}

/** Rules of a print-out profile, as `server/sterilization/formats/printOutProfile.ts` takes them. */
export interface PrintOutRules {
  encoding: string;
  start: string;
  end?: string;
  fields: { name: string; pattern: string; type?: string; factor?: number; offset?: number }[];
  sample?: { pattern?: string; pressureFactor?: number; pressureOffset?: number };
  pass?: string;
  fail?: string;
  required: string[];
}

export interface TriedPrintOut {
  reading: {
    parameters: Record<string, number | string>;
    curve: { s: number; temperatureC: number; pressureKpa?: number }[];
    flags: string[];
    [field: string]: unknown;
  };
  encoding: string;
  text: string;
}

/** `GET /api/sterilization/setup`: what only the centre itself edits. */
export interface Setup {
  calendars: { code: string; name: string }[];
  setting: {
    calendar: string | null;
    urgentMinutes: number;
    routineMinutes: number;
    overdueDays: number;
  };
  machines: {
    code: string;
    name: string;
    kind: string;
    method: string | null;
    status: string;
    manufacturer: string;
    model: string;
    serialNumber: string;
    programmes: {
      code: string;
      name: string;
      purpose: string;
      setTemperatureC: number | null;
      bandC: number;
      minHoldS: number | null;
      minPressureKpa: number | null;
      maxPressureKpa: number | null;
      minConcentrationMgL: number | null;
      minHumidityPercent: number | null;
      maxLeakKpaMin: number | null;
      minA0: number | null;
      biologicalEvery: string;
      infectiousRoute: boolean;
      minutes: number;
      active: boolean;
    }[];
  }[];
  profiles: { code: string; name: string; encoding: string; rules: PrintOutRules; createdAt: string }[];
  sources: {
    id: string;
    kind: string;
    address: string;
    active: boolean;
    machine: string;
    profile: string;
    lastAt: string | null;
  }[];
  rates: {
    id: string;
    component: string;
    method: string | null;
    amountFen: number;
    validFrom: string;
    setTypeCode: string | null;
    setName: string | null;
  }[];
  materials: {
    code: string;
    name: string;
    nameEn: string;
    shelfLifeDays: number;
    shelfLifeDaysUncontrolled: number;
    active: boolean;
    setTypes: number;
  }[];
  instrumentTypes: {
    code: string;
    name: string;
    nameEn: string;
    gtin: string | null;
    priceFen: number;
    pictureSha256: string | null;
    active: boolean;
    coded: number;
  }[];
}

export interface TrayRow {
  id: string;
  code: string;
  kind: string;
  state: string;
  useCount: number;
  setTypeCode: string;
  setName: string;
  owner: string | null;
  packCode: string | null;
  packState: string | null;
  location: string | null;
  instruments: number;
}

export interface InstrumentItem {
  id: string;
  code: string;
  state: string;
  useCount: number;
  maxUses: number | null;
  serialNumber: string;
  lot: string;
  expiresOn: string | null;
  typeCode: string;
  typeName: string;
  trayCode: string | null;
  repairs: number;
  openFault: string | null;
}

export interface InstrumentDetail extends Omit<InstrumentItem, 'repairs' | 'openFault'> {
  gtin: string | null;
  pictureSha256: string | null;
  repairs: {
    id: string;
    reportedAt: string;
    reportedBy: string;
    fault: string;
    repairedAt: string | null;
    repairedBy: string | null;
    result: string | null;
  }[];
  uses: {
    code: string;
    state: string;
    setName: string;
    loadNumber: string | null;
    loadId: string | null;
    usedAt: string | null;
    institution: string | null;
  }[];
}

export interface Loaner {
  id: string;
  tray: string;
  setName: string;
  vendor: string;
  vendorContact: string;
  receivedAt: string;
  receivedBy: string;
  surgeryAt: string;
  instructionsNote: string;
  weightG: number;
  countIn: number;
  countOut: number | null;
  returnedAt: string | null;
  returnedBy: string | null;
  discrepancy: string | null;
  packCode: string | null;
  packState: string | null;
}

export interface ReadCode {
  key: string;
  gs1: {
    elements: Record<string, string>;
    gtin?: string;
    lot?: string;
    serialNumber?: string;
    producedOn?: string;
    expiresOn?: string;
    grai?: string;
    giai?: string;
    warnings: string[];
  } | null;
  instrumentType: { code: string; name: string } | null;
  known: string | null;
}
