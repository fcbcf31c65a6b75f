import type { TFunction } from 'i18next';
import type { Fault, Problem } from '../api/problem.ts';
import { dateTime } from './format.ts';

/** What the hub answered instead of doing it. */
interface Refusal {
  status: number;
  /** The last part of the problem's type. */
  code: string;
  problem: Problem;
}

/** Refusals that say no more than their HTTP status does. */
const GENERAL = new Set([
  'forbidden',
  'not-found',
  'unauthenticated',
  'invalid',
  'bad-request',
  'too-large',
  'unavailable',
  'internal',
]);

/** Why the hub refused, in the language of the page; empty where its code has no words. Needs the namespace `refused`. */
export function refusalText(error: Refusal, t: TFunction): string {
  const { code } = error;
  if (!code) return '';
  const { orderStatus, lockedUntil, claimedBy, signedBy, editor, ...more } = error.problem;
  return t(`refused:why.${code}`, {
    ...more,
    // a refusal that names its limit is told with it
    ...(code === 'too-large' && more.most !== undefined && { context: 'most' }),
    status: typeof orderStatus === 'string' ? t(`shell:status.${orderStatus}`) : '',
    until: typeof lockedUntil === 'string' ? dateTime(lockedUntil) : '',
    who: claimedBy ?? signedBy ?? editor ?? t('shell:report.somebody'),
    defaultValue: '',
  });
}

/** The same where the refusal says more than its HTTP status. */
export const ownRefusalText = (error: Refusal, t: TFunction): string =>
  GENERAL.has(error.code) ? '' : refusalText(error, t);

/** What is wrong at one field, without its name: as it stands under the field. */
export function faultText({ path = '', code, params = {}, message }: Fault, t: TFunction): string {
  if (!code) return message;
  const context =
    code === 'invalid_format' && /(^|\.)code$/i.test(path) ? 'code' : (params.origin ?? params.format);
  return t(`refused:fault.${code}`, { ...params, context, defaultValue: message });
}

/** The same behind the name of the field, where it has one. */
export function namedFaultText(fault: Fault, t: TFunction): string {
  const words = faultText(fault, t);
  const path = (fault.path ?? '').split('.').filter((part) => !/^\d+$/.test(part));
  const field =
    t(`refused:field.${path.join('-')}`, { defaultValue: '' }) ||
    t(`refused:field.${path.at(-1) ?? ''}`, { defaultValue: '' });
  return field ? t('refused:named', { field, words }) : words;
}

/** All that a refusal says: its faults field by field, else its reason, else what its HTTP status means. */
export function refusalSentence(error: Refusal, t: TFunction): string {
  const faults = error.problem.errors ?? [];
  // What a report lacks is told beside the report too, in the same words.
  if (error.code === 'report-problems')
    return faults
      .map(({ code, params, message }) => t(`shell:problem.${code}`, { defaultValue: message, ...params }))
      .join('; ');
  return (
    faults.map((fault) => namedFaultText(fault, t)).join('; ') ||
    refusalText(error, t) ||
    t(`shell:failed.${error.status >= 500 ? 'server' : `s${error.status}`}.title`, {
      defaultValue: error.problem.detail ?? t('shell:failed.unexpected.title'),
    })
  );
}
