import { pinyin } from 'pinyin-pro';
import { displayName, readPersonName } from '../../standards/dicom/personName.ts';

/** Who an input (images, a recording) says it shows. Absent fields are null. */
export interface InputPatient {
  patientId: string | null;
  otherPatientIds: string[];
  /** As in the object: plain, or with component groups and carets (PS3.5 §6.2.1). */
  patientName: string | null;
  sex: string | null;
  /** YYYYMMDD or YYYY-MM-DD. */
  birthDate: string | null;
}

/** Who the order is for; `hasIdentifier` tells whether a number is one of this patient's. */
export interface OrderPatient {
  name: string;
  sex: string;
  birthDate: string | null;
  temporary: boolean;
  hasIdentifier(value: string): boolean;
  /** The patient's hospital number at the sending site, masked: another number contradicts it. */
  hospitalNumber: string | null;
}

/** One field in which an input contradicts an order; shown side by side to the person who decides. */
export interface Difference {
  field: 'name' | 'sex' | 'birthDate' | 'patientId' | 'institution' | 'status';
  input: string;
  order: string;
}

/**
 * Compares the patient of an input with that of an order. `agrees`: nothing contradicts and identifier or name speaks
 * for it; a field that one side does not have says nothing.
 */
export function matchPatient(
  input: InputPatient,
  order: OrderPatient,
): { agrees: boolean; differences: Difference[] } {
  const differences: Difference[] = [];
  const patientId = input.patientId?.trim() ?? '';
  const numbers = [patientId, ...input.otherPatientIds].filter((value) => value !== '');
  const sameNumber = numbers.some((value) => order.hasIdentifier(value));
  if (patientId && !sameNumber && order.hospitalNumber !== null)
    differences.push({ field: 'patientId', input: patientId, order: order.hospitalNumber });
  const sameName = input.patientName ? nameAgrees(input.patientName, order.name) : undefined;
  if (sameName === false && !order.temporary)
    differences.push({
      field: 'name',
      input: displayName(readPersonName(input.patientName ?? '')),
      order: order.name,
    });
  const sex = input.sex?.toUpperCase();
  if ((sex === 'M' || sex === 'F') && (order.sex === 'M' || order.sex === 'F') && sex !== order.sex)
    differences.push({ field: 'sex', input: sex, order: order.sex });
  const birthDate = isoDate(input.birthDate);
  if (birthDate && order.birthDate && birthDate !== order.birthDate)
    differences.push({ field: 'birthDate', input: birthDate, order: order.birthDate });
  return { agrees: differences.length === 0 && (sameNumber || sameName === true), differences };
}

/** DA (PS3.5 §6.2) or an ISO date as YYYY-MM-DD; undefined when it is no date. */
export function isoDate(date: string | null): string | undefined {
  const parts = /^(\d{4})[.-]?(\d{2})[.-]?(\d{2})$/.exec(date?.trim() ?? '');
  return parts ? `${parts[1]}-${parts[2]}-${parts[3]}` : undefined;
}

const HANZI = /\p{Script=Han}/u;
/** What devices write where nobody typed a name. */
const NO_NAME = /^[-?*x^=\s]*$/i;

/**
 * Whether a name as devices send it can be this person's: a group in Hanzi must be the same characters; without one,
 * Latin letters must spell a reading of the characters, family name first or last. Undefined where the input holds no
 * name.
 */
export function nameAgrees(patientName: string, name: string): boolean | undefined {
  if (NO_NAME.test(patientName)) return undefined;
  const { alphabetic, ideographic, phonetic } = readPersonName(patientName);
  const groups = [ideographic, alphabetic, phonetic].filter((group) => group !== undefined);
  const wanted = plain(name);
  if (groups.some((group) => plain(group) === wanted)) return true;
  if (groups.some((group) => HANZI.test(group))) return false;
  return groups.some((group) => spells(group, name));
}

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\s^·・.,_-]/g, '')
    .toLowerCase();

function spells(group: string, name: string): boolean {
  const inHanzi = HANZI.test(name);
  const keep = inHanzi ? letters : lettersAndDigits;
  const parts = group
    .toLowerCase()
    .split(/[\^\s,]+/)
    .map(keep)
    .filter((part) => part !== '');
  const orders = [
    parts.join(''),
    [...parts.slice(1), parts[0] ?? ''].join(''),
    [parts.at(-1) ?? '', ...parts.slice(0, -1)].join(''),
  ];
  if (!inHanzi) {
    const wanted = name.toLowerCase();
    return orders.includes(keep(wanted)) || orders.includes(keep(wanted.split(/\s+/).reverse().join('')));
  }
  const readings = [...name].filter((character) => HANZI.test(character)).map(readingsOf);
  return orders.some((spelled) => canSpell(spelled, readings));
}

const letters = (text: string): string => text.replaceAll('ü', 'v').replace(/[^a-z]/g, '');
const lettersAndDigits = (text: string): string => text.replaceAll('ü', 'v').replace(/[^a-z0-9]/g, '');

/** All readings of a character without tones, with the ways that passports and devices write ü. */
function readingsOf(character: string): string[] {
  const readings = [
    ...pinyin(character, { toneType: 'none', type: 'array', multiple: true }),
    ...pinyin(character, { toneType: 'none', type: 'array', mode: 'surname' }),
  ];
  return [
    ...new Set(
      readings.flatMap((reading) =>
        reading.includes('ü')
          ? ['v', 'u', 'yu', 'ue'].map((vowel) => reading.replace('ü', vowel))
          : [reading],
      ),
    ),
  ];
}

function canSpell(text: string, readings: string[][]): boolean {
  const [first, ...rest] = readings;
  if (!first) return text === '';
  return first.some((reading) => text.startsWith(reading) && canSpell(text.slice(reading.length), rest));
}
