import { useTranslation } from 'react-i18next';
import type { WorklistRow } from '../../api/types.ts';
import type { ColumnContext } from '../contract.ts';
import { knownMark, useMarks, useRuleWords } from './api.ts';

/** Flags of a case in the list: sign, words, rate. */
export function FlagCell({ orderId }: { orderId: string }) {
  const { t, i18n } = useTranslation('ecg');
  const marks = useMarks();
  const words = useRuleWords(i18n.language);
  const mark = marks.data?.get(orderId);
  if (!mark) return null;
  const critical = mark.tier === 'critical';
  const shown = mark.rules.slice(0, 2).map(words).join('、');
  const bad = mark.quality.filter(
    (kind) => kind === 'lead-off' || kind === 'noise' || kind === 'limb-reversal',
  );
  return (
    <span title={mark.rules.map(words).join('、')}>
      {mark.rules.length > 0 && (
        <span className={critical ? 'hub-tone-breach' : mark.tier === 'notable' ? 'hub-tone-warn' : ''}>
          {critical ? '▲ ' : '△ '}
          {shown}
          {mark.rules.length > 2 ? ` +${mark.rules.length - 2}` : ''}
        </span>
      )}
      {bad.length > 0 && (
        <span className="hub-quiet"> {bad.map((kind) => t(`quality.${kind}`)).join(' ')}</span>
      )}
    </span>
  );
}

export function RateCell({ orderId }: { orderId: string }) {
  const marks = useMarks();
  const rate = marks.data?.get(orderId)?.heartRateBpm;
  return <span className="hub-num">{rate ?? ''}</span>;
}

/** All flags of a case, for the exported list. */
export const flagText = (row: WorklistRow, { client, language }: ColumnContext): string =>
  knownMark(client, row.orderId, language)?.words.join('、') ?? '';

export const rateText = (row: WorklistRow, { client, language }: ColumnContext): string =>
  String(knownMark(client, row.orderId, language)?.mark.heartRateBpm ?? '');
