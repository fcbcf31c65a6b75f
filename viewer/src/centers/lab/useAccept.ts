import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useAct } from './useLab.ts';

/** Accepts a tube at the laboratory, and says how many of its tests its age holds. */
export function useAccept() {
  const { t } = useTranslation('lab');
  const { act, busy } = useAct();
  const accept = (barcode: string) =>
    act(
      () => post<{ held: unknown[] }>('/api/lab/receive', { barcode }),
      ({ held }) =>
        t(held.length > 0 ? 'said.receivedHeld' : 'said.received', { code: barcode, n: held.length }),
    );
  return { accept, busy };
}
