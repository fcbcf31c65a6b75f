import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import type { CaseFacts } from './types.ts';
import { useAct } from './useAct.ts';

const kinds = ['ihc', 'special', 'recut', 'molecular', 'decalcification'];
const panels: Record<string, string[]> = {
  lung: ['TTF-1', 'NapsinA', 'P40', 'CK7', 'ALK', 'PD-L1'],
  breast: ['ER', 'PR', 'HER2', 'Ki-67', 'P63', 'CK5/6'],
  gastrointestinal: ['MLH1', 'PMS2', 'MSH2', 'MSH6', 'HER2', 'Ki-67'],
  lymphoma: ['CD3', 'CD20', 'CD10', 'BCL2', 'BCL6', 'Ki-67'],
};
const single: Record<string, string[]> = {
  special: ['PAS', '网状纤维', 'Masson', '刚果红', '抗酸', 'AB-PAS'],
  recut: ['HE'],
  molecular: ['EGFR', 'KRAS', 'MSI', 'FISH HER2'],
  decalcification: ['脱钙'],
};

/** Orders recuts, special stains, an immunohistochemistry panel or a molecular test on a block. */
export function StainForm({
  order,
  facts,
  close,
  reload,
}: {
  order: Order;
  facts: CaseFacts;
  close: () => void;
  reload: () => void;
}) {
  const { t } = useTranslation(['pathology', 'shell']);
  const [kind, setKind] = useState('ihc');
  const [block, setBlock] = useState(facts.blocks[0]?.label ?? '');
  const [stains, setStains] = useState<string[]>([]);
  const { act, busy } = useAct(() => {
    close();
    reload();
  });
  const known = kind === 'ihc' ? [...new Set(Object.values(panels).flat())] : (single[kind] ?? []);
  return (
    <section className="hub-panel path-form" aria-label={t('flow.orderStain')}>
      <div className="hub-row">
        <Select
          aria-label={t('flow.kind')}
          value={kind}
          style={{ width: 130 }}
          options={kinds.map((value) => ({ value, label: t(`stainKind.${value}`) }))}
          onChange={(value: string) => {
            setKind(value);
            setStains([]);
          }}
        />
        <Select
          aria-label={t('flow.block')}
          value={block}
          style={{ width: 90 }}
          options={facts.blocks.map(({ label }) => ({ value: label, label }))}
          onChange={setBlock}
        />
        {kind === 'ihc' &&
          Object.entries(panels).map(([name, markers]) => (
            <Button
              key={name}
              size="small"
              onClick={() => setStains((before) => [...new Set([...before, ...markers])])}
            >
              {t(`panel.${name}`)}
            </Button>
          ))}
      </div>
      <Select
        mode="tags"
        aria-label={t('flow.stains')}
        placeholder={t('flow.stains')}
        value={stains}
        options={known.map((value) => ({ value, label: value }))}
        onChange={setStains}
      />
      <p className="hub-quiet">{t('flow.extends')}</p>
      <div className="hub-row">
        <Button
          type="primary"
          loading={busy}
          disabled={stains.length === 0}
          onClick={() =>
            void act(
              () => post(`/api/pathology/cases/${order.id}/stain-orders`, { kind, block, stains }),
              t('flow.ordered'),
            )
          }
        >
          {t('flow.confirm')}
        </Button>
        <Button onClick={close}>{t('shell:action.cancel')}</Button>
      </div>
    </section>
  );
}
