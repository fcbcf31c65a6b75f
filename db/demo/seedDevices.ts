import type { Transaction } from '../../server/core/database.ts';
import { need, type Ids } from './seedPlaces.ts';

const OTHER_SCANNERS = [
  ['BAITA', '白塔 DR/CT', '10.32.2.11'],
  ['SHUANGQIAO', '双桥 DR', '10.32.3.11'],
  ['DONGSHAN', '东山 DR/CT', '10.32.5.11'],
] as const;

/** Scanners and HIS that the hub lets in. */
export async function seedDevices(trx: Transaction, places: Ids): Promise<void> {
  await trx
    .insertInto('device')
    .values([
      {
        kind: 'dicom',
        name: '柳河 DR/CT',
        institutionId: need(places, 'LIUHE'),
        aeTitle: 'LIUHE',
        address: '127.0.0.1',
        state: 'admitted',
      },
      // Other townships: their scanners stand at addresses of the county network, not at this machine.
      ...OTHER_SCANNERS.map(([code, name, address]) => ({
        kind: 'dicom',
        name,
        institutionId: need(places, code),
        aeTitle: code,
        address,
        state: 'admitted',
      })),
      {
        kind: 'hl7',
        name: '柳河 HIS',
        institutionId: need(places, 'LIUHE'),
        hl7Sender: 'HIS|LIUHE',
        address: '127.0.0.1',
        state: 'admitted',
      },
    ])
    .execute();
}
