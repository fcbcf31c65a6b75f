import type { PatientInput } from '../../../server/core/patient/findOrCreatePatient.ts';
import { contentError } from '../../../server/standards/hl7v2/errors.ts';
import {
  repetitionCount,
  segment,
  text,
  value,
  type Hl7Message,
  type Hl7Segment,
} from '../../../server/standards/hl7v2/parse.ts';
import { parseDate } from '../../../server/standards/hl7v2/timestamp.ts';

/** CX.5 (HL7 table 0203 and what Chinese systems write) → our identifier type. */
const TYPES: Record<string, string> = {
  NNCHN: 'id-card',
  NNCN: 'id-card',
  NI: 'id-card',
  IDCARD: 'id-card',
  PPN: 'passport',
  MR: 'mrn',
  PI: 'mrn',
  PT: 'mrn',
  MRN: 'mrn',
  SS: 'social-card',
  MI: 'military',
};

const SEXES: Record<string, 'M' | 'F' | 'O' | 'U'> = {
  M: 'M',
  F: 'F',
  O: 'O',
  U: 'U',
  A: 'O',
  N: 'O',
  '1': 'M',
  '2': 'F',
  男: 'M',
  女: 'F',
  '0': 'U',
  '9': 'O',
};

/** The patient of a message. Throws Hl7ContentError naming the PID field at fault. */
export function readPatient(message: Hl7Message): PatientInput {
  const pid = segment(message, 'PID');
  if (!pid)
    throw contentError(
      'PID',
      3,
      'the message has no PID segment (are its segments separated by CR?)',
      'refuse',
      100,
    );
  const identifiers = readIdentifiers(pid);
  const name = readName(pid);
  if (!name) throw contentError('PID', 5, 'the patient name is empty', 'refuse', 101);
  if (identifiers.length === 0 && !/^无名/.test(name))
    throw contentError('PID', 3, 'the patient has no identifier', 'refuse', 101);
  const sentSex = text(pid, 8)?.toUpperCase();
  const sex = sentSex === undefined ? 'U' : SEXES[sentSex];
  if (!sex) throw contentError('PID', 8, `sex '${sentSex}' is not one of M F O U`, 'refuse', 103);
  const sentBirth = text(pid, 7);
  const birthDate = parseDate(sentBirth);
  if (sentBirth && !birthDate)
    throw contentError('PID', 7, `birth date '${sentBirth}' is no date`, 'refuse', 102);
  const phone = (text(pid, 13) ?? text(pid, 13, 12) ?? text(pid, 14))?.replace(/[^\d+ -]/g, '');
  return {
    name,
    sex,
    ...(birthDate && { birthDate }),
    ...(phone && phone.length >= 5 && phone.length <= 20 && { phone }),
    identifiers,
    ...(identifiers.length === 0 && { temporary: true }),
  };
}

/** PID-5: Chinese names come whole in one component or as family^given; others are family^given. */
function readName(pid: Hl7Segment): string | undefined {
  const family = text(pid, 5, 1);
  const given = [text(pid, 5, 2), text(pid, 5, 3)].filter((part) => part !== undefined);
  if (!family && given.length === 0) return undefined;
  const chinese = /\p{Script=Han}/u.test(`${family ?? ''}${given.join('')}`);
  return [family, ...given]
    .filter((part) => part !== undefined)
    .join(chinese ? '' : ' ')
    .slice(0, 100);
}

/** Identifiers of PID-3 (and an ID card that stands in PID-19). */
export function readIdentifiers(pid: Hl7Segment, field = 3): { type: string; value: string }[] {
  const found = new Map<string, { type: string; value: string }>();
  for (let n = 1; n <= repetitionCount(pid, field); n++) {
    const number = value(pid, field, 1, n)?.trim();
    if (!number) continue;
    const sent = (text(pid, field, 5, n) ?? '').toUpperCase();
    const type = TYPES[sent] ?? (sent === '' || !/^[A-Z-]{2,30}$/.test(sent) ? 'mrn' : sent.toLowerCase());
    found.set(`${type} ${number}`, { type, value: number.slice(0, 64) });
  }
  const national = field === 3 ? text(pid, 19) : undefined;
  if (
    national &&
    /^\d{17}[\dXx]$/.test(national) &&
    ![...found.values()].some((one) => one.type === 'id-card')
  )
    found.set('id-card', { type: 'id-card', value: national });
  return [...found.values()];
}
