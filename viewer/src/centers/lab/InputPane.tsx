import { may } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import type { CasePaneProps } from '../contract.ts';
import { BenchResults } from './BenchResults.tsx';
import { ReleasedResults } from './ReleasedResults.tsx';
import SpecimenPane from './SpecimenPane.tsx';
import type { OrderTest } from './types.ts';
import './lab.css';

/**
 * Left half of the case: results, at the centre with their tubes. There they are entered and checked, at the site read;
 * the site's tubes stand below, where it hands in.
 */
export default function InputPane({ order, reload }: CasePaneProps) {
  const session = useSession();
  const atBench = order.atCenter === true && may(session, 'bench.work');
  const patientId = order.patient?.id ?? null;
  return (
    <div className="lab-stack lab-pane">
      {atBench ? (
        <BenchResults orderId={order.id} status={order.status} patientId={patientId} reload={reload} />
      ) : (
        <ReleasedResults
          orderId={order.id}
          status={order.status}
          tests={(order.input?.tests ?? []) as OrderTest[]}
          patientId={patientId}
        />
      )}
      {session.centers.includes('lab') && <SpecimenPane order={order} reload={reload} />}
    </div>
  );
}
