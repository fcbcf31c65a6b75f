import { canonicalLeadName, deriveLimbLeads, inStandardOrder } from './leadNames.ts';
import { UnreadableRecording, maximumLeads } from './model.ts';
import type {
  EcgFilters,
  EcgLead,
  EcgRecording,
  MachineMeasurements,
  MedianBeat,
  ReadingNote,
} from './model.ts';
import { fullName, sexOf } from './patientText.ts';
import { attribute, child, children, compact, decodeXml, finite, parseXml, textOf, xmlHead } from './xml.ts';
import type { XmlNode } from './xml.ts';

export const name = 'aecg';

export function matches(head: Uint8Array): boolean {
  return /<(\w+:)?AnnotatedECG[\s>]/.test(xmlHead(head));
}

/**
 * HL7 annotated ECG (PORT_MT020001, 2003-12). Amplitude = origin + digit × scale in the unit of each;
 * derived series become the median beat; annotations of the device become machine measurements.
 */
export function read(bytes: Uint8Array): EcgRecording {
  const notes: ReadingNote[] = [];
  const root = child(parseXml(decodeXml(bytes, notes)), 'AnnotatedECG');
  if (!root) throw new UnreadableRecording('aECG: no AnnotatedECG element', 'unknown-format');
  const seriesList = children(root, 'component').flatMap((component) => children(component, 'series'));
  const rhythm =
    seriesList.find((series) => /RHYTHM/i.test(attribute(child(series, 'code'), 'code') ?? '')) ??
    seriesList[0];
  if (!rhythm) throw new UnreadableRecording('aECG: no series, so no trace', 'no-trace');
  const trace = readSequences(rhythm);
  if (trace.leads.length === 0) throw new UnreadableRecording('aECG: the series holds no lead', 'no-trace');
  const derived = children(rhythm, 'derivation').flatMap((derivation) =>
    children(derivation, 'derivedSeries'),
  )[0];
  const medianBeat = derived ? readMedianBeat(derived) : undefined;
  const subject = findFirst(child(root, 'componentOf', 'timepointEvent'), 'trialSubject');
  const person = child(subject, 'subjectDemographicPerson');
  const device =
    findFirst(child(rhythm, 'author'), 'manufacturedSeriesDevice') ??
    findFirst(child(rhythm, 'author'), 'seriesAuthor');
  const annotations = collectAnnotations(rhythm);
  const birth = attribute(child(person, 'birthTime'), 'value');
  const gender = attribute(child(person, 'administrativeGenderCode'), 'code');
  return compact({
    format: name,
    formatVersion: '2003-12',
    samplingRateHz: trace.samplingRateHz,
    leads: deriveLimbLeads(inStandardOrder(trace.leads), notes),
    medianBeat,
    patient: compact({
      identifier: attribute(child(subject, 'id'), 'extension'),
      name: textOf(person, 'name') ?? personName(child(person, 'name')),
      birthDate:
        birth && /^\d{8}/.test(birth)
          ? `${birth.slice(0, 4)}-${birth.slice(4, 6)}-${birth.slice(6, 8)}`
          : undefined,
      sex: sexOf(gender),
    }),
    device: compact({
      model:
        textOf(device, 'manufacturerModelName') ??
        textOf(findFirst(child(rhythm, 'author'), 'manufacturerModelName')),
      software: textOf(findFirst(child(rhythm, 'author'), 'softwareName')),
      serialNumber: attribute(child(device, 'id'), 'extension'),
      manufacturer: textOf(findFirst(child(rhythm, 'author'), 'manufacturerOrganization'), 'name'),
    }),
    filters: readFilters(rhythm),
    acquiredAt: hl7Time(
      attribute(child(rhythm, 'effectiveTime', 'low'), 'value') ??
        attribute(child(root, 'effectiveTime', 'center'), 'value'),
    ),
    machineMeasurements: annotations.measurements,
    machineStatements: annotations.statements,
    notes,
  });
}

function readSequences(series: XmlNode): { samplingRateHz: number; leads: EcgLead[] } {
  let samplingRateHz: number | undefined;
  const leads: EcgLead[] = [];
  for (const component of children(series, 'component')) {
    for (const set of children(component, 'sequenceSet')) {
      for (const entry of children(set, 'component')) {
        for (const sequence of children(entry, 'sequence')) {
          const code = attribute(child(sequence, 'code'), 'code') ?? '';
          const value = child(sequence, 'value');
          if (/^TIME_/.test(code)) {
            const increment = child(value, 'increment');
            const step = finite(attribute(increment, 'value'));
            const seconds = step === undefined ? undefined : step * timeUnit(attribute(increment, 'unit'));
            if (seconds && seconds > 0) samplingRateHz = Math.round((1 / seconds) * 1e6) / 1e6;
          } else leads.push(readLead(code, value));
          if (leads.length > maximumLeads) throw new UnreadableRecording('aECG: too many leads', 'too-large');
        }
      }
      // further sequence sets of one series are later stretches of time: the first is the recording
      if (leads.length > 0) break;
    }
    if (leads.length > 0) break;
  }
  if (leads.length > 0 && !samplingRateHz)
    throw new UnreadableRecording('aECG: no time increment, so no sampling rate');
  return { samplingRateHz: samplingRateHz ?? 0, leads };
}

function timeUnit(unit: string | undefined): number {
  return unit === 'ms' ? 1e-3 : unit === 'us' ? 1e-6 : 1;
}

function microvoltUnit(unit: string | undefined): number {
  return unit === 'mV' ? 1000 : unit === 'nV' ? 0.001 : unit === 'V' ? 1e6 : 1;
}

function readLead(code: string, value: XmlNode | undefined): EcgLead {
  const scale = child(value, 'scale');
  const origin = child(value, 'origin');
  const microvoltPerUnit = (finite(attribute(scale, 'value')) ?? 1) * microvoltUnit(attribute(scale, 'unit'));
  const offset = (finite(attribute(origin, 'value')) ?? 0) * microvoltUnit(attribute(origin, 'unit'));
  const digits = numbers(textOf(value, 'digits') ?? '', code);
  if (digits.length === 0) throw new UnreadableRecording(`aECG: lead ${code} holds no samples`, 'no-trace');
  if (!(microvoltPerUnit !== 0)) throw new UnreadableRecording(`aECG: lead ${code} has no scale`);
  const lead: EcgLead = {
    name: canonicalLeadName(code),
    samples: digits,
    microvoltPerUnit,
    origin: 'recorded',
    startSample: 0,
  };
  if (offset !== 0) {
    const shifted = offset / microvoltPerUnit;
    lead.samples = Number.isInteger(shifted)
      ? digits.map((digit) => digit + shifted)
      : Float64Array.from(digits, (digit) => digit + shifted);
  }
  return lead;
}

/** Whitespace-separated numbers; whole numbers stay integers. */
function numbers(text: string, what: string): Int32Array | Float64Array {
  const parts = text.split(/\s+/).filter((part) => part !== '');
  const values = Float64Array.from(parts, Number);
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]))
      throw new UnreadableRecording(`aECG: '${(parts[i] ?? '').slice(0, 20)}' is no sample of ${what}`);
  return values.every((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31)
    ? Int32Array.from(values)
    : values;
}

function readMedianBeat(series: XmlNode): MedianBeat | undefined {
  try {
    const { samplingRateHz, leads } = readSequences(series);
    return leads.length > 0 ? { samplingRateHz, leads: inStandardOrder(leads) } : undefined;
  } catch {
    return undefined; // a damaged median beat must not cost the trace
  }
}

function findFirst(node: XmlNode | undefined, wanted: string, depth = 0): XmlNode | undefined {
  if (!node || depth > 12) return undefined;
  const direct = children(node, wanted)[0];
  if (direct) return direct;
  for (const key of Object.keys(node)) {
    if (key.startsWith('@') || key.startsWith('#')) continue;
    for (const entry of children(node, key)) {
      const found = findFirst(entry, wanted, depth + 1);
      if (found) return found;
    }
  }
  return undefined;
}

function personName(node: XmlNode | undefined): string | undefined {
  const family = textOf(node, 'family');
  const given = textOf(node, 'given');
  return fullName(family, given);
}

function readFilters(series: XmlNode): EcgFilters {
  const filters: EcgFilters = {};
  for (const variable of children(series, 'controlVariable').flatMap((entry) =>
    children(entry, 'controlVariable'),
  )) {
    const code = attribute(child(variable, 'code'), 'code') ?? '';
    const cutoff = children(variable, 'component')
      .map((component) => finite(attribute(child(component, 'controlVariable', 'value'), 'value')))
      .find((value) => value !== undefined);
    if (cutoff === undefined) continue;
    if (code.includes('LOW_PASS')) filters.lowPassHz = cutoff;
    else if (code.includes('HIGH_PASS')) filters.highPassHz = cutoff;
    else if (code.includes('NOTCH')) filters.notchHz = cutoff;
  }
  return filters;
}

const measured: Record<string, keyof MachineMeasurements> = {
  MDC_ECG_HEART_RATE: 'heartRateBpm',
  MDC_ECG_HEART_RATE_VENT: 'heartRateBpm',
  MDC_ECG_HEART_RATE_ATRIAL: 'atrialRateBpm',
  MDC_ECG_TIME_PD_P: 'pMs',
  MDC_ECG_TIME_PD_PR: 'prMs',
  MDC_ECG_TIME_PD_QRS: 'qrsMs',
  MDC_ECG_TIME_PD_QT: 'qtMs',
  MDC_ECG_TIME_PD_QTC: 'qtcMs',
  MDC_ECG_ANGLE_P_FRONT: 'pAxisDegrees',
  MDC_ECG_ANGLE_QRS_FRONT: 'qrsAxisDegrees',
  MDC_ECG_ANGLE_T_FRONT: 'tAxisDegrees',
};

/** The first value of each measurement counts: the global set stands before the single beats. */
function collectAnnotations(series: XmlNode): { measurements: MachineMeasurements; statements: string[] } {
  const measurements: MachineMeasurements = {};
  const statements: string[] = [];
  const visit = (annotation: XmlNode, depth: number): void => {
    if (depth > 8) return;
    const code = (attribute(child(annotation, 'code'), 'code') ?? '').replace(/c$/, 'C');
    const value = child(annotation, 'value');
    const key = measured[code];
    const amount = finite(attribute(value, 'value'));
    if (key && amount !== undefined) {
      const unit = attribute(value, 'unit');
      measurements[key] ??= unit === 's' ? amount * 1000 : amount;
    } else if (
      /MDC_ECG_(INTERPRETATION|RHY)/.test(code) ||
      code.startsWith('MDC_ECG_INTERPRETATION_STATEMENT')
    ) {
      const text = textOf(value) ?? attribute(value, 'displayName');
      if (text) statements.push(text);
    }
    for (const component of children(annotation, 'component'))
      for (const inner of children(component, 'annotation')) visit(inner, depth + 1);
  };
  const derived = children(series, 'derivation').flatMap((derivation) =>
    children(derivation, 'derivedSeries'),
  );
  for (const source of [...derived, series])
    for (const subject of children(source, 'subjectOf'))
      for (const set of children(subject, 'annotationSet'))
        for (const component of children(set, 'component'))
          for (const annotation of children(component, 'annotation')) visit(annotation, 0);
  return { measurements, statements: [...new Set(statements)] };
}

/** HL7 TS → ISO text, keeping a zone when there is one. */
export function hl7Time(value: string | undefined): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(\.\d+)?([+-]\d{4})?/.exec(value ?? '');
  if (!match) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone] = match;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${zone ? `${zone.slice(0, 3)}:${zone.slice(3)}` : ''}`;
}
