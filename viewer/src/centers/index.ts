import type { CenterModule } from './contract.ts';
import { ecg } from './ecg/module.ts';
import { imaging } from './imaging/module.ts';
import { lab } from './lab/module.ts';
import { pathology } from './pathology/module.ts';
import { quality } from './quality/module.ts';
import { sterilization } from './sterilization/module.ts';

/** One line per centre, in the order of the rail. A centre without a line gets the plain worklist. */
export const modules: readonly CenterModule[] = [imaging, ecg, lab, pathology, sterilization, quality];
