const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;

export interface IdCard {
  birthDate: string;
  sex: 'M' | 'F';
}

/** Reads a resident identity card number (GB 11643); null when form, date or check digit is wrong. */
export function readIdCard(value: string): IdCard | null {
  const text = value.trim().toUpperCase();
  if (!/^\d{17}[\dX]$/.test(text)) return null;
  const sum = weights.reduce((total, weight, index) => total + weight * Number(text[index]), 0);
  if ('10X98765432'[sum % 11] !== text[17]) return null;
  const birthDate = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;
  const when = new Date(`${birthDate}T00:00:00Z`);
  if (Number.isNaN(when.getTime()) || when.toISOString().slice(0, 10) !== birthDate) return null;
  if (birthDate < '1850-01-01' || when.getTime() > Date.now() + 86_400_000) return null;
  return { birthDate, sex: Number(text[16]) % 2 === 1 ? 'M' : 'F' };
}
