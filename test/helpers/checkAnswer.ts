import { isDeepStrictEqual } from 'node:util';
import { endpoints } from '../../server/core/http.ts';

/**
 * Holds a real answer against the shape that OpenAPI promises, in both directions: what is promised must be there,
 * and what is there must be promised (zod leaves undeclared keys out, so the parsed answer would differ).
 */
export function checkAnswer(method: string, path: string, body: unknown): void {
  const asked = path.replace(/\?.*$/, '').replace(/^\/api/, '');
  const endpoint = endpoints.find(
    (known) => known.method === method.toLowerCase() && patternOf(known.path).test(asked),
  );
  if (!endpoint?.answer) return;
  const result = endpoint.answer.safeParse(body);
  const name = `${method} /api${endpoint.path}`;
  if (!result.success)
    throw new Error(
      `${name} answers otherwise than its schema says: ${JSON.stringify(result.error.issues.slice(0, 5))} in ${JSON.stringify(body).slice(0, 2_000)}`,
    );
  if (!isDeepStrictEqual(result.data, body))
    throw new Error(`${name} answers members that its schema does not name: ${undeclared(body, result.data).slice(0, 10).join(', ')}`); // prettier-ignore
}

/** A fixed segment is asked before a variable one, as the router does by order. */
const patternOf = (path: string) => new RegExp(`^${path.replace(/\./g, '\\.').replace(/:\w+/g, '[^/]+')}$`);

function undeclared(answer: unknown, parsed: unknown, at = ''): string[] {
  if (answer === null || typeof answer !== 'object' || parsed === null || typeof parsed !== 'object')
    return isDeepStrictEqual(answer, parsed) ? [] : [at];
  return Object.entries(answer).flatMap(([key, value]) =>
    key in parsed
      ? undeclared(value, (parsed as Record<string, unknown>)[key], `${at}.${key}`)
      : [`${at}.${key}`],
  );
}
