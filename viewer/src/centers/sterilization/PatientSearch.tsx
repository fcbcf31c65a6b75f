import { Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { useSterilization } from './useSterilization.ts';

interface Found {
  id: string;
  name: string;
  sex: string;
  birthDate: string | null;
  packs: number;
  lastUsedAt: string;
  institutionName: string;
  visit: string;
}

/** Where a trace backwards begins: the patient by name, identifier or visit. */
export function PatientSearch() {
  const { t } = useTranslation(['sterilization', 'shell']);
  const [q, setQ] = useState('');
  const found = useSterilization<{ items: Found[] }>(
    `trace/patients?q=${encodeURIComponent(q)}`,
    q !== '',
    false,
  );
  return (
    <section className="hub-panel">
      <div className="hub-bar">
        <h2 className="hub-title">{t('trace.backwards')}</h2>
        <Input.Search
          style={{ width: 360 }}
          placeholder={t('trace.patientPlaceholder')}
          aria-label={t('trace.patientPlaceholder')}
          allowClear
          onSearch={(value) => setQ(value.trim())}
        />
      </div>
      {q === '' ? null : found.isPending ? (
        <Loading />
      ) : found.isError ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : (
        <ListTable<Found>
          name="patients"
          rowKey="id"
          rows={found.data.items}
          empty={t('trace.noPatient')}
          columns={[
            {
              title: t('trace.patient'),
              text: (row) => row.name,
              render: (row) => <Link to={`?patient=${row.id}`}>{row.name}</Link>,
            },
            { title: t('use.sex'), text: (row) => t(`shell:sex.${row.sex}`) },
            { title: t('use.birthDate'), text: (row) => row.birthDate },
            { title: t('recall.visit'), text: (row) => row.visit },
            { title: t('figure.packs'), text: (row) => row.packs, align: 'right' },
            { title: t('trace.lastUsed'), text: (row) => dateTime(row.lastUsedAt) },
            { title: t('request.site'), text: (row) => row.institutionName },
          ]}
        />
      )}
    </section>
  );
}
