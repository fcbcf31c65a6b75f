import type { Session } from '../../../viewer/src/api/types.ts';
import PrintPage from '../../../viewer/src/centers/lab/PrintPage.tsx';
import { SessionProvider } from '../../../viewer/src/shell/session.tsx';

const nurse = { user: { id: 'n', name: '周护士' }, roles: [], permissions: new Set() } as unknown as Session;

/** Final reports of a site, for one print. */
export function Print() {
  return (
    <SessionProvider value={nurse}>
      <PrintPage />
    </SessionProvider>
  );
}
