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
  const list = (parts: string[]): string => parts.join(t('wordBreak'));
  const shown = list(mark.rules.slice(0, 2).map(words));
  const bad = mark.quality.filter(
    (kind) => kind === 'lead-off' || kind === 'noise' || kind === 'limb-reversal',
  );
  return (
    <span title={list(mark.rules.map(words))}>
      {mark.rules.length > 0 && (
        <span className={critical ? 'hub-tone-breach' : mark.tier === 'notable' ? 'hub-tone-warn' : ''}>
          {critical ? '▲ ' : '△ '}
          {shown}
          {mark.rules.length > 2 ? ` +${mark.rules.length - 2}` : ''}
        </span>
      )}
      {bad.length > 0 && <span className="hub-quiet"> {list(bad.map((kind) => t(`quality.${kind}`)))}</span>}
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
  knownMark(client, row.orderId, language)?.words.join(language === 'en-US' ? ', ' : '、') ?? '';

export const rateText = (row: WorklistRow, { client, language }: ColumnContext): string =>
  String(knownMark(client, row.orderId, language)?.mark.heartRateBpm ?? '');
