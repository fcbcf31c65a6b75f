import type { z } from 'zod';
import type { FieldError } from './errors.ts';

/**
 * Faults of an input as its validator found them, by zod's codes with the values that their words name. What is missing
 * or left empty is `required`; a rule of our own says its code in `params.code` of its refinement.
 */
export const fieldErrors = (issues: readonly z.core.$ZodIssue[], before = ''): FieldError[] =>
  issues.map((issue) => ({
    path: before + issue.path.join('.'),
    ...codeOf(issue),
    message: issue.message,
  }));

function codeOf(issue: z.core.$ZodIssue): Pick<FieldError, 'code' | 'params'> {
  switch (issue.code) {
    case 'invalid_type':
      return /received (undefined|null)$/.test(issue.message) ? { code: 'required' } : { code: issue.code };
    case 'too_small': {
      const minimum = Number(issue.minimum);
      if (issue.origin === 'string' && minimum === 1) return { code: 'required' };
      return {
        code: issue.code,
        params: { minimum, origin: issue.inclusive === false ? 'above' : issue.origin },
      };
    }
    case 'too_big':
      return {
        code: issue.code,
        params: {
          maximum: Number(issue.maximum),
          origin: issue.inclusive === false ? 'below' : issue.origin,
        },
      };
    case 'invalid_format':
      return { code: issue.code, params: { format: issue.format } };
    case 'unrecognized_keys':
      return { code: issue.code, params: { keys: issue.keys.join(', ') } };
    case 'custom': {
      const { code, ...params } = (issue.params ?? {}) as { code?: string } & FieldError['params'];
      return { code: code ?? issue.code, params };
    }
    default:
      return { code: issue.code };
  }
}
