import { useState } from 'react';
import { useReport } from '../../../viewer/src/shell/report/useReport.ts';

/** One text of a report, as a pane of a centre has it, and what the page knows of its saving. */
export function Draft({ orderId = 'o1' }: { orderId?: string }) {
  const [status, setStatus] = useState('received');
  const state = useReport(orderId, status);
  const { content, conflict, found, saving, savedAt, error, report } = state;
  return (
    <>
      <textarea
        aria-label="findings"
        value={String(content['findings'] ?? '')}
        onChange={(event) => state.change({ findings: event.target.value })}
      />
      <output>{saving}</output>
      <pre>
        {JSON.stringify({ version: report?.version, savedAt, failed: error !== null, conflict, found })}
      </pre>
      <button onClick={() => void state.saveNow().catch(() => undefined)}>save</button>
      <button onClick={() => state.resolveConflict('mine')}>mine</button>
      <button onClick={() => state.resolveConflict('theirs')}>theirs</button>
      <button onClick={() => state.resolveFound(true)}>use</button>
      <button onClick={() => state.resolveFound(false)}>drop</button>
      <button onClick={() => setStatus('claimed')}>claimed</button>
    </>
  );
}
