import { SettingOutlined } from '@ant-design/icons';
import { Button, Checkbox, Dropdown, Input, Popover, Select } from 'antd';
import { useState, type ReactNode, type RefObject } from 'react';
import type { InputRef } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CenterKind } from '../../api/types.ts';
import type { Column } from './columns.tsx';
import { useInstitutions } from '../useInstitutions.ts';
import type { WorklistFilter } from './useWorklist.ts';

interface Props {
  center: CenterKind;
  filter: WorklistFilter;
  onFilter: (filter: WorklistFilter) => void;
  columns: Column[];
  hidden: ReadonlySet<string>;
  onHidden: (hidden: Set<string>) => void;
  searchBox: RefObject<InputRef | null>;
  children?: ReactNode;
}

interface Saved {
  name: string;
  filter: WorklistFilter;
}
const savedKey = (center: CenterKind) => `hub.filters.${center}`;

function readSaved(center: CenterKind): Saved[] {
  try {
    return JSON.parse(localStorage.getItem(savedKey(center)) ?? '[]') as Saved[];
  } catch {
    return [];
  }
}

function SavedFilters({ center, filter, onFilter }: Pick<Props, 'center' | 'filter' | 'onFilter'>) {
  const { t } = useTranslation('shell');
  const [saved, setSaved] = useState(() => readSaved(center));
  const [name, setName] = useState('');
  const keep = (next: Saved[]) => {
    localStorage.setItem(savedKey(center), JSON.stringify(next));
    setSaved(next);
  };
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: saved.length
          ? saved.map((each) => ({ key: each.name, label: each.name }))
          : [{ key: '', label: t('filter.noSaved'), disabled: true }],
        onClick: ({ key }) => onFilter(saved.find((each) => each.name === key)?.filter ?? {}),
      }}
      popupRender={(menu) => (
        <div className="hub-popup">
          {menu}
          <form
            className="hub-row"
            onSubmit={(event) => {
              event.preventDefault();
              if (name.trim())
                keep(
                  [...saved.filter((s) => s.name !== name.trim()), { name: name.trim(), filter }].slice(-12),
                );
              setName('');
            }}
          >
            <Input
              size="small"
              value={name}
              maxLength={20}
              onChange={(e) => setName(e.target.value)}
              placeholder={t('filter.name')}
              aria-label={t('filter.name')}
            />
            <Button size="small" htmlType="submit">
              {t('action.save')}
            </Button>
          </form>
        </div>
      )}
    >
      <Button>{t('filter.saved')}</Button>
    </Dropdown>
  );
}

/** What is shown, searched, saved, and which columns. */
export function FilterBar({
  center,
  filter,
  onFilter,
  columns,
  hidden,
  onHidden,
  searchBox,
  children,
}: Props) {
  const { t } = useTranslation('shell');
  const institutions = useInstitutions();
  const set = (part: Partial<Record<keyof WorklistFilter, string | undefined>>) => {
    const next = { ...filter, ...part };
    onFilter(Object.fromEntries(Object.entries(next).filter(([, value]) => value)) as WorklistFilter);
  };
  return (
    <div className="hub-bar" role="search">
      <Select
        aria-label={t('column.status')}
        value={filter.status ?? ''}
        onChange={(value) => set({ status: value })}
        style={{ width: 118 }}
        options={[
          { value: '', label: t('filter.open') },
          { value: 'requested,awaiting-decision', label: t('filter.notYet') },
          { value: 'received', label: t('status.received') },
          { value: 'claimed', label: t('status.claimed') },
          { value: 'preliminary', label: t('status.preliminary') },
          { value: 'returned', label: t('status.returned') },
          { value: 'final', label: t('status.final') },
          { value: 'acknowledged', label: t('status.acknowledged') },
          { value: 'corrected', label: t('status.corrected') },
        ]}
      />
      <Select
        aria-label={t('column.priority')}
        allowClear
        placeholder={t('column.priority')}
        value={filter.priority ?? null}
        onChange={(value: string | null) => set({ priority: value ?? undefined })}
        style={{ width: 96 }}
        options={['emergency', 'urgent', 'routine'].map((value) => ({
          value,
          label: t(`priority.${value}`),
        }))}
      />
      <Select
        aria-label={t('column.institution')}
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        placeholder={t('column.institution')}
        value={filter.institution ?? null}
        onChange={(value: string | null) => set({ institution: value ?? undefined })}
        style={{ width: 168 }}
        options={(institutions.data ?? []).map((each) => ({ value: each.id, label: each.name }))}
      />
      <Input.Search
        ref={searchBox}
        allowClear
        defaultValue={filter.q ?? ''}
        key={filter.q ?? ''}
        placeholder={t('filter.search')}
        aria-label={t('filter.search')}
        onSearch={(value) => set({ q: value.trim() })}
        style={{ width: 200 }}
      />
      <SavedFilters center={center} filter={filter} onFilter={onFilter} />
      <Popover
        trigger="click"
        placement="bottom"
        content={
          <Checkbox.Group
            className="hub-column-choice"
            value={columns.filter((c) => !hidden.has(c.key)).map((c) => c.key)}
            options={columns.map((c) => ({ value: c.key, label: c.title, disabled: c.fixed ?? false }))}
            onChange={(values) =>
              onHidden(new Set(columns.map((c) => c.key).filter((k) => !values.includes(k))))
            }
          />
        }
      >
        <Button icon={<SettingOutlined />} aria-label={t('filter.columns')} title={t('filter.columns')} />
      </Popover>
      <span className="hub-grow" />
      {children}
    </div>
  );
}
