const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = '10X98765432';

export interface IdCard {
  birthDate: string;
  sex: 'M' | 'F';
}

/** Reads a 居民身份证 number (GB 11643): 17 digits and a check character. Undefined when it is not a valid one. */
export function readIdCard(text: string): IdCard | undefined {
  const number = text.trim().toUpperCase();
  if (!/^[1-9]\d{16}[\dX]$/.test(number)) return undefined;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  if (CHECK[sum % 11] !== number[17]) return undefined;
  const birthDate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  const date = new Date(`${birthDate}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== birthDate) return undefined;
  if (date.getUTCFullYear() < 1900 || date.getTime() > Date.now()) return undefined;
  return { birthDate, sex: Number(number[16]) % 2 === 1 ? 'M' : 'F' };
}

/** Completes 17 digits with their check character; for synthetic patients. */
export function completeIdCard(digits: string): string {
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return digits + (CHECK[sum % 11] ?? '');
}
