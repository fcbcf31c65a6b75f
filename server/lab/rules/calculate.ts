import { invalid } from '../../core/errors.ts';

type Token =
  { kind: 'number'; value: number } | { kind: 'test'; code: string } | { kind: 'sign'; sign: string };

/** Test codes that a formula such as `[TC] - [HDL] - [TG] / 2.2` needs. Throws `invalid` for a formula that cannot be read. */
export function formulaInputs(formula: string): string[] {
  const codes = tokens(formula).flatMap((token) => (token.kind === 'test' ? [token.code] : []));
  evaluate(formula, () => 1);
  return [...new Set(codes)];
}

/**
 * Value of a formula: numbers, `[CODE]`, + - * / ( ). Undefined when an input is missing or the result is no number
 * (division by zero): then there is no result.
 */
export function evaluate(formula: string, valueOf: (code: string) => number | undefined): number | undefined {
  const list = tokens(formula);
  let at = 0;
  let missing = false;
  const peek = () => list[at];
  const isSign = (signs: string) => {
    const token = peek();
    return token?.kind === 'sign' && signs.includes(token.sign) ? token.sign : undefined;
  };
  const factor = (): number => {
    const token = list[at++];
    if (!token) throw invalid(`formula "${formula}" ends too early`, 'formula');
    if (token.kind === 'number') return token.value;
    if (token.kind === 'test') {
      const value = valueOf(token.code);
      if (value === undefined) missing = true;
      return value ?? Number.NaN;
    }
    if (token.sign === '-') return -factor();
    if (token.sign !== '(')
      throw invalid(`formula "${formula}": ${token.sign} stands where a value should`, 'formula');
    const inner = sum();
    if (isSign(')') === undefined) throw invalid(`formula "${formula}": a bracket is not closed`, 'formula');
    at++;
    return inner;
  };
  const product = (): number => {
    let value = factor();
    for (let sign = isSign('*/'); sign !== undefined; sign = isSign('*/')) {
      at++;
      const next = factor();
      value = sign === '*' ? value * next : value / next;
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    for (let sign = isSign('+-'); sign !== undefined; sign = isSign('+-')) {
      at++;
      const next = product();
      value = sign === '+' ? value + next : value - next;
    }
    return value;
  };
  const result = sum();
  if (at < list.length) throw invalid(`formula "${formula}" goes on after its end`, 'formula');
  return missing || !Number.isFinite(result) ? undefined : result;
}

function tokens(formula: string): Token[] {
  const list: Token[] = [];
  const pattern = /\s*(?:(\d+(?:\.\d+)?)|\[([A-Z0-9%#._-]{1,24})\]|([-+*/()]))/y;
  let end = 0;
  for (let found = pattern.exec(formula); found; found = pattern.exec(formula)) {
    end = pattern.lastIndex;
    if (found[1] !== undefined) list.push({ kind: 'number', value: Number(found[1]) });
    else if (found[2] !== undefined) list.push({ kind: 'test', code: found[2] });
    else list.push({ kind: 'sign', sign: found[3] ?? '' });
  }
  if (formula.slice(end).trim() !== '' || list.length === 0)
    throw invalid(`formula "${formula}" cannot be read at "${formula.slice(end, end + 10)}"`, 'formula');
  return list;
}
