import { canonicalLeadName, deriveLimbLeads, inStandardOrder } from './leadNames.ts';
import { UnreadableRecording, maximumLeads } from './model.ts';
import type { EcgLead, EcgPatient, EcgRecording, MachineMeasurements, ReadingNote } from './model.ts';
import { fullName, sexOf } from './patientText.ts';
import { child, children, compact, decodeXml, numberOf, parseXml, textOf, xmlHead } from './xml.ts';
import type { XmlNode } from './xml.ts';

export const name = 'muse-xml';

export function matches(head: Uint8Array): boolean {
  return /<RestingECG[\s>]/.test(xmlHead(head));
}

/**
 * GE MUSE XML: Base64 of int16 little-endian per lead. MUSE files start with a DOCTYPE that names an external
 * DTD; a bare one without internal subset is cut off unread, any other is refused.
 */
export function read(bytes: Uint8Array): EcgRecording {
  const notes: ReadingNote[] = [];
  const text = decodeXml(bytes, notes).replace(
    /<!DOCTYPE\s+RestingECG\s+SYSTEM\s+("[^"<>]*"|'[^'<>]*')\s*>/i,
    '',
  );
  const root = child(parseXml(text), 'RestingECG');
  if (!root) throw new UnreadableRecording('MUSE XML: no RestingECG element', 'unknown-format');
  const waveforms = children(root, 'Waveform');
  const rhythm = waveforms.find((waveform) => textOf(waveform, 'WaveformType') === 'Rhythm') ?? waveforms[0];
  if (!rhythm) throw new UnreadableRecording('MUSE XML: no waveform', 'no-trace');
  const trace = readLeads(rhythm);
  if (trace.leads.length === 0)
    throw new UnreadableRecording('MUSE XML: the waveform holds no lead', 'no-trace');
  const medianNode = waveforms.find((waveform) => textOf(waveform, 'WaveformType') === 'Median');
  const median = medianNode && medianNode !== rhythm ? readLeads(medianNode) : undefined;
  const test = child(root, 'TestDemographics');
  const order = child(root, 'Order');
  return compact({
    format: name,
    formatVersion: textOf(root, 'MuseInfo', 'MuseVersion'),
    samplingRateHz: trace.samplingRateHz,
    bitsPerSample: 16,
    leads: deriveLimbLeads(inStandardOrder(trace.leads), notes),
    medianBeat:
      median && median.leads.length > 0
        ? { samplingRateHz: median.samplingRateHz, leads: deriveLimbLeads(inStandardOrder(median.leads), []) }
        : undefined,
    patient: readPatient(child(root, 'PatientDemographics')),
    device: compact({
      manufacturer: 'GE',
      model: textOf(test, 'AcquisitionDevice'),
      serialNumber: textOf(test, 'CartNumber'),
      software: textOf(test, 'AcquisitionSoftwareVersion'),
      institution: textOf(test, 'SiteName'),
    }),
    filters: compact({
      highPassHz: scaled(numberOf(rhythm, 'HighPassFilter')),
      lowPassHz: numberOf(rhythm, 'LowPassFilter'),
      notchHz: numberOf(rhythm, 'ACFilter') || undefined,
    }),
    acquiredAt: museTime(textOf(test, 'AcquisitionDate'), textOf(test, 'AcquisitionTime')),
    accessionNumber: textOf(order, 'AccessionNumber'),
    placerOrderNumber: textOf(order, 'RequisitionNumber') ?? textOf(order, 'OrderNumber'),
    priority: /^(stat|emergency)/i.test(textOf(test, 'Priority') ?? '') ? ('emergency' as const) : undefined,
    machineMeasurements: readMeasurements(
      child(root, 'RestingECGMeasurements') ?? child(root, 'OriginalRestingECGMeasurements'),
    ),
    machineStatements: readStatements(child(root, 'Diagnosis') ?? child(root, 'OriginalDiagnosis')),
    notes,
  });
}

/** MUSE writes the high-pass filter in hundredths of a hertz. */
function scaled(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value >= 1 ? value / 100 : value;
}

function readLeads(waveform: XmlNode): { samplingRateHz: number; leads: EcgLead[] } {
  const base = numberOf(waveform, 'SampleBase') ?? 0;
  const samplingRateHz = base * 10 ** (numberOf(waveform, 'SampleExponent') ?? 0);
  if (!(samplingRateHz > 0)) throw new UnreadableRecording('MUSE XML: no SampleBase, so no sampling rate');
  const entries = children(waveform, 'LeadData');
  if (entries.length > maximumLeads) throw new UnreadableRecording('MUSE XML: too many leads', 'too-large');
  return {
    samplingRateHz,
    leads: entries.map((entry, index): EcgLead => {
      const label = textOf(entry, 'LeadID') ?? `Channel ${index + 1}`;
      const size = numberOf(entry, 'LeadSampleSize') ?? 2;
      if (size !== 2)
        throw new UnreadableRecording(
          `MUSE XML: sample size ${size} of lead ${label} is not known`,
          'unsupported',
        );
      const data = Buffer.from(textOf(entry, 'WaveFormData') ?? '', 'base64');
      const announced = numberOf(entry, 'LeadSampleCountTotal');
      const count = announced ?? data.byteLength >> 1;
      if (count <= 0 || count * 2 > data.byteLength)
        throw new UnreadableRecording(`MUSE XML: lead ${label} is cut off`, 'cut-off');
      const units = textOf(entry, 'LeadAmplitudeUnits') ?? 'MICROVOLTS';
      const factor = /^MILLIVOLTS$/i.test(units) ? 1000 : 1;
      const microvoltPerUnit = (numberOf(entry, 'LeadAmplitudeUnitsPerBit') ?? 4.88) * factor;
      const samples = new Int16Array(count);
      for (let i = 0; i < count; i++) samples[i] = data.readInt16LE(i * 2);
      const first = numberOf(entry, 'FirstSampleBaseline');
      if (first) for (let i = 0; i < count; i++) samples[i] = (samples[i] ?? 0) - first;
      return {
        name: canonicalLeadName(label),
        samples,
        microvoltPerUnit,
        origin: 'recorded',
        startSample: 0,
      };
    }),
  };
}

function readPatient(node: XmlNode | undefined): EcgPatient {
  const family = textOf(node, 'PatientLastName');
  const given = textOf(node, 'PatientFirstName');
  const years =
    textOf(node, 'AgeUnits')?.toUpperCase() === 'YEARS' ? numberOf(node, 'PatientAge') : undefined;
  return compact({
    identifier: textOf(node, 'PatientID'),
    name: fullName(family, given),
    birthDate: americanDate(textOf(node, 'DateofBirth')),
    ageYears: years,
    sex: sexOf(textOf(node, 'Gender')),
  });
}

/** MM-DD-YYYY */
function americanDate(value: string | undefined): string | undefined {
  const match = /^(\d\d)[-/](\d\d)[-/](\d{4})$/.exec(value ?? '');
  return match ? `${match[3]}-${match[1]}-${match[2]}` : undefined;
}

function museTime(date: string | undefined, time: string | undefined): string | undefined {
  const day = americanDate(date);
  return day ? `${day}T${time && /^\d\d:\d\d/.test(time) ? time : '00:00:00'}` : undefined;
}

function readMeasurements(node: XmlNode | undefined): MachineMeasurements {
  return compact({
    heartRateBpm: numberOf(node, 'VentricularRate'),
    atrialRateBpm: numberOf(node, 'AtrialRate'),
    prMs: numberOf(node, 'PRInterval'),
    qrsMs: numberOf(node, 'QRSDuration'),
    qtMs: numberOf(node, 'QTInterval'),
    qtcMs: numberOf(node, 'QTCorrected'),
    pAxisDegrees: numberOf(node, 'PAxis'),
    qrsAxisDegrees: numberOf(node, 'RAxis'),
    tAxisDegrees: numberOf(node, 'TAxis'),
  });
}

/** A statement ends where its ENDSLINE flag stands. */
function readStatements(node: XmlNode | undefined): string[] {
  const lines: string[] = [];
  let line = '';
  for (const statement of children(node, 'DiagnosisStatement')) {
    line = `${line} ${textOf(statement, 'StmtText') ?? ''}`.trim();
    if (children(statement, 'StmtFlag').some((flag) => textOf(flag) === 'ENDSLINE')) {
      if (line) lines.push(line);
      line = '';
    }
  }
  if (line) lines.push(line);
  return lines;
}
