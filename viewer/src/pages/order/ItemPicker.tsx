import { useQuery } from '@tanstack/react-query';
import { Checkbox, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, query } from '../../api/client.ts';
import type { CenterKind } from '../../api/types.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';

export interface CatalogueItem {
  code: string;
  name: string;
  nameEn?: string;
  itemClass: string;
  modality: string | null;
  bodyPart: string | null;
  price?: string | number | null;
  [more: string]: unknown;
}

export function useCatalogue(center: CenterKind) {
  return useQuery({
    queryKey: ['catalogue', center],
    queryFn: async () =>
      (await get<{ items: CatalogueItem[] }>(`/api/catalogue${query({ center, limit: 200 })}`)).items,
    staleTime: 10 * 60_000,
  });
}

interface Props {
  center: CenterKind;
  value?: string[];
  onChange?: (codes: string[]) => void;
  id?: string;
}

/** The catalogue of a centre, to tick or to find by typing. */
export function ItemPicker({ center, value = [], onChange, id }: Props) {
  const { t, i18n } = useTranslation(['order', 'shell']);
  const items = useCatalogue(center);
  const [text, setText] = useState('');
  if (items.isPending) return <Loading rows={3} />;
  if (items.isError) return <Failed error={items.error} retry={() => void items.refetch()} />;
  const nameOf = (item: CatalogueItem) =>
    i18n.language === 'en-US' ? (item.nameEn ?? item.name) : item.name;
  const wanted = text.trim().toLowerCase();
  const shown = items.data.filter(
    (item) =>
      value.includes(item.code) ||
      !wanted ||
      `${item.code} ${item.name} ${item.nameEn ?? ''}`.toLowerCase().includes(wanted),
  );
  return (
    <div id={id}>
      <Input
        value={text}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={(event) => {
          event.preventDefault();
          const first = shown.find((item) => !value.includes(item.code));
          if (wanted && first) {
            onChange?.([...value, first.code]);
            setText('');
          }
        }}
        placeholder={t('findItem')}
        aria-label={t('findItem')}
        allowClear
      />
      {shown.length === 0 ? (
        <Empty text={t('noItem')} />
      ) : (
        <Checkbox.Group
          className="hub-items"
          value={value}
          onChange={(codes) => onChange?.(codes)}
          options={shown.map((item) => ({ value: item.code, label: `${nameOf(item)} ${item.code}` }))}
        />
      )}
    </div>
  );
}
