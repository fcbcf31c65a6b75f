import { Button, Checkbox, Input, InputNumber, Modal, Space } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post, query } from '../../api/client.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { ScanBox } from './ScanBox.tsx';
import type { Tube } from './types.ts';
import { useAct, useLab } from './useLab.ts';

interface Page {
  items: Tube[];
  /** On the first page. */
  total?: number;
  nextCursor: string | null;
}

/** Retained specimens: where each stands and until when; put in by scanning, discard with a second person. */
export default function StorePage() {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [rack, setRack] = useState('');
  const [next, setNext] = useState(1);
  const [days, setDays] = useState(7);
  const [search, setSearch] = useState('');
  const [overdue, setOverdue] = useState(false);
  const [picked, setPicked] = useState<string[]>([]);
  const [witness, setWitness] = useState<{ username: string; password: string } | null>(null);
  const today = dayjs().format('YYYY-MM-DD');
  const path = (cursor?: string) =>
    `lab/containers${query({ state: 'stored', limit: 200, overdue: overdue ? 'true' : undefined, q: search || undefined, cursor })}`;
  const tubes = useLab<Page>(path());
  const allTubes = async () => {
    let page = await get<Page>(`/api/${path()}`);
    const rows = [...page.items];
    while (page.nextCursor !== null) {
      page = await get<Page>(`/api/${path(page.nextCursor)}`);
      rows.push(...page.items);
    }
    return rows;
  };
  const store = async (barcode: string) => {
    const done = await act(
      () => post('/api/lab/store', { barcode, rack, position: String(next), days }),
      () => t('said.stored', { code: barcode, place: `${rack}/${next}` }),
    );
    if (done !== undefined) setNext(next + 1);
  };
  const discard = async () => {
    const done = await act(
      () => post('/api/lab/discard', { barcodes: picked, witness }),
      () => t('said.discarded', { n: picked.length }),
    );
    if (done === undefined) return;
    setWitness(null);
    setPicked([]);
  };
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.store')}</h1>
        <Input
          style={{ width: 120 }}
          value={rack}
          onChange={(event) => setRack(event.target.value.toUpperCase())}
          placeholder={t('store.rack')}
          aria-label={t('store.rack')}
        />
        <Input
          style={{ width: 80 }}
          value={String(next)}
          onChange={(event) => setNext(Number(event.target.value.replace(/\D/g, '')) || 1)}
          aria-label={t('store.position')}
        />
        <InputNumber
          style={{ width: 130 }}
          min={1}
          max={3650}
          prefix={t('store.keep')}
          suffix={t('store.days')}
          aria-label={t('store.keep')}
          value={days}
          onChange={(value) => setDays(value ?? 7)}
        />
        <ScanBox label={t('scanTube')} busy={busy || rack === ''} onCode={(code) => void store(code)} />
        <Input.Search
          allowClear
          style={{ width: 200 }}
          placeholder={t('findTube')}
          aria-label={t('findTube')}
          onSearch={(text) => setSearch(text.trim())}
        />
        <Checkbox checked={overdue} onChange={(event) => setOverdue(event.target.checked)}>
          {t('store.overdue')}
        </Checkbox>
        <Button
          danger
          disabled={picked.length === 0}
          onClick={() => setWitness({ username: '', password: '' })}
        >
          {t('store.discard', { n: picked.length })}
        </Button>
      </div>
      <div className="hub-scroll">
        {tubes.isPending ? (
          <Loading />
        ) : tubes.isError ? (
          <Failed error={tubes.error} retry={() => void tubes.refetch()} />
        ) : (
          <ListTable<Tube>
            name={t('nav.store')}
            rowKey="barcode"
            rows={tubes.data.items}
            total={tubes.data.total}
            searchable={false}
            exportRows={allTubes}
            empty={t('store.none')}
            selection={{
              keys: picked,
              onChange: setPicked,
              disabled: (tube) => (tube.storeUntil ?? '') > today,
            }}
            columns={[
              {
                title: t('col.tube'),
                text: (tube) => tube.barcode,
                render: (tube) => (
                  <Link className="lab-code" to={`/lab/tubes/${tube.barcode}`}>
                    {tube.barcode}
                  </Link>
                ),
              },
              { title: t('col.tubeType'), text: (tube) => tube.tubeName },
              { person: true, title: t('col.patient'), text: (tube) => tube.patientName },
              { title: t('col.items'), width: 260, text: (tube) => tube.itemName },
              {
                title: t('store.place'),
                text: (tube) => `${tube.storeRack ?? ''}/${tube.storePosition ?? ''}`,
              },
              {
                title: t('store.until'),
                render: (tube) => (
                  <span className={(tube.storeUntil ?? '') < today ? 'hub-tone-warn' : ''}>
                    {tube.storeUntil} {(tube.storeUntil ?? '') < today ? t('store.over') : ''}
                  </span>
                ),
              },
            ]}
          />
        )}
      </div>
      <Modal
        open={witness !== null}
        title={t('store.discard', { n: picked.length })}
        okButtonProps={{ danger: true, loading: busy, disabled: !witness?.username || !witness.password }}
        onOk={() => void discard()}
        onCancel={() => setWitness(null)}
        destroyOnHidden
      >
        <p>{t('store.two')}</p>
        <Space orientation="vertical" style={{ width: '100%' }}>
          <Input
            autoFocus
            autoComplete="off"
            placeholder={t('store.username')}
            aria-label={t('store.username')}
            value={witness?.username ?? ''}
            onChange={(event) =>
              setWitness({ username: event.target.value, password: witness?.password ?? '' })
            }
          />
          <Input.Password
            autoComplete="off"
            placeholder={t('store.password')}
            aria-label={t('store.password')}
            value={witness?.password ?? ''}
            onChange={(event) =>
              setWitness({ username: witness?.username ?? '', password: event.target.value })
            }
          />
        </Space>
      </Modal>
    </div>
  );
}
