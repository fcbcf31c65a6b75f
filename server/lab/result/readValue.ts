import { invalid } from '../../core/errors.ts';
import type { TestRow } from '../queries.ts';
import { parseValue, type ParsedValue } from '../rules/flagResult.ts';
import type { Organism } from './organism.ts';

/** A value as its test takes it: a number, one of its choices, words; faults name the test. */
export function readValue(
  test: TestRow,
  input: { value: string; preliminary?: boolean | undefined; organisms?: readonly Organism[] | undefined },
): ParsedValue {
  const fault = (message: string, code: string) =>
    invalid(message, [{ path: `results.${test.code}`, message, code }]);
  if (input.preliminary && test.resultKind !== 'culture')
    throw fault(`${test.name}:只有培养可以发初步结果`, 'preliminary');
  if (input.organisms && test.resultKind !== 'culture')
    throw fault(`${test.name}:只有培养可以记录菌种`, 'organisms');
  if (input.organisms)
    return {
      number: null,
      comparator: null,
      text: input.value || input.organisms.map((one) => one.name).join('、'),
    };
  const parsed = parseValue(input.value);
  if (!parsed) throw fault(`${test.name}:没有结果值(“${input.value.slice(0, 20)}”)`, 'no-value');
  if (test.resultKind === 'numeric' || test.resultKind === 'calculated') {
    if (parsed.number === null)
      throw fault(`${test.name}:应为数值,收到“${input.value.slice(0, 20)}”`, 'not-a-number');
    if (parsed.number < 0 && (test.measuringLow ?? 0) >= 0)
      throw fault(`${test.name}:不接受负值`, 'negative');
    return parsed;
  }
  const written = input.value.trim();
  if (test.choices.length > 0 && !test.choices.includes(written))
    throw fault(
      `${test.name}:“${written.slice(0, 20)}”不在可选结果中(${test.choices.join('、')})`,
      'unknown-choice',
    );
  return { number: null, comparator: null, text: written };
}
