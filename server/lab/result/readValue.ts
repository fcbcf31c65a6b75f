import { invalid } from '../../core/errors.ts';
import type { TestRow } from '../queries.ts';
import { parseValue, type ParsedValue } from '../rules/flagResult.ts';
import type { Organism } from './organism.ts';

/** A value as its test takes it: a number, one of its choices, words; faults name the test. */
export function readValue(
  test: TestRow,
  input: { value: string; preliminary?: boolean | undefined; organisms?: readonly Organism[] | undefined },
): ParsedValue {
  const written = input.value.trim();
  const shown = written.slice(0, 20);
  const fault = (code: string, detail: string, more: Record<string, string> = {}) =>
    invalid(`${test.code}: ${detail}`, [
      {
        path: `results.${test.code}`,
        code,
        params: { ...namesOf(test), value: shown, ...more },
      },
    ]);
  if (input.preliminary && test.resultKind !== 'culture')
    throw fault('preliminary', 'only a culture has a preliminary result');
  if (input.organisms && test.resultKind !== 'culture')
    throw fault('organisms', 'only a culture has organisms');
  if (input.organisms)
    return {
      number: null,
      comparator: null,
      text: input.value || input.organisms.map((one) => one.name).join('、'),
    };
  const parsed = parseValue(input.value);
  if (!parsed) throw fault('no-value', `no value in "${shown}"`);
  if (test.resultKind === 'numeric' || test.resultKind === 'calculated') {
    if (parsed.number === null) throw fault('not-a-number', `a number is expected, not "${shown}"`);
    if (parsed.number < 0 && (test.measuringLow ?? 0) >= 0) throw fault('negative', `"${shown}" is negative`);
    return parsed;
  }
  if (test.choices.length > 0 && !test.choices.includes(written))
    throw fault('unknown-choice', `"${shown}" is none of ${test.choices.join(', ')}`, {
      choices: test.choices.join('、'),
    });
  return { number: null, comparator: null, text: written };
}

/** The test as the words of a fault name it, in both languages. */
export const namesOf = (test: TestRow) => ({ testCode: test.code, test: test.name, testEn: test.nameEn });
