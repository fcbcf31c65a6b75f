import { Worklist } from '../../shell/Worklist.tsx';
import './ecg.css';
import { EmergencyLane } from './EmergencyLane.tsx';
import { OnDuty } from './OnDuty.tsx';

/** The worklist of the ECG centre with its emergency lane and who is on duty. */
export default function EcgHome() {
  return (
    <div className="ecg-home">
      <EmergencyLane />
      <Worklist center="ecg" actions={<OnDuty />} />
    </div>
  );
}
