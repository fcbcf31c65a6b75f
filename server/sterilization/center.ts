import type { Center } from '../core/center.ts';
import { seedSterilizationDemo } from './demo/seedDemo.ts';
import { escalateRecall } from './recall/escalateRecall.ts';
import { describeOrder } from './lists/describeOrder.ts';
import { sterilizationRoutes } from './routes.ts';
import { writeOrderLines } from './site/requestPacks.ts';
import { sterilizationIndicators } from './indicators.ts';

/** Sterile supply 消毒供应: sets from the township's dirty box to the patient and back. */
export const sterilization: Center = {
  kind: 'sterilization',
  routes: sterilizationRoutes,
  splitRequest: (items) => [items],
  onOrderCreated: writeOrderLines,
  describeOrder,
  jobs: { 'sterilization.recall-escalate': escalateRecall },
  seedDemo: seedSterilizationDemo,
  indicators: sterilizationIndicators,
};
