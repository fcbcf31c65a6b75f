import { useQuery } from '@tanstack/react-query';
import { Checkbox, Input, InputNumber, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';

interface Words {
  zh: string;
  en: string;
}
interface Element {
  code: string;
  label: Words;
  type: 'choice' | 'multi' | 'number' | 'text';
  unit?: string;
  required?: boolean;
  options?: { code: string; label: Words }[];
  when?: { element: string; in: string[] };
}
interface Definition {
  code: string;
  version: number;
  name: Words;
  sites: string[];
  elements: Element[];
}
type Value = string | number | string[];
export interface SynopticEntry {
  code: string;
  version: number;
  values: Record<string, Value>;
}
interface Rendered {
  text: string;
  textEn: string;
  faults: { element: string; label: string; code: string }[];
}

interface Props {
  entry: SynopticEntry | undefined;
  sites: string[];
  cytology: boolean;
  editable: boolean;
  change: (entry: SynopticEntry | undefined) => void;
}

/** The structured part of a report: the form of the site, its required elements, the text and stage they give. */
export function SynopticForm({ entry, sites, cytology, editable, change }: Props) {
  const { t, i18n } = useTranslation('pathology');
  const words = (both: Words) => (i18n.language === 'en-US' ? both.en : both.zh);
  const forms = useQuery({
    queryKey: ['pathology', 'synoptic'],
    queryFn: () => get<{ items: Definition[] }>('/api/pathology/synoptic'),
    staleTime: 300_000,
  });
  const [rendered, setRendered] = useState<Rendered | null>(null);
  const body = JSON.stringify(entry ?? null);
  useEffect(() => {
    if (!entry) {
      setRendered(null);
      return;
    }
    let stopped = false;
    const later = setTimeout(() => {
      post<Rendered>('/api/pathology/synoptic/render', entry).then(
        (answer) => !stopped && setRendered(answer),
        () => undefined, // the form stays usable without its preview
      );
    }, 400);
    return () => {
      stopped = true;
      clearTimeout(later);
    };
  }, [body]);
  const items = forms.data?.items ?? [];
  const fits = ({ code, sites: known }: Definition) =>
    code.startsWith('CYTO') === cytology && known.some((site) => sites.some((own) => own.includes(site)));
  const sorted = [...items].sort((one, other) => Number(fits(other)) - Number(fits(one)));
  const form = items.find(({ code, version }) => code === entry?.code && version === entry?.version);
  const asked =
    form?.elements.filter(
      ({ when }) => !when || when.in.includes(String(entry?.values[when.element] ?? '')),
    ) ?? [];
  const set = (code: string, value: Value | null) => {
    if (!entry) return;
    const others = Object.entries(entry.values).filter(([each]) => each !== code);
    const kept = value === null || value === '' ? others : [...others, [code, value] as const];
    change({ ...entry, values: Object.fromEntries(kept) });
  };
  if (!entry && !editable) return null;
  return (
    <section className="path-form" aria-label={t('synoptic.title')}>
      <Select
        aria-label={t('synoptic.title')}
        placeholder={t('synoptic.choose')}
        disabled={!editable}
        allowClear
        value={entry?.code ?? null}
        options={sorted.map((each) => ({
          value: each.code,
          label: `${words(each.name)}${fits(each) ? ` · ${t('synoptic.fits')}` : ''}`,
        }))}
        onChange={(code: string | undefined) => {
          const chosen = items.find((each) => each.code === code);
          change(chosen ? { code: chosen.code, version: chosen.version, values: {} } : undefined);
        }}
      />
      {form && (
        <div className="path-synoptic">
          {asked.map((element) => {
            const id = `synoptic-${element.code}`;
            const value = entry?.values[element.code];
            const label = `${words(element.label)}${element.required ? ' *' : ''}`;
            return [
              <label key={`${id} label`} htmlFor={id}>
                {label}
              </label>,
              element.type === 'number' ? (
                <InputNumber
                  key={id}
                  id={id}
                  size="small"
                  disabled={!editable}
                  min={0}
                  suffix={element.unit}
                  value={typeof value === 'number' ? value : null}
                  onChange={(next) => set(element.code, next)}
                />
              ) : element.type === 'text' ? (
                <Input
                  key={id}
                  id={id}
                  size="small"
                  disabled={!editable}
                  value={typeof value === 'string' ? value : ''}
                  onChange={(event) => set(element.code, event.target.value)}
                />
              ) : element.type === 'multi' ? (
                <Checkbox.Group
                  key={id}
                  disabled={!editable}
                  value={Array.isArray(value) ? value : []}
                  options={(element.options ?? []).map((each) => ({
                    value: each.code,
                    label: words(each.label),
                  }))}
                  onChange={(next) => set(element.code, next.length > 0 ? (next as string[]) : null)}
                />
              ) : (
                <Select
                  key={id}
                  id={id}
                  size="small"
                  disabled={!editable}
                  allowClear
                  value={typeof value === 'string' ? value : null}
                  options={(element.options ?? []).map((each) => ({
                    value: each.code,
                    label: words(each.label),
                  }))}
                  onChange={(next: string | undefined) => set(element.code, next ?? null)}
                />
              ),
            ];
          })}
        </div>
      )}
      {rendered && form && (
        <>
          {rendered.faults.length > 0 && (
            <p className="hub-tone-warn">
              {t('synoptic.missing', { count: rendered.faults.length, first: rendered.faults[0]?.label })}
            </p>
          )}
          <div className="path-synoptic-text">
            {i18n.language === 'en-US' ? rendered.textEn : rendered.text}
          </div>
        </>
      )}
    </section>
  );
}
