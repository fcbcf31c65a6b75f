import type { Center } from './core/center.ts';
import { ecgCenter } from './ecg/center.ts';
import { imagingCenter } from './imaging/center.ts';
import { labCenter } from './lab/center.ts';
import { pathology } from './pathology/center.ts';
import { sterilization } from './sterilization/center.ts';

/** The five centres. A new one is a folder and a line here. */
export const centers: Center[] = [imagingCenter, ecgCenter, labCenter, pathology, sterilization];
