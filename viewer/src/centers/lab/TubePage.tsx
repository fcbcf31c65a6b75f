import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { Table } from 'antd';
import { Link } from 'react-router';
import { useState } from 'react';
import { dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { ScanBox } from './ScanBox.tsx';
import type { Tube } from './types.ts';
import { useLab } from './useLab.ts';
import { Way } from './Way.tsx';
import './lab.css';

/** Where a tube is and how it came there: scan its number, or find it by name or order number. */
export default function TubePage() {
  const { t } = useTranslation(['lab', 'shell']);
  const { barcode } = useParams();
  const navigate = useNavigate();
  const [search, setSearch] = useState('');
  const open = (code: string) => {
    if (/^[A-Z0-9-]{6,24}$/.test(code) && /\d{6}/.test(code) && !code.startsWith('BX')) {
      setSearch('');
      void navigate(`/lab/tubes/${code}`);
    } else {
      setSearch(code);
      void navigate('/lab/tubes');
    }
  };
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.tubes')}</h1>
        <ScanBox label={t('findTube')} onCode={open} />
      </div>
      <div className="hub-scroll lab-stack">
        {barcode ? (
          <section className="hub-panel lab-pane-free">
            <Way key={barcode} barcode={barcode} head />
          </section>
        ) : (
          <Tubes search={search} />
        )}
      </div>
    </div>
  );
}

function Tubes({ search }: { search: string }) {
  const { t } = useTranslation(['lab', 'shell']);
  const tubes = useLab<{ items: Tube[] }>(
    `lab/containers?limit=100${search ? `&q=${encodeURIComponent(search)}` : ''}`,
  );
  if (tubes.isPending) return <Loading rows={6} />;
  if (tubes.isError) return <Failed error={tubes.error} retry={() => void tubes.refetch()} />;
  if (tubes.data.items.length === 0) return <Empty text={t('noTubeFound')} />;
  return (
    <Table
      size="small"
      rowKey="id"
      pagination={false}
      dataSource={tubes.data.items}
      columns={[
        {
          title: t('col.tube'),
          render: (_, tube) => (
            <Link className="lab-code" to={`/lab/tubes/${tube.barcode}`}>
              {tube.barcode}
            </Link>
          ),
        },
        { title: t('col.tubeType'), dataIndex: 'tubeName' },
        { title: t('col.patient'), dataIndex: 'patientName' },
        {
          title: t('col.accession'),
          render: (_, tube) => <Link to={`/orders/${tube.orderId ?? ''}`}>{tube.accessionNumber}</Link>,
        },
        { title: t('col.items'), dataIndex: 'itemName', ellipsis: true },
        { title: t('col.site'), dataIndex: 'institutionName' },
        { title: t('col.state'), render: (_, tube) => t(`tube.${tube.state}`) },
        { title: t('collectedAt'), render: (_, tube) => dateTime(tube.collectedAt) },
        {
          title: t('box.code'),
          render: (_, tube) =>
            tube.boxCode ? <Link to={`/lab/boxes/${tube.boxCode}`}>{tube.boxCode}</Link> : '',
        },
      ]}
    />
  );
}
