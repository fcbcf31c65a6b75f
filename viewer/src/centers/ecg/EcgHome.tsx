import { Worklist } from '../../shell/Worklist.tsx';
import { OnDuty } from './OnDuty.tsx';

/** The worklist of the ECG centre with who is on duty. */
export default function EcgHome() {
  return <Worklist center="ecg" actions={<OnDuty />} />;
}
