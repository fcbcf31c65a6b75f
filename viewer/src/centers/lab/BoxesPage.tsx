import { Button, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { post } from '../../api/client.ts';
import { has } from '../../shell/access.ts';
import { dateTime } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import type { Box } from './types.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';

/** Transport boxes with seal, number of tubes, temperature and where they are. */
export default function BoxesPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const session = useSession();
  const navigate = useNavigate();
  const { act, busy } = useAct();
  const boxes = useLab<{ items: Box[] }>('lab/boxes?limit=100');
  const open = async () => {
    const box = await act(
      () => post<Box>('/api/lab/boxes', {}),
      (made) => t('said.boxOpened', { code: made.code }),
    );
    if (box) void navigate(`/lab/boxes/${box.code}`);
  };
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.boxes')}</h1>
        {has(session, 'nurse', 'technician') && (
          <Button type="primary" loading={busy} onClick={() => void open()}>
            {t('box.open')}
          </Button>
        )}
      </div>
      <div className="hub-scroll">
        {boxes.isPending ? (
          <Loading />
        ) : boxes.isError ? (
          <Failed error={boxes.error} retry={() => void boxes.refetch()} />
        ) : (
          <Table
            size="small"
            rowKey="id"
            pagination={false}
            dataSource={boxes.data.items}
            locale={{ emptyText: t('box.none') }}
            columns={[
              {
                title: t('box.code'),
                render: (_, box) => <Link to={`/lab/boxes/${box.code}`}>{box.code}</Link>,
              },
              { title: t('col.state'), render: (_, box) => t(`box.state.${box.state}`) },
              { title: t('box.from'), dataIndex: 'fromName' },
              { title: t('box.to'), dataIndex: 'toName' },
              { title: t('box.tubes'), dataIndex: 'tubes', align: 'right' },
              {
                title: t('box.seal'),
                render: (_, box) =>
                  `${box.sealNumber ?? ''}${box.sealIntact === false ? ` ${t('box.broken')}` : ''}`,
              },
              { title: t('box.temperature'), render: (_, box) => <Temperature box={box} /> },
              { title: t('box.courier'), dataIndex: 'courierName' },
              {
                title: t('box.last'),
                render: (_, box) => dateTime(box.arrivedAt ?? box.handedAt ?? box.sealedAt ?? box.createdAt),
              },
            ]}
          />
        )}
      </div>
    </div>
  );
}

/** Lowest and highest reading; outside the limits it is said in words too. */
export function Temperature({ box }: { box: Box }) {
  const { t } = useTranslation('lab');
  if (box.coldest === null || box.warmest === null) return <span className="hub-quiet">—</span>;
  const outside = box.coldest < box.minCelsius || box.warmest > box.maxCelsius;
  return (
    <span className={outside ? 'hub-tone-breach' : ''}>
      {box.coldest.toFixed(1)}～{box.warmest.toFixed(1)} ℃{outside ? ` ${t('box.outside')}` : ''}
    </span>
  );
}
