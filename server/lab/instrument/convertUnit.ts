import { parseValue } from '../rules/flagResult.ts';
import { sameUnit } from '../rules/units.ts';
import { why, type Why } from './fate.ts';

export interface ConversionRule {
  /** The unit that is converted; null: values come in the unit of the test. */
  fromUnit: string | null;
  factor: number;
  /** Values without a unit are in `fromUnit`. */
  unitAssumed: boolean;
}

/** What the analyzer said, and by which factor it became the value of the result. */
export interface Conversion {
  value: string;
  unit: string;
  factor: number;
}

/**
 * The value in the unit of the test. A unit is changed only by the rule of this analyzer's code: another unit than
 * expected is held, and so is a value without a unit where a rule converts but does not say what such values are in.
 */
export function convertUnit(
  said: { value: string; unit: string | undefined },
  rule: ConversionRule,
  unit: string | null,
): { value: string; conversion?: Conversion } | { why: Why } {
  const { fromUnit, factor } = rule;
  if (fromUnit !== null && (said.unit ? sameUnit(said.unit, fromUnit) : rule.unitAssumed)) {
    const parsed = parseValue(said.value);
    if (!parsed || parsed.number === null) return { value: said.value };
    return {
      value: `${parsed.comparator ?? ''}${Number((parsed.number * factor).toPrecision(12))}`,
      conversion: { value: said.value, unit: said.unit ?? fromUnit, factor },
    };
  }
  if (said.unit && unit && !sameUnit(said.unit, unit))
    return {
      why: why('unit-without-rule', `unit ${said.unit} differs from ${unit} and no rule converts it`, {
        unit: said.unit,
        expected: unit,
      }),
    };
  if (fromUnit !== null && factor !== 1 && !said.unit)
    return {
      why: why('unit-missing', `no unit was sent, and a rule converts ${fromUnit} to ${unit ?? '1'}`, {
        unit: fromUnit,
        expected: unit ?? '',
      }),
    };
  return { value: said.value };
}
