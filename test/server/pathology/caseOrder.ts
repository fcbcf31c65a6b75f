import type { Client } from '../../helpers/hub.ts';

/** A valid ID card number for a birth date (GB 11643). */
export function idCard(birthDate: string, sequence: string): string {
  const body = `320600${birthDate.replaceAll('-', '')}${sequence}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = [...body].reduce((total, digit, n) => total + Number(digit) * weights[n]!, 0);
  return body + '10X98765432'[sum % 11];
}

let people = 0;

/** Orders pathology for a new patient of 柳河镇卫生院. */
export async function orderCase(
  doctor: Client,
  input: { code?: string; priority?: string; patient?: object; [field: string]: unknown } = {},
) {
  people += 1;
  const { code = 'HISTO', priority = 'routine', patient, ...more } = input;
  const answer = await doctor.post('/api/orders', {
    center: 'pathology',
    items: [{ code }],
    priority,
    patient: patient ?? {
      name: `测试${people}`,
      sex: 'F',
      birthDate: '1962-05-17',
      identifiers: [{ type: 'id-card', value: idCard('1962-05-17', String(100 + people * 2).slice(-3)) }],
    },
    remoteConsent: { by: '本人', at: '2026-11-20T08:00:00+08:00' },
    ...more,
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as { id: string; accessionNumber: string };
}
