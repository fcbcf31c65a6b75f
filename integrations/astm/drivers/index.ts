import { standardLayout } from '../../../server/standards/astm/results.ts';
import type { AstmDriver } from './driver.ts';
import { genexpert } from './genexpert.ts';

/** Drivers by the name in `lab_instrument.driver`. A new analyzer is a line here; a quirk a small file. */
export const drivers: Record<string, AstmDriver> = {
  'lis2-a2': { layout: standardLayout },
  // Suspect flags (`Left_Shift?`, `Anemia`) and pictures are no results of the catalogue.
  'sysmex-xn': {
    layout: {
      ...standardLayout,
      specimen: [
        [4, 3],
        [3, 3],
        [3, 1],
        [4, 1],
      ],
      testComponents: [5, 4],
      ignoreCodes: /^(SCAT|DIST)_|\?$|^(Anemia|Eosinophilia|Positive_\w+|Leuko\w+|Thrombo\w+)$/,
    },
    orderCodeComponent: 5,
    orderSpecimenComponent: 3,
  },
  'cobas-c111': {
    layout: {
      ...standardLayout,
      specimen: [
        [4, 1],
        [3, 1],
      ],
      testComponents: [4],
    },
  },
  genexpert,
};

export function driverOf(name: string): AstmDriver {
  return drivers[name] ?? { layout: standardLayout };
}
export type { AstmDriver };
