import { Button } from 'antd';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { post } from '../../api/client.ts';
import { has } from '../../shell/access.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
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
  const boxes = useLab<{ items: Box[]; total: number }>('lab/boxes?limit=200');
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
          <ListTable<Box>
            name={t('nav.boxes')}
            rowKey="id"
            rows={boxes.data.items}
            total={boxes.data.total}
            empty={t('box.none')}
            columns={[
              {
                title: t('box.code'),
                text: (box) => box.code,
                render: (box) => <Link to={`/lab/boxes/${box.code}`}>{box.code}</Link>,
              },
              { title: t('col.state'), text: (box) => t(`box.state.${box.state}`) },
              { title: t('box.from'), text: (box) => box.fromName },
              { title: t('box.to'), text: (box) => box.toName },
              { title: t('box.tubes'), align: 'right', text: (box) => box.tubes },
              {
                title: t('box.seal'),
                text: (box) =>
                  `${box.sealNumber ?? ''}${box.sealIntact === false ? ` ${t('box.broken')}` : ''}`,
              },
              {
                title: t('box.temperature'),
                text: (box) => temperatureText(box, t),
                render: (box) => <Temperature box={box} />,
              },
              { title: t('box.courier'), text: (box) => box.courierName },
              {
                title: t('box.last'),
                text: (box) => dateTime(box.arrivedAt ?? box.handedAt ?? box.sealedAt ?? box.createdAt),
              },
            ]}
          />
        )}
      </div>
    </div>
  );
}

function temperatureText(box: Box, t: TFunction): string {
  if (box.coldest === null || box.warmest === null) return '';
  const range = `${box.coldest.toFixed(1)}～${box.warmest.toFixed(1)} ℃`;
  return isOutside(box) ? `${range} ${t('box.outside')}` : range;
}

const isOutside = ({ coldest, warmest, minCelsius, maxCelsius }: Box) =>
  coldest !== null && warmest !== null && (coldest < minCelsius || warmest > maxCelsius);

/** Lowest and highest reading; outside the limits it is said in words too. */
export function Temperature({ box }: { box: Box }) {
  const { t } = useTranslation('lab');
  const text = temperatureText(box, t);
  if (text === '') return <span className="hub-quiet">—</span>;
  return <span className={isOutside(box) ? 'hub-tone-breach' : ''}>{text}</span>;
}
