import { sql } from 'kysely';
import type { Transaction } from '../../core/database.ts';

/**
 * A tube number: `T` + yymmdd + five digits + check digit (ISO 7064 MOD 11,10), 13 signs, good for Code 128 and for
 * hands. The day is China time.
 */
export async function nextBarcode(trx: Transaction, now: Date): Promise<string> {
  const [barcode] = await nextBarcodes(trx, now, 1);
  if (!barcode) throw new Error('the sequence of tube numbers gave none');
  return barcode;
}

/** `count` tube numbers at once. */
export async function nextBarcodes(trx: Transaction, now: Date, count: number): Promise<string[]> {
  const { rows } = await sql<{
    n: number;
  }>`select nextval('lab_barcode_seq')::float8 as n from generate_series(1, ${count}::int)`.execute(trx);
  const day = new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(2, 10).replace(/-/g, '');
  return rows.map(({ n }) => {
    const digits = day + String(n % 100_000).padStart(5, '0');
    return `T${digits}${checkDigit(digits)}`;
  });
}

/** ISO/IEC 7064 MOD 11,10: catches every single wrong digit and nearly all swaps. */
export function checkDigit(digits: string): string {
  let product = 10;
  for (const digit of digits) {
    let sum = (product + Number(digit)) % 10;
    if (sum === 0) sum = 10;
    product = (sum * 2) % 11;
  }
  return String((11 - product) % 10);
}

/** False for one of our numbers with a wrong digit; codes of other makers are not judged. */
export function isPlausibleBarcode(barcode: string): boolean {
  if (!/^T\d{12}$/.test(barcode)) return /^[A-Z0-9-]{6,24}$/.test(barcode);
  return checkDigit(barcode.slice(1, -1)) === barcode.slice(-1);
}
