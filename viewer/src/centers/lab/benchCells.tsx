import { Button, Input, Select } from 'antd';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { unitText } from './unitText.ts';
import { shown, toneOf, type BenchTest, type Conversion } from './types.ts';

export function ValueCell({
  test,
  typed,
  editable,
  onChange,
}: {
  test: BenchTest;
  typed: string | undefined;
  editable: boolean;
  onChange: (value: string) => void;
}) {
  const value = shown(test, test.result);
  if (!editable || test.resultKind === 'culture')
    return <span className={`lab-num ${toneOf(test.result?.flag)}`}>{value}</span>;
  if (test.choices.length > 0)
    return (
      <Select
        size="small"
        style={{ width: 130 }}
        aria-label={test.name}
        {...((typed ?? value) && { value: typed ?? value })}
        onChange={onChange}
        options={test.choices.map((choice) => ({ value: choice, label: choice }))}
      />
    );
  return (
    <Input
      size="small"
      className="lab-value"
      style={{ width: 110 }}
      aria-label={test.name}
      inputMode="decimal"
      value={typed ?? value}
      onChange={(event) => onChange(event.target.value)}
      onPressEnter={(event) => {
        // Otherwise the same key press would act on what the focus has just gone to.
        event.preventDefault();
        focusNext(event.currentTarget);
      }}
    />
  );
}

/** Enter goes to the value below; behind the last one to the button that saves. */
function focusNext(field: HTMLInputElement): void {
  const pane = field.closest('.lab-results');
  const fields = [...(pane?.querySelectorAll<HTMLInputElement>('input.lab-value, .lab-value input') ?? [])];
  const next = fields[fields.indexOf(field) + 1];
  if (next) {
    next.focus();
    next.select();
  } else pane?.querySelector<HTMLButtonElement>('.lab-save')?.focus();
}

export function Previous({ test, onOpen }: { test: BenchTest; onOpen: () => void }) {
  const { t } = useTranslation('lab');
  const previous = test.result?.previous;
  if (!previous) return null;
  const text = previous.value === null ? previous.text : Number(previous.value).toFixed(test.decimals);
  return (
    <Button type="link" size="small" onClick={onOpen} title={t('trend')}>
      {text}{' '}
      {test.result?.deltaFailed && <span className="hub-tone-warn">Δ {test.result.deltaPercent}%</span>}
    </Button>
  );
}

export function StateCell({ test }: { test: BenchTest }) {
  const { t } = useTranslation('lab');
  const { result } = test;
  if (!result) return <span className="hub-quiet">{t(`test.${test.state}`)}</span>;
  const person = result.verifiedBy ?? result.technicalBy;
  const who = [
    person ?? (result.rule ? null : (result.instrument ?? result.enteredBy)),
    // Stays in sight once a person has signed.
    result.rule && t('byRule', { rule: result.rule }),
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <span>
      <span className={result.holds.length > 0 ? 'hub-tone-warn' : ''}>
        {result.holds.length > 0 ? t('held') : t(`result.${result.state}`)}
      </span>{' '}
      {result.preliminary && <b>{t('culture.preliminary')} </b>}
      {result.interference && <span className="hub-tone-warn">{result.interference} </span>}
      {result.conversion && result.conversion.factor !== 1 && (
        <span className="hub-quiet">{`${conversionText(result.conversion, t)} `}</span>
      )}
      {result.dilution && <span className="hub-quiet">{result.dilution}× </span>}
      <span className="hub-quiet">
        {who}
        {result.version > 1 ? ` · v${result.version}` : ''}
      </span>
    </span>
  );
}

/** `93.6 mg/dL × 0.0555 by rule`: what the analyzer said before its unit was converted. */
export function conversionText({ value, unit, factor }: Conversion, t: TFunction): string {
  return t('lab:mapping.from', { value, unit: unitText(unit), factor });
}
