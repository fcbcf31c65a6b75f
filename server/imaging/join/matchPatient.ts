import { pinyin } from 'pinyin-pro';
import { displayName, readPersonName } from '../../standards/dicom/personName.ts';

/** Who the images say they show. */
export interface InputPatient {
  patientId: string | null;
  otherPatientIds: string[];
  /** As in the object: component groups and carets. */
  patientName: string | null;
  sex: string | null;
  /** YYYYMMDD, as in the object. */
  birthDate: string | null;
}

/** Who the order is for; `hasIdentifier` tells whether a number is one of this patient's. */
export interface OrderPatient {
  name: string;
  sex: string;
  birthDate: string | null;
  temporary: boolean;
  hasIdentifier(value: string): boolean;
  /** Whether the patient has a hospital number at the sending site, so that another number contradicts. */
  hasHospitalNumber: boolean;
}

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
  const numbers = [input.patientId, ...input.otherPatientIds].filter(
    (value): value is string => value !== null && value !== '',
  );
  const sameNumber = numbers.some((value) => order.hasIdentifier(value));
  if (input.patientId && !sameNumber && order.hasHospitalNumber)
    differences.push({ field: 'patientId', input: input.patientId, order: '' });
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

/** DA (PS3.5 §6.2) as YYYY-MM-DD; undefined when it is no date. */
export function isoDate(date: string | null): string | undefined {
  const parts = /^(\d{4})[.-]?(\d{2})[.-]?(\d{2})$/.exec(date?.trim() ?? '');
  return parts ? `${parts[1]}-${parts[2]}-${parts[3]}` : undefined;
}

const HANZI = /\p{Script=Han}/u;

/**
 * Whether a DICOM person name can be this person's: a group in Hanzi must be the same characters; without one, Latin
 * letters must spell a reading of the characters, family name first or last. Undefined where the input holds no name.
 */
export function nameAgrees(patientName: string, name: string): boolean | undefined {
  const { alphabetic, ideographic, phonetic } = readPersonName(patientName);
  const groups = [ideographic, alphabetic, phonetic].filter((group) => group !== undefined);
  if (groups.length === 0) return undefined;
  const wanted = plain(name);
  const inHanzi = groups.find((group) => HANZI.test(group));
  if (inHanzi) return plain(inHanzi) === wanted;
  return groups.some((group) => spells(group, name));
}

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\s^·・.,_-]/g, '')
    .toLowerCase();

function spells(group: string, name: string): boolean {
  const parts = group
    .toLowerCase()
    .split('^')
    .map(letters)
    .filter((part) => part !== '');
  const orders = [parts.join(''), [...parts.slice(1), parts[0] ?? ''].join('')];
  if (!HANZI.test(name)) {
    const wanted = letters(name.toLowerCase());
    return (
      orders.includes(wanted) || orders.includes(letters(name.toLowerCase().split(/\s+/).reverse().join('')))
    );
  }
  const readings = [...name].filter((character) => HANZI.test(character)).map(readingsOf);
  return orders.some((spelled) => canSpell(spelled, readings));
}

const letters = (text: string): string => text.replaceAll('ü', 'v').replace(/[^a-z]/g, '');

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
